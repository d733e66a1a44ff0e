/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Plugins of an API that nobody has looked into: the benefit of the doubt, and no false facts. */
#include <stdio.h>

#include "src/core/option_age.h"
#include "support/assert.h"

#define BUILD "executable_build_options."
#define DEBUG BUILD "debug_options."

/* NULL where it is let through, else how the message ends. */
static void expect_verdict(int minor, const char *path, const char *end) {
  const ryft__table table = {.minor = minor};
  ryft_error *error = ryft__option_age_check(&table, path, __func__);
  if (end == NULL) {
    assert_ok(error);
    return;
  }
  char wanted[256];
  (void)snprintf(
      wanted, sizeof wanted, "the plugin speaks PJRT 0.%d and would ignore %s", minor, end);
  assert_string_equal(ryft_error_message(error), wanted);
  assert_code(error, RYFT_UNIMPLEMENTED, wanted);
}

/* It came between 0.85 and 0.90. */
static void new_02_between_two_builds_it_is_let_through(void **state) {
  static const char refusal[] =
      "CompileOptionsProto.compiler_variant, which is not in 0.85; the first known to have it is "
      "0.90";
  (void)state;
  expect_verdict(72, "compiler_variant", refusal);
  expect_verdict(84, "compiler_variant", refusal);
  expect_verdict(85, "compiler_variant", refusal);
  for (int minor = 86; minor <= 120; ++minor) expect_verdict(minor, "compiler_variant", NULL);
}

static void new_02_between_two_builds_flags_are_let_through(void **state) {
  (void)state;
  expect_verdict(108,
                 DEBUG "xla_cpu_ftz",
                 "DebugOptions.xla_cpu_ftz, which is not in 0.108; the first known to have it is "
                 "0.112");
  expect_verdict(109, DEBUG "xla_cpu_ftz", NULL);
  expect_verdict(111, DEBUG "xla_cpu_ftz", NULL);
  expect_verdict(112, DEBUG "xla_cpu_ftz", NULL);
}

static void new_02_of_neighbours_the_exact_age_is_told(void **state) {
  (void)state;
  expect_verdict(114,
                 "individually_defined_output_indices[0]",
                 "CompileOptionsProto.individually_defined_output_indices, which was added in "
                 "0.115");
  expect_verdict(115, "individually_defined_output_indices[0]", NULL);
  expect_verdict(81, BUILD "slice_size", NULL);
  expect_verdict(114, BUILD "slice_size", NULL);
  expect_verdict(115,
                 BUILD "slice_size",
                 "ExecutableBuildOptionsProto.slice_size, which was there for the last time in "
                 "0.114");
}

/* Newer than all that is known. */
static void new_02_the_future_takes_what_the_latest_took(void **state) {
  (void)state;
  expect_verdict(300, DEBUG "xla_cpu_mock_custom_calls", NULL);
  expect_verdict(300,
                 BUILD "slice_size",
                 "ExecutableBuildOptionsProto.slice_size, which was there for the last time in "
                 "0.114");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_02_between_two_builds_it_is_let_through),
      cmocka_unit_test(new_02_between_two_builds_flags_are_let_through),
      cmocka_unit_test(new_02_of_neighbours_the_exact_age_is_told),
      cmocka_unit_test(new_02_the_future_takes_what_the_latest_took),
  };
  return cmocka_run_group_tests_name("option_age_gaps", tests, NULL, NULL);
}
