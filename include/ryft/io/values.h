/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file values.h
 * Array values made from a rule: counted up, or random.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_IO_VALUES_H
#define RYFT_IO_VALUES_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

/**
 * Fills a dense array: value i of the array is i for iota (wrapped to the type's range for
 * integers; the real part for complex types; i % 2 for pred). Floats round; beyond their range
 * stands infinity, or the largest value of types without one.
 *
 * Owns: the caller keeps `out`. Errors: INVALID_ARGUMENT when `size` is not the shape's host size.
 * Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_values_iota(ryft_shape shape, void *out, size_t size);

/**
 * Fills a dense array with values that depend on `seed` alone: uniform over [0, 1) for floating and
 * complex types, over the whole range for integers. Equal on all machines.
 *
 * Owns: the caller keeps `out`. Errors: as ryft_values_iota. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_values_random(ryft_shape shape,
                                                      uint64_t seed,
                                                      void *out,
                                                      size_t size);

RYFT_END_DECLS

#endif /* RYFT_IO_VALUES_H */
