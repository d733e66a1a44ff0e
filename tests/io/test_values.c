/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/io/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "src/io/element.h"
#include "src/io/float_format.h"
#include "support/assert.h"

enum { COUNT = 300, ROOM = COUNT * 16 };

static void filled_with_iota(ryft_type type, void *out, size_t count) {
  const int64_t dims[] = {(int64_t)count};
  const ryft_shape shape = {type, 1, dims};
  assert_ok(ryft_values_iota(shape, out, count * ryft_type_host_size(type)));
}

static void iota_counts_and_wraps(void **state) {
  (void)state;
  unsigned char out[ROOM];
  filled_with_iota(RYFT_S8, out, COUNT);
  for (int i = 0; i < COUNT; ++i) assert_int_equal((int8_t)out[i], (int8_t)i);
  filled_with_iota(RYFT_U4, out, COUNT);
  for (int i = 0; i < COUNT; ++i) assert_int_equal(out[i], i % 16);
  filled_with_iota(RYFT_S2, out, 5);
  assert_memory_equal(out, "\x00\x01\xfe\xff\x00", 5);
  filled_with_iota(RYFT_PRED, out, 5);
  assert_memory_equal(out, "\x00\x01\x00\x01\x00", 5);
  int64_t wide[COUNT];
  filled_with_iota(RYFT_S64, wide, COUNT);
  for (int i = 0; i < COUNT; ++i) assert_int_equal(wide[i], i);
  float complex_parts[2 * COUNT];
  filled_with_iota(RYFT_C64, complex_parts, COUNT);
  for (int i = 0; i < COUNT; ++i) {
    assert_true(complex_parts[2 * i] == (float)i);
    assert_true(complex_parts[2 * i + 1] == 0);
  }
}

/* A narrow type holds what it can, then stays at its largest value or infinity. */
static void iota_of_narrow_floats(void **state) {
  (void)state;
  unsigned char out[COUNT];
  filled_with_iota(RYFT_F4E2M1FN, out, 10);
  assert_memory_equal(out, "\x00\x02\x04\x05\x06\x06\x07\x07\x07\x07", 10); /* 5 and 7 are ties */
  filled_with_iota(RYFT_F8E4M3, out, COUNT);
  assert_int_equal(out[240], 0x77);
  assert_int_equal(out[247], 0x77);
  assert_int_equal(out[248], 0x78); /* infinity */
  filled_with_iota(RYFT_F8E8M0FNU, out, 3);
  assert_memory_equal(out, "\x00\x7f\x80", 3);
}

static const ryft_type TYPES[] = {
    RYFT_PRED,       RYFT_S2,         RYFT_S4,        RYFT_S8,
    RYFT_S16,        RYFT_S32,        RYFT_S64,       RYFT_U2,
    RYFT_U4,         RYFT_U8,         RYFT_U16,       RYFT_U32,
    RYFT_U64,        RYFT_F16,        RYFT_BF16,      RYFT_F32,
    RYFT_F64,        RYFT_C64,        RYFT_C128,      RYFT_F8E5M2,
    RYFT_F8E4M3,     RYFT_F8E3M4,     RYFT_F8E4M3FN,  RYFT_F8E4M3B11FNUZ,
    RYFT_F8E4M3FNUZ, RYFT_F8E5M2FNUZ, RYFT_F8E8M0FNU, RYFT_F6E2M3FN,
    RYFT_F6E3M2FN,   RYFT_F4E2M1FN};

static void random_depends_on_the_seed_alone(void **state) {
  (void)state;
  for (size_t t = 0; t < RYFT__COUNT(TYPES); ++t) {
    unsigned char first[ROOM], second[ROOM], other[ROOM];
    const size_t step = ryft_type_host_size(TYPES[t]), size = COUNT * step;
    const ryft_shape shape = RYFT_SHAPE(TYPES[t], 3, COUNT / 3);
    assert_ok(ryft_values_random(shape, 5, first, size));
    assert_ok(ryft_values_random(shape, 5, second, size));
    assert_ok(ryft_values_random(shape, 6, other, size));
    assert_memory_equal(first, second, size);
    assert_memory_not_equal(first, other, size);
    const ryft__float_format *format = ryft__float_format_of(TYPES[t]);
    if (format == NULL) continue;
    const size_t part = (format->bits + 7U) / 8;
    double low = 1, high = 0;
    for (size_t i = 0; i < size; i += part) {
      const double value = ryft__float_decode(format, ryft__float_load(format, first + i));
      assert_true(value >= 0 && value < 1);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    assert_true(low < 0.05 && high >= 0.5);
  }
}

/* The first numbers of SplitMix64 from seed 0, as published with it. */
static void random_is_splitmix(void **state) {
  (void)state;
  uint64_t out[3] = {0};
  assert_ok(ryft_values_random(RYFT_SHAPE(RYFT_U64, 3), 0, out, sizeof out));
  assert_true(out[0] == UINT64_C(0xe220a8397b1dcdaf));
  assert_true(out[1] == UINT64_C(0x6e789e6aa1b965f4));
  assert_true(out[2] == UINT64_C(0x06c45d188009454f));
}

static void random_integers_keep_to_their_range(void **state) {
  (void)state;
  unsigned char out[COUNT];
  unsigned seen = 0;
  assert_ok(ryft_values_random(RYFT_SHAPE(RYFT_S2, COUNT), 1, out, sizeof out));
  for (int i = 0; i < COUNT; ++i) {
    const int value = (int8_t)out[i];
    assert_in_range(value + 2, 0, 3);
    seen |= 1U << (value + 2);
  }
  assert_int_equal(seen, 15);
}

static void sizes_must_fit(void **state) {
  (void)state;
  char out[16];
  assert_code(ryft_values_iota(RYFT_SHAPE(RYFT_F32, 4), out, 15),
              RYFT_INVALID_ARGUMENT,
              "f32[4] takes 16 bytes, 15");
  assert_code(ryft_values_random(RYFT_SHAPE(RYFT_F32, 4), 0, out, 17), RYFT_INVALID_ARGUMENT, "17");
  assert_code(ryft_values_iota(RYFT_SHAPE(RYFT_TOKEN, 4), out, 4), RYFT_INVALID_ARGUMENT, "token");
  assert_ok(ryft_values_iota(RYFT_SHAPE(RYFT_F32, 0), NULL, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iota_counts_and_wraps),
      cmocka_unit_test(iota_of_narrow_floats),
      cmocka_unit_test(random_depends_on_the_seed_alone),
      cmocka_unit_test(random_is_splitmix),
      cmocka_unit_test(random_integers_keep_to_their_range),
      cmocka_unit_test(sizes_must_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
