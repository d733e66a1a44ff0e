/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/sink.h"

#include <string.h>

#include "support/assert.h"

static void text_is_put_together(void **state) {
  (void)state;
  char room[32];
  ryft__sink sink;
  ryft__sink_init(&sink, room, sizeof room);
  assert_string_equal(room, "");
  ryft__sink_text(&sink, "abc", 2);
  ryft__sink_text(&sink, NULL, 0);
  ryft__sink_format(&sink, "%d,%s", 7, "x");
  assert_string_equal(room, "ab7,x");
  assert_int_equal(sink.length, 5);
  assert_int_equal(ryft__sink_size(&sink), 5);
  assert_false(ryft__sink_is_cut(&sink));
  ryft__sink_mark_cut(&sink);
  assert_string_equal(room, "ab7,x");
  ryft__sink_rewind(&sink, 2);
  assert_string_equal(room, "ab");
}

static void quotes_and_control_characters_are_escaped(void **state) {
  (void)state;
  char room[64];
  ryft__sink sink;
  ryft__sink_init(&sink, room, sizeof room);
  ryft__sink_escaped(&sink, "a\"b\\c\nd\te\x7f\xc3\xa9", 12);
  assert_string_equal(room, "a\\\"b\\\\c\\nd\\u0009e\\u007f\xc3\xa9");
}

/* Whatever the room, and whichever way it comes: its start, and the length of the whole. */
static void what_does_not_fit_is_cut_and_counted(void **state) {
  (void)state;
  static const char whole[] = "abcdefghij12345";
  char room[sizeof whole + 4];
  for (size_t capacity = 0; capacity < sizeof room; ++capacity) {
    ryft__sink sink;
    memset(room, '#', sizeof room);
    ryft__sink_init(&sink, room, capacity);
    ryft__sink_text(&sink, "abcde", 5);
    ryft__sink_format(&sink, "%s", "fghij");
    ryft__sink_format(&sink, "%d", 1234);
    ryft__sink_text(&sink, "5", 1);
    const size_t kept = capacity == 0 ? 0 : capacity < sizeof whole ? capacity - 1 : 15;
    assert_int_equal(sink.length, 15);
    assert_int_equal(ryft__sink_size(&sink), kept);
    assert_int_equal(ryft__sink_is_cut(&sink), kept != 15);
    assert_memory_equal(room, whole, kept);
    if (capacity != 0) assert_int_equal(room[kept], '\0');
    for (size_t i = capacity; i < sizeof room; ++i) assert_int_equal(room[i], '#');
    ryft__sink_mark_cut(&sink);
    if (kept < 3 || kept == 15) assert_memory_equal(room, whole, kept);
    if (kept >= 3 && kept != 15) assert_string_equal(room + kept - 3, "...");
  }
}

static void a_cut_text_can_be_rewound(void **state) {
  (void)state;
  char room[8];
  ryft__sink sink;
  ryft__sink_init(&sink, room, sizeof room);
  ryft__sink_text(&sink, "abc", 3);
  ryft__sink_text(&sink, "defghijk", 8);
  assert_true(ryft__sink_is_cut(&sink));
  ryft__sink_rewind(&sink, 3);
  assert_false(ryft__sink_is_cut(&sink));
  assert_string_equal(room, "abc");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_put_together),
      cmocka_unit_test(quotes_and_control_characters_are_escaped),
      cmocka_unit_test(what_does_not_fit_is_cut_and_counted),
      cmocka_unit_test(a_cut_text_can_be_rewound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
