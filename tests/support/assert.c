/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/assert.h"

#include <stdbool.h>
#include <string.h>

/* The teardown of the group that runs, and whether it came to its end. */
static CMFixtureFunction group_teardown;
static bool group_ended;

/* A failed assertion does not return. */
static int tear_down(void **state) {
  const int status = group_teardown(state);
  group_ended = status == 0;
  return status;
}

int support_run_group(const char *name,
                      const struct CMUnitTest *tests,
                      size_t count,
                      CMFixtureFunction setup,
                      CMFixtureFunction teardown) {
  group_teardown = teardown;
  group_ended = teardown == NULL;
  const int failures =
      _cmocka_run_group_tests(name, tests, count, setup, teardown == NULL ? NULL : tear_down);
  return failures + (group_ended ? 0 : 1);
}

static void show(const ryft_error *error, const char *expression) {
  print_error("%s\n  gave %s in %s: %s\n",
              expression,
              ryft_code_name(ryft_error_code(error)),
              ryft_error_where(error),
              ryft_error_message(error));
}

void support_assert_ok(ryft_error *error, const char *expression, const char *file, int line) {
  if (error == NULL) return;
  show(error, expression);
  ryft_error_destroy(error);
  _fail(file, line);
}

void support_assert_code(ryft_error *error,
                         ryft_code code,
                         const char *part,
                         const char *expression,
                         const char *file,
                         int line) {
  if (error == NULL) {
    print_error("%s\n  succeeded; expected %s\n", expression, ryft_code_name(code));
    _fail(file, line);
  }
  const bool said = part == NULL || strstr(ryft_error_message(error), part) != NULL;
  const bool right = ryft_error_code(error) == code && said;
  if (!right) {
    show(error, expression);
    print_error("  expected %s with \"%s\"\n", ryft_code_name(code), part == NULL ? "" : part);
  }
  ryft_error_destroy(error);
  if (!right) _fail(file, line);
}
