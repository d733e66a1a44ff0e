/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_FETCH_H
#define RYFT_SRC_CORE_FETCH_H

#include "src/abi/table.h"

/* Copies a plugin's buffer to host memory and waits. A NULL `layout` leaves the order to the
 * plugin. */
RYFT_MUST_USE ryft_error *ryft__fetch(const ryft__table *table,
                                      PJRT_Buffer *raw,
                                      PJRT_Buffer_MemoryLayout *layout,
                                      void *out,
                                      size_t size,
                                      const char *where);

#endif /* RYFT_SRC_CORE_FETCH_H */
