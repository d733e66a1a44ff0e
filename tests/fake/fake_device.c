/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_client.h"

fake_text fake_text_format(const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  const size_t size = strlen(text);
  fake_text made = {fake_alloc(size + 2), size};
  memcpy(made.data, text, size);
  made.data[size] = '~'; /* what a caller prints who counts on a NUL */
  return made;
}

size_t fake_attributes(PJRT_NamedValue *out, int id) {
  static const int64_t list[] = {3, 1, 4};
  static const char *const names[] = {"vendor", "number", "shape", "speed", "ready"};
  for (int type = 0; type < 5; ++type) {
    out[type] = (PJRT_NamedValue){.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                                  .name = names[type],
                                  .name_size = strlen(names[type]),
                                  .type = (PJRT_NamedValue_Type)type,
                                  .value_size = 1};
  }
  out[0].string_value = "nobody~";
  out[0].value_size = 6;
  out[1].int64_value = id;
  out[2].int64_array_value = list;
  out[2].value_size = 3;
  out[3].float_value = 1.5f;
  out[4].bool_value = true;
  return 5;
}

PJRT_DeviceDescription *fake_description_new(int id, int process_index) {
  PJRT_DeviceDescription *description = fake_object_new(FAKE_DESCRIPTION, sizeof *description);
  description->id = id;
  description->process_index = process_index;
  description->kind = fake_text_format("fake");
  description->text = fake_text_format("FakeDevice(id=%d)", id);
  description->debug_text = fake_text_format("FakeDevice(id=%d, process=%d)", id, process_index);
  fake_attributes(description->attributes, id);
  return description;
}

void fake_description_free(PJRT_DeviceDescription *description) {
  free(description->kind.data);
  free(description->text.data);
  free(description->debug_text.data);
  fake_object_end(&description->object);
}

static PJRT_DeviceDescription *described(PJRT_DeviceDescription *description) {
  fake_check(description, FAKE_DESCRIPTION);
  return description;
}

static PJRT_Device *checked(PJRT_Device *device) {
  fake_check(device, FAKE_DEVICE);
  return device;
}

PJRT_Error *fake_PJRT_DeviceDescription_Id(PJRT_DeviceDescription_Id_Args *args) {
  args->id = described(args->device_description)->id;
  return NULL;
}

PJRT_Error *fake_PJRT_DeviceDescription_ProcessIndex(
    PJRT_DeviceDescription_ProcessIndex_Args *args) {
  args->process_index = described(args->device_description)->process_index;
  return NULL;
}

PJRT_Error *fake_PJRT_DeviceDescription_Attributes(PJRT_DeviceDescription_Attributes_Args *args) {
  args->attributes = described(args->device_description)->attributes;
  args->num_attributes = 5;
  return NULL;
}

PJRT_Error *fake_PJRT_DeviceDescription_Kind(PJRT_DeviceDescription_Kind_Args *args) {
  args->device_kind = described(args->device_description)->kind.data;
  args->device_kind_size = args->device_description->kind.size;
  return NULL;
}

PJRT_Error *fake_PJRT_DeviceDescription_DebugString(PJRT_DeviceDescription_DebugString_Args *args) {
  args->debug_string = described(args->device_description)->debug_text.data;
  args->debug_string_size = args->device_description->debug_text.size;
  return NULL;
}

PJRT_Error *fake_PJRT_DeviceDescription_ToString(PJRT_DeviceDescription_ToString_Args *args) {
  args->to_string = described(args->device_description)->text.data;
  args->to_string_size = args->device_description->text.size;
  return NULL;
}

PJRT_Error *fake_PJRT_Device_GetDescription(PJRT_Device_GetDescription_Args *args) {
  args->device_description = checked(args->device)->description;
  return NULL;
}

PJRT_Error *fake_PJRT_Device_IsAddressable(PJRT_Device_IsAddressable_Args *args) {
  args->is_addressable = checked(args->device)->addressable;
  return NULL;
}

PJRT_Error *fake_PJRT_Device_LocalHardwareId(PJRT_Device_LocalHardwareId_Args *args) {
  args->local_hardware_id = checked(args->device)->local_id;
  return NULL;
}

PJRT_Error *fake_PJRT_Device_AddressableMemories(PJRT_Device_AddressableMemories_Args *args) {
  args->memories = checked(args->device)->memories;
  args->num_memories = args->device->addressable ? FAKE_MEMORIES_PER_DEVICE : 0;
  return NULL;
}

PJRT_Error *fake_PJRT_Device_DefaultMemory(PJRT_Device_DefaultMemory_Args *args) {
  const PJRT_Device *device = checked(args->device);
  if (!device->addressable)
    return fake_error(PJRT_Error_Code_INTERNAL, "the device has no default memory");
  args->memory = device->memories[0];
  return NULL;
}

struct PJRT_Device_Attributes {
  fake_object object;
  PJRT_NamedValue values[5];
};

static void delete_attributes(PJRT_Device_Attributes *attributes) {
  fake_check(attributes, FAKE_SERIALIZED);
  fake_object_end(&attributes->object);
}

PJRT_Error *fake_PJRT_Device_GetAttributes(PJRT_Device_GetAttributes_Args *args) {
  const PJRT_Device *device = checked(args->device);
  PJRT_Device_Attributes *attributes = fake_object_new(FAKE_SERIALIZED, sizeof *attributes);
  args->num_attributes = fake_attributes(attributes->values, device->description->id);
  args->attributes = attributes->values;
  args->device_attributes = attributes;
  args->attributes_deleter = delete_attributes;
  return NULL;
}

PJRT_Error *fake_PJRT_Device_MemoryStats(PJRT_Device_MemoryStats_Args *args) {
  checked(args->device);
  args->bytes_in_use = 4096;
  args->bytes_limit = 1 << 20;
  args->bytes_limit_is_set = true;
  args->peak_bytes_in_use_is_set = false;
  if (fake_knows(113)) {
    args->peak_allocated_bytes = 8192;
    args->peak_allocated_bytes_is_set = true;
  }
  return NULL;
}

PJRT_Error *fake_PJRT_Device_ClearMemoryStats(PJRT_Device_ClearMemoryStats_Args *args) {
  checked(args->device);
  return NULL;
}

fake_memory *fake_memory_of(PJRT_Memory *memory) {
  fake_check(memory, FAKE_MEMORY);
  return (fake_memory *)(void *)memory;
}

PJRT_Error *fake_PJRT_Memory_Id(PJRT_Memory_Id_Args *args) {
  args->id = fake_memory_of(args->memory)->id;
  return NULL;
}

PJRT_Error *fake_PJRT_Memory_Kind(PJRT_Memory_Kind_Args *args) {
  const fake_text *kind = &fake_memory_of(args->memory)->kind;
  args->kind = kind->data;
  args->kind_size = kind->size;
  return NULL;
}

PJRT_Error *fake_PJRT_Memory_Kind_Id(PJRT_Memory_Kind_Id_Args *args) {
  args->kind_id = fake_memory_of(args->memory)->kind_id;
  return NULL;
}

PJRT_Error *fake_PJRT_Memory_DebugString(PJRT_Memory_DebugString_Args *args) {
  const fake_text *text = &fake_memory_of(args->memory)->debug_text;
  args->debug_string = text->data;
  args->debug_string_size = text->size;
  return NULL;
}

PJRT_Error *fake_PJRT_Memory_ToString(PJRT_Memory_ToString_Args *args) {
  const fake_text *text = &fake_memory_of(args->memory)->text;
  args->to_string = text->data;
  args->to_string_size = text->size;
  return NULL;
}

PJRT_Error *fake_PJRT_Memory_AddressableByDevices(PJRT_Memory_AddressableByDevices_Args *args) {
  args->devices = &fake_memory_of(args->memory)->device;
  args->num_devices = 1;
  return NULL;
}
