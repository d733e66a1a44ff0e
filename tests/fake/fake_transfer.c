/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Moving bytes: from the host, to the host, between memories. */
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_buffer.h"

enum { ZERO_COPY_ALIGNMENT = 64 };

/* One copy, carried out by the client's worker. What it needs is held, what it completes is set. */
typedef struct copy {
  fake_shape shape;
  fake_storage *from_storage; /* NULL: the host's */
  fake_storage *to_storage;   /* NULL: the host's */
  const void *from;
  void *to;
  int64_t from_strides[FAKE_RANK_MAX];
  int64_t to_strides[FAKE_RANK_MAX];
  uint8_t flip;
  fake_promise *done;
  fake_promise *also_done; /* may be NULL */
} copy;

static void finish(fake_promise *promise, fake_status *status) {
  if (promise == NULL) return;
  fake_promise_set(promise, fake_status_hold(status));
  fake_promise_release(promise);
}

static void run_copy(fake_status *status, void *arg) {
  copy *each = arg;
  if (status == NULL) {
    fake_copy_strided(
        &each->shape, each->from, each->from_strides, each->to, each->to_strides, each->flip);
  }
  /* Before anybody is told: whoever is may destroy the client. */
  fake_storage_release(each->from_storage);
  fake_storage_release(each->to_storage);
  finish(each->done, status);
  finish(each->also_done, status);
  free(each);
}

static void run_copy_now(void *arg) {
  run_copy(NULL, arg);
}

static PJRT_Error *choose_memory(PJRT_Client *client,
                                 PJRT_Device *device,
                                 PJRT_Memory *given,
                                 fake_memory **out) {
  fake_check(client, FAKE_CLIENT);
  FAKE_REQUIRE(device != NULL || given != NULL, "neither device nor memory");
  if (given == NULL) {
    fake_check(device, FAKE_DEVICE);
    FAKE_REQUIRE(device->client == client, "the device belongs to another client");
    FAKE_REQUIRE(device->addressable, "the device belongs to another process");
    given = device->memories[0];
  }
  *out = fake_memory_of(given);
  FAKE_REQUIRE((*out)->client == client, "the memory belongs to another client");
  return NULL;
}

static PJRT_Error *read_host_strides(const PJRT_Client_BufferFromHostBuffer_Args *args,
                                     const fake_shape *shape,
                                     int64_t *out) {
  fake_strides(shape, NULL, out);
  if (args->byte_strides == NULL) return NULL;
  FAKE_REQUIRE(args->num_byte_strides == shape->rank,
               "%zu strides for %zu dimensions",
               args->num_byte_strides,
               shape->rank);
  memcpy(out, args->byte_strides, shape->rank * sizeof *out);
  return NULL;
}

static bool can_borrow(const PJRT_Client_BufferFromHostBuffer_Args *args, const copy *planned) {
  const bool wanted = args->host_buffer_semantics == PJRT_HostBufferSemantics_kImmutableZeroCopy ||
                      args->host_buffer_semantics == PJRT_HostBufferSemantics_kMutableZeroCopy;
  return wanted && planned->flip == 0 && (uintptr_t)args->data % ZERO_COPY_ALIGNMENT == 0 &&
         memcmp(planned->from_strides,
                planned->to_strides,
                planned->shape.rank * sizeof(int64_t)) == 0;
}

static fake_storage *borrow(const PJRT_Client_BufferFromHostBuffer_Args *args,
                            fake_promise *released) {
  fake_storage *storage = fake_alloc(sizeof *storage);
  atomic_init(&storage->holders, 1);
  memcpy(&storage->data, &args->data, sizeof storage->data);
  storage->borrowed = true;
  storage->writable = args->host_buffer_semantics == PJRT_HostBufferSemantics_kMutableZeroCopy;
  storage->released = released;
  return storage;
}

static void start_borrowed(PJRT_Client_BufferFromHostBuffer_Args *args,
                           fake_memory *memory,
                           const fake_shape *shape) {
  fake_promise *released = fake_promise_new();
  args->done_with_host_buffer = fake_event_new(fake_promise_hold(released));
  args->buffer =
      fake_buffer_new(memory, shape, NULL, borrow(args, released), fake_promise_done(NULL));
}

static void start_copied(PJRT_Client_BufferFromHostBuffer_Args *args,
                         fake_memory *memory,
                         const int64_t *minor_to_major,
                         const copy *planned) {
  copy *each = fake_alloc(sizeof *each);
  *each = *planned;
  fake_storage *storage = fake_storage_new(fake_shape_host_size(&each->shape));
  fake_promise *ready = fake_promise_new();
  each->to = storage->data;
  each->to_storage = fake_storage_hold(storage);
  each->done = fake_promise_hold(ready);
  args->buffer = fake_buffer_new(memory, &each->shape, minor_to_major, storage, ready);
  if (args->host_buffer_semantics == PJRT_HostBufferSemantics_kImmutableOnlyDuringCall) {
    args->done_with_host_buffer = fake_event_new(fake_promise_done(NULL));
    run_copy(NULL, each);
    return;
  }
  each->also_done = fake_promise_new();
  args->done_with_host_buffer = fake_event_new(fake_promise_hold(each->also_done));
  fake_worker_add(memory->client->worker, fake_latency(), run_copy_now, each);
}

PJRT_Error *fake_PJRT_Client_BufferFromHostBuffer(PJRT_Client_BufferFromHostBuffer_Args *args) {
  copy planned = {.from = args->data};
  int64_t minor_to_major[FAKE_RANK_MAX];
  fake_memory *memory;
  PJRT_Error *error = choose_memory(args->client, args->device, args->memory, &memory);
  if (error == NULL) error = fake_shape_set(&planned.shape, args->type, args->dims, args->num_dims);
  if (error == NULL) error = fake_layout_read(args->device_layout, &planned.shape, minor_to_major);
  if (error == NULL) error = read_host_strides(args, &planned.shape, planned.from_strides);
  if (error != NULL) return error;
  const int semantics = (int)args->host_buffer_semantics;
  FAKE_REQUIRE(semantics >= 0 && semantics <= 3, "host buffer semantics %d are unknown", semantics);
  if (args->data == NULL && fake_shape_count(&planned.shape) != 0) fake_misuse("the data are NULL");
  fake_strides(&planned.shape, minor_to_major, planned.to_strides);
  planned.flip = fake_flip(&planned.shape);
  if (can_borrow(args, &planned)) {
    start_borrowed(args, memory, &planned.shape);
  } else {
    start_copied(args, memory, minor_to_major, &planned);
  }
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_ToHostBuffer(PJRT_Buffer_ToHostBuffer_Args *args) {
  PJRT_Buffer *buffer = args->src;
  int64_t minor_to_major[FAKE_RANK_MAX];
  fake_check(buffer, FAKE_BUFFER);
  fake_buffer_check(buffer);
  PJRT_Error *error = fake_layout_read(args->host_layout, &buffer->present, minor_to_major);
  if (error != NULL) return error;
  const size_t size = fake_shape_host_size(&buffer->present);
  if (args->dst == NULL) {
    args->dst_size = size;
    args->event = NULL;
    return NULL;
  }
  FAKE_REQUIRE(args->dst_size >= size, "%zu bytes are too few for %zu", args->dst_size, size);
  fake_storage *storage = fake_buffer_storage(buffer);
  FAKE_REQUIRE(storage != NULL, "the buffer was deleted or donated");
  copy *each = fake_alloc(sizeof *each);
  *each = (copy){.shape = buffer->present,
                 .from_storage = storage,
                 .from = storage->data,
                 .to = args->dst,
                 .flip = fake_flip(&buffer->shape),
                 .done = fake_promise_new()};
  memcpy(each->from_strides, buffer->strides, sizeof buffer->strides);
  /* Without a layout the host gets the buffer's own. */
  fake_strides(&buffer->present,
               args->host_layout == NULL ? buffer->minor_to_major : minor_to_major,
               each->to_strides);
  args->event = fake_event_new(fake_promise_hold(each->done));
  fake_worker_after(buffer->client->worker, buffer->ready, fake_latency(), run_copy, each);
  return NULL;
}

static PJRT_Error *copy_to(PJRT_Buffer *buffer, fake_memory *memory, PJRT_Buffer **out) {
  fake_storage *from = fake_buffer_storage(buffer);
  FAKE_REQUIRE(from != NULL, "the buffer was deleted or donated");
  copy *each = fake_alloc(sizeof *each);
  fake_storage *to = fake_storage_new(fake_shape_host_size(&buffer->shape));
  fake_buffer_check(buffer);
  *each = (copy){.shape = buffer->present,
                 .from_storage = from,
                 .from = from->data,
                 .to_storage = fake_storage_hold(to),
                 .to = to->data,
                 .done = fake_promise_new()};
  memcpy(each->from_strides, buffer->strides, sizeof buffer->strides);
  memcpy(each->to_strides, buffer->strides, sizeof buffer->strides);
  *out = fake_buffer_new(
      memory, &buffer->shape, buffer->minor_to_major, to, fake_promise_hold(each->done));
  fake_buffer_set_present(*out, &buffer->present);
  fake_worker_after(memory->client->worker, buffer->ready, fake_latency(), run_copy, each);
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_CopyToDevice(PJRT_Buffer_CopyToDevice_Args *args) {
  fake_check(args->buffer, FAKE_BUFFER);
  fake_check(args->dst_device, FAKE_DEVICE);
  FAKE_REQUIRE(args->dst_device->client == args->buffer->client,
               "the device belongs to another client");
  FAKE_REQUIRE(args->dst_device->addressable, "the device belongs to another process");
  FAKE_REQUIRE(args->dst_device != args->buffer->memory->device, "the buffer is on that device");
  return copy_to(args->buffer, fake_memory_of(args->dst_device->memories[0]), &args->dst_buffer);
}

PJRT_Error *fake_PJRT_Buffer_CopyToMemory(PJRT_Buffer_CopyToMemory_Args *args) {
  fake_check(args->buffer, FAKE_BUFFER);
  fake_memory *memory = fake_memory_of(args->dst_memory);
  FAKE_REQUIRE(memory->client == args->buffer->client, "the memory belongs to another client");
  return copy_to(args->buffer, memory, &args->dst_buffer);
}

/* A buffer that holds an error instead of contents. */
PJRT_Error *fake_PJRT_Client_CreateErrorBuffer(PJRT_Client_CreateErrorBuffer_Args *args) {
  fake_shape shape;
  int64_t minor_to_major[FAKE_RANK_MAX];
  fake_memory *memory;
  PJRT_Error *error = choose_memory(args->client, NULL, args->memory, &memory);
  if (error == NULL)
    error =
        fake_shape_set(&shape, args->shape_element_type, args->shape_dims, args->shape_num_dims);
  if (error == NULL) error = fake_layout_read(args->shape_layout, &shape, minor_to_major);
  if (error != NULL) return error;
  FAKE_REQUIRE(args->error_code != PJRT_Error_Code_OK, "OK is no error");
  fake_status *status =
      fake_status_new((int)args->error_code, args->error_message, args->error_message_size);
  if (fake_knows(103)) {
    for (size_t i = 0; i < args->num_payload; ++i) {
      const PJRT_NamedValue *each = &args->payload[i];
      fake_status_add_payload(
          status, each->name, each->name_size, each->string_value, each->value_size);
    }
  }
  args->buffer = fake_buffer_new(memory,
                                 &shape,
                                 minor_to_major,
                                 fake_storage_new(fake_shape_host_size(&shape)),
                                 fake_promise_done(status));
  return NULL;
}

PJRT_Error *fake_PJRT_Client_CreateUninitializedBuffer(
    PJRT_Client_CreateUninitializedBuffer_Args *args) {
  fake_shape shape;
  int64_t minor_to_major[FAKE_RANK_MAX];
  fake_memory *memory;
  PJRT_Error *error = choose_memory(args->client, args->device, args->memory, &memory);
  if (error == NULL)
    error =
        fake_shape_set(&shape, args->shape_element_type, args->shape_dims, args->shape_num_dims);
  if (error == NULL) error = fake_layout_read(args->shape_layout, &shape, minor_to_major);
  if (error != NULL) return error;
  args->buffer = fake_buffer_new(memory,
                                 &shape,
                                 minor_to_major,
                                 fake_storage_new(fake_shape_host_size(&shape)),
                                 fake_promise_done(NULL));
  return NULL;
}
