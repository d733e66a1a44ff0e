/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_EXECUTE_H
#define RYFT_SRC_CORE_EXECUTE_H

#include "ryft/abi/pjrt.h"
#include "ryft/execute.h"
#include "src/base/base.h"

/* Which device to name to the plugin when the options, called `options_name`, name `device`: none
 * where the executable already stands for it. INVALID_ARGUMENT when it cannot run there, or
 * `device` is NULL and it has none of its own. */
RYFT_MUST_USE ryft_error *ryft__execute_device(const ryft_loaded_executable *executable,
                                               const ryft_device *device,
                                               const char *options_name,
                                               PJRT_Device **out,
                                               const char *where);

/* How many bytes the tables of an execution take, of `buffers` arguments and outputs over all
 * devices and `kept` arguments that are not donated; false on overflow. */
RYFT_MUST_USE bool ryft__execute_room(size_t devices,
                                      size_t buffers,
                                      size_t kept,
                                      size_t *out_size);

/* ryft_execute_all for a session, which executes again and again: `room`, aligned for pointers, is
 * as large as ryft__execute_room says and is used for nothing else meanwhile, so that nothing is
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
