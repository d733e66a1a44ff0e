/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What needs no plugin: errors, shapes, options, programs, host memory. */
#include <string.h>

#include "sweep/sweep.h"

/* ---- Errors. Making one never fails: where memory is short, the shared one is given. */

static ryft_error *made(ryft_error *error, const char *message) {
  assert_non_null(error);
  if (ryft_error_code(error) == RYFT_RESOURCE_EXHAUSTED) return error;
  assert_code(error, RYFT_NOT_FOUND, message);
  return NULL;
}

static ryft_error *error_create(const scene *s) {
  (void)s;
  return made(ryft_error_create(RYFT_NOT_FOUND, "no such luck"), "no such luck");
}

static ryft_error *error_format(const scene *s) {
  (void)s;
  return made(ryft_error_format(RYFT_NOT_FOUND, "no such %s", "luck"), "no such luck");
}

/* Too long for the stack. */
static ryft_error *error_format_long(const scene *s) {
  (void)s;
  return made(ryft_error_format(RYFT_NOT_FOUND, "%*s luck", 5000, "no such"), "no such luck");
}

static ryft_error *error_copy(const scene *s) {
  (void)s;
  return ryft_error_copy(/* error= */ NULL);
}

/* ---- Shapes. */

static ryft_error *shape_element_count(const scene *s) {
  (void)s;
  size_t count = 7;
  ryft_error *error = ryft_shape_element_count(SWEEP_MATRIX, &count);
  assert_int_equal(count, 6);
  return error;
}

static ryft_error *shape_host_size(const scene *s) {
  (void)s;
  size_t size = 7;
  ryft_error *error = ryft_shape_host_size(SWEEP_MATRIX, &size);
  assert_int_equal(size, 24);
  return error;
}

/* ---- Options and programs. */

static ryft_error *compile_options_encode(const scene *s) {
  (void)s;
  const ryft_field_setting fields[] = {
      {"executable_build_options.device_memory_size", "1000000"},
      {"executable_build_options.debug_options.xla_dump_to", "/nowhere"},
      {"env_option_overrides[\"xla_flag\"].string_field", "on"}};
  const int ids[] = {1, 0};
  const ryft_named_value overrides[] = {ryft_named_bool("xla_other_flag", true)};
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .partitions = 2,
                                        .device_ids = ids,
                                        .device_id_count = 2,
                                        .overrides = overrides,
                                        .override_count = 1,
                                        .fields = fields,
                                        .field_count = sizeof fields / sizeof fields[0]};
  void *data = POISON;
  size_t size = 7;
  ryft_error *error = ryft_compile_options_encode(&options, &data, &size);
  CLEARED(error, data);
  CLEARED(error, size);
  ryft_host_free(data);
  return error;
}

static ryft_error *program_create(const scene *s) {
  (void)s;
  ryft_program *program = POISON;
  ryft_error *error = ryft_program_create(
      /* format= */ NULL, (ryft_bytes){SWEEP_PLAIN, strlen(SWEEP_PLAIN)}, &program);
  CLEARED(error, program);
  ryft_program_destroy(program);
  return error;
}

static ryft_error *program_check(const scene *s) {
  (void)s;
  return ryft_program_check(RYFT_PROGRAM_TEXT(SWEEP_PLAIN));
}

static ryft_error *program_describe(const scene *s) {
  (void)s;
  ryft_program_facts facts = RYFT_DEFAULTS(ryft_program_facts);
  return ryft_program_describe(RYFT_PROGRAM_TEXT(SWEEP_PLAIN), &facts);
}

/* ---- Host memory. */

static ryft_error *host_alloc(const scene *s) {
  (void)s;
  void *memory = POISON;
  ryft_error *error = ryft_host_alloc(3u << 20, &memory);
  CLEARED(error, memory);
  ryft_host_free(memory);
  return error;
}

static const sweep_step steps[] = {
    SWEEP(ryft_error_create, error_create, ""),
    SWEEP(ryft_error_format, error_format, ""),
    SWEEP(ryft_error_format, error_format_long, ""),
    SWEEP_CALM(ryft_error_copy, error_copy),
    SWEEP_CALM(ryft_shape_element_count, shape_element_count),
    SWEEP_CALM(ryft_shape_host_size, shape_host_size),
    SWEEP(ryft_compile_options_encode, compile_options_encode, ""),
    SWEEP(ryft_program_create, program_create, ""),
    SWEEP_CALM(ryft_program_check, program_check),
    SWEEP_CALM(ryft_program_describe, program_describe),
    SWEEP(ryft_host_alloc, host_alloc, ""),
};

const sweep_table sweep_domain = SWEEP_TABLE(steps, /* open= */ NULL);
