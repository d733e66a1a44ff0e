/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* NULL within what is given to the formats, and with every type. Parameters that are NULL are tried
 * by tests/declared, one and all. */
#include <string.h>

#include "io/npy_support.h"
#include "ryft/io/comparison.h"
#include "ryft/io/value_text.h"
#include "ryft/io/values.h"
#include "ryft/live_objects.h"

/* `call` answers that `name` is NULL. */
#define assert_names(name, call) assert_code((call), RYFT_INVALID_ARGUMENT, "`" name "` is NULL")

static const unsigned char THREE[3] = {1, 2, 3};

static void arrays_from_nothing(void **state) {
  ryft_npy *npy = (ryft_npy *)&npy;
  (void)state;
  assert_names("bytes.data", ryft_npy_parse("a.npy", (ryft_bytes){NULL, 5}, &npy));
  assert_null(npy);
  assert_code(ryft_npy_parse("a.npy", (ryft_bytes){NULL, 0}, &npy), RYFT_INVALID_ARGUMENT, "a.npy");
  assert_null(ryft_npy_host_array(NULL));
}

static ryft_error *write_nothing(const void *data, size_t size, void *arg) {
  (void)data;
  (void)size;
  (void)arg;
  return NULL;
}

static void arrays_to_nothing(void **state) {
  const ryft_host_array hollow = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_U8, 3), .size = 3};
  const ryft_host_array empty = {RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_U8, 0)};
  const ryft_host_array shapeless = {
      RYFT_SIZED(ryft_host_array), .shape = {RYFT_U8, 1, NULL}, .data = THREE, .size = 3};
  (void)state;
  assert_names("array->data", ryft_npy_write(&hollow, write_nothing, NULL));
  assert_code(
      ryft_npy_write(&shapeless, write_nothing, NULL), RYFT_INVALID_ARGUMENT, "dims is NULL");
  assert_ok(ryft_npy_write(&empty, write_nothing, NULL));
}

static void values_as_text(void **state) {
  const float one = 1;
  char text[RYFT_VALUE_TEXT_SIZE] = "before";
  uint64_t room[2] = {0};
  (void)state;
  for (int type = RYFT_INVALID_TYPE; type <= RYFT_F6E3M2FN; ++type) {
    assert_names("text", ryft_value_parse((ryft_type)type, NULL, 1, room));
    assert_names("out", ryft_value_parse((ryft_type)type, "1", 1, NULL));
    assert_code(ryft_value_parse((ryft_type)type, NULL, 0, room), RYFT_INVALID_ARGUMENT, "");
    assert_int_equal(ryft_value_format((ryft_type)type, NULL, text), 0);
    assert_string_equal(text, "");
  }
  assert_int_equal(ryft_value_format(RYFT_F32, &one, NULL), 0);
}

static void values_from_a_rule(void **state) {
  const ryft_shape three = RYFT_SHAPE(RYFT_F32, 3), none = RYFT_SHAPE(RYFT_F32, 0);
  (void)state;
  assert_names("out", ryft_values_iota(three, NULL, 12));
  assert_names("out", ryft_values_random(three, /* seed= */ 1, NULL, 12));
  assert_ok(ryft_values_iota(none, NULL, 0));
  assert_ok(ryft_values_random(none, /* seed= */ 1, NULL, 0));
}

static void comparisons(void **state) {
  const ryft_shape three = RYFT_SHAPE(RYFT_U8, 3), none = RYFT_SHAPE(RYFT_U8, 0);
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  (void)state;
  assert_names("actual", ryft_values_compare(three, NULL, 3, THREE, 3, NULL, &found));
  assert_names("expected", ryft_values_compare(three, THREE, 3, NULL, 3, NULL, &found));
  assert_ok(ryft_values_compare(none, NULL, 0, NULL, 0, NULL, &found));
  assert_int_equal(found.different, 0);
}

static int nothing_alive(void **state) {
  (void)state;
  return ryft_live_objects() == 0 ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arrays_from_nothing),
      cmocka_unit_test(arrays_to_nothing),
      cmocka_unit_test(values_as_text),
      cmocka_unit_test(values_from_a_rule),
      cmocka_unit_test(comparisons),
  };
  return cmocka_run_group_tests(tests, NULL, nothing_alive);
}
