/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_TRACE=calls|args|times[,file=PATH]: what the library asks of a plugin, as it asks. */
#ifndef RYFT_SRC_ABI_TRACE_H
#define RYFT_SRC_ABI_TRACE_H

#include <stdint.h>

#include "src/abi/grow.h"

/* Reads RYFT_TRACE, once; to be called before the first call of a plugin. */
void ryft__trace_start(void);

/* One call being watched; lives on the caller's stack. */
typedef struct ryft__span {
  const ryft__table *table;
  const void *args;
  void *given; /* what the function is called with instead of them */
  const char *where;
  int64_t start; /* nanoseconds */
  int fn;
  ryft__grown grown;
} ryft__span;

/* FAILED_PRECONDITION in a fork's child: the call must not be made. Otherwise NULL, and `span` is
 * filled. */
RYFT_MUST_USE ryft_error *ryft__before(ryft__span *span,
                                       const ryft__table *t,
                                       int fn,
                                       void *args,
                                       const char *where);
void ryft__before_void(ryft__span *span,
                       const ryft__table *t,
                       int fn,
                       void *args,
                       const char *where);

/* `error` is only looked at. */
void ryft__after(const ryft__span *span, const PJRT_Error *error);

/* The same for an answer that is not a PJRT_Error, once it is ours. */
void ryft__after_other(const ryft__span *span, const ryft_error *error);

#endif /* RYFT_SRC_ABI_TRACE_H */
