/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_TESTS_DECLARED_NULLS_H
#define RYFT_TESTS_DECLARED_NULLS_H

#include "declared/scene.h"

/* The parameter called so is NULL, and the answer says so. */
void refused(const char *name, ryft_error *error);

/* It may be: the answer is about something else, if anything. */
void taken(const char *name, ryft_error *error);

/* NULL or "". */
#define assert_no_text(text) assert_true((text) == NULL || *(text) == '\0')

extern const struct CMUnitTest null_tests[];
extern const size_t null_test_count;

#endif /* RYFT_TESTS_DECLARED_NULLS_H */
