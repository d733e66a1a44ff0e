/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <string.h>

#include "declared_steps.h"
#include "sweep/sweep.h"

/* Given up unset, it is cancelled, which the plugin may refuse. */
static ryft_error *event_create(const scene *s) {
  ryft_event *event = POISON;
  ryft_error *error = ryft_event_create(s->plugin, &event);
  CLEARED(error, event);
  ryft_event_destroy(event);
  return error;
}

static ryft_error *event_set(const scene *s) {
  return ryft_event_set(s->event, /* error= */ NULL);
}

static ryft_error *event_is_ready(const scene *s) {
  bool ready = true;
  ryft_error *error = ryft_event_is_ready(s->event, &ready);
  assert_false(ready);
  return error;
}

/* The time being over is no failure here. */
static ryft_error *event_await_for(const scene *s) {
  ryft_error *error = ryft_event_await_for(s->event, /* nanoseconds= */ 1);
  if (ryft_error_code(error) != RYFT_DEADLINE_EXCEEDED ||
      strstr(ryft_error_message(error), "not complete after") == NULL) {
    return error;
  }
  ryft_error_destroy(error);
  return NULL;
}

typedef struct callback_counts {
  atomic_int calls, drops;
} callback_counts;

static void count_call(const ryft_error *error, void *arg) {
  (void)error;
  atomic_fetch_add(&((callback_counts *)arg)->calls, 1);
}

static void count_drop(void *arg) {
  atomic_fetch_add(&((callback_counts *)arg)->drops, 1);
}

/* The callback runs exactly once, or never when registering failed; the argument is dropped exactly
 * once. */
static ryft_error *event_on_ready(const scene *s) {
  callback_counts counts = {.calls = 0};
  ryft_error *error = ryft_event_on_ready(s->ready, count_call, &counts, count_drop);
  sweep_wait(&counts.drops);
  assert_int_equal(atomic_load(&counts.calls), error == NULL ? 1 : 0);
  assert_int_equal(atomic_load(&counts.drops), 1);
  return error;
}

static const sweep_step steps[] = {
    SWEEP(ryft_event_create, event_create, "PJRT_Event_Set"),
    SWEEP(ryft_event_set, event_set, ""),
    SWEEP(ryft_event_is_ready, event_is_ready, ""),
    SWEEP(ryft_event_await, declared_ryft_event_await, ""),
    SWEEP(ryft_event_error, declared_ryft_event_error, ""),
    SWEEP(ryft_event_await_for, event_await_for, ""),
    SWEEP(ryft_event_on_ready, event_on_ready, ""),
};

static void open_scene(scene *s) {
  scene_open_client(s);
  scene_open_buffers(s);
  scene_open_events(s);
}

const sweep_table sweep_domain = SWEEP_TABLE(steps, open_scene);
