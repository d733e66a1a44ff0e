/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_buffer.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICE_ALIGNMENT = 64 };

fake_storage *fake_storage_new(size_t size) {
  fake_storage *storage = fake_alloc(sizeof *storage);
  const size_t room = (size / DEVICE_ALIGNMENT + 1) * DEVICE_ALIGNMENT;
  atomic_init(&storage->holders, 1);
  storage->data = aligned_alloc(DEVICE_ALIGNMENT, room);
  if (storage->data == NULL) abort();
  memset(storage->data, 0, room);
  storage->writable = true;
  return storage;
}

fake_storage *fake_storage_hold(fake_storage *storage) {
  if (storage != NULL) atomic_fetch_add(&storage->holders, 1);
  return storage;
}

void fake_storage_release(fake_storage *storage) {
  if (storage == NULL || atomic_fetch_sub(&storage->holders, 1) != 1) return;
  if (!storage->borrowed) free(storage->data);
  if (storage->released != NULL) {
    fake_promise_set(storage->released, NULL);
    fake_promise_release(storage->released);
  }
  free(storage);
}

uint8_t fake_flip(const fake_shape *shape) {
  return fake_type_bits((int)shape->type) < 8 ? 0x5a : 0;
}

PJRT_Buffer *fake_buffer_new(fake_memory *memory,
                             const fake_shape *shape,
                             const int64_t *minor_to_major,
                             fake_storage *storage,
                             fake_promise *ready) {
  PJRT_Buffer *buffer = fake_object_new(FAKE_BUFFER, sizeof *buffer);
  buffer->client = memory->client;
  buffer->memory = memory;
  buffer->shape = buffer->present = *shape;
  for (size_t i = 0; i < shape->rank; ++i) {
    buffer->minor_to_major[i] =
        minor_to_major != NULL ? minor_to_major[i] : (int64_t)(shape->rank - 1 - i);
  }
  fake_strides(shape, buffer->minor_to_major, buffer->strides);
  buffer->storage = storage;
  buffer->ready = ready;
  pthread_mutex_init(&buffer->lock, NULL);
  atomic_fetch_add(&memory->client->children, 1);
  return buffer;
}

void fake_buffer_set_present(PJRT_Buffer *buffer, const fake_shape *present) {
  buffer->present = *present;
  fake_strides(present, buffer->minor_to_major, buffer->strides);
  for (size_t i = 0; i < buffer->shape.rank; ++i) {
    if ((buffer->shape.dynamic >> i & 1) != 0) buffer->dynamic[buffer->dynamic_count++] = i;
  }
}

void fake_buffer_check(const PJRT_Buffer *buffer) {
  for (size_t i = 0; i < buffer->shape.rank; ++i) {
    const int64_t size = buffer->present.dims[i];
    if (size < 0 || size > buffer->shape.dims[i]) {
      fake_misuse("contents of a size out of bounds, %lld, are copied", (long long)size);
    }
  }
}

static PJRT_Buffer *checked(PJRT_Buffer *buffer) {
  fake_check(buffer, FAKE_BUFFER);
  return buffer;
}

fake_storage *fake_buffer_storage(PJRT_Buffer *buffer) {
  pthread_mutex_lock(&buffer->lock);
  fake_storage *storage = fake_storage_hold(buffer->storage);
  pthread_mutex_unlock(&buffer->lock);
  return storage;
}

fake_storage *fake_buffer_donate(PJRT_Buffer *buffer) {
  pthread_mutex_lock(&buffer->lock);
  fake_storage *storage = buffer->external_count == 0 ? buffer->storage : NULL;
  if (storage != NULL) buffer->storage = NULL;
  pthread_mutex_unlock(&buffer->lock);
  return storage;
}

static fake_storage *take_storage(PJRT_Buffer *buffer) {
  pthread_mutex_lock(&buffer->lock);
  fake_storage *storage = buffer->storage;
  buffer->storage = NULL;
  pthread_mutex_unlock(&buffer->lock);
  return storage;
}

static PJRT_Error *gone(void) {
  return fake_error(PJRT_Error_Code_INVALID_ARGUMENT, "the buffer was deleted or donated");
}

PJRT_Error *fake_PJRT_Buffer_Destroy(PJRT_Buffer_Destroy_Args *args) {
  PJRT_Buffer *buffer = checked(args->buffer);
  if (buffer->external_count != 0)
    fake_misuse("%zu external references are left", buffer->external_count);
  fake_storage_release(take_storage(buffer));
  fake_promise_release(buffer->ready);
  pthread_mutex_destroy(&buffer->lock);
  atomic_fetch_sub(&buffer->client->children, 1);
  fake_object_end(&buffer->object);
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_ElementType(PJRT_Buffer_ElementType_Args *args) {
  args->type = checked(args->buffer)->shape.type;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_Dimensions(PJRT_Buffer_Dimensions_Args *args) {
  args->dims = checked(args->buffer)->shape.dims;
  args->num_dims = args->buffer->shape.rank;
  return NULL;
}

/* Waits where there is something to wait for. */
PJRT_Error *fake_PJRT_Buffer_UnpaddedDimensions(PJRT_Buffer_UnpaddedDimensions_Args *args) {
  args->unpadded_dims = checked(args->buffer)->present.dims;
  if (args->buffer->dynamic_count != 0) {
    fake_status *status = fake_promise_await(args->buffer->ready);
    if (status != NULL) fake_misuse("the sizes of a buffer that failed are asked for");
  }
  args->num_dims = args->buffer->shape.rank;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_DynamicDimensionIndices(
    PJRT_Buffer_DynamicDimensionIndices_Args *args) {
  args->dynamic_dim_indices = checked(args->buffer)->dynamic;
  args->num_dynamic_dims = args->buffer->dynamic_count;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_GetMemoryLayout(PJRT_Buffer_GetMemoryLayout_Args *args) {
  const PJRT_Buffer *buffer = checked(args->buffer);
  args->layout = (PJRT_Buffer_MemoryLayout){.struct_size = PJRT_Buffer_MemoryLayout_STRUCT_SIZE,
                                            .type = PJRT_Buffer_MemoryLayout_Type_Tiled};
  args->layout.tiled =
      (PJRT_Buffer_MemoryLayout_Tiled){.struct_size = PJRT_Buffer_MemoryLayout_Tiled_STRUCT_SIZE,
                                       .minor_to_major = buffer->minor_to_major,
                                       .minor_to_major_size = buffer->shape.rank};
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_OnDeviceSizeInBytes(PJRT_Buffer_OnDeviceSizeInBytes_Args *args) {
  const fake_shape *shape = &checked(args->buffer)->shape;
  args->on_device_size_in_bytes =
      (fake_shape_count(shape) * fake_type_bits((int)shape->type) + 7) / 8;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_Device(PJRT_Buffer_Device_Args *args) {
  args->device = checked(args->buffer)->memory->device;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_Memory(PJRT_Buffer_Memory_Args *args) {
  args->memory = (PJRT_Memory *)(void *)checked(args->buffer)->memory;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_IsOnCpu(PJRT_Buffer_IsOnCpu_Args *args) {
  const PJRT_Buffer *buffer = checked(args->buffer);
  const bool pinned = (PJRT_Memory *)(void *)buffer->memory != buffer->memory->device->memories[0];
  args->is_on_cpu = pinned || buffer->client->device_on_cpu;
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_Delete(PJRT_Buffer_Delete_Args *args) {
  fake_storage_release(take_storage(checked(args->buffer)));
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_IsDeleted(PJRT_Buffer_IsDeleted_Args *args) {
  fake_storage *storage = fake_buffer_storage(checked(args->buffer));
  args->is_deleted = storage == NULL;
  fake_storage_release(storage);
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_ReadyEvent(PJRT_Buffer_ReadyEvent_Args *args) {
  args->event = fake_event_new(fake_promise_hold(checked(args->buffer)->ready));
  return NULL;
}

static PJRT_Error *find_pointer(PJRT_Buffer *buffer, uint8_t **out) {
  fake_storage *storage = fake_buffer_storage(checked(buffer));
  if (storage == NULL) return gone();
  *out = storage->data;
  fake_storage_release(storage);
  return NULL;
}

PJRT_Error *fake_PJRT_Buffer_UnsafePointer(PJRT_Buffer_UnsafePointer_Args *args) {
  uint8_t *pointer = NULL;
  PJRT_Error *error = find_pointer(args->buffer, &pointer);
  args->buffer_pointer = (uintptr_t)pointer;
  return error;
}

PJRT_Error *fake_PJRT_Buffer_OpaqueDeviceMemoryDataPointer(
    PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args *args) {
  uint8_t *pointer = NULL;
  PJRT_Error *error = find_pointer(args->buffer, &pointer);
  args->device_memory_ptr = pointer;
  return error;
}

/* Real plugins do not guard these calls. Giving the processor away makes a clash of threads likely
 * to be seen. */
static void begin_external(PJRT_Buffer *buffer) {
  if (atomic_fetch_add(&buffer->external_callers, 1) != 0) {
    fake_misuse("two threads change a buffer's external references at once");
  }
  sched_yield();
}

static void end_external(PJRT_Buffer *buffer) {
  atomic_fetch_sub(&buffer->external_callers, 1);
}

PJRT_Error *fake_PJRT_Buffer_IncreaseExternalReferenceCount(
    PJRT_Buffer_IncreaseExternalReferenceCount_Args *args) {
  PJRT_Buffer *buffer = checked(args->buffer);
  begin_external(buffer);
  pthread_mutex_lock(&buffer->lock);
  const bool alive = buffer->storage != NULL;
  if (alive && buffer->external_count++ == 0) buffer->external = fake_storage_hold(buffer->storage);
  pthread_mutex_unlock(&buffer->lock);
  end_external(buffer);
  return alive ? NULL : gone();
}

PJRT_Error *fake_PJRT_Buffer_DecreaseExternalReferenceCount(
    PJRT_Buffer_DecreaseExternalReferenceCount_Args *args) {
  PJRT_Buffer *buffer = checked(args->buffer);
  fake_storage *last = NULL;
  begin_external(buffer);
  pthread_mutex_lock(&buffer->lock);
  if (buffer->external_count == 0) fake_misuse("there is no external reference");
  if (--buffer->external_count == 0) {
    last = buffer->external;
    buffer->external = NULL;
  }
  pthread_mutex_unlock(&buffer->lock);
  end_external(buffer);
  fake_storage_release(last);
  return NULL;
}
