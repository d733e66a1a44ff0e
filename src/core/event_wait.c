/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Waiting with a timeout, which plugins do not offer: a callback that wakes whoever sleeps. */
#include <errno.h>
#include <pthread.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/fork.h"
#include "src/core/event.h"

/* Owned by the event and by the callback, which may run long after the event is gone. */
struct ryft__waiter {
  pthread_mutex_t lock;
  pthread_cond_t woken;
  bool done; /* guarded by lock */
  atomic_int owners;
};

/* Held while an event gets its waiter. */
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static ryft__waiter *make_waiter(void) {
  ryft__waiter *waiter = ryft__alloc_zero(sizeof *waiter);
  if (waiter == NULL) return NULL;
  if (!ryft__condition_init(&waiter->woken)) {
    ryft__free(waiter);
    return NULL;
  }
  (void)pthread_mutex_init(&waiter->lock, NULL);
  atomic_init(&waiter->owners, 2);
  return waiter;
}

void ryft__waiter_release(ryft__waiter *waiter) {
  if (waiter == NULL) return;
  if (atomic_fetch_sub_explicit(&waiter->owners, 1, memory_order_acq_rel) != 1) return;
  (void)pthread_cond_destroy(&waiter->woken);
  (void)pthread_mutex_destroy(&waiter->lock);
  ryft__free(waiter);
}

static void wake(const ryft_error *error, void *arg) {
  ryft__waiter *waiter = arg;
  (void)error; /* asked of the event, by everyone who waits for it */
  (void)pthread_mutex_lock(&waiter->lock);
  waiter->done = true;
  (void)pthread_cond_broadcast(&waiter->woken);
  (void)pthread_mutex_unlock(&waiter->lock);
}

static void drop_waiter(void *arg) {
  ryft__waiter_release(arg);
}

static ryft_error *register_waiter(ryft_event *event, const char *where) {
  ryft__waiter *waiter = make_waiter();
  RYFT__TRY_ALLOC(waiter);
  ryft_error *error = ryft__event_on_ready_raw(
      event->table, event->client, event->raw, wake, waiter, drop_waiter, where);
  if (error != NULL) {
    ryft__waiter_release(waiter); /* the event's share; the callback's was dropped */
    return error;
  }
  atomic_store_explicit(&event->waiter, waiter, memory_order_release);
  return NULL;
}

static ryft_error *get_waiter(ryft_event *event, ryft__waiter **out, const char *where) {
  ryft_error *error = NULL;
  *out = atomic_load_explicit(&event->waiter, memory_order_acquire);
  if (*out != NULL) return NULL;
  RYFT_TRY(ryft__lock(&making, where));
  *out = atomic_load_explicit(&event->waiter, memory_order_acquire);
  if (*out == NULL) error = register_waiter(event, where);
  ryft__unlock(&making);
  *out = atomic_load_explicit(&event->waiter, memory_order_acquire);
  return error;
}

ryft_error *ryft__event_sleep(ryft_event *event,
                              int64_t nanoseconds,
                              bool *out_ready,
                              const char *where) {
  ryft__waiter *waiter = NULL;
  const struct timespec deadline = ryft__deadline(nanoseconds);
  *out_ready = false;
  RYFT_TRY(get_waiter(event, &waiter, where));
  int result = 0;
  (void)pthread_mutex_lock(&waiter->lock);
  while (!waiter->done && result != ETIMEDOUT) {
    result = pthread_cond_timedwait(&waiter->woken, &waiter->lock, &deadline);
  }
  *out_ready = waiter->done;
  (void)pthread_mutex_unlock(&waiter->lock);
  return NULL;
}
