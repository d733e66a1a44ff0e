/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_client.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_DEVICES = 4, DEVICES_MAX = 65536, IDS_PER_PROCESS = 2048 };

typedef struct create_options {
  int64_t device_count;
  int64_t remote_count; /* devices of another process, which this one cannot use */
  int64_t process_id;
  bool device_on_cpu;
  char platform[32]; /* what it says it is */
} create_options;

static PJRT_Client *checked(PJRT_Client *client) {
  fake_check(client, FAKE_CLIENT);
  return client;
}

static bool is_named(const PJRT_NamedValue *value, const char *name) {
  return value->name_size == strlen(name) && memcmp(value->name, name, value->name_size) == 0;
}

static PJRT_Error *read_int64(const PJRT_NamedValue *value, int64_t *out) {
  FAKE_REQUIRE(value->type == PJRT_NamedValue_kInt64,
               "option %.*s wants an int64",
               (int)value->name_size,
               value->name);
  *out = value->int64_value;
  return NULL;
}

static PJRT_Error *read_bool(const PJRT_NamedValue *value, bool *out) {
  FAKE_REQUIRE(value->type == PJRT_NamedValue_kBool,
               "option %.*s wants a bool",
               (int)value->name_size,
               value->name);
  *out = value->bool_value;
  return NULL;
}

static PJRT_Error *read_text(const PJRT_NamedValue *value, char *out, size_t size) {
  FAKE_REQUIRE(value->type == PJRT_NamedValue_kString && value->value_size < size,
               "option %.*s wants a short string",
               (int)value->name_size,
               value->name);
  memcpy(out, value->string_value, value->value_size);
  out[value->value_size] = '\0';
  return NULL;
}

static PJRT_Error *read_option(const PJRT_NamedValue *value, create_options *out) {
  bool ignored;
  FAKE_REQUIRE(value->struct_size >= PJRT_NamedValue_STRUCT_SIZE, "an option is too small");
  if (is_named(value, "cpu_device_count")) return read_int64(value, &out->device_count);
  if (is_named(value, "remote_device_count")) return read_int64(value, &out->remote_count);
  if (is_named(value, "process_id")) return read_int64(value, &out->process_id);
  if (is_named(value, "device_on_cpu")) return read_bool(value, &out->device_on_cpu);
  if (is_named(value, "asynchronous")) return read_bool(value, &ignored);
  if (is_named(value, "platform")) return read_text(value, out->platform, sizeof out->platform);
  return fake_error(
      PJRT_Error_Code_INVALID_ARGUMENT, "unknown option %.*s", (int)value->name_size, value->name);
}

static void add_memory(PJRT_Client *client, PJRT_Device *device, int kind) {
  static const char *const kinds[FAKE_MEMORIES_PER_DEVICE] = {"device", "pinned_host"};
  fake_memory *memory = fake_object_new(FAKE_MEMORY, sizeof *memory);
  memory->client = client;
  memory->device = device;
  memory->id = (int)client->memory_count;
  memory->kind_id = 7 + kind;
  memory->kind = fake_text_format("%s", kinds[kind]);
  memory->text = fake_text_format("FakeMemory(id=%d)", memory->id);
  memory->debug_text = fake_text_format("FakeMemory(id=%d, kind=%s)", memory->id, kinds[kind]);
  device->memories[kind] = (PJRT_Memory *)(void *)memory;
  client->memories[client->memory_count++] = device->memories[kind];
}

static void add_device(PJRT_Client *client, int id, bool addressable) {
  PJRT_Device *device = fake_object_new(FAKE_DEVICE, sizeof *device);
  device->client = client;
  device->addressable = addressable;
  device->local_id = addressable ? (int)client->device_count : -1;
  device->description = fake_description_new(id, client->process_index + !addressable);
  client->devices[client->device_count++] = device;
  for (int kind = 0; addressable && kind < FAKE_MEMORIES_PER_DEVICE; ++kind)
    add_memory(client, device, kind);
}

static PJRT_Client *new_client(const create_options *options) {
  const size_t own = (size_t)options->device_count, all = own + (size_t)options->remote_count;
  PJRT_Client *client = fake_object_new(FAKE_CLIENT, sizeof *client);
  client->process_index = (int)options->process_id;
  client->device_on_cpu = options->device_on_cpu;
  client->platform_name = fake_text_format("%s", options->platform);
  client->platform_version = fake_text_format("fake 0.%d", fake_the_variant.minor);
  client->worker = fake_worker_new();
  client->devices = fake_alloc(all * sizeof(PJRT_Device *));
  client->memories = fake_alloc(own * FAKE_MEMORIES_PER_DEVICE * sizeof(PJRT_Memory *));
  for (size_t i = 0; i < all; ++i) {
    add_device(client, client->process_index * IDS_PER_PROCESS + (int)i, i < own);
  }
  client->addressable_count = own;
  return client;
}

PJRT_Error *fake_PJRT_Client_Create(PJRT_Client_Create_Args *args) {
  create_options options = {
      .device_count = DEFAULT_DEVICES, .device_on_cpu = true, .platform = "fake"};
  if (args->num_options != 0 && args->create_options == NULL) fake_misuse("the options are NULL");
  for (size_t i = 0; i < args->num_options; ++i) {
    PJRT_Error *error = read_option(&args->create_options[i], &options);
    if (error != NULL) return error;
  }
  if (options.device_count < 1)
    fake_misuse("cpu_device_count is %lld", (long long)options.device_count);
  FAKE_REQUIRE(options.device_count <= DEVICES_MAX, "more than %d devices", DEVICES_MAX);
  FAKE_REQUIRE(options.remote_count >= 0 && options.remote_count <= DEVICES_MAX,
               "no such number of devices");
  FAKE_REQUIRE(options.process_id >= 0 && options.process_id <= 1000, "no such process");
  args->client = new_client(&options);
  return NULL;
}

static void free_memory(fake_memory *memory) {
  free(memory->kind.data);
  free(memory->text.data);
  free(memory->debug_text.data);
  fake_object_end(&memory->object);
}

PJRT_Error *fake_PJRT_Client_Destroy(PJRT_Client_Destroy_Args *args) {
  PJRT_Client *client = checked(args->client);
  const size_t children = atomic_load(&client->children);
  if (children != 0) fake_misuse("%zu buffers and executables of the client are alive", children);
  fake_worker_end(client->worker);
  for (size_t i = 0; i < client->memory_count; ++i)
    free_memory((fake_memory *)(void *)client->memories[i]);
  for (size_t i = 0; i < client->device_count; ++i) {
    fake_description_free(client->devices[i]->description);
    fake_object_end(&client->devices[i]->object);
  }
  free(client->devices);
  free(client->memories);
  free(client->platform_name.data);
  free(client->platform_version.data);
  fake_object_end(&client->object);
  return NULL;
}

PJRT_Error *fake_PJRT_Client_PlatformName(PJRT_Client_PlatformName_Args *args) {
  const fake_text *text = &checked(args->client)->platform_name;
  args->platform_name = text->data;
  args->platform_name_size = text->size;
  return NULL;
}

PJRT_Error *fake_PJRT_Client_PlatformVersion(PJRT_Client_PlatformVersion_Args *args) {
  const fake_text *text = &checked(args->client)->platform_version;
  args->platform_version = text->data;
  args->platform_version_size = text->size;
  return NULL;
}

PJRT_Error *fake_PJRT_Client_ProcessIndex(PJRT_Client_ProcessIndex_Args *args) {
  args->process_index = checked(args->client)->process_index;
  return NULL;
}

PJRT_Error *fake_PJRT_Client_Devices(PJRT_Client_Devices_Args *args) {
  args->devices = checked(args->client)->devices;
  args->num_devices = args->client->device_count;
  return NULL;
}

PJRT_Error *fake_PJRT_Client_AddressableDevices(PJRT_Client_AddressableDevices_Args *args) {
  args->addressable_devices = checked(args->client)->devices;
  args->num_addressable_devices = args->client->addressable_count;
  return NULL;
}

PJRT_Error *fake_PJRT_Client_AddressableMemories(PJRT_Client_AddressableMemories_Args *args) {
  args->addressable_memories = checked(args->client)->memories;
  args->num_addressable_memories = args->client->memory_count;
  return NULL;
}

PJRT_Device *fake_device_numbered(const PJRT_Client *client, int64_t id) {
  for (size_t i = 0; i < client->device_count; ++i) {
    if (client->devices[i]->description->id == id) return client->devices[i];
  }
  return NULL;
}

PJRT_Error *fake_PJRT_Client_LookupDevice(PJRT_Client_LookupDevice_Args *args) {
  args->device = fake_device_numbered(checked(args->client), args->id);
  FAKE_REQUIRE(args->device != NULL, "there is no device %d", args->id);
  return NULL;
}

PJRT_Error *fake_PJRT_Client_LookupAddressableDevice(
    PJRT_Client_LookupAddressableDevice_Args *args) {
  const PJRT_Client *client = checked(args->client);
  FAKE_REQUIRE(
      args->local_hardware_id >= 0 && (size_t)args->local_hardware_id < client->addressable_count,
      "there is no device with the local hardware id %d",
      args->local_hardware_id);
  args->addressable_device = client->devices[args->local_hardware_id];
  return NULL;
}

PJRT_Error *fake_PJRT_Client_DefaultDeviceAssignment(
    PJRT_Client_DefaultDeviceAssignment_Args *args) {
  const PJRT_Client *client = checked(args->client);
  if (args->num_replicas < 1 || args->num_partitions < 1) fake_misuse("no replica or no partition");
  const size_t count = (size_t)args->num_replicas * (size_t)args->num_partitions;
  FAKE_REQUIRE(args->default_assignment_size >= count,
               "%zu places are too few",
               args->default_assignment_size);
  FAKE_REQUIRE(
      count <= client->device_count, "%zu devices are wanted, of %zu", count, client->device_count);
  for (size_t i = 0; i < count; ++i)
    args->default_assignment[i] = client->devices[i]->description->id;
  return NULL;
}
