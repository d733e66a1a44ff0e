/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file layout.h
 * Memory layouts: how the elements of an array lie in memory.
 */
#ifndef RYFT_LAYOUT_H
#define RYFT_LAYOUT_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

typedef enum ryft_layout_kind {
  RYFT_LAYOUT_TILED = 0,
  RYFT_LAYOUT_STRIDES = 1,
} ryft_layout_kind;

/**
 * A layout, borrowed for the call. TILED: `minor_to_major` names the logical dimensions from the
 * one that varies fastest to the slowest (`rank` entries), followed by `tile_count` tiles whose
 * sizes stand one after another in `tile_dims`, `tile_ranks[i]` of them for tile i. STRIDES:
 * `byte_strides` holds, for each of the `rank` dimensions, the bytes from one element to the next.
 */
typedef struct ryft_layout {
  size_t struct_size;
  ryft_layout_kind kind;
  uint32_t reserved; /**< zero */
  size_t rank;
  const int64_t *minor_to_major;
  const int64_t *tile_dims;
  const size_t *tile_ranks;
  size_t tile_count;
  const int64_t *byte_strides;
} ryft_layout;

RYFT_END_DECLS

#endif /* RYFT_LAYOUT_H */
