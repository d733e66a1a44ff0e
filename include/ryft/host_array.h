/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file host_array.h
 * Arrays in host memory, as one value to pass around.
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
  ryft_shape shape;
  const void *data;          /**< dense, last dimension fastest, little-endian */
  size_t size;               /**< in bytes */
  void (*hold)(void *owner); /**< NULL: the memory cannot be held */
  void (*release)(void *owner);
  void *owner;
} ryft_host_array;

RYFT_END_DECLS

#endif /* RYFT_HOST_ARRAY_H */
