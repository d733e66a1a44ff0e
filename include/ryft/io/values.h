/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file values.h
 * Array elements as text, both ways, for every element type. Independent of the process's locale.
 */
#ifndef RYFT_IO_VALUES_H
#define RYFT_IO_VALUES_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

/** Room that the text of any one element needs, its NUL included. */
#define RYFT_VALUE_TEXT_SIZE 64

/**
 * Reads one element: decimal and hexadecimal integers and floats, nan, inf, true and false for
 * pred, `1+2j` for complex types. Rounds to nearest, ties to even.
 *
 * @param text `length` bytes, without blanks around the value.
 * @param out ryft_type_host_size(type) bytes.
 * Owns: nothing. Errors: INVALID_ARGUMENT for what is no value of the type, OUT_OF_RANGE when it
 * does not fit. Threads: any. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_value_parse(ryft_type type,
                                                    const char *text,
                                                    size_t length,
                                                    void *out);

/**
 * Writes one element as the shortest text that ryft_value_parse reads back to the same bits (the
 * payload of NaNs apart).
 *
 * Returns the text's length. Owns: nothing. Errors: none; "?" for types without a host form.
 * Threads: any. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_value_format(ryft_type type,
                                  const void *value,
                                  char out_text[RYFT_VALUE_TEXT_SIZE]);

/**
 * Fills a dense array: value i of the array is i for iota (wrapped to the type's range for
 * integers; the real part for complex types; i % 2 for pred). Floats round; beyond their range
 * stands infinity, or the largest value of types without one.
 *
 * Owns: the caller keeps `out`. Errors: INVALID_ARGUMENT when `size` is not the shape's host size.
 * Threads: any. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_values_iota(ryft_shape shape, void *out, size_t size);

/**
 * Fills a dense array with values that depend on `seed` alone: uniform over [0, 1) for floating and
 * complex types, over the whole range for integers. Equal on all machines.
 *
 * Owns: the caller keeps `out`. Errors: as ryft_values_iota. Threads: any. Blocks: no. Since: 0.1.
 * PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_values_random(ryft_shape shape,
                                                      uint64_t seed,
                                                      void *out,
                                                      size_t size);

/** How closely two arrays must agree. All zero: every bit equal, with NaNs equal to each other. */
typedef struct ryft_tolerance {
  size_t struct_size;
  uint64_t ulp;    /**< floats: at most so many representable values apart */
  double absolute; /**< or: |a - b| at most this … */
  double relative; /**< … plus this times |b| */
} ryft_tolerance;

/** What a comparison found. */
typedef struct ryft_comparison {
  size_t struct_size;
  size_t different;    /**< elements outside the tolerance */
  size_t first;        /**< index of the first of them in row-major order */
  double max_absolute; /**< the largest |a - b| of all finite elements */
} ryft_comparison;

/**
 * Compares two dense arrays of the same shape. Complex elements agree when both parts do; an
 * infinity agrees with itself only.
 *
 * @param expected the side that `relative` refers to.
 * @param tolerance NULL for exact.
 * Owns: nothing. Errors: INVALID_ARGUMENT for sizes that do not fit the shape. Differences are no
 * error: see `out->different`. Threads: any. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_values_compare(ryft_shape shape,
                                                       const void *actual,
                                                       size_t actual_size,
                                                       const void *expected,
                                                       size_t expected_size,
                                                       const ryft_tolerance *tolerance,
                                                       ryft_comparison *out);

RYFT_END_DECLS

#endif /* RYFT_IO_VALUES_H */
