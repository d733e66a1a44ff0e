/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file shape.h
 * Shapes of arrays: an element type and dimensions.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_SHAPE_H
#define RYFT_SHAPE_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/type.h"

RYFT_BEGIN_DECLS

/** A shape. `dims` is borrowed: from the caller, or from the object that reported the shape. */
typedef struct ryft_shape {
  ryft_type type;
  size_t rank; /**< number of dimensions; 0 for a scalar */
  const int64_t *dims;
} ryft_shape;

/* C++ has no compound literals: there, fill the struct. */
#ifndef __cplusplus
/** A shape written in place, living as long as the enclosing block: RYFT_SHAPE(RYFT_F32, 2, 3) is
 * f32[2,3]. */
#define RYFT_SHAPE(type, ...) \
  ((ryft_shape){              \
      (type), sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (const int64_t[]){__VA_ARGS__}})
/** The shape of a single element. */
#define RYFT_SCALAR(type) ((ryft_shape){(type), 0, NULL})
#endif

/**
 * How many elements the shape has: the product of its dimensions, 1 for a scalar.
 *
 * Owns: nothing. Errors: INVALID_ARGUMENT for a negative dimension, a product beyond INT64_MAX, or
 * dimensions missing. `*out_count` is 0 then. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_shape_element_count(ryft_shape shape, size_t *out_count);

/**
 * How many bytes a dense array of this shape takes in host memory (sub-byte types: one byte an
 * element).
 *
 * Owns: nothing. Errors: INVALID_ARGUMENT as for ryft_shape_element_count, and for types without a
 * host form (tokens, unknown numbers). `*out_size` is 0 then. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_shape_host_size(ryft_shape shape, size_t *out_size);

/** Whether type and dimensions are equal.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API bool ryft_shape_equal(ryft_shape left, ryft_shape right);

/**
 * Writes the shape as text, such as "s32[2,1]", cut to fit `size` bytes with a NUL (as snprintf
 * does).
 *
 * Returns the length of the whole text. Owns: nothing. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_shape_format(ryft_shape shape, char *out_text, size_t size);

RYFT_END_DECLS

#endif /* RYFT_SHAPE_H */
