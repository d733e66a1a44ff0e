/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Handles are opaque: their insides may change between versions. */
/* expect: incomplete|dereferencing */
#include "ryft/ryft.h"

const ryft_device *program(const ryft_buffer *buffer) {
#ifdef RIGHT
  const ryft_device *device;
  ryft_error_destroy(ryft_buffer_device(buffer, &device));
  return device;
#else
  return buffer->device;
#endif
}
