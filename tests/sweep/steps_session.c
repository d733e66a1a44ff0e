/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "declared_steps.h"
#include "sweep/sweep.h"

/* The run of the scene left sums in "sum" and "left", and "right" as it was. */
enum { LEFT, RIGHT, SUM };

static ryft_error *create(ryft_loaded_executable *executable, const ryft_session_options *options) {
  ryft_session *session = POISON;
  ryft_error *error =
      ryft_session_create(executable, SWEEP_INPUTS, 2, SWEEP_OUTPUTS, 2, options, &session);
  CLEARED(error, session);
  ryft_session_destroy(session);
  return error;
}

static ryft_error *session_create(const scene *s) {
  return create(s->executable, /* options= */ NULL);
}

static ryft_error *session_create_wide(const scene *s) {
  return create(s->wide, /* options= */ NULL);
}

static ryft_error *session_create_on_device(const scene *s) {
  const ryft_session_options options = {RYFT_SIZED(ryft_session_options), .device = s->devices[0]};
  return create(s->executable, &options);
}

static ryft_error *session_slot(const scene *s) {
  size_t slot = 7;
  ryft_error *error = ryft_session_slot(s->session, "sum", &slot);
  assert_int_equal(slot, SUM);
  return error;
}

/* ---- Setting. A slot is as it was when that fails. */

/* What the slot on a device begins with. Only behind a failure, or it would be one more thing to
 * fail. */
static ryft_error *unless_failed(ryft_error *error,
                                 const ryft_session *session,
                                 size_t slot,
                                 size_t device,
                                 int32_t first) {
  int32_t found[6] = {0};
  if (error == NULL) return NULL;
  assert_ok(ryft_session_get_at(session, slot, device, found, sizeof found));
  assert_int_equal(found[0], first);
  return error;
}

static ryft_error *session_set_host(const scene *s) {
  ryft_error *error = ryft_session_set_host(s->session, "left", SWEEP_ARRAY);
  return unless_failed(error, s->session, LEFT, 0, 2 * sweep_numbers[0]);
}

static ryft_error *session_set_host_wide(const scene *s) {
  ryft_error *error = ryft_session_set_host(s->wide_session, "left", SWEEP_ARRAY);
  error = unless_failed(error, s->wide_session, LEFT, 0, 2 * sweep_numbers[0]);
  return unless_failed(error, s->wide_session, LEFT, 1, 2 * sweep_numbers[0]);
}

typedef struct holders {
  atomic_int holds, releases;
} holders;

static void hold(void *owner) {
  atomic_fetch_add(&((holders *)owner)->holds, 1);
}

static void release(void *owner) {
  atomic_fetch_add(&((holders *)owner)->releases, 1);
}

/* However it ends, each hold is released once: at the latest when the slot is emptied. */
static ryft_error *session_set_host_held(const scene *s) {
  holders count = {.holds = 0};
  ryft_host_array array = *SWEEP_ARRAY;
  array.hold = hold;
  array.release = release;
  array.owner = &count;
  ryft_error *error = ryft_session_set_host(s->session, "right", &array);
  if (error == NULL) error = ryft_session_set(s->session, "right", /* buffer= */ NULL);
  if (atomic_load(&count.holds) != 0) sweep_wait(&count.releases);
  assert_int_equal(atomic_load(&count.releases), atomic_load(&count.holds));
  return error;
}

static ryft_error *session_set_host_at(const scene *s) {
  ryft_error *error = ryft_session_set_host_at(s->wide_session, LEFT, 1, SWEEP_ARRAY);
  return unless_failed(error, s->wide_session, LEFT, 1, 2 * sweep_numbers[0]);
}

static ryft_error *session_set(const scene *s) {
  ryft_error *error = ryft_session_set(s->session, "left", s->left);
  return unless_failed(error, s->session, LEFT, 0, 2 * sweep_numbers[0]);
}

static ryft_error *session_set_at(const scene *s) {
  ryft_error *error = ryft_session_set_at(s->wide_session, LEFT, 1, s->other_left);
  return unless_failed(error, s->wide_session, LEFT, 1, 2 * sweep_numbers[0]);
}

/* ---- Running. What is never donated stays. */

static ryft_error *session_run(const scene *s) {
  ryft_error *error = ryft_session_run(s->session);
  return unless_failed(error, s->session, RIGHT, 0, sweep_numbers[0]);
}

static ryft_error *session_run_wide(const scene *s) {
  ryft_error *error = ryft_session_run(s->wide_session);
  return unless_failed(error, s->wide_session, RIGHT, 1, sweep_numbers[0]);
}

/* An input that somebody else has is asked after, and kept. */
static ryft_error *session_run_shared(const scene *s) {
  ryft_buffer *mine = NULL;
  assert_ok(ryft_session_output(s->session, "left", &mine));
  ryft_error *error = ryft_session_run(s->session);
  ryft_buffer_destroy(mine);
  return unless_failed(error, s->session, LEFT, 0, 2 * sweep_numbers[0]);
}

static ryft_error *session_await_wide(const scene *s) {
  return ryft_session_await(s->wide_session);
}

/* ---- Getting. */

static ryft_error *session_get(const scene *s) {
  int32_t out[6] = {0};
  ryft_error *error = ryft_session_get(s->session, "sum", out, sizeof out);
  for (int i = 0; error == NULL && i < 6; ++i) assert_int_equal(out[i], 2 * sweep_numbers[i]);
  return error;
}

static ryft_error *session_get_at(const scene *s) {
  int32_t out[6] = {0};
  ryft_error *error = ryft_session_get_at(s->wide_session, RIGHT, 1, out, sizeof out);
  if (error == NULL) assert_memory_equal(out, sweep_numbers, sizeof out);
  return error;
}

static ryft_error *session_output(const scene *s) {
  ryft_buffer *buffer = POISON;
  ryft_error *error = ryft_session_output(s->session, "sum", &buffer);
  ryft_buffer_destroy(buffer);
  return error;
}

static ryft_error *session_output_at(const scene *s) {
  ryft_buffer *buffer = POISON;
  ryft_error *error = ryft_session_output_at(s->wide_session, SUM, 1, &buffer);
  ryft_buffer_destroy(buffer);
  return error;
}

static const sweep_step steps[] = {
    SWEEP(ryft_session_create, session_create, ""),
    SWEEP(ryft_session_create, session_create_wide, ""),
    SWEEP(ryft_session_create, session_create_on_device, ""),
    SWEEP_CALM(ryft_session_slot, session_slot),
    SWEEP(ryft_session_set_host, session_set_host, ""),
    SWEEP(ryft_session_set_host, session_set_host_wide, ""),
    SWEEP(ryft_session_set_host, session_set_host_held, ""),
    SWEEP(ryft_session_set_host_at, session_set_host_at, ""),
    SWEEP(ryft_session_set, session_set, ""),
    SWEEP(ryft_session_set_at, session_set_at, ""),
    SWEEP(ryft_session_run, session_run, ""),
    SWEEP(ryft_session_run, session_run_wide, ""),
    SWEEP(ryft_session_run, session_run_shared, ""),
    SWEEP(ryft_session_await, declared_ryft_session_await, ""),
    SWEEP(ryft_session_await, session_await_wide, ""),
    SWEEP(ryft_session_get, session_get, SWEEP_FAST_READ),
    SWEEP(ryft_session_get_at, session_get_at, SWEEP_FAST_READ),
    SWEEP_CALM(ryft_session_output, session_output),
    SWEEP_CALM(ryft_session_output_at, session_output_at),
};

static void open_scene(scene *s) {
  scene_open_client(s);
  scene_open_buffers(s);
  scene_open_executables(s);
  scene_open_sessions(s);
}

const sweep_table sweep_domain = SWEEP_TABLE(steps, open_scene);
