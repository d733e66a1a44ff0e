/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Whether a plugin that says that all is well gave what it was asked for: the next call with it
 * would end the process. The generated callers look at the one thing that a call makes; what is
 * here for others is for lists, and for calls that make several things or may make none. */
#ifndef RYFT_SRC_ABI_ANSWER_H
#define RYFT_SRC_ABI_ANSWER_H

#include "src/abi/gen/tables.h"
#include "src/base/error.h"

RYFT_MUST_USE RYFT__COLD ryft_error *ryft__not_given(const char *what,
                                                     const char *entry_point,
                                                     const char *where);

/* The same, by the function's number. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__answer_missing(int fn,
                                                          const char *what,
                                                          const char *where);

/* INTERNAL when `object` is NULL; `what` says what it is, such as "buffer". */
static inline RYFT_MUST_USE ryft_error *ryft__check_given(const void *object,
                                                          const char *what,
                                                          const char *entry_point,
                                                          const char *where) {
  return RYFT__LIKELY(object != NULL) ? NULL : ryft__not_given(what, entry_point, where);
}

/* The same of a list of `count`, and of everything in it. */
RYFT_MUST_USE ryft_error *ryft__check_list_given(const void *list,
                                                 size_t count,
                                                 const char *what,
                                                 const char *entry_point,
                                                 const char *where);

#endif /* RYFT_SRC_ABI_ANSWER_H */
