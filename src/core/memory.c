/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/memory.h"

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/core/client.h"
#include "src/core/optional.h"

static ryft_error *read_texts(ryft_memory *out, const ryft__table *t, const char *where) {
  PJRT_Memory_Kind_Args kind = {.memory = out->raw};
  ryft_error *error = ryft__PJRT_Memory_Kind(t, &kind, where);
  RYFT_TRY(ryft__optional_text(error, kind.kind, kind.kind_size, &out->kind));
  PJRT_Memory_ToString_Args text = {.memory = out->raw};
  error = ryft__PJRT_Memory_ToString(t, &text, where);
  RYFT_TRY(ryft__optional_text(error, text.to_string, text.to_string_size, &out->text));
  PJRT_Memory_DebugString_Args debug = {.memory = out->raw};
  error = ryft__PJRT_Memory_DebugString(t, &debug, where);
  return ryft__optional_text(error, debug.debug_string, debug.debug_string_size, &out->debug_text);
}

static ryft_error *read_numbers(ryft_memory *out, const ryft__table *t, const char *where) {
  PJRT_Memory_Id_Args id = {.memory = out->raw};
  RYFT_TRY(ryft__PJRT_Memory_Id(t, &id, where));
  out->id = id.id;
  PJRT_Memory_Kind_Id_Args kind = {.memory = out->raw, .kind_id = -1};
  RYFT_TRY(ryft__optional(ryft__PJRT_Memory_Kind_Id(t, &kind, where)));
  out->kind_id = kind.kind_id;
  return NULL;
}

ryft_error *ryft__memory_init(ryft_memory *out,
                              ryft_client *client,
                              PJRT_Memory *raw,
                              const char *where) {
  const ryft__table *t = client->table;
  *out = (ryft_memory){.raw = raw, .client = client};
  RYFT_TRY(read_numbers(out, t, where));
  RYFT_TRY(read_texts(out, t, where));
  PJRT_Memory_AddressableByDevices_Args args = {.memory = raw};
  RYFT_TRY(ryft__optional(ryft__PJRT_Memory_AddressableByDevices(t, &args, where)));
  RYFT_TRY(ryft__check_list_given(
      args.devices, args.num_devices, "device", "PJRT_Memory_AddressableByDevices", where));
  out->devices = ryft__alloc_array(args.num_devices, sizeof *out->devices);
  RYFT__TRY_ALLOC(out->devices);
  for (size_t i = 0; i < args.num_devices; ++i) {
    const ryft_device *device = ryft__client_device(client, args.devices[i]);
    if (device != NULL) out->devices[out->device_count++] = device;
  }
  return NULL;
}

void ryft__memory_free(ryft_memory *memory) {
  ryft__free(memory->kind);
  ryft__free(memory->text);
  ryft__free(memory->debug_text);
  ryft__free(memory->devices);
}

int ryft_memory_id(const ryft_memory *memory) {
  return memory == NULL ? 0 : memory->id;
}

const char *ryft_memory_kind(const ryft_memory *memory) {
  return memory == NULL ? "" : memory->kind;
}

int ryft_memory_kind_id(const ryft_memory *memory) {
  return memory == NULL ? 0 : memory->kind_id;
}

const char *ryft_memory_text(const ryft_memory *memory) {
  return memory == NULL ? "" : memory->text;
}

const char *ryft_memory_debug_text(const ryft_memory *memory) {
  return memory == NULL ? "" : memory->debug_text;
}

ryft_device_list ryft_memory_devices(const ryft_memory *memory) {
  if (memory == NULL) return (ryft_device_list){.items = NULL};
  return (ryft_device_list){.items = memory->devices, .count = memory->device_count};
}

PJRT_Memory *ryft_memory_raw(const ryft_memory *memory) {
  return memory == NULL ? NULL : memory->raw;
}
