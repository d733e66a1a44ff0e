/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/alloc.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "src/base/error.h"
#include "src/base/pool.h"
#include "src/base/sized.h"

/* Plugins keep pointers in place only at the first alignment; less silently turns zero-copy into a
 * copy. Large memory begins where huge pages do. */
enum { HOST_ALIGNMENT = 64, HUGE_PAGE = 2 << 20 };

static void *default_allocate(void *user, size_t size) {
  (void)user;
  return malloc(size);
}

static void *default_reallocate(void *user, void *memory, size_t size) {
  (void)user;
  return realloc(memory, size);
}

static void default_release(void *user, void *memory) {
  (void)user;
  free(memory);
}

static const ryft_allocator DEFAULT_ALLOCATOR = {
    RYFT_SIZED(ryft_allocator),
    .allocate = default_allocate,
    .reallocate = default_reallocate,
    .release = default_release,
};

static ryft_allocator current = {
    RYFT_SIZED(ryft_allocator),
    .allocate = default_allocate,
    .reallocate = default_reallocate,
    .release = default_release,
};

static atomic_size_t loose;

void ryft__loose_born(void) {
  atomic_fetch_add_explicit(&loose, 1, memory_order_relaxed);
}

void ryft__loose_gone(void) {
  atomic_fetch_sub_explicit(&loose, 1, memory_order_relaxed);
}

static bool is_hooked(void) {
  return current.allocate != default_allocate;
}

void *ryft__alloc(size_t size) {
  return current.allocate(current.user, size == 0 ? 1 : size);
}

void *ryft__alloc_zero(size_t size) {
  void *memory = ryft__alloc(size);
  if (memory != NULL) memset(memory, 0, size);
  return memory;
}

void *ryft__alloc_array(size_t count, size_t element_size) {
  size_t size = 0;
  if (__builtin_mul_overflow(count, element_size, &size)) return NULL;
  return ryft__alloc_zero(size);
}

void *ryft__realloc(void *memory, size_t size) {
  return current.reallocate(current.user, memory, size == 0 ? 1 : size);
}

void ryft__free(void *memory) {
  if (memory != NULL) current.release(current.user, memory);
}

char *ryft__copy_text(const char *text, size_t size) {
  char *copy = ryft__alloc(size + 1);
  if (copy == NULL) return NULL;
  if (size != 0) memcpy(copy, text, size);
  copy[size] = '\0';
  return copy;
}

ryft_error *ryft_allocator_set(const ryft_allocator *allocator) {
  ryft_allocator chosen = DEFAULT_ALLOCATOR;
  if (allocator != NULL) RYFT_TRY(RYFT__READ_OPTIONS(ryft_allocator, allocator, &chosen));
  if (chosen.allocate == NULL || chosen.reallocate == NULL || chosen.release == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       __func__,
                       NULL,
                       "an allocator needs allocate, reallocate and release");
  }
  const size_t alive = ryft_live_objects();
  if (alive != 0) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       __func__,
                       NULL,
                       "%zu objects are alive; set the allocator before making any",
                       alive);
  }
  const size_t pieces = atomic_load_explicit(&loose, memory_order_relaxed);
  if (pieces != 0) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       __func__,
                       NULL,
                       "%zu errors or pieces of host memory are alive; set the allocator before "
                       "there are any",
                       pieces);
  }
  current = chosen;
  ryft__pool_keep(!is_hooked());
  return NULL;
}

/* First use is many times faster with huge pages. Without them all is well, too. */
static void ask_for_huge_pages(void *memory, size_t size) {
#ifdef MADV_HUGEPAGE
  const int saved = errno;
  (void)madvise(memory, size - size % HUGE_PAGE, MADV_HUGEPAGE);
  errno = saved;
#else
  (void)memory;
  (void)size;
#endif
}

/* The hook knows no alignment, so the pointer that it gave is kept just below the aligned memory.
 */
ryft_error *ryft_host_alloc(size_t size, void **out) {
  if (out == NULL) return ryft__error(RYFT_INVALID_ARGUMENT, __func__, NULL, "`out` is NULL");
  *out = NULL;
  size_t padded = 0;
  void *raw = NULL;
  const bool huge = size >= HUGE_PAGE && !is_hooked();
  const size_t alignment = huge ? HUGE_PAGE : HOST_ALIGNMENT;
  if (!__builtin_add_overflow(size, alignment + sizeof(void *), &padded)) raw = ryft__alloc(padded);
  if (raw == NULL) {
    return ryft__error(
        RYFT_RESOURCE_EXHAUSTED, __func__, NULL, "no memory for %zu bytes of host memory", size);
  }
  const uintptr_t first = (uintptr_t)raw + sizeof(void *);
  const uintptr_t aligned = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);
  char *memory = (char *)raw + (aligned - (uintptr_t)raw);
  memcpy(memory - sizeof(void *), &raw, sizeof raw);
  if (huge) ask_for_huge_pages(memory, size);
  ryft__loose_born();
  *out = memory;
  return NULL;
}

void ryft_host_free(void *memory) {
  if (memory == NULL) return;
  void *raw = NULL;
  memcpy(&raw, (char *)memory - sizeof(void *), sizeof raw);
  ryft__free(raw);
  ryft__loose_gone();
}
