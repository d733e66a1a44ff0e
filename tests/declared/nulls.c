/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Runs what tools/apilists/nulls.py writes. */
#include "declared/nulls.h"

#include <stdio.h>
#include <string.h>

void refused(const char *name, ryft_error *error) {
  char said[96];
  (void)snprintf(said, sizeof said, "`%s` is NULL", name);
  if (error == NULL) fail_msg("%s may be NULL, but the header does not say so", name);
  assert_code(error, RYFT_INVALID_ARGUMENT, said);
}

/* What the call put into the scene goes with it. */
void taken(const char *name, ryft_error *error) {
  char said[96];
  (void)snprintf(said, sizeof said, "`%s` is NULL", name);
  if (strstr(ryft_error_message(error), said) != NULL) {
    fail_msg("%s may not be NULL, but the header says so", name);
  }
  give_outputs_back();
  ryft_error_destroy(error);
}

int main(void) {
  return support_run_group("nulls", null_tests, null_test_count, open_scene, close_scene);
}
