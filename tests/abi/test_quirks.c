/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is known of plugins: the table is sound, and answers as it says. */
#include <string.h>
#include "src/abi/quirks.h"
#include "tests/support/assert.h"
static void rows_say_what_and_where(void **state) {
  (void)state;
  size_t count = 0;
  unsigned seen = 0;
  const ryft__quirk_row *rows = ryft__quirk_rows(&count);
  assert_true(count != 0);
  for (size_t i = 0; i < count; ++i) {
    assert_true(rows[i].first <= rows[i].last);
    assert_true(strlen(rows[i].what) != 0 && strlen(rows[i].seen) != 0);
    assert_int_equal(__builtin_popcount(rows[i].quirk), 1);
    assert_int_equal(seen & rows[i].quirk, 0);
    seen |= rows[i].quirk;
  }
}

static void rows_hold_from_first_to_last(void **state) {
  (void)state;
  size_t count = 0;
  const ryft__quirk_row *rows = ryft__quirk_rows(&count);
  for (size_t i = 0; i < count; ++i) {
    const ryft__quirk_row *row = &rows[i];
    assert_true((ryft__quirks_of(row->platform, row->first) & row->quirk) != 0);
    assert_true((ryft__quirks_of(row->platform, row->last) & row->quirk) != 0);
    assert_int_equal(ryft__quirks_of(row->platform, row->first - 1) & row->quirk, 0);
    if (row->last == RYFT__QUIRK_NO_END) continue;
    assert_int_equal(ryft__quirks_of(row->platform, row->last + 1) & row->quirk, 0);
    assert_int_equal(ryft__quirk_last(row->quirk), row->last);
  }
}

static void another_platform_has_no_quirks_of_cpus(void **state) {
  (void)state;
  for (int minor = 40; minor < 120; ++minor) {
    const unsigned all = ryft__quirks_of(/* platform= */ NULL, minor);
    assert_int_equal(ryft__quirks_of("tpu", minor), all);
    assert_int_equal(ryft__quirks_of("", minor), all);
    assert_int_equal(ryft__quirks_of("cpu", minor) & all, all);
    assert_true(ryft__quirks_of("cpu", minor) != all);
  }
}

static void what_0_106_and_0_115_differ_in(void **state) {
  (void)state;
  const unsigned older = ryft__quirks_of("cpu", 106), newer = ryft__quirks_of("cpu", 115);
  assert_true((older & RYFT__QUIRK_OPTIONS_IGNORED) != 0);
  assert_int_equal(older & RYFT__QUIRK_HUGE_ARRAYS_ABORT, 0);
  assert_int_equal(newer & RYFT__QUIRK_OPTIONS_IGNORED, 0);
  assert_true((newer & RYFT__QUIRK_HUGE_ARRAYS_ABORT) != 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_say_what_and_where),
      cmocka_unit_test(rows_hold_from_first_to_last),
      cmocka_unit_test(another_platform_has_no_quirks_of_cpus),
      cmocka_unit_test(what_0_106_and_0_115_differ_in),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
