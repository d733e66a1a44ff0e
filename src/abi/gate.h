/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a plugin is too old for, or leaves out. */
#ifndef RYFT_SRC_ABI_GATE_H
#define RYFT_SRC_ABI_GATE_H

#include "src/abi/table.h"

/* UNIMPLEMENTED: the plugin is too old for the function, or leaves its slot empty. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__slot_missing(const ryft__table *t,
                                                        int fn,
                                                        const char *where);

/**
 * UNIMPLEMENTED when an input of `args` is set that the plugin is too old to know and would
 * silently ignore, or an enumerator it has never heard of; NULL when all is well.
 */
RYFT_MUST_USE ryft_error *ryft__field_gate(const ryft__table *t,
                                           int fn,
                                           const void *args,
                                           const char *where);

#endif /* RYFT_SRC_ABI_GATE_H */
