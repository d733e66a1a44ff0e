/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What plugins say of programs that they refuse, in other words: whatever they say. Their true
 * words are in tests/cli/test_diagnosis.py. */
#include <stdio.h>
#include <string.h>

#include "src/base/error.h"
#include "src/core/compile_advice.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"

static ryft_plugin *plugin;

static ryft_error *refuse(const char *message) {
  static const ryft_error_payload payload = {"z", {"Z", 1}};
  return ryft__error_with(
      RYFT_UNKNOWN, "f", "PJRT_Client_Compile", message, strlen(message), &payload, 1);
}

static ryft_error *advise(const char *format, ryft_bytes code, const char *message) {
  const ryft_program program = {RYFT_SIZED(ryft_program), .format = format, .code = code};
  return ryft__compile_advise(refuse(message), &program, plugin, "f");
}

/* The error keeps all but its words, and those as a payload. */
static void expect_bytes(const char *format,
                         ryft_bytes code,
                         const char *message,
                         const char *wanted) {
  ryft_bytes kept = {.data = NULL};
  ryft_error *error = advise(format, code, message);
  assert_string_equal(ryft_error_message(error), wanted);
  assert_int_equal(ryft_error_code(error), RYFT_UNKNOWN);
  assert_string_equal(ryft_error_where(error), "f (PJRT_Client_Compile)");
  assert_true(ryft_error_is_from_plugin(error));
  assert_true(ryft_error_payload_find(error, "z", &kept));
  const bool reworded = strcmp(message, wanted) != 0;
  assert_int_equal(ryft_error_payload_find(error, RYFT_PLUGIN_MESSAGE, &kept), reworded);
  if (reworded) {
    assert_int_equal(kept.size, strlen(message));
    assert_memory_equal(kept.data, message, kept.size);
  }
  ryft_error_destroy(error);
}

static void expect(const char *text, const char *message, const char *wanted) {
  expect_bytes("mlir", (ryft_bytes){text, strlen(text)}, message, wanted);
}

static void err_07_words_that_nobody_knows_stay(void **state) {
  (void)state;
  static const char *const WORDS[] = {
      "",
      "out of memory",
      "no place: error: x",
      "error: x",
      ": error: x",
      "custom call to nothing",
      "No FFI handler registered for ",
      "line 3, column 4: x",
  };
  for (size_t i = 0; i < RYFT__COUNT(WORDS); ++i) expect("module {}", WORDS[i], WORDS[i]);
}

static void err_07_errors_of_ours_stay(void **state) {
  (void)state;
  const ryft_program program = {RYFT_SIZED(ryft_program), .format = "mlir", .code = {"x", 1}};
  ryft_error *ours = ryft__error(RYFT_UNIMPLEMENTED, "f", NULL, "-:1:1: error: PadToStatic");
  assert_ptr_equal(ryft__compile_advise(ours, &program, plugin, "f"), ours);
  ryft_error_destroy(ours);
}

#define NO_MAIN "-:1:1: error: conversion requires module with `main` function\n-:1:1: note: see"
#define NO_MAIN_IS "the module has no function @main, with which programs begin"

static void err_07_functions_are_listed_within_bounds(void **state) {
  (void)state;
  expect("module {}", NO_MAIN, NO_MAIN_IS "; it has no functions");
  expect("func.func private @f() {} // func.func @g\n \"func.func @h\" func.func @i",
         NO_MAIN,
         NO_MAIN_IS "; it has @f, @i: rename the one that is meant");
  expect(
      "func.func @a func.func @b func.func @c func.func @d func.func @e func.func @f func.func @g",
      NO_MAIN,
      NO_MAIN_IS "; it has @a, @b, @c, @d, @e and 2 more: rename the one that is meant");
  char name[301] = "", text[512], wanted[256];
  memset(name, 'x', sizeof name - 1);
  (void)snprintf(text, sizeof text, "func.func @%s", name);
  (void)snprintf(
      wanted, sizeof wanted, NO_MAIN_IS "; it has @%.64s: rename the one that is meant", name);
  expect(text, NO_MAIN, wanted);
  expect("func.func", NO_MAIN, NO_MAIN_IS "; it has no functions");
  expect_bytes("mlir", (ryft_bytes){"ML\xefR func.func @f", 17}, NO_MAIN, NO_MAIN_IS);
}

static void err_07_diagnostics(void **state) {
  (void)state;
  expect("x\ny", "-:2:1: error: bad y", "line 2, column 1: bad y");
  expect("x", "-:0:0: error: bad", "bad");
  expect("x", "<unknown>:0: error: bad", "bad");
  expect("x", "a/b.py:3:4: error: bad", "a/b.py:3:4: bad");
  expect("x", "loc(\"f\"(\"a.py\":3:4)): error: bad", "loc(\"f\"(\"a.py\":3:4)): bad");
  expect("x",
         "-:1:1: error: bad\n-:2:2: note: here\n",
         "line 1, column 1: bad; line 2, column 2: here");
  expect("x",
         "-:1:1: error: 1\n-:1:2: error: 2\n-:1:3: error: 3\n-:1:4: error: 4\n-:1:5: error: 5",
         "line 1, column 1: 1; line 1, column 2: 2; line 1, column 3: 3; line 1, column 4: 4");
  /* A place in the text that is a place in another. */
  expect("x loc(\"-\":7:3)", "-:7:3: error: bad", "bad");
  expect_bytes("hlo", (ryft_bytes){"x", 1}, "-:7:3: error: bad", "bad");
}

#define X95                                         \
  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define DUMP "-:1:1: error: e\n-:1:1: note: see current operation: "

static void err_07_operations_are_cut_between_characters(void **state) {
  (void)state;
  static const char is[] = "line 1, column 1: e; line 1, column 1: in ";
  char wanted[256];
  (void)snprintf(wanted, sizeof wanted, "%s%sx", is, X95);
  expect("x", DUMP X95 "x", wanted);
  (void)snprintf(wanted, sizeof wanted, "%s%s…", is, X95);
  expect("x", DUMP X95 "ö and so on", wanted);
  (void)snprintf(wanted, sizeof wanted, "%s\"f\"() ({", is);
  expect("x", DUMP "\"f\"() ({\n  \"g\"()\n})", wanted);
  expect("x", DUMP "\n\"f\"() ({\n  \"g\"()\n})", wanted);
}

static ryft_bytes bytecode(const char *producer, char *room, size_t size) {
  const int length = snprintf(room, size, "ML\xefR\x0d%s", producer);
  return (ryft_bytes){room, (size_t)length + 1};
}

static void err_07_versions_are_named_where_they_matter(void **state) {
  (void)state;
  ryft_stablehlo_version current;
  char room[128], newer[64], wanted[256];
  assert_ok(ryft_plugin_stablehlo_versions(plugin, NULL, &current));
  const int major = (int)current.major, minor = (int)current.minor, patch = (int)current.patch;
  (void)snprintf(wanted,
                 sizeof wanted,
                 "line 1, column 1: custom op 'stablehlo.new' is unknown; the plugin knows "
                 "StableHLO up to %d.%d.%d",
                 major,
                 minor,
                 patch);
  expect("x", "-:1:1: error: custom op 'stablehlo.new' is unknown", wanted);
  expect("x",
         "-:1:1: error: custom op 'foo.new' is unknown",
         "line 1, column 1: custom op 'foo.new' is unknown");
  (void)snprintf(newer, sizeof newer, "StableHLO_v%d.%d.0", major, minor + 1);
  (void)snprintf(wanted,
                 sizeof wanted,
                 "bad; the artifact is for StableHLO %d.%d.0, the plugin knows up to %d.%d.%d: "
                 "make it for that one",
                 major,
                 minor + 1,
                 major,
                 minor,
                 patch);
  expect_bytes("mlir", bytecode(newer, room, sizeof room), "-:0:0: error: bad", wanted);
  (void)snprintf(newer, sizeof newer, "StableHLO_v%d.%d.%d", major, minor, patch);
  expect_bytes("mlir", bytecode(newer, room, sizeof room), "-:0:0: error: bad", "bad");
  expect_bytes("mlir", bytecode("StableHLO_vx", room, sizeof room), "-:0:0: error: bad", "bad");
  (void)snprintf(wanted,
                 sizeof wanted,
                 "bad; bytecode is for the MLIR that wrote it (MLIR99): make a portable artifact "
                 "for StableHLO %d.%d.%d or older",
                 major,
                 minor,
                 patch);
  expect_bytes("mlir", bytecode("MLIR99", room, sizeof room), "-:0:0: error: bad", wanted);
}

/* The plugin's own words are better than none. */
static void err_07_out_of_memory_leaves_the_plugins_words(void **state) {
  (void)state;
  for (size_t nth = 1;; ++nth) {
    test_allocator_fail(0);
    ryft_error *plain = refuse(NO_MAIN);
    const ryft_program program = {
        RYFT_SIZED(ryft_program), .format = "mlir", .code = {"func.func @f", 12}};
    test_allocator_fail(nth);
    ryft_error *error = ryft__compile_advise(plain, &program, plugin, "f");
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    assert_non_null(
        strstr(ryft_error_message(error), failed ? "conversion requires" : "it has @f"));
    ryft_error_destroy(error);
    if (!failed) break;
    assert_true(nth < 20);
  }
}

static int load(void **state) {
  (void)state;
  plugin = fake_load("fake", NULL);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(err_07_words_that_nobody_knows_stay),
      cmocka_unit_test(err_07_errors_of_ours_stay),
      cmocka_unit_test(err_07_functions_are_listed_within_bounds),
      cmocka_unit_test(err_07_diagnostics),
      cmocka_unit_test(err_07_operations_are_cut_between_characters),
      cmocka_unit_test(err_07_versions_are_named_where_they_matter),
      cmocka_unit_test(err_07_out_of_memory_leaves_the_plugins_words),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, load, NULL);
}
