/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Forks. A plugin's threads do not survive one, and what another thread had locked stays locked in
 * the child for ever. So a child that was forked while there was, or had been, a client or a user's
 * event is refused: before each call of a plugin, and before each lock. */
#ifndef RYFT_SRC_BASE_FORK_H
#define RYFT_SRC_BASE_FORK_H

#include <pthread.h>

#include "src/base/error.h"
#include "src/base/watch.h"

/* From now on a fork's child will be refused, until the second is called as often as the first. Who
 * makes a client or an event never calls it. */
void ryft__watch_forks(void);
void ryft__unwatch_forks(void);

/* Whether this process is a child to be refused. */
static inline bool ryft__forked(void) {
  return (atomic_load_explicit(&ryft__watch, memory_order_relaxed) & RYFT__WATCH_FORKED) != 0;
}

/* What such a child is told; `entry_point` as for ryft__error. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__fork_error(const char *where, const char *entry_point);

/* FAILED_PRECONDITION in such a child. */
static inline RYFT_MUST_USE ryft_error *ryft__check_forked(const char *where) {
  return RYFT__LIKELY(!ryft__forked()) ? NULL : ryft__fork_error(where, /* entry_point= */ NULL);
}

/* The way to take a lock in functions that can fail: refused in such a child. */
static inline RYFT_MUST_USE ryft_error *ryft__lock(pthread_mutex_t *lock, const char *where) {
  RYFT_TRY(ryft__check_forked(where));
  (void)pthread_mutex_lock(lock);
  return NULL;
}

static inline void ryft__unlock(pthread_mutex_t *lock) {
  (void)pthread_mutex_unlock(lock);
}

#endif /* RYFT_SRC_BASE_FORK_H */
