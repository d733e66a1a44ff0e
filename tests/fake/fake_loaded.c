/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Compiling, loading, and what a loaded executable says about itself. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fake/fake_executable.h"

static PJRT_LoadedExecutable *checked(PJRT_LoadedExecutable *executable) {
  fake_check(executable, FAKE_LOADED_EXECUTABLE);
  return executable;
}

/* The devices of this process among replicas * partitions places. */
static PJRT_Error *choose_devices(PJRT_LoadedExecutable *executable) {
  const PJRT_Client *client = executable->client;
  const fake_build *build = &executable->build;
  const size_t count = (size_t)(build->replicas * build->partitions);
  FAKE_REQUIRE(
      count <= client->device_count, "%zu devices are wanted, of %zu", count, client->device_count);
  executable->devices = fake_alloc(count * sizeof(PJRT_Device *));
  executable->logical_ids = fake_alloc(count * sizeof *executable->logical_ids);
  if (build->portable) return NULL;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Device *device = build->device_ids == NULL
                              ? client->devices[i]
                              : fake_device_numbered(client, build->device_ids[i]);
    FAKE_REQUIRE(device != NULL, "there is no device %lld", (long long)build->device_ids[i]);
    if (!device->addressable) continue;
    const size_t partitions = (size_t)build->partitions;
    executable->logical_ids[executable->device_count] = (PJRT_LogicalDeviceIds){
        .replica = (int)(i / partitions), .partition = (int)(i % partitions)};
    executable->devices[executable->device_count++] = device;
  }
  return NULL;
}

static void free_loaded(PJRT_LoadedExecutable *executable) {
  atomic_fetch_sub(&executable->client->children, 1);
  fake_program_release(executable->program);
  fake_build_free(&executable->build);
  free(executable->options);
  free(executable->devices);
  free(executable->logical_ids);
  fake_object_end(&executable->object);
}

/* Takes `program`, also when it fails. */
static PJRT_Error *load(PJRT_Client *client,
                        fake_program *program,
                        const char *options,
                        size_t options_size,
                        PJRT_LoadedExecutable **out) {
  fake_build build;
  PJRT_Error *error = fake_build_read(options, options_size, &build);
  PJRT_LoadedExecutable *executable = fake_object_new(FAKE_LOADED_EXECUTABLE, sizeof *executable);
  atomic_fetch_add(&client->children, 1);
  executable->client = client;
  executable->program = program;
  executable->build = build;
  executable->options = fake_copy(options, options_size);
  executable->options_size = options_size;
  if (error == NULL) error = choose_devices(executable);
  if (error != NULL) {
    free_loaded(executable);
    return error;
  }
  *out = executable;
  return NULL;
}

static PJRT_Error *compile(const PJRT_Program *program, fake_program **out) {
  if (program == NULL) fake_misuse("the program is NULL");
  PJRT_Error *error = fake_check_size(program, "PJRT_Program");
  if (error != NULL) return error;
  const bool is_mlir = program->format_size == 4 && memcmp(program->format, "mlir", 4) == 0;
  const bool is_hlo = program->format_size >= 3 && memcmp(program->format, "hlo", 3) == 0;
  FAKE_REQUIRE(
      is_mlir || is_hlo, "unknown program format %.*s", (int)program->format_size, program->format);
  error = fake_program_parse(program->code, program->code_size, out);
  if (error != NULL) return error;
  if ((*out)->compile_crash) abort();
  if ((*out)->compile_sleep_ms != 0) usleep((*out)->compile_sleep_ms * 1000);
  return NULL;
}

PJRT_Error *fake_PJRT_Client_Compile(PJRT_Client_Compile_Args *args) {
  fake_program *program;
  fake_check(args->client, FAKE_CLIENT);
  PJRT_Error *error = compile(args->program, &program);
  if (error != NULL) return error;
  return load(
      args->client, program, args->compile_options, args->compile_options_size, &args->executable);
}

PJRT_Error *fake_PJRT_Compile(PJRT_Compile_Args *args) {
  fake_program *program;
  fake_build build;
  fake_check(args->topology, FAKE_TOPOLOGY);
  if (args->client != NULL) fake_check(args->client, FAKE_CLIENT);
  PJRT_Error *error = compile(args->program, &program);
  if (error != NULL) return error;
  error = fake_build_read(args->compile_options, args->compile_options_size, &build);
  if (error == NULL) {
    args->executable = fake_executable_new(args->client,
                                           fake_program_hold(program),
                                           &build,
                                           args->compile_options,
                                           args->compile_options_size);
  }
  fake_program_release(program);
  fake_build_free(&build);
  return error;
}

PJRT_Error *fake_PJRT_Client_Load(PJRT_Client_Load_Args *args) {
  fake_check(args->client, FAKE_CLIENT);
  fake_check(args->executable, FAKE_EXECUTABLE);
  const PJRT_Executable *from = args->executable;
  const bool own = args->compile_options_size == 0;
  return load(args->client,
              fake_program_hold(from->program),
              own ? from->options : args->compile_options,
              own ? from->options_size : args->compile_options_size,
              &args->loaded_executable);
}

PJRT_Error *fake_PJRT_Executable_DeserializeAndLoad(PJRT_Executable_DeserializeAndLoad_Args *args) {
  const char *text, *options;
  size_t text_size, options_size;
  fake_program *program;
  fake_check(args->client, FAKE_CLIENT);
  PJRT_Error *error = fake_serialized_read(args->serialized_executable,
                                           args->serialized_executable_size,
                                           &text,
                                           &text_size,
                                           &options,
                                           &options_size);
  if (error == NULL) error = fake_program_parse(text, text_size, &program);
  if (error != NULL) return error;
  if (fake_knows(71) && args->overridden_serialized_compile_options_size != 0) {
    options = args->overridden_serialized_compile_options;
    options_size = args->overridden_serialized_compile_options_size;
  }
  return load(args->client, program, options, options_size, &args->loaded_executable);
}

PJRT_Error *fake_PJRT_LoadedExecutable_Destroy(PJRT_LoadedExecutable_Destroy_Args *args) {
  free_loaded(checked(args->executable));
  return NULL;
}

PJRT_Error *fake_PJRT_LoadedExecutable_GetExecutable(
    PJRT_LoadedExecutable_GetExecutable_Args *args) {
  const PJRT_LoadedExecutable *from = checked(args->loaded_executable);
  args->executable = fake_executable_new(from->client,
                                         fake_program_hold(from->program),
                                         &from->build,
                                         from->options,
                                         from->options_size);
  return NULL;
}

PJRT_Error *fake_PJRT_LoadedExecutable_AddressableDevices(
    PJRT_LoadedExecutable_AddressableDevices_Args *args) {
  args->addressable_devices = checked(args->executable)->devices;
  args->num_addressable_devices = args->executable->device_count;
  return NULL;
}

PJRT_Error *fake_PJRT_LoadedExecutable_AddressableDeviceLogicalIds(
    PJRT_LoadedExecutable_AddressableDeviceLogicalIds_Args *args) {
  args->addressable_device_logical_ids = checked(args->executable)->logical_ids;
  args->num_addressable_device_logical_ids = args->executable->device_count;
  return NULL;
}

PJRT_Error *fake_PJRT_LoadedExecutable_Delete(PJRT_LoadedExecutable_Delete_Args *args) {
  atomic_store(&checked(args->executable)->deleted, true);
  return NULL;
}

PJRT_Error *fake_PJRT_LoadedExecutable_IsDeleted(PJRT_LoadedExecutable_IsDeleted_Args *args) {
  args->is_deleted = atomic_load(&checked(args->executable)->deleted);
  return NULL;
}
