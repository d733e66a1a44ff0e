/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/shape_table.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/fork.h"
#include "src/base/sink.h"

enum { FIRST_CAPACITY = 64 }; /* a power of two, as all capacities are */

ryft_error *ryft__shape_table_init(ryft__shape_table *out) {
  *out = (ryft__shape_table){.capacity = FIRST_CAPACITY};
  out->heads = ryft__alloc_array(FIRST_CAPACITY, sizeof *out->heads);
  RYFT__TRY_ALLOC(out->heads);
  (void)pthread_mutex_init(&out->lock, NULL); /* cannot fail: default attributes */
  return NULL;
}

void ryft__shape_table_free(ryft__shape_table *table) {
  if (table->heads == NULL) return;
  for (size_t i = 0; i < table->capacity; ++i) {
    ryft__known_shape *next = NULL;
    for (ryft__known_shape *known = table->heads[i]; known != NULL; known = next) {
      next = known->next;
      ryft__free(known);
    }
  }
  ryft__free(table->heads);
  (void)pthread_mutex_destroy(&table->lock);
  *table = (ryft__shape_table){.heads = NULL};
}

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ (hash >> 29);
}

static uint64_t hash_of(const ryft__array_form *form) {
  const ryft_shape *shape = &form->shape;
  uint64_t hash = mix((uint64_t)shape->type ^ form->dynamic, shape->rank);
  for (size_t i = 0; i < shape->rank; ++i) hash = mix(hash, (uint64_t)shape->dims[i]);
  if (form->order == NULL) return hash;
  for (size_t i = 0; i < shape->rank; ++i) hash = mix(hash, (uint64_t)form->order[i]);
  return hash;
}

static bool is_usual(const int64_t *order, size_t rank) {
  for (size_t i = 0; i < rank; ++i) {
    if (order[i] != (int64_t)(rank - 1 - i)) return false;
  }
  return true;
}

/* Of two orders that are not the usual one written out. */
static bool equal_orders(const int64_t *left, const int64_t *right, size_t rank) {
  if (left == NULL || right == NULL) return left == right;
  return memcmp(left, right, rank * sizeof *left) == 0;
}

static ryft__known_shape **head_of(const ryft__shape_table *table, uint64_t hash) {
  return &table->heads[hash & (table->capacity - 1)];
}

static bool has_form(const ryft__known_shape *known, const ryft__array_form *form) {
  return known->dynamic == form->dynamic && ryft_shape_equal(known->shape, form->shape) &&
         equal_orders(known->order, form->order, form->shape.rank);
}

static ryft__known_shape *find(const ryft__shape_table *table,
                               const ryft__array_form *form,
                               uint64_t hash) {
  for (ryft__known_shape *known = *head_of(table, hash); known != NULL; known = known->next) {
    if (known->hash == hash && has_form(known, form)) return known;
  }
  return NULL;
}

/* One allocation: the struct, then the dimensions, then their order. */
static ryft__known_shape *make(const ryft__array_form *form, uint64_t hash) {
  size_t size = 0;
  const ryft_shape shape = form->shape;
  const size_t lists = form->order == NULL ? 1 : 2;
  if (__builtin_mul_overflow(shape.rank, lists * sizeof(int64_t), &size) ||
      __builtin_add_overflow(size, sizeof(ryft__known_shape), &size)) {
    return NULL;
  }
  ryft__known_shape *known = ryft__alloc(size);
  if (known == NULL) return NULL;
  int64_t *dims = (int64_t *)(known + 1);
  int64_t *order = form->order == NULL ? NULL : dims + shape.rank;
  if (shape.rank != 0) memcpy(dims, shape.dims, shape.rank * sizeof *dims);
  if (order != NULL) memcpy(order, form->order, shape.rank * sizeof *order);
  *known = (ryft__known_shape){
      .shape = {.type = shape.type, .rank = shape.rank, .dims = dims},
      .dynamic = form->dynamic,
      .order = order,
      .hash = hash,
  };
  /* tidy: allow public-calls: its error goes no further */
  ryft_error *error = ryft_shape_host_size(known->shape, &known->host_size);
  if (error != NULL) known->host_size = SIZE_MAX;
  ryft_error_destroy(error);
  return known;
}

/* Without memory for more heads the table goes on with longer chains. */
static void grow(ryft__shape_table *table) {
  const ryft__shape_table old = {.heads = table->heads, .capacity = table->capacity};
  ryft__known_shape **heads = ryft__alloc_array(old.capacity * 2, sizeof(ryft__known_shape *));
  if (heads == NULL) return;
  table->heads = heads;
  table->capacity = old.capacity * 2;
  for (size_t i = 0; i < old.capacity; ++i) {
    ryft__known_shape *next = NULL;
    for (ryft__known_shape *known = old.heads[i]; known != NULL; known = next) {
      next = known->next;
      ryft__known_shape **head = head_of(table, known->hash);
      known->next = *head;
      *head = known;
    }
  }
  ryft__free(old.heads);
}

static ryft__known_shape *insert(ryft__shape_table *table,
                                 const ryft__array_form *form,
                                 uint64_t hash) {
  ryft__known_shape *known = make(form, hash);
  if (known == NULL) return NULL;
  if (table->count == table->capacity) grow(table);
  ryft__known_shape **head = head_of(table, hash);
  known->next = *head;
  *head = known;
  ++table->count;
  return known;
}

ryft_error *ryft__shape_table_get_form(ryft__shape_table *table,
                                       const ryft__array_form *form,
                                       const ryft__known_shape **out,
                                       const char *where) {
  ryft__array_form asked = *form;
  if (asked.order != NULL && is_usual(asked.order, asked.shape.rank)) asked.order = NULL;
  const uint64_t hash = hash_of(&asked);
  *out = NULL;
  RYFT_TRY(ryft__lock(&table->lock, where));
  ryft__known_shape *known = find(table, &asked, hash);
  if (known == NULL) known = insert(table, &asked, hash);
  ryft__unlock(&table->lock);
  *out = known;
  RYFT__TRY_ALLOC(known);
  return NULL;
}

ryft_error *ryft__shape_table_get(ryft__shape_table *table,
                                  ryft_shape shape,
                                  const ryft__known_shape **out,
                                  const char *where) {
  return ryft__shape_table_get_form(table, &(ryft__array_form){.shape = shape}, out, where);
}

/* The dimension that stands at `position` from the fastest. */
static int64_t dim_at(const ryft__known_shape *known, size_t position) {
  if (known->order != NULL) return known->order[position];
  return (int64_t)(known->shape.rank - 1 - position);
}

static void format_order(const ryft__known_shape *known, ryft__sink *text) {
  ryft__sink_format(text, "{");
  for (size_t i = 0; i < known->shape.rank; ++i) {
    ryft__sink_format(text, "%s%" PRId64, i == 0 ? "" : ",", dim_at(known, i));
  }
  ryft__sink_format(text, "}");
}

size_t ryft__known_shape_format(const ryft__known_shape *known, char *out_text, size_t size) {
  if (known->dynamic == 0 && known->order == NULL) {
    return ryft_shape_format(known->shape, out_text, size);
  }
  ryft__sink text;
  ryft__sink_init(&text, out_text, out_text == NULL ? 0 : size);
  ryft__sink_format(&text, "%s[", ryft_type_name(known->shape.type));
  for (size_t i = 0; i < known->shape.rank; ++i) {
    const bool dynamic = (known->dynamic & ryft__dynamic_bit(i)) != 0;
    ryft__sink_format(
        &text, "%s%s%" PRId64, i == 0 ? "" : ",", dynamic ? "<=" : "", known->shape.dims[i]);
  }
  ryft__sink_format(&text, "]");
  if (known->order != NULL) format_order(known, &text);
  return text.length;
}

bool ryft__known_shape_same_array(const ryft__known_shape *left, const ryft__known_shape *right) {
  return left->dynamic == right->dynamic && ryft_shape_equal(left->shape, right->shape);
}

/* Steps over dimensions that do not move any element. */
static size_t next_moving(const ryft__known_shape *known, size_t position) {
  const size_t rank = known->shape.rank;
  while (position < rank && known->shape.dims[dim_at(known, position)] == 1) ++position;
  return position;
}

bool ryft__known_shape_same_order(const ryft__known_shape *left, const ryft__known_shape *right) {
  const size_t rank = left->shape.rank;
  if (left->host_size == 0) return true;
  size_t i = next_moving(left, 0), j = next_moving(right, 0);
  for (; i < rank && j < rank; i = next_moving(left, i + 1), j = next_moving(right, j + 1)) {
    if (dim_at(left, i) != dim_at(right, j)) return false;
  }
  return true;
}

size_t ryft__known_shape_order_format(const ryft__known_shape *known, char *out_text, size_t size) {
  ryft__sink text;
  ryft__sink_init(&text, out_text, size);
  format_order(known, &text);
  return text.length;
}
