/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/program.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/hlo.h"

enum { TEXT_SAMPLE = 4096 }; /* how far to look for what text does not hold */

/* The program that ryft_program_create makes: its bytes follow it. */
typedef struct owned_program {
  ryft_program visible;
  unsigned char code[];
} owned_program;

const char *ryft__program_format(const char *name, size_t size) {
  static const char *const formats[] = {"mlir", "hlo", "hlo_with_config"};
  for (size_t i = 0; i < RYFT__COUNT(formats); ++i) {
    if (strlen(formats[i]) == size && memcmp(formats[i], name, size) == 0) return formats[i];
  }
  return NULL;
}

static bool starts_with(ryft_bytes code, const char *prefix) {
  const size_t size = strlen(prefix);
  return code.size >= size && memcmp(code.data, prefix, size) == 0;
}

bool ryft__program_is_bytecode(ryft_bytes code) {
  return starts_with(code, "ML\xefR");
}

static bool is_text(ryft_bytes code) {
  const unsigned char *bytes = code.data;
  const size_t size = code.size < TEXT_SAMPLE ? code.size : TEXT_SAMPLE;
  for (size_t i = 0; i < size; ++i) {
    const bool blank = bytes[i] >= '\t' && bytes[i] <= '\r';
    if (bytes[i] < ' ' && !blank && !(bytes[i] == '\0' && i + 1 == code.size)) return false;
  }
  return true;
}

static ryft_error *recognise(ryft_bytes code, const char **out, const char *where) {
  ryft_bytes module = {.data = NULL}, computation = {.data = NULL};
  *out = NULL;
  if (starts_with(code, "HloModule")) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT,
        where,
        NULL,
        "this is HLO as text, which plugins do not take; give StableHLO, or HLO as a "
        "serialized HloModuleProto");
  }
  if (ryft__program_is_bytecode(code) || is_text(code)) {
    *out = "mlir";
  } else if (ryft__hlo_find(code, RYFT__HLO_MODULE_COMPUTATIONS, &computation)) {
    *out = "hlo";
  } else if (ryft__hlo_find(code, RYFT__HLO_WITH_CONFIG_MODULE, &module) &&
             ryft__hlo_find(module, RYFT__HLO_MODULE_COMPUTATIONS, &computation)) {
    *out = "hlo_with_config";
  }
  if (*out != NULL) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "these %zu bytes are neither MLIR, as text or bytecode, nor a serialized HLO "
                     "module",
                     code.size);
}

static ryft_error *check_format(const char *format, const char **out, const char *where) {
  *out = format == NULL ? NULL : ryft__program_format(format, strlen(format));
  if (*out != NULL) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "\"%s\" is not a program format; there are mlir, hlo and hlo_with_config",
                     format == NULL ? "(null)" : format);
}

static ryft_error *check_not_empty(ryft_bytes code, const char *where) {
  if (code.data != NULL && code.size != 0) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "the program is empty");
}

ryft_error *ryft_program_create(const char *format, ryft_bytes code, ryft_program **out) {
  const char *name = NULL;
  size_t size = 0;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT_TRY(check_not_empty(code, __func__));
  RYFT_TRY(format == NULL ? recognise(code, &name, __func__)
                          : check_format(format, &name, __func__));
  if (__builtin_add_overflow(code.size, sizeof(owned_program), &size)) return ryft__out_of_memory();
  owned_program *program = ryft__alloc(size);
  RYFT__TRY_ALLOC(program);
  memcpy(program->code, code.data, code.size);
  program->visible = (ryft_program){
      RYFT_SIZED(ryft_program),
      .format = name,
      .code = {.data = program->code, .size = code.size},
  };
  ryft__object_born(RYFT__LIVE_PROGRAM);
  *out = &program->visible;
  return NULL;
}

void ryft_program_destroy(ryft_program *program) {
  if (program == NULL) return;
  ryft__free(program);
  ryft__object_gone(RYFT__LIVE_PROGRAM);
}

ryft_error *ryft__program_view(const ryft_program *program, ryft_program *out, const char *where) {
  if (program == NULL) return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`program` is NULL");
  RYFT_TRY(ryft__read_sized(program, out, sizeof *out, "ryft_program", where));
  RYFT_TRY(check_not_empty(out->code, where));
  return check_format(out->format, &out->format, where);
}

ryft_error *ryft__program_check(const ryft_program *program,
                                const ryft__program_limits *limits,
                                ryft_program *out,
                                const char *where) {
  RYFT_TRY(ryft__program_view(program, out, where));
  if (strcmp(out->format, "mlir") != 0) {
    return ryft__program_hlo_check(out->code, strcmp(out->format, "hlo") != 0, limits, where);
  }
  /* There is no reader of bytecode here. Truncated or changed at random, it gets an error from the
   * plugins that we know. */
  if (ryft__program_is_bytecode(out->code)) return NULL;
  return ryft__program_text_check(out->code.data, out->code.size, limits, where);
}

ryft_error *ryft_program_check(const ryft_program *program) {
  ryft_program own;
  const ryft__program_limits limits = RYFT__PROGRAM_LIMITS;
  return ryft__program_check(program, &limits, &own, __func__);
}
