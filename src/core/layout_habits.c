/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/layout_habits.h"

#include <string.h>

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/core/buffer.h"
#include "src/core/event.h"
#include "src/core/fetch.h"
#include "src/core/layout.h"

/* Bits of a client's layout_habits. */
enum { HABITS_KNOWN = 1, HABIT_UPLOADS = 2, HABIT_READS = 4 };

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
  RYFT_TRY(ryft__check_given(args.buffer, "buffer", "PJRT_Client_BufferFromHostBuffer", where));
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
