/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Each client keeps one copy of every shape met, so that equal shapes are equal pointers: a
 * buffer's handle holds one pointer, and an execution checks an argument with one comparison. */
#ifndef RYFT_SRC_CORE_SHAPE_TABLE_H
#define RYFT_SRC_CORE_SHAPE_TABLE_H

#include <pthread.h>

#include "ryft/shape.h"

typedef struct ryft__known_shape {
  ryft_shape shape;
  size_t host_size; /* SIZE_MAX for shapes without a host form */
  uint64_t dynamic; /* ryft__dynamic_bit of each dimension that is only bounded: see
                       ryft__buffer_present_shape */
  uint64_t hash;
  struct ryft__known_shape *next;
} ryft__known_shape;

typedef struct ryft__shape_table {
  pthread_mutex_t lock;
  ryft__known_shape **heads;
  size_t capacity;
  size_t count;
} ryft__shape_table;

RYFT_MUST_USE ryft_error *ryft__shape_table_init(ryft__shape_table *out);
void ryft__shape_table_free(ryft__shape_table *table);

/* The one copy of `shape`, made now if need be; lives as long as the table. Fails only when memory
 * is out, and in a fork's child. */
RYFT_MUST_USE ryft_error *ryft__shape_table_get(ryft__shape_table *table,
                                                ryft_shape shape,
                                                const ryft__known_shape **out,
                                                const char *where);

/* The same for a shape with dynamic dimensions, which no shape without them is equal to. */
RYFT_MUST_USE ryft_error *ryft__shape_table_get_bounded(ryft__shape_table *table,
                                                        ryft_shape shape,
                                                        uint64_t dynamic,
                                                        const ryft__known_shape **out,
                                                        const char *where);

/* All dimensions from the 64th on share a bit. */
static inline uint64_t ryft__dynamic_bit(size_t dim) {
  return UINT64_C(1) << (dim < 63 ? dim : 63);
}

/* As ryft_shape_format, with dynamic dimensions as f32[3,<=4]. */
size_t ryft__known_shape_format(const ryft__known_shape *known, char *out_text, size_t size);

/* That host memory of `size` bytes is not what the shape takes. */
RYFT_MUST_USE ryft_error *ryft__shape_size_error(const ryft__known_shape *known,
                                                 size_t size,
                                                 const char *where);

#endif /* RYFT_SRC_CORE_SHAPE_TABLE_H */
