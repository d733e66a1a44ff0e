/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How far two arrays lie apart. */
#include <math.h>

#include "ryft/io/comparison.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/io/element.h"
#include "src/io/float_format.h"

/* Two elements, compared. */
typedef struct gap {
  bool equal;      /* bit for bit, or both NaN */
  bool close;      /* within the tolerance */
  double distance; /* of finite elements, else 0 */
} gap;

/* Without either bound not even a distance of zero is close: -0 and +0 differ when all bits must be
 * equal. */
static bool within(double distance, double expected, const ryft_tolerance *tolerance) {
  if (tolerance->absolute == 0 && tolerance->relative == 0) return false;
  return distance <= tolerance->absolute + tolerance->relative * fabs(expected);
}

static gap float_gap(const ryft__float_format *format,
                     const void *actual,
                     const void *expected,
                     const ryft_tolerance *tolerance) {
  const uint64_t left = ryft__float_load(format, actual),
                 right = ryft__float_load(format, expected);
  const bool left_nan = ryft__float_is_nan(format, left),
             right_nan = ryft__float_is_nan(format, right);
  gap result = {.equal = left == right || (left_nan && right_nan)};
  if (left_nan || right_nan) return result;
  const double a = ryft__float_decode(format, left), b = ryft__float_decode(format, right);
  if (isinf(a) || isinf(b)) return result;
  result.distance = fabs(a - b);
  /* Codes have their sign apart, so two of them differ by less than 2^64. */
  const int64_t x = ryft__float_order(format, left), y = ryft__float_order(format, right);
  const uint64_t apart = x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x;
  result.close =
      (tolerance->ulp != 0 && apart <= tolerance->ulp) || within(result.distance, b, tolerance);
  return result;
}

static gap integer_gap(ryft_type type,
                       const void *actual,
                       const void *expected,
                       const ryft_tolerance *tolerance) {
  const uint64_t a = ryft__integer_load(type, actual), b = ryft__integer_load(type, expected);
  const bool is_signed = ryft__type_is_signed(type);
  const bool larger = is_signed ? (int64_t)a > (int64_t)b : a > b;
  gap result = {.equal = a == b, .distance = (double)(larger ? a - b : b - a)};
  result.close = within(result.distance, is_signed ? (double)(int64_t)b : (double)b, tolerance);
  return result;
}

static gap element_gap(ryft_type type,
                       const ryft__float_format *format,
                       const unsigned char *actual,
                       const unsigned char *expected,
                       const ryft_tolerance *tolerance) {
  if (type == RYFT_PRED) {
    const bool equal = (*actual != 0) == (*expected != 0);
    return (gap){.equal = equal, .distance = !equal};
  }
  if (format == NULL) return integer_gap(type, actual, expected, tolerance);
  gap result = float_gap(format, actual, expected, tolerance);
  if (ryft__type_is_complex(type)) {
    const size_t part = format->bits / 8;
    const gap other = float_gap(format, actual + part, expected + part, tolerance);
    result.close = (result.close || result.equal) && (other.close || other.equal);
    result.equal = result.equal && other.equal;
    if (other.distance > result.distance) result.distance = other.distance;
  }
  return result;
}

static ryft_error *check_size(const char *side, size_t given, size_t needed, const char *where) {
  if (given == needed) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "the %s array has %zu bytes, its shape takes %zu",
                     side,
                     given,
                     needed);
}

static bool is_bound(double number) {
  return number >= 0; /* not of NaN */
}

ryft_error *ryft_values_compare(ryft_shape shape,
                                const void *actual,
                                size_t actual_size,
                                const void *expected,
                                size_t expected_size,
                                const ryft_tolerance *tolerance,
                                ryft_comparison *out) {
  ryft_tolerance allowed = RYFT_DEFAULTS(ryft_tolerance);
  RYFT__REQUIRE(out);
  if (actual_size != 0) RYFT__REQUIRE(actual);
  if (expected_size != 0) RYFT__REQUIRE(expected);
  if (tolerance != NULL) RYFT_TRY(RYFT__READ_OPTIONS(ryft_tolerance, tolerance, &allowed));
  if (!is_bound(allowed.absolute) || !is_bound(allowed.relative)) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT, __func__, NULL, "a tolerance is a number of 0 or more");
  }
  size_t size = 0, count = 0;
  RYFT_TRY(ryft__error_stamp(ryft_shape_host_size(shape, &size), __func__));
  RYFT_TRY(ryft__error_stamp(ryft_shape_element_count(shape, &count), __func__));
  RYFT_TRY(check_size("actual", actual_size, size, __func__));
  RYFT_TRY(check_size("expected", expected_size, size, __func__));

  const ryft__float_format *format = ryft__float_format_of(shape.type);
  const size_t step = ryft_type_host_size(shape.type);
  const unsigned char *left = actual, *right = expected;
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  for (size_t i = 0; i < count; ++i, left += step, right += step) {
    const gap between = element_gap(shape.type, format, left, right, &allowed);
    if (between.distance > found.max_absolute) found.max_absolute = between.distance;
    if (between.equal || between.close) continue;
    if (found.different++ == 0) found.first = i;
  }
  return RYFT__WRITE_RESULT(ryft_comparison, out, &found);
}
