/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file allocator.h
 * The allocation hook: where the library's own memory comes from, one for the whole process.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
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
 * @param allocator copied; NULL: malloc, realloc and free again.
 * Owns: borrows `allocator->user` until replaced. Errors: INVALID_ARGUMENT for a missing function;
 * FAILED_PRECONDITION while objects of the library, errors or host memory are alive. Threads: one,
 * before others use the library. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_allocator_set(const ryft_allocator *allocator);

RYFT_END_DECLS

#endif /* RYFT_ALLOCATOR_H */
