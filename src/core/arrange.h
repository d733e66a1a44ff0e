/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Arrays whose dimensions do not lie in memory in the usual order. Some plugins take a layout other
 * than row-major, report it back, and leave the bytes as they came, which changes the array's
 * meaning without a word; where a plugin does that the library arranges the elements itself. */
#ifndef RYFT_SRC_CORE_ARRANGE_H
#define RYFT_SRC_CORE_ARRANGE_H

#include "src/core/client.h"

/* What a plugin can be trusted with. */
typedef struct ryft__layout_habits {
  bool uploads; /* elements go where the layout of a new buffer says */
  bool reads;   /* and come back as a host layout says */
} ryft__layout_habits;

/* Found out with a tiny buffer, once per client. Blocks for that. */
RYFT_MUST_USE ryft_error *ryft__layout_habits_of(ryft_client *client,
                                                 ryft__layout_habits *out,
                                                 const char *where);

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

/* Copies a plugin's buffer to host memory and waits. A NULL `layout` leaves the order to the
 * plugin. */
RYFT_MUST_USE ryft_error *ryft__fetch(const ryft__table *table,
                                      PJRT_Buffer *raw,
                                      PJRT_Buffer_MemoryLayout *layout,
                                      void *out,
                                      size_t size,
                                      const char *where);

#endif /* RYFT_SRC_CORE_ARRANGE_H */
