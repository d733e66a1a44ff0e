/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A group whose teardown fails has failed, whatever cmocka makes of it. */
#include "support/assert.h"

static void nothing(void **state) {
  (void)state;
}

static int fine(void **state) {
  (void)state;
  return 0;
}

static int refuses(void **state) {
  (void)state;
  return -1;
}

static int asserts(void **state) {
  (void)state;
  fail_msg("this is meant to fail");
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing)};
  const int counted[] = {cmocka_run_group_tests(tests, NULL, NULL),
                         cmocka_run_group_tests(tests, NULL, fine),
                         cmocka_run_group_tests(tests, NULL, refuses),
                         cmocka_run_group_tests_name("asserts", tests, NULL, asserts)};
  return counted[0] == 0 && counted[1] == 0 && counted[2] == 1 && counted[3] == 1 ? 0 : 1;
}
