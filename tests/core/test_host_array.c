/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Arrays in host memory, dense and strided. */
#include <string.h>

#include "ryft/ryft.h"
#include "support/assert.h"

static const int32_t NUMBERS[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

/* The numbers, three rows of four. */
static ryft_host_array rows(void) {
  static const int64_t dims[] = {3, 4};
  return (ryft_host_array){RYFT_SIZED(ryft_host_array),
                           .shape = {RYFT_S32, 2, dims},
                           .data = NUMBERS,
                           .size = sizeof NUMBERS};
}

static void expect(const ryft_host_array *array, const int32_t *wanted, size_t count) {
  int32_t out[12];
  memset(out, 0x5c, sizeof out);
  assert_ok(ryft_host_array_copy(array, out, count * sizeof *out));
  if (count != 0) assert_memory_equal(out, wanted, count * sizeof *out);
  for (size_t i = count; i < 12; ++i) assert_int_equal(out[i], 0x5c5c5c5c);
}

static void mem_01_dense(void **state) {
  const ryft_host_array array = rows();
  (void)state;
  expect(&array, NUMBERS, 12);
}

static void mem_01_strided(void **state) {
  static const int64_t columns[] = {4, 3}, by_columns[] = {4, 16}, few[] = {2, 2},
                       every_other[] = {16, 8}, backwards[] = {-16, -4}, same[] = {0, 4};
  ryft_host_array array = rows();
  (void)state;
  array.shape.dims = columns;
  array.byte_strides = by_columns;
  expect(&array, (const int32_t[]){1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12}, 12);
  array.shape.dims = few;
  array.byte_strides = every_other;
  expect(&array, (const int32_t[]){1, 3, 5, 7}, 4);
  array.byte_offset = 4;
  expect(&array, (const int32_t[]){2, 4, 6, 8}, 4);
  array.byte_strides = backwards;
  array.byte_offset = sizeof NUMBERS - 4;
  expect(&array, (const int32_t[]){12, 11, 8, 7}, 4);
  array.byte_strides = same;
  array.byte_offset = 0;
  expect(&array, (const int32_t[]){1, 2, 1, 2}, 4);
}

static void mem_01_scalars_and_nothing(void **state) {
  static const int64_t none[] = {3, 0}, strides[] = {1 << 20, 1 << 20};
  ryft_host_array array = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SCALAR(RYFT_S32), .data = NUMBERS, .size = 4};
  (void)state;
  expect(&array, NUMBERS, 1);
  array.byte_strides = strides; /* of no dimension */
  expect(&array, NUMBERS, 1);
  array.shape = (ryft_shape){RYFT_S32, 2, none};
  expect(&array, NULL, 0);
}

static void mem_01_what_does_not_fit(void **state) {
  static const int64_t beyond[] = {16, 5}, huge[] = {INT64_MAX, 4};
  ryft_host_array array = rows();
  int32_t out[12];
  (void)state;
  assert_code(ryft_host_array_copy(&array, out, 44),
              RYFT_INVALID_ARGUMENT,
              "s32[3,4] takes 48 bytes, and 44 are given");
  array.size = 47;
  assert_code(ryft_host_array_copy(&array, out, 48), RYFT_INVALID_ARGUMENT, "47 are given");
  array.size = 48;
  array.byte_offset = 4;
  assert_code(ryft_host_array_copy(&array, out, 48), RYFT_INVALID_ARGUMENT, "needs byte_strides");
  array.byte_offset = 0;
  array.byte_strides = beyond;
  assert_code(ryft_host_array_copy(&array, out, 48), RYFT_INVALID_ARGUMENT, "reach bytes 0 to 50");
  array.byte_strides = huge;
  assert_code(ryft_host_array_copy(&array, out, 48), RYFT_INVALID_ARGUMENT, "beyond all of memory");
  array = rows();
  array.shape.type = RYFT_TOKEN;
  assert_code(ryft_host_array_copy(&array, out, 48), RYFT_INVALID_ARGUMENT, NULL);
}

static void hold(void *owner) {
  (void)owner;
}

static void mem_01_half_an_owner(void **state) {
  ryft_host_array array = rows();
  int32_t out[12];
  (void)state;
  array.hold = hold;
  assert_code(
      ryft_host_array_copy(&array, out, sizeof out), RYFT_INVALID_ARGUMENT, "hold and release");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mem_01_dense),
      cmocka_unit_test(mem_01_strided),
      cmocka_unit_test(mem_01_scalars_and_nothing),
      cmocka_unit_test(mem_01_what_does_not_fit),
      cmocka_unit_test(mem_01_half_an_owner),
  };
  return cmocka_run_group_tests_name("host_array", tests, NULL, NULL);
}
