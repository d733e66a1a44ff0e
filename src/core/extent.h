/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which bytes a strided array reaches. */
#ifndef RYFT_SRC_CORE_EXTENT_H
#define RYFT_SRC_CORE_EXTENT_H

#include "ryft/shape.h"

/**
 * INVALID_ARGUMENT when any element of the array lies outside `size` bytes: the one with all
 * indices zero is at `byte_offset`, and `byte_strides` has an entry per dimension. An empty array
 * reaches nothing. The shape has been checked.
 */
RYFT_MUST_USE ryft_error *ryft__extent_check(ryft_shape shape,
                                             const int64_t *byte_strides,
                                             size_t byte_offset,
                                             size_t size,
                                             const char *where);

#endif /* RYFT_SRC_CORE_EXTENT_H */
