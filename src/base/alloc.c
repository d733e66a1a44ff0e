/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/alloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/error.h"
#include "src/base/pool.h"
#include "src/base/sized.h"

/* Plugins keep pointers in place only at this alignment; less silently turns zero-copy into a copy.
 */
enum { HOST_ALIGNMENT = 64 };

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

static atomic_size_t live_objects; /* without those that are holders of something */

static pthread_mutex_t holders_lock = PTHREAD_MUTEX_INITIALIZER;
static ryft__holders *all_holders;

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

void ryft__object_born(void) {
  atomic_fetch_add_explicit(&live_objects, 1, memory_order_relaxed);
}

void ryft__object_gone(void) {
  atomic_fetch_sub_explicit(&live_objects, 1, memory_order_relaxed);
}

static void lock_holders(void) {
  (void)pthread_mutex_lock(&holders_lock);
}

static void unlock_holders(void) {
  (void)pthread_mutex_unlock(&holders_lock);
}

/* A fork waits for the lock, or its child might find it taken for ever. */
static void guard_forks(void) {
  (void)pthread_atfork(lock_holders, unlock_holders, unlock_holders);
}

void ryft__holders_begin(ryft__holders *holders) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, guard_forks);
  atomic_init(&holders->sum, RYFT__OTHER);
  lock_holders();
  holders->next = all_holders;
  all_holders = holders;
  unlock_holders();
}

void ryft__holders_end(ryft__holders *holders) {
  lock_holders();
  ryft__holders **link = &all_holders;
  while (*link != holders) link = &(*link)->next;
  *link = holders->next;
  unlock_holders();
}

size_t ryft_live_objects(void) {
  uint64_t count = atomic_load_explicit(&live_objects, memory_order_relaxed);
  lock_holders();
  for (ryft__holders *each = all_holders; each != NULL; each = each->next) {
    count += atomic_load_explicit(&each->sum, memory_order_relaxed) % RYFT__OTHER;
  }
  unlock_holders();
  return count;
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
  ryft__pool_keep(chosen.allocate == default_allocate);
  current = chosen;
  return NULL;
}

/* The hook knows no alignment, so the pointer that it gave is kept just below the aligned memory.
 */
ryft_error *ryft_host_alloc(size_t size, void **out) {
  *out = NULL;
  size_t padded = 0;
  void *raw = NULL;
  if (!__builtin_add_overflow(size, HOST_ALIGNMENT + sizeof(void *), &padded))
    raw = ryft__alloc(padded);
  if (raw == NULL) {
    return ryft__error(
        RYFT_RESOURCE_EXHAUSTED, __func__, NULL, "no memory for %zu bytes of host memory", size);
  }
  const uintptr_t first = (uintptr_t)raw + sizeof(void *);
  const uintptr_t aligned = (first + HOST_ALIGNMENT - 1) & ~(uintptr_t)(HOST_ALIGNMENT - 1);
  char *memory = (char *)raw + (aligned - (uintptr_t)raw);
  memcpy(memory - sizeof(void *), &raw, sizeof raw);
  *out = memory;
  return NULL;
}

void ryft_host_free(void *memory) {
  if (memory == NULL) return;
  void *raw = NULL;
  memcpy(&raw, (char *)memory - sizeof(void *), sizeof raw);
  ryft__free(raw);
}
