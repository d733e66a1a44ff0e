/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Donation by mistake: whoever uses a buffer again learns which execution took it. */
#include "core/program_support.h"
#include "ryft/execute.h"
#include "ryft/session.h"

enum { REPLICAS = 2 };

#define STEP_TEXT(donation)                                 \
  "module @train_step { func.func @main(%a: tensor<4xf32>," \
  " %b: tensor<4xf32> {" donation                           \
  "}) -> (tensor<4xf32>, tensor<4xf32>) {"                  \
  " %0 = stablehlo.add %a, %b : tensor<4xf32>"              \
  " %1 = stablehlo.subtract %b, %a : tensor<4xf32>"         \
  " return %0, %1 : tensor<4xf32>, tensor<4xf32> } }"

/* Takes its second argument, for its second output. */
static const char STEP[] = STEP_TEXT("tf.aliasing_output = 1 : i32");

static ryft_error *run(ryft_loaded_executable *step,
                       ryft_buffer *a,
                       ryft_buffer *b,
                       const ryft_execute_options *options) {
  ryft_buffer *outputs[2] = {NULL, NULL};
  ryft_error *error = ryft_execute(step, (ryft_buffer *[]){a, b}, 2, options, outputs, 2, NULL);
  ryft_buffer_destroy(outputs[0]);
  ryft_buffer_destroy(outputs[1]);
  return error;
}

#define TAKEN(execution)                                   \
  "was donated to execution " #execution                   \
  " of \"train_step\" as argument 1, and its memory went " \
  "to output 1: "

static void exe_03_names_the_argument_and_the_execution(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *step = compile(self, STEP, NULL);
  ryft_buffer *kept = four(self, 0, 1), *first = four(self, 0, 10), *second = four(self, 0, 20);
  assert_ok(run(step, kept, first, NULL));
  assert_ok(run(step, kept, second, NULL));
  assert_code(run(step, first, kept, NULL), RYFT_INVALID_ARGUMENT, "argument 0 " TAKEN(1));
  assert_code(run(step, kept, first, NULL), RYFT_INVALID_ARGUMENT, "argument 1 " TAKEN(1));
  assert_code(run(step, kept, second, NULL), RYFT_INVALID_ARGUMENT, "argument 1 " TAKEN(2));
  /* Refused executions take nothing. */
  assert_ok(run(step,
                kept,
                kept,
                &(ryft_execute_options){RYFT_SIZED(ryft_execute_options), .keep_all = true}));
  ryft_buffer_destroy(kept);
  ryft_buffer_destroy(first);
  ryft_buffer_destroy(second);
  ryft_loaded_executable_destroy(step);
}

/* The plugin's own words and place stay. */
static void exe_03_says_so_when_read(void **state) {
  const fixture *self = *state;
  const ryft_memory *memory = NULL;
  ryft_loaded_executable *step = compile(self, STEP, NULL);
  ryft_buffer *kept = four(self, 0, 1), *taken = four(self, 0, 10), *copy = NULL;
  ryft_event *done = NULL;
  float out[4];
  assert_ok(run(step, kept, taken, NULL));
  /* Buffers outlive what took them. */
  ryft_loaded_executable_destroy(step);
  ryft_error *error = ryft_buffer_read(taken, out, sizeof out);
  assert_non_null(error);
  assert_string_equal(ryft_error_where(error), "ryft_buffer_read (PJRT_Event_Await)");
  assert_non_null(strstr(ryft_error_message(error), "the buffer " TAKEN(1)));
  assert_non_null(strstr(ryft_error_message(error), "deleted or donated"));
  ryft_error_destroy(error);
  assert_code(ryft_buffer_await(taken), RYFT_INVALID_ARGUMENT, "the buffer " TAKEN(1));
  assert_code(ryft_buffer_ready(taken, &done), RYFT_INVALID_ARGUMENT, "the buffer " TAKEN(1));
  assert_null(done);
  assert_code(ryft_buffer_copy_to_host(taken, NULL, out, sizeof out, &done),
              RYFT_INVALID_ARGUMENT,
              "the buffer " TAKEN(1));
  assert_null(done);
  assert_code(ryft_buffer_copy_to_device(taken, self->device, &copy),
              RYFT_INVALID_ARGUMENT,
              "the buffer " TAKEN(1));
  assert_ok(ryft_buffer_memory(taken, &memory));
  assert_code(ryft_buffer_copy_to_memory(taken, memory, &copy),
              RYFT_INVALID_ARGUMENT,
              "the buffer " TAKEN(1));
  assert_null(copy);
  ryft_buffer_destroy(kept);
  ryft_buffer_destroy(taken);
}

static void exe_03_kept_is_not_taken(void **state) {
  const fixture *self = *state;
  static const int64_t positions[] = {1};
  const ryft_execute_options keep = {
      RYFT_SIZED(ryft_execute_options), .keep = positions, .keep_count = 1};
  ryft_loaded_executable *step = compile(self, STEP, NULL);
  ryft_buffer *a = four(self, 0, 1), *b = four(self, 0, 10);
  assert_ok(run(step, a, b, &keep));
  /* Positions may come in any order, and more than once. */
  static const int64_t shuffled[] = {1, 0, 1};
  const ryft_execute_options both = {
      RYFT_SIZED(ryft_execute_options), .keep = shuffled, .keep_count = 3};
  assert_ok(run(step, a, b, &both));
  /* Deleted by the caller, it was donated to nobody. */
  assert_ok(ryft_buffer_delete(b));
  assert_code(run(step, a, b, NULL), RYFT_INVALID_ARGUMENT, "argument 1 was deleted or donated: ");
  ryft_buffer_destroy(a);
  ryft_buffer_destroy(b);
  ryft_loaded_executable_destroy(step);
}

/* Given without a particular output in mind: the compiler finds one, or none. */
static void exe_03_donors(void **state) {
  const fixture *self = *state;
  bool deleted = false;
  ryft_loaded_executable *step = compile(self, STEP_TEXT("jax.buffer_donor = true"), NULL);
  ryft_buffer *a = four(self, 0, 1), *b = four(self, 0, 10);
  assert_ok(run(step, a, b, NULL));
  assert_ok(ryft_buffer_is_deleted(b, &deleted));
  assert_true(deleted);
  assert_code(run(step, a, b, NULL),
              RYFT_INVALID_ARGUMENT,
              "argument 1 was donated to execution 1 of \"train_step\" as argument 1");
  ryft_buffer_destroy(a);
  ryft_buffer_destroy(b);
  ryft_loaded_executable_destroy(step);
}

static void exe_03_names_the_device_too(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = REPLICAS};
  ryft_loaded_executable *step = compile(self, STEP, &options);
  ryft_buffer *a[REPLICAS], *b[REPLICAS], *lists[REPLICAS][2], *outputs[REPLICAS][2];
  ryft_buffer *const *arguments[REPLICAS];
  ryft_buffer **results[REPLICAS];
  for (size_t i = 0; i < REPLICAS; ++i) {
    a[i] = lists[i][0] = four(self, i, 1);
    b[i] = lists[i][1] = four(self, i, 10);
    arguments[i] = lists[i];
    results[i] = outputs[i];
  }
  assert_ok(ryft_execute_all(step, arguments, REPLICAS, 2, NULL, results, 2, NULL));
  for (size_t i = 0; i < REPLICAS; ++i) {
    ryft_buffer_destroy(outputs[i][0]);
    ryft_buffer_destroy(outputs[i][1]);
  }
  /* The first device's are fresh, the second's are not. */
  ryft_buffer_destroy(b[0]);
  b[0] = lists[0][1] = four(self, 0, 10);
  assert_code(ryft_execute_all(step, arguments, REPLICAS, 2, NULL, results, 2, NULL),
              RYFT_INVALID_ARGUMENT,
              "argument 1 on device 1 of 2 " TAKEN(1));
  for (size_t i = 0; i < REPLICAS; ++i) {
    assert_null(outputs[i][0]);
    ryft_buffer_destroy(a[i]);
    ryft_buffer_destroy(b[i]);
  }
  ryft_loaded_executable_destroy(step);
}

/* One plugin (API 0.106) would crash on each of these, so they do not come to it. */
static void exe_03_several_devices_are_guarded(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = REPLICAS};
  static const int64_t positions[] = {1};
  const ryft_execute_options keep = {
      RYFT_SIZED(ryft_execute_options), .keep = positions, .keep_count = 1};
  ryft_loaded_executable *step = compile(self, STEP, &options);
  ryft_buffer *here = four(self, 0, 1), *there = four(self, 1, 1), *gone = four(self, 1, 1);
  ryft_buffer *lists[REPLICAS][2] = {{here, here}, {there, there}}, *outputs[REPLICAS][2];
  ryft_buffer *const *arguments[REPLICAS] = {lists[0], lists[1]};
  ryft_buffer **results[REPLICAS] = {outputs[0], outputs[1]};
  const struct {
    ryft_buffer *lists[REPLICAS][2];
    const ryft_execute_options *options;
    const char *part;
  } mistakes[] = {
      {{{here, here}, {there, there}},
       NULL,
       "argument 0 on device 0 of 2 is a buffer that another"},
      {{{here, there}, {there, here}}, &keep, "argument 1 on device 0 of 2 lies on the device"},
      {{{here, here}, {there, here}}, &keep, "argument 1 on device 1 of 2 lies on the device"},
      {{{here, here}, {gone, there}}, &keep, "argument 0 on device 1 of 2 was deleted"},
  };
  assert_ok(ryft_buffer_delete(gone));
  for (size_t i = 0; i < RYFT__COUNT(mistakes); ++i) {
    memcpy(lists, mistakes[i].lists, sizeof lists);
    assert_code(
        ryft_execute_all(step, arguments, REPLICAS, 2, mistakes[i].options, results, 2, NULL),
        RYFT_INVALID_ARGUMENT,
        mistakes[i].part);
    assert_null(outputs[1][1]);
  }
  /* Nothing of it sticks. */
  memcpy(lists, mistakes[0].lists, sizeof lists);
  assert_ok(ryft_execute_all(step, arguments, REPLICAS, 2, &keep, results, 2, NULL));
  for (size_t i = 0; i < REPLICAS; ++i) {
    expect_four(outputs[i][0], 2, 2);
    expect_four(outputs[i][1], 0, 0);
  }
  ryft_buffer_destroy(here);
  ryft_buffer_destroy(there);
  ryft_buffer_destroy(gone);
  ryft_loaded_executable_destroy(step);
}

/* A program whose signature is not known may have taken anything. */
static void exe_03_unknown_programs_take_too(void **state) {
  const fixture *self = *state;
  const ryft_compile_options blind = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  const ryft_compile_options many = {RYFT_SIZED(ryft_compile_options), .replicas = REPLICAS};
  ryft_loaded_executable *taker = compile(self, STEP, &blind), *step = compile(self, STEP, &many);
  ryft_buffer *a[REPLICAS] = {four(self, 0, 1), four(self, 1, 1)};
  ryft_buffer *b[REPLICAS] = {four(self, 0, 1), four(self, 1, 1)};
  ryft_buffer *lists[REPLICAS][2] = {{a[0], b[0]}, {a[1], b[1]}}, *outputs[REPLICAS][2];
  ryft_buffer *const *arguments[REPLICAS] = {lists[0], lists[1]};
  ryft_buffer **results[REPLICAS] = {outputs[0], outputs[1]};
  assert_ok(run(taker, a[0], b[0], NULL));
  assert_code(ryft_execute_all(step, arguments, REPLICAS, 2, NULL, results, 2, NULL),
              RYFT_INVALID_ARGUMENT,
              "argument 1 on device 0 of 2 was deleted or donated");
  for (size_t i = 0; i < REPLICAS; ++i) {
    ryft_buffer_destroy(a[i]);
    ryft_buffer_destroy(b[i]);
  }
  ryft_loaded_executable_destroy(taker);
  ryft_loaded_executable_destroy(step);
}

/* A donor that no output has use for is not taken: it may be given twice, and deleted. */
static void exe_03_donors_without_use(void **state) {
  const fixture *self = *state;
  static const char TEXT[] =
      "module @donor { func.func @main(%a: tensor<4xf32> {jax.buffer_donor = true},"
      " %b: tensor<4xf32>) -> tensor<2xf32> {"
      " %0 = stablehlo.add %a, %b : tensor<4xf32>"
      " %1 = stablehlo.slice %0 [0:2] : (tensor<4xf32>) -> tensor<2xf32>"
      " return %1 : tensor<2xf32> } }";
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = REPLICAS};
  ryft_loaded_executable *step = compile(self, TEXT, &options);
  ryft_buffer *here = four(self, 0, 1), *there = four(self, 1, 1);
  ryft_buffer *lists[REPLICAS][2] = {{here, here}, {there, there}}, *outputs[REPLICAS][1];
  ryft_buffer *const *arguments[REPLICAS] = {lists[0], lists[1]};
  ryft_buffer **results[REPLICAS] = {outputs[0], outputs[1]};
  float out[4];
  assert_ok(ryft_execute_all(step, arguments, REPLICAS, 2, NULL, results, 1, NULL));
  for (size_t i = 0; i < REPLICAS; ++i) ryft_buffer_destroy(outputs[i][0]);
  assert_ok(ryft_buffer_read(here, out, sizeof out));
  /* Its end is the caller's doing, then, and nobody else's. */
  assert_ok(ryft_buffer_delete(here));
  assert_code(ryft_buffer_read(here, out, sizeof out),
              RYFT_INVALID_ARGUMENT,
              "the buffer was deleted or donated: ");
  ryft_buffer_destroy(here);
  ryft_buffer_destroy(there);
  ryft_loaded_executable_destroy(step);
}

/* Neither option turns off what keeps several devices from crashing. */
static void exe_13_several_devices_are_always_checked(void **state) {
  const fixture *self = *state;
  static const ryft_choice told[] = {RYFT_DEFAULT, RYFT_NO};
  static const float numbers[8] = {0};
  const ryft_execute_options unchecked = {RYFT_SIZED(ryft_execute_options), .unchecked = true};
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  ryft_buffer *here = four(self, 0, 1), *there = four(self, 1, 1), *long_one = NULL;
  assert_ok(ryft_buffer_from_host(
      devices.items[1], numbers, sizeof numbers, RYFT_SHAPE(RYFT_F32, 8), NULL, &long_one, NULL));
  for (size_t i = 0; i < RYFT__COUNT(told); ++i) {
    const ryft_compile_options options = {
        RYFT_SIZED(ryft_compile_options), .replicas = REPLICAS, .signature = told[i]};
    ryft_loaded_executable *add = compile(self, ADD_TEXT, &options);
    ryft_buffer *lists[REPLICAS][2] = {{here, here}, {there, long_one}}, *outputs[REPLICAS][1];
    ryft_buffer *const *arguments[REPLICAS] = {lists[0], lists[1]};
    ryft_buffer **results[REPLICAS] = {outputs[0], outputs[1]};
    assert_code(ryft_execute_all(add, arguments, REPLICAS, 2, &unchecked, results, 1, NULL),
                RYFT_INVALID_ARGUMENT,
                "argument 1 on device 1 of 2 is f32[8], the program takes f32[4]");
    assert_code(ryft_execute_all(add, arguments, REPLICAS, 1, &unchecked, results, 1, NULL),
                RYFT_INVALID_ARGUMENT,
                "expected 2 arguments, got 1");
    lists[1][1] = there;
    assert_ok(ryft_execute_all(add, arguments, REPLICAS, 2, &unchecked, results, 1, NULL));
    for (size_t device = 0; device < REPLICAS; ++device) expect_four(outputs[device][0], 2, 2);
    ryft_loaded_executable_destroy(add);
  }
  ryft_buffer_destroy(here);
  ryft_buffer_destroy(there);
  ryft_buffer_destroy(long_one);
}

/* A session's runs are counted as well, so that the number is the one a caller would count to. */
static void exe_13_sessions_count(void **state) {
  const fixture *self = *state;
  static const char *const inputs[] = {"a", "b"}, *const outputs[] = {"sum", "b"};
  ryft_loaded_executable *step = compile(self, STEP, NULL);
  ryft_session *session = NULL;
  ryft_buffer *a = four(self, 0, 1), *b = four(self, 0, 10);
  assert_ok(ryft_session_create(step, inputs, 2, outputs, 2, NULL, &session));
  assert_ok(ryft_session_set(session, "a", a));
  assert_ok(ryft_session_set(session, "b", b));
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_run(session));
  ryft_session_destroy(session);
  assert_ok(run(step, a, b, NULL));
  assert_code(run(step, a, b, NULL), RYFT_INVALID_ARGUMENT, "argument 1 " TAKEN(3));
  assert_ok(ryft_session_create(step, inputs, 2, outputs, 2, NULL, &session));
  assert_code(ryft_session_set(session, "b", b),
              RYFT_FAILED_PRECONDITION,
              "the buffer for input \"b\" " TAKEN(3) "the slot is as it was");
  ryft_session_destroy(session);
  ryft_buffer_destroy(a);
  ryft_buffer_destroy(b);
  ryft_loaded_executable_destroy(step);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_03_names_the_argument_and_the_execution),
      BUFFER_TEST(exe_03_says_so_when_read),
      BUFFER_TEST(exe_03_kept_is_not_taken),
      BUFFER_TEST(exe_03_donors),
      BUFFER_TEST(exe_03_names_the_device_too),
      BUFFER_TEST(exe_03_several_devices_are_guarded),
      BUFFER_TEST(exe_03_unknown_programs_take_too),
      BUFFER_TEST(exe_03_donors_without_use),
      BUFFER_TEST(exe_13_several_devices_are_always_checked),
      BUFFER_TEST(exe_13_sessions_count),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
