/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_BASE_HOST_MEMORY_H
#define RYFT_SRC_BASE_HOST_MEMORY_H

#include "ryft/host_memory.h"
#include "src/base/base.h"

/* ryft_host_alloc on behalf of `where`. */
RYFT_MUST_USE ryft_error *ryft__host_alloc(size_t size, void **out, const char *where);

#endif /* RYFT_SRC_BASE_HOST_MEMORY_H */
