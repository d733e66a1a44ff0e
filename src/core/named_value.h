/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_NAMED_VALUE_H
#define RYFT_SRC_CORE_NAMED_VALUE_H

#include "ryft/abi/pjrt.h"
#include "ryft/error.h"
#include "ryft/named_value.h"

/* Copies values that a plugin reported into one allocation with NULs behind names and strings.
 * Unknown types keep their number and lose their value. */
RYFT_MUST_USE ryft_error *ryft__named_values_copy(const PJRT_NamedValue *raw,
                                                  size_t count,
                                                  ryft_named_values *out);

/* Frees what ryft__named_values_copy made and leaves the list empty. */
void ryft__named_values_free(ryft_named_values *values);

/* The plugin's form of one value; borrows its strings and lists. INVALID_ARGUMENT for a missing
 * name or type. */
RYFT_MUST_USE ryft_error *ryft__named_value_to_raw(const ryft_named_value *value,
                                                   PJRT_NamedValue *out,
                                                   const char *where);

#endif /* RYFT_SRC_CORE_NAMED_VALUE_H */
