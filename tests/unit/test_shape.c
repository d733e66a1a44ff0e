/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/shape.h"

#include <string.h>

#include "support/assert.h"

static void expect_count(ryft_shape shape, size_t count) {
  size_t found = 99;
  assert_ok(ryft_shape_element_count(shape, &found));
  assert_int_equal(found, count);
}

static void expect_refused(ryft_shape shape, const char *part) {
  size_t found = 99;
  assert_code(ryft_shape_host_size(shape, &found), RYFT_INVALID_ARGUMENT, part);
  assert_int_equal(found, 0);
}

static void counts(void **state) {
  (void)state;
  expect_count(RYFT_SCALAR(RYFT_F32), 1);
  expect_count(RYFT_SHAPE(RYFT_F32, 2, 3, 4), 24);
  expect_count(RYFT_SHAPE(RYFT_F32, 7, 0), 0);
  expect_count(RYFT_SHAPE(RYFT_TOKEN, 1), 1);
  expect_count(RYFT_SHAPE(RYFT_U8, INT64_MAX), INT64_MAX);
  /* Empty, so its size is no question. */
  expect_count(RYFT_SHAPE(RYFT_U8, INT64_MAX, INT64_MAX, 0), 0);
  expect_count(RYFT_SHAPE(RYFT_U8, 0, INT64_MAX, INT64_MAX), 0);
}

static void sizes(void **state) {
  (void)state;
  size_t size = 0;
  assert_ok(ryft_shape_host_size(RYFT_SHAPE(RYFT_C128, 2, 3), &size));
  assert_int_equal(size, 96);
  assert_ok(ryft_shape_host_size(RYFT_SHAPE(RYFT_S4, 2, 3), &size));
  assert_int_equal(size, 6);
  assert_ok(ryft_shape_host_size(RYFT_SCALAR(RYFT_BF16), &size));
  assert_int_equal(size, 2);
}

static void overflow_is_refused(void **state) {
  (void)state;
  expect_refused(RYFT_SHAPE(RYFT_U8, INT64_MAX, 2), "too many");
  expect_refused(RYFT_SHAPE(RYFT_U8, INT64_C(1) << 32, INT64_C(1) << 31), "too many");
  expect_refused(RYFT_SHAPE(RYFT_U16, INT64_MAX), "too many");
  expect_refused(RYFT_SHAPE(RYFT_F32, INT64_C(1) << 62), "too many");
  expect_refused(RYFT_SHAPE(RYFT_U8, 2, -1), "dimension 1 is -1");
  expect_refused(RYFT_SHAPE(RYFT_U8, 0, -1), "dimension 1 is -1");
  expect_refused(RYFT_SHAPE(RYFT_U8, INT64_MIN), "negative");
}

static void types_without_a_host_form_are_refused(void **state) {
  (void)state;
  expect_refused(RYFT_SCALAR(RYFT_TOKEN), "token (23)");
  expect_refused(RYFT_SCALAR(RYFT_INVALID_TYPE), "invalid (0)");
  expect_refused(RYFT_SCALAR((ryft_type)77), "unknown (77)");
}

static void missing_dimensions_are_refused(void **state) {
  (void)state;
  expect_refused((ryft_shape){RYFT_F32, 2, NULL}, "dims is NULL");
}

static void equality(void **state) {
  (void)state;
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 2, 3);
  assert_true(ryft_shape_equal(shape, RYFT_SHAPE(RYFT_F32, 2, 3)));
  assert_false(ryft_shape_equal(shape, RYFT_SHAPE(RYFT_F32, 3, 2)));
  assert_false(ryft_shape_equal(shape, RYFT_SHAPE(RYFT_F32, 2)));
  assert_false(ryft_shape_equal(shape, RYFT_SHAPE(RYFT_S32, 2, 3)));
  assert_true(ryft_shape_equal(RYFT_SCALAR(RYFT_F32), RYFT_SCALAR(RYFT_F32)));
}

static void expect_text(ryft_shape shape, const char *text) {
  char found[64];
  assert_int_equal(ryft_shape_format(shape, found, sizeof found), strlen(text));
  assert_string_equal(found, text);
}

static void texts(void **state) {
  (void)state;
  expect_text(RYFT_SHAPE(RYFT_S32, 2, 1), "s32[2,1]");
  expect_text(RYFT_SCALAR(RYFT_BF16), "bf16[]");
  expect_text(RYFT_SHAPE(RYFT_F8E4M3B11FNUZ, 0, INT64_MAX), "f8e4m3b11fnuz[0,9223372036854775807]");
  expect_text(RYFT_SHAPE((ryft_type)77, 2), "unknown(77)[2]");
  expect_text(RYFT_SCALAR(RYFT_TOKEN), "token[]");
}

/* As snprintf: the whole length, and never a byte past the room. */
static void texts_are_cut_to_fit(void **state) {
  (void)state;
  const ryft_shape shape = RYFT_SHAPE(RYFT_S32, 12, 345);
  const char *whole = "s32[12,345]";
  for (size_t size = 0; size <= 14; ++size) {
    char text[16];
    memset(text, '#', sizeof text);
    assert_int_equal(ryft_shape_format(shape, text, size), strlen(whole));
    assert_int_equal(text[size], '#');
    if (size == 0) continue;
    const size_t kept = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
    assert_memory_equal(text, whole, kept);
    assert_int_equal(text[kept], '\0');
  }
  assert_int_equal(ryft_shape_format(shape, NULL, 0), strlen(whole));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts),
      cmocka_unit_test(sizes),
      cmocka_unit_test(overflow_is_refused),
      cmocka_unit_test(types_without_a_host_form_are_refused),
      cmocka_unit_test(missing_dimensions_are_refused),
      cmocka_unit_test(equality),
      cmocka_unit_test(texts),
      cmocka_unit_test(texts_are_cut_to_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
