/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* An allocator that counts, and that can be told to fail. */
#ifndef RYFT_TESTS_SUPPORT_ALLOCATOR_H
#define RYFT_TESTS_SUPPORT_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ryft/error.h"

/* Puts it in place of the library's; call before the library is used. */
void test_allocator_install(void);

/* The nth allocation from now, counted from 1 over all threads, fails; 0: none does. */
void test_allocator_fail(size_t nth);

/* Whether the last one chosen was reached; choosing none does not change the answer. */
bool test_allocator_failed(void);

/* Calls `attempt(arg)` with its first allocation failing, then its second, … until it succeeds with
 * none; gives how often it failed. Every failure must be RESOURCE_EXHAUSTED. */
size_t test_allocator_sweep(ryft_error *(*attempt)(void *arg), void *arg);

/* Allocations made, and pieces of memory not given back, since it was installed. */
size_t test_allocator_calls(void);
size_t test_allocator_live(void);

#endif /* RYFT_TESTS_SUPPORT_ALLOCATOR_H */
