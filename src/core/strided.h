/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Arrays whose dimensions lie in memory in any order. */
#ifndef RYFT_SRC_CORE_STRIDED_H
#define RYFT_SRC_CORE_STRIDED_H

#include "ryft/shape.h"

/* Byte strides of a dense array whose dimensions lie in the order `minor_to_major`; NULL:
 * row-major. Freed with ryft__free. The shape has been checked: its size in host memory is known.
 */
RYFT_MUST_USE ryft_error *ryft__dense_strides(ryft_shape shape,
                                              const int64_t *minor_to_major,
                                              int64_t **out);

/* Copies all elements from `data` to `out`, each with its own byte strides. */
RYFT_MUST_USE ryft_error *ryft__strided_copy(ryft_shape shape,
                                             const void *data,
                                             const int64_t *data_strides,
                                             void *out,
                                             const int64_t *out_strides);

#endif /* RYFT_SRC_CORE_STRIDED_H */
