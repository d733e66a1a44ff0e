/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file comparison.h
 * Comparing two arrays, within a tolerance.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_IO_COMPARISON_H
#define RYFT_IO_COMPARISON_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

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
 * Owns: nothing. Errors: INVALID_ARGUMENT for sizes that do not fit the shape. Differences are not
 * an error: see `out->different`. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_values_compare(ryft_shape shape,
                                                       const void *actual,
                                                       size_t actual_size,
                                                       const void *expected,
                                                       size_t expected_size,
                                                       const ryft_tolerance *tolerance,
                                                       ryft_comparison *out);

RYFT_END_DECLS

#endif /* RYFT_IO_COMPARISON_H */
