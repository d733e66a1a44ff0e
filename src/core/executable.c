/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/executable.h"

#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/core/require.h"

static void destroy_raw(const ryft__table *table, PJRT_Executable *raw, const char *where) {
  PJRT_Executable_Destroy_Args args = {.executable = raw};
  ryft_error_destroy(ryft__PJRT_Executable_Destroy(table, &args, where));
}

ryft_error *ryft__executable_adopt(const ryft__table *table,
                                   ryft_client *client,
                                   PJRT_Executable *raw,
                                   ryft_executable **out) {
  *out = NULL;
  ryft_executable *executable = ryft__alloc_zero(sizeof *executable);
  if (executable == NULL || pthread_mutex_init(&executable->lock, NULL) != 0) {
    ryft__free(executable);
    destroy_raw(table, raw, __func__);
    return ryft__out_of_memory();
  }
  executable->table = table;
  executable->raw = raw;
  executable->client = client == NULL ? NULL : ryft__client_hold(client);
  ryft__object_born(RYFT__LIVE_EXECUTABLE);
  *out = executable;
  return NULL;
}

void ryft_executable_destroy(ryft_executable *executable) {
  if (executable == NULL) return;
  destroy_raw(executable->table, executable->raw, __func__);
  ryft__free(atomic_load_explicit(&executable->name, memory_order_relaxed));
  ryft__free(atomic_load_explicit(&executable->signature, memory_order_relaxed));
  pthread_mutex_destroy(&executable->lock);
  if (executable->client != NULL) ryft__client_release(executable->client);
  ryft__free(executable);
  ryft__object_gone(RYFT__LIVE_EXECUTABLE);
}

struct PJRT_Executable *ryft_executable_raw(const ryft_executable *executable) {
  return executable == NULL ? NULL : executable->raw;
}

static ryft_error *make_name(ryft_executable *executable, const char **out, const char *where) {
  PJRT_Executable_Name_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_Executable_Name(executable->table, &args, where));
  char *name = ryft__copy_text(args.executable_name, args.executable_name_size);
  RYFT__TRY_ALLOC(name);
  atomic_store_explicit(&executable->name, name, memory_order_release);
  *out = name;
  return NULL;
}

ryft_error *ryft_executable_name(ryft_executable *executable, const char **out) {
  ryft_error *error = NULL;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(executable);
  *out = atomic_load_explicit(&executable->name, memory_order_acquire);
  if (*out != NULL) return NULL;
  pthread_mutex_lock(&executable->lock);
  *out = atomic_load_explicit(&executable->name, memory_order_relaxed);
  if (*out == NULL) error = make_name(executable, out, __func__);
  pthread_mutex_unlock(&executable->lock);
  return error;
}

ryft_error *ryft_executable_replicas(ryft_executable *executable,
                                     size_t *out_replicas,
                                     size_t *out_partitions) {
  if (out_replicas != NULL) *out_replicas = 0;
  if (out_partitions != NULL) *out_partitions = 0;
  RYFT__REQUIRE(executable);
  PJRT_Executable_NumReplicas_Args replicas = {.executable = executable->raw};
  PJRT_Executable_NumPartitions_Args partitions = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_Executable_NumReplicas(executable->table, &replicas, __func__));
  RYFT_TRY(ryft__PJRT_Executable_NumPartitions(executable->table, &partitions, __func__));
  if (out_replicas != NULL) *out_replicas = replicas.num_replicas;
  if (out_partitions != NULL) *out_partitions = partitions.num_partitions;
  return NULL;
}

ryft_error *ryft_executable_output_count(ryft_executable *executable, size_t *out_count) {
  RYFT__REQUIRE(out_count);
  *out_count = 0;
  RYFT__REQUIRE(executable);
  PJRT_Executable_NumOutputs_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_Executable_NumOutputs(executable->table, &args, __func__));
  *out_count = args.num_outputs;
  return NULL;
}

/* The plugin keeps the string that names the format, so it is matched with one of ours. */
static const char *static_format(const char *format, size_t size) {
  static const char *const known[] = {"mlir", "hlo", "hlo_with_config"};
  for (size_t i = 0; i < RYFT__COUNT(known); ++i) {
    if (strlen(known[i]) == size && memcmp(known[i], format, size) == 0) return known[i];
  }
  return "";
}

/* The plugin is asked twice: for the size, then for the bytes. */
static ryft_error *optimized_program(ryft_executable *executable,
                                     const char **out_format,
                                     void **out_data,
                                     size_t *out_size,
                                     const char *where) {
  *out_format = "";
  *out_data = NULL;
  *out_size = 0;
  PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE};
  PJRT_Executable_OptimizedProgram_Args args = {.executable = executable->raw, .program = &program};
  RYFT_TRY(ryft__PJRT_Executable_OptimizedProgram(executable->table, &args, where));
  void *code = NULL;
  RYFT_TRY(ryft_host_alloc(program.code_size, &code));
  program.code = code;
  ryft_error *error = ryft__PJRT_Executable_OptimizedProgram(executable->table, &args, where);
  if (error != NULL) {
    ryft_host_free(code);
    return error;
  }
  *out_format = static_format(program.format, program.format_size);
  *out_data = code;
  *out_size = program.code_size;
  return NULL;
}

ryft_error *ryft_executable_optimized_program(ryft_executable *executable,
                                              const char **out_format,
                                              void **out_data,
                                              size_t *out_size) {
  RYFT__REQUIRE(out_format);
  RYFT__REQUIRE(out_data);
  RYFT__REQUIRE(out_size);
  *out_format = "";
  *out_data = NULL;
  *out_size = 0;
  RYFT__REQUIRE(executable);
  return optimized_program(executable, out_format, out_data, out_size, __func__);
}

static ryft_error *make_signature(ryft_executable *executable, const char *where) {
  const char *format = NULL;
  void *code = NULL;
  size_t size = 0;
  ryft__signature *signature = NULL;
  RYFT_TRY(optimized_program(executable, &format, &code, &size, where));
  ryft_error *error = ryft__signature_read(format, (ryft_bytes){code, size}, &signature, where);
  ryft_host_free(code);
  if (error == NULL) atomic_store_explicit(&executable->signature, signature, memory_order_release);
  return error;
}

ryft_error *ryft_executable_signature(ryft_executable *executable, const ryft_signature **out) {
  ryft_error *error = NULL;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(executable);
  ryft__signature *signature = atomic_load_explicit(&executable->signature, memory_order_acquire);
  if (signature == NULL) {
    pthread_mutex_lock(&executable->lock);
    signature = atomic_load_explicit(&executable->signature, memory_order_relaxed);
    if (signature == NULL) error = make_signature(executable, __func__);
    if (error == NULL)
      signature = atomic_load_explicit(&executable->signature, memory_order_relaxed);
    pthread_mutex_unlock(&executable->lock);
  }
  if (error == NULL) *out = &signature->visible;
  return error;
}
