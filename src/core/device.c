/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/device.h"

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/core/client.h"
#include "src/core/named_value.h"
#include "src/core/optional.h"

static ryft_error *read_live_attributes(ryft_device *device,
                                        const ryft__table *t,
                                        const char *where) {
  PJRT_Device_GetAttributes_Args args = {.device = device->raw};
  ryft_error *error = ryft__PJRT_Device_GetAttributes(t, &args, where);
  if (error != NULL) return ryft__optional(error);
  error = ryft__named_values_copy(args.attributes, args.num_attributes, &device->live_attributes);
  if (args.attributes_deleter != NULL) args.attributes_deleter(args.device_attributes);
  device->has_live_attributes = error == NULL;
  return error;
}

ryft_error *ryft__device_init(ryft_device *out,
                              ryft_client *client,
                              PJRT_Device *raw,
                              const char *where) {
  const ryft__table *t = client->table;
  *out = (ryft_device){.raw = raw, .client = client, .local_hardware_id = -1};
  PJRT_Device_GetDescription_Args description = {.device = raw};
  RYFT_TRY(ryft__PJRT_Device_GetDescription(t, &description, where));
  RYFT_TRY(ryft__check_given(
      description.device_description, "description", "PJRT_Device_GetDescription", where));
  RYFT_TRY(
      ryft__device_description_init(&out->description, t, description.device_description, where));
  PJRT_Device_IsAddressable_Args addressable = {.device = raw};
  RYFT_TRY(ryft__PJRT_Device_IsAddressable(t, &addressable, where));
  out->addressable = addressable.is_addressable;
  PJRT_Device_LocalHardwareId_Args local = {.device = raw, .local_hardware_id = -1};
  RYFT_TRY(ryft__optional(ryft__PJRT_Device_LocalHardwareId(t, &local, where)));
  out->local_hardware_id = local.local_hardware_id;
  return read_live_attributes(out, t, where);
}

static ryft_error *bind_default_memory(ryft_device *device, const char *where) {
  PJRT_Device_DefaultMemory_Args args = {.device = device->raw};
  RYFT_TRY(ryft__optional(ryft__PJRT_Device_DefaultMemory(device->client->table, &args, where)));
  device->default_memory = ryft__client_memory(device->client, args.memory);
  return NULL;
}

ryft_error *ryft__device_bind_memories(ryft_device *device, const char *where) {
  if (!device->addressable) return NULL;
  PJRT_Device_AddressableMemories_Args args = {.device = device->raw};
  RYFT_TRY(
      ryft__optional(ryft__PJRT_Device_AddressableMemories(device->client->table, &args, where)));
  RYFT_TRY(ryft__check_list_given(
      args.memories, args.num_memories, "memory", "PJRT_Device_AddressableMemories", where));
  device->memories = ryft__alloc_array(args.num_memories, sizeof *device->memories);
  RYFT__TRY_ALLOC(device->memories);
  for (size_t i = 0; i < args.num_memories; ++i) {
    const ryft_memory *memory = ryft__client_memory(device->client, args.memories[i]);
    if (memory != NULL) device->memories[device->memory_count++] = memory;
  }
  /* A plugin without memories has its own words for the lack of a default one. */
  return device->memory_count == 0 ? NULL : bind_default_memory(device, where);
}

void ryft__device_free(ryft_device *device) {
  ryft__device_description_free(&device->description);
  ryft__named_values_free(&device->live_attributes);
  ryft__free(device->memories);
}

/* ---- What a device is. */

int ryft_device_id(const ryft_device *device) {
  return device == NULL ? 0 : device->description.id;
}

const char *ryft_device_kind(const ryft_device *device) {
  return device == NULL ? "" : device->description.kind;
}

int ryft_device_process_index(const ryft_device *device) {
  return device == NULL ? 0 : device->description.process_index;
}

int ryft_device_local_hardware_id(const ryft_device *device) {
  return device == NULL ? 0 : device->local_hardware_id;
}

bool ryft_device_is_addressable(const ryft_device *device) {
  return device != NULL && device->addressable;
}

const ryft_device_description *ryft_device_describe(const ryft_device *device) {
  return device == NULL ? NULL : &device->description;
}

ryft_named_values ryft_device_attributes(const ryft_device *device) {
  if (device == NULL) return (ryft_named_values){.items = NULL};
  return device->has_live_attributes ? device->live_attributes : device->description.attributes;
}

ryft_memory_list ryft_device_memories(const ryft_device *device) {
  if (device == NULL) return (ryft_memory_list){.items = NULL};
  return (ryft_memory_list){.items = device->memories, .count = device->memory_count};
}

const ryft_memory *ryft_device_default_memory(const ryft_device *device) {
  return device == NULL ? NULL : device->default_memory;
}

ryft_client *ryft_device_client(const ryft_device *device) {
  return device == NULL ? NULL : device->client;
}

PJRT_Device *ryft_device_raw(const ryft_device *device) {
  return device == NULL ? NULL : device->raw;
}
