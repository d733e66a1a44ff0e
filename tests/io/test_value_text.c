/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <fenv.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ryft/io/value_text.h"
#include "support/assert.h"

static uint64_t parsed(ryft_type type, const char *text) {
  uint64_t out = 0;
  assert_ok(ryft_value_parse(type, text, strlen(text), &out));
  return out;
}

static void refused(ryft_type type, const char *text, ryft_code code) {
  uint64_t out[2] = {0};
  ryft_error *error = ryft_value_parse(type, text, strlen(text), out);
  if (ryft_error_code(error) != code)
    fail_msg("%s \"%s\": %s", ryft_type_name(type), text, ryft_error_message(error));
  ryft_error_destroy(error);
}

static void formatted(ryft_type type, uint64_t bits, const char *expected) {
  char text[RYFT_VALUE_TEXT_SIZE];
  const size_t length = ryft_value_format(type, &bits, text);
  assert_string_equal(text, expected);
  assert_int_equal(length, strlen(expected));
}

static void integers_fill_their_range_exactly(void **state) {
  (void)state;
  static const struct {
    ryft_type type;
    const char *low, *below, *high, *above;
  } RANGES[] = {
      {RYFT_S2, "-2", "-3", "1", "2"},
      {RYFT_S4, "-8", "-9", "7", "8"},
      {RYFT_S8, "-128", "-129", "127", "128"},
      {RYFT_S16, "-32768", "-32769", "32767", "32768"},
      {RYFT_S32, "-2147483648", "-2147483649", "2147483647", "2147483648"},
      {RYFT_S64,
       "-9223372036854775808",
       "-9223372036854775809",
       "9223372036854775807",
       "9223372036854775808"},
      {RYFT_U2, "0", "-1", "3", "4"},
      {RYFT_U4, "0", "-1", "15", "16"},
      {RYFT_U8, "0", "-1", "255", "256"},
      {RYFT_U16, "0", "-1", "65535", "65536"},
      {RYFT_U32, "0", "-1", "4294967295", "4294967296"},
      {RYFT_U64, "0", "-1", "18446744073709551615", "18446744073709551616"},
  };
  for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; ++i) {
    formatted(RANGES[i].type, parsed(RANGES[i].type, RANGES[i].low), RANGES[i].low);
    formatted(RANGES[i].type, parsed(RANGES[i].type, RANGES[i].high), RANGES[i].high);
    refused(RANGES[i].type, RANGES[i].below, RYFT_OUT_OF_RANGE);
    refused(RANGES[i].type, RANGES[i].above, RYFT_OUT_OF_RANGE);
    refused(RANGES[i].type, "99999999999999999999999999999999999999", RYFT_OUT_OF_RANGE);
  }
}

static void integers_in_all_spellings(void **state) {
  (void)state;
  assert_int_equal(parsed(RYFT_U64, "0xFFFFFFFFFFFFFFFF"), UINT64_MAX);
  assert_int_equal(parsed(RYFT_S8, "-0x80"), 0x80);
  assert_int_equal(parsed(RYFT_S32, "+007"), 7);
  assert_int_equal(parsed(RYFT_U8, "-0"), 0);
  assert_int_equal(parsed(RYFT_S4, "-1"), 0xff);
  static const char *const BAD[] = {"",
                                    "-",
                                    "+",
                                    "0x",
                                    "1.0",
                                    "1e3",
                                    " 1",
                                    "1 ",
                                    "--1",
                                    "1_000",
                                    "0xg",
                                    "abc",
                                    "nan",
                                    "1,",
                                    "\xd9\xa1"};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; ++i)
    refused(RYFT_S32, BAD[i], RYFT_INVALID_ARGUMENT);
  refused(RYFT_U64, "0x10000000000000000", RYFT_OUT_OF_RANGE);
}

static void preds_are_words_or_bits(void **state) {
  (void)state;
  assert_int_equal(parsed(RYFT_PRED, "1"), 1);
  assert_int_equal(parsed(RYFT_PRED, "true"), 1);
  assert_int_equal(parsed(RYFT_PRED, "0"), 0);
  assert_int_equal(parsed(RYFT_PRED, "False"), 0);
  static const char *const BAD[] = {"", "2", "yes", "tru", "truee", "00"};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; ++i)
    refused(RYFT_PRED, BAD[i], RYFT_INVALID_ARGUMENT);
  formatted(RYFT_PRED, 1, "true");
  formatted(RYFT_PRED, 0, "false");
}

static void texts_that_are_no_number(void **state) {
  (void)state;
  static const char *const BAD[] = {"",      ".",         "-",      "+.",     "e5",  "1e",  "1e+",
                                    "0x",    "0x.",       "0xp1",   "1.2.3",  "1 ",  " 1",  "1f",
                                    "in",    "infi",      "nan(1)", "nan0",   "1,5", "--1", "0x1p",
                                    "1e5.0", "infinity1", "1_0",    "0x1e5p", "1p3"};
  static const ryft_type TYPES[] = {
      RYFT_F32, RYFT_F64, RYFT_BF16, RYFT_F8E4M3FN, RYFT_F4E2M1FN, RYFT_C64};
  for (size_t t = 0; t < sizeof TYPES / sizeof *TYPES; ++t) {
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; ++i)
      refused(TYPES[t], BAD[i], RYFT_INVALID_ARGUMENT);
  }
}

/* "1.0625" lies in the middle of 1 and 1.125, and a text just beyond it that a double no longer
 * tells apart must go up: rounding to a double first would lose it. */
static void narrow_types_round_once(void **state) {
  (void)state;
  assert_int_equal(parsed(RYFT_F8E4M3FN, "1.0625"), 0x38);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "1.06250000000000000000000000000000001"), 0x39);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "10625.0000000000000000000000000000001e-4"), 0x39);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "0.000106250000000000000000000000000000001e4"), 0x39);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "1.1875"),
                   0x3a); /* the middle of 1.125 and 1.25: even is up */
  assert_int_equal(parsed(RYFT_F8E4M3FN, "1.18749999999999999999999999999999999"), 0x39);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "0x1.1"), 0x38);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "0x1.10000000000000000000000000000001p0"), 0x39);
  assert_int_equal(parsed(RYFT_F16, "1.00048828125"), 0x3c00);
  assert_int_equal(parsed(RYFT_F16, "1.000488281250000000000000000000001"), 0x3c01);
  assert_int_equal(parsed(RYFT_BF16, "1.00390625"), 0x3f80);
  assert_int_equal(parsed(RYFT_BF16, "1.00390625000000000000000000000000000000001"), 0x3f81);
  /* Half the smallest of all, and a little more; negative, and with more digits than any buffer. */
  assert_int_equal(parsed(RYFT_F4E2M1FN, "0.25"), 0);
  assert_int_equal(parsed(RYFT_F4E2M1FN, "0.2500000000000000000000000000001"), 1);
  assert_int_equal(parsed(RYFT_F4E2M1FN, "-0.2500000000000000000000000000001"), 9);
  char text[2048];
  (void)snprintf(text, sizeof text, "1.0625%01000d1", 0);
  assert_int_equal(parsed(RYFT_F8E4M3FN, text), 0x39);
  (void)snprintf(text, sizeof text, "1.0625%01000d", 0);
  assert_int_equal(parsed(RYFT_F8E4M3FN, text), 0x38);
}

/* For every bf16 code: the middle between it and the next, exactly, and a digit beyond, in decimal.
 */
static void every_bf16_middle_goes_the_right_way(void **state) {
  (void)state;
  for (uint32_t code = 0; code < 0x7f7f; ++code) {
    const uint32_t bits = code << 16 | 0x8000;
    float middle = 0;
    memcpy(&middle, &bits, sizeof middle);
    char text[256];
    const int length = snprintf(text, sizeof text, "%.150e", (double)middle);
    assert_int_equal(parsed(RYFT_BF16, text), code + (code & 1));
    text[strcspn(text, "e") - 1] = '1'; /* its digits ended long before */
    assert_int_equal(parsed(RYFT_BF16, text), code + 1);
    assert_true(length > 0);
  }
}

static void what_is_too_large_is_refused(void **state) {
  (void)state;
  static const struct {
    ryft_type type;
    const char *fits; /* rounds down to the largest */
    const char *beyond;
  } EDGES[] = {
      {RYFT_F64, "1.797693134862315807e308", "1.797693134862315808e308"},
      {RYFT_F32, "3.40282356e38", "3.40282357e38"},
      {RYFT_F16, "65519.9999999999999999999", "65520"},
      {RYFT_BF16, "3.395e38", "3.3961775292304601e38"},
      {RYFT_F8E5M2, "61439.9999999999999999999", "61440"},
      {RYFT_F8E4M3, "247.9999999999999999999", "248"},
      {RYFT_F8E3M4, "15.74999999999999999999", "15.75"},
      {RYFT_F8E4M3FN, "464", "464.000000000000000000001"}, /* 448 is even */
      {RYFT_F8E4M3B11FNUZ, "30.9999999999999999999", "31"},
      {RYFT_F8E4M3FNUZ, "247.9999999999999999999", "248"},
      {RYFT_F8E5M2FNUZ, "61439.9999999999999999999", "61440"},
      {RYFT_F8E8M0FNU, "2.5e38", "2.6e38"},
      {RYFT_F6E2M3FN, "7.74999999999999999999", "7.75"},
      {RYFT_F6E3M2FN, "29.9999999999999999999", "30"},
      {RYFT_F4E2M1FN, "6.9999999999999999999", "7"},
  };
  for (size_t i = 0; i < sizeof EDGES / sizeof *EDGES; ++i) {
    (void)parsed(EDGES[i].type, EDGES[i].fits);
    refused(EDGES[i].type, EDGES[i].beyond, RYFT_OUT_OF_RANGE);
    refused(EDGES[i].type, "1e400", RYFT_OUT_OF_RANGE);
    refused(EDGES[i].type, "1e99999999999999999999", RYFT_OUT_OF_RANGE);
    refused(EDGES[i].type, "0x1p99999999999999999999", RYFT_OUT_OF_RANGE);
    if (EDGES[i].type == RYFT_F8E8M0FNU) continue;
    assert_int_equal(parsed(EDGES[i].type, "1e-99999999999999999999"), 0);
    assert_int_equal(parsed(EDGES[i].type, "0x1p-99999999999999999999"), 0);
  }
  refused(RYFT_F8E8M0FNU, "0", RYFT_OUT_OF_RANGE);
  refused(RYFT_F8E8M0FNU, "-1", RYFT_OUT_OF_RANGE);
  refused(RYFT_F8E8M0FNU, "1e-50", RYFT_OUT_OF_RANGE);
}

static void infinity_and_nan_where_there_are_any(void **state) {
  (void)state;
  assert_int_equal(parsed(RYFT_F32, "-Infinity"), 0xff800000);
  assert_int_equal(parsed(RYFT_F16, "inf"), 0x7c00);
  assert_int_equal(parsed(RYFT_F8E5M2, "-inf"), 0xfc);
  assert_int_equal(parsed(RYFT_BF16, "NaN"), 0x7fc0);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "-nan"), 0xff);
  assert_int_equal(parsed(RYFT_F8E4M3FNUZ, "nan"), 0x80);
  assert_int_equal(parsed(RYFT_F8E4M3FNUZ, "-0"), 0);
  assert_int_equal(parsed(RYFT_F8E4M3FN, "-0"), 0x80);
  assert_int_equal(parsed(RYFT_F8E8M0FNU, "nan"), 0xff);
  static const ryft_type NO_INFINITY[] = {RYFT_F8E4M3FN,
                                          RYFT_F8E4M3B11FNUZ,
                                          RYFT_F8E4M3FNUZ,
                                          RYFT_F8E5M2FNUZ,
                                          RYFT_F8E8M0FNU,
                                          RYFT_F6E2M3FN,
                                          RYFT_F6E3M2FN,
                                          RYFT_F4E2M1FN};
  for (size_t i = 0; i < sizeof NO_INFINITY / sizeof *NO_INFINITY; ++i) {
    refused(NO_INFINITY[i], "inf", RYFT_INVALID_ARGUMENT);
    refused(NO_INFINITY[i], "-inf", RYFT_INVALID_ARGUMENT);
  }
  refused(RYFT_F4E2M1FN, "nan", RYFT_INVALID_ARGUMENT);
  refused(RYFT_F6E2M3FN, "nan", RYFT_INVALID_ARGUMENT);
}

static void floats_print_as_the_shortest_text(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } DOUBLES[] = {
      {0.1, "0.1"},
      {1.0 / 3, "0.3333333333333333"},
      {5e-324, "5e-324"},
      {1e22, "1e22"},
      {1e16, "10000000000000000"},
      {1.7976931348623157e308, "1.7976931348623157e308"},
      {0.1 + 0.2, "0.30000000000000004"},
      {-0.0, "-0"},
      {123456, "123456"},
      {1e-5, "0.00001"},
      {1e-7, "1e-7"},
      {0x1p-1074 * 3, "1.5e-323"},
      {9007199254740992, "9007199254740992"},
      {2.2250738585072014e-308, "2.2250738585072014e-308"},
      {1.5e300, "1.5e300"},
      {0x1p-44, "5.684341886080802e-14"},
  };
  for (size_t i = 0; i < sizeof DOUBLES / sizeof *DOUBLES; ++i) {
    uint64_t bits = 0;
    memcpy(&bits, &DOUBLES[i].value, sizeof bits);
    formatted(RYFT_F64, bits, DOUBLES[i].text);
  }
  formatted(RYFT_F32, 0x3dcccccd, "0.1");
  formatted(RYFT_F32, 0x7f7fffff, "3.4028235e38");
  formatted(RYFT_F32, 0x00000001, "1e-45");
  formatted(RYFT_F32, 0xff800000, "-inf");
  formatted(RYFT_BF16, 0x3dcd, "0.1");
  formatted(RYFT_F16, 0x2e66, "0.1");
  formatted(RYFT_F8E4M3FN, 0x7e, "450"); /* 448, for which two digits are enough: 450 reads as it */
  formatted(RYFT_F8E4M3FN, 0x7f, "nan");
  formatted(RYFT_F8E4M3FNUZ, 0x80, "nan");
  formatted(RYFT_F4E2M1FN, 0xf7, "6"); /* bits that are not the format's own do not count */
}

static void random_doubles_and_floats_survive(void **state) {
  (void)state;
  uint64_t random = 1;
  for (int i = 0; i < 20000; ++i) {
    random = random * UINT64_C(6364136223846793005) + 1442695040888963407U;
    char text[RYFT_VALUE_TEXT_SIZE];
    double value = 0;
    uint64_t bits = random ^ random >> 29;
    memcpy(&value, &bits, sizeof value);
    if (isnan(value)) continue;
    const size_t length = ryft_value_format(RYFT_F64, &bits, text);
    assert_true(length <= 25);
    assert_true(strtod(text, NULL) == value);
    assert_int_equal(parsed(RYFT_F64, text), bits);
    const uint64_t half = bits & 0xffffffff;
    float single = 0;
    memcpy(&single, &half, sizeof single);
    if (isnan(single)) continue;
    (void)ryft_value_format(RYFT_F32, &half, text);
    assert_true(strtof(text, NULL) == single);
    assert_int_equal(parsed(RYFT_F32, text), half);
  }
}

static void complex_numbers_have_two_parts(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double real, imaginary;
    const char *printed;
  } CASES[] = {
      {"1+2j", 1, 2, "1+2j"},
      {"1-2j", 1, -2, "1-2j"},
      {"2j", 0, 2, "0+2j"},
      {"-3", -3, 0, "-3+0j"},
      {"1e+5-1e-5j", 1e5, -1e-5, "100000-0.00001j"},
      {"-infj", 0, -INFINITY, "0-infj"},
      {"0x1p3+0x.8p0j", 8, 0.5, "8+0.5j"},
      {"-1.5J", 0, -1.5, "0-1.5j"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; ++i) {
    double out[2] = {9, 9};
    float narrow[2] = {9, 9};
    char text[RYFT_VALUE_TEXT_SIZE];
    assert_ok(ryft_value_parse(RYFT_C128, CASES[i].text, strlen(CASES[i].text), out));
    assert_true(out[0] == CASES[i].real && out[1] == CASES[i].imaginary);
    (void)ryft_value_format(RYFT_C128, out, text);
    assert_string_equal(text, CASES[i].printed);
    assert_ok(ryft_value_parse(RYFT_C64, CASES[i].text, strlen(CASES[i].text), narrow));
    assert_true(narrow[0] == (float)CASES[i].real && narrow[1] == (float)CASES[i].imaginary);
  }
  double out[2] = {9, 9};
  assert_ok(ryft_value_parse(RYFT_C128, "nan+infj", 8, out));
  assert_true(isnan(out[0]) && isinf(out[1]));
  static const char *const BAD[] = {
      "j", "+j", "1+j", "1+2", "1j+2", "1+2jj", "1+2j+3j", "(1+2j)", "1 +2j", "1++2j"};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; ++i)
    refused(RYFT_C64, BAD[i], RYFT_INVALID_ARGUMENT);
  refused(RYFT_C64, "1+1e39j", RYFT_OUT_OF_RANGE);
}

/* Some locales write 1,5. Where none is installed there is nothing to test. */
static void the_locale_does_not_matter(void **state) {
  (void)state;
  static const char *const LOCALES[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "ps_AF", "fa_IR"};
  bool found = false;
  for (size_t i = 0; i < sizeof LOCALES / sizeof *LOCALES && !found; ++i) {
    found = setlocale(LC_ALL, LOCALES[i]) != NULL;
  }
  if (!found) skip();
  const char *before = setlocale(LC_ALL, NULL);
  char kept[256];
  (void)snprintf(kept, sizeof kept, "%s", before);
  formatted(RYFT_F32, parsed(RYFT_F32, "1.5"), "1.5");
  formatted(RYFT_F8E4M3FN, parsed(RYFT_F8E4M3FN, "1.0625000000000000000000000000000001"), "1.1");
  refused(RYFT_F32, "1,5", RYFT_INVALID_ARGUMENT);
  assert_string_equal(setlocale(LC_ALL, NULL), kept);
  (void)setlocale(LC_ALL, "C");
}

static void types_without_values(void **state) {
  (void)state;
  refused(RYFT_TOKEN, "1", RYFT_INVALID_ARGUMENT);
  refused((ryft_type)999, "1", RYFT_INVALID_ARGUMENT);
  formatted(RYFT_TOKEN, 0, "?");
}

static void texts_end_where_they_are_said_to(void **state) {
  (void)state;
  uint64_t out = 0;
  assert_ok(ryft_value_parse(RYFT_S32, "123456", 3, &out));
  assert_int_equal(out, 123);
  assert_ok(ryft_value_parse(RYFT_F32, "1.5e30", 3, &out));
  assert_int_equal(out, 0x3fc00000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(integers_fill_their_range_exactly),
      cmocka_unit_test(integers_in_all_spellings),
      cmocka_unit_test(preds_are_words_or_bits),
      cmocka_unit_test(texts_that_are_no_number),
      cmocka_unit_test(narrow_types_round_once),
      cmocka_unit_test(every_bf16_middle_goes_the_right_way),
      cmocka_unit_test(what_is_too_large_is_refused),
      cmocka_unit_test(infinity_and_nan_where_there_are_any),
      cmocka_unit_test(floats_print_as_the_shortest_text),
      cmocka_unit_test(random_doubles_and_floats_survive),
      cmocka_unit_test(complex_numbers_have_two_parts),
      cmocka_unit_test(the_locale_does_not_matter),
      cmocka_unit_test(types_without_values),
      cmocka_unit_test(texts_end_where_they_are_said_to),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
