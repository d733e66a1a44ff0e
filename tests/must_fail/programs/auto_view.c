/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_AUTO holds nouns that have a destroy function, and nothing else. */
/* expect: ryft_device_cleanup|cleanup argument not a function */
#include "ryft/auto.h"
#include "ryft/ryft.h"

void program(const ryft_device *device, ryft_buffer *buffer) {
#ifdef RIGHT
  RYFT_AUTO(buffer) held = buffer;
  (void)device;
#else
  RYFT_AUTO(device) held = device;
  (void)buffer;
#endif
  (void)held;
}
