/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_executable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char serialized_mark[8] = "fakeexec";

static void fill_kinds(size_t count, const char ***out, size_t **out_sizes) {
  *out = fake_alloc(count * sizeof **out);
  *out_sizes = fake_alloc(count * sizeof **out_sizes);
  for (size_t i = 0; i < count; ++i) {
    (*out)[i] = "device";
    (*out_sizes)[i] = strlen("device");
  }
}

static void fill_results(PJRT_Executable *executable) {
  const fake_shapes *results = &executable->program->results;
  size_t next = 0;
  executable->types = fake_alloc(results->count * sizeof *executable->types);
  executable->ranks = fake_alloc(results->count * sizeof *executable->ranks);
  executable->dims = fake_alloc(results->count * FAKE_RANK_MAX * sizeof *executable->dims);
  for (size_t i = 0; i < results->count; ++i) {
    const fake_shape *shape = &results->items[i];
    executable->types[i] = shape->type;
    executable->ranks[i] = shape->rank;
    for (size_t dim = 0; dim < shape->rank; ++dim) executable->dims[next++] = shape->dims[dim];
  }
}

/* FNV-1a over the program's text: equal programs have equal fingerprints. */
static char *fingerprint(const char *text) {
  uint64_t hash = 14695981039346656037u;
  for (; *text != '\0'; ++text) hash = (hash ^ (uint8_t)*text) * 1099511628211u;
  char *out = fake_alloc(17);
  snprintf(out, 17, "%016llx", (unsigned long long)hash);
  return out;
}

PJRT_Executable *fake_executable_new(PJRT_Client *client,
                                     fake_program *program,
                                     const fake_build *build,
                                     const char *options,
                                     size_t options_size) {
  PJRT_Executable *executable = fake_object_new(FAKE_EXECUTABLE, sizeof *executable);
  executable->client = client;
  executable->program = program;
  executable->replicas = (size_t)build->replicas;
  executable->partitions = (size_t)build->partitions;
  executable->options = fake_copy(options, options_size);
  executable->options_size = options_size;
  executable->fingerprint = fingerprint(program->text);
  fill_results(executable);
  fill_kinds(
      program->parameters.count, &executable->parameter_kinds, &executable->parameter_kind_sizes);
  fill_kinds(program->results.count, &executable->result_kinds, &executable->result_kind_sizes);
  executable->cost = (PJRT_NamedValue){.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                                       .name = "flops",
                                       .name_size = 5,
                                       .type = PJRT_NamedValue_kFloat,
                                       .float_value = 2.0f,
                                       .value_size = 1};
  if (client != NULL) atomic_fetch_add(&client->children, 1);
  return executable;
}

static PJRT_Executable *checked(PJRT_Executable *executable) {
  fake_check(executable, FAKE_EXECUTABLE);
  return executable;
}

PJRT_Error *fake_PJRT_Executable_Destroy(PJRT_Executable_Destroy_Args *args) {
  PJRT_Executable *executable = checked(args->executable);
  if (executable->client != NULL) atomic_fetch_sub(&executable->client->children, 1);
  fake_program_release(executable->program);
  free(executable->options);
  free(executable->fingerprint);
  free(executable->types);
  free(executable->dims);
  free(executable->ranks);
  free(executable->parameter_kinds);
  free(executable->parameter_kind_sizes);
  free(executable->result_kinds);
  free(executable->result_kind_sizes);
  free(executable->layout_lists[0]);
  free(executable->layout_lists[1]);
  fake_object_end(&executable->object);
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_Name(PJRT_Executable_Name_Args *args) {
  checked(args->executable);
  args->executable_name = "fake~";
  args->executable_name_size = 4;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_NumReplicas(PJRT_Executable_NumReplicas_Args *args) {
  args->num_replicas = checked(args->executable)->replicas;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_NumPartitions(PJRT_Executable_NumPartitions_Args *args) {
  args->num_partitions = checked(args->executable)->partitions;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_NumOutputs(PJRT_Executable_NumOutputs_Args *args) {
  args->num_outputs = checked(args->executable)->program->results.count;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_SizeOfGeneratedCodeInBytes(
    PJRT_Executable_SizeOfGeneratedCodeInBytes_Args *args) {
  args->size_in_bytes = (int64_t)strlen(checked(args->executable)->program->text);
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_Fingerprint(PJRT_Executable_Fingerprint_Args *args) {
  args->executable_fingerprint = checked(args->executable)->fingerprint;
  args->executable_fingerprint_size = strlen(args->executable_fingerprint);
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_GetCostAnalysis(PJRT_Executable_GetCostAnalysis_Args *args) {
  args->properties = &checked(args->executable)->cost;
  args->num_properties = 1;
  return NULL;
}

static int64_t sum_sizes(const fake_shapes *shapes) {
  size_t sum = 0;
  for (size_t i = 0; i < shapes->count; ++i) sum += fake_shape_host_size(&shapes->items[i]);
  return (int64_t)sum;
}

PJRT_Error *fake_PJRT_Executable_GetCompiledMemoryStats(
    PJRT_Executable_GetCompiledMemoryStats_Args *args) {
  const fake_program *program = checked(args->executable)->program;
  args->generated_code_size_in_bytes = (int64_t)strlen(program->text);
  args->argument_size_in_bytes = sum_sizes(&program->parameters);
  args->output_size_in_bytes = sum_sizes(&program->results);
  args->alias_size_in_bytes = 0;
  args->temp_size_in_bytes = 0;
  if (fake_knows(43)) {
    args->host_generated_code_size_in_bytes = args->host_argument_size_in_bytes = 0;
    args->host_output_size_in_bytes = args->host_alias_size_in_bytes =
        args->host_temp_size_in_bytes = 0;
  }
  const int64_t all = args->argument_size_in_bytes + args->output_size_in_bytes;
  if (fake_knows(72)) args->peak_memory_in_bytes = all;
  if (fake_knows(90)) args->total_size_in_bytes = all;
  if (fake_knows(104)) {
    args->total_allocation_bytes = args->peak_unpadded_heap_bytes = all;
    args->indefinite_allocations = 0;
  }
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_OutputElementTypes(PJRT_Executable_OutputElementTypes_Args *args) {
  args->output_types = checked(args->executable)->types;
  args->num_output_types = args->executable->program->results.count;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_OutputDimensions(PJRT_Executable_OutputDimensions_Args *args) {
  args->num_outputs = checked(args->executable)->program->results.count;
  args->dims = args->executable->dims;
  args->dim_sizes = args->executable->ranks;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_OutputMemoryKinds(PJRT_Executable_OutputMemoryKinds_Args *args) {
  args->num_outputs = checked(args->executable)->program->results.count;
  args->memory_kinds = args->executable->result_kinds;
  args->memory_kind_sizes = args->executable->result_kind_sizes;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_ParameterMemoryKinds(
    PJRT_Executable_ParameterMemoryKinds_Args *args) {
  args->num_parameters = checked(args->executable)->program->parameters.count;
  args->memory_kinds = args->executable->parameter_kinds;
  args->memory_kind_sizes = args->executable->parameter_kind_sizes;
  return NULL;
}

/* Two calls: without memory it says how much is needed. */
PJRT_Error *fake_PJRT_Executable_OptimizedProgram(PJRT_Executable_OptimizedProgram_Args *args) {
  const PJRT_Executable *executable = checked(args->executable);
  PJRT_Program *program = args->program;
  if (program == NULL) fake_misuse("the program is NULL");
  PJRT_Error *error = fake_check_size(program, "PJRT_Program");
  if (error != NULL) return error;
  size_t size;
  char *code = fake_hlo_encode(executable->program, &size);
  program->format = "hlo_with_config~";
  program->format_size = strlen("hlo_with_config");
  const bool fits = program->code == NULL || program->code_size >= size;
  if (program->code != NULL && fits) memcpy(program->code, code, size);
  if (program->code == NULL) program->code_size = size;
  free(code);
  FAKE_REQUIRE(fits, "%zu bytes are too few for %zu", program->code_size, size);
  return NULL;
}

/* ---- Bytes that are lent together with the function that frees them */

typedef struct serialized {
  fake_object object;
  char *data;
  size_t size;
} serialized;

static serialized *serialized_new(char *data, size_t size) {
  serialized *made = fake_object_new(FAKE_SERIALIZED, sizeof *made);
  made->data = data;
  made->size = size;
  return made;
}

static void serialized_free(void *handle) {
  fake_check(handle, FAKE_SERIALIZED);
  serialized *each = handle;
  free(each->data);
  fake_object_end(&each->object);
}

static void free_executable(PJRT_SerializedExecutable *handle) {
  serialized_free(handle);
}
static void free_options(PJRT_SerializedCompileOptions *handle) {
  serialized_free(handle);
}

PJRT_Error *fake_PJRT_Executable_Serialize(PJRT_Executable_Serialize_Args *args) {
  fake_check(args->executable, FAKE_EXECUTABLE);
  const PJRT_Executable *executable = args->executable;
  const uint64_t text_size = strlen(executable->program->text);
  const size_t size =
      sizeof serialized_mark + sizeof text_size + text_size + executable->options_size;
  char *data = fake_alloc(size), *at = data;
  memcpy(at, serialized_mark, sizeof serialized_mark);
  at += sizeof serialized_mark;
  memcpy(at, &text_size, sizeof text_size);
  at += sizeof text_size;
  memcpy(at, executable->program->text, text_size);
  at += text_size;
  if (executable->options_size != 0) memcpy(at, executable->options, executable->options_size);
  serialized *made = serialized_new(data, size);
  args->serialized_bytes = made->data;
  args->serialized_bytes_size = made->size;
  args->serialized_executable = (PJRT_SerializedExecutable *)(void *)made;
  args->serialized_executable_deleter = free_executable;
  return NULL;
}

PJRT_Error *fake_serialized_read(const char *bytes,
                                 size_t size,
                                 const char **out_text,
                                 size_t *out_text_size,
                                 const char **out_options,
                                 size_t *out_options_size) {
  uint64_t text_size;
  const size_t head = sizeof serialized_mark + sizeof text_size;
  FAKE_REQUIRE(
      bytes != NULL && size >= head && memcmp(bytes, serialized_mark, sizeof serialized_mark) == 0,
      "these bytes are no executable of the fake plugin");
  memcpy(&text_size, bytes + sizeof serialized_mark, sizeof text_size);
  FAKE_REQUIRE(text_size <= size - head, "the executable was cut off");
  *out_text = bytes + head;
  *out_text_size = text_size;
  *out_options = bytes + head + text_size;
  *out_options_size = size - head - text_size;
  return NULL;
}

PJRT_Error *fake_PJRT_Executable_GetCompileOptions(PJRT_Executable_GetCompileOptions_Args *args) {
  const PJRT_Executable *executable = checked(args->executable);
  serialized *made = serialized_new(fake_copy(executable->options, executable->options_size),
                                    executable->options_size);
  args->serialized_bytes = made->data;
  args->serialized_bytes_size = made->size;
  args->serialized_compile_options = (PJRT_SerializedCompileOptions *)(void *)made;
  args->serialized_compile_options_deleter = free_options;
  return NULL;
}
