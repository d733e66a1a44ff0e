/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Compiling asks the program for what its options leave open. */
#include "core/program_support.h"

#define COUNTS(partitions, replicas)                        \
  "module @m attributes {mhlo.num_partitions = " partitions \
  " : i32, mhlo.num_replicas = " replicas " : i32} "
#define DOUBLE                                              \
  "{ func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {" \
  " %0 = stablehlo.add %a, %a : tensor<4xf32>  return %0 : tensor<4xf32> } }"

/* Compiles only as four partitions, and with the Shardy partitioner. */
#define MANUAL                                                                             \
  COUNTS("4", "1")                                                                         \
  "{ sdy.mesh @mesh = <[\"x\"=4]>"                                                         \
  "  func.func @main(%a: tensor<16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{\"x\"}]>})" \
  "    -> (tensor<16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{\"x\"}]>}) {"             \
  "  %0 = sdy.manual_computation(%a) in_shardings=[<@mesh, [{\"x\"}]>]"                    \
  "    out_shardings=[<@mesh, [{\"x\"}]>] manual_axes={\"x\"} (%b: tensor<4xf32>) {"       \
  "    %1 = stablehlo.add %b, %b : tensor<4xf32>  sdy.return %1 : tensor<4xf32>"           \
  "  } : (tensor<16xf32>) -> tensor<16xf32>  return %0 : tensor<16xf32> } }"

static void expect_counts(const fixture *self,
                          const char *text,
                          const ryft_compile_options *options,
                          size_t wanted_replicas,
                          size_t wanted_partitions) {
  ryft_loaded_executable *executable = compile(self, text, options);
  size_t replicas = 0, partitions = 0;
  assert_ok(ryft_executable_replicas(
      ryft_loaded_executable_executable(executable), &replicas, &partitions));
  assert_int_equal(replicas, wanted_replicas);
  assert_int_equal(partitions, wanted_partitions);
  ryft_loaded_executable_destroy(executable);
}

static void cmp_03_counts_are_the_programs_own(void **state) {
  const fixture *self = *state;
  expect_counts(self, "module " DOUBLE, NULL, 1, 1);
  expect_counts(self, COUNTS("1", "1") DOUBLE, NULL, 1, 1);
  expect_counts(self, COUNTS("4", "1") DOUBLE, NULL, 1, 4);
  expect_counts(self, COUNTS("1", "3") DOUBLE, NULL, 3, 1);
  expect_counts(self, COUNTS("2", "2") DOUBLE, NULL, 2, 2);
}

static void cmp_03_options_come_before_the_program(void **state) {
  const fixture *self = *state;
  ryft_compile_options options = RYFT_DEFAULTS(ryft_compile_options);
  options.partitions = 2;
  expect_counts(self, COUNTS("4", "1") DOUBLE, &options, 1, 2);
  options.partitions = 0;
  options.replicas = 2;
  expect_counts(self, COUNTS("2", "1") DOUBLE, &options, 2, 2);
  const ryft_field_setting field = {"executable_build_options.num_partitions", "1"};
  const ryft_compile_options by_field = {
      RYFT_SIZED(ryft_compile_options), .fields = &field, .field_count = 1};
  expect_counts(self, COUNTS("4", "1") DOUBLE, &by_field, 1, 1);
  void *data = NULL;
  size_t size = 0;
  assert_ok(ryft_compile_options_encode(NULL, &data, &size));
  const ryft_compile_options based = {RYFT_SIZED(ryft_compile_options), .base = {data, size}};
  expect_counts(self, COUNTS("4", "1") DOUBLE, &based, 1, 1);
  ryft_host_free(data);
}

static void cmp_03_absurd_counts_of_a_program_are_refused(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = NULL;
  const ryft_program many = text_program(COUNTS("5", "1") DOUBLE);
  assert_code(ryft_client_compile(self->client, &many, NULL, &executable),
              RYFT_INVALID_ARGUMENT,
              "need 5 devices, the client has 4");
  const ryft_program absurd = text_program(COUNTS("99999999999999999999", "1") DOUBLE);
  assert_code(ryft_client_compile(self->client, &absurd, NULL, &executable),
              RYFT_INVALID_ARGUMENT,
              "at most 2^20");
}

static void cmp_03_programs_in_shardys_dialect_compile_as_they_are(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = compile(self, MANUAL, NULL);
  ryft_buffer *arguments[4], *results[4];
  ryft_buffer *const *inputs[4];
  ryft_buffer **outputs[4];
  for (size_t i = 0; i < 4; ++i) {
    arguments[i] = four(self, i, (float)(4 * i));
    inputs[i] = &arguments[i];
    outputs[i] = &results[i];
  }
  assert_ok(ryft_execute_all(executable, inputs, 4, 1, NULL, outputs, 1, NULL));
  for (size_t i = 0; i < 4; ++i) {
    expect_four(results[i], (float)(8 * i), 2);
    ryft_buffer_destroy(arguments[i]);
  }
  ryft_loaded_executable_destroy(executable);
  const ryft_compile_options without = {RYFT_SIZED(ryft_compile_options), .shardy = RYFT_NO};
  const ryft_program manual = text_program(MANUAL);
  ryft_error *error = ryft_client_compile(self->client, &manual, &without, &executable);
  assert_true(ryft_error_is_from_plugin(error));
  ryft_error_destroy(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(cmp_03_counts_are_the_programs_own),
      BUFFER_TEST(cmp_03_options_come_before_the_program),
      BUFFER_TEST(cmp_03_absurd_counts_of_a_program_are_refused),
      BUFFER_TEST(cmp_03_programs_in_shardys_dialect_compile_as_they_are),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
