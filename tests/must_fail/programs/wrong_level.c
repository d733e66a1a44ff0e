/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A call that makes a buffer takes the place for it, not a buffer. */
/* expect: incompatible.pointer.types */
#include "ryft/ryft.h"

ryft_error *program(ryft_buffer *buffer, const ryft_device *device, ryft_buffer *copy) {
#ifdef RIGHT
  return ryft_buffer_copy_to_device(buffer, device, &copy);
#else
  return ryft_buffer_copy_to_device(buffer, device, copy);
#endif
}
