/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/extent.h"

#include <string.h>

#include "support/assert.h"

static ryft_error *check(ryft_shape shape,
                         int64_t first,
                         int64_t second,
                         size_t offset,
                         size_t size) {
  const int64_t strides[2] = {first, second};
  return ryft__extent_check(shape, strides, offset, size, "test");
}

static void arrays_that_fit(void **state) {
  (void)state;
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 2, 3);
  assert_ok(check(shape, 12, 4, 0, 24));
  assert_ok(check(shape, -12, -4, 20, 24));
  assert_ok(check(shape, -12, 4, 12, 24));
  assert_ok(check(shape, 0, 4, 0, 12));
  assert_ok(check(shape, 100, 4, 8, 120));
  /* A stride that is never walked may be anything. */
  assert_ok(check(RYFT_SHAPE(RYFT_F32, 1, 1), INT64_MAX, INT64_MIN, 0, 4));
}

static void arrays_that_do_not(void **state) {
  (void)state;
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 2, 3);
  assert_code(check(shape, 12, 4, 0, 23), RYFT_INVALID_ARGUMENT, "bytes 0 to 23, and 23 are");
  assert_code(check(shape, 12, 4, 1, 24), RYFT_INVALID_ARGUMENT, "bytes 1 to 24");
  assert_code(check(shape, -12, -4, 16, 24), RYFT_INVALID_ARGUMENT, "bytes -4 to 19");
  assert_code(check(shape, -12, -4, 21, 24), RYFT_INVALID_ARGUMENT, "bytes 1 to 24");
  assert_code(check(shape, 12, 4, 24, 24), RYFT_INVALID_ARGUMENT, "and 24 are given");
}

static void overflow_is_refused(void **state) {
  (void)state;
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 3, 3);
  assert_code(check(shape, INT64_MAX, 4, 0, 24), RYFT_INVALID_ARGUMENT, "beyond");
  assert_code(check(shape, INT64_MIN, 4, 0, 24), RYFT_INVALID_ARGUMENT, "beyond");
  assert_code(check(shape, INT64_MAX / 2, INT64_MAX / 2, 0, 24), RYFT_INVALID_ARGUMENT, "beyond");
  assert_code(check(shape, 4, 4, SIZE_MAX, 24), RYFT_INVALID_ARGUMENT, "beyond");
  assert_code(check(shape, 4, 4, INT64_MAX, 24), RYFT_INVALID_ARGUMENT, "beyond");
}

static void empty_arrays_reach_nothing(void **state) {
  (void)state;
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 3, 0);
  assert_ok(check(shape, INT64_MAX, INT64_MIN, SIZE_MAX, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arrays_that_fit),
      cmocka_unit_test(arrays_that_do_not),
      cmocka_unit_test(overflow_is_refused),
      cmocka_unit_test(empty_arrays_reach_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
