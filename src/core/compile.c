/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The two ways to a loaded executable: compiling a program, and loading what was compiled. */
#include <string.h>

#include "ryft/host_memory.h"
#include "src/abi/gen/calls.h"
#include "src/abi/quirks.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/base/unconst.h"
#include "src/core/assignment.h"
#include "src/core/compile_advice.h"
#include "src/core/compile_options.h"
#include "src/core/loaded_executable.h"
#include "src/core/optional.h"
#include "src/core/program.h"

/* Programs for several partitions are cut before arrays are too large. */
static ryft__program_limits limits_for(const ryft_client *client,
                                       const ryft__compile_facts *facts) {
  ryft__program_limits limits = RYFT__PROGRAM_LIMITS;
  limits.no_f6_constants = (client->quirks & RYFT__QUIRK_F6_CONSTANTS_ABORT) != 0;
  if ((client->quirks & RYFT__QUIRK_HUGE_ARRAYS_ABORT) != 0 && facts->partitions == 1) {
    limits.tensor_bytes = ((uint64_t)1 << 39) - 1;
  }
  return limits;
}

/* Plugins say that some device is missing, not how many there ought to be. */
static ryft_error *check_devices(const ryft_client *client,
                                 const ryft__compile_facts *facts,
                                 const char *where) {
  return ryft__assignment_check_devices(
      facts->replicas, facts->partitions, client->device_count, where);
}

static ryft_error *compile(ryft_client *client,
                           const ryft_program *program,
                           ryft_bytes options,
                           PJRT_LoadedExecutable **out,
                           const char *where) {
  PJRT_Program raw = {
      .struct_size = PJRT_Program_STRUCT_SIZE,
      .code = ryft__unconst(program->code.data),
      .code_size = program->code.size,
      .format = program->format,
      .format_size = strlen(program->format),
  };
  PJRT_Client_Compile_Args args = {
      .client = client->raw,
      .program = &raw,
      .compile_options = options.data,
      .compile_options_size = options.size,
  };
  ryft_error *error = ryft__PJRT_Client_Compile(client->table, &args, where);
  if (error != NULL) {
    return ryft__compile_advise(error, program, ryft_client_plugin(client), where);
  }
  *out = args.executable;
  return NULL;
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
  ryft_program_facts told;
  void *encoded = NULL;
  size_t size = 0;
  ryft__compile_facts facts;
  PJRT_LoadedExecutable *raw = NULL;
  RYFT_TRY(ryft__program_facts(program, &told, __func__));
  const ryft__compile_case about = {.table = client->table, .program = &told};
  RYFT_TRY(ryft__compile_options_encode(options, &about, &encoded, &size, &facts, __func__));
  const ryft__program_limits limits = limits_for(client, &facts);
  ryft_error *error = ryft__program_check(program, &limits, &own, __func__);
  if (error == NULL) error = check_devices(client, &facts, __func__);
  if (error == NULL) error = compile(client, &own, (ryft_bytes){encoded, size}, &raw, __func__);
  ryft_host_free(encoded);
  if (error != NULL) return error;
  return ryft__loaded_executable_adopt(client, raw, &facts, out, __func__);
}

/* ---- Loading. */

/* The options that the executable was compiled with, freed with ryft__free; NULL when the plugin
 * does not tell. It lends the bytes until its own deleter is called. */
static ryft_error *former_options(const ryft_executable *executable,
                                  char **out,
                                  size_t *out_size,
                                  const char *where) {
  PJRT_Executable_GetCompileOptions_Args args = {.executable = executable->raw};
  *out = NULL;
  ryft_error *error = ryft__PJRT_Executable_GetCompileOptions(executable->table, &args, where);
  if (error != NULL) return ryft__untold(error);
  *out_size = args.serialized_bytes_size;
  *out = ryft__copy_text(args.serialized_bytes, args.serialized_bytes_size);
  if (args.serialized_compile_options_deleter != NULL) {
    args.serialized_compile_options_deleter(args.serialized_compile_options);
  }
  RYFT__TRY_ALLOC(*out);
  return NULL;
}

/* The same, but only what can be built upon: then whatever is refused is the caller's. */
static ryft_error *sound_former_options(const ryft_executable *executable,
                                        char **out,
                                        size_t *out_size,
                                        const char *where) {
  void *encoded = NULL;
  size_t size = 0;
  RYFT_TRY(former_options(executable, out, out_size, where));
  if (*out == NULL) return NULL;
  const ryft__compile_case about = {.table = executable->table, .former = {*out, *out_size}};
  ryft_error *error = ryft__compile_options_encode(/* options= */ NULL,
                                                   &about,
                                                   &encoded,
                                                   &size,
                                                   /* out_facts= */ NULL,
                                                   where);
  ryft_host_free(encoded);
  if (error == NULL) return NULL;
  ryft__free(*out);
  *out = NULL;
  if (ryft_error_code(error) != RYFT_INVALID_ARGUMENT) return error;
  ryft_error_destroy(error);
  return NULL;
}

/* Options on top of those that the executable was compiled with, as far as they are known. */
static ryft_error *encode(const ryft_executable *executable,
                          const ryft_compile_options *options,
                          void **out,
                          size_t *out_size,
                          ryft__compile_facts *facts,
                          const char *where) {
  ryft_compile_options own;
  char *former = NULL;
  size_t former_size = 0;
  RYFT_TRY(ryft__read_sized(options, &own, sizeof own, "ryft_compile_options", where));
  const bool based = own.base.data != NULL || own.base.size != 0;
  if (!based) RYFT_TRY(sound_former_options(executable, &former, &former_size, where));
  const ryft__compile_case about = {.table = executable->table, .former = {former, former_size}};
  ryft_error *error = ryft__compile_options_encode(&own, &about, out, out_size, facts, where);
  /* Who does not know better lets the plugin find out. */
  if (!based && former == NULL) facts->tupled = true;
  facts->portable = RYFT_DEFAULT;
  ryft__free(former);
  return error;
}

ryft_error *ryft_client_load(ryft_client *client,
                             const ryft_executable *executable,
                             const ryft_compile_options *options,
                             ryft_loaded_executable **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(client);
  RYFT__REQUIRE(executable);
  void *encoded = NULL;
  size_t size = 0;
  ryft__compile_facts facts;
  /* To the plugin it is a pointer to trust. The same plugin may be loaded twice. */
  if (executable->table->original != client->table->original) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       __func__,
                       NULL,
                       "the executable was compiled by another plugin than the client's");
  }
  RYFT_TRY(encode(executable, options, &encoded, &size, &facts, __func__));
  PJRT_Client_Load_Args args = {
      .client = client->raw,
      .executable = executable->raw,
      .compile_options = options == NULL ? NULL : encoded,
      .compile_options_size = options == NULL ? 0 : size,
  };
  ryft_error *error = check_devices(client, &facts, __func__);
  if (error == NULL) error = ryft__PJRT_Client_Load(client->table, &args, __func__);
  ryft_host_free(encoded);
  if (error != NULL) return error;
  return ryft__loaded_executable_adopt(client, args.loaded_executable, &facts, out, __func__);
}
