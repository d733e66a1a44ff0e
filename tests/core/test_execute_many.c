/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Executing on several devices of a real plugin at once. */
#include "core/program_support.h"
#include "ryft/execute.h"

enum { DEVICES = 4 };

#define ALL_REDUCE_TEXT                                                                 \
  "module { func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {"                      \
  " %0 = \"stablehlo.all_reduce\"(%a) ({ ^bb0(%x: tensor<f32>, %y: tensor<f32>):"       \
  "   %s = stablehlo.add %x, %y : tensor<f32>  stablehlo.return %s : tensor<f32> })"    \
  "   {replica_groups = dense<[[0, 1, 2, 3]]> : tensor<1x4xi64>} : (tensor<4xf32>) -> " \
  "tensor<4xf32>"                                                                       \
  " return %0 : tensor<4xf32> } }"

/* Adds up an array that is cut over four devices: each gets the whole sum. */
#define SPMD_TEXT                                                                         \
  "module { func.func @main(%a: tensor<16xf32> {mhlo.sharding = \"{devices=[4]<=[4]}\"})" \
  " -> (tensor<f32> {mhlo.sharding = \"{replicated}\"}) {"                                \
  " %z = stablehlo.constant dense<0.0> : tensor<f32>"                                     \
  " %0 = stablehlo.reduce(%a init: %z) applies stablehlo.add across dimensions = [0]"     \
  "   : (tensor<16xf32>, tensor<f32>) -> tensor<f32>  return %0 : tensor<f32> } }"

/* One argument on each device: 1…4, 11…14, 21…24, 31…34. */
typedef struct shards {
  ryft_buffer *arguments[DEVICES];
  ryft_buffer *const *argument_lists[DEVICES];
  ryft_buffer *outputs[DEVICES];
  ryft_buffer **output_lists[DEVICES];
  ryft_event *done[DEVICES];
} shards;

static void shards_open(const fixture *self, shards *s) {
  for (size_t i = 0; i < DEVICES; ++i) {
    s->arguments[i] = four(self, i, (float)(10 * i + 1));
    s->argument_lists[i] = &s->arguments[i];
    s->outputs[i] = (ryft_buffer *)s;
    s->output_lists[i] = &s->outputs[i];
    s->done[i] = (ryft_event *)s;
  }
}

static void shards_close(shards *s) {
  for (size_t i = 0; i < DEVICES; ++i) ryft_buffer_destroy(s->arguments[i]);
}

static ryft_error *run(ryft_loaded_executable *executable, shards *s, ryft_event **done) {
  return ryft_execute_all(
      executable, s->argument_lists, DEVICES, 1, NULL, s->output_lists, 1, done);
}

static void exe_01_all_reduce(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  ryft_loaded_executable *sum = compile(self, ALL_REDUCE_TEXT, &options);
  shards s;
  shards_open(self, &s);
  assert_ok(run(sum, &s, s.done));
  for (size_t i = 0; i < DEVICES; ++i) {
    assert_ok(ryft_event_await(s.done[i]));
    ryft_event_destroy(s.done[i]);
    expect_four(s.outputs[i], 64, 4);
  }
  assert_ok(run(sum, &s, NULL));
  for (size_t i = 0; i < DEVICES; ++i) expect_four(s.outputs[i], 64, 4);
  shards_close(&s);
  ryft_loaded_executable_destroy(sum);
}

static void exe_01_spmd(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .partitions = DEVICES};
  ryft_loaded_executable *sum = compile(self, SPMD_TEXT, &options);
  const float total = 10 + 50 + 90 + 130;
  shards s;
  shards_open(self, &s);
  assert_ok(run(sum, &s, NULL));
  for (size_t i = 0; i < DEVICES; ++i) {
    expect_contents(s.outputs[i], &total, sizeof total);
    ryft_buffer_destroy(s.outputs[i]);
  }
  shards_close(&s);
  ryft_loaded_executable_destroy(sum);
}

/* That a call was refused and left nothing behind. */
static void expect_refused(ryft_error *error, const shards *s, ryft_code code, const char *part) {
  assert_code(error, code, part);
  for (size_t i = 0; i < DEVICES; ++i) {
    assert_null(s->outputs[i]);
    assert_null(s->done[i]);
  }
}

static void exe_13_messages_name_the_device(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  const int32_t numbers[4] = {0};
  ryft_loaded_executable *sum = compile(self, ALL_REDUCE_TEXT, &options);
  ryft_buffer *integers = upload(self, numbers, RYFT_SHAPE(RYFT_S32, 4)), *good = NULL;
  shards s;
  shards_open(self, &s);
  good = s.arguments[2];
  s.arguments[2] = integers;
  expect_refused(run(sum, &s, s.done),
                 &s,
                 RYFT_INVALID_ARGUMENT,
                 "argument 0 on device 2 of 4 is s32[4], the program takes f32[4]");
  s.arguments[2] = NULL;
  expect_refused(
      run(sum, &s, s.done), &s, RYFT_INVALID_ARGUMENT, "argument 0 on device 2 of 4 is NULL");
  s.arguments[2] = good;
  ryft_buffer_destroy(integers);
  shards_close(&s);
  ryft_loaded_executable_destroy(sum);
}

static void exe_01_device_counts_must_agree(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  ryft_loaded_executable *sum = compile(self, ALL_REDUCE_TEXT, &options);
  ryft_loaded_executable *add =
      compile(self,
              "func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> { return %a : tensor<4xf32> }",
              NULL);
  ryft_buffer *output = (ryft_buffer *)&output;
  shards s;
  shards_open(self, &s);
  assert_code(ryft_execute(sum, s.arguments, 1, NULL, &output, 1, NULL),
              RYFT_FAILED_PRECONDITION,
              "the executable runs on 4");
  assert_null(output);
  expect_refused(run(add, &s, s.done), &s, RYFT_INVALID_ARGUMENT, "arguments for 4 devices");
  shards_close(&s);
  ryft_loaded_executable_destroy(sum);
  ryft_loaded_executable_destroy(add);
}

/* Plugins would run one device's part and then wait for the others, in whatever comes next. */
static void exe_02_one_of_several(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  ryft_loaded_executable *sum = compile(self, ALL_REDUCE_TEXT, &options);
  const ryft_execute_options third = {
      RYFT_SIZED(ryft_execute_options),
      .device = ryft_client_addressable_devices(self->client).items[2]};
  shards s;
  shards_open(self, &s);
  assert_code(
      ryft_execute_all(sum, s.argument_lists, DEVICES, 1, &third, s.output_lists, 1, s.done),
      RYFT_INVALID_ARGUMENT,
      "not compiled for device 2 alone");
  assert_null(s.outputs[0]);
  shards_close(&s);
  ryft_loaded_executable_destroy(sum);
}

static void exe_11_devices_and_logical_ids(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .replicas = 2, .partitions = 2};
  ryft_loaded_executable *add = compile(self, ADD_TEXT, &options);
  const ryft_device_list devices = ryft_loaded_executable_devices(add);
  const ryft_logical_id *ids = NULL, *again = NULL;
  size_t count = 0;
  assert_int_equal(devices.count, DEVICES);
  for (size_t i = 0; i < DEVICES; ++i)
    assert_ptr_equal(ryft_device_client(devices.items[i]), self->client);
  ryft_error *error = ryft_loaded_executable_logical_ids(add, &ids, &count);
  if (test_plugin_minor() < 96) {
    assert_code(error, RYFT_UNIMPLEMENTED, "was added in 0.96");
    assert_null(ids);
  } else {
    assert_ok(error);
    assert_int_equal(count, DEVICES);
    for (int i = 0; i < DEVICES; ++i) {
      assert_int_equal(ids[i].replica, i / 2);
      assert_int_equal(ids[i].partition, i % 2);
    }
    assert_ok(ryft_loaded_executable_logical_ids(add, &again, &count));
    assert_ptr_equal(ids, again);
  }
  ryft_loaded_executable_destroy(add);
}

static void exe_11_chosen_devices(void **state) {
  const fixture *self = *state;
  static const int backwards[] = {3, 2, 1, 0};
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .replicas = DEVICES,
                                        .device_ids = backwards,
                                        .device_id_count = DEVICES};
  ryft_loaded_executable *add = compile(self, ADD_TEXT, &options);
  const ryft_device_list devices = ryft_loaded_executable_devices(add);
  assert_int_equal(devices.count, DEVICES);
  for (int i = 0; i < DEVICES; ++i) assert_int_equal(ryft_device_id(devices.items[i]), 3 - i);
  ryft_loaded_executable_destroy(add);
}

static void exe_11_device_assignment(void **state) {
  const fixture *self = *state;
  static const int chosen[] = {2, 0, 3, 1};
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .replicas = 2,
                                        .partitions = 2,
                                        .device_ids = chosen,
                                        .device_id_count = DEVICES};
  ryft_loaded_executable *add = compile(self, ADD_TEXT, &options);
  const int *ids = NULL;
  size_t replicas = 0, partitions = 0;
  assert_ok(ryft_loaded_executable_assignment(add, &ids, &replicas, &partitions));
  assert_int_equal(replicas, 2);
  assert_int_equal(partitions, 2);
  assert_memory_equal(ids, chosen, sizeof chosen);
  ryft_loaded_executable_destroy(add);
}

/* What one function gives the other takes, as it is. */
static void exe_11_assignments_go_round(void **state) {
  const fixture *self = *state;
  int proposed[DEVICES] = {-1, -1, -1, -1};
  const int *ids = NULL;
  size_t replicas = 2, partitions = 2;
  assert_ok(ryft_client_default_assignment(self->client, replicas, partitions, proposed, DEVICES));
  const int turned[DEVICES] = {proposed[3], proposed[2], proposed[1], proposed[0]};
  ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                  .replicas = replicas,
                                  .partitions = partitions,
                                  .device_ids = turned,
                                  .device_id_count = DEVICES};
  ryft_loaded_executable *first = compile(self, ADD_TEXT, &options);
  assert_ok(ryft_loaded_executable_assignment(first, &ids, &replicas, &partitions));
  options.replicas = replicas;
  options.partitions = partitions;
  options.device_ids = ids;
  options.device_id_count = replicas * partitions;
  ryft_loaded_executable *second = compile(self, ADD_TEXT, &options);
  assert_ok(ryft_loaded_executable_assignment(second, &ids, &replicas, &partitions));
  assert_memory_equal(ids, turned, sizeof turned);
  const ryft_device_list devices = ryft_loaded_executable_devices(second);
  for (size_t i = 0; i < DEVICES; ++i) {
    assert_int_equal(ryft_device_id(devices.items[i]), turned[i]);
  }
  ryft_loaded_executable_destroy(second);
  ryft_loaded_executable_destroy(first);
}

static void exe_11_portable_has_no_assignment(void **state) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  ryft_loaded_executable *add = compile(*state, ADD_TEXT, &options);
  const int *ids = NULL;
  size_t replicas = 7, partitions = 7;
  assert_ok(ryft_loaded_executable_assignment(add, &ids, &replicas, &partitions));
  assert_int_equal(replicas, 0);
  assert_int_equal(partitions, 0);
  ryft_loaded_executable_destroy(add);
}

static void every_failed_allocation_is_survived(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  /* No collective: what fails here leaves executions behind. */
  ryft_loaded_executable *twice =
      compile(self,
              "func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {"
              " %0 = stablehlo.add %a, %a : tensor<4xf32>  return %0 : tensor<4xf32> }",
              &options);
  shards s;
  shards_open(self, &s);
  const size_t alive = ryft_live_objects();
  for (size_t nth = 1;; ++nth) {
    test_allocator_fail(nth);
    ryft_error *error = run(twice, &s, s.done);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error != NULL) {
      expect_refused(error, &s, RYFT_RESOURCE_EXHAUSTED, "");
    } else {
      for (size_t i = 0; i < DEVICES; ++i) {
        ryft_event_destroy(s.done[i]);
        expect_four(s.outputs[i], (float)(20 * i + 2), 2);
      }
    }
    assert_int_equal(ryft_live_objects(), alive);
    if (!failed) break;
  }
  shards_close(&s);
  ryft_loaded_executable_destroy(twice);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_01_all_reduce),
      BUFFER_TEST(exe_01_spmd),
      BUFFER_TEST(exe_01_device_counts_must_agree),
      BUFFER_TEST(exe_02_one_of_several),
      BUFFER_TEST(exe_11_devices_and_logical_ids),
      BUFFER_TEST(exe_11_chosen_devices),
      BUFFER_TEST(exe_11_device_assignment),
      BUFFER_TEST(exe_11_assignments_go_round),
      BUFFER_TEST(exe_11_portable_has_no_assignment),
      BUFFER_TEST(exe_13_messages_name_the_device),
      BUFFER_TEST(every_failed_allocation_is_survived),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
