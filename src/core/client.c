/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A client, and the views of its devices and memories. They are made once, with the client, and all
 * that plugins say of them is read then: so asking cannot fail, equal devices are equal pointers,
 * and no lock is needed later. Plugins name devices by pointers of their own; the views lie sorted
 * by these, so that finding one is a search of halves, however many there are. Who holds a client,
 * and how it ends, is in client_life.c. */
#include "src/core/client.h"

#include <stdlib.h>
#include <string.h>

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/abi/quirks.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/core/assignment.h"
#include "src/core/donation.h"
#include "src/core/optional.h"

/* ---- Views, found by the plugin's pointers. */

static int compare_pointers(const void *left, const void *right) {
  const uintptr_t a = (uintptr_t)left, b = (uintptr_t)right;
  return (a > b) - (a < b);
}

static int compare_devices(const void *left, const void *right) {
  const ryft_device *a = left, *b = right;
  return compare_pointers(a->raw, b->raw);
}

static int compare_memories(const void *left, const void *right) {
  const ryft_memory *a = left, *b = right;
  return compare_pointers(a->raw, b->raw);
}

static int compare_device_key(const void *raw, const void *device) {
  return compare_pointers(raw, ((const ryft_device *)device)->raw);
}

static int compare_memory_key(const void *raw, const void *memory) {
  return compare_pointers(raw, ((const ryft_memory *)memory)->raw);
}

const ryft_device *ryft__client_device(const ryft_client *client, const PJRT_Device *raw) {
  if (raw == NULL || client->device_count == 0) return NULL;
  return bsearch(
      raw, client->devices, client->device_count, sizeof *client->devices, compare_device_key);
}

const ryft_memory *ryft__client_memory(const ryft_client *client, const PJRT_Memory *raw) {
  if (raw == NULL || client->memory_count == 0) return NULL;
  return bsearch(
      raw, client->memories, client->memory_count, sizeof *client->memories, compare_memory_key);
}

static ryft_error *read_devices(ryft_client *client, const char *where) {
  PJRT_Client_Devices_Args args = {.client = client->raw};
  RYFT_TRY(ryft__PJRT_Client_Devices(client->table, &args, where));
  RYFT_TRY(ryft__check_list_given(
      args.devices, args.num_devices, "device", "PJRT_Client_Devices", where));
  client->devices = ryft__alloc_array(args.num_devices, sizeof *client->devices);
  RYFT__TRY_ALLOC(client->devices);
  client->device_list = ryft__alloc_array(args.num_devices, sizeof *client->device_list);
  RYFT__TRY_ALLOC(client->device_list);
  client->device_count = args.num_devices;
  for (size_t i = 0; i < args.num_devices; ++i) client->devices[i].raw = args.devices[i];
  if (args.num_devices > 1) {
    qsort(client->devices, client->device_count, sizeof *client->devices, compare_devices);
  }
  for (size_t i = 0; i < client->device_count; ++i) {
    client->device_list[i] = ryft__client_device(client, args.devices[i]);
  }
  for (size_t i = 0; i < client->device_count; ++i) {
    RYFT_TRY(ryft__device_init(&client->devices[i], client, client->devices[i].raw, where));
  }
  return NULL;
}

static ryft_error *read_addressable_devices(ryft_client *client, const char *where) {
  PJRT_Client_AddressableDevices_Args args = {.client = client->raw};
  RYFT_TRY(ryft__PJRT_Client_AddressableDevices(client->table, &args, where));
  const size_t count = args.num_addressable_devices;
  RYFT_TRY(ryft__check_list_given(
      args.addressable_devices, count, "device", "PJRT_Client_AddressableDevices", where));
  client->addressable_list = ryft__alloc_array(count, sizeof *client->addressable_list);
  RYFT__TRY_ALLOC(client->addressable_list);
  for (size_t i = 0; i < count; ++i) {
    const ryft_device *device = ryft__client_device(client, args.addressable_devices[i]);
    if (device != NULL) client->addressable_list[client->addressable_count++] = device;
  }
  return NULL;
}

static ryft_error *read_memories(ryft_client *client, const char *where) {
  PJRT_Client_AddressableMemories_Args args = {.client = client->raw};
  RYFT_TRY(ryft__optional(ryft__PJRT_Client_AddressableMemories(client->table, &args, where)));
  const size_t count = args.num_addressable_memories;
  RYFT_TRY(ryft__check_list_given(
      args.addressable_memories, count, "memory", "PJRT_Client_AddressableMemories", where));
  client->memories = ryft__alloc_array(count, sizeof *client->memories);
  RYFT__TRY_ALLOC(client->memories);
  client->memory_list = ryft__alloc_array(count, sizeof *client->memory_list);
  RYFT__TRY_ALLOC(client->memory_list);
  client->memory_count = count;
  for (size_t i = 0; i < client->memory_count; ++i)
    client->memories[i].raw = args.addressable_memories[i];
  if (client->memory_count > 1) {
    qsort(client->memories, client->memory_count, sizeof *client->memories, compare_memories);
  }
  for (size_t i = 0; i < client->memory_count; ++i) {
    client->memory_list[i] = ryft__client_memory(client, args.addressable_memories[i]);
  }
  for (size_t i = 0; i < client->memory_count; ++i) {
    RYFT_TRY(ryft__memory_init(&client->memories[i], client, client->memories[i].raw, where));
  }
  for (size_t i = 0; i < client->device_count; ++i) {
    RYFT_TRY(ryft__device_bind_memories(&client->devices[i], where));
  }
  return NULL;
}

static ryft_error *read_platform(ryft_client *client, const char *where) {
  const ryft__table *t = client->table;
  PJRT_Client_PlatformName_Args name = {.client = client->raw};
  ryft_error *error = ryft__PJRT_Client_PlatformName(t, &name, where);
  RYFT_TRY(ryft__optional_text(
      error, name.platform_name, name.platform_name_size, &client->platform_name));
  client->quirks = ryft__quirks_of(client->platform_name, t->minor);
  PJRT_Client_PlatformVersion_Args version = {.client = client->raw};
  error = ryft__PJRT_Client_PlatformVersion(t, &version, where);
  RYFT_TRY(ryft__optional_text(
      error, version.platform_version, version.platform_version_size, &client->platform_version));
  PJRT_Client_ProcessIndex_Args process = {.client = client->raw};
  RYFT_TRY(ryft__optional(ryft__PJRT_Client_ProcessIndex(t, &process, where)));
  client->process_index = process.process_index;
  return NULL;
}

/* ---- Making one. */

static ryft_error *create_raw(const ryft_plugin *plugin,
                              const ryft_client_options *options,
                              PJRT_Client **out,
                              const char *where) {
  PJRT_NamedValue *values = NULL;
  size_t count = 0;
  *out = NULL;
  RYFT_TRY(ryft__client_options_to_raw(&plugin->table, options, &values, &count, where));
  PJRT_Client_Create_Args args = {.create_options = count == 0 ? NULL : values,
                                  .num_options = count};
  ryft_error *error = ryft__client_lifecycle_lock(where);
  if (error == NULL) {
    error = ryft__PJRT_Client_Create(&plugin->table, &args, where);
    ryft__client_lifecycle_unlock();
  }
  ryft__free(values);
  if (error != NULL) return error;
  *out = args.client;
  return NULL;
}

static ryft_error *make(ryft_plugin *plugin,
                        const ryft_client_options *options,
                        ryft_client **out,
                        const char *where) {
  ryft_client *client = ryft__alloc_zero(sizeof *client);
  RYFT__TRY_ALLOC(client);
  ryft_error *error = ryft__shape_table_init(&client->shapes);
  if (error != NULL) {
    ryft__free(client);
    return error;
  }
  client->table = &plugin->table;
  client->plugin = plugin;
  error = create_raw(plugin, options, &client->raw, where);
  if (error != NULL) {
    ryft__client_free(client);
    return error;
  }
  ryft__holders_begin(&client->holders);
  ryft__object_born(RYFT__LIVE_CLIENT);
  *out = client;
  return NULL;
}

ryft_error *ryft_client_create(ryft_plugin *plugin,
                               const ryft_client_options *options,
                               ryft_client **out) {
  ryft_client *client = NULL;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(plugin);
  RYFT_TRY(ryft__check_forked(__func__));
  ryft__watch_forks();
  ryft_error *error = make(plugin, options, &client, __func__);
  if (error != NULL) {
    ryft__unwatch_forks();
    return error;
  }
  error = read_platform(client, __func__);
  if (error == NULL) error = ryft__client_options_check_taken(client, options, __func__);
  if (error == NULL) error = read_devices(client, __func__);
  if (error == NULL) error = read_addressable_devices(client, __func__);
  if (error == NULL) error = read_memories(client, __func__);
  if (error != NULL) {
    ryft__client_release(client);
    return error;
  }
  *out = client;
  return NULL;
}

/* Views that were not reached before something failed are zero, which is fine to free. */
void ryft__client_free(ryft_client *client) {
  for (size_t i = 0; i < client->device_count; ++i) ryft__device_free(&client->devices[i]);
  for (size_t i = 0; i < client->memory_count; ++i) ryft__memory_free(&client->memories[i]);
  ryft__free(client->devices);
  ryft__free(client->memories);
  ryft__free(client->device_list);
  ryft__free(client->addressable_list);
  ryft__free(client->memory_list);
  ryft__free(client->platform_name);
  ryft__free(client->platform_version);
  ryft__shape_table_free(&client->shapes);
  ryft__donations_free(client->donations);
  ryft__free(client);
}

void ryft_client_destroy(ryft_client *client) {
  ryft__client_release(client);
}

/* ---- What a client is. */

ryft_plugin *ryft_client_plugin(const ryft_client *client) {
  return client == NULL ? NULL : client->plugin;
}

const char *ryft_client_platform_name(const ryft_client *client) {
  return client == NULL ? "" : client->platform_name;
}

const char *ryft_client_platform_version(const ryft_client *client) {
  return client == NULL ? "" : client->platform_version;
}

int ryft_client_process_index(const ryft_client *client) {
  return client == NULL ? 0 : client->process_index;
}

ryft_device_list ryft_client_devices(const ryft_client *client) {
  if (client == NULL) return (ryft_device_list){.items = NULL};
  return (ryft_device_list){.items = client->device_list, .count = client->device_count};
}

ryft_device_list ryft_client_addressable_devices(const ryft_client *client) {
  if (client == NULL) return (ryft_device_list){.items = NULL};
  return (ryft_device_list){.items = client->addressable_list, .count = client->addressable_count};
}

ryft_memory_list ryft_client_addressable_memories(const ryft_client *client) {
  if (client == NULL) return (ryft_memory_list){.items = NULL};
  return (ryft_memory_list){.items = client->memory_list, .count = client->memory_count};
}

PJRT_Client *ryft_client_raw(const ryft_client *client) {
  return client == NULL ? NULL : client->raw;
}

/* ---- Lookups. */

static ryft_error *found_device(const ryft_client *client,
                                const PJRT_Device *raw,
                                const ryft_device **out,
                                const char *entry_point,
                                const char *where) {
  *out = ryft__client_device(client, raw);
  if (*out != NULL) return NULL;
  return ryft__error(
      RYFT_INTERNAL, where, entry_point, "the plugin found a device that it does not list");
}

ryft_error *ryft_client_lookup_device(const ryft_client *client, int id, const ryft_device **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(client);
  PJRT_Client_LookupDevice_Args args = {.client = client->raw, .id = id};
  RYFT_TRY(ryft__PJRT_Client_LookupDevice(client->table, &args, __func__));
  return found_device(client, args.device, out, "PJRT_Client_LookupDevice", __func__);
}

ryft_error *ryft_client_lookup_local_device(const ryft_client *client,
                                            int id,
                                            const ryft_device **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(client);
  PJRT_Client_LookupAddressableDevice_Args args = {.client = client->raw, .local_hardware_id = id};
  RYFT_TRY(ryft__PJRT_Client_LookupAddressableDevice(client->table, &args, __func__));
  return found_device(
      client, args.addressable_device, out, "PJRT_Client_LookupAddressableDevice", __func__);
}

/* What does not fit the arithmetic is refused as absurd. */
static int64_t saturated(size_t count) {
  return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

static ryft_error *check_assignment(const ryft_client *client,
                                    size_t replicas,
                                    size_t partitions,
                                    size_t count,
                                    const char *where) {
  RYFT_TRY(ryft__assignment_check_counts(saturated(replicas), saturated(partitions), where));
  RYFT_TRY(ryft__assignment_check_devices(replicas, partitions, client->device_count, where));
  if (count >= replicas * partitions) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%zu device ids do not fit where there is room for %zu",
                     replicas * partitions,
                     count);
}

ryft_error *ryft_client_default_assignment(const ryft_client *client,
                                           size_t replicas,
                                           size_t partitions,
                                           int *out_ids,
                                           size_t count) {
  RYFT__REQUIRE(client);
  RYFT__REQUIRE(out_ids);
  RYFT_TRY(check_assignment(client, replicas, partitions, count, __func__));
  PJRT_Client_DefaultDeviceAssignment_Args args = {
      .client = client->raw,
      .num_replicas = (int)replicas,
      .num_partitions = (int)partitions,
      .default_assignment_size = replicas * partitions,
      .default_assignment = out_ids,
  };
  return ryft__PJRT_Client_DefaultDeviceAssignment(client->table, &args, __func__);
}
