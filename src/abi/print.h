/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Prints the args of any entry point as text, from the generated tables. */
#ifndef RYFT_SRC_ABI_PRINT_H
#define RYFT_SRC_ABI_PRINT_H

#include "src/abi/table.h"

/* Bounded text: what does not fit is dropped and the end reads "...". Always NUL-terminated. */
typedef struct ryft__sink {
  char *data;
  size_t capacity; /* at least 8 */
  size_t size;
  bool full;
} ryft__sink;

void ryft__sink_init(ryft__sink *sink, char *data, size_t capacity);
void ryft__sink_format(ryft__sink *sink, const char *format, ...) RYFT_PRINTF(2, 3);
void ryft__sink_text(ryft__sink *sink, const char *text, size_t size);

/* As the inside of a JSON or C string: quotes, backslashes and control characters are escaped. */
void ryft__sink_escaped(ryft__sink *sink, const char *text, size_t size);

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

/* The same for a struct on its own, in braces. */
void ryft__print_struct(ryft__sink *sink, int struct_id, const void *value, ryft__part part);

/* The args' numbers, lists of numbers (the first 16 of each) and enumerators, as the inside of a
 * JSON object; empty when there are none. */
void ryft__print_numbers(ryft__sink *sink, int fn, const void *args, ryft__part part);

/* NULL for numbers that the enum does not have. */
const char *ryft__enum_name(int enum_id, int number);

#endif /* RYFT_SRC_ABI_PRINT_H */
