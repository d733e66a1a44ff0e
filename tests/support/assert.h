/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* cmocka, and what tests say about errors. Include this instead of <cmocka.h>. */
#ifndef RYFT_TESTS_SUPPORT_ASSERT_H
#define RYFT_TESTS_SUPPORT_ASSERT_H

/* cmocka wants the others before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "ryft/error.h"

/* As cmocka's, which prints that a group's teardown failed, and then exits with 0: these count it.
 */
#undef cmocka_run_group_tests
#undef cmocka_run_group_tests_name
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
  support_run_group((name), (tests), sizeof(tests) / sizeof((tests)[0]), (setup), (teardown))
#define cmocka_run_group_tests(tests, setup, teardown) \
  cmocka_run_group_tests_name(#tests, tests, setup, teardown)
int support_run_group(const char *name,
                      const struct CMUnitTest *tests,
                      size_t count,
                      CMFixtureFunction setup,
                      CMFixtureFunction teardown);

/* No error; else the test fails and shows it. Takes the error. */
#define assert_ok(error) support_assert_ok((error), #error, __FILE__, __LINE__)

/* An error of this code, with `part` in its message (NULL or "": any message). Takes the error. */
#define assert_code(error, code, part) \
  support_assert_code((error), (code), (part), #error, __FILE__, __LINE__)

void support_assert_ok(ryft_error *error, const char *expression, const char *file, int line);
void support_assert_code(ryft_error *error,
                         ryft_code code,
                         const char *part,
                         const char *expression,
                         const char *file,
                         int line);

#endif /* RYFT_TESTS_SUPPORT_ASSERT_H */
