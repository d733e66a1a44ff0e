/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Memory for handles: kept, bounded, and given back. Linked so that the library's malloc and free
 * come by here first. */
#include "src/base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "ryft/allocator.h"
#include "support/assert.h"

enum { MANY = 10000, KEPT_AT_MOST = 128 + 32 * 64 };

static atomic_int allocated, freed;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void __real_free(void *memory);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t size) {
  atomic_fetch_add(&allocated, 1);
  return __real_malloc(size);
}

void __wrap_free(void *memory) {
  if (memory != NULL) atomic_fetch_add(&freed, 1);
  __real_free(memory);
}

static int alive(void) {
  return atomic_load(&allocated) - atomic_load(&freed);
}

static int start_empty(void **state) {
  (void)state;
  ryft__pool_keep(false);
  ryft__pool_keep(true);
  atomic_store(&allocated, 0);
  atomic_store(&freed, 0);
  return 0;
}

static int end_empty(void **state) {
  (void)state;
  ryft__pool_keep(false);
  assert_int_equal(alive(), 0);
  ryft__pool_keep(true);
  return 0;
}

static void new_09_pieces_are_used_again(void **state) {
  (void)state;
  for (int i = 0; i < MANY; ++i) {
    void *piece = ryft__pool_take();
    assert_non_null(piece);
    ryft__pool_give(piece);
  }
  assert_int_equal(atomic_load(&allocated), RYFT__SANITIZED ? MANY : 1);
}

static void new_09_pieces_are_distinct_and_bounded(void **state) {
  (void)state;
  static void *pieces[MANY];
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < MANY; ++i) {
      pieces[i] = ryft__pool_take();
      *(int *)pieces[i] = i;
    }
    for (int i = 0; i < MANY; ++i) assert_int_equal(*(int *)pieces[i], i);
    for (int i = 0; i < MANY; ++i) ryft__pool_give(pieces[i]);
    assert_true(alive() <= (RYFT__SANITIZED ? 0 : KEPT_AT_MOST));
  }
}

static void *churn(void *arg) {
  (void)arg;
  void *pieces[100];
  for (int i = 0; i < 100; ++i) pieces[i] = ryft__pool_take();
  for (int i = 0; i < 100; ++i) ryft__pool_give(pieces[i]);
  return NULL;
}

static void new_09_a_thread_that_ends_keeps_nothing(void **state) {
  (void)state;
  for (int i = 0; i < 20; ++i) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, churn, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
  }
  assert_int_equal(alive(), 0);
}

/* ---- One thread makes, the other destroys. */

enum { SLOTS = 256 };
static _Atomic(void *) slots[SLOTS];

static void *destroy_all(void *arg) {
  (void)arg;
  for (int i = 0; i < MANY; ++i) {
    void *piece = NULL;
    while ((piece = atomic_exchange(&slots[i % SLOTS], NULL)) == NULL) sched_yield();
    ryft__pool_give(piece);
  }
  return NULL;
}

static void new_09_pieces_come_back_from_another_thread(void **state) {
  (void)state;
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, destroy_all, NULL), 0);
  for (int i = 0; i < MANY; ++i) {
    void *piece = ryft__pool_take();
    assert_non_null(piece);
    while (atomic_load(&slots[i % SLOTS]) != NULL) sched_yield();
    atomic_store(&slots[i % SLOTS], piece);
  }
  assert_int_equal(pthread_join(thread, NULL), 0);
  if (!RYFT__SANITIZED) assert_true(atomic_load(&allocated) < MANY / 4);
}

/* ---- Under a hook. */

static atomic_int hooked;

static void *hook_allocate(void *user, size_t size) {
  (void)user;
  atomic_fetch_add(&hooked, 1);
  return malloc(size);
}

static void *hook_reallocate(void *user, void *memory, size_t size) {
  (void)user;
  return realloc(memory, size);
}

static void hook_release(void *user, void *memory) {
  (void)user;
  atomic_fetch_sub(&hooked, 1);
  free(memory);
}

static void new_09_a_hook_sees_every_piece(void **state) {
  (void)state;
  const ryft_allocator hook = {
      RYFT_SIZED(ryft_allocator),
      .allocate = hook_allocate,
      .reallocate = hook_reallocate,
      .release = hook_release,
  };
  ryft__pool_give(ryft__pool_take()); /* kept from before */
  assert_ok(ryft_allocator_set(&hook));
  for (int i = 0; i < 3; ++i) {
    void *piece = ryft__pool_take();
    assert_int_equal(atomic_load(&hooked), 1);
    ryft__pool_give(piece);
    assert_int_equal(atomic_load(&hooked), 0);
  }
  assert_ok(ryft_allocator_set(NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(new_09_pieces_are_used_again, start_empty, end_empty),
      cmocka_unit_test_setup_teardown(
          new_09_pieces_are_distinct_and_bounded, start_empty, end_empty),
      cmocka_unit_test_setup_teardown(
          new_09_a_thread_that_ends_keeps_nothing, start_empty, end_empty),
      cmocka_unit_test_setup_teardown(
          new_09_pieces_come_back_from_another_thread, start_empty, end_empty),
      cmocka_unit_test_setup_teardown(new_09_a_hook_sees_every_piece, start_empty, end_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
