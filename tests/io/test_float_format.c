/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every code of every narrow format against facts written down by hand, and rounding against a
 * search through all codes for the nearest value. */
#include "src/io/float_format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ryft/io/value_text.h"
#include "support/assert.h"

/* What the format's definition says; NAN where there is no such code. */
typedef struct facts {
  ryft_type type;
  unsigned codes;
  double largest, smallest; /* positive, finite */
  uint64_t one;
  uint64_t largest_code;
  uint64_t nan_code; /* 0: none */
  uint64_t infinity_code;
  unsigned nan_count;
} facts;

static const facts FACTS[] = {
    {RYFT_F16, 65536, 65504, 0x1p-24, 0x3c00, 0x7bff, 0x7e00, 0x7c00, 2046},
    {RYFT_BF16, 65536, 0x1.fep127, 0x1p-133, 0x3f80, 0x7f7f, 0x7fc0, 0x7f80, 254},
    {RYFT_F8E5M2, 256, 57344, 0x1p-16, 0x3c, 0x7b, 0x7e, 0x7c, 6},
    {RYFT_F8E4M3, 256, 240, 0x1p-9, 0x38, 0x77, 0x7c, 0x78, 14},
    {RYFT_F8E3M4, 256, 15.5, 0x1p-6, 0x30, 0x6f, 0x78, 0x70, 30},
    {RYFT_F8E4M3FN, 256, 448, 0x1p-9, 0x38, 0x7e, 0x7f, 0, 2},
    {RYFT_F8E4M3B11FNUZ, 256, 30, 0x1p-13, 0x58, 0x7f, 0x80, 0, 1},
    {RYFT_F8E4M3FNUZ, 256, 240, 0x1p-10, 0x40, 0x7f, 0x80, 0, 1},
    {RYFT_F8E5M2FNUZ, 256, 57344, 0x1p-17, 0x40, 0x7f, 0x80, 0, 1},
    {RYFT_F8E8M0FNU, 256, 0x1p127, 0x1p-127, 0x7f, 0xfe, 0xff, 0, 1},
    {RYFT_F6E2M3FN, 64, 7.5, 0.125, 0x08, 0x1f, 0, 0, 0},
    {RYFT_F6E3M2FN, 64, 28, 0.0625, 0x0c, 0x1f, 0, 0, 0},
    {RYFT_F4E2M1FN, 16, 6, 0.5, 0x02, 0x07, 0, 0, 0},
};

static void every_format_has_its_facts(void **state) {
  (void)state;
  for (size_t i = 0; i < RYFT__COUNT(FACTS); ++i) {
    const facts *known = &FACTS[i];
    const ryft__float_format *format = ryft__float_format_of(known->type);
    double largest = 0, smallest = INFINITY;
    unsigned nans = 0;
    for (uint64_t code = 0; code < known->codes; ++code) {
      const double value = ryft__float_decode(format, code);
      assert_int_equal(isnan(value), ryft__float_is_nan(format, code));
      if (isnan(value)) ++nans;
      if (isfinite(value) && value > largest) largest = value;
      if (value > 0 && value < smallest) smallest = value;
    }
    assert_true(largest == known->largest);
    assert_true(smallest == known->smallest);
    assert_int_equal(nans, known->nan_count);
    assert_true(ryft__float_decode(format, known->one) == 1);
    assert_true(ryft__float_decode(format, known->largest_code) == largest);
    assert_int_equal(ryft__float_has_nan(format), known->nan_code != 0);
    assert_int_equal(ryft__float_has_infinity(format), known->infinity_code != 0);
    if (known->nan_code != 0) assert_int_equal(ryft__float_nan(format, false), known->nan_code);
    if (known->infinity_code != 0) {
      assert_int_equal(ryft__float_infinity(format, false), known->infinity_code);
      assert_true(isinf(ryft__float_decode(format, known->infinity_code)));
    }
  }
}

/* A whole table, written out: f4e2m1fn is all of 16 values. */
static void f4_is_these_values(void **state) {
  (void)state;
  static const double VALUES[] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
  const ryft__float_format *format = ryft__float_format_of(RYFT_F4E2M1FN);
  for (uint64_t code = 0; code < 8; ++code) {
    assert_true(ryft__float_decode(format, code) == VALUES[code]);
    assert_true(ryft__float_decode(format, code | 8) == -VALUES[code]);
  }
  assert_true(signbit(ryft__float_decode(format, 8)));
}

static void every_code_survives_text_and_back(void **state) {
  (void)state;
  for (size_t i = 0; i < RYFT__COUNT(FACTS); ++i) {
    const ryft__float_format *format = ryft__float_format_of(FACTS[i].type);
    for (uint64_t code = 0; code < FACTS[i].codes; ++code) {
      char text[RYFT_VALUE_TEXT_SIZE];
      uint64_t element = code, back = 0;
      const size_t length = ryft_value_format(FACTS[i].type, &element, text);
      assert_int_equal(length, strlen(text));
      assert_ok(ryft_value_parse(FACTS[i].type, text, length, &back));
      if (ryft__float_is_nan(format, code))
        assert_true(ryft__float_is_nan(format, back));
      else
        assert_int_equal(back, code);
    }
  }
}

/* The nearest of all finite codes with the sign of `value`; of two as near, the even one. */
static uint64_t nearest(const ryft__float_format *format, unsigned codes, double value) {
  uint64_t best = 0;
  double distance = INFINITY;
  for (uint64_t code = 0; code < codes; ++code) {
    const double candidate = ryft__float_decode(format, code);
    if (!isfinite(candidate) || signbit(candidate) != signbit(value)) continue;
    const double gap = fabs(candidate - value);
    if (gap < distance || (gap == distance && (code & 1) == 0)) {
      distance = gap;
      best = code;
    }
  }
  return best;
}

/* f8e8m0fnu has no even codes in this sense: its ties go up, the significand 1 being odd. */
static void rounding_finds_the_nearest(void **state) {
  (void)state;
  for (size_t i = 0; i < RYFT__COUNT(FACTS); ++i) {
    const facts *known = &FACTS[i];
    const ryft__float_format *format = ryft__float_format_of(known->type);
    if (known->codes > 256 || known->type == RYFT_F8E8M0FNU) continue;
    /* Between all neighbours: quarters of the way, the middle, and hairs to both sides of it. */
    for (uint64_t code = 0; code < known->largest_code; ++code) {
      const double low = ryft__float_decode(format, code),
                   high = ryft__float_decode(format, code + 1);
      const double middle = (low + high) / 2;
      const double tries[] = {low + (high - low) / 4,
                              middle,
                              nextafter(middle, 0),
                              nextafter(middle, INFINITY),
                              high - (high - low) / 4};
      for (size_t j = 0; j < RYFT__COUNT(tries); ++j) {
        uint64_t got = 0, negative = 0;
        assert_int_equal(ryft__float_from_double(format, tries[j], &got), RYFT__FLOAT_FITS);
        assert_int_equal(got, nearest(format, known->codes, tries[j]));
        assert_int_equal(ryft__float_from_double(format, -tries[j], &negative), RYFT__FLOAT_FITS);
        assert_true(ryft__float_decode(format, negative) == -ryft__float_decode(format, got));
      }
    }
  }
}

static void scales_round_up_from_the_middle(void **state) {
  (void)state;
  const ryft__float_format *format = ryft__float_format_of(RYFT_F8E8M0FNU);
  uint64_t code = 0;
  for (int i = -126; i < 127; ++i) {
    const double power = ldexp(1, i), middle = power * 1.5;
    assert_int_equal(ryft__float_from_double(format, middle, &code), RYFT__FLOAT_FITS);
    assert_int_equal(code, i + 128);
    assert_int_equal(ryft__float_from_double(format, nextafter(middle, 0), &code),
                     RYFT__FLOAT_FITS);
    assert_int_equal(code, i + 127);
  }
  assert_int_equal(ryft__float_from_double(format, 0, &code), RYFT__FLOAT_TOO_SMALL);
  assert_int_equal(ryft__float_from_double(format, -1, &code), RYFT__FLOAT_TOO_SMALL);
  assert_int_equal(ryft__float_from_double(format, 0x1p-129, &code), RYFT__FLOAT_TOO_SMALL);
  assert_int_equal(ryft__float_from_double(format, 0x1.8p127, &code), RYFT__FLOAT_TOO_LARGE);
}

/* The machine's own conversions are the oracle. */
static void f32_rounds_as_the_machine_does(void **state) {
  (void)state;
  const ryft__float_format *format = ryft__float_format_of(RYFT_F32);
  uint64_t random = 7;
  for (int i = 0; i < 200000; ++i) {
    random = random * UINT64_C(6364136223846793005) + 1442695040888963407U;
    double value = 0;
    memcpy(&value, &random, sizeof value);
    if (i % 2 == 0)
      value = ldexp((double)(int64_t)random, (int)(random % 280) - 230); /* around f32's range */
    if (!isfinite(value) || fabs(value) > 3.4e38) continue;
    const float single = (float)value;
    uint32_t bits = 0;
    uint64_t code = 0;
    memcpy(&bits, &single, sizeof bits);
    assert_int_equal(ryft__float_from_double(format, value, &code), RYFT__FLOAT_FITS);
    assert_int_equal(code, bits);
    assert_true(ryft__float_decode(format, code) == (double)single);
  }
}

static void order_counts_neighbours(void **state) {
  (void)state;
  const ryft__float_format *format = ryft__float_format_of(RYFT_F8E4M3FN);
  assert_int_equal(ryft__float_order(format, 0x80), 0);
  assert_int_equal(ryft__float_order(format, 0x81), -1);
  for (uint64_t code = 0; code < 0x7e; ++code) {
    assert_int_equal(ryft__float_order(format, code + 1) - ryft__float_order(format, code), 1);
    assert_true(ryft__float_decode(format, code + 1) > ryft__float_decode(format, code));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_has_its_facts),
      cmocka_unit_test(f4_is_these_values),
      cmocka_unit_test(every_code_survives_text_and_back),
      cmocka_unit_test(rounding_finds_the_nearest),
      cmocka_unit_test(scales_round_up_from_the_middle),
      cmocka_unit_test(f32_rounds_as_the_machine_does),
      cmocka_unit_test(order_counts_neighbours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
