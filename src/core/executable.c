/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/executable.h"

#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/host_memory.h"
#include "src/base/require.h"
#include "src/base/unconst.h"
#include "src/core/program.h"

ryft_error *ryft__executable_adopt(const ryft__table *table,
                                   ryft_client *client,
                                   PJRT_Executable *raw,
                                   ryft_executable **out,
                                   const char *where) {
  *out = NULL;
  ryft_executable *executable = ryft__alloc_zero(sizeof *executable);
  if (executable == NULL || pthread_mutex_init(&executable->lock, NULL) != 0) {
    ryft__free(executable);
    ryft__PJRT_Executable_drop(table, raw, where);
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
  ryft__PJRT_Executable_drop(executable->table, executable->raw, __func__);
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

ryft_error *ryft__executable_name(const ryft_executable *executable,
                                  const char **out,
                                  const char *where) {
  ryft_error *error = NULL;
  *out = atomic_load_explicit(&executable->name, memory_order_acquire);
  if (*out != NULL) return NULL;
  ryft_executable *memo = ryft__unconst(executable);
  RYFT_TRY(ryft__lock(&memo->lock, where));
  *out = atomic_load_explicit(&memo->name, memory_order_relaxed);
  if (*out == NULL) error = make_name(memo, out, where);
  ryft__unlock(&memo->lock);
  return error;
}

ryft_error *ryft_executable_name(const ryft_executable *executable, const char **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(executable);
  return ryft__executable_name(executable, out, __func__);
}

ryft_error *ryft__executable_replicas(const ryft_executable *executable,
                                      size_t *out_replicas,
                                      size_t *out_partitions,
                                      const char *where) {
  PJRT_Executable_NumReplicas_Args replicas = {.executable = executable->raw};
  PJRT_Executable_NumPartitions_Args partitions = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_Executable_NumReplicas(executable->table, &replicas, where));
  RYFT_TRY(ryft__PJRT_Executable_NumPartitions(executable->table, &partitions, where));
  if (out_replicas != NULL) *out_replicas = replicas.num_replicas;
  if (out_partitions != NULL) *out_partitions = partitions.num_partitions;
  return NULL;
}

ryft_error *ryft_executable_replicas(const ryft_executable *executable,
                                     size_t *out_replicas,
                                     size_t *out_partitions) {
  if (out_replicas != NULL) *out_replicas = 0;
  if (out_partitions != NULL) *out_partitions = 0;
  RYFT__REQUIRE(executable);
  return ryft__executable_replicas(executable, out_replicas, out_partitions, __func__);
}

ryft_error *ryft__executable_output_count(const ryft_executable *executable,
                                          size_t *out_count,
                                          const char *where) {
  PJRT_Executable_NumOutputs_Args args = {.executable = executable->raw};
  RYFT_TRY(ryft__PJRT_Executable_NumOutputs(executable->table, &args, where));
  *out_count = args.num_outputs;
  return NULL;
}

ryft_error *ryft_executable_output_count(const ryft_executable *executable, size_t *out_count) {
  RYFT__REQUIRE(out_count);
  *out_count = 0;
  RYFT__REQUIRE(executable);
  return ryft__executable_output_count(executable, out_count, __func__);
}

/* The plugin is asked twice: for the size, then for the bytes. It keeps the string that names the
 * format, so one of ours is given. */
static ryft_error *optimized_program(const ryft_executable *executable,
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
  RYFT_TRY(ryft__host_alloc(program.code_size, &code, where));
  program.code = code;
  ryft_error *error = ryft__PJRT_Executable_OptimizedProgram(executable->table, &args, where);
  if (error != NULL) {
    ryft_host_free(code);
    return error;
  }
  const char *format = ryft__program_format(program.format, program.format_size);
  *out_format = format == NULL ? "" : format;
  *out_data = code;
  *out_size = program.code_size;
  return NULL;
}

ryft_error *ryft_executable_optimized_program(const ryft_executable *executable,
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

ryft_error *ryft__executable_signature(const ryft_executable *executable,
                                       const ryft_signature **out,
                                       const char *where) {
  ryft_error *error = NULL;
  ryft__signature *signature = atomic_load_explicit(&executable->signature, memory_order_acquire);
  if (signature == NULL) {
    ryft_executable *memo = ryft__unconst(executable);
    RYFT_TRY(ryft__lock(&memo->lock, where));
    signature = atomic_load_explicit(&memo->signature, memory_order_relaxed);
    if (signature == NULL) error = make_signature(memo, where);
    if (error == NULL) signature = atomic_load_explicit(&memo->signature, memory_order_relaxed);
    ryft__unlock(&memo->lock);
  }
  if (error == NULL) *out = &signature->visible;
  return error;
}

ryft_error *ryft_executable_signature(const ryft_executable *executable,
                                      const ryft_signature **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(executable);
  return ryft__executable_signature(executable, out, __func__);
}
