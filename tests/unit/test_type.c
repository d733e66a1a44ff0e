/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/type.h"

#include <stdlib.h>
#include <string.h>

#include "ryft/abi/pjrt.h"
#include "support/assert.h"

enum { LAST_TYPE = RYFT_F6E3M2FN };

static void buf_01_names_lead_back_to_types(void **state) {
  (void)state;
  for (int i = RYFT_INVALID_TYPE + 1; i <= LAST_TYPE; ++i) {
    const char *name = ryft_type_name((ryft_type)i);
    assert_string_not_equal(name, "unknown");
    assert_int_equal(ryft_type_from_name(name, strlen(name)), i);
  }
  assert_string_equal(ryft_type_name(RYFT_INVALID_TYPE), "invalid");
  assert_string_equal(ryft_type_name((ryft_type)(LAST_TYPE + 1)), "unknown");
  assert_string_equal(ryft_type_name((ryft_type)-1), "unknown");
}

static void buf_01_names_take_any_case(void **state) {
  (void)state;
  assert_int_equal(ryft_type_from_name("BF16", 4), RYFT_BF16);
  assert_int_equal(ryft_type_from_name("F8e4M3FN", 8), RYFT_F8E4M3FN);
  assert_int_equal(ryft_type_from_name("f32x", 3), RYFT_F32);
}

static void buf_01_other_names_are_no_type(void **state) {
  (void)state;
  assert_int_equal(ryft_type_from_name("f3", 2), RYFT_INVALID_TYPE);
  assert_int_equal(ryft_type_from_name("f320", 4), RYFT_INVALID_TYPE);
  assert_int_equal(ryft_type_from_name("f32\0", 4), RYFT_INVALID_TYPE);
  assert_int_equal(ryft_type_from_name("", 0), RYFT_INVALID_TYPE);
  assert_int_equal(ryft_type_from_name(NULL, 0), RYFT_INVALID_TYPE);
  assert_int_equal(ryft_type_from_name("invalid", 7), RYFT_INVALID_TYPE);
  assert_int_equal(ryft_type_from_name("unknown", 7), RYFT_INVALID_TYPE);
}

static void buf_01_sizes(void **state) {
  (void)state;
  assert_int_equal(ryft_type_bits(RYFT_PRED), 8);
  assert_int_equal(ryft_type_bits(RYFT_BF16), 16);
  assert_int_equal(ryft_type_bits(RYFT_C64), 64);
  assert_int_equal(ryft_type_bits(RYFT_C128), 128);
  assert_int_equal(ryft_type_bits(RYFT_S4), 4);
  assert_int_equal(ryft_type_bits(RYFT_U1), 1);
  assert_int_equal(ryft_type_host_size(RYFT_U1), 1);
  assert_int_equal(ryft_type_host_size(RYFT_F4E2M1FN), 1);
  assert_int_equal(ryft_type_host_size(RYFT_C128), 16);
  assert_int_equal(ryft_type_host_size(RYFT_TOKEN), 0);
  assert_int_equal(ryft_type_host_size(RYFT_INVALID_TYPE), 0);
  assert_int_equal(ryft_type_host_size((ryft_type)99), 0);
}

static void buf_02_f6_types(void **state) {
  (void)state;
  assert_int_equal(ryft_type_bits(RYFT_F6E2M3FN), 6);
  assert_int_equal(ryft_type_host_size(RYFT_F6E3M2FN), 1);
}

/* Bits stand in the names: f8e5m2 has 8, c64 64. */
static void buf_01_names_tell_the_bits(void **state) {
  (void)state;
  for (int i = RYFT_S8; i <= LAST_TYPE; ++i) {
    const char *digits = strpbrk(ryft_type_name((ryft_type)i), "0123456789");
    if (digits == NULL) continue;
    assert_int_equal(ryft_type_bits((ryft_type)i), strtoul(digits, NULL, 10));
  }
}

static void buf_01_numbers_are_pjrts(void **state) {
  (void)state;
  assert_int_equal(RYFT_PRED, PJRT_Buffer_Type_PRED);
  assert_int_equal(RYFT_F32, PJRT_Buffer_Type_F32);
  assert_int_equal(RYFT_C128, PJRT_Buffer_Type_C128);
  assert_int_equal(RYFT_F8E4M3FNUZ, PJRT_Buffer_Type_F8E4M3FNUZ);
  assert_int_equal(RYFT_TOKEN, PJRT_Buffer_Type_TOKEN);
  assert_int_equal(RYFT_F4E2M1FN, PJRT_Buffer_Type_F4E2M1FN);
  assert_int_equal(RYFT_F6E3M2FN, PJRT_Buffer_Type_F6E3M2FN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(buf_01_names_lead_back_to_types),
      cmocka_unit_test(buf_01_names_take_any_case),
      cmocka_unit_test(buf_01_other_names_are_no_type),
      cmocka_unit_test(buf_01_sizes),
      cmocka_unit_test(buf_02_f6_types),
      cmocka_unit_test(buf_01_names_tell_the_bits),
      cmocka_unit_test(buf_01_numbers_are_pjrts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
