/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file allocator.h
 * The one process-wide allocation hook, host memory that plugins can use without a copy, and the
 * count of objects alive.
 */
#ifndef RYFT_ALLOCATOR_H
#define RYFT_ALLOCATOR_H

#include "ryft/base.h"
#include "ryft/error.h"

RYFT_BEGIN_DECLS

/**
 * Where the library's own memory comes from. `reallocate` gets NULL to allocate; it and `allocate`
 * may return NULL, which surfaces as RESOURCE_EXHAUSTED. All three may be called from any thread.
 * Plugins use their own.
 */
typedef struct ryft_allocator {
  size_t struct_size;
  void *(*allocate)(void *user, size_t size);
  void *(*reallocate)(void *user, void *memory, size_t size);
  void (*release)(void *user, void *memory);
  void *user;
} ryft_allocator;

/**
 * Sets the hook for the whole process. Call it before anything else: memory is released through the
 * hook that is set at that time.
 *
 * @param allocator copied; NULL restores malloc, realloc and free.
 * Owns: borrows `allocator->user` until replaced. Errors: INVALID_ARGUMENT for a missing function;
 * FAILED_PRECONDITION while objects of the library, errors or host memory are alive. Threads: one,
 * before others use the library. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_allocator_set(const ryft_allocator *allocator);

/**
 * Host memory that plugins can take without copying: aligned to 64 bytes and friendly to huge
 * pages.
 *
 * @param size in bytes; 0 gives a valid pointer to nothing.
 * Owns: the caller owns `*out`, freed with ryft_host_free. Errors: RESOURCE_EXHAUSTED. Threads:
 * any. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_host_alloc(size_t size, void **out);

/** Frees memory from ryft_host_alloc, or that a function documents as to be freed with this. NULL
 * is fine.
 *
 * Owns: takes `memory`. Errors: none. Threads: any. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_host_free(void *memory);

/**
 * How many objects (clients, buffers, events, executables, …) exist now in this process: 0 when
 * nothing leaks. Plugins, devices and memories are not counted: they live as long as the process or
 * their client. With RYFT_LOG=leaks in the environment, what is left when the process exits is
 * printed on stderr.
 *
 * Owns: nothing. Errors: none. Threads: any; a snapshot. Blocks: no. Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_live_objects(void);

RYFT_END_DECLS

#endif /* RYFT_ALLOCATOR_H */
