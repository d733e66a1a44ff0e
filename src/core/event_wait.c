/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Waiting with a timeout, which plugins do not offer: a callback that wakes whoever sleeps. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "src/base/alloc.h"
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

static bool init_condition(pthread_cond_t *out) {
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes) != 0) return false;
  const bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                    pthread_cond_init(out, &attributes) == 0;
  (void)pthread_condattr_destroy(&attributes);
  return made;
}

static ryft__waiter *make_waiter(void) {
  ryft__waiter *waiter = ryft__alloc_zero(sizeof *waiter);
  if (waiter == NULL) return NULL;
  if (!init_condition(&waiter->woken)) {
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
  (void)pthread_mutex_lock(&making);
  *out = atomic_load_explicit(&event->waiter, memory_order_acquire);
  if (*out == NULL) error = register_waiter(event, where);
  (void)pthread_mutex_unlock(&making);
  *out = atomic_load_explicit(&event->waiter, memory_order_acquire);
  return error;
}

/* Far deadlines end at the latest time there is. */
static struct timespec deadline_after(int64_t nanoseconds) {
  struct timespec now;
  int64_t at = 0;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t start = (int64_t)now.tv_sec * RYFT_SECONDS(1) + now.tv_nsec;
  if (__builtin_add_overflow(start, nanoseconds, &at)) at = INT64_MAX;
  return (struct timespec){.tv_sec = at / RYFT_SECONDS(1), .tv_nsec = at % RYFT_SECONDS(1)};
}

ryft_error *ryft__event_sleep(ryft_event *event,
                              int64_t nanoseconds,
                              bool *out_ready,
                              const char *where) {
  ryft__waiter *waiter = NULL;
  const struct timespec deadline = deadline_after(nanoseconds);
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
