/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Compiling on real plugins: formats, what executables tell about themselves, and guards. */
#include "core/hlo_support.h"
#include "core/program_support.h"
#include "src/abi/gen/calls.h"
#include "src/core/executable.h"

static void compile_file(const fixture *self, const char *name) {
  char *path = temp_path(getenv("RYFT_TEST_DATA"), name);
  ryft_program *program = NULL;
  ryft_loaded_executable *executable = NULL;
  size_t size = 0;
  char *bytes = temp_read(path, &size);
  assert_non_null(bytes);
  assert_ok(ryft_program_create(NULL, (ryft_bytes){bytes, size}, &program));
  assert_ok(ryft_client_compile(self->client, program, NULL, &executable));
  ryft_program_destroy(program);
  free(bytes);
  free(path);
  ryft_buffer *arguments[] = {four(self, 0, 1), four(self, 0, 10)}, *sum = NULL;
  assert_ok(ryft_execute(executable, arguments, 2, NULL, &sum, 1, NULL));
  expect_four(sum, 11, 2);
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  ryft_loaded_executable_destroy(executable);
}

static void cmp_01_every_format_compiles(void **state) {
  compile_file(*state, "program/add.mlir");
  compile_file(*state, "program/add.mlirbc");
  compile_file(*state, "program/add.vhlo");
  compile_file(*state, "program/add.hlo");
}

static void cmp_02_errors_of_the_compiler(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = (ryft_loaded_executable *)&state;
  const ryft_program wrong = text_program("module { func.func @main() { nonsense } }");
  ryft_error *error = ryft_client_compile(self->client, &wrong, NULL, &executable);
  assert_null(executable);
  assert_string_equal(ryft_error_where(error), "ryft_client_compile (PJRT_Client_Compile)");
  assert_true(strstr(ryft_error_message(error), "nonsense") != NULL);
  ryft_error_destroy(error);
  const ryft_program no_main = text_program("module { }");
  error = ryft_client_compile(self->client, &no_main, NULL, &executable);
  assert_true(strstr(ryft_error_message(error), "main") != NULL);
  ryft_error_destroy(error);
}

static void new_03_guards_come_before_the_plugin(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = (ryft_loaded_executable *)&state;
  const ryft_program bodiless = text_program("func.func private @main()");
  const ryft_program absurd =
      text_program("func.func @main() { tensor<4294967296x4294967296xf32> }");
  const ryft_program fine = text_program(ADD_TEXT);
  const ryft_compile_options absurd_count = {RYFT_SIZED(ryft_compile_options),
                                             .replicas = SIZE_MAX};
  const ryft_compile_options many = {RYFT_SIZED(ryft_compile_options), .replicas = 5};
  assert_code(ryft_client_compile(self->client, &bodiless, NULL, &executable),
              RYFT_INVALID_ARGUMENT,
              "no body");
  assert_null(executable);
  assert_code(ryft_client_compile(self->client, &absurd, NULL, &executable),
              RYFT_INVALID_ARGUMENT,
              "absurd");
  assert_code(ryft_client_compile(self->client, &fine, &absurd_count, &executable),
              RYFT_INVALID_ARGUMENT,
              "at most 2^20");
  assert_code(ryft_client_compile(self->client, &fine, &many, &executable),
              RYFT_INVALID_ARGUMENT,
              "need 5 devices, the client has 4");
}

static void new_03_limits_of_cpu_plugins(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = NULL;
  const ryft_program iota = text_program(
      "func.func @main() -> tensor<1099511627776xf32> {"
      " %0 = stablehlo.iota dim = 0 : tensor<1099511627776xf32>  return %0 : "
      "tensor<1099511627776xf32> }");
  const ryft_program f6 = text_program(
      "func.func @main() -> tensor<4xf6E2M3FN> {"
      " %0 = stablehlo.constant dense<1.0> : tensor<4xf6E2M3FN>  return %0 : tensor<4xf6E2M3FN> }");
  ryft_error *error = ryft_client_compile(self->client, &iota, NULL, &executable);
  if (test_plugin_minor() <= 106) {
    assert_ok(error);
    ryft_loaded_executable_destroy(executable);
  } else {
    assert_code(error, RYFT_INVALID_ARGUMENT, "line 1: the size of tensor<1099511627776xf32>");
  }
  error = ryft_client_compile(self->client, &f6, NULL, &executable);
  if (test_plugin_minor() <= 106) {
    assert_code(error, RYFT_UNKNOWN, "not supported");
  } else {
    assert_code(error, RYFT_INVALID_ARGUMENT, "6-bit float");
  }
}

static ryft_error *compile_iota(const fixture *self, uint64_t count, ryft_loaded_executable **out) {
  const message module = hlo_iota(count);
  const ryft_program program = {
      RYFT_SIZED(ryft_program), .format = "hlo", .code = {module.bytes, module.size}};
  return ryft_client_compile(self->client, &program, /* options= */ NULL, out);
}

/* The same in HLO, which has no lines but names. */
static void new_03_limits_of_cpu_plugins_for_hlo(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = NULL;
  ryft_buffer *numbers = NULL;
  assert_ok(compile_iota(self, 4, &executable));
  assert_ok(ryft_execute(executable, NULL, 0, NULL, &numbers, 1, NULL));
  expect_four(numbers, 0, 1);
  ryft_loaded_executable_destroy(executable);
  executable = NULL;
  ryft_error *error = compile_iota(self, UINT64_C(1) << 40, &executable);
  if (test_plugin_minor() <= 106) {
    assert_ok(error);
    ryft_loaded_executable_destroy(executable);
  } else {
    assert_code(error, RYFT_INVALID_ARGUMENT, "HLO instruction big.1: the size of its shape");
  }
}

static void cmp_04_options_reach_the_compiler(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = NULL;
  static const char text[] =
      "func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {"
      " %0 = stablehlo.maximum %a, %b : tensor<4xf32>  return %0 : tensor<4xf32> }";
  const ryft_program program = text_program(text);
  const ryft_named_value good = ryft_named_bool("xla_cpu_enable_fast_min_max", false);
  const ryft_named_value bad = ryft_named_bool("xla_no_such_flag", false);
  ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .overrides = &bad, .override_count = 1};
  assert_code(ryft_client_compile(self->client, &program, &options, &executable),
              RYFT_INVALID_ARGUMENT,
              "xla_no_such_flag");
  options.overrides = &good;
  assert_ok(ryft_client_compile(self->client, &program, &options, &executable));
  ryft_loaded_executable_destroy(executable);
}

static void cmp_10_name_and_counts(void **state) {
  const fixture *self = *state;
  const ryft_compile_options two = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  ryft_loaded_executable *loaded = compile(self, ADD_TEXT, &two);
  const ryft_executable *program = ryft_loaded_executable_executable(loaded);
  const char *name = NULL, *again = NULL;
  size_t replicas = 0, partitions = 0, outputs = 0;
  assert_ok(ryft_executable_name(program, &name));
  assert_ok(ryft_executable_name(program, &again));
  assert_true(strstr(name, "adder") != NULL);
  assert_ptr_equal(name, again);
  assert_ok(ryft_executable_replicas(program, &replicas, &partitions));
  assert_int_equal(replicas, 2);
  assert_int_equal(partitions, 1);
  assert_ok(ryft_executable_replicas(program, NULL, NULL));
  assert_ok(ryft_executable_output_count(program, &outputs));
  assert_int_equal(outputs, 1);
  assert_int_equal(ryft_loaded_executable_output_count(loaded), 1);
  assert_ptr_equal(ryft_loaded_executable_client(loaded), self->client);
  assert_non_null(ryft_loaded_executable_raw(loaded));
  assert_non_null(ryft_executable_raw(program));
  ryft_loaded_executable_destroy(loaded);
}

static void cmp_13_optimised_program(void **state) {
  ryft_loaded_executable *loaded = compile(*state, ADD_TEXT, NULL);
  const char *format = NULL;
  void *data = NULL;
  size_t size = 0;
  assert_ok(ryft_executable_optimized_program(
      ryft_loaded_executable_executable(loaded), &format, &data, &size));
  assert_string_equal(format, "hlo_with_config");
  assert_true(size > 100);
  assert_non_null(memmem(data, size, "adder", 5));
  ryft_host_free(data);
  ryft_loaded_executable_destroy(loaded);
}

static void expect_shape(const ryft_signature_item *item, const char *wanted) {
  char text[64];
  ryft_shape_format(item->shape, text, sizeof text);
  assert_string_equal(text, wanted);
}

/* Compiles a function that returns its only argument, of MLIR type `type`. */
static void expect_type(const fixture *self, const char *type, const char *shape) {
  char text[512];
  const ryft_signature *signature = NULL;
  snprintf(text,
           sizeof text,
           "func.func @main(%%a: tensor<%s>) -> tensor<%s> { return %%a : tensor<%s> }",
           type,
           type,
           type);
  ryft_loaded_executable *loaded = compile(self, text, NULL);
  assert_ok(ryft_loaded_executable_signature(loaded, &signature));
  assert_int_equal(signature->parameter_count, 1);
  assert_int_equal(signature->output_count, 1);
  expect_shape(signature->parameters[0], shape);
  expect_shape(signature->outputs[0], shape);
  ryft_loaded_executable_destroy(loaded);
}

static void signature_of_every_type(void **state) {
  static const char *const types[][2] = {
      {"4xf32", "f32[4]"},
      {"f64", "f64[]"},
      {"2x3xbf16", "bf16[2,3]"},
      {"1xf16", "f16[1]"},
      {"i1", "pred[]"},
      {"3xi4", "s4[3]"},
      {"3xui4", "u4[3]"},
      {"2xi8", "s8[2]"},
      {"2xui64", "u64[2]"},
      {"0xf32", "f32[0]"},
      {"3x0x2xi32", "s32[3,0,2]"},
      {"4xf8E4M3FN", "f8e4m3fn[4]"},
      {"4xf8E5M2", "f8e5m2[4]"},
      {"4xf8E8M0FNU", "f8e8m0fnu[4]"},
      {"2xcomplex<f32>", "c64[2]"},
      {"2xcomplex<f64>", "c128[2]"},
  };
  for (size_t i = 0; i < RYFT__COUNT(types); ++i) expect_type(*state, types[i][0], types[i][1]);
}

static void signature_of_tuples(void **state) {
  const ryft_signature *signature = NULL, *again = NULL;
  ryft_loaded_executable *loaded =
      compile(*state,
              "func.func @main(%a: tensor<f32>, %b: tensor<2xi32>) -> (tensor<2xi32>, tensor<f32>, "
              "tensor<2xi32>) {"
              " return %b, %a, %b : tensor<2xi32>, tensor<f32>, tensor<2xi32> }",
              NULL);
  assert_ok(ryft_loaded_executable_signature(loaded, &signature));
  assert_ok(ryft_executable_signature(ryft_loaded_executable_executable(loaded), &again));
  assert_ptr_equal(signature, again);
  assert_int_equal(signature->parameter_count, 2);
  assert_int_equal(signature->output_count, 3);
  expect_shape(signature->outputs[0], "s32[2]");
  expect_shape(signature->outputs[1], "f32[]");
  ryft_loaded_executable_destroy(loaded);
  loaded = compile(*state, "func.func @main() { return }", NULL);
  assert_ok(ryft_loaded_executable_signature(loaded, &signature));
  assert_int_equal(signature->parameter_count, 0);
  assert_int_equal(signature->output_count, 0);
  ryft_loaded_executable_destroy(loaded);
}

static void signature_of_donations(void **state) {
  const ryft_signature *signature = NULL;
  ryft_loaded_executable *loaded =
      compile(*state,
              "func.func @main(%a: tensor<4xf32> {jax.buffer_donor = true}, %b: tensor<2xi32> "
              "{tf.aliasing_output = 1 : i32})"
              " -> (tensor<f32>, tensor<2xi32>) { %0 = stablehlo.constant dense<0.0> : tensor<f32>"
              " return %0, %b : tensor<f32>, tensor<2xi32> }",
              NULL);
  assert_ok(ryft_loaded_executable_signature(loaded, &signature));
  assert_int_equal(signature->parameters[0]->alias, -1);
  assert_true(signature->parameters[0]->donor);
  assert_int_equal(signature->parameters[1]->alias, 1);
  assert_false(signature->parameters[1]->donor);
  ryft_loaded_executable_destroy(loaded);
}

static void signature_per_device(void **state) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .partitions = 4};
  const ryft_signature *signature = NULL;
  ryft_loaded_executable *loaded = compile(
      *state,
      "module { func.func @main(%a: tensor<8x2xf32> {mhlo.sharding = \"{devices=[4,1]<=[4]}\"})"
      " -> (tensor<8x2xf32> {mhlo.sharding = \"{devices=[4,1]<=[4]}\"}) {"
      " %0 = stablehlo.add %a, %a : tensor<8x2xf32>  return %0 : tensor<8x2xf32> } }",
      &options);
  assert_ok(ryft_loaded_executable_signature(loaded, &signature));
  expect_shape(signature->parameters[0], "f32[2,2]");
  expect_shape(signature->outputs[0], "f32[2,2]");
  ryft_loaded_executable_destroy(loaded);
}

static void signature_off(void **state) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  const ryft_signature *signature = (const ryft_signature *)&state;
  ryft_loaded_executable *loaded = compile(*state, ADD_TEXT, &options);
  assert_code(
      ryft_loaded_executable_signature(loaded, &signature), RYFT_FAILED_PRECONDITION, "RYFT_NO");
  assert_null(signature);
  assert_ok(ryft_executable_signature(ryft_loaded_executable_executable(loaded), &signature));
  assert_int_equal(signature->parameter_count, 2);
  ryft_loaded_executable_destroy(loaded);
}

/* Compiles for the client's topology, without the client; NULL where the plugin cannot. */
static ryft_executable *compile_ahead(const fixture *self, const ryft_compile_options *how) {
  const ryft__table *table = self->client->table;
  static const char text[] = ADD_TEXT;
  ryft_executable *executable = NULL;
  void *options = NULL;
  size_t options_size = 0;
  char *code = strdup(text);
  PJRT_Client_TopologyDescription_Args topology = {.client = self->client->raw};
  assert_ok(ryft__PJRT_Client_TopologyDescription(table, &topology, __func__));
  assert_ok(ryft_compile_options_encode(how, &options, &options_size));
  const PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE,
                                .code = code,
                                .code_size = strlen(text),
                                .format = "mlir",
                                .format_size = 4};
  PJRT_Compile_Args args = {.topology = topology.topology,
                            .program = &program,
                            .compile_options = options,
                            .compile_options_size = options_size};
  ryft_error *error = ryft__PJRT_Compile(table, &args, __func__);
  ryft_host_free(options);
  free(code);
  if (ryft_error_code(error) == RYFT_NOT_FOUND) {
    assert_code(error, RYFT_NOT_FOUND, "compiler factory");
    return NULL;
  }
  assert_ok(error);
  assert_ok(
      ryft__executable_adopt(table, /* client= */ NULL, args.executable, &executable, __func__));
  return executable;
}

static void cmp_09_load(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *loaded = (ryft_loaded_executable *)&state;
  if (test_plugin_minor() < 95) {
    ryft_loaded_executable *other = compile(self, ADD_TEXT, NULL);
    assert_code(
        ryft_client_load(self->client, ryft_loaded_executable_executable(other), NULL, &loaded),
        RYFT_UNIMPLEMENTED,
        "the plugin speaks PJRT 0.81; PJRT_Client_Load was added in 0.95");
    assert_null(loaded);
    ryft_loaded_executable_destroy(other);
    return;
  }
  ryft_executable *ahead = compile_ahead(self, /* how= */ NULL);
  if (ahead == NULL) {
    /* An executable that is loaded already is none that can be loaded. */
    ryft_loaded_executable *other = compile(self, ADD_TEXT, NULL);
    assert_code(
        ryft_client_load(self->client, ryft_loaded_executable_executable(other), NULL, &loaded),
        RYFT_INVALID_ARGUMENT,
        "");
    assert_null(loaded);
    ryft_loaded_executable_destroy(other);
    return;
  }
  ryft_buffer *arguments[] = {four(self, 0, 1), four(self, 0, 2)}, *sum = NULL;
  assert_ok(ryft_client_load(self->client, ahead, NULL, &loaded));
  ryft_executable_destroy(ahead);
  assert_ok(ryft_execute(loaded, arguments, 2, NULL, &sum, 1, NULL));
  expect_four(sum, 3, 2);
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  ryft_loaded_executable_destroy(loaded);
}

/* Nobody tells ryft_client_load that it was compiled so. */
static void cmp_09_load_portable(void **state) {
  const fixture *self = *state;
  const ryft_compile_options portable = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  ryft_loaded_executable *loaded = NULL;
  ryft_executable *ahead = test_plugin_minor() < 95 ? NULL : compile_ahead(self, &portable);
  if (ahead == NULL) return;
  assert_ok(ryft_client_load(self->client, ahead, NULL, &loaded));
  ryft_executable_destroy(ahead);
  assert_int_equal(ryft_loaded_executable_devices(loaded).count, 0);
  for (size_t i = 0; i < devices.count; ++i) {
    const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options),
                                          .device = devices.items[i]};
    ryft_buffer *arguments[] = {four(self, i, 1), four(self, i, 2)}, *sum = NULL;
    assert_ok(ryft_execute(loaded, arguments, 2, &options, &sum, 1, NULL));
    expect_four(sum, 3, 2);
    ryft_buffer_destroy(arguments[0]);
    ryft_buffer_destroy(arguments[1]);
  }
  ryft_loaded_executable_destroy(loaded);
}

static void lif_01_executables_outlive_the_client(void **state) {
  const fixture *self = *state;
  ryft_client *client = NULL;
  ryft_loaded_executable *loaded = NULL;
  const ryft_program program = text_program(ADD_TEXT);
  const char *name = NULL;
  assert_ok(ryft_client_create(self->plugin, NULL, &client));
  assert_ok(ryft_client_compile(client, &program, NULL, &loaded));
  ryft_client_destroy(client);
  assert_ok(ryft_executable_name(ryft_loaded_executable_executable(loaded), &name));
  ryft_loaded_executable_destroy(loaded);
  ryft_loaded_executable_destroy(NULL);
  ryft_executable_destroy(NULL);
}

static void every_failed_allocation_is_survived(void **state) {
  const fixture *self = *state;
  const ryft_program program = text_program(ADD_TEXT);
  for (size_t nth = 1;; ++nth) {
    ryft_loaded_executable *loaded = NULL;
    test_allocator_fail(nth);
    ryft_error *error = ryft_client_compile(self->client, &program, NULL, &loaded);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error != NULL) assert_code(error, RYFT_RESOURCE_EXHAUSTED, "");
    ryft_loaded_executable_destroy(loaded);
    assert_int_equal(ryft_live_objects(), 1);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(cmp_01_every_format_compiles),
      BUFFER_TEST(cmp_02_errors_of_the_compiler),
      BUFFER_TEST(new_03_guards_come_before_the_plugin),
      BUFFER_TEST(new_03_limits_of_cpu_plugins),
      BUFFER_TEST(new_03_limits_of_cpu_plugins_for_hlo),
      BUFFER_TEST(cmp_04_options_reach_the_compiler),
      BUFFER_TEST(cmp_09_load),
      BUFFER_TEST(cmp_09_load_portable),
      BUFFER_TEST(cmp_10_name_and_counts),
      BUFFER_TEST(cmp_13_optimised_program),
      BUFFER_TEST(signature_of_every_type),
      BUFFER_TEST(signature_of_tuples),
      BUFFER_TEST(signature_of_donations),
      BUFFER_TEST(signature_per_device),
      BUFFER_TEST(signature_off),
      BUFFER_TEST(lif_01_executables_outlive_the_client),
      BUFFER_TEST(every_failed_allocation_is_survived),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
