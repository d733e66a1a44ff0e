/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <math.h>

#include "ryft/io/comparison.h"
#include "support/assert.h"

#define EXACT ((ryft_tolerance){RYFT_SIZED(ryft_tolerance)})
#define ULP(n) ((ryft_tolerance){RYFT_SIZED(ryft_tolerance), .ulp = (n)})
#define BOUND(a, r) ((ryft_tolerance){RYFT_SIZED(ryft_tolerance), .absolute = (a), .relative = (r)})

static ryft_comparison compared(ryft_type type,
                                const void *a,
                                const void *b,
                                size_t count,
                                ryft_tolerance how) {
  const int64_t dims[] = {(int64_t)count};
  const size_t size = count * ryft_type_host_size(type);
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  const ryft_shape shape = {type, 1, dims};
  assert_ok(ryft_values_compare(shape, a, size, b, size, &how, &found));
  return found;
}

static void exact_means_bits_and_nans_are_equal(void **state) {
  (void)state;
  const float a[] = {1, -0.0F, NAN, INFINITY, 1}, b[] = {1, 0.0F, -NAN, INFINITY, 2};
  const ryft_comparison found = compared(RYFT_F32, a, b, 5, EXACT);
  assert_int_equal(found.different, 2);
  assert_int_equal(found.first, 1);
  assert_true(found.max_absolute == 1);
  const float c[] = {NAN, 1}, d[] = {1, NAN};
  assert_int_equal(compared(RYFT_F32, c, d, 2, BOUND(1e30, 0)).different, 2);
}

static void ulps_count_representable_values(void **state) {
  (void)state;
  const float a[] = {1, 1, -0.0F, 0x1p-149F, -1},
              b[] = {1 + 0x1p-23F, 1 + 0x1p-22F, 0, -0x1p-149F, -1 - 0x1p-22F};
  assert_int_equal(compared(RYFT_F32, a, b, 5, ULP(1)).different, 3);
  assert_int_equal(compared(RYFT_F32, a, b, 5, ULP(1)).first, 1);
  assert_int_equal(compared(RYFT_F32, a, b, 5, ULP(2)).different, 0);
  const uint8_t x[] = {0x38, 0x7e}, y[] = {0x39, 0x7f}; /* f8e4m3fn: 1 and 1.125; 448 and nan */
  assert_int_equal(compared(RYFT_F8E4M3FN, x, y, 2, ULP(1)).first, 1);
  const double p[] = {INFINITY, 1.7976931348623157e308, -1e308},
               q[] = {1.7976931348623157e308, INFINITY, 1e308};
  assert_int_equal(compared(RYFT_F64, p, q, 3, ULP(1)).different, 3); /* infinity is no neighbour */
  assert_int_equal(compared(RYFT_F64, p, q, 3, ULP(UINT64_MAX)).different, 2);
}

static void bounds_are_absolute_plus_relative(void **state) {
  (void)state;
  const double a[] = {100, 0.001, 0}, b[] = {101, 0.002, 0};
  assert_int_equal(compared(RYFT_F64, a, b, 3, BOUND(0.0011, 0)).different, 1);
  assert_int_equal(compared(RYFT_F64, a, b, 3, BOUND(0, 0.01)).first, 1);
  assert_int_equal(compared(RYFT_F64, a, b, 3, BOUND(0.001, 0.01)).different, 0);
  /* The relative part refers to what is expected. */
  const double c[] = {10}, d[] = {11};
  assert_int_equal(compared(RYFT_F64, c, d, 1, BOUND(0, 0.0950)).different, 0);
  assert_int_equal(compared(RYFT_F64, d, c, 1, BOUND(0, 0.0950)).different, 1);
}

static void integers_compare_over_their_whole_range(void **state) {
  (void)state;
  const int64_t a[] = {INT64_MIN, 5}, b[] = {INT64_MAX, 7};
  const ryft_comparison found = compared(RYFT_S64, a, b, 2, BOUND(2, 0));
  assert_int_equal(found.different, 1);
  assert_int_equal(found.first, 0);
  assert_true(found.max_absolute == 0x1p64);
  const uint64_t c[] = {0}, d[] = {UINT64_MAX};
  assert_true(compared(RYFT_U64, c, d, 1, EXACT).max_absolute == 0x1p64);
  assert_int_equal(compared(RYFT_U64, c, d, 1, ULP(UINT64_MAX)).different,
                   1);                                  /* ulps are for floats */
  const uint8_t x[] = {0xff, 0x8f}, y[] = {0x0f, 0x0f}; /* s4: the upper bits do not count */
  assert_int_equal(compared(RYFT_S4, x, y, 2, EXACT).different, 0);
  const uint8_t p[] = {0, 1}, q[] = {1, 1};
  assert_int_equal(compared(RYFT_PRED, p, q, 2, BOUND(10, 0)).different, 1);
}

static void complex_numbers_differ_in_either_part(void **state) {
  (void)state;
  const double a[] = {1, 2, 3, 4}, b[] = {1, 2.5, 3, 4};
  const ryft_comparison found = compared(RYFT_C128, a, b, 2, EXACT);
  assert_int_equal(found.different, 1);
  assert_true(found.max_absolute == 0.5);
  assert_int_equal(compared(RYFT_C128, a, b, 2, BOUND(0.5, 0)).different, 0);
}

static void what_does_not_fit_is_refused(void **state) {
  (void)state;
  const float a[] = {1, 2};
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 2);
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  assert_code(
      ryft_values_compare(shape, a, 4, a, 8, NULL, &found), RYFT_INVALID_ARGUMENT, "actual");
  assert_code(
      ryft_values_compare(shape, a, 8, a, 4, NULL, &found), RYFT_INVALID_ARGUMENT, "expected");
  const ryft_tolerance negative = BOUND(-1, 0), nan = BOUND(0, (double)NAN);
  assert_code(ryft_values_compare(shape, a, 8, a, 8, &negative, &found),
              RYFT_INVALID_ARGUMENT,
              "tolerance");
  assert_code(
      ryft_values_compare(shape, a, 8, a, 8, &nan, &found), RYFT_INVALID_ARGUMENT, "tolerance");
  assert_ok(ryft_values_compare(shape, a, 8, a, 8, NULL, &found));
  assert_int_equal(found.different, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exact_means_bits_and_nans_are_equal),
      cmocka_unit_test(ulps_count_representable_values),
      cmocka_unit_test(bounds_are_absolute_plus_relative),
      cmocka_unit_test(integers_compare_over_their_whole_range),
      cmocka_unit_test(complex_numbers_differ_in_either_part),
      cmocka_unit_test(what_does_not_fit_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
