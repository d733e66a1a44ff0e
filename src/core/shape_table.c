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

static uint64_t hash_of(ryft_shape shape, uint64_t dynamic) {
  uint64_t hash = mix((uint64_t)shape.type ^ dynamic, shape.rank);
  for (size_t i = 0; i < shape.rank; ++i) hash = mix(hash, (uint64_t)shape.dims[i]);
  return hash;
}

static ryft__known_shape **head_of(const ryft__shape_table *table, uint64_t hash) {
  return &table->heads[hash & (table->capacity - 1)];
}

static ryft__known_shape *find(const ryft__shape_table *table,
                               ryft_shape shape,
                               uint64_t dynamic,
                               uint64_t hash) {
  for (ryft__known_shape *known = *head_of(table, hash); known != NULL; known = known->next) {
    if (known->hash == hash && known->dynamic == dynamic && ryft_shape_equal(known->shape, shape)) {
      return known;
    }
  }
  return NULL;
}

/* One allocation: the struct, then the dimensions. */
static ryft__known_shape *make(ryft_shape shape, uint64_t dynamic, uint64_t hash) {
  size_t size = 0;
  if (__builtin_mul_overflow(shape.rank, sizeof(int64_t), &size) ||
      __builtin_add_overflow(size, sizeof(ryft__known_shape), &size)) {
    return NULL;
  }
  ryft__known_shape *known = ryft__alloc(size);
  if (known == NULL) return NULL;
  int64_t *dims = (int64_t *)(known + 1);
  if (shape.rank != 0) memcpy(dims, shape.dims, shape.rank * sizeof *dims);
  *known = (ryft__known_shape){
      .shape = {.type = shape.type, .rank = shape.rank, .dims = dims},
      .dynamic = dynamic,
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
                                 ryft_shape shape,
                                 uint64_t dynamic,
                                 uint64_t hash) {
  ryft__known_shape *known = make(shape, dynamic, hash);
  if (known == NULL) return NULL;
  if (table->count == table->capacity) grow(table);
  ryft__known_shape **head = head_of(table, hash);
  known->next = *head;
  *head = known;
  ++table->count;
  return known;
}

ryft_error *ryft__shape_table_get_bounded(ryft__shape_table *table,
                                          ryft_shape shape,
                                          uint64_t dynamic,
                                          const ryft__known_shape **out,
                                          const char *where) {
  const uint64_t hash = hash_of(shape, dynamic);
  *out = NULL;
  RYFT_TRY(ryft__lock(&table->lock, where));
  ryft__known_shape *known = find(table, shape, dynamic, hash);
  if (known == NULL) known = insert(table, shape, dynamic, hash);
  ryft__unlock(&table->lock);
  *out = known;
  RYFT__TRY_ALLOC(known);
  return NULL;
}

ryft_error *ryft__shape_table_get(ryft__shape_table *table,
                                  ryft_shape shape,
                                  const ryft__known_shape **out,
                                  const char *where) {
  return ryft__shape_table_get_bounded(table, shape, /* dynamic= */ 0, out, where);
}

size_t ryft__known_shape_format(const ryft__known_shape *known, char *out_text, size_t size) {
  if (known->dynamic == 0) return ryft_shape_format(known->shape, out_text, size);
  ryft__sink text;
  ryft__sink_init(&text, out_text, out_text == NULL ? 0 : size);
  ryft__sink_format(&text, "%s[", ryft_type_name(known->shape.type));
  for (size_t i = 0; i < known->shape.rank; ++i) {
    const bool dynamic = (known->dynamic & ryft__dynamic_bit(i)) != 0;
    ryft__sink_format(
        &text, "%s%s%" PRId64, i == 0 ? "" : ",", dynamic ? "<=" : "", known->shape.dims[i]);
  }
  ryft__sink_format(&text, "]");
  return text.length;
}

RYFT__COLD ryft_error *ryft__shape_size_error(const ryft__known_shape *known,
                                              size_t size,
                                              const char *where) {
  char text[128];
  (void)ryft_shape_format(known->shape, text, sizeof text);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s takes %zu bytes, and %zu are given",
                     text,
                     known->host_size,
                     size);
}
