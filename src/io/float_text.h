/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Floating-point numbers as text: read with a single rounding, written as the shortest text that
 * reads back. */
#ifndef RYFT_SRC_IO_FLOAT_TEXT_H
#define RYFT_SRC_IO_FLOAT_TEXT_H

#include "src/io/float_format.h"

/* Room for any number's text and its NUL. */
enum { RYFT__FLOAT_TEXT_SIZE = 32 };

typedef enum ryft__float_reading {
  RYFT__FLOAT_READ,
  RYFT__FLOAT_NO_NUMBER,
  RYFT__FLOAT_NO_INFINITY, /* the format has none */
  RYFT__FLOAT_NO_NAN,
  RYFT__FLOAT_OUT_OF_RANGE,
  RYFT__FLOAT_NO_MEMORY,
} ryft__float_reading;

/* How many bytes at the start of `text` make the longest number: decimal, hexadecimal, inf,
 * infinity or nan, with or without a sign; 0 when there is none. */
size_t ryft__float_scan(const char *text, size_t length);

/* Reads a number that fills all of `text`. */
ryft__float_reading ryft__float_parse(const ryft__float_format *format,
                                      const char *text,
                                      size_t length,
                                      uint64_t *out_code);

/* Returns the length. */
size_t ryft__float_print(const ryft__float_format *format,
                         uint64_t code,
                         char out_text[RYFT__FLOAT_TEXT_SIZE]);

#endif /* RYFT_SRC_IO_FLOAT_TEXT_H */
