/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Each client keeps one copy of every form of array met, so that equal forms are equal pointers: a
 * buffer's handle holds one pointer, and an execution checks an argument with one comparison. */
#ifndef RYFT_SRC_CORE_SHAPE_TABLE_H
#define RYFT_SRC_CORE_SHAPE_TABLE_H

#include <pthread.h>

#include "ryft/shape.h"

/* What a program compiled for one array relies on. A layout with tiles is left to the plugin, and
 * stands here as the usual one. */
typedef struct ryft__array_form {
  ryft_shape shape;
  uint64_t dynamic;     /* ryft__dynamic_bit of each dimension that is only bounded: see
                           ryft__buffer_present_shape */
  const int64_t *order; /* of the dimensions on the device, from minor to major; NULL: the usual
                           one, in which the last dimension varies fastest */
} ryft__array_form;

typedef struct ryft__known_shape {
  ryft_shape shape;
  size_t host_size;     /* SIZE_MAX for shapes without a host form */
  uint64_t dynamic;     /* as in ryft__array_form */
  const int64_t *order; /* likewise, never the usual one written out */
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

/* The same for a shape in a form of its own. */
RYFT_MUST_USE ryft_error *ryft__shape_table_get_form(ryft__shape_table *table,
                                                     const ryft__array_form *form,
                                                     const ryft__known_shape **out,
                                                     const char *where);

/* Whether only the order of dimensions, if anything, tells the two apart. */
bool ryft__known_shape_same_array(const ryft__known_shape *left, const ryft__known_shape *right);

/* Whether the elements of two equal arrays lie in the same places: dimensions of one element may
 * stand anywhere in an order. */
bool ryft__known_shape_same_order(const ryft__known_shape *left, const ryft__known_shape *right);

/* Whether a program that takes `wanted` can be given `given`. */
static inline bool ryft__known_shape_fits(const ryft__known_shape *given,
                                          const ryft__known_shape *wanted) {
  return given == wanted || (ryft__known_shape_same_array(given, wanted) &&
                             ryft__known_shape_same_order(given, wanted));
}

/* The order as "{0,1}", the usual one too. */
size_t ryft__known_shape_order_format(const ryft__known_shape *known, char *out_text, size_t size);

/* All dimensions from the 64th on share a bit. */
static inline uint64_t ryft__dynamic_bit(size_t dim) {
  return UINT64_C(1) << (dim < 63 ? dim : 63);
}

/* As ryft_shape_format, with dynamic dimensions as f32[3,<=4], and an order of dimensions that is
 * not the usual one behind: f32[2,3]{0,1}. */
size_t ryft__known_shape_format(const ryft__known_shape *known, char *out_text, size_t size);

#endif /* RYFT_SRC_CORE_SHAPE_TABLE_H */
