/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Whether a plugin that says that all is well gave what it was asked for. Whoever makes a handle of
 * something looks here first: the next call would end the process. */
#ifndef RYFT_SRC_CORE_GIVEN_H
#define RYFT_SRC_CORE_GIVEN_H

#include "src/base/error.h"

RYFT_MUST_USE RYFT__COLD ryft_error *ryft__not_given(const char *what,
                                                     const char *entry_point,
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

#endif /* RYFT_SRC_CORE_GIVEN_H */
