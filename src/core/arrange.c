/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/arrange.h"

#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/core/buffer.h"
#include "src/core/event.h"
#include "src/core/layout.h"

/* Bits of a client's layout_habits. */
enum { HABITS_KNOWN = 1, HABIT_UPLOADS = 2, HABIT_READS = 4 };

ryft_error *ryft__dense_strides(ryft_shape shape, const int64_t *minor_to_major, int64_t **out) {
  *out = ryft__alloc_array(shape.rank, sizeof **out);
  RYFT__TRY_ALLOC(*out);
  int64_t stride = (int64_t)ryft_type_host_size(shape.type);
  for (size_t i = 0; i < shape.rank; ++i) {
    const size_t dim = minor_to_major == NULL ? shape.rank - 1 - i : (size_t)minor_to_major[i];
    (*out)[dim] = stride;
    /* Only an empty array can overflow here, and then nobody uses its strides. */
    if (__builtin_mul_overflow(stride, shape.dims[dim], &stride)) stride = 0;
  }
  return NULL;
}

/* Moves on to the next element of all but the last dimension; false after the last one. */
static bool next_row(ryft_shape shape, int64_t *index) {
  for (size_t i = shape.rank - 1; i-- > 0;) {
    if (++index[i] < shape.dims[i]) return true;
    index[i] = 0;
  }
  return false;
}

static int64_t offset_of(ryft_shape shape, const int64_t *index, const int64_t *strides) {
  int64_t offset = 0;
  for (size_t i = 0; i + 1 < shape.rank; ++i) offset += index[i] * strides[i];
  return offset;
}

ryft_error *ryft__strided_copy(ryft_shape shape,
                               const void *data,
                               const int64_t *data_strides,
                               void *out,
                               const int64_t *out_strides) {
  const size_t element = ryft_type_host_size(shape.type);
  size_t count = 0;
  RYFT_TRY(ryft_shape_element_count(shape, &count));
  if (count == 0) return NULL;
  if (shape.rank == 0) {
    memcpy(out, data, element);
    return NULL;
  }
  int64_t *index = ryft__alloc_array(shape.rank, sizeof *index);
  RYFT__TRY_ALLOC(index);
  const size_t last = shape.rank - 1;
  do {
    const char *from = (const char *)data + offset_of(shape, index, data_strides);
    char *to = (char *)out + offset_of(shape, index, out_strides);
    for (int64_t i = 0; i < shape.dims[last]; ++i) {
      memcpy(to + i * out_strides[last], from + i * data_strides[last], element);
    }
  } while (next_row(shape, index));
  ryft__free(index);
  return NULL;
}

ryft_error *ryft__fetch(const ryft__table *table,
                        PJRT_Buffer *raw,
                        PJRT_Buffer_MemoryLayout *layout,
                        void *out,
                        size_t size,
                        const char *where) {
  PJRT_Buffer_ToHostBuffer_Args args = {
      .src = raw,
      .host_layout = layout,
      .dst = out,
      .dst_size = size,
  };
  RYFT_TRY(ryft__PJRT_Buffer_ToHostBuffer(table, &args, where));
  ryft_error *error = ryft__event_await_raw(table, args.event, where);
  ryft__event_destroy_raw(table, args.event);
  return error;
}

/* The array used for trying: 1 2 above 3 4. */
static const int64_t TRIAL_DIMS[2] = {2, 2};
static const int64_t ROWS[2] = {1, 0};
static const int64_t COLUMNS[2] = {0, 1};
static const uint8_t TRIAL[4] = {1, 2, 3, 4};
static const uint8_t TRIAL_BY_COLUMNS[4] = {1, 3, 2, 4};

static ryft_error *make_trial(ryft_client *client, PJRT_Buffer **out, const char *where) {
  *out = NULL;
  PJRT_Buffer_MemoryLayout columns = ryft__layout_of_order(COLUMNS, 2);
  PJRT_Client_BufferFromHostBuffer_Args args = {
      .client = client->raw,
      .data = TRIAL,
      .type = PJRT_Buffer_Type_U8,
      .dims = TRIAL_DIMS,
      .num_dims = 2,
      .host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall,
      .device = client->addressable_list[0]->raw,
      .device_layout = &columns,
  };
  RYFT_TRY(ryft__PJRT_Client_BufferFromHostBuffer(client->table, &args, where));
  ryft_error *error = ryft__event_await_raw(client->table, args.done_with_host_buffer, where);
  ryft__event_destroy_raw(client->table, args.done_with_host_buffer);
  if (error == NULL) {
    *out = args.buffer;
  } else {
    ryft__buffer_destroy_raw(client->table, args.buffer);
  }
  return error;
}

/* A plugin may well refuse what is tried here. Any other error says nothing about its habits. */
static ryft_error *tolerate(ryft_error *error) {
  const ryft_code code = ryft_error_code(error);
  if (code != RYFT_UNIMPLEMENTED && code != RYFT_INVALID_ARGUMENT) return error;
  ryft_error_destroy(error);
  return NULL;
}

/* How the trial comes back in the order asked for; all zero when the plugin refuses to give it. */
static ryft_error *fetch_trial(const ryft__table *table,
                               PJRT_Buffer *raw,
                               const int64_t *order,
                               uint8_t out[4],
                               const char *where) {
  memset(out, 0, 4);
  if (order == NULL) return tolerate(ryft__fetch(table, raw, NULL, out, 4, where));
  PJRT_Buffer_MemoryLayout layout = ryft__layout_of_order(order, 2);
  return tolerate(ryft__fetch(table, raw, &layout, out, 4, where));
}

static ryft_error *judge(const ryft__table *table,
                         PJRT_Buffer *raw,
                         unsigned *out,
                         const char *where) {
  uint8_t as_is[4], rows[4], columns[4];
  RYFT_TRY(fetch_trial(table, raw, NULL, as_is, where));
  RYFT_TRY(fetch_trial(table, raw, ROWS, rows, where));
  RYFT_TRY(fetch_trial(table, raw, COLUMNS, columns, where));
  const bool reads = rows[1] != rows[2] && rows[1] == columns[2] && rows[2] == columns[1];
  const bool uploads = reads ? memcmp(rows, TRIAL, sizeof rows) == 0
                             : memcmp(as_is, TRIAL_BY_COLUMNS, sizeof as_is) == 0;
  *out = HABITS_KNOWN | (reads ? HABIT_READS : 0u) | (uploads ? HABIT_UPLOADS : 0u);
  return NULL;
}

static ryft_error *find_out(ryft_client *client, unsigned *out, const char *where) {
  PJRT_Buffer *trial = NULL;
  /* A plugin that refuses such layouts gets nothing wrong. */
  *out = HABITS_KNOWN | HABIT_UPLOADS | HABIT_READS;
  RYFT_TRY(tolerate(make_trial(client, &trial, where)));
  if (trial == NULL) return NULL;
  ryft_error *error = judge(client->table, trial, out, where);
  ryft__buffer_destroy_raw(client->table, trial);
  return error;
}

ryft_error *ryft__layout_habits_of(ryft_client *client,
                                   ryft__layout_habits *out,
                                   const char *where) {
  *out = (ryft__layout_habits){.uploads = true, .reads = true};
  if (client->addressable_count == 0) return NULL;
  unsigned habits = atomic_load_explicit(&client->layout_habits, memory_order_relaxed);
  if (habits == 0) {
    RYFT_TRY(find_out(client, &habits, where));
    atomic_store_explicit(&client->layout_habits, habits, memory_order_relaxed);
  }
  out->uploads = (habits & HABIT_UPLOADS) != 0;
  out->reads = (habits & HABIT_READS) != 0;
  return NULL;
}
