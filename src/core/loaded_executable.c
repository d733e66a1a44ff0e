/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/loaded_executable.h"

#include <inttypes.h>
#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/sized.h"
#include "src/core/compile_options.h"
#include "src/core/donation.h"
#include "src/core/program.h"
#include "src/core/require.h"

static void destroy_raw(const ryft__table *table, PJRT_LoadedExecutable *raw, const char *where) {
  PJRT_LoadedExecutable_Destroy_Args args = {.executable = raw};
  ryft_error_destroy(ryft__PJRT_LoadedExecutable_Destroy(table, &args, where));
}

static ryft_error *bind_program(ryft_loaded_executable *executable, const char *where) {
  const ryft__table *table = executable->client->table;
  PJRT_LoadedExecutable_GetExecutable_Args args = {.loaded_executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_GetExecutable(table, &args, where));
  RYFT_TRY(
      ryft__executable_adopt(table, executable->client, args.executable, &executable->program));
  return ryft_executable_output_count(executable->program, &executable->output_count);
}

static ryft_error *bind_devices(ryft_loaded_executable *executable, const char *where) {
  PJRT_LoadedExecutable_AddressableDevices_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_AddressableDevices(executable->client->table, &args, where));
  executable->devices = ryft__alloc_array(args.num_addressable_devices, sizeof(ryft_device *));
  RYFT__TRY_ALLOC(executable->devices);
  executable->device_count = args.num_addressable_devices;
  executable->list_count = executable->portable ? 1 : executable->device_count;
  for (size_t i = 0; i < executable->device_count; ++i) {
    executable->devices[i] = ryft__client_device(executable->client, args.addressable_devices[i]);
    if (executable->devices[i] == NULL) {
      return ryft__error(RYFT_INTERNAL,
                         where,
                         "PJRT_LoadedExecutable_AddressableDevices",
                         "the plugin names a device that its client does not have");
    }
  }
  return NULL;
}

/* A shape that buffers can be compared with: tuples and unbounded dimensions cannot. */
static bool comparable(const ryft_signature_item *item) {
  size_t count = 0;
  if (item->shape.type == RYFT_INVALID_TYPE || item->shape.type == RYFT_TOKEN) return false;
  ryft_error *error = ryft_shape_element_count(item->shape, &count);
  ryft_error_destroy(error);
  return error == NULL;
}

static ryft_error *know_shapes(ryft_client *client,
                               const ryft_signature_item *items,
                               size_t count,
                               const ryft__known_shape ***out) {
  *out = ryft__alloc_array(count, sizeof(ryft__known_shape *));
  RYFT__TRY_ALLOC(*out);
  for (size_t i = 0; i < count; ++i) {
    if (!comparable(&items[i])) continue;
    RYFT_TRY(ryft__shape_table_get(&client->shapes, items[i].shape, &(*out)[i]));
  }
  return NULL;
}

/* Whether reading a program back failed because the plugin does not tell, or tells what this
 * library cannot read. Everything else, such as memory that is out, would take the check of
 * arguments away from a program that has one. */
static bool does_not_tell(ryft_code code) {
  switch ((int)code) {
    case RYFT_UNIMPLEMENTED:
    case RYFT_DATA_LOSS:
    case RYFT_UNKNOWN:
    case RYFT_INTERNAL:
    case RYFT_INVALID_ARGUMENT:
    case RYFT_NOT_FOUND:
    case RYFT_FAILED_PRECONDITION:
      return true;
    default:
      return false;
  }
}

/* A program that cannot be read back leaves executions unchecked; it is no error. */
static ryft_error *bind_signature(ryft_loaded_executable *executable) {
  const ryft_signature *signature = NULL;
  executable->parameter_count = SIZE_MAX;
  executable->donations = &ryft__donations_unknown;
  if (executable->signature_off) return NULL;
  ryft_error *error = ryft_executable_signature(executable->program, &signature);
  if (error != NULL) {
    if (!does_not_tell(ryft_error_code(error))) return error;
    ryft_error_destroy(error);
    return NULL;
  }
  executable->parameter_count = signature->parameter_count;
  for (size_t i = 0; i < signature->parameter_count; ++i) {
    executable->takes_tuples |= signature->parameters[i].shape.type == RYFT_INVALID_TYPE;
  }
  RYFT_TRY(know_shapes(executable->client,
                       signature->parameters,
                       signature->parameter_count,
                       &executable->parameters));
  RYFT_TRY(ryft__donations_get(
      executable->client, executable->program, signature, &executable->donations));
  if (signature->result_count != executable->output_count) return NULL;
  return know_shapes(
      executable->client, signature->results, signature->result_count, &executable->results);
}

static ryft_error *bind(ryft_loaded_executable *executable, const char *where) {
  RYFT_TRY(bind_program(executable, where));
  RYFT_TRY(bind_devices(executable, where));
  return bind_signature(executable);
}

ryft_error *ryft__loaded_executable_adopt(ryft_client *client,
                                          PJRT_LoadedExecutable *raw,
                                          bool signature_off,
                                          bool portable,
                                          ryft_loaded_executable **out,
                                          const char *where) {
  *out = NULL;
  ryft_loaded_executable *executable = ryft__alloc_zero(sizeof *executable);
  if (executable == NULL) {
    destroy_raw(client->table, raw, where);
    return ryft__out_of_memory();
  }
  executable->raw = raw;
  executable->client = ryft__client_hold(client);
  executable->signature_off = signature_off;
  executable->portable = portable;
  atomic_init(&executable->holders, 1);
  ryft__object_born(RYFT__LIVE_LOADED_EXECUTABLE);
  ryft_error *error = bind(executable, where);
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
  destroy_raw(executable->client->table, executable->raw, __func__);
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

/* The plugin only reads it. */
static char *unqualified(const void *bytes) {
  return (char *)(uintptr_t)bytes;
}

static ryft_error *compile(ryft_client *client,
                           const ryft_program *program,
                           const void *options,
                           size_t options_size,
                           PJRT_LoadedExecutable **out,
                           const char *where) {
  PJRT_Program raw = {
      .struct_size = PJRT_Program_STRUCT_SIZE,
      .code = unqualified(program->code.data),
      .code_size = program->code.size,
      .format = program->format,
      .format_size = strlen(program->format),
  };
  PJRT_Client_Compile_Args args = {
      .client = client->raw,
      .program = &raw,
      .compile_options = options,
      .compile_options_size = options_size,
  };
  RYFT_TRY(ryft__PJRT_Client_Compile(client->table, &args, where));
  *out = args.executable;
  return NULL;
}

/* CPU plugins between 0.107 and 0.115 came to divide by zero on arrays of 512 GiB and more, and to
 * abort on f6 constants; the older ones report both. Programs for several devices are cut before
 * that. */
static ryft__program_limits limits_for(const ryft_client *client,
                                       const ryft__compile_facts *facts) {
  ryft__program_limits limits = RYFT__PROGRAM_LIMITS;
  if (strcmp(client->platform_name, "cpu") != 0 || client->table->minor <= 106) return limits;
  limits.no_f6_constants = true;
  if (facts->partitions == 1) limits.tensor_bytes = ((uint64_t)1 << 39) - 1;
  return limits;
}

/* Plugins say that some device is missing, not how many there ought to be. */
static ryft_error *check_device_count(const ryft_client *client,
                                      const ryft__compile_facts *facts,
                                      const char *where) {
  const int64_t needed = facts->replicas * facts->partitions;
  if (needed <= (int64_t)client->device_count) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%" PRId64 " replicas of %" PRId64 " partitions need %" PRId64
                     " devices, the client has %zu",
                     facts->replicas,
                     facts->partitions,
                     needed,
                     client->device_count);
}

static bool without_signature(const ryft_compile_options *options) {
  ryft_compile_options own;
  ryft_error *error = RYFT__READ_OPTIONS(ryft_compile_options, options, &own);
  ryft_error_destroy(error);
  return error == NULL && own.signature == RYFT_NO;
}

/* One tuple is the arguments together only where the options say so. Without them CPU plugins abort
 * while running, or refuse; what others make of it is not known. */
static void mark_tuple(ryft_loaded_executable *executable, const ryft__compile_facts *facts) {
  const ryft__signature *signature =
      atomic_load_explicit(&executable->program->signature, memory_order_acquire);
  const bool cpu = strcmp(executable->client->platform_name, "cpu") == 0;
  if (cpu && !facts->tupled && signature != NULL && signature->tupled) {
    executable->takes_tuples = true;
  }
}

ryft_error *ryft_client_compile(ryft_client *client,
                                const ryft_program *program,
                                const ryft_compile_options *options,
                                ryft_loaded_executable **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(client);
  RYFT__REQUIRE(program);
  ryft_program own;
  void *encoded = NULL;
  size_t encoded_size = 0;
  ryft__compile_facts facts;
  PJRT_LoadedExecutable *raw = NULL;
  RYFT_TRY(ryft__compile_options_encode(options, &encoded, &encoded_size, &facts, __func__));
  const ryft__program_limits limits = limits_for(client, &facts);
  ryft_error *error = ryft__program_check(program, &limits, &own, __func__);
  if (error == NULL) error = check_device_count(client, &facts, __func__);
  if (error == NULL) error = compile(client, &own, encoded, encoded_size, &raw, __func__);
  ryft_host_free(encoded);
  if (error != NULL) return error;
  RYFT_TRY(ryft__loaded_executable_adopt(
      client, raw, without_signature(options), facts.portable, out, __func__));
  mark_tuple(*out, &facts);
  return NULL;
}

ryft_error *ryft_client_load(ryft_client *client,
                             ryft_executable *executable,
                             const ryft_compile_options *options,
                             ryft_loaded_executable **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(client);
  RYFT__REQUIRE(executable);
  void *encoded = NULL;
  size_t encoded_size = 0;
  ryft__compile_facts facts = {.portable = false};
  /* To the plugin it is a pointer to trust. The same plugin may be loaded twice. */
  if (executable->table->original != client->table->original) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       __func__,
                       NULL,
                       "the executable was compiled by another plugin than the client's");
  }
  if (options != NULL) {
    RYFT_TRY(ryft__compile_options_encode(options, &encoded, &encoded_size, &facts, __func__));
  }
  PJRT_Client_Load_Args args = {
      .client = client->raw,
      .executable = executable->raw,
      .compile_options = encoded,
      .compile_options_size = encoded_size,
  };
  ryft_error *error = ryft__PJRT_Client_Load(client->table, &args, __func__);
  ryft_host_free(encoded);
  if (error != NULL) return error;
  return ryft__loaded_executable_adopt(
      client, args.loaded_executable, without_signature(options), facts.portable, out, __func__);
}

ryft_executable *ryft_loaded_executable_executable(const ryft_loaded_executable *executable) {
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
  if (!executable->signature_off) return ryft_executable_signature(executable->program, out);
  return ryft__error(
      RYFT_FAILED_PRECONDITION, __func__, NULL, "the program was compiled with signature RYFT_NO");
}

ryft_device_list ryft_loaded_executable_devices(const ryft_loaded_executable *executable) {
  if (executable == NULL) return (ryft_device_list){.items = NULL};
  return (ryft_device_list){.items = executable->devices, .count = executable->device_count};
}

static ryft_error *make_logical_ids(ryft_loaded_executable *executable, const char *where) {
  PJRT_LoadedExecutable_AddressableDeviceLogicalIds_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_LoadedExecutable_AddressableDeviceLogicalIds(
      executable->client->table, &args, where));
  const size_t count = args.num_addressable_device_logical_ids;
  ryft_logical_id *ids = ryft__alloc_array(count, sizeof *ids);
  RYFT__TRY_ALLOC(ids);
  for (size_t i = 0; i < count; ++i) {
    ids[i] = (ryft_logical_id){
        .replica = args.addressable_device_logical_ids[i].replica,
        .partition = args.addressable_device_logical_ids[i].partition,
    };
  }
  executable->logical_id_count = count;
  executable->logical_ids = ids;
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
  ryft_loaded_executable *cache = (ryft_loaded_executable *)(uintptr_t)executable;
  pthread_mutex_lock(&cache->program->lock);
  if (cache->logical_ids == NULL) error = make_logical_ids(cache, __func__);
  pthread_mutex_unlock(&cache->program->lock);
  if (error != NULL) return error;
  *out = cache->logical_ids;
  *out_count = cache->logical_id_count;
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
