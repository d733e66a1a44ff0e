/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every option of compiling, on a plugin of each age: it does what it says, or it is refused with
 * both versions. */
#include <math.h>

#include "core/verdict_support.h"

/* A new field wants a new row. */
_Static_assert(sizeof(ryft_compile_options) == 104,
               "base, replicas, partitions, spmd, shardy, device_ids, portable, signature, "
               "overrides, fields");

static ryft_error *compile_with(const fixture *self,
                                const char *text,
                                const ryft_compile_options *options,
                                ryft_loaded_executable **out) {
  const ryft_program program = text_program(text);
  *out = (ryft_loaded_executable *)self->client;
  ryft_error *error = ryft_client_compile(self->client, &program, options, out);
  assert_true((*out == NULL) == (error != NULL));
  return error;
}

static void expect_counts(ryft_loaded_executable *executable, size_t replicas, size_t partitions) {
  size_t found[2] = {0, 0};
  assert_ok(ryft_executable_replicas(
      ryft_loaded_executable_executable(executable), &found[0], &found[1]));
  assert_int_equal(found[0], replicas);
  assert_int_equal(found[1], partitions);
  assert_int_equal(ryft_loaded_executable_devices(executable).count, replicas * partitions);
  ryft_loaded_executable_destroy(executable);
}

static void expect_parameter(ryft_loaded_executable *executable, const char *shape) {
  const ryft_signature *signature = NULL;
  char found[64];
  assert_ok(ryft_loaded_executable_signature(executable, &signature));
  (void)ryft_shape_format(signature->parameters[0]->shape, found, sizeof found);
  assert_string_equal(found, shape);
  ryft_loaded_executable_destroy(executable);
}

static ryft_error *option_base(const fixture *self, const char *name) {
  ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  ryft_loaded_executable *executable = NULL;
  void *data = NULL;
  size_t size = 0;
  (void)name;
  assert_ok(ryft_compile_options_encode(&options, &data, &size));
  options = (ryft_compile_options){RYFT_SIZED(ryft_compile_options), .base = {data, size}};
  ryft_error *error = compile_with(self, ADD_TEXT, &options, &executable);
  ryft_host_free(data);
  if (error == NULL) expect_counts(executable, 2, 1);
  return error;
}

static ryft_error *option_replicas(const fixture *self, const char *name) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, ADD_TEXT, &options, &executable));
  expect_counts(executable, 2, 1);
  return NULL;
}

static ryft_error *option_partitions(const fixture *self, const char *name) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .partitions = 2};
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, ADD_TEXT, &options, &executable));
  expect_counts(executable, 1, 2);
  return NULL;
}

#define SHARDED                                                                          \
  "module { func.func @main(%a: tensor<8xf32> {mhlo.sharding = \"{devices=[2]<=[2]}\"})" \
  " -> (tensor<8xf32> {mhlo.sharding = \"{devices=[2]<=[2]}\"}) {"                       \
  " %0 = stablehlo.add %a, %a : tensor<8xf32>  return %0 : tensor<8xf32> } }"
#define SHARDY                                                                           \
  "module { sdy.mesh @mesh = <[\"x\"=2]>"                                                \
  " func.func @main(%a: tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{\"x\"}]>})" \
  " -> (tensor<8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{\"x\"}]>}) {"               \
  " %0 = stablehlo.add %a, %a : tensor<8xf32>  return %0 : tensor<8xf32> } }"

static ryft_error *option_spmd(const fixture *self, const char *name) {
  ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .partitions = 2, .spmd = RYFT_YES};
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, SHARDED, &options, &executable));
  expect_parameter(executable, "f32[4]");
  options.spmd = RYFT_NO;
  assert_code(compile_with(self, SHARDED, &options, &executable),
              RYFT_INVALID_ARGUMENT,
              "SPMD partitioning not enabled");
  return NULL;
}

static ryft_error *option_shardy(const fixture *self, const char *name) {
  ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .partitions = 2, .shardy = RYFT_YES};
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, SHARDY, &options, &executable));
  expect_parameter(executable, "f32[4]");
  options.shardy = RYFT_NO;
  assert_code(compile_with(self, SHARDY, &options, &executable), RYFT_INTERNAL, "Shardy dialect");
  return NULL;
}

static ryft_error *option_device_ids(const fixture *self, const char *name) {
  static const int second = 1;
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .device_ids = &second, .device_id_count = 1};
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, ADD_TEXT, &options, &executable));
  const ryft_device_list devices = ryft_loaded_executable_devices(executable);
  assert_int_equal(devices.count, 1);
  assert_int_equal(ryft_device_id(devices.items[0]), second);
  ryft_loaded_executable_destroy(executable);
  return NULL;
}

static ryft_error *option_portable(const fixture *self, const char *name) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, ADD_TEXT, &options, &executable));
  assert_int_equal(ryft_loaded_executable_devices(executable).count, 0);
  ryft_loaded_executable_destroy(executable);
  return NULL;
}

static ryft_error *option_signature(const fixture *self, const char *name) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  const ryft_signature *signature = NULL;
  ryft_loaded_executable *executable = NULL;
  (void)name;
  RYFT_TRY(compile_with(self, ADD_TEXT, &options, &executable));
  assert_code(ryft_loaded_executable_signature(executable, &signature),
              RYFT_FAILED_PRECONDITION,
              "RYFT_NO");
  ryft_loaded_executable_destroy(executable);
  return NULL;
}

#define MAXIMUM                                                              \
  "func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {" \
  " %0 = stablehlo.maximum %a, %b : tensor<4xf32>  return %0 : tensor<4xf32> }"

/* Whether the larger of a number and no number is no number, whichever comes first: what the flag
 * decides. */
static bool gives_nan(const fixture *self, ryft_loaded_executable *maximum) {
  static const float first[4] = {NAN, 2, 3, 4}, second[4] = {1, NAN, 3, 4};
  float found[4] = {0};
  ryft_buffer *arguments[] = {upload(self, first, RYFT_SHAPE(RYFT_F32, 4)),
                              upload(self, second, RYFT_SHAPE(RYFT_F32, 4))};
  ryft_buffer *larger = NULL;
  assert_ok(ryft_execute(maximum, arguments, 2, /* options= */ NULL, &larger, 1, NULL));
  assert_ok(ryft_buffer_read(larger, found, sizeof found));
  assert_true(found[2] == 3);
  ryft_buffer_destroy(larger);
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  ryft_loaded_executable_destroy(maximum);
  return isnan(found[0]) && isnan(found[1]);
}

static ryft_error *option_overrides(const fixture *self, const char *name) {
  ryft_loaded_executable *executable = NULL;
  (void)name;
  for (int fast = 0; fast < 2; ++fast) {
    const ryft_named_value flag = ryft_named_bool("xla_cpu_enable_fast_min_max", fast == 1);
    const ryft_compile_options options = {
        RYFT_SIZED(ryft_compile_options), .overrides = &flag, .override_count = 1};
    RYFT_TRY(compile_with(self, MAXIMUM, &options, &executable));
    assert_int_equal(gives_nan(self, executable), fast == 0);
  }
  return NULL;
}

static ryft_error *compile_field(const fixture *self,
                                 const char *path,
                                 const char *value,
                                 const char *text,
                                 ryft_loaded_executable **out) {
  /* Flags that are set this way leave all others zero, and not with this one. */
  const ryft_field_setting fields[] = {
      {path, value},
      {"executable_build_options.debug_options.xla_cpu_parallel_codegen_split_count", "32"},
  };
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options),
      .fields = fields,
      .field_count = strstr(path, "debug_options") == NULL ? 1 : 2};
  return compile_with(self, text, &options, out);
}

static ryft_error *option_fields(const fixture *self, const char *name) {
  static const char path[] = "executable_build_options.debug_options.xla_cpu_enable_fast_min_max";
  ryft_loaded_executable *executable = NULL;
  (void)name;
  for (int fast = 0; fast < 2; ++fast) {
    RYFT_TRY(compile_field(self, path, fast == 1 ? "true" : "false", MAXIMUM, &executable));
    assert_int_equal(gives_nan(self, executable), fast == 0);
  }
  return NULL;
}

static void new_02_compile_options(void **state) {
  static const row rows[] = {
      {"base", 0, 0, option_base},
      {"replicas", 0, 0, option_replicas},
      {"partitions", 0, 0, option_partitions},
      {"spmd", 0, 0, option_spmd},
      {"shardy", 0, 0, option_shardy},
      {"device_ids", 0, 0, option_device_ids},
      {"portable", 0, 0, option_portable},
      {"signature", 0, 0, option_signature},
      {"overrides", 0, 0, option_overrides},
      {"fields", 0, 0, option_fields},
  };
  EXPECT_ROWS(state, rows);
}

/* What `fields` reaches: some of each age, with values that change nothing where they are known.
 * test_option_age.c looks at all of them. */
static ryft_field_setting setting_of(const char *name) {
  static const ryft_field_setting settings[] = {
      {"matrix_unit_operand_precision", "HIGH"},
      {"compiler_variant", ""},
      {"individually_defined_output_indices[0]", "0"},
      {"executable_build_options.slice_size", "1"},
      {"executable_build_options.exec_time_optimization_effort", "0.5"},
      {"executable_build_options.memory_fitting_effort", "0.5"},
      {"executable_build_options.gpu_topology.num_partitions", "1"},
      {"executable_build_options.optimization_level", "EFFORT_O2"},
      {"executable_build_options.debug_options.xla_cpu_collective_timeout_seconds", "40"},
      {"executable_build_options.debug_options.xla_cpu_scheduler_type",
       "CPU_SCHEDULER_TYPE_DEFAULT"},
      {"executable_build_options.debug_options.xla_cpu_opt_preset", "CPU_OPT_PRESET_DEFAULT"},
      {"executable_build_options.debug_options.xla_cpu_ftz", "false"},
      {"target_config.gpu_device_info.device_vendor", "none"},
      {"profile_version", "3"},
  };
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; ++i) {
    if (strstr(settings[i].path, name) != NULL) return settings[i];
  }
  fail_msg("there is no value for %s", name);
  return settings[0];
}

static ryft_error *set_field(const fixture *self, const char *name) {
  const ryft_field_setting setting = setting_of(name);
  ryft_loaded_executable *executable = NULL;
  RYFT_TRY(compile_field(self, setting.path, setting.value, ADD_TEXT, &executable));
  ryft_loaded_executable_destroy(executable);
  return NULL;
}

/* The same by way of `base`, where flags and targets are nobody's in particular. */
static ryft_error *set_base(const fixture *self, const char *name) {
  const ryft_field_setting setting = setting_of(name);
  ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .fields = &setting, .field_count = 1};
  ryft_loaded_executable *executable = NULL;
  void *data = NULL;
  size_t size = 0;
  assert_ok(ryft_compile_options_encode(&options, &data, &size));
  options = (ryft_compile_options){RYFT_SIZED(ryft_compile_options), .base = {data, size}};
  ryft_error *error = compile_with(self, ADD_TEXT, &options, &executable);
  ryft_host_free(data);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *set_base_flag(const fixture *self, const char *name) {
  static const ryft_field_setting settings[] = {
      {"executable_build_options.debug_options.xla_cpu_ftz", "false"},
      {"executable_build_options.debug_options.xla_cpu_parallel_codegen_split_count", "32"},
  };
  ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .fields = settings, .field_count = 2};
  ryft_loaded_executable *executable = NULL;
  void *data = NULL;
  size_t size = 0;
  (void)name;
  assert_ok(ryft_compile_options_encode(&options, &data, &size));
  options = (ryft_compile_options){RYFT_SIZED(ryft_compile_options), .base = {data, size}};
  ryft_error *error = compile_with(self, ADD_TEXT, &options, &executable);
  ryft_host_free(data);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static void new_02_compile_option_base(void **state) {
  static const row rows[] = {
      {"profile_version", 0, 0, set_base},
      {"matrix_unit_operand_precision", 85, 0, set_base},
      {"compiler_variant", 90, 0, set_base},
      {"gpu_topology", 114, 0, set_base},
      {"individually_defined_output_indices", 115, 0, set_base},
      {"slice_size", 0, 114, set_base},
      {"exec_time_optimization_effort", 0, 114, set_base},
      {"memory_fitting_effort", 0, 114, set_base},
      {"xla_cpu_ftz", 0, 0, set_base_flag},
      {"device_vendor", 0, 0, set_base},
  };
  EXPECT_ROWS(state, rows);
}

static void new_02_compile_option_fields(void **state) {
  static const row rows[] = {
      {"profile_version", 0, 0, set_field},
      {"optimization_level", 0, 0, set_field},
      {"matrix_unit_operand_precision", 85, 0, set_field},
      {"xla_cpu_collective_timeout_seconds", 85, 0, set_field},
      {"compiler_variant", 90, 0, set_field},
      {"xla_cpu_scheduler_type", 96, 0, set_field},
      {"device_vendor", 104, 0, set_field},
      {"xla_cpu_opt_preset", 104, 0, set_field},
      {"xla_cpu_ftz", 112, 0, set_field},
      {"gpu_topology", 114, 0, set_field},
      {"individually_defined_output_indices", 115, 0, set_field},
      {"slice_size", 0, 114, set_field},
      {"exec_time_optimization_effort", 0, 114, set_field},
      {"memory_fitting_effort", 0, 114, set_field},
  };
  EXPECT_ROWS(state, rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(new_02_compile_options),
      BUFFER_TEST(new_02_compile_option_fields),
      BUFFER_TEST(new_02_compile_option_base),
  };
  return cmocka_run_group_tests_name("compile_verdicts", tests, fixture_open, fixture_close);
}
