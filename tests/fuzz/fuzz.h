/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What every fuzz target shares: reading a hostile input piece by piece, and the promises that hold
 * for any input: no crash, no leak, no absurd allocation, no absurd amount of time. */
#ifndef RYFT_TESTS_FUZZ_FUZZ_H
#define RYFT_TESTS_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ryft/error.h"
#include "src/base/base.h"

/* libFuzzer's, or replay.c's, which call the target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* ---- Promises. */

/* A broken promise ends the process, as a sanitizer's finding does. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_broken(const char *file, int line, const char *condition);

/* Surrounds one run. No single allocation of the library may be larger than `largest` bytes; at the
 * end nothing may be left of what it allocated, no object may be alive, and at most a second of
 * processor time be spent. */
void fuzz_begin(size_t largest);
void fuzz_end(void);

/* The library's `nth` allocation from now on fails, counted from 1; 0: none. */
void fuzz_fail_allocation(size_t nth);

/* Until the end of the run, it may take `seconds` of processor time. */
void fuzz_allow_time(unsigned seconds);

/* Until the end of the run, allocations above `size` bytes fail: for targets that may ask for any
 * amount. */
void fuzz_limit_allocations(size_t size);

/* Whether the allocation that was to fail was reached. */
bool fuzz_allocation_failed(void);

/* The text of an error must be printable as it is: non-empty, with a code and a place. Destroys it;
 * returns whether there was an error. */
bool fuzz_failed(ryft_error *error);

/* As fuzz_failed, and the code is one of the two that bad input may lead to. */
bool fuzz_refused(ryft_error *error, ryft_code code, ryft_code other);

/* ---- Input. */

/* What is left of an input; behind its end lie zeros. */
typedef struct fuzz_input {
  const uint8_t *at;
  size_t left;
} fuzz_input;

uint8_t fuzz_byte(fuzz_input *input);
uint64_t fuzz_number(fuzz_input *input, size_t bytes);

/* A number of one to nine bytes, often one near the end of a range. */
int64_t fuzz_integer(fuzz_input *input);

/* At most `most` bytes, whose count comes first. */
ryft_bytes fuzz_piece(fuzz_input *input, size_t most);

/* The bytes up to `end` or the end of the input, which is consumed with them: a NUL-terminated
 * copy, to be freed, so that a read beyond it is seen. */
char *fuzz_text(fuzz_input *input, char end);

/* A copy in a block of exactly `size` bytes, to be freed. */
void *fuzz_copy(const void *data, size_t size);

#endif /* RYFT_TESTS_FUZZ_FUZZ_H */
