/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Waiting with a timeout, which plugins do not offer: a callback that wakes whoever sleeps. */
#include <errno.h>
#include <pthread.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/core/event.h"

/* Owned by the event and by the callback, which may run long after the event is gone. */
struct ryft__waiter {
  pthread_mutex_t lock;
  pthread_cond_t woken;
  bool done; /* guarded by lock */
  atomic_int owners;
};

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

static ryft_error *register_waiter(const ryft_event *event, ryft__waiter **out, const char *where) {
  *out = make_waiter();
  RYFT__TRY_ALLOC(*out);
  ryft_error *error = ryft__event_on_ready_raw(
      event->table, event->client, event->raw, wake, *out, drop_waiter, where);
  if (error != NULL) ryft__waiter_release(*out); /* the event's share; the callback's was dropped */
  return error;
}

/* No lock is held while the plugin is called. Of several threads that sleep for the first time at
 * once, each registers a waiter, and all sleep on the one that came first. */
static ryft_error *get_waiter(ryft_event *event, ryft__waiter **out, const char *where) {
  ryft__waiter *made = NULL;
  *out = atomic_load_explicit(&event->waiter, memory_order_acquire);
  if (*out != NULL) return NULL;
  RYFT_TRY(register_waiter(event, &made, where));
  if (atomic_compare_exchange_strong_explicit(
          &event->waiter, out, made, memory_order_acq_rel, memory_order_acquire)) {
    *out = made;
  } else {
    ryft__waiter_release(made);
  }
  return NULL;
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
