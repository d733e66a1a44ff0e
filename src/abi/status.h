/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* PJRT_Error -> ryft_error. */
#ifndef RYFT_SRC_ABI_STATUS_H
#define RYFT_SRC_ABI_STATUS_H

#include "src/abi/table.h"

/* Turns the plugin's error into ours and destroys it, whatever happens. Never NULL. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__plugin_error(const ryft__table *t,
                                                        PJRT_Error *error,
                                                        int fn,
                                                        const char *where);

/* The same for an error that an extension's own table has read; what it gave is copied. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__other_error(int code,
                                                       const char *message,
                                                       size_t size,
                                                       int fn,
                                                       const char *where);

#endif /* RYFT_SRC_ABI_STATUS_H */
