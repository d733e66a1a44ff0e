/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_EXECUTE_H
#define RYFT_SRC_CORE_EXECUTE_H

#include "ryft/execute.h"
#include "src/base/base.h"

/* ryft_execute_all for a session, which executes again and again: `room`, aligned for pointers, is
 * as large as ryft__launch_room says and is used for nothing else meanwhile, so that nothing is
 * allocated but handles; `options` has the library's own size; nobody else has what is donated. */
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
