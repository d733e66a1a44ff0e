/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The handle, what it knows about its buffer, copies and deletion. Contents: buffer_from_host.c and
 * buffer_read.c. */
#include "src/core/buffer.h"

#include "src/abi/gen/calls.h"
#include "src/base/pool.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/donation.h"
#include "src/core/event.h"
#include "src/core/layout.h"
#include "src/core/optional.h"
#include "src/core/shape.h"

static const ryft__table *table_of(const ryft_buffer *buffer) {
  return buffer->client->table;
}

void ryft__buffer_destroy_raw(const ryft__table *table, PJRT_Buffer *raw) {
  if (raw != NULL) ryft__PJRT_Buffer_drop(table, raw, "ryft_buffer_destroy");
}

ryft_error *ryft__buffer_unmade(ryft_client *client, PJRT_Buffer *raw) {
  ryft__buffer_destroy_raw(client->table, raw);
  ryft__client_release_objects(client, 1);
  return ryft__out_of_memory();
}

ryft_error *ryft__buffer_adopt(ryft_client *client,
                               PJRT_Buffer *raw,
                               const ryft__known_shape *shape,
                               ryft_buffer **out) {
  ryft__client_hold_objects(client, 1);
  return ryft__buffer_make(client, raw, shape, /* device= */ 0, out);
}

ryft_buffer *ryft__buffer_hold(ryft_buffer *buffer) {
  atomic_fetch_add_explicit(&buffer->holders, 1, memory_order_relaxed);
  return buffer;
}

/* A sole holder need not count: nobody is left who could pass the buffer on meanwhile. */
static bool let_go(ryft_buffer *buffer) {
  return RYFT__LIKELY(!ryft__buffer_is_shared(buffer)) ||
         atomic_fetch_sub_explicit(&buffer->holders, 1, memory_order_acq_rel) == 1;
}

RYFT__HOT void ryft_buffer_destroy(ryft_buffer *buffer) {
  if (RYFT__UNLIKELY(buffer == NULL) || !let_go(buffer)) return;
  ryft_client *client = buffer->client;
  ryft__PJRT_Buffer_drop(client->table, buffer->raw, __func__);
  ryft__pool_give(buffer);
  ryft__client_release_objects(client, 1);
}

/* A plugin without dynamic dimensions need not have the question. */
static ryft_error *ask_dynamic(const ryft_buffer *buffer, uint64_t *out, const char *where) {
  PJRT_Buffer_DynamicDimensionIndices_Args args = {.buffer = buffer->raw};
  RYFT_TRY(
      ryft__optional(ryft__PJRT_Buffer_DynamicDimensionIndices(table_of(buffer), &args, where)));
  *out = 0;
  for (size_t i = 0; i < args.num_dynamic_dims; ++i) {
    *out |= ryft__dynamic_bit(args.dynamic_dim_indices[i]);
  }
  return NULL;
}

/* A plugin that knows no layouts has but one. */
static ryft_error *ask_order(const ryft_buffer *buffer,
                             size_t rank,
                             const int64_t **out,
                             const char *where) {
  PJRT_Buffer_MemoryLayout layout = {.struct_size = 0};
  *out = NULL;
  if (rank < 2) return NULL;
  RYFT_TRY(ryft__optional(ryft__buffer_raw_layout(buffer, &layout, where)));
  if (layout.struct_size == 0 || !ryft__layout_is_plain(&layout)) return NULL;
  if (layout.tiled.minor_to_major_size != rank) return NULL;
  if (ryft__layout_is_order(layout.tiled.minor_to_major, rank)) *out = layout.tiled.minor_to_major;
  return NULL;
}

static ryft_error *ask_shape(const ryft_buffer *buffer,
                             const ryft__known_shape **out,
                             const char *where) {
  PJRT_Buffer_ElementType_Args type = {.buffer = buffer->raw};
  PJRT_Buffer_Dimensions_Args dims = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_ElementType(table_of(buffer), &type, where));
  RYFT_TRY(ryft__PJRT_Buffer_Dimensions(table_of(buffer), &dims, where));
  const ryft_shape shape = {(ryft_type)type.type, dims.num_dims, dims.dims};
  ryft__array_form form = {.shape = shape};
  RYFT_TRY(ask_dynamic(buffer, &form.dynamic, where));
  RYFT_TRY(ask_order(buffer, shape.rank, &form.order, where));
  return ryft__shape_table_get_form(&buffer->client->shapes, &form, out, where);
}

ryft_error *ryft__buffer_known_shape(const ryft_buffer *buffer,
                                     const ryft__known_shape **out,
                                     const char *where) {
  *out = atomic_load_explicit(&buffer->shape, memory_order_acquire);
  if (RYFT__LIKELY(*out != NULL)) return NULL;
  RYFT_TRY(ask_shape(buffer, out, where));
  atomic_store_explicit(&ryft__buffer_memo(buffer)->shape, *out, memory_order_release);
  return NULL;
}

ryft_error *ryft_buffer_shape(const ryft_buffer *buffer, ryft_shape *out) {
  RYFT__REQUIRE(out);
  *out = (ryft_shape){.type = RYFT_INVALID_TYPE};
  RYFT__REQUIRE(buffer);
  const ryft__known_shape *known = NULL;
  RYFT_TRY(ryft__buffer_known_shape(buffer, &known, __func__));
  *out = known->shape;
  return NULL;
}

ryft_error *ryft_buffer_host_size(const ryft_buffer *buffer, size_t *out_size) {
  RYFT__REQUIRE(out_size);
  *out_size = 0;
  RYFT__REQUIRE(buffer);
  ryft__known_shape room;
  const ryft__known_shape *known = NULL;
  RYFT_TRY(ryft__buffer_present_shape(buffer, &room, &known, __func__));
  /* Asked again for the sake of the error's words. */
  if (known->host_size == SIZE_MAX) return ryft__shape_host_size(known->shape, out_size, __func__);
  *out_size = known->host_size;
  return NULL;
}

ryft_error *ryft_buffer_unpadded_shape(const ryft_buffer *buffer, ryft_shape *out) {
  RYFT__REQUIRE(out);
  *out = (ryft_shape){.type = RYFT_INVALID_TYPE};
  RYFT__REQUIRE(buffer);
  ryft__known_shape room;
  const ryft__known_shape *known = NULL;
  RYFT_TRY(ryft__buffer_present_shape(buffer, &room, &known, __func__));
  *out = known->shape;
  return NULL;
}

ryft_error *ryft_buffer_dynamic_dimensions(const ryft_buffer *buffer,
                                           const size_t **out_indices,
                                           size_t *out_count) {
  RYFT__REQUIRE(out_indices);
  RYFT__REQUIRE(out_count);
  *out_indices = NULL;
  *out_count = 0;
  RYFT__REQUIRE(buffer);
  PJRT_Buffer_DynamicDimensionIndices_Args args = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_DynamicDimensionIndices(table_of(buffer), &args, __func__));
  *out_indices = args.dynamic_dim_indices;
  *out_count = args.num_dynamic_dims;
  return NULL;
}

ryft_error *ryft__buffer_raw_layout(const ryft_buffer *buffer,
                                    PJRT_Buffer_MemoryLayout *out,
                                    const char *where) {
  PJRT_Buffer_GetMemoryLayout_Args args = {.buffer = buffer->raw};
  if (RYFT__UNLIKELY((ryft__buffer_facts(buffer) & RYFT__ORDER_OURS) != 0)) {
    const ryft__known_shape *known = atomic_load_explicit(&buffer->shape, memory_order_acquire);
    *out = ryft__layout_of_order(known->order, known->shape.rank);
    return NULL;
  }
  RYFT_TRY(ryft__PJRT_Buffer_GetMemoryLayout(table_of(buffer), &args, where));
  *out = args.layout;
  return NULL;
}

ryft_error *ryft_buffer_layout(const ryft_buffer *buffer, ryft_layout *out) {
  RYFT__REQUIRE(out);
  RYFT__REQUIRE(buffer);
  const ryft_layout nothing = RYFT_DEFAULTS(ryft_layout);
  RYFT_TRY(RYFT__WRITE_RESULT(ryft_layout, out, &nothing));
  PJRT_Buffer_MemoryLayout raw;
  RYFT_TRY(ryft__buffer_raw_layout(buffer, &raw, __func__));
  ryft_layout layout;
  ryft__layout_from_raw(&raw, &layout);
  return RYFT__WRITE_RESULT(ryft_layout, out, &layout);
}

ryft_error *ryft_buffer_device_size(const ryft_buffer *buffer, size_t *out_size) {
  RYFT__REQUIRE(out_size);
  *out_size = 0;
  RYFT__REQUIRE(buffer);
  PJRT_Buffer_OnDeviceSizeInBytes_Args args = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_OnDeviceSizeInBytes(table_of(buffer), &args, __func__));
  *out_size = args.on_device_size_in_bytes;
  return NULL;
}

static ryft_error *unlisted(const char *what, const char *entry_point, const char *where) {
  return ryft__error(RYFT_INTERNAL,
                     where,
                     entry_point,
                     "the plugin answered with a %s that its client does not list",
                     what);
}

ryft_error *ryft__buffer_device(const ryft_buffer *buffer,
                                const ryft_device **out,
                                const char *where) {
  const unsigned known = atomic_load_explicit(&buffer->device, memory_order_relaxed);
  if (RYFT__LIKELY(known != 0)) {
    *out = &buffer->client->devices[known - 1];
    return NULL;
  }
  PJRT_Buffer_Device_Args args = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_Device(table_of(buffer), &args, where));
  *out = ryft__client_device(buffer->client, args.device);
  if (*out == NULL) return unlisted("device", "PJRT_Buffer_Device", where);
  atomic_store_explicit(
      &ryft__buffer_memo(buffer)->device, ryft__device_number(*out), memory_order_relaxed);
  return NULL;
}

ryft_error *ryft_buffer_device(const ryft_buffer *buffer, const ryft_device **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(buffer);
  return ryft__buffer_device(buffer, out, __func__);
}

ryft_error *ryft_buffer_memory(const ryft_buffer *buffer, const ryft_memory **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(buffer);
  const unsigned known = atomic_load_explicit(&buffer->memory, memory_order_relaxed);
  if (RYFT__LIKELY(known != 0)) {
    *out = &buffer->client->memories[known - 1];
    return NULL;
  }
  PJRT_Buffer_Memory_Args args = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_Memory(table_of(buffer), &args, __func__));
  *out = ryft__client_memory(buffer->client, args.memory);
  if (*out == NULL) return unlisted("memory", "PJRT_Buffer_Memory", __func__);
  const unsigned number = (unsigned)(*out - buffer->client->memories) + 1;
  atomic_store_explicit(&ryft__buffer_memo(buffer)->memory, number, memory_order_relaxed);
  return NULL;
}

ryft_error *ryft__buffer_on_host(const ryft_buffer *buffer, bool *out, const char *where) {
  const unsigned facts = ryft__buffer_facts(buffer);
  *out = (facts & RYFT__HOST_YES) != 0;
  if ((facts & RYFT__HOST_KNOWN) != 0) return NULL;
  PJRT_Buffer_IsOnCpu_Args args = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_IsOnCpu(table_of(buffer), &args, where));
  *out = args.is_on_cpu;
  ryft__buffer_remember(buffer, RYFT__HOST_KNOWN, *out);
  return NULL;
}

ryft_error *ryft_buffer_is_on_cpu(const ryft_buffer *buffer, bool *out) {
  RYFT__REQUIRE(out);
  *out = false;
  RYFT__REQUIRE(buffer);
  return ryft__buffer_on_host(buffer, out, __func__);
}

/* For calls that need the contents: says who took them, if that is why `error` came. */
static inline ryft_error *explain(const ryft_buffer *buffer, ryft_error *error) {
  if (RYFT__LIKELY(error == NULL)) return NULL;
  return ryft__donation_explain(error, buffer, "the buffer");
}

ryft_error *ryft_buffer_ready(const ryft_buffer *buffer, ryft_event **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(buffer);
  /* The event would say as little as the plugin knows. */
  if (ryft__donation_of(buffer) != NULL && ryft__buffer_is_gone(buffer)) {
    return explain(buffer,
                   ryft__error(RYFT_INVALID_ARGUMENT, __func__, NULL, "its contents are gone"));
  }
  PJRT_Buffer_ReadyEvent_Args args = {.buffer = buffer->raw};
  ryft_error *error = ryft__PJRT_Buffer_ReadyEvent(table_of(buffer), &args, __func__);
  if (RYFT__UNLIKELY(error != NULL)) return explain(buffer, error);
  return ryft__event_adopt(buffer->client, args.event, out);
}

ryft_error *ryft__buffer_await(const ryft_buffer *buffer, const char *where) {
  const ryft__table *table = table_of(buffer);
  PJRT_Buffer_ReadyEvent_Args args = {.buffer = buffer->raw};
  ryft_error *error = ryft__PJRT_Buffer_ReadyEvent(table, &args, where);
  if (RYFT__LIKELY(error == NULL)) {
    error = ryft__event_await_raw(table, args.event, where);
    ryft__event_destroy_raw(table, args.event);
  }
  return explain(buffer, error);
}

ryft_error *ryft_buffer_await(const ryft_buffer *buffer) {
  RYFT__REQUIRE(buffer);
  return ryft__buffer_await(buffer, __func__);
}

/* Before a plugin copies that forgets the order of dimensions. */
static ryft_error *know_order(const ryft_buffer *buffer, const char *where) {
  const ryft__known_shape *known = NULL;
  if ((buffer->client->quirks & RYFT__QUIRK_COPIES_FORGET_ORDER) == 0) return NULL;
  return ryft__buffer_known_shape(buffer, &known, where);
}

/* A copy has the shape of its original, as far as that is known; the order of its dimensions is
 * the plugin's choice. */
static ryft_error *adopt_copy(const ryft_buffer *original, PJRT_Buffer *raw, ryft_buffer **out) {
  const ryft__known_shape *shape = atomic_load_explicit(&original->shape, memory_order_acquire);
  const bool forgotten = shape != NULL && shape->order != NULL &&
                         (original->client->quirks & RYFT__QUIRK_COPIES_FORGET_ORDER) != 0;
  const bool ours = forgotten || (ryft__buffer_facts(original) & RYFT__ORDER_OURS) != 0;
  if (shape != NULL && !ours && !ryft__usual_order(original->client, shape)) shape = NULL;
  RYFT_TRY(ryft__buffer_adopt(original->client, raw, shape, out));
  if (ours) ryft__buffer_order_is_ours(*out);
  return NULL;
}

ryft_error *ryft_buffer_copy_to_device(const ryft_buffer *buffer,
                                       const ryft_device *device,
                                       ryft_buffer **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(buffer);
  RYFT__REQUIRE(device);
  if (device->client != buffer->client || !device->addressable) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT,
        __func__,
        NULL,
        "copying needs a device of the buffer's own client that this process can use");
  }
  RYFT_TRY(know_order(buffer, __func__));
  PJRT_Buffer_CopyToDevice_Args args = {.buffer = buffer->raw, .dst_device = device->raw};
  RYFT_TRY(explain(buffer, ryft__PJRT_Buffer_CopyToDevice(table_of(buffer), &args, __func__)));
  return adopt_copy(buffer, args.dst_buffer, out);
}

ryft_error *ryft_buffer_copy_to_memory(const ryft_buffer *buffer,
                                       const ryft_memory *memory,
                                       ryft_buffer **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(buffer);
  RYFT__REQUIRE(memory);
  if (memory->client != buffer->client) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT, __func__, NULL, "copying needs a memory of the buffer's own client");
  }
  RYFT_TRY(know_order(buffer, __func__));
  PJRT_Buffer_CopyToMemory_Args args = {.buffer = buffer->raw, .dst_memory = memory->raw};
  RYFT_TRY(explain(buffer, ryft__PJRT_Buffer_CopyToMemory(table_of(buffer), &args, __func__)));
  return adopt_copy(buffer, args.dst_buffer, out);
}

ryft_error *ryft_buffer_delete(ryft_buffer *buffer) {
  RYFT__REQUIRE(buffer);
  /* What nobody took so far is deleted by the caller, not donated. */
  if (ryft__donation_of(buffer) != NULL && !ryft__buffer_is_gone(buffer)) {
    ryft__donation_forget(buffer);
  }
  ryft__buffer_may_be_gone(buffer);
  PJRT_Buffer_Delete_Args args = {.buffer = buffer->raw};
  return ryft__PJRT_Buffer_Delete(table_of(buffer), &args, __func__);
}

ryft_error *ryft__buffer_is_deleted(const ryft_buffer *buffer, bool *out, const char *where) {
  PJRT_Buffer_IsDeleted_Args args = {.buffer = buffer->raw};
  RYFT_TRY(ryft__PJRT_Buffer_IsDeleted(table_of(buffer), &args, where));
  *out = args.is_deleted;
  return NULL;
}

ryft_error *ryft_buffer_is_deleted(const ryft_buffer *buffer, bool *out) {
  RYFT__REQUIRE(out);
  *out = false;
  RYFT__REQUIRE(buffer);
  return ryft__buffer_is_deleted(buffer, out, __func__);
}

ryft_client *ryft_buffer_client(const ryft_buffer *buffer) {
  return buffer == NULL ? NULL : buffer->client;
}

struct PJRT_Buffer *ryft_buffer_raw(const ryft_buffer *buffer) {
  return buffer == NULL ? NULL : buffer->raw;
}
