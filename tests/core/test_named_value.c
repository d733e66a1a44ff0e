/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "src/base/alloc.h"
#include "src/core/named_value.h"
#include "support/allocator.h"
#include "support/assert.h"

static const int64_t numbers[] = {1, -2, INT64_MAX};

static ryft_named_values plugin_values(PJRT_NamedValue raw[], size_t count) {
  ryft_named_values values;
  assert_ok(ryft__named_values_copy(raw, count, &values));
  assert_int_equal(values.count, count);
  return values;
}

static PJRT_NamedValue to_raw(ryft_named_value value) {
  PJRT_NamedValue raw;
  assert_ok(ryft__named_value_to_raw(&value, &raw, "test"));
  assert_int_equal(raw.struct_size, PJRT_NamedValue_STRUCT_SIZE);
  return raw;
}

/* Out to the plugin's form and back through a copy. */
static void val_01_every_type_goes_both_ways(void **state) {
  (void)state;
  char name[] = "text";
  char text[] = "hello";
  PJRT_NamedValue raw[] = {
      to_raw(ryft_named_string(name, text)),
      to_raw(ryft_named_int64("integer", INT64_MIN)),
      to_raw(ryft_named_int64_list("list", numbers, 3)),
      to_raw(ryft_named_float("float", 1.5F)),
      to_raw(ryft_named_bool("bool", true)),
      to_raw(ryft_named_int64_list("empty", NULL, 0)),
      to_raw(ryft_named_string("nothing", NULL)),
  };
  ryft_named_values values = plugin_values(raw, 7);
  memset(name, 'x', sizeof name - 1);
  memset(text, 'x', sizeof text - 1);

  const ryft_named_value *value = ryft_named_values_find(values, "text");
  assert_non_null(value);
  assert_string_equal(value->as.string, "hello");
  assert_int_equal(value->count, 5);
  assert_int_equal(ryft_named_values_find(values, "integer")->as.integer, INT64_MIN);
  value = ryft_named_values_find(values, "list");
  assert_int_equal(value->count, 3);
  assert_memory_equal(value->as.integers, numbers, sizeof numbers);
  assert_ptr_not_equal(value->as.integers, numbers);
  assert_true(ryft_named_values_find(values, "float")->as.number == 1.5F);
  assert_true(ryft_named_values_find(values, "bool")->as.boolean);
  assert_int_equal(ryft_named_values_find(values, "empty")->count, 0);
  assert_string_equal(ryft_named_values_find(values, "nothing")->as.string, "");
  assert_null(ryft_named_values_find(values, "tex"));
  assert_null(ryft_named_values_find(values, NULL));
  ryft__named_values_free(&values);
  assert_null(values.items);
}

/* Plugins' strings carry no NUL. */
static void val_01_texts_end_where_they_say(void **state) {
  (void)state;
  PJRT_NamedValue raw = {
      .name = "name_and_more",
      .name_size = 4,
      .type = PJRT_NamedValue_kString,
      .string_value = "value and more",
      .value_size = 5,
  };
  ryft_named_values values = plugin_values(&raw, 1);
  assert_string_equal(values.items[0].name, "name");
  assert_string_equal(values.items[0].as.string, "value");
  ryft__named_values_free(&values);
}

static void val_01_scalars_count_one_even_when_the_caller_says_zero(void **state) {
  (void)state;
  const ryft_named_value value = {.name = "n", .type = RYFT_VALUE_INT64, .as.integer = 7};
  assert_int_equal(to_raw(value).value_size, 1);
}

static void val_01_what_cannot_be_passed_on_is_refused(void **state) {
  (void)state;
  PJRT_NamedValue raw;
  const ryft_named_value bad[] = {
      {.name = NULL, .type = RYFT_VALUE_INT64},
      {.name = "", .type = RYFT_VALUE_INT64},
      {.name = "n", .type = (ryft_value_type)99},
      {.name = "n", .type = RYFT_VALUE_STRING, .count = 3},
      {.name = "n", .type = RYFT_VALUE_INT64_LIST, .count = 3},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    assert_code(ryft__named_value_to_raw(&bad[i], &raw, "test"), RYFT_INVALID_ARGUMENT, NULL);
  }
}

static void val_02_an_unknown_type_keeps_its_number_only(void **state) {
  (void)state;
  PJRT_NamedValue raw[] = {
      {.name = "new", .name_size = 3, .type = (PJRT_NamedValue_Type)77, .int64_value = -1},
      {.name = "old", .name_size = 3, .type = PJRT_NamedValue_kInt64, .int64_value = 4},
  };
  ryft_named_values values = plugin_values(raw, 2);
  assert_int_equal((int)values.items[0].type, 77);
  assert_int_equal(values.items[0].count, 0);
  assert_int_equal(values.items[0].as.integer, 0);
  assert_int_equal(ryft_named_values_find(values, "old")->as.integer, 4);
  ryft__named_values_free(&values);
}

static void val_02_sizes_that_overflow_are_out_of_memory(void **state) {
  (void)state;
  ryft_named_values values;
  PJRT_NamedValue raw = {
      .type = PJRT_NamedValue_kInt64List, .int64_array_value = numbers, .value_size = SIZE_MAX / 4};
  assert_code(ryft__named_values_copy(&raw, 1, &values), RYFT_RESOURCE_EXHAUSTED, NULL);
  raw.type = PJRT_NamedValue_kString;
  raw.string_value = "x";
  raw.value_size = SIZE_MAX - 1;
  assert_code(ryft__named_values_copy(&raw, 1, &values), RYFT_RESOURCE_EXHAUSTED, NULL);
  assert_null(values.items);
}

static void val_02_nothing_is_an_empty_list(void **state) {
  (void)state;
  ryft_named_values values;
  assert_ok(ryft__named_values_copy(NULL, 3, &values));
  assert_int_equal(values.count, 0);
  assert_null(ryft_named_values_find(values, "x"));
}

static void val_01_memory_that_runs_out_leaves_nothing(void **state) {
  (void)state;
  PJRT_NamedValue raw = to_raw(ryft_named_int64_list("list", numbers, 3));
  ryft_named_values values;
  const size_t before = test_allocator_live();
  test_allocator_fail(1);
  assert_code(ryft__named_values_copy(&raw, 1, &values), RYFT_RESOURCE_EXHAUSTED, NULL);
  assert_true(test_allocator_failed());
  assert_null(values.items);
  assert_int_equal(test_allocator_live(), before);
  test_allocator_fail(0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(val_01_every_type_goes_both_ways),
      cmocka_unit_test(val_01_texts_end_where_they_say),
      cmocka_unit_test(val_01_scalars_count_one_even_when_the_caller_says_zero),
      cmocka_unit_test(val_01_what_cannot_be_passed_on_is_refused),
      cmocka_unit_test(val_01_memory_that_runs_out_leaves_nothing),
      cmocka_unit_test(val_02_an_unknown_type_keeps_its_number_only),
      cmocka_unit_test(val_02_sizes_that_overflow_are_out_of_memory),
      cmocka_unit_test(val_02_nothing_is_an_empty_list),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("named_value", tests, NULL, NULL);
}
