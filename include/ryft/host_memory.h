/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file host_memory.h
 * Host memory that plugins can use without a copy. What one thread allocates another may free.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_HOST_MEMORY_H
#define RYFT_HOST_MEMORY_H

#include "ryft/base.h"
#include "ryft/error.h"

RYFT_BEGIN_DECLS

/**
 * Host memory that plugins can take without copying: aligned to 64 bytes and friendly to huge
 * pages.
 *
 * @param size in bytes; 0 gives a valid pointer to nothing.
 * Owns: the caller owns `*out`, freed with ryft_host_free. Errors: RESOURCE_EXHAUSTED. Since: 0.1.
 * PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_host_alloc(size_t size, void **out);

/** Frees memory from ryft_host_alloc, or that a function documents as to be freed with this. NULL
 * is fine.
 *
 * Owns: takes `memory`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_host_free(void *memory);

RYFT_END_DECLS

#endif /* RYFT_HOST_MEMORY_H */
