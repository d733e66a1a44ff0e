/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An error must be looked at. */
/* expect: ignoring return value|unused.result */
#include "ryft/ryft.h"

void program(ryft_buffer *buffer) {
#ifdef RIGHT
  ryft_error_destroy(ryft_buffer_await(buffer));
#else
  ryft_buffer_await(buffer);
#endif
}
