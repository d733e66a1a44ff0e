/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file host_array.h
 * Arrays in host memory, as one thing to pass around.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_HOST_ARRAY_H
#define RYFT_HOST_ARRAY_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

/**
 * An array in host memory, borrowed: it lives as long as whoever lends it says.
 *
 * Memory that can be kept alive for longer comes with `hold`. Whoever needs it beyond a call calls
 * `hold(owner)` during that call, and `release(owner)` once for each `hold` later, on any thread;
 * the memory neither moves nor changes until then. Without `hold` it is copied during the call.
 */
typedef struct ryft_host_array {
  size_t struct_size;
  ryft_shape shape;
  const void *data; /**< where the memory begins; its elements are little-endian */
  size_t size;      /**< all bytes that belong to the array */
  /** Bytes from one element to the next for each dimension, `shape.rank` of them, negative ones
   * too; NULL: dense, last dimension fastest. */
  const int64_t *byte_strides;
  /** Where in the memory the element with all indices zero lies. For negative strides; 0 without
   * strides. */
  size_t byte_offset;
  void (*hold)(void *owner); /**< NULL: the memory cannot be held */
  void (*release)(void *owner);
  void *owner;
} ryft_host_array;

/**
 * Copies the elements to `out`, dense, last dimension fastest.
 *
 * @param size exactly ryft_shape_host_size of the array's shape.
 * Owns: the caller keeps `out`. Errors: INVALID_ARGUMENT for another size, and for an array whose
 * elements do not all lie in its memory, both sides shown; as ryft_shape_host_size. Since: 0.1.
 * PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_host_array_copy(const ryft_host_array *array,
                                                        void *out,
                                                        size_t size);

RYFT_END_DECLS

#endif /* RYFT_HOST_ARRAY_H */
