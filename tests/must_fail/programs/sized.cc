/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_DEFAULTS is for structs that start with struct_size. */
/* expect: struct_size */
#include "ryft/ryft.h"

ryft_compile_options program(ryft_shape *shape) {
#ifdef RIGHT
  *shape = ryft_shape();
#else
  *shape = RYFT_DEFAULTS(ryft_shape);
#endif
  return RYFT_DEFAULTS(ryft_compile_options);
}
