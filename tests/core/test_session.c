/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sessions on real plugins. */
#include "ryft/allocator.h"
#include "ryft/session.h"

#include "core/program_support.h"
#include "core/session_support.h"
#include "ryft/io/npy.h"
#include "src/abi/gen/calls.h"
#include "src/core/buffer.h"

/* The state x goes on by dx, and their product is shown. */
#define STEP_TEXT                                                                                  \
  "module { func.func @main(%x: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %dx: tensor<4xf32>)" \
  " -> (tensor<4xf32>, tensor<4xf32>) { %0 = stablehlo.add %x, %dx : tensor<4xf32> "               \
  " %1 = stablehlo.multiply %0, %dx : tensor<4xf32> "                                              \
  " return %0, %1 : tensor<4xf32>, tensor<4xf32> } }"

/* The same without donation. */
#define PLAIN_TEXT                                                                   \
  "module { func.func @main(%x: tensor<4xf32>, %dx: tensor<4xf32>)"                  \
  " -> (tensor<4xf32>, tensor<4xf32>) { %0 = stablehlo.add %x, %dx : tensor<4xf32> " \
  " %1 = stablehlo.multiply %0, %dx : tensor<4xf32> "                                \
  " return %0, %1 : tensor<4xf32>, tensor<4xf32> } }"

#define CUT_TEXT                                                                                   \
  "module { func.func @main(%x: tensor<4xf32>) -> tensor<2xf32> { "                                \
  " %0 = stablehlo.slice %x [0:2] : (tensor<4xf32>) -> tensor<2xf32> return %0 : tensor<2xf32> } " \
  "}"

/* Adds 1 to x, after as much work as it takes to be looked at meanwhile. Plugins run what looks
 * like little work before they return, and count a loop once. */
#define SLOW_TEXT                                                                              \
  "module { func.func @main(%x: tensor<1024xf32>) -> tensor<1024xf32> {"                       \
  " %zero = stablehlo.constant dense<0> : tensor<i32>"                                         \
  " %one = stablehlo.constant dense<1> : tensor<i32>"                                          \
  " %step = stablehlo.constant dense<1.0> : tensor<1024xf32>"                                  \
  " %end = stablehlo.constant dense<20000> : tensor<i32>"                                      \
  " %i, %y = stablehlo.while(%n = %zero, %s = %x) : tensor<i32>, tensor<1024xf32>"             \
  " cond { %c = stablehlo.compare LT, %n, %end : (tensor<i32>, tensor<i32>) -> tensor<i1>"     \
  "   stablehlo.return %c : tensor<i1> }"                                                      \
  " do { %m = stablehlo.add %n, %one : tensor<i32>  %t = stablehlo.sine %s : tensor<1024xf32>" \
  "   %u = stablehlo.subtract %s, %t : tensor<1024xf32>"                                       \
  "   %v = stablehlo.add %u, %t : tensor<1024xf32>"                                            \
  "   %w = stablehlo.maximum %v, %s : tensor<1024xf32>"                                        \
  "   stablehlo.return %m, %w : tensor<i32>, tensor<1024xf32> }"                               \
  " %r = stablehlo.add %y, %step : tensor<1024xf32>"                                           \
  " return %r : tensor<1024xf32> } }"

static ryft_session *step_session(const fixture *self, const char *text) {
  ryft_loaded_executable *step = compile(self, text, NULL);
  ryft_session *session = new_session(step, NAMES("x", "dx"), NAMES("x", "product"));
  ryft_loaded_executable_destroy(step); /* the session holds it */
  return session;
}

/* Where a slot's contents lie on the device. */
static const void *address_of(const ryft_session *session, const char *name) {
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_session_output(session, name, &buffer));
  assert_ok(ryft_buffer_await(buffer));
  PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args args = {.buffer = buffer->raw};
  assert_ok(
      ryft__PJRT_Buffer_OpaqueDeviceMemoryDataPointer(buffer->client->table, &args, "ryft_test"));
  ryft_buffer_destroy(buffer);
  return args.device_memory_ptr;
}

static void feed_back(const fixture *self, const char *text) {
  ryft_session *session = step_session(self, text);
  set_four(session, "x", 0);
  set_four(session, "dx", 1);
  for (int i = 0; i < 3; ++i) assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_await(session));
  get_four(session, "x", 3, 4);
  get_four(session, "dx", 1, 1);
  float product[4] = {0};
  assert_ok(ryft_session_get(session, "product", product, sizeof product));
  for (int i = 0; i < 4; ++i) assert_float_equal(product[i], (float)((3 + 4 * i) * (1 + i)), 0);
  set_four(session, "x", 100);
  assert_ok(ryft_session_run(session));
  get_four(session, "x", 101, 2);
  ryft_session_destroy(session);
}

static void exe_13_outputs_named_like_inputs_are_fed_back(void **state) {
  feed_back(*state, STEP_TEXT);
}

static void exe_13_programs_without_donation_feed_back_too(void **state) {
  feed_back(*state, PLAIN_TEXT);
}

static void exe_13_signature_unknown(void **state) {
  const fixture *self = *state;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  ryft_loaded_executable *step = compile(self, STEP_TEXT, &options);
  ryft_session *session = new_session(step, NAMES("x", "dx"), NAMES("x", "product"));
  ryft_loaded_executable_destroy(step);
  set_four(session, "x", 0);
  set_four(session, "dx", 1);
  for (int i = 0; i < 3; ++i) assert_ok(ryft_session_run(session));
  get_four(session, "x", 3, 4);
  get_four(session, "dx", 1, 1);
  ryft_session_destroy(session);
}

static void exe_13_donation_reuses_memory(void **state) {
  ryft_session *session = step_session(*state, STEP_TEXT);
  set_four(session, "x", 0);
  set_four(session, "dx", 1);
  assert_ok(ryft_session_run(session));
  const void *first = address_of(session, "x");
  for (int i = 0; i < 20; ++i) {
    assert_ok(ryft_session_run(session));
    assert_ptr_equal(address_of(session, "x"), first);
  }
  get_four(session, "x", 21, 22);
  ryft_session_destroy(session);
}

/* An input that the program would donate stays, unless an output takes its place. */
static void exe_13_inputs_not_fed_back_stay(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *step = compile(self, STEP_TEXT, NULL);
  ryft_session *session = new_session(step, NAMES("x", "dx"), NAMES("sum", "product"));
  set_four(session, "x", 5);
  set_four(session, "dx", 1);
  for (int i = 0; i < 3; ++i) assert_ok(ryft_session_run(session));
  get_four(session, "x", 5, 1);
  get_four(session, "sum", 6, 2);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(step);
}

static void exe_13_empty_slots_are_named(void **state) {
  ryft_session *session = step_session(*state, STEP_TEXT);
  set_four(session, "x", 7);
  assert_code(ryft_session_run(session), RYFT_FAILED_PRECONDITION, "input \"dx\" is not set");
  get_four(session, "x", 7, 1);
  get_code(session, "dx", RYFT_FAILED_PRECONDITION, "input \"dx\" is not set");
  get_code(session, "product", RYFT_FAILED_PRECONDITION, "output \"product\" is there only after");
  ryft_buffer *buffer = (ryft_buffer *)&buffer;
  assert_code(
      ryft_session_output(session, "product", &buffer), RYFT_FAILED_PRECONDITION, "product");
  assert_null(buffer);
  assert_ok(ryft_session_await(session));
  set_four(session, "dx", 1);
  assert_ok(ryft_session_run(session));
  get_four(session, "x", 8, 2);
  assert_ok(ryft_session_set(session, "dx", NULL));
  assert_code(ryft_session_run(session), RYFT_FAILED_PRECONDITION, "input \"dx\" is not set");
  ryft_session_destroy(session);
}

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
  refuse(step, NULL, 2, NAMES("x", "p"), "input 0 has no name");
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
  ryft_host_array array = {.shape = RYFT_SHAPE(RYFT_S32, 4), .data = numbers, .size = 16};
  ryft_buffer *integers = upload(self, numbers, array.shape), *elsewhere = four(self, 1, 0);
  set_four(session, "x", 9);
  const char *shapes = "input \"x\" is given s32[4], the program takes f32[4]";
  assert_code(ryft_session_set_host(session, "x", array), RYFT_INVALID_ARGUMENT, shapes);
  assert_code(ryft_session_set(session, "x", integers), RYFT_INVALID_ARGUMENT, shapes);
  assert_code(ryft_session_set(session, "x", elsewhere), RYFT_INVALID_ARGUMENT, "on device 1, the");
  array.shape.type = RYFT_F32;
  array.size = 15;
  assert_code(ryft_session_set_host(session, "x", array), RYFT_INVALID_ARGUMENT, "15 are given");
  assert_code(ryft_session_set_host(session, "y", array),
              RYFT_NOT_FOUND,
              "no slot is named \"y\"; there are x, dx, product");
  assert_code(ryft_session_set_host(session, "product", array),
              RYFT_INVALID_ARGUMENT,
              "\"product\" is an output and cannot be set");
  assert_code(ryft_session_set_host_at(session, 3, 0, array), RYFT_OUT_OF_RANGE, "slot 3 of 3");
  assert_code(ryft_session_set_host_at(session, 0, 1, array), RYFT_OUT_OF_RANGE, "device 1 of 1");
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

static void exe_13_slots_have_numbers(void **state) {
  ryft_session *session = step_session(*state, STEP_TEXT);
  const char *const names[] = {"x", "dx", "product"};
  const float data[4] = {1, 1, 1, 1};
  const ryft_host_array ones = {
      .shape = RYFT_SHAPE(RYFT_F32, 4), .data = data, .size = sizeof data};
  float found[4] = {0};
  size_t slot = 0;
  for (size_t i = 0; i < 3; ++i) {
    assert_ok(ryft_session_slot(session, names[i], &slot));
    assert_int_equal(slot, i);
  }
  assert_code(ryft_session_slot(session, "sum", &slot), RYFT_NOT_FOUND, "sum");
  assert_int_equal(slot, SIZE_MAX);
  assert_ok(ryft_session_set_host_at(session, 0, 0, ones));
  assert_ok(ryft_session_set_host_at(session, 1, 0, ones));
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_get_at(session, 2, 0, found, sizeof found));
  assert_float_equal(found[3], 2, 0);
  ryft_session_destroy(session);
}

/* ---- Sharing. */

static void exe_13_what_the_caller_keeps_is_not_donated(void **state) {
  const fixture *self = *state;
  ryft_session *session = step_session(self, STEP_TEXT);
  ryft_buffer *mine = four(self, 0, 10), *later = NULL;
  set_four(session, "dx", 1);
  assert_ok(ryft_session_set(session, "x", mine));
  assert_ok(ryft_session_run(session));
  get_four(session, "x", 11, 2);
  expect_four(mine, 10, 1);
  assert_ok(ryft_session_output(session, "x", &later));
  for (int i = 0; i < 5; ++i) assert_ok(ryft_session_run(session));
  expect_four(later, 11, 2);
  get_four(session, "x", 16, 7);
  ryft_session_destroy(session);
}

static void exe_13_what_the_caller_gives_up_is_donated(void **state) {
  const fixture *self = *state;
  ryft_session *session = step_session(self, STEP_TEXT);
  ryft_buffer *mine = four(self, 0, 10);
  set_four(session, "dx", 1);
  assert_ok(ryft_session_set(session, "x", mine));
  ryft_buffer_destroy(mine);
  const void *before = address_of(session, "x");
  assert_ok(ryft_session_run(session));
  assert_ptr_equal(address_of(session, "x"), before);
  get_four(session, "x", 11, 2);
  ryft_session_destroy(session);
}

/* One buffer as two arguments, of which one would be donated. */
static void exe_13_one_buffer_in_two_slots(void **state) {
  const fixture *self = *state;
  ryft_session *session = step_session(self, STEP_TEXT);
  ryft_buffer *both = four(self, 0, 1);
  assert_ok(ryft_session_set(session, "x", both));
  assert_ok(ryft_session_set(session, "dx", both));
  ryft_buffer_destroy(both);
  for (int i = 0; i < 3; ++i) assert_ok(ryft_session_run(session));
  get_four(session, "x", 4, 4);
  get_four(session, "dx", 1, 1);
  ryft_session_destroy(session);
}

/* The state of one session is another's constant, whatever the first does with it afterwards. */
static void exe_13_sessions_share_buffers(void **state) {
  const fixture *self = *state;
  ryft_session *first = step_session(self, STEP_TEXT), *second = step_session(self, STEP_TEXT);
  ryft_buffer *state_now = NULL;
  set_four(first, "x", 0);
  set_four(first, "dx", 1);
  set_four(second, "x", 0);
  assert_ok(ryft_session_run(first));
  assert_ok(ryft_session_output(first, "x", &state_now));
  assert_ok(ryft_session_set(second, "dx", state_now));
  ryft_buffer_destroy(state_now);
  assert_ok(ryft_session_run(first));
  ryft_session_destroy(first);
  assert_ok(ryft_session_run(second));
  get_four(second, "x", 1, 3);
  ryft_session_destroy(second);
}

/* ---- Uploads. */

static void set_1024(ryft_session *session, float value) {
  float data[1024];
  for (int i = 0; i < 1024; ++i) data[i] = value;
  const ryft_host_array array = {
      .shape = RYFT_SHAPE(RYFT_F32, 1024), .data = data, .size = sizeof data};
  assert_ok(ryft_session_set_host(session, "x", array));
}

static bool is_ready(const ryft_buffer *buffer) {
  bool ready = false;
  ryft_event *event = NULL;
  assert_ok(ryft_buffer_ready(buffer, &event));
  assert_ok(ryft_event_is_ready(event, &ready));
  ryft_event_destroy(event);
  return ready;
}

static void exe_13_setting_neither_waits_nor_disturbs(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *slow = compile(self, SLOW_TEXT, NULL);
  ryft_session *session = new_session(slow, NAMES("x"), NAMES("y"));
  ryft_buffer *first = NULL;
  float found[1024] = {0};
  set_1024(session, 2);
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_output(session, "y", &first));
  set_1024(session, 3);
  assert_false(is_ready(first));
  assert_ok(ryft_session_run(session));
  assert_false(is_ready(first));
  set_1024(session, 4);
  assert_ok(ryft_buffer_read(first, found, sizeof found));
  assert_float_equal(found[1023], 3, 0.01);
  assert_ok(ryft_session_get(session, "y", found, sizeof found));
  assert_float_equal(found[1023], 4, 0.01);
  ryft_buffer_destroy(first);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(slow);
}

typedef struct owner {
  atomic_int held;
  atomic_int released;
} owner;

static void hold(void *arg) {
  atomic_fetch_add(&((owner *)arg)->held, 1);
}

static void release(void *arg) {
  atomic_fetch_add(&((owner *)arg)->released, 1);
}

static void expect_all_released(owner *who) {
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 5000 && atomic_load(&who->released) < atomic_load(&who->held); ++i) {
    nanosleep(&pause, NULL);
  }
  assert_int_equal(atomic_load(&who->released), atomic_load(&who->held));
}

#define LARGE_TEXT                                                        \
  "module { func.func @main(%x: tensor<4096xf32>) -> tensor<4096xf32> { " \
  " %0 = stablehlo.add %x, %x : tensor<4096xf32> return %0 : tensor<4096xf32> } }"

static void exe_13_host_memory_is_held_as_long_as_needed(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *twice = compile(self, LARGE_TEXT, NULL);
  ryft_session *session = new_session(twice, NAMES("x"), NAMES("y"));
  owner who = {0, 0};
  float *data = NULL, found[4096];
  void *memory = NULL;
  assert_ok(ryft_host_alloc(sizeof found, &memory));
  data = memory;
  for (int i = 0; i < 4096; ++i) data[i] = (float)i;
  ryft_host_array array = {.shape = RYFT_SHAPE(RYFT_F32, 4096),
                           .data = data,
                           .size = sizeof found,
                           .hold = hold,
                           .release = release,
                           .owner = &who};
  assert_ok(ryft_session_set_host(session, "x", array));
  assert_int_equal(atomic_load(&who.held), 1);
  assert_ok(ryft_session_run(session));
  assert_int_equal(atomic_load(&who.released), 0);
  assert_ok(ryft_session_get(session, "y", found, sizeof found));
  assert_float_equal(found[4095], 8190, 0);
  array.size = 17; /* refused after it was held */
  assert_code(ryft_session_set_host(session, "x", array), RYFT_INVALID_ARGUMENT, "17");
  array.size = sizeof found;
  array.release = NULL;
  assert_code(
      ryft_session_set_host(session, "x", array), RYFT_INVALID_ARGUMENT, "hold and release");
  assert_int_equal(atomic_load(&who.released), atomic_load(&who.held) - 1);
  ryft_session_destroy(session);
  expect_all_released(&who);
  ryft_loaded_executable_destroy(twice);
  ryft_host_free(memory);
}

static void exe_13_files_may_be_closed_at_once(void **state) {
  const fixture *self = *state;
  enum { HEADER = 128 };
  static unsigned char file[HEADER + 4096 * sizeof(float)];
  const char *text = "{'descr': '<f4', 'fortran_order': False, 'shape': (4096,), }";
  memset(file, ' ', HEADER);
  memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
  memcpy(file + 10, text, strlen(text));
  file[HEADER - 1] = '\n';
  const float three = 3;
  memcpy(file + sizeof file - sizeof three, &three, sizeof three);
  char *directory = temp_directory(), *path = temp_write(directory, "x.npy", file, sizeof file);

  ryft_loaded_executable *twice = compile(self, LARGE_TEXT, NULL);
  ryft_session *session = new_session(twice, NAMES("x"), NAMES("y"));
  ryft_npy *npy = NULL;
  float found[4096];
  assert_ok(ryft_npy_map(path, &npy));
  assert_ok(ryft_session_set_host(session, "x", ryft_npy_host_array(npy)));
  ryft_npy_destroy(npy);
  for (int i = 0; i < 3; ++i) {
    assert_ok(ryft_session_run(session));
    assert_ok(ryft_session_get(session, "y", found, sizeof found));
    assert_float_equal(found[4095], 6, 0);
  }
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(twice);
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 5000 && ryft_live_objects() > 1; ++i) nanosleep(&pause, NULL);
  free(path);
  temp_remove(directory);
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
              "device 1 is none of those");
  assert_null(session);
  ryft_loaded_executable_destroy(step);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_13_outputs_named_like_inputs_are_fed_back),
      BUFFER_TEST(exe_13_programs_without_donation_feed_back_too),
      BUFFER_TEST(exe_13_signature_unknown),
      BUFFER_TEST(exe_13_donation_reuses_memory),
      BUFFER_TEST(exe_13_inputs_not_fed_back_stay),
      BUFFER_TEST(exe_13_empty_slots_are_named),
      BUFFER_TEST(exe_13_names_and_counts_are_checked),
      BUFFER_TEST(exe_13_feedback_must_fit),
      BUFFER_TEST(exe_13_wrong_values_leave_the_slot_alone),
      BUFFER_TEST(exe_13_deleted_and_foreign_buffers),
      BUFFER_TEST(exe_13_slots_have_numbers),
      BUFFER_TEST(exe_13_what_the_caller_keeps_is_not_donated),
      BUFFER_TEST(exe_13_what_the_caller_gives_up_is_donated),
      BUFFER_TEST(exe_13_one_buffer_in_two_slots),
      BUFFER_TEST(exe_13_sessions_share_buffers),
      BUFFER_TEST(exe_13_setting_neither_waits_nor_disturbs),
      BUFFER_TEST(exe_13_host_memory_is_held_as_long_as_needed),
      BUFFER_TEST(exe_13_files_may_be_closed_at_once),
      BUFFER_TEST(exe_13_several_devices),
      BUFFER_TEST(exe_13_portable_programs_run_where_the_session_says),
      BUFFER_TEST(exe_13_devices_that_do_not_run_it),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
