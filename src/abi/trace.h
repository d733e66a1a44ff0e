/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_TRACE=calls|args|times[,file=PATH]: what the library asks of a plugin, as it asks. */
#ifndef RYFT_SRC_ABI_TRACE_H
#define RYFT_SRC_ABI_TRACE_H

#include <stdatomic.h>
#include <stdint.h>

#include "src/abi/table.h"

enum { RYFT__WATCH_TRACE = 1, RYFT__WATCH_FORKED = 2 };

/* Zero, and so nearly free, unless calls are traced or this process is a fork of one that has a
 * client. */
extern __attribute__((visibility("hidden"))) atomic_int ryft__watch;
#define RYFT__WATCHED() (atomic_load_explicit(&ryft__watch, memory_order_relaxed) != 0)

/* Reads RYFT_TRACE, once. */
void ryft__trace_start(void);

/* To be called before the first client is made: from then on, a fork's child is refused all calls.
 */
void ryft__watch_forks(void);

/* One call being watched; lives on the caller's stack. */
typedef struct ryft__span {
  const ryft__table *table;
  const void *args;
  const char *where;
  int64_t start; /* nanoseconds */
  int fn;
} ryft__span;

/* FAILED_PRECONDITION in a fork's child: the call must not be made. Otherwise NULL, and `span` is
 * filled. */
RYFT_MUST_USE ryft_error *ryft__before(ryft__span *span,
                                       const ryft__table *t,
                                       int fn,
                                       const void *args,
                                       const char *where);
void ryft__before_void(ryft__span *span,
                       const ryft__table *t,
                       int fn,
                       const void *args,
                       const char *where);

/* `error` is only looked at. */
void ryft__after(const ryft__span *span, const PJRT_Error *error);

#endif /* RYFT_SRC_ABI_TRACE_H */
