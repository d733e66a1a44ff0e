/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sessions whose runs fail, and what a session costs. */
#include "ryft/session.h"

#include <pthread.h>
#include <stdio.h>

#include "core/session_support.h"
#include "ryft/client.h"
#include "ryft/event.h"
#include "ryft/live_objects.h"
#include "support/allocator.h"
#include "support/plugin.h"

enum { POINTS_MAX = 2000, MANY = 300 };

static const char STEP[] = FAKE_PROGRAM("(f32[4], f32[4]) -> (f32[4], f32[4]) = add donate(0->0)");

static fake_control fake;
static ryft_plugin *plugin;

typedef struct scene {
  ryft_client *client;
  ryft_loaded_executable *step;
  ryft_session *session;
} scene;

static ryft_loaded_executable *compile_text(ryft_client *client, const char *text, size_t size) {
  ryft_loaded_executable *executable = NULL;
  const ryft_program program = {RYFT_SIZED(ryft_program), .format = "mlir", .code = {text, size}};
  assert_ok(ryft_client_compile(client, &program, NULL, &executable));
  return executable;
}

#define COMPILE(client, text) compile_text((client), (text), sizeof(text) - 1)

static void open_scene(scene *s) {
  fake.fake_reset();
  assert_ok(ryft_client_create(plugin, NULL, &s->client));
  s->step = COMPILE(s->client, STEP);
  s->session = new_session(s->step, NAMES("x", "dx"), NAMES("x", "sum"));
  set_four(s->session, "x", 0);
  set_four(s->session, "dx", 1);
}

/* In the order that is wrong for everybody else. */
static void close_scene(scene *s) {
  ryft_client_destroy(s->client);
  ryft_loaded_executable_destroy(s->step);
  ryft_session_destroy(s->session);
  assert_nothing_alive(&fake);
}

static void exe_13_a_session_outlives_what_it_came_from(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  ryft_client_destroy(s.client);
  ryft_loaded_executable_destroy(s.step);
  assert_ok(ryft_session_run(s.session));
  get_four(s.session, "x", 1, 2);
  ryft_session_destroy(s.session);
  assert_nothing_alive(&fake);
}

static void exe_13_a_refused_run_changes_nothing(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  assert_ok(ryft_session_run(s.session));
  fake.fake_fail_next("PJRT_LoadedExecutable_Execute", 1, RYFT_UNAVAILABLE, "not today");
  assert_code(ryft_session_run(s.session), RYFT_UNAVAILABLE, "not today");
  get_four(s.session, "x", 1, 2);
  get_four(s.session, "dx", 1, 1);
  get_four(s.session, "sum", 1, 2);
  assert_ok(ryft_session_run(s.session));
  get_four(s.session, "x", 2, 3);
  close_scene(&s);
}

/* The plugin takes the donated input, and then there is no memory for the results' handles. */
static void exe_13_lost_inputs_are_named(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  test_allocator_fail(1);
  assert_code(ryft_session_run(s.session), RYFT_RESOURCE_EXHAUSTED, "");
  assert_true(test_allocator_failed());
  test_allocator_fail(0);
  const char *lost = "input \"x\" was donated to a run that failed: set it anew";
  assert_code(ryft_session_run(s.session), RYFT_FAILED_PRECONDITION, lost);
  get_code(s.session, "x", RYFT_FAILED_PRECONDITION, lost);
  get_code(s.session, "sum", RYFT_FAILED_PRECONDITION, "only after a run");
  get_four(s.session, "dx", 1, 1);
  set_four(s.session, "x", 5);
  assert_ok(ryft_session_run(s.session));
  get_four(s.session, "x", 6, 2);
  close_scene(&s);
}

static void exe_13_errors_of_the_computation_come_with_the_results(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  static const char later[] =
      FAKE_PROGRAM("(f32[4], f32[4]) -> (f32[4]) = add donate(0->0) later(8)");
  ryft_loaded_executable *failing = COMPILE(s.client, later);
  ryft_session *session = new_session(failing, NAMES("x", "dx"), NAMES("x"));
  set_four(session, "x", 0);
  set_four(session, "dx", 1);
  assert_ok(ryft_session_run(session));
  assert_code(ryft_session_await(session), RYFT_RESOURCE_EXHAUSTED, "while running");
  get_code(session, "x", RYFT_RESOURCE_EXHAUSTED, "while running");
  set_four(session, "x", 3);
  get_four(session, "x", 3, 1);
  get_four(session, "dx", 1, 1);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(failing);
  close_scene(&s);
}

static void exe_13_programs_without_results(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  static const char none[] = FAKE_PROGRAM("(f32[4]) -> () = iota");
  static const char bad[] = FAKE_PROGRAM("(f32[4]) -> () = iota later(13)");
  ryft_loaded_executable *good = COMPILE(s.client, none), *failing = COMPILE(s.client, bad);
  ryft_session *session = new_session(good, NAMES("x"), NULL, 0);
  ryft_session *lost = new_session(failing, NAMES("x"), NULL, 0);
  set_four(session, "x", 0);
  set_four(lost, "x", 0);
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_await(session));
  assert_code(ryft_session_run(lost), RYFT_INTERNAL, "while running");
  get_four(lost, "x", 0, 1);
  ryft_session_destroy(session);
  ryft_session_destroy(lost);
  ryft_loaded_executable_destroy(good);
  ryft_loaded_executable_destroy(failing);
  close_scene(&s);
}

/* ---- Threads. */

enum { THREADS = 3, ROUNDS = 100 };

typedef struct worker {
  ryft_loaded_executable *step;
  ryft_buffer *shared; /* of all threads */
  int failures;
} worker;

static ryft_error *work(const worker *self, ryft_session *session) {
  ryft_buffer *out = NULL;
  RYFT_TRY(ryft_session_set(session, "dx", self->shared));
  RYFT_TRY(ryft_session_run(session));
  RYFT_TRY(ryft_session_output(session, "x", &out));
  ryft_error *error = ryft_session_run(session);
  ryft_buffer_destroy(out);
  return error;
}

static void *run_worker(void *arg) {
  worker *self = arg;
  const float data[4] = {0};
  const ryft_host_array zeros = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_F32, 4),
                                 .data = data,
                                 .size = sizeof data};
  ryft_session *session = NULL;
  ryft_error *error =
      ryft_session_create(self->step, NAMES("x", "dx"), NAMES("x", "sum"), NULL, &session);
  if (error == NULL) error = ryft_session_set_host(session, "x", &zeros);
  for (int i = 0; error == NULL && i < ROUNDS; ++i) error = work(self, session);
  float found[4] = {0};
  if (error == NULL) error = ryft_session_get(session, "x", found, sizeof found);
  self->failures = error != NULL || found[3] != 2 * ROUNDS * 4;
  ryft_error_destroy(error);
  ryft_session_destroy(session);
  return NULL;
}

/* Each its own session of one executable, and all with the same buffer in a slot. */
static void exe_13_a_session_per_thread(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  pthread_t threads[THREADS];
  worker workers[THREADS];
  ryft_buffer *shared = NULL;
  assert_ok(ryft_session_output(s.session, "dx", &shared));
  for (int i = 0; i < THREADS; ++i) {
    workers[i] = (worker){s.step, shared, 1};
    assert_int_equal(pthread_create(&threads[i], NULL, run_worker, &workers[i]), 0);
  }
  for (int i = 0; i < THREADS; ++i) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(workers[i].failures, 0);
  }
  ryft_buffer_destroy(shared);
  get_four(s.session, "dx", 1, 1);
  close_scene(&s);
}

/* ---- What it costs. */

static size_t reads(void) {
  return fake.fake_call_count("PJRT_Buffer_ToHostBuffer") +
         fake.fake_call_count("PJRT_Buffer_OpaqueDeviceMemoryDataPointer");
}

static void exe_13_nothing_is_copied_but_what_is_asked_for(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  assert_ok(ryft_session_run(s.session));
  fake.fake_reset();
  for (int i = 0; i < 100; ++i) assert_ok(ryft_session_run(s.session));
  assert_int_equal(fake.fake_call_count("PJRT_LoadedExecutable_Execute"), 100);
  assert_int_equal(fake.fake_calls_total(), 100);
  get_four(s.session, "sum", 101, 102);
  assert_int_equal(reads(), 1);
  assert_int_equal(fake.fake_call_count("PJRT_Client_BufferFromHostBuffer"), 0);
  close_scene(&s);
}

/* However many slots there are. */
static void exe_13_runs_allocate_handles_only(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  static const char many[] = FAKE_PROGRAM("(300*f32[4]) -> (300*f32[4]) = identity donor(7)");
  static char names[MANY][8];
  const char *list[MANY];
  for (int i = 0; i < MANY; ++i) {
    snprintf(names[i], sizeof names[i], "p%d", i);
    list[i] = names[i];
  }
  ryft_loaded_executable *identity = COMPILE(s.client, many);
  ryft_session *session = new_session(identity, list, MANY, list, MANY);
  for (int i = 0; i < MANY; ++i) set_four(session, names[i], (float)i);
  assert_ok(ryft_session_run(session));
  const size_t calls = test_allocator_calls(), live = test_allocator_live();
  for (int i = 0; i < 10; ++i) assert_ok(ryft_session_run(session));
  assert_int_equal(test_allocator_calls() - calls, 10 * MANY);
  assert_int_equal(test_allocator_live(), live);
  get_four(session, "p299", 299, 1);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(identity);
  close_scene(&s);
}

/* The first execution goes on for a while; the next input is set meanwhile. */
static void exe_13_setting_does_not_wait_for_the_run(void **state) {
  (void)state;
  scene s;
  open_scene(&s);
  static const char slow[] = FAKE_PROGRAM("(f32[4], f32[4]) -> (f32[4]) = add sleep(200)");
  ryft_loaded_executable *sleeping = COMPILE(s.client, slow);
  ryft_session *session = new_session(sleeping, NAMES("a", "b"), NAMES("sum"));
  ryft_buffer *first = NULL;
  ryft_event *ready = NULL;
  bool is_ready = true;
  float found[4] = {0};
  set_four(session, "a", 1);
  set_four(session, "b", 1);
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_output(session, "sum", &first));
  assert_ok(ryft_buffer_ready(first, &ready));
  set_four(session, "a", 10);
  assert_ok(ryft_session_run(session));
  set_four(session, "a", 100);
  assert_ok(ryft_event_is_ready(ready, &is_ready));
  assert_false(is_ready);
  assert_ok(ryft_buffer_read(first, found, sizeof found));
  assert_float_equal(found[0], 2, 0);
  get_four(session, "sum", 11, 2);
  ryft_event_destroy(ready);
  ryft_buffer_destroy(first);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(sleeping);
  close_scene(&s);
}

/* ---- Everything that can fail, failing. */

static int held, released;

static void hold(void *arg) {
  (void)arg;
  ++held;
}

static void release(void *arg) {
  (void)arg;
  ++released;
}

static ryft_error *set_large(ryft_session *session) {
  static const float data[2048];
  const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_F32, 2048),
                                 .data = data,
                                 .size = sizeof data,
                                 .hold = hold,
                                 .release = release};
  return ryft_session_set_host(session, "x", &array);
}

static ryft_error *use(ryft_session *session) {
  float found[2048];
  ryft_buffer *out = NULL;
  size_t slot = 0;
  RYFT_TRY(ryft_session_slot(session, "x", &slot));
  RYFT_TRY(set_large(session));
  RYFT_TRY(ryft_session_run(session));
  RYFT_TRY(ryft_session_output(session, "sum", &out));
  ryft_error *error = ryft_session_set_at(session, slot, 0, out);
  ryft_buffer_destroy(out);
  RYFT_TRY(error);
  RYFT_TRY(ryft_session_run(session));
  RYFT_TRY(ryft_session_await(session));
  return ryft_session_get(session, "x", found, sizeof found);
}

static ryft_error *whole_life(ryft_loaded_executable *executable) {
  ryft_session *session = (ryft_session *)&session;
  ryft_error *error =
      ryft_session_create(executable, NAMES("x"), NAMES("x", "sum"), NULL, &session);
  if (error != NULL) {
    assert_null(session);
    return error;
  }
  error = use(session);
  ryft_session_destroy(session);
  return error;
}

/* One failure, of the nth allocation or the nth call; whether it was reached. */
static bool try_point(size_t allocation, size_t call) {
  static const char text[] =
      FAKE_PROGRAM("(f32[2048]) -> (f32[2048], f32[2048]) = iota donate(0->0)");
  scene s;
  open_scene(&s);
  ryft_loaded_executable *large = COMPILE(s.client, text);
  const size_t alive = ryft_live_objects();
  fake.fake_reset();
  held = released = 0;
  if (call != 0) fake.fake_fail_nth_call(call, RYFT_INTERNAL);
  test_allocator_fail(allocation);
  ryft_error *error = whole_life(large);
  test_allocator_fail(0);
  const bool fired = allocation != 0 ? test_allocator_failed() : fake.fake_faults_fired() != 0;
  if (error != NULL) {
    assert_true(fired);
    assert_code(error, allocation != 0 ? RYFT_RESOURCE_EXHAUSTED : RYFT_INTERNAL, "");
  }
  assert_int_equal(held, released);
  assert_int_equal(ryft_live_objects(), alive);
  ryft_loaded_executable_destroy(large);
  close_scene(&s);
  return fired;
}

static void exe_13_every_failed_allocation_is_survived(void **state) {
  (void)state;
  size_t n = 1;
  while (n < POINTS_MAX && try_point(n, 0)) ++n;
  assert_in_range(n, 10, POINTS_MAX - 1);
}

static void exe_13_every_failed_call_is_survived(void **state) {
  (void)state;
  size_t n = 1;
  while (n < POINTS_MAX && try_point(0, n)) ++n;
  assert_in_range(n, 5, POINTS_MAX - 1);
}

static int open_group(void **state) {
  (void)state;
  test_allocator_install();
  plugin = fake_load("fake", &fake);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exe_13_a_session_outlives_what_it_came_from),
      cmocka_unit_test(exe_13_a_refused_run_changes_nothing),
      cmocka_unit_test(exe_13_lost_inputs_are_named),
      cmocka_unit_test(exe_13_errors_of_the_computation_come_with_the_results),
      cmocka_unit_test(exe_13_programs_without_results),
      cmocka_unit_test(exe_13_a_session_per_thread),
      cmocka_unit_test(exe_13_nothing_is_copied_but_what_is_asked_for),
      cmocka_unit_test(exe_13_runs_allocate_handles_only),
      cmocka_unit_test(exe_13_setting_does_not_wait_for_the_run),
      cmocka_unit_test(exe_13_every_failed_allocation_is_survived),
      cmocka_unit_test(exe_13_every_failed_call_is_survived),
  };
  return cmocka_run_group_tests(tests, open_group, NULL);
}
