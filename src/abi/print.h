/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Prints the args of any entry point as text, from the generated tables. */
#ifndef RYFT_SRC_ABI_PRINT_H
#define RYFT_SRC_ABI_PRINT_H

#include "src/abi/gen/tables.h"
#include "src/base/sink.h"

typedef enum ryft__part {
  RYFT__PART_INPUTS,  /* before the call, or after one that failed: outputs are not looked at */
  RYFT__PART_OUTPUTS, /* only after a call that succeeded */
} ryft__part;

/**
 * "client=0x55e0, program={code=<1234 bytes>, format=\"mlir\"}": one part of a function's args,
 * comma-separated. Arrays stop after 16 elements; numbers that no enum of ours has are printed as
 * numbers.
 */
void ryft__print_args(ryft__sink *sink, int fn, const void *args, ryft__part part);

/* What tells one call from another in a viewer, as the inside of a JSON object: numbers, lists of
 * them (the first 16 of each), enumerators, and structs that hold any of these. Leaves out what
 * does not fit; empty when there are none. */
void ryft__print_numbers(ryft__sink *sink, int fn, const void *args, ryft__part part);

#endif /* RYFT_SRC_ABI_PRINT_H */
