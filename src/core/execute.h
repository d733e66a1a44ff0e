/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_EXECUTE_H
#define RYFT_SRC_CORE_EXECUTE_H

#include "ryft/execute.h"
#include "src/base/base.h"

/* What few executions give, and no plugin checks. */
RYFT_MUST_USE ryft_error *ryft__execute_options_check(const ryft_execute_options *options,
                                                      const char *where);

/* What of a device's lists is NULL though it has a count, else NULL. */
static inline const char *ryft__execute_missing(ryft_buffer *const *arguments,
                                                size_t argument_count,
                                                ryft_buffer **outputs,
                                                size_t output_count) {
  if (RYFT__UNLIKELY(arguments == NULL) && argument_count != 0) return "arguments";
  return RYFT__UNLIKELY(outputs == NULL) && output_count != 0 ? "outputs" : NULL;
}

/* The same of ryft_execute_all, with its name as `where`. */
RYFT_MUST_USE ryft_error *ryft__execute_lists_check(ryft_buffer *const *const *arguments,
                                                    size_t device_count,
                                                    size_t argument_count,
                                                    ryft_buffer **const *outputs,
                                                    size_t output_count,
                                                    const char *where);

/* The list called `name` is NULL. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__execute_null(const char *name, const char *where);

/* Arguments or outputs that are not as many as the program's. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__execute_wrong_count(const char *what,
                                                               size_t given,
                                                               size_t wanted,
                                                               const char *where);

/* Arguments for one device when it is ryft_execute that was called, else for `given`. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__execute_wrong_devices(bool one,
                                                                 size_t given,
                                                                 size_t wanted,
                                                                 const char *where);

/* How many bytes the tables of an execution take, of `buffers` arguments and outputs over all
 * devices and `kept` arguments that are not donated; false on overflow. */
RYFT_MUST_USE bool ryft__execute_room(size_t devices,
                                      size_t buffers,
                                      size_t kept,
                                      size_t *out_size);

/* ryft_execute_all for whoever executes again and again: `room`, aligned for pointers, is as large
 * as ryft__execute_room says and is used for nothing else meanwhile, so that nothing is allocated
 * but handles; `options` has the library's own size. */
RYFT_MUST_USE ryft_error *ryft__execute_in(void *room,
                                           ryft_loaded_executable *executable,
                                           ryft_buffer *const *const *arguments,
                                           size_t device_count,
                                           size_t argument_count,
                                           const ryft_execute_options *options,
                                           ryft_buffer **const *outputs,
                                           size_t output_count,
                                           const char *where);

#endif /* RYFT_SRC_CORE_EXECUTE_H */
