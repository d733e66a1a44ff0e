/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What sessions refuse, and sessions on several devices. */
#include "core/session_steps.h"

#define CUT_TEXT                                                                                   \
  "module { func.func @main(%x: tensor<4xf32>) -> tensor<2xf32> { "                                \
  " %0 = stablehlo.slice %x [0:2] : (tensor<4xf32>) -> tensor<2xf32> return %0 : tensor<2xf32> } " \
  "}"

/* ---- What is checked when a session is made. */

static void refuse(ryft_loaded_executable *executable,
                   const char *const *inputs,
                   size_t input_count,
                   const char *const *outputs,
                   size_t output_count,
                   const char *part) {
  ryft_session *session = (ryft_session *)&session;
  assert_code(
      ryft_session_create(executable, inputs, input_count, outputs, output_count, NULL, &session),
      RYFT_INVALID_ARGUMENT,
      part);
  assert_null(session);
}

static void exe_13_names_and_counts_are_checked(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *step = compile(self, STEP_TEXT, NULL);
  refuse(step, NAMES("x"), NAMES("x", "p"), "1 input names are given, the program has 2 inputs");
  refuse(step, NAMES("x", "dx"), NAMES("x"), "1 output names are given, the program has 2 outputs");
  refuse(step, NAMES("x", "x"), NAMES("x", "p"), "two inputs are named \"x\"");
  refuse(step, NAMES("x", "dx"), NAMES("x", "x"), "two outputs are named \"x\"");
  refuse(step, NAMES("x", "dx"), NAMES("p", "p"), "two outputs are named \"p\"");
  refuse(step, NAMES("x", NULL), NAMES("x", "p"), "input 1 has no name");
  refuse(step, NAMES("x", "dx"), NAMES("", "p"), "output 0 has no name");
  refuse(step, NULL, 2, NAMES("x", "p"), "`input_names` is NULL");
  ryft_loaded_executable_destroy(step);
}

static void exe_13_feedback_must_fit(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *cut = compile(self, CUT_TEXT, NULL);
  refuse(cut,
         NAMES("x"),
         NAMES("x"),
         "output \"x\" is f32[2] and cannot be fed back: input \"x\" is f32[4]");
  ryft_loaded_executable_destroy(cut);
}

/* ---- What is checked when a slot is set. */

static void exe_13_wrong_values_leave_the_slot_alone(void **state) {
  const fixture *self = *state;
  ryft_session *session = step_session(self, STEP_TEXT);
  const int32_t numbers[4] = {0};
  ryft_host_array array = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_S32, 4), .data = numbers, .size = 16};
  ryft_buffer *integers = upload(self, numbers, array.shape), *elsewhere = four(self, 1, 0);
  set_four(session, "x", 9);
  const char *shapes = "input \"x\" is given s32[4], the program takes f32[4]";
  assert_code(ryft_session_set_host(session, "x", &array), RYFT_INVALID_ARGUMENT, shapes);
  assert_code(ryft_session_set(session, "x", integers), RYFT_INVALID_ARGUMENT, shapes);
  assert_code(ryft_session_set(session, "x", elsewhere), RYFT_INVALID_ARGUMENT, "on device 1, the");
  array.shape.type = RYFT_F32;
  array.size = 15;
  assert_code(ryft_session_set_host(session, "x", &array), RYFT_INVALID_ARGUMENT, "15 are given");
  assert_code(ryft_session_set_host(session, "y", &array),
              RYFT_NOT_FOUND,
              "no slot is named \"y\"; there are x, dx, product");
  assert_code(ryft_session_set_host(session, "product", &array),
              RYFT_INVALID_ARGUMENT,
              "\"product\" is an output and cannot be set");
  assert_code(ryft_session_set_host_at(session, 3, 0, &array), RYFT_OUT_OF_RANGE, "slot 3 of 3");
  assert_code(ryft_session_set_host_at(session, 0, 1, &array), RYFT_OUT_OF_RANGE, "device 1 of 1");
  get_four(session, "x", 9, 1);
  ryft_buffer_destroy(integers);
  ryft_buffer_destroy(elsewhere);
  ryft_session_destroy(session);
}

static void exe_13_deleted_and_foreign_buffers(void **state) {
  const fixture *self = *state;
  ryft_session *session = step_session(self, STEP_TEXT);
  ryft_buffer *deleted = four(self, 0, 1), *foreign = NULL;
  ryft_client *other = NULL;
  const float data[4] = {0};
  assert_ok(ryft_client_create(self->plugin, NULL, &other));
  assert_ok(ryft_buffer_from_host(ryft_client_addressable_devices(other).items[0],
                                  data,
                                  sizeof data,
                                  RYFT_SHAPE(RYFT_F32, 4),
                                  NULL,
                                  &foreign,
                                  NULL));
  assert_ok(ryft_buffer_delete(deleted));
  assert_code(ryft_session_set(session, "x", deleted), RYFT_FAILED_PRECONDITION, "was deleted");
  assert_code(ryft_session_set(session, "x", foreign), RYFT_INVALID_ARGUMENT, "another client");
  get_code(session, "x", RYFT_FAILED_PRECONDITION, "is not set");
  ryft_buffer_destroy(deleted);
  ryft_buffer_destroy(foreign);
  ryft_client_destroy(other);
  ryft_session_destroy(session);
}

/* By its owner, while it lies in a slot: the run is refused and changes nothing. */
static void exe_13_deleted_in_its_slot(void **state) {
  const fixture *self = *state;
  ryft_session *session = step_session(self, STEP_TEXT);
  ryft_buffer *owned = four(self, 0, 1);
  set_four(session, "dx", 5);
  assert_ok(ryft_session_set(session, "x", owned));
  assert_ok(ryft_buffer_delete(owned));
  ryft_buffer_destroy(owned);
  for (int i = 0; i < 2; ++i) {
    assert_code(ryft_session_run(session),
                RYFT_FAILED_PRECONDITION,
                "the buffer in input \"x\" was deleted or donated: set the slot anew");
    get_four(session, "dx", 5, 1);
    get_code(session, "product", RYFT_FAILED_PRECONDITION, "only after a run");
  }
  set_four(session, "x", 1);
  assert_ok(ryft_session_run(session));
  get_four(session, "x", 6, 2);
  ryft_session_destroy(session);
}

static void exe_13_slots_have_numbers(void **state) {
  ryft_session *session = step_session(*state, STEP_TEXT);
  const char *const names[] = {"x", "dx", "product"};
  const float data[4] = {1, 1, 1, 1};
  const ryft_host_array ones = {RYFT_SIZED(ryft_host_array),
                                .shape = RYFT_SHAPE(RYFT_F32, 4),
                                .data = data,
                                .size = sizeof data};
  float found[4] = {0};
  size_t slot = 0;
  for (size_t i = 0; i < 3; ++i) {
    assert_ok(ryft_session_slot(session, names[i], &slot));
    assert_int_equal(slot, i);
  }
  assert_code(ryft_session_slot(session, "sum", &slot), RYFT_NOT_FOUND, "sum");
  assert_int_equal(slot, SIZE_MAX);
  assert_ok(ryft_session_set_host_at(session, 0, 0, &ones));
  assert_ok(ryft_session_set_host_at(session, 1, 0, &ones));
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_get_at(session, 2, 0, found, sizeof found));
  assert_float_equal(found[3], 2, 0);
  ryft_session_destroy(session);
}

/* ---- Devices. */

#define ALL_SUM_TEXT                                                                           \
  "module { func.func @main(%x: tensor<4xf32>, %k: tensor<4xf32>) -> tensor<4xf32> {"          \
  " %0 = \"stablehlo.all_reduce\"(%x) ({ ^bb0(%a: tensor<f32>, %b: tensor<f32>):"              \
  "   %s = stablehlo.add %a, %b : tensor<f32>  stablehlo.return %s : tensor<f32> })"           \
  "   {replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>} : (tensor<4xf32>) -> tensor<4xf32>" \
  " %1 = stablehlo.add %0, %k : tensor<4xf32> return %1 : tensor<4xf32> } }"

static void exe_13_several_devices(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  ryft_loaded_executable *sum = compile(self, ALL_SUM_TEXT, &options);
  ryft_session *session = new_session(sum, NAMES("x", "k"), NAMES("x"));
  ryft_buffer *right = four(self, 1, 10), *out = NULL;
  float found[4] = {0};
  set_four(session, "x", 0);
  set_four(session, "k", 100);
  assert_code(
      ryft_session_set(session, "x", right), RYFT_FAILED_PRECONDITION, "ryft_session_set_at");
  assert_code(ryft_session_set_at(session, 0, 0, right),
              RYFT_INVALID_ARGUMENT,
              "input \"x\" on device 0 of 2 is given a buffer on device 1");
  assert_ok(ryft_session_set_at(session, 0, 1, right));
  ryft_buffer_destroy(right);
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_await(session));
  get_code(session, "x", RYFT_FAILED_PRECONDITION, "on each of 2 devices: name one with");
  assert_code(
      ryft_session_output(session, "x", &out), RYFT_FAILED_PRECONDITION, "ryft_session_output_at");
  for (size_t device = 0; device < 2; ++device) {
    assert_ok(ryft_session_get_at(session, 0, device, found, sizeof found));
    assert_float_equal(found[0], 2 * (10 + 100) + 100, 0);
    assert_float_equal(found[3], 2 * (16 + 103) + 103, 0);
  }
  assert_ok(ryft_session_output_at(session, 0, 1, &out));
  ryft_buffer_destroy(out);
  assert_ok(ryft_session_set_at(session, 1, 1, NULL));
  assert_code(ryft_session_run(session),
              RYFT_FAILED_PRECONDITION,
              "input \"k\" on device 1 of 2 is not set");
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(sum);
}

static void exe_13_portable_programs_run_where_the_session_says(void **state) {
  const fixture *self = *state;
  const ryft_compile_options portable = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  ryft_loaded_executable *step = compile(self, STEP_TEXT, &portable);
  ryft_session *session = NULL;
  refuse(step, NAMES("x", "dx"), NAMES("x", "p"), "name a device in ryft_session_options");
  const ryft_device *third = ryft_client_addressable_devices(self->client).items[2], *there = NULL;
  const ryft_session_options options = {RYFT_SIZED(ryft_session_options), .device = third};
  assert_ok(ryft_session_create(step, NAMES("x", "dx"), NAMES("x", "p"), &options, &session));
  set_four(session, "x", 0);
  set_four(session, "dx", 1);
  for (int i = 0; i < 3; ++i) assert_ok(ryft_session_run(session));
  get_four(session, "x", 3, 4);
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_session_output(session, "x", &buffer));
  assert_ok(ryft_buffer_device(buffer, &there));
  assert_ptr_equal(there, third);
  ryft_buffer_destroy(buffer);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(step);
}

static void exe_13_devices_that_do_not_run_it(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *step = compile(self, STEP_TEXT, NULL);
  ryft_session *session = (ryft_session *)&session;
  const ryft_session_options options = {
      RYFT_SIZED(ryft_session_options),
      .device = ryft_client_addressable_devices(self->client).items[1]};
  assert_code(ryft_session_create(step, NAMES("x", "dx"), NAMES("x", "p"), &options, &session),
              RYFT_INVALID_ARGUMENT,
              "not compiled for device 1 alone");
  assert_null(session);
  ryft_loaded_executable_destroy(step);
  /* One device of several cannot run it alone either. */
  const ryft_compile_options both = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  step = compile(self, STEP_TEXT, &both);
  assert_code(ryft_session_create(step, NAMES("x", "dx"), NAMES("x", "p"), &options, &session),
              RYFT_INVALID_ARGUMENT,
              "not compiled for device 1 alone");
  assert_null(session);
  ryft_loaded_executable_destroy(step);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_13_names_and_counts_are_checked),
      BUFFER_TEST(exe_13_feedback_must_fit),
      BUFFER_TEST(exe_13_wrong_values_leave_the_slot_alone),
      BUFFER_TEST(exe_13_deleted_and_foreign_buffers),
      BUFFER_TEST(exe_13_deleted_in_its_slot),
      BUFFER_TEST(exe_13_slots_have_numbers),
      BUFFER_TEST(exe_13_several_devices),
      BUFFER_TEST(exe_13_portable_programs_run_where_the_session_says),
      BUFFER_TEST(exe_13_devices_that_do_not_run_it),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
