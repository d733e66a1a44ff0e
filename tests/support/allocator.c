/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/allocator.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "ryft/allocator.h"
#include "support/assert.h"

static atomic_size_t calls;
static atomic_size_t live;
static atomic_size_t fail_at; /* the number of the call; 0: none */
static atomic_bool failed;

static bool refuse(void) {
  const size_t number = atomic_fetch_add(&calls, 1) + 1;
  if (number != atomic_load(&fail_at)) return false;
  atomic_store(&failed, true);
  return true;
}

static void *allocate(void *user, size_t size) {
  (void)user;
  if (refuse()) return NULL;
  void *memory = malloc(size == 0 ? 1 : size);
  if (memory != NULL) atomic_fetch_add(&live, 1);
  return memory;
}

static void *reallocate(void *user, void *memory, size_t size) {
  if (memory == NULL) return allocate(user, size);
  return refuse() ? NULL : realloc(memory, size == 0 ? 1 : size);
}

static void release(void *user, void *memory) {
  (void)user;
  if (memory != NULL) atomic_fetch_sub(&live, 1);
  free(memory);
}

void test_allocator_install(void) {
  const ryft_allocator allocator = {.struct_size = sizeof allocator,
                                    .allocate = allocate,
                                    .reallocate = reallocate,
                                    .release = release};
  assert_ok(ryft_allocator_set(&allocator));
}

void test_allocator_fail(size_t nth) {
  if (nth != 0) atomic_store(&failed, false);
  atomic_store(&fail_at, nth == 0 ? 0 : atomic_load(&calls) + nth);
}

size_t test_allocator_sweep(ryft_error *(*attempt)(void *arg), void *arg) {
  enum { POINTS_MAX = 5000 };
  for (size_t nth = 1; nth < POINTS_MAX; ++nth) {
    test_allocator_fail(nth);
    ryft_error *error = attempt(arg);
    test_allocator_fail(0);
    if (!test_allocator_failed()) {
      assert_ok(error);
      return nth - 1;
    }
    assert_code(error, RYFT_RESOURCE_EXHAUSTED, "");
  }
  fail_msg("it never succeeded");
  return 0;
}

bool test_allocator_failed(void) {
  return atomic_load(&failed);
}
size_t test_allocator_calls(void) {
  return atomic_load(&calls);
}
size_t test_allocator_live(void) {
  return atomic_load(&live);
}
