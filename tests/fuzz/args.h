/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Structs of the plugins' interface with whatever values an input has, but with every pointer NULL
 * or leading to a block of just the size that it should, so that a read beyond is seen. */
#ifndef RYFT_TESTS_FUZZ_ARGS_H
#define RYFT_TESTS_FUZZ_ARGS_H

#include "fuzz.h"

typedef struct fuzz_args fuzz_args;

fuzz_args *fuzz_args_start(fuzz_input *input);

/* `count` structs in a row, RYFT__STRUCT_…; they live until fuzz_args_free. */
void *fuzz_args_make(fuzz_args *args, int struct_id, size_t count);

void fuzz_args_free(fuzz_args *args);

#endif /* RYFT_TESTS_FUZZ_ARGS_H */
