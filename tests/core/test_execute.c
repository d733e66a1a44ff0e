/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Executing on one device of a real plugin. */
#include "core/program_support.h"
#include "ryft/execute.h"
#include "src/base/text.h"

static void exe_01_results_and_done(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *arguments[] = {four(self, 0, 1), four(self, 0, 10)}, *sum = NULL;
  ryft_event *done = NULL;
  assert_int_equal(ryft_loaded_executable_devices(add).count, 1);
  assert_ok(ryft_execute(add, arguments, 2, NULL, &sum, 1, &done));
  /* Arguments are only borrowed for the call. */
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  assert_non_null(done);
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  ryft_loaded_executable_destroy(add);
  expect_four(sum, 11, 2);
}

static void exe_01_no_arguments_no_results(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *constant = compile(self,
                                             "func.func @main() -> tensor<4xf32> {"
                                             " %0 = stablehlo.constant dense<[1.0, 3.0, 5.0, 7.0]> "
                                             ": tensor<4xf32>  return %0 : tensor<4xf32> }",
                                             NULL);
  ryft_loaded_executable *nothing =
      compile(self, "func.func @main(%a: tensor<4xf32>) { return }", NULL);
  ryft_buffer *result = NULL, *argument = four(self, 0, 1);
  ryft_event *done = NULL;
  assert_ok(ryft_execute(constant, NULL, 0, NULL, &result, 1, NULL));
  expect_four(result, 1, 2);
  assert_ok(ryft_execute(nothing, &argument, 1, NULL, NULL, 0, NULL));
  assert_ok(ryft_execute(nothing, &argument, 1, NULL, NULL, 0, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  ryft_buffer_destroy(argument);
  ryft_loaded_executable_destroy(constant);
  ryft_loaded_executable_destroy(nothing);
}

/* Refused, and nothing in the outputs. */
static void expect_refused(ryft_loaded_executable *executable,
                           ryft_buffer *const *arguments,
                           size_t count,
                           const ryft_execute_options *options,
                           ryft_code code,
                           const char *part) {
  ryft_buffer *output = (ryft_buffer *)&output;
  ryft_event *done = (ryft_event *)&output;
  assert_code(ryft_execute(executable, arguments, count, options, &output, 1, &done), code, part);
  assert_null(output);
  assert_null(done);
}

static void exe_13_arguments_are_checked(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  const int32_t numbers[4] = {1, 2, 3, 4};
  ryft_buffer *good = four(self, 0, 1), *integers = upload(self, numbers, RYFT_SHAPE(RYFT_S32, 4));
  ryft_buffer *square = upload(self, numbers, RYFT_SHAPE(RYFT_F32, 2, 2));
  ryft_buffer *lists[][2] = {{good, integers}, {square, good}, {good, NULL}, {good, good}};
  expect_refused(add,
                 lists[0],
                 2,
                 NULL,
                 RYFT_INVALID_ARGUMENT,
                 "argument 1 is s32[4], the program takes f32[4]");
  expect_refused(add,
                 lists[1],
                 2,
                 NULL,
                 RYFT_INVALID_ARGUMENT,
                 "argument 0 is f32[2,2], the program takes f32[4]");
  expect_refused(add, lists[2], 2, NULL, RYFT_INVALID_ARGUMENT, "argument 1 is NULL");
  expect_refused(add, lists[3], 1, NULL, RYFT_INVALID_ARGUMENT, "expected 2 arguments, got 1");
  ryft_buffer *outputs[2] = {good, good};
  assert_code(ryft_execute(add, lists[3], 2, NULL, outputs, 2, NULL),
              RYFT_INVALID_ARGUMENT,
              "expected 1 output, got 2");
  assert_null(outputs[0]);
  assert_null(outputs[1]);
  /* Whoever knows better may say so: CPU plugins look at sizes only. */
  const ryft_execute_options unchecked = {RYFT_SIZED(ryft_execute_options), .unchecked = true};
  assert_ok(ryft_execute(add, lists[0], 2, &unchecked, outputs, 1, NULL));
  ryft_buffer_destroy(outputs[0]);
  expect_refused(add, lists[3], 1, &unchecked, RYFT_INVALID_ARGUMENT, "expected 2 arguments");
  ryft_buffer_destroy(good);
  ryft_buffer_destroy(integers);
  ryft_buffer_destroy(square);
  ryft_loaded_executable_destroy(add);
}

static void exe_13_results_can_be_arguments(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1);
  for (int i = 0; i < 5; ++i) {
    ryft_buffer *sum = NULL;
    assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, NULL, &sum, 1, NULL));
    ryft_buffer_destroy(value);
    value = sum;
  }
  expect_four(value, 32, 32);
  ryft_loaded_executable_destroy(add);
}

static void exe_13_another_client(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  fixture other = {.plugin = self->plugin};
  assert_ok(ryft_client_create(self->plugin, NULL, &other.client));
  ryft_buffer *foreign = four(&other, 0, 1), *own = four(self, 0, 1);
  expect_refused(add,
                 (ryft_buffer *[]){own, foreign},
                 2,
                 NULL,
                 RYFT_INVALID_ARGUMENT,
                 "argument 1 belongs to another client");
  const ryft_execute_options there = {
      RYFT_SIZED(ryft_execute_options),
      .device = ryft_client_addressable_devices(other.client).items[0]};
  expect_refused(add,
                 (ryft_buffer *[]){own, own},
                 2,
                 &there,
                 RYFT_INVALID_ARGUMENT,
                 "names a device of another client");
  ryft_buffer_destroy(foreign);
  ryft_buffer_destroy(own);
  ryft_client_destroy(other.client);
  ryft_loaded_executable_destroy(add);
}

static void exe_13_unknown_signature(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  ryft_loaded_executable *add = compile(self, ADD_TEXT, &options);
  ryft_buffer *value = four(self, 0, 1), *sum = NULL;
  assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, NULL, &sum, 1, NULL));
  expect_four(sum, 2, 2);
  /* The plugin counts then. */
  expect_refused(add, &value, 1, NULL, RYFT_INVALID_ARGUMENT, "");
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

static bool is_deleted(const ryft_buffer *buffer) {
  bool deleted = false;
  assert_ok(ryft_buffer_is_deleted(buffer, &deleted));
  return deleted;
}

static void exe_03_donation(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *step = compile(self, DONATE_TEXT, NULL);
  ryft_buffer *given = four(self, 0, 1), *read = four(self, 0, 10), *sum = NULL;
  assert_ok(ryft_execute(step, (ryft_buffer *[]){given, read}, 2, NULL, &sum, 1, NULL));
  expect_four(sum, 11, 2);
  assert_true(is_deleted(given));
  assert_false(is_deleted(read));
  ryft_buffer_destroy(given);
  ryft_buffer_destroy(read);
  ryft_loaded_executable_destroy(step);
}

static void exe_03_kept_arguments(void **state) {
  const fixture *self = *state;
  static const int64_t first[] = {0}, beyond[] = {1, 2}, negative[] = {-1};
  const ryft_execute_options kept[] = {
      {RYFT_SIZED(ryft_execute_options), .keep = first, .keep_count = 1},
      {RYFT_SIZED(ryft_execute_options), .keep_all = true},
  };
  const ryft_execute_options wrong[] = {
      {RYFT_SIZED(ryft_execute_options), .keep = beyond, .keep_count = 2},
      {RYFT_SIZED(ryft_execute_options), .keep = negative, .keep_count = 1},
      {RYFT_SIZED(ryft_execute_options), .keep_count = 1},
  };
  ryft_loaded_executable *step = compile(self, DONATE_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1), *sum = NULL;
  ryft_buffer *const arguments[] = {value, value};
  for (size_t i = 0; i < RYFT__COUNT(kept); ++i) {
    assert_ok(ryft_execute(step, arguments, 2, &kept[i], &sum, 1, NULL));
    expect_four(sum, 2, 2);
    assert_false(is_deleted(value));
  }
  expect_refused(
      step, arguments, 2, &wrong[0], RYFT_INVALID_ARGUMENT, "keep names argument 2 of 2");
  expect_refused(
      step, arguments, 2, &wrong[1], RYFT_INVALID_ARGUMENT, "keep names argument -1 of 2");
  expect_refused(step, arguments, 2, &wrong[2], RYFT_INVALID_ARGUMENT, "keep is NULL");
  expect_four(value, 1, 1);
  ryft_loaded_executable_destroy(step);
}

/* Plugins check this themselves, and say which positions clash. */
static void exe_03_one_buffer_twice(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *step = compile(self, DONATE_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1);
  expect_refused(
      step, (ryft_buffer *[]){value, value}, 2, NULL, RYFT_INVALID_ARGUMENT, "first use: 0");
  assert_false(is_deleted(value));
  expect_four(value, 1, 1);
  ryft_loaded_executable_destroy(step);
}

static void exe_04_launch_id_and_call_location(void **state) {
  const fixture *self = *state;
  const ryft_execute_options options = {
      RYFT_SIZED(ryft_execute_options), .launch_id = 7, .call_location = "train.c:42"};
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1), *sum = NULL;
  assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, &options, &sum, 1, NULL));
  expect_four(sum, 2, 2);
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

static void exe_02_a_chosen_device(void **state) {
  const fixture *self = *state;
  const ryft_compile_options portable = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  ryft_loaded_executable *add = compile(self, ADD_TEXT, &portable);
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  assert_int_equal(ryft_loaded_executable_devices(add).count, 0);
  for (size_t i = 0; i < devices.count; ++i) {
    const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options),
                                          .device = devices.items[i]};
    const ryft_device *found = NULL;
    ryft_buffer *value = four(self, i, 1), *sum = NULL;
    assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, &options, &sum, 1, NULL));
    assert_ok(ryft_buffer_device(sum, &found));
    assert_ptr_equal(found, devices.items[i]);
    expect_four(sum, 2, 2);
    expect_refused(
        add, (ryft_buffer *[]){value, value}, 2, NULL, RYFT_INVALID_ARGUMENT, "name a device");
    ryft_buffer_destroy(value);
  }
  ryft_loaded_executable_destroy(add);
}

static void exe_02_the_executables_own_device(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .device = devices.items[0]};
  ryft_buffer *value = four(self, 0, 1), *sum = NULL;
  assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, &options, &sum, 1, NULL));
  expect_four(sum, 2, 2);
  options.device = devices.items[1];
  expect_refused(add,
                 (ryft_buffer *[]){value, value},
                 2,
                 &options,
                 RYFT_INVALID_ARGUMENT,
                 "not compiled for device 1 alone");
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

static void exe_02_the_wrong_device(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 2, 1);
  expect_refused(
      add, (ryft_buffer *[]){value, value}, 2, NULL, RYFT_INVALID_ARGUMENT, "argument 0");
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

static void exe_12_delete(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1), *sum = NULL;
  bool deleted = true;
  const char *name = NULL;
  assert_ok(ryft_loaded_executable_is_deleted(add, &deleted));
  assert_false(deleted);
  assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, NULL, &sum, 1, NULL));
  assert_ok(ryft_loaded_executable_delete(add));
  expect_four(sum, 2, 2);
  assert_ok(ryft_loaded_executable_is_deleted(add, &deleted));
  assert_true(deleted);
  expect_refused(
      add, (ryft_buffer *[]){value, value}, 2, NULL, RYFT_FAILED_PRECONDITION, "deleted");
  assert_ok(ryft_executable_name(ryft_loaded_executable_executable(add), &name));
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

static void options_are_checked(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1);
  const ryft_execute_options unsized_options = {.launch_id = 1};
  expect_refused(add,
                 (ryft_buffer *[]){value, value},
                 2,
                 &unsized_options,
                 RYFT_INVALID_ARGUMENT,
                 "struct_size");
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

/* More arguments and results than the tables on the stack have room for. */
static void exe_01_many_arguments(void **state) {
  enum { COUNT = 300 };
  const fixture *self = *state;
  ryft__text text = {.data = NULL};
  ryft_buffer *arguments[COUNT], *results[COUNT];
  ryft__text_format(&text, "func.func @main(");
  for (int i = 0; i < COUNT; ++i)
    ryft__text_format(&text, "%s%%a%d: tensor<4xf32>", i == 0 ? "" : ", ", i);
  ryft__text_format(&text, ") -> (");
  for (int i = 0; i < COUNT; ++i) ryft__text_format(&text, "%stensor<4xf32>", i == 0 ? "" : ", ");
  ryft__text_format(&text, ") { return ");
  for (int i = 0; i < COUNT; ++i)
    ryft__text_format(&text, "%s%%a%d", i == 0 ? "" : ", ", COUNT - 1 - i);
  ryft__text_format(&text, " : ");
  for (int i = 0; i < COUNT; ++i) ryft__text_format(&text, "%stensor<4xf32>", i == 0 ? "" : ", ");
  ryft__text_format(&text, " }");
  assert_false(text.failed);
  const ryft_execute_options keep = {RYFT_SIZED(ryft_execute_options), .keep_all = true};
  ryft_loaded_executable *reverse = compile(self, text.data, NULL);
  ryft__text_free(&text);
  for (int i = 0; i < COUNT; ++i) arguments[i] = four(self, 0, (float)i);
  assert_ok(ryft_execute(reverse, arguments, COUNT, &keep, results, COUNT, NULL));
  for (int i = 0; i < COUNT; ++i) {
    expect_four(results[i], (float)(COUNT - 1 - i), 1);
    ryft_buffer_destroy(arguments[i]);
  }
  ryft_loaded_executable_destroy(reverse);
}

/* Handles for what comes out are all that a steady execution allocates. */
static void new_09_allocations(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1);
  for (int i = 0; i < 3; ++i) {
    ryft_buffer *sum = NULL;
    const size_t before = test_allocator_calls();
    assert_ok(ryft_execute(add, (ryft_buffer *[]){value, value}, 2, NULL, &sum, 1, NULL));
    assert_true(test_allocator_calls() - before <= 1);
    ryft_buffer_destroy(sum);
  }
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

static void every_failed_allocation_is_survived(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *add = compile(self, ADD_TEXT, NULL);
  ryft_buffer *value = four(self, 0, 1);
  const size_t alive = ryft_live_objects();
  for (size_t nth = 1;; ++nth) {
    ryft_buffer *sum = NULL;
    ryft_event *done = NULL;
    test_allocator_fail(nth);
    ryft_error *error = ryft_execute(add, (ryft_buffer *[]){value, value}, 2, NULL, &sum, 1, &done);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error != NULL) {
      assert_code(error, RYFT_RESOURCE_EXHAUSTED, "");
      assert_null(sum);
      assert_null(done);
    }
    ryft_buffer_destroy(sum);
    ryft_event_destroy(done);
    assert_int_equal(ryft_live_objects(), alive);
    if (!failed) break;
  }
  ryft_buffer_destroy(value);
  ryft_loaded_executable_destroy(add);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_01_results_and_done),
      BUFFER_TEST(exe_01_no_arguments_no_results),
      BUFFER_TEST(exe_01_many_arguments),
      BUFFER_TEST(exe_02_a_chosen_device),
      BUFFER_TEST(exe_02_the_executables_own_device),
      BUFFER_TEST(exe_02_the_wrong_device),
      BUFFER_TEST(exe_03_donation),
      BUFFER_TEST(exe_03_kept_arguments),
      BUFFER_TEST(exe_03_one_buffer_twice),
      BUFFER_TEST(exe_04_launch_id_and_call_location),
      BUFFER_TEST(exe_12_delete),
      BUFFER_TEST(exe_13_arguments_are_checked),
      BUFFER_TEST(exe_13_results_can_be_arguments),
      BUFFER_TEST(exe_13_another_client),
      BUFFER_TEST(exe_13_unknown_signature),
      BUFFER_TEST(options_are_checked),
      BUFFER_TEST(new_09_allocations),
      BUFFER_TEST(every_failed_allocation_is_survived),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
