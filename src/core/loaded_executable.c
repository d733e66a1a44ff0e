/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/loaded_executable.h"

#include <string.h>

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/abi/quirks.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/unconst.h"
#include "src/core/donation.h"
#include "src/core/optional.h"

static ryft_error *bind_program(ryft_loaded_executable *executable, const char *where) {
  const ryft__table *table = executable->client->table;
  PJRT_LoadedExecutable_GetExecutable_Args args = {.loaded_executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_GetExecutable(table, &args, where));
  RYFT_TRY(ryft__executable_adopt(
      table, executable->client, args.executable, &executable->program, where));
  return ryft__executable_output_count(executable->program, &executable->output_count, where);
}

/* Where nobody knows whether the executable is portable, having no devices for its one place tells.
 */
static ryft_error *find_out_portable(ryft_loaded_executable *executable, const char *where) {
  size_t replicas = 0, partitions = 0;
  if (executable->device_count != 0) return NULL;
  RYFT_TRY(ryft__executable_replicas(executable->program, &replicas, &partitions, where));
  executable->portable = replicas <= 1 && partitions <= 1;
  return NULL;
}

static ryft_error *bind_devices(ryft_loaded_executable *executable,
                                ryft_choice portable,
                                const char *where) {
  static const char ENTRY_POINT[] = "PJRT_LoadedExecutable_AddressableDevices";
  PJRT_LoadedExecutable_AddressableDevices_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_AddressableDevices(executable->client->table, &args, where));
  const size_t count = args.num_addressable_devices;
  RYFT_TRY(ryft__check_list_given(args.addressable_devices, count, "device", ENTRY_POINT, where));
  executable->devices = ryft__alloc_array(count, sizeof(ryft_device *));
  RYFT__TRY_ALLOC(executable->devices);
  executable->device_count = count;
  for (size_t i = 0; i < count; ++i) {
    executable->devices[i] = ryft__client_device(executable->client, args.addressable_devices[i]);
    if (executable->devices[i] != NULL) continue;
    return ryft__error(RYFT_INTERNAL,
                       where,
                       ENTRY_POINT,
                       "the plugin names a device that its client does not have");
  }
  executable->portable = portable == RYFT_YES;
  if (portable == RYFT_DEFAULT) RYFT_TRY(find_out_portable(executable, where));
  executable->list_count = executable->portable ? 1 : count;
  return NULL;
}

/* A shape that buffers can be compared with: tuples and unbounded dimensions cannot. */
static bool comparable(const ryft_signature_item *item) {
  size_t count = 0;
  if (item->shape.type == RYFT_INVALID_TYPE || item->shape.type == RYFT_TOKEN) return false;
  /* tidy: allow public-calls: its error goes no further */
  ryft_error *error = ryft_shape_element_count(item->shape, &count);
  ryft_error_destroy(error);
  return error == NULL;
}

static ryft_error *look_up_shapes(ryft_client *client,
                                  const ryft_signature_item *const *items,
                                  const uint64_t *dynamic,
                                  size_t count,
                                  const ryft__known_shape ***out,
                                  const char *where) {
  *out = ryft__alloc_array(count, sizeof(ryft__known_shape *));
  RYFT__TRY_ALLOC(*out);
  for (size_t i = 0; i < count; ++i) {
    if (!comparable(items[i])) continue;
    const ryft__array_form form = {items[i]->shape, dynamic[i], items[i]->minor_to_major};
    RYFT_TRY(ryft__shape_table_get_form(&client->shapes, &form, &(*out)[i], where));
  }
  return NULL;
}

/* NULL when it was not read. */
static const ryft__signature *signature_of(const ryft_loaded_executable *executable) {
  return atomic_load_explicit(&executable->program->signature, memory_order_acquire);
}

/* A program that cannot be read back leaves executions unchecked; it is no error. */
static ryft_error *bind_signature(ryft_loaded_executable *executable, const char *where) {
  const ryft_signature *signature = NULL;
  const uint64_t *dynamic = NULL;
  executable->parameter_count = SIZE_MAX;
  executable->donations = &ryft__donations_unknown;
  /* With several devices, what is not checked here may end the process: see guards.md. */
  if (executable->signature_off && executable->list_count == 1) return NULL;
  ryft_error *error = ryft__executable_signature(executable->program, &signature, where);
  if (error != NULL) return ryft__untold(error);
  dynamic = signature_of(executable)->dynamic;
  executable->parameter_count = signature->parameter_count;
  for (size_t i = 0; i < signature->parameter_count; ++i) {
    executable->takes_tuples |= signature->parameters[i]->shape.type == RYFT_INVALID_TYPE;
  }
  RYFT_TRY(look_up_shapes(executable->client,
                          signature->parameters,
                          dynamic,
                          signature->parameter_count,
                          &executable->parameters,
                          where));
  RYFT_TRY(ryft__donations_get(
      executable->client, executable->program, signature, &executable->donations, where));
  if (signature->output_count != executable->output_count) return NULL;
  return look_up_shapes(executable->client,
                        signature->outputs,
                        dynamic + signature->parameter_count,
                        signature->output_count,
                        &executable->results,
                        where);
}

/* One tuple is the arguments together only where the options say so. */
static void mark_tuple(ryft_loaded_executable *executable, const ryft__compile_facts *facts) {
  const ryft__signature *signature = signature_of(executable);
  const bool needs_option = (executable->client->quirks & RYFT__QUIRK_TUPLE_NEEDS_OPTION) != 0;
  if (needs_option && !facts->tupled && signature != NULL && signature->tupled) {
    executable->takes_tuples = true;
  }
}

static ryft_error *bind(ryft_loaded_executable *executable,
                        const ryft__compile_facts *facts,
                        const char *where) {
  executable->signature_off = facts->signature_off;
  RYFT_TRY(bind_program(executable, where));
  RYFT_TRY(bind_devices(executable, facts->portable, where));
  RYFT_TRY(bind_signature(executable, where));
  mark_tuple(executable, facts);
  return NULL;
}

ryft_error *ryft__loaded_executable_adopt(ryft_client *client,
                                          PJRT_LoadedExecutable *raw,
                                          const ryft__compile_facts *facts,
                                          ryft_loaded_executable **out,
                                          const char *where) {
  *out = NULL;
  ryft_loaded_executable *executable = ryft__alloc_zero(sizeof *executable);
  if (executable == NULL) {
    ryft__PJRT_LoadedExecutable_drop(client->table, raw, where);
    return ryft__out_of_memory();
  }
  executable->no_options.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE;
  executable->raw = raw;
  executable->client = ryft__client_hold(client);
  atomic_init(&executable->holders, 1);
  ryft__object_born(RYFT__LIVE_LOADED_EXECUTABLE);
  ryft_error *error = bind(executable, facts, where);
  if (error != NULL) {
    ryft_loaded_executable_destroy(executable);
    return error;
  }
  *out = executable;
  return NULL;
}

ryft_loaded_executable *ryft__loaded_executable_hold(ryft_loaded_executable *executable) {
  atomic_fetch_add_explicit(&executable->holders, 1, memory_order_relaxed);
  return executable;
}

void ryft_loaded_executable_destroy(ryft_loaded_executable *executable) {
  if (executable == NULL) return;
  if (atomic_fetch_sub_explicit(&executable->holders, 1, memory_order_acq_rel) != 1) return;
  ryft__PJRT_LoadedExecutable_drop(executable->client->table, executable->raw, __func__);
  ryft_executable_destroy(executable->program);
  ryft__free(executable->parameters);
  ryft__free(executable->results);
  ryft__free(executable->devices);
  ryft__free(executable->logical_ids);
  ryft__free(executable->assignment);
  ryft__client_release(executable->client);
  ryft__free(executable);
  ryft__object_gone(RYFT__LIVE_LOADED_EXECUTABLE);
}

const ryft_executable *ryft_loaded_executable_executable(const ryft_loaded_executable *executable) {
  return executable == NULL ? NULL : executable->program;
}

size_t ryft_loaded_executable_output_count(const ryft_loaded_executable *executable) {
  return executable == NULL ? 0 : executable->output_count;
}

ryft_error *ryft_loaded_executable_signature(const ryft_loaded_executable *executable,
                                             const ryft_signature **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(executable);
  if (!executable->signature_off) {
    return ryft__executable_signature(executable->program, out, __func__);
  }
  return ryft__error(
      RYFT_FAILED_PRECONDITION, __func__, NULL, "the program was compiled with signature RYFT_NO");
}

ryft_device_list ryft_loaded_executable_devices(const ryft_loaded_executable *executable) {
  if (executable == NULL) return (ryft_device_list){.items = NULL};
  return (ryft_device_list){.items = executable->devices, .count = executable->device_count};
}

static ryft_error *check_logical_ids(const PJRT_LogicalDeviceIds *ids,
                                     size_t count,
                                     const char *where) {
  static const char ENTRY_POINT[] = "PJRT_LoadedExecutable_AddressableDeviceLogicalIds";
  if (count != 0) RYFT_TRY(ryft__check_given(ids, "list of logical ids", ENTRY_POINT, where));
  for (size_t i = 0; i < count; ++i) {
    if (ids[i].replica >= 0 && ids[i].partition >= 0) continue;
    return ryft__error(RYFT_INTERNAL,
                       where,
                       ENTRY_POINT,
                       "the plugin says that device %zu is replica %d, partition %d",
                       i,
                       ids[i].replica,
                       ids[i].partition);
  }
  return NULL;
}

static ryft_error *make_logical_ids(ryft_loaded_executable *executable, const char *where) {
  PJRT_LoadedExecutable_AddressableDeviceLogicalIds_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_AddressableDeviceLogicalIds(
      executable->client->table, &args, where));
  const size_t count = args.num_addressable_device_logical_ids;
  const PJRT_LogicalDeviceIds *raw = args.addressable_device_logical_ids;
  RYFT_TRY(check_logical_ids(raw, count, where));
  ryft_logical_id *ids = ryft__alloc_array(count, sizeof *ids);
  RYFT__TRY_ALLOC(ids);
  executable->logical_id_count = count;
  executable->logical_ids = ids;
  for (size_t i = 0; i < count; ++i) {
    ids[i] = (ryft_logical_id){
        .replica = (size_t)raw[i].replica,
        .partition = (size_t)raw[i].partition,
    };
  }
  return NULL;
}

ryft_error *ryft_loaded_executable_logical_ids(const ryft_loaded_executable *executable,
                                               const ryft_logical_id **out,
                                               size_t *out_count) {
  ryft_error *error = NULL;
  RYFT__REQUIRE(out);
  RYFT__REQUIRE(out_count);
  *out = NULL;
  *out_count = 0;
  RYFT__REQUIRE(executable);
  ryft_loaded_executable *memo = ryft__unconst(executable);
  RYFT_TRY(ryft__lock(&memo->program->lock, __func__));
  if (memo->logical_ids == NULL) error = make_logical_ids(memo, __func__);
  ryft__unlock(&memo->program->lock);
  if (error != NULL) return error;
  *out = memo->logical_ids;
  *out_count = memo->logical_id_count;
  return NULL;
}

ryft_error *ryft_loaded_executable_delete(ryft_loaded_executable *executable) {
  RYFT__REQUIRE(executable);
  PJRT_LoadedExecutable_Delete_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_Delete(executable->client->table, &args, __func__));
  atomic_store_explicit(&executable->deleted, true, memory_order_relaxed);
  return NULL;
}

ryft_error *ryft_loaded_executable_is_deleted(const ryft_loaded_executable *executable, bool *out) {
  RYFT__REQUIRE(out);
  *out = false;
  RYFT__REQUIRE(executable);
  PJRT_LoadedExecutable_IsDeleted_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_IsDeleted(executable->client->table, &args, __func__));
  *out = args.is_deleted || atomic_load_explicit(&executable->deleted, memory_order_relaxed);
  return NULL;
}

ryft_client *ryft_loaded_executable_client(const ryft_loaded_executable *executable) {
  return executable == NULL ? NULL : executable->client;
}

struct PJRT_LoadedExecutable *ryft_loaded_executable_raw(const ryft_loaded_executable *executable) {
  return executable == NULL ? NULL : executable->raw;
}
