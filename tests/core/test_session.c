/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sessions on real plugins. */
#include "core/session_steps.h"
#include "ryft/io/npy.h"
#include "src/abi/gen/calls.h"
#include "src/core/buffer.h"

/* The same without donation. */
#define PLAIN_TEXT                                                                   \
  "module { func.func @main(%x: tensor<4xf32>, %dx: tensor<4xf32>)"                  \
  " -> (tensor<4xf32>, tensor<4xf32>) { %0 = stablehlo.add %x, %dx : tensor<4xf32> " \
  " %1 = stablehlo.multiply %0, %dx : tensor<4xf32> "                                \
  " return %0, %1 : tensor<4xf32>, tensor<4xf32> } }"

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
  const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_F32, 1024),
                                 .data = data,
                                 .size = sizeof data};
  assert_ok(ryft_session_set_host(session, "x", &array));
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
  ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                           .shape = RYFT_SHAPE(RYFT_F32, 4096),
                           .data = data,
                           .size = sizeof found,
                           .hold = hold,
                           .release = release,
                           .owner = &who};
  assert_ok(ryft_session_set_host(session, "x", &array));
  assert_int_equal(atomic_load(&who.held), 1);
  assert_ok(ryft_session_run(session));
  assert_int_equal(atomic_load(&who.released), 0);
  assert_ok(ryft_session_get(session, "y", found, sizeof found));
  assert_float_equal(found[4095], 8190, 0);
  array.size = 17; /* refused after it was held */
  assert_code(ryft_session_set_host(session, "x", &array), RYFT_INVALID_ARGUMENT, "17");
  array.size = sizeof found;
  array.release = NULL;
  assert_code(
      ryft_session_set_host(session, "x", &array), RYFT_INVALID_ARGUMENT, "hold and release");
  assert_int_equal(atomic_load(&who.released), atomic_load(&who.held) - 1);
  ryft_session_destroy(session);
  expect_all_released(&who);
  ryft_loaded_executable_destroy(twice);
  ryft_host_free(memory);
}

/* Every other element of a larger array, backwards, held and not held. */
static void exe_13_strided_host_memory(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *twice = compile(self, LARGE_TEXT, NULL);
  ryft_session *session = new_session(twice, NAMES("x"), NAMES("y"));
  static float data[2 * 4096], found[4096];
  const int64_t strides[] = {-2 * (int64_t)sizeof(float)};
  owner who = {0, 0};
  for (int i = 0; i < 2 * 4096; ++i) data[i] = (float)i;
  ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                           .shape = RYFT_SHAPE(RYFT_F32, 4096),
                           .data = data,
                           .size = sizeof data,
                           .byte_strides = strides,
                           .byte_offset = sizeof data - sizeof(float)};
  for (int held = 0; held < 2; ++held) {
    assert_ok(ryft_session_set_host(session, "x", &array));
    assert_ok(ryft_session_run(session));
    assert_ok(ryft_session_get(session, "y", found, sizeof found));
    for (int i = 0; i < 4096; ++i) assert_float_equal(found[i], 2 * data[2 * 4096 - 1 - 2 * i], 0);
    array.hold = hold;
    array.release = release;
    array.owner = &who;
  }
  array.byte_offset = 0;
  assert_code(ryft_session_set_host(session, "x", &array),
              RYFT_INVALID_ARGUMENT,
              "the byte strides reach bytes -32760 to 3");
  ryft_session_destroy(session);
  expect_all_released(&who);
  ryft_loaded_executable_destroy(twice);
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

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_13_outputs_named_like_inputs_are_fed_back),
      BUFFER_TEST(exe_13_programs_without_donation_feed_back_too),
      BUFFER_TEST(exe_13_signature_unknown),
      BUFFER_TEST(exe_13_donation_reuses_memory),
      BUFFER_TEST(exe_13_inputs_not_fed_back_stay),
      BUFFER_TEST(exe_13_empty_slots_are_named),
      BUFFER_TEST(exe_13_what_the_caller_keeps_is_not_donated),
      BUFFER_TEST(exe_13_what_the_caller_gives_up_is_donated),
      BUFFER_TEST(exe_13_one_buffer_in_two_slots),
      BUFFER_TEST(exe_13_sessions_share_buffers),
      BUFFER_TEST(exe_13_setting_neither_waits_nor_disturbs),
      BUFFER_TEST(exe_13_host_memory_is_held_as_long_as_needed),
      BUFFER_TEST(exe_13_strided_host_memory),
      BUFFER_TEST(exe_13_files_may_be_closed_at_once),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
