/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What tests of events share. */
#ifndef RYFT_TESTS_CORE_EVENT_SUPPORT_H
#define RYFT_TESTS_CORE_EVENT_SUPPORT_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "ryft/buffer.h"
#include "ryft/event.h"
#include "support/assert.h"
#include "support/plugin.h"

/* What a callback saw, and how often. */
typedef struct witness {
  atomic_int calls;
  atomic_int drops;
  atomic_int code;
} witness;

static inline void see(const ryft_error *error, void *arg) {
  witness *w = arg;
  atomic_store(&w->code, (int)ryft_error_code(error));
  atomic_fetch_add(&w->calls, 1);
}

static inline void drop(void *arg) {
  atomic_fetch_add(&((witness *)arg)->drops, 1);
}

static inline void pause_ms(long milliseconds) {
  const struct timespec pause = {.tv_sec = milliseconds / 1000,
                                 .tv_nsec = milliseconds % 1000 * 1000000};
  (void)nanosleep(&pause, NULL);
}

/* Callbacks may run on the plugin's threads, a little later. */
static inline void expect_seen_once(witness *w, ryft_code code) {
  for (int i = 0; i < 5000 && atomic_load(&w->drops) == 0; ++i) pause_ms(1);
  assert_int_equal(atomic_load(&w->calls), 1);
  assert_int_equal(atomic_load(&w->drops), 1);
  assert_int_equal(atomic_load(&w->code), code);
}

/* Completes an event from another thread, after a while. */
typedef struct setter {
  ryft_event *event;
  ryft_error *error;
  pthread_t thread;
} setter;

static inline void *set_later(void *arg) {
  setter *s = arg;
  pause_ms(30);
  return ryft_event_set(s->event, s->error);
}

static inline void setter_start(setter *s) {
  assert_int_equal(pthread_create(&s->thread, NULL, set_later, s), 0);
}

static inline void setter_join(setter *s) {
  void *result = NULL;
  assert_int_equal(pthread_join(s->thread, &result), 0);
  assert_ok(result);
  ryft_error_destroy(s->error);
}

#endif /* RYFT_TESTS_CORE_EVENT_SUPPORT_H */
