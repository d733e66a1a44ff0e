/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The library's own memory: all of it comes through the process-wide hook (ryft/allocator.h). */
#ifndef RYFT_SRC_BASE_ALLOC_H
#define RYFT_SRC_BASE_ALLOC_H

#include "src/base/base.h"
#include "src/base/live.h"

/* NULL when memory is out; a size of 0 gives a valid pointer. */
RYFT__SHARED RYFT_MUST_USE void *ryft__alloc(size_t size);
RYFT__SHARED RYFT_MUST_USE void *ryft__alloc_zero(size_t size);

/* Zeroed room for `count` elements; NULL also when the product overflows. */
RYFT__SHARED RYFT_MUST_USE void *ryft__alloc_array(size_t count, size_t element_size);

RYFT__SHARED RYFT_MUST_USE void *ryft__realloc(void *memory, size_t size);
RYFT__SHARED void ryft__free(void *memory);

/* Errors and host memory are no objects, and yet hold the hook's memory: one of them came or went.
 */
void ryft__loose_born(void);
void ryft__loose_gone(void);
size_t ryft__loose_count(void);

/* Whether a hook other than malloc is set. */
bool ryft__alloc_is_hooked(void);

/* From now on memory comes from, and goes to, this hook; NULL: malloc. */
struct ryft_allocator;
void ryft__alloc_through(const struct ryft_allocator *hook);

/* A NUL-terminated copy of `size` bytes. */
RYFT__SHARED RYFT_MUST_USE char *ryft__copy_text(const char *text, size_t size);

#endif /* RYFT_SRC_BASE_ALLOC_H */
