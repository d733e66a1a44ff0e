/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Contents of buffers, back in host memory. Three ways lead there: straight from memory that the
 * host can address (0.2 µs where the plugin's own way costs ten), through the plugin, and, for a
 * plugin that cannot rearrange dimensions, through the plugin and a copy of ours. */
#include <pthread.h>
#include <string.h>

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/abi/quirks.h"
#include "src/base/alloc.h"
#include "src/base/host_memory.h"
#include "src/base/require.h"
#include "src/core/buffer.h"
#include "src/core/donation.h"
#include "src/core/event.h"
#include "src/core/extent.h"
#include "src/core/fetch.h"
#include "src/core/layout.h"
#include "src/core/layout_habits.h"
#include "src/core/shape.h"
#include "src/core/strided.h"

/* One read under way. */
typedef struct reading {
  const char *where;
  const ryft_buffer *buffer;
  const ryft__table *table;
  const ryft__known_shape *known; /* as it is now: where a dimension is dynamic, in `room` */
  ryft__known_shape room;
  void *out;
  size_t size;
} reading;

static inline bool is_dynamic(const reading *job) {
  return job->known == &job->room;
}

static ryft_error *start(reading *job, const ryft_buffer *buffer, void *out, size_t size) {
  job->buffer = buffer;
  job->table = buffer->client->table;
  job->out = out;
  job->size = size;
  RYFT_TRY(ryft__buffer_present_shape(buffer, &job->room, &job->known, job->where));
  if (RYFT__LIKELY(job->known->host_size != SIZE_MAX)) return NULL;
  size_t host_size = 0;
  return ryft__shape_host_size(job->known->shape, &host_size, job->where);
}

/* Whether the elements lie on the device with the last dimension fastest; false, too, when the
 * plugin does not tell. */
static bool is_row_major(const reading *job) {
  const unsigned facts = ryft__buffer_facts(job->buffer);
  if ((facts & RYFT__ORDER_KNOWN) != 0) return (facts & RYFT__ORDER_ROW_MAJOR) != 0;
  PJRT_Buffer_MemoryLayout layout;
  ryft_error *error = ryft__buffer_raw_layout(job->buffer, &layout, job->where);
  const bool yes = error == NULL && ryft__layout_is_row_major(&layout);
  ryft_error_destroy(error);
  ryft__buffer_remember(job->buffer, RYFT__ORDER_KNOWN, yes);
  return yes;
}

/* Whether the plugin gives the elements in the order that it is asked for. */
static ryft_error *plugin_arranges(const reading *job, bool *out) {
  ryft__layout_habits habits;
  *out = false;
  if ((ryft__buffer_facts(job->buffer) & RYFT__ORDER_OURS) != 0) return NULL;
  RYFT_TRY(ryft__layout_habits_of(job->buffer->client, &habits, job->where));
  *out = habits.reads;
  return NULL;
}

/* A GPU's plugin, too, says of some memory that it is the host's. */
static bool in_host_memory(const reading *job) {
  bool on_host = false;
  const ryft_memory *memory = NULL;
  ryft_error *error = ryft__buffer_on_host(job->buffer, &on_host, job->where);
  const bool trusted = (job->buffer->client->quirks & RYFT__QUIRK_MEMORY_IS_HOSTS) != 0;
  if (error == NULL && on_host && !trusted) {
    error = ryft__error_stamp(ryft_buffer_memory(job->buffer, &memory), job->where);
    on_host = memory != NULL && (strcmp(memory->kind, "pinned_host") == 0 ||
                                 strcmp(memory->kind, "unpinned_host") == 0);
  }
  const bool yes = error == NULL && on_host;
  ryft_error_destroy(error);
  return yes;
}

static bool is_unpadded(const reading *job) {
  size_t device_size = 0;
  ryft_error *error =
      ryft__error_stamp(ryft_buffer_device_size(job->buffer, &device_size), job->where);
  const bool yes = error == NULL && device_size == job->known->host_size;
  ryft_error_destroy(error);
  return yes;
}

static bool has_pointers(const PJRT_Api *api) {
  return api->PJRT_Buffer_ReadyEvent != NULL && api->PJRT_Event_Await != NULL &&
         api->PJRT_Buffer_IncreaseExternalReferenceCount != NULL &&
         api->PJRT_Buffer_DecreaseExternalReferenceCount != NULL &&
         api->PJRT_Buffer_OpaqueDeviceMemoryDataPointer != NULL;
}

/* Whether what lies on the device can be copied as it is. Elements below a byte are packed there,
 * and where those of a dynamic size lie is the plugin's own affair. */
static bool is_direct(const reading *job) {
  const unsigned facts = ryft__buffer_facts(job->buffer);
  if (RYFT__LIKELY((facts & RYFT__DIRECT_KNOWN) != 0)) return (facts & RYFT__DIRECT_YES) != 0;
  const bool yes = has_pointers(&job->table->api) && !is_dynamic(job) &&
                   ryft_type_bits(job->known->shape.type) % 8 == 0 && in_host_memory(job) &&
                   is_row_major(job) && is_unpadded(job);
  ryft__buffer_remember(job->buffer, RYFT__DIRECT_KNOWN, yes);
  return yes;
}

/* Whether the plugin means to write what the caller expects; asked where its size is not fixed. */
static ryft_error *check_amount(const reading *job, PJRT_Buffer_MemoryLayout *layout) {
  if (RYFT__LIKELY(!is_dynamic(job))) return NULL;
  PJRT_Buffer_ToHostBuffer_Args query = {.src = job->buffer->raw, .host_layout = layout};
  RYFT_TRY(ryft__PJRT_Buffer_ToHostBuffer(job->table, &query, job->where));
  if (query.dst_size == job->known->host_size) return NULL;
  return ryft__error(RYFT_INTERNAL,
                     job->where,
                     "PJRT_Buffer_ToHostBuffer",
                     "the plugin writes %zu bytes, and its present dimensions take %zu",
                     query.dst_size,
                     job->known->host_size);
}

static ryft_error *fetch(const reading *job, PJRT_Buffer_MemoryLayout *layout, void *out) {
  RYFT_TRY(check_amount(job, layout));
  return ryft__fetch(job->table, job->buffer->raw, layout, out, job->size, job->where);
}

/* Has the plugin put the dimensions in the usual order. */
static ryft_error *read_ordered(const reading *job) {
  const size_t rank = job->known->shape.rank;
  int64_t *order = ryft__layout_row_major_order(rank);
  RYFT__TRY_ALLOC(order);
  PJRT_Buffer_MemoryLayout layout = ryft__layout_of_order(order, rank);
  ryft_error *error = fetch(job, &layout, job->out);
  ryft__free(order);
  return error;
}

static ryft_error *rearrange(const reading *job,
                             const PJRT_Buffer_MemoryLayout *layout,
                             const void *data) {
  int64_t *from = NULL, *to = NULL;
  ryft_error *error = ryft__dense_strides(job->known->shape, layout->tiled.minor_to_major, &from);
  if (error == NULL) error = ryft__dense_strides(job->known->shape, NULL, &to);
  if (error == NULL) error = ryft__strided_copy(job->known->shape, data, from, job->out, to);
  ryft__free(to);
  ryft__free(from);
  return error;
}

/* Takes the elements as they lie on the device and puts them in order here. */
static ryft_error *read_and_arrange(const reading *job, const PJRT_Buffer_MemoryLayout *layout) {
  void *data = ryft__alloc(job->size);
  RYFT__TRY_ALLOC(data);
  ryft_error *error = fetch(job, NULL, data);
  if (error == NULL) error = rearrange(job, layout, data);
  ryft__free(data);
  return error;
}

static ryft_error *read_through_plugin(const reading *job) {
  if (is_row_major(job)) return fetch(job, NULL, job->out);
  PJRT_Buffer_MemoryLayout layout;
  ryft_error *untold = ryft__buffer_raw_layout(job->buffer, &layout, job->where);
  const bool plain = untold == NULL && ryft__layout_is_plain(&layout);
  ryft_error_destroy(untold);
  if (!plain) return read_ordered(job);
  bool arranges = false;
  RYFT_TRY(plugin_arranges(job, &arranges));
  return arranges ? read_ordered(job) : read_and_arrange(job, &layout);
}

/* ---- Straight from the memory. */

/* Plugins do not guard a buffer's references against threads, so readers share one: the first takes
 * it, the last gives it back. These locks, chosen by the handle's address, are held for those calls
 * alone and not for the copy. */
enum { LOCKS = 16 };
#define FOUR(value) value, value, value, value
static pthread_mutex_t reader_locks[LOCKS] = {FOUR(FOUR(PTHREAD_MUTEX_INITIALIZER))};

static pthread_mutex_t *lock_of(const ryft_buffer *buffer) {
  return &reader_locks[(uintptr_t)buffer / RYFT__POOL_PIECE % LOCKS];
}

static ryft_error *take_reference(const reading *job) {
  PJRT_Buffer_IncreaseExternalReferenceCount_Args args = {.buffer = job->buffer->raw};
  return ryft__PJRT_Buffer_IncreaseExternalReferenceCount(job->table, &args, job->where);
}

static ryft_error *give_reference(const reading *job) {
  PJRT_Buffer_DecreaseExternalReferenceCount_Args args = {.buffer = job->buffer->raw};
  return ryft__PJRT_Buffer_DecreaseExternalReferenceCount(job->table, &args, job->where);
}

/* One reader more, and where the contents lie; NULL where the plugin does not say. */
static ryft_error *begin_direct(const reading *job, const void **out_data) {
  PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args pointer = {.buffer = job->buffer->raw};
  unsigned *readers = &ryft__buffer_memo(job->buffer)->readers;
  *out_data = NULL;
  (void)pthread_mutex_lock(lock_of(job->buffer));
  ryft_error *error = *readers == 0 ? take_reference(job) : NULL;
  if (error == NULL) {
    error = ryft__PJRT_Buffer_OpaqueDeviceMemoryDataPointer(job->table, &pointer, job->where);
    if (error == NULL) {
      ++*readers;
      *out_data = pointer.device_memory_ptr;
    } else if (*readers == 0) {
      error = ryft__error_first(error, give_reference(job));
    }
  }
  (void)pthread_mutex_unlock(lock_of(job->buffer));
  return error;
}

static ryft_error *end_direct(const reading *job) {
  unsigned *readers = &ryft__buffer_memo(job->buffer)->readers;
  (void)pthread_mutex_lock(lock_of(job->buffer));
  ryft_error *error = --*readers == 0 ? give_reference(job) : NULL;
  (void)pthread_mutex_unlock(lock_of(job->buffer));
  return error;
}

/* The contents exist. Holding a reference keeps the memory from being donated or deleted meanwhile.
 */
static ryft_error *read_directly(const reading *job) {
  const void *data = NULL;
  RYFT_TRY(begin_direct(job, &data));
  if (data != NULL) memcpy(job->out, data, job->size);
  RYFT_TRY(end_direct(job));
  return data != NULL ? NULL : read_through_plugin(job);
}

/* Waiting comes first: its error is the computation's own, and some plugins abort when they are
 * asked for the contents of a failed buffer. */
static ryft_error *read_all(const reading *job) {
  if (job->size != job->known->host_size)
    return ryft__shape_size_error(job->known->shape, job->known->host_size, job->size, job->where);
  RYFT_TRY(ryft__buffer_await(job->buffer, job->where));
  if (job->size == 0) return NULL;
  if (RYFT__LIKELY(is_direct(job))) return read_directly(job);
  return read_through_plugin(job);
}

ryft_error *ryft__buffer_read(const ryft_buffer *buffer,
                              void *out,
                              size_t size,
                              const char *where) {
  reading job = {.where = where};
  RYFT_TRY(start(&job, buffer, out, size));
  return read_all(&job);
}

ryft_error *ryft_buffer_read(const ryft_buffer *buffer, void *out, size_t size) {
  RYFT__REQUIRE(buffer);
  if (size != 0) RYFT__REQUIRE(out);
  return ryft__buffer_read(buffer, out, size, __func__);
}

ryft_error *ryft_buffer_read_alloc(const ryft_buffer *buffer, void **out, size_t *out_size) {
  RYFT__REQUIRE(out);
  RYFT__REQUIRE(out_size);
  *out = NULL;
  *out_size = 0;
  RYFT__REQUIRE(buffer);
  reading job = {.where = __func__};
  RYFT_TRY(start(&job, buffer, NULL, 0));
  job.size = job.known->host_size;
  RYFT_TRY(ryft__host_alloc(job.size, &job.out, __func__));
  ryft_error *error = read_all(&job);
  if (error != NULL) {
    ryft_host_free(job.out);
    return error;
  }
  *out = job.out;
  *out_size = job.size;
  return NULL;
}

static ryft_error *cannot_arrange(const reading *job) {
  return ryft__error_refusal(
      RYFT_UNIMPLEMENTED,
      job->where,
      "PJRT_Buffer_ToHostBuffer",
      "the plugin ignores the order of dimensions in host memory; ryft_buffer_read "
      "gives them last dimension fastest");
}

static bool same_order(const PJRT_Buffer_MemoryLayout *left,
                       const PJRT_Buffer_MemoryLayout *right) {
  const size_t rank = left->tiled.minor_to_major_size;
  return ryft__layout_is_plain(left) && ryft__layout_is_plain(right) &&
         right->tiled.minor_to_major_size == rank &&
         (rank == 0 ||
          memcmp(left->tiled.minor_to_major, right->tiled.minor_to_major, rank * sizeof(int64_t)) ==
              0);
}

/* Whether the plugin can be left to give the order wanted; `*out_told` says whether it must be
 * told. */
static ryft_error *check_order(const reading *job,
                               const PJRT_Buffer_MemoryLayout *wanted,
                               bool *out_told) {
  PJRT_Buffer_MemoryLayout layout;
  ryft_error *untold = ryft__buffer_raw_layout(job->buffer, &layout, job->where);
  const bool same = untold == NULL && same_order(wanted, &layout);
  ryft_error_destroy(untold);
  *out_told = !same;
  if (same) return NULL;
  bool arranges = false;
  RYFT_TRY(plugin_arranges(job, &arranges));
  return arranges ? NULL : cannot_arrange(job);
}

static ryft_error *check_layout(const reading *job,
                                const PJRT_Buffer_MemoryLayout *wanted,
                                bool *out_told) {
  *out_told = true;
  if (wanted->type == PJRT_Buffer_MemoryLayout_Type_Strides) {
    return ryft__extent_check(
        job->known->shape, wanted->strides.byte_strides, 0, job->size, job->where);
  }
  if (ryft__layout_is_plain(wanted)) return check_order(job, wanted, out_told);
  return ryft__error(
      RYFT_UNIMPLEMENTED, job->where, NULL, "host memory cannot be given a layout with tiles");
}

/* The error of a buffer that is known to have failed; see read_all. */
static ryft_error *check_failed(const reading *job) {
  PJRT_Buffer_ReadyEvent_Args ready = {.buffer = job->buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_ReadyEvent(job->table, &ready, job->where));
  PJRT_Event_IsReady_Args query = {.event = ready.event};
  ryft_error *error = ryft__PJRT_Event_IsReady(job->table, &query, job->where);
  if (error == NULL && query.is_ready) {
    error = ryft__event_await_raw(job->table, ready.event, job->where);
  }
  ryft__event_destroy_raw(job->table, ready.event);
  return error == NULL ? NULL : ryft__donation_explain(error, job->buffer, "the buffer");
}

static ryft_error *start_copy(const reading *job,
                              PJRT_Buffer_MemoryLayout *layout,
                              ryft_event **done) {
  PJRT_Buffer_ToHostBuffer_Args args = {
      .src = job->buffer->raw,
      .host_layout = layout,
      .dst = job->out,
      .dst_size = job->size,
  };
  /* The handle comes first: a copy that was started cannot be called back. */
  ryft_event *event = NULL;
  RYFT_TRY(check_amount(job, layout));
  RYFT_TRY(ryft__event_adopt(job->buffer->client, /* raw= */ NULL, &event));
  ryft_error *error = ryft__PJRT_Buffer_ToHostBuffer(job->table, &args, job->where);
  if (error == NULL) {
    error = ryft__check_given(args.event, "event", "PJRT_Buffer_ToHostBuffer", job->where);
  }
  if (error != NULL) {
    ryft_event_destroy(event);
    return error;
  }
  event->raw = args.event;
  *done = event;
  return NULL;
}

/* In the order that was asked for. */
static ryft_error *copy_as(const reading *job,
                           PJRT_Buffer_MemoryLayout *wanted,
                           ryft_event **done) {
  bool told = false;
  RYFT_TRY(check_layout(job, wanted, &told));
  RYFT_TRY(check_failed(job));
  return start_copy(job, told ? wanted : NULL, done);
}

static ryft_error *copy_row_major(const reading *job, ryft_event **done) {
  if (is_row_major(job)) {
    RYFT_TRY(check_failed(job));
    return start_copy(job, NULL, done);
  }
  const size_t rank = job->known->shape.rank;
  int64_t *order = ryft__layout_row_major_order(rank);
  RYFT__TRY_ALLOC(order);
  PJRT_Buffer_MemoryLayout layout = ryft__layout_of_order(order, rank);
  ryft_error *error = copy_as(job, &layout, done);
  ryft__free(order);
  return error;
}

ryft_error *ryft_buffer_copy_to_host(const ryft_buffer *buffer,
                                     const ryft_layout *layout,
                                     void *out,
                                     size_t size,
                                     ryft_event **done) {
  RYFT__REQUIRE(done);
  *done = NULL;
  RYFT__REQUIRE(buffer);
  if (size != 0) RYFT__REQUIRE(out);
  reading job = {.where = __func__};
  PJRT_Buffer_MemoryLayout wanted;
  RYFT_TRY(start(&job, buffer, out, size));
  if (layout != NULL) {
    RYFT_TRY(ryft__layout_to_raw(layout, job.known->shape.rank, &wanted, __func__));
  }
  if (size < job.known->host_size)
    return ryft__shape_size_error(job.known->shape, job.known->host_size, size, __func__);
  if (job.known->host_size == 0) {
    return ryft__error_stamp(ryft_buffer_ready(buffer, done), __func__);
  }
  if (layout != NULL) return copy_as(&job, &wanted, done);
  return copy_row_major(&job, done);
}
