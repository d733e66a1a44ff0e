/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Dynamic dimensions with a plugin that says what it likes about them. */
#include <string.h>

#include "support/fake_scene.h"

static ryft_buffer *run(const fake_scene *s,
                        const char *text,
                        const ryft_compile_options *options) {
  ryft_loaded_executable *executable = NULL;
  ryft_buffer *buffer = NULL;
  assert_ok(fake_scene_compile(s, text, options, &executable));
  assert_ok(ryft_execute(executable, NULL, 0, NULL, &buffer, 1, NULL));
  ryft_loaded_executable_destroy(executable);
  return buffer;
}

static void expect_ints(const ryft_buffer *buffer, const int32_t *wanted, size_t size) {
  void *found = NULL;
  size_t found_size = 0;
  assert_ok(ryft_buffer_read_alloc(buffer, &found, &found_size));
  assert_int_equal(found_size, size);
  if (size != 0) assert_memory_equal(found, wanted, size);
  ryft_host_free(found);
}

static void buf_15_the_present_size_is_read(void **state) {
  static const int32_t wanted[] = {0, 1, 4, 5, 8, 9}, columns[] = {0, 4, 8, 1, 5, 9};
  static const int64_t order[] = {0, 1};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = order};
  const fake_scene *s = *state;
  ryft_buffer *buffer = run(s, FAKE_PROGRAM("() -> (s32[3,4]) = iota size(0.1=2)"), NULL);
  ryft_shape shape;
  ryft_event *done = NULL;
  int32_t out[6];
  assert_ok(ryft_buffer_unpadded_shape(buffer, &shape));
  assert_true(ryft_shape_equal(shape, RYFT_SHAPE(RYFT_S32, 3, 2)));
  expect_ints(buffer, wanted, sizeof wanted);
  assert_ok(ryft_buffer_copy_to_host(buffer, &layout, out, sizeof out, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  assert_memory_equal(out, columns, sizeof out);
  assert_int_equal(s->fake.fake_call_count("PJRT_Buffer_OpaqueDeviceMemoryDataPointer"), 0);
  ryft_buffer_destroy(buffer);
}

static void buf_15_no_element_is_left(void **state) {
  ryft_buffer *buffer =
      run(*state, FAKE_PROGRAM("() -> (s32[3,4]) = iota size(0.1=0) size(0.0=2)"), NULL);
  size_t size = 1;
  ryft_event *done = NULL;
  assert_ok(ryft_buffer_host_size(buffer, &size));
  assert_int_equal(size, 0);
  expect_ints(buffer, NULL, 0);
  assert_ok(ryft_buffer_copy_to_host(buffer, NULL, NULL, 0, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  ryft_buffer_destroy(buffer);
}

/* Elements below a byte lie flipped on the fake's devices. */
static void buf_15_small_elements(void **state) {
  static const unsigned char wanted[] = {0, 1, 2, 5, 6, 7};
  ryft_buffer *buffer = run(*state, FAKE_PROGRAM("() -> (s4[2,5]) = iota size(0.1=3)"), NULL);
  unsigned char out[6] = {0};
  assert_ok(ryft_buffer_read(buffer, out, sizeof out));
  assert_memory_equal(out, wanted, sizeof out);
  ryft_buffer_destroy(buffer);
}

static void buf_15_a_copy_on_another_device(void **state) {
  static const int32_t wanted[] = {0, 1, 2};
  const fake_scene *s = *state;
  ryft_buffer *buffer = run(s, FAKE_PROGRAM("() -> (s32[5]) = iota size(0.0=3)"), NULL);
  ryft_buffer *copy = NULL;
  assert_ok(ryft_buffer_copy_to_device(buffer, ryft_client_devices(s->client).items[1], &copy));
  ryft_buffer_destroy(buffer);
  expect_ints(copy, wanted, sizeof wanted);
  ryft_buffer_destroy(copy);
}

/* ---- What the plugin says is not believed. */

static void expect_refused(ryft_buffer *buffer, ryft_code code, const char *part) {
  int32_t out[64];
  size_t size = 1;
  void *data = out;
  ryft_shape shape;
  ryft_event *done = NULL;
  assert_code(ryft_buffer_host_size(buffer, &size), code, part);
  assert_int_equal(size, 0);
  assert_code(ryft_buffer_read(buffer, out, sizeof out), code, part);
  assert_code(ryft_buffer_read_alloc(buffer, &data, &size), code, part);
  assert_null(data);
  assert_code(ryft_buffer_copy_to_host(buffer, NULL, out, sizeof out, &done), code, part);
  assert_null(done);
  assert_code(ryft_buffer_unpadded_shape(buffer, &shape), code, part);
  ryft_error *error = ryft_buffer_read(buffer, out, sizeof out);
  assert_false(ryft_error_is_from_plugin(error));
  ryft_error_destroy(error);
  ryft_buffer_destroy(buffer);
}

static void buf_15_sizes_out_of_bounds_are_refused(void **state) {
  static const char *const programs[][2] = {
      {FAKE_PROGRAM("() -> (s32[6]) = size(0.0=7)"),
       "dimension 0 of s32[<=6] the size 7, and its bound is 6"},
      {FAKE_PROGRAM("() -> (s32[6]) = size(0.0=-3)"), "the size -3, and its bound is 6"},
      {FAKE_PROGRAM("() -> (s32[6]) = size(0.0=100000)"), "the size 100000, and its bound is 6"},
      {FAKE_PROGRAM("() -> (s32[2,3,4]) = size(0.2=5) size(0.0=1)"),
       "dimension 2 of s32[<=2,3,<=4] the size 5, and its bound is 4"},
      {FAKE_PROGRAM("() -> (s4[6]) = size(0.0=9223372036854775807)"), "the size 92233720368547758"},
  };
  for (size_t i = 0; i < sizeof programs / sizeof programs[0]; ++i) {
    expect_refused(run(*state, programs[i][0], NULL), RYFT_OUT_OF_RANGE, programs[i][1]);
  }
}

static void buf_15_sizes_out_of_bounds_without_a_signature(void **state) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  ryft_buffer *buffer = run(*state, FAKE_PROGRAM("() -> (s32[6]) = size(0.0=7)"), &options);
  expect_refused(buffer, RYFT_OUT_OF_RANGE, "the size 7, and its bound is 6");
}

/* Sizes of a buffer that failed are never asked for: the fake ends the process then. */
static void buf_15_a_failed_one_has_no_size(void **state) {
  static const char text[] = FAKE_PROGRAM("() -> (s32[6]) = later(13) size(0.0=2)");
  const fake_scene *s = *state;
  ryft_buffer *buffer = run(s, text, NULL);
  size_t size = 1;
  assert_code(ryft_buffer_host_size(buffer, &size), RYFT_INTERNAL, "while running");
  assert_code(ryft_buffer_read(buffer, &size, sizeof size), RYFT_INTERNAL, "while running");
  assert_int_equal(s->fake.fake_call_count("PJRT_Buffer_UnpaddedDimensions"), 0);
  ryft_buffer_destroy(buffer);
}

static void buf_15_answers_that_fail_are_handed_on(void **state) {
  static const char *const slots[] = {
      "PJRT_Buffer_UnpaddedDimensions", "PJRT_Buffer_ToHostBuffer", "PJRT_Buffer_ReadyEvent"};
  const fake_scene *s = *state;
  for (size_t i = 0; i < sizeof slots / sizeof slots[0]; ++i) {
    ryft_buffer *buffer = run(s, FAKE_PROGRAM("() -> (s32[6]) = size(0.0=1)"), NULL);
    int32_t out = 7;
    s->fake.fake_fail_next(slots[i], 1, RYFT_UNAVAILABLE, NULL);
    assert_code(ryft_buffer_read(buffer, &out, sizeof out), RYFT_UNAVAILABLE, slots[i]);
    assert_int_equal(out, 7);
    ryft_buffer_destroy(buffer);
  }
}

/* The question for the amount answers nothing: 0 bytes. */
static void buf_15_another_amount_is_refused(void **state) {
  const fake_scene *s = *state;
  ryft_buffer *buffer = run(s, FAKE_PROGRAM("() -> (s32[6]) = size(0.0=1)"), NULL);
  int32_t out = 7;
  ryft_event *done = NULL;
  s->fake.fake_lie_next("PJRT_Buffer_ToHostBuffer", 1, FAKE_LIE_DONE);
  assert_code(ryft_buffer_read(buffer, &out, sizeof out), RYFT_INTERNAL, "writes 0 bytes");
  s->fake.fake_lie_next("PJRT_Buffer_ToHostBuffer", 1, FAKE_LIE_DONE);
  assert_code(ryft_buffer_copy_to_host(buffer, NULL, &out, sizeof out, &done),
              RYFT_INTERNAL,
              "present dimensions take 4");
  assert_null(done);
  assert_int_equal(out, 7);
  ryft_buffer_destroy(buffer);
}

/* Without dynamic dimensions nothing is asked about them, whoever made the buffer. */
static void buf_15_others_pay_nothing(void **state) {
  static const int32_t four[] = {1, 2, 3, 4}, iota[] = {0, 1, 2, 3};
  const fake_scene *s = *state;
  ryft_buffer *uploaded = fake_scene_upload(s, RYFT_S32, four);
  ryft_buffer *computed = run(s, FAKE_PROGRAM("() -> (s32[4]) = iota"), NULL);
  expect_ints(uploaded, four, sizeof four);
  expect_ints(computed, iota, sizeof iota);
  assert_int_equal(s->fake.fake_call_count("PJRT_Buffer_DynamicDimensionIndices"), 0);
  assert_int_equal(s->fake.fake_call_count("PJRT_Buffer_UnpaddedDimensions"), 0);
  ryft_buffer_destroy(uploaded);
  ryft_buffer_destroy(computed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(buf_15_the_present_size_is_read),
      FAKE_SCENE_TEST(buf_15_no_element_is_left),
      FAKE_SCENE_TEST(buf_15_small_elements),
      FAKE_SCENE_TEST(buf_15_a_copy_on_another_device),
      FAKE_SCENE_TEST(buf_15_sizes_out_of_bounds_are_refused),
      FAKE_SCENE_TEST(buf_15_sizes_out_of_bounds_without_a_signature),
      FAKE_SCENE_TEST(buf_15_a_failed_one_has_no_size),
      FAKE_SCENE_TEST(buf_15_answers_that_fail_are_handed_on),
      FAKE_SCENE_TEST(buf_15_another_amount_is_refused),
      FAKE_SCENE_TEST(buf_15_others_pay_nothing),
  };
  return cmocka_run_group_tests_name("dynamic_fake", tests, NULL, NULL);
}
