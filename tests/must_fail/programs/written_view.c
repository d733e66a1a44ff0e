/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Dimensions that an object reports are the object's. */
/* expect: read-only|const-qualified */
#include "ryft/ryft.h"

ryft_error *program(const ryft_buffer *buffer, int64_t *mine) {
  ryft_shape shape;
  RYFT_TRY(ryft_buffer_shape(buffer, &shape));
#ifdef RIGHT
  mine[0] = shape.dims[0];
#else
  shape.dims[0] = mine[0];
#endif
  return NULL;
}
