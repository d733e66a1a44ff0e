/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file named_value.h
 * Named values: options given to a plugin and attributes that a plugin reports.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_NAMED_VALUE_H
#define RYFT_NAMED_VALUE_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

/** The value's type, with PJRT's numbers. A plugin newer than the library may report others: skip
 * those. */
typedef enum ryft_value_type {
  RYFT_VALUE_STRING = 0,
  RYFT_VALUE_INT64 = 1,
  RYFT_VALUE_INT64_LIST = 2,
  RYFT_VALUE_FLOAT = 3,
  RYFT_VALUE_BOOL = 4,
} ryft_value_type;

/**
 * One named value. Given to the library it is borrowed for the call; reported by the library it
 * lives as long as the object that reported it. Strings carry a NUL, which `count` does not
 * include.
 */
typedef struct ryft_named_value {
  const char *name;
  ryft_value_type type;
  union {
    const char *string;
    int64_t integer;
    const int64_t *integers;
    float number;
    bool boolean;
  } as;
  size_t count; /**< bytes of a string, elements of a list; 1 otherwise (0 is taken as 1 for
                   scalars) */
} ryft_named_value;

/** A borrowed list of named values. */
typedef struct ryft_named_values {
  const ryft_named_value *items;
  size_t count;
} ryft_named_values;

/** A string option; `value` must outlive the use.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_NamedValue.
 */
RYFT_API ryft_named_value ryft_named_string(const char *name, const char *value);

/** An integer option.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_NamedValue.
 */
RYFT_API ryft_named_value ryft_named_int64(const char *name, int64_t value);

/** A list option; `values` must outlive the use.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_NamedValue.
 */
RYFT_API ryft_named_value ryft_named_int64_list(const char *name,
                                                const int64_t *values,
                                                size_t count);

/** A floating-point option.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_NamedValue.
 */
RYFT_API ryft_named_value ryft_named_float(const char *name, float value);

/** A boolean option.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_NamedValue.
 */
RYFT_API ryft_named_value ryft_named_bool(const char *name, bool value);

/** The first value called `name`, or NULL.
 *
 * Owns: borrowed from the list. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const ryft_named_value *ryft_named_values_find(ryft_named_values values, const char *name);

RYFT_END_DECLS

#endif /* RYFT_NAMED_VALUE_H */
