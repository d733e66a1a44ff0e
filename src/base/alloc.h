/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The library's own memory: all of it comes through the process-wide hook (ryft/allocator.h). */
#ifndef RYFT_SRC_BASE_ALLOC_H
#define RYFT_SRC_BASE_ALLOC_H

#include <stdatomic.h>

#include "ryft/allocator.h"
#include "src/base/base.h"

/* NULL when memory is out; a size of 0 gives a valid pointer. */
RYFT__SHARED RYFT_MUST_USE void *ryft__alloc(size_t size);
RYFT__SHARED RYFT_MUST_USE void *ryft__alloc_zero(size_t size);

/* Zeroed room for `count` elements; NULL also when the product overflows. */
RYFT__SHARED RYFT_MUST_USE void *ryft__alloc_array(size_t count, size_t element_size);

RYFT__SHARED RYFT_MUST_USE void *ryft__realloc(void *memory, size_t size);
RYFT__SHARED void ryft__free(void *memory);

/* A NUL-terminated copy of `size` bytes. */
RYFT__SHARED RYFT_MUST_USE char *ryft__copy_text(const char *text, size_t size);

/* Counts objects for ryft_live_objects. */
RYFT__SHARED void ryft__object_born(void);
RYFT__SHARED void ryft__object_gone(void);

/* Whoever holds a thing, in one number, so that holding and counting are one step: objects that
 * ryft_live_objects counts add RYFT__OBJECT, and all others RYFT__OTHER. */
typedef struct ryft__holders {
  atomic_uint_fast64_t sum;
  struct ryft__holders *next;
} ryft__holders;

#define RYFT__OBJECT UINT64_C(1)
#define RYFT__OTHER (UINT64_C(1) << 40)

/* Has ryft_live_objects look at it from now on. Starts with one other holder. */
void ryft__holders_begin(ryft__holders *holders);

/* To be called before its memory is freed. */
void ryft__holders_end(ryft__holders *holders);

#endif /* RYFT_SRC_BASE_ALLOC_H */
