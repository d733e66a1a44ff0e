/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_LAYOUT_H
#define RYFT_SRC_CORE_LAYOUT_H

#include "ryft/abi/pjrt.h"
#include "ryft/error.h"
#include "ryft/layout.h"

/* The plugin's form of a layout, borrowing its arrays; INVALID_ARGUMENT when it does not fit
 * `rank`. */
RYFT_MUST_USE ryft_error *ryft__layout_to_raw(const ryft_layout *layout,
                                              size_t rank,
                                              PJRT_Buffer_MemoryLayout *out,
                                              const char *where);

/* The other direction; what `*out` points to belongs to the plugin. */
void ryft__layout_from_raw(const PJRT_Buffer_MemoryLayout *raw, ryft_layout *out);

/* The plugin's form of an order of dimensions, `rank` of them, without tiles. */
PJRT_Buffer_MemoryLayout ryft__layout_of_order(const int64_t *minor_to_major, size_t rank);

/* The order in which the last dimension varies fastest, freed with ryft__free; NULL when memory is
 * out. */
RYFT_MUST_USE int64_t *ryft__layout_row_major_order(size_t rank);

/* Whether `order` names each of `rank` dimensions once. */
bool ryft__layout_is_order(const int64_t *order, size_t rank);

/* Whether the layout is an order of dimensions and nothing else. */
bool ryft__layout_is_plain(const PJRT_Buffer_MemoryLayout *raw);

/* Whether it is plain and the last dimension varies fastest. */
bool ryft__layout_is_row_major(const PJRT_Buffer_MemoryLayout *raw);

#endif /* RYFT_SRC_CORE_LAYOUT_H */
