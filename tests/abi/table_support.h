/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Tables of any minor for the tests of src/abi: every slot leads to one stub. */
#ifndef RYFT_TESTS_ABI_TABLE_SUPPORT_H
#define RYFT_TESTS_ABI_TABLE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/abi/gen/calls.h"

/* What the stub saw last, and what it answers. */
typedef struct stub_state {
  int calls;
  void *args;
  PJRT_Error *answer;
} stub_state;

extern stub_state stub;

/* A table as a plugin of `minor` would have it: shorter the older it is. */
void make_api(PJRT_Api *out, int minor);

/* The same, already read; the test fails when it is refused. */
void make_table(ryft__table *out, PJRT_Api *api, int minor);

/* Asserts the code and that the message contains `text`; destroys the error. */
void expect_error(ryft_error *error, ryft_code code, const char *text);
void expect_success(ryft_error *error);

#endif /* RYFT_TESTS_ABI_TABLE_SUPPORT_H */
