/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the generated callers (src/abi/gen/calls.h) lean on. */
#ifndef RYFT_SRC_ABI_CALL_H
#define RYFT_SRC_ABI_CALL_H

#include "src/abi/answer.h"
#include "src/abi/extension.h"
#include "src/abi/gate.h"
#include "src/abi/receive.h"
#include "src/abi/status.h"
#include "src/abi/table.h"
#include "src/abi/trace.h"
#include "src/base/fork.h"

/* Nearly all are called from one place; the few that are not lie on the paths of executions, where
 * a call more can be measured. */
#define RYFT__CALLER static inline __attribute__((always_inline))
#define RYFT__WATCHED_CALLER static __attribute__((cold, noinline, unused))

#endif /* RYFT_SRC_ABI_CALL_H */
