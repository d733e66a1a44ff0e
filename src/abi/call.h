/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the generated callers (src/abi/gen/calls.h) lean on. */
#ifndef RYFT_SRC_ABI_CALL_H
#define RYFT_SRC_ABI_CALL_H

#include <stdatomic.h>

#include "src/abi/extension.h"
#include "src/abi/table.h"
#include "src/abi/trace.h"
#include "src/base/error.h"

/* Nearly all are called from one place; the few that are not lie on the paths of executions, where
 * a call more can be measured. */
#define RYFT__CALLER static inline __attribute__((always_inline))
#define RYFT__WATCHED_CALLER static __attribute__((cold, noinline, unused))

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

/* Turns the plugin's error into ours and destroys it, whatever happens. Never NULL. `fn` < 0: no
 * entry point. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__plugin_error(const ryft__table *t,
                                                        PJRT_Error *error,
                                                        int fn,
                                                        const char *where);

#endif /* RYFT_SRC_ABI_CALL_H */
