/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ryft/allocator.h"

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

size_t ryft__loose_count(void) {
  return atomic_load_explicit(&loose, memory_order_relaxed);
}

bool ryft__alloc_is_hooked(void) {
  return current.allocate != default_allocate;
}

void ryft__alloc_through(const ryft_allocator *hook) {
  current = hook == NULL ? DEFAULT_ALLOCATOR : *hook;
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
