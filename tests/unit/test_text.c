/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/text.h"

#include <string.h>

#include "support/allocator.h"
#include "support/assert.h"

static void text_grows(void **state) {
  (void)state;
  ryft__text text = {.data = NULL};
  for (int i = 0; i < 100; ++i) {
    ryft__text_add(&text, "ab", 2);
    ryft__text_format(&text, "%03d", i);
    assert_int_equal(text.size, (size_t)(i + 1) * 5);
    assert_int_equal(strlen(text.data), text.size);
  }
  assert_false(text.failed);
  assert_memory_equal(text.data, "ab000ab001ab002", 15);
  ryft__text_free(&text);
  assert_null(text.data);
  assert_int_equal(text.size, 0);
}

static void nothing_can_be_added(void **state) {
  (void)state;
  ryft__text text = {.data = NULL};
  ryft__text_add(&text, NULL, 0);
  assert_string_equal(text.data, "");
  ryft__text_add(&text, "a\0b", 3);
  assert_int_equal(text.size, 3);
  assert_memory_equal(text.data, "a\0b", 4);
  ryft__text_free(&text);
  ryft__text_free(&text);
}

static void failure_keeps_what_there_is(void **state) {
  (void)state;
  ryft__text text = {.data = NULL};
  const char more[200] = "";
  const size_t live = test_allocator_live();
  ryft__text_add(&text, "kept", 4);
  test_allocator_fail(1);
  ryft__text_add(&text, more, sizeof more);
  assert_true(text.failed);
  assert_string_equal(text.data, "kept");
  ryft__text_add(&text, "x", 1);
  ryft__text_format(&text, "%d", 1);
  assert_string_equal(text.data, "kept");
  ryft__text_free(&text);
  assert_int_equal(test_allocator_live(), live);
}

static void absurd_sizes_fail(void **state) {
  (void)state;
  ryft__text text = {.data = NULL};
  ryft__text_add(&text, "a", 1);
  ryft__text_add(&text, "a", SIZE_MAX);
  assert_true(text.failed);
  assert_string_equal(text.data, "a");
  ryft__text_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_grows),
      cmocka_unit_test(nothing_can_be_added),
      cmocka_unit_test(failure_keeps_what_there_is),
      cmocka_unit_test(absurd_sizes_fail),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
