/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Events that complete late, on the fake plugin's own thread. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "event_support.h"
#include "src/core/event.h"
#include "support/allocator.h"

static fake_control fake;
static ryft_plugin *plugin;

enum { LATENCY_US = 50000 };

static int load(void **state) {
  (void)state;
  plugin = fake_load("fake", &fake);
  return 0;
}

static int nothing_alive(void **state) {
  (void)state;
  fake.fake_reset();
  assert_nothing_alive(&fake);
  return 0;
}

/* The ready event of a buffer whose contents arrive later; only the event holds the client. */
static ryft_event *late_event(void) {
  ryft_client *client = NULL;
  ryft_buffer *buffer = NULL;
  ryft_event *event = NULL;
  static const float data[4] = {1, 2, 3, 4};
  fake.fake_set_latency(LATENCY_US);
  assert_ok(ryft_client_create(plugin, NULL, &client));
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = RYFT_HOST_UNTIL_TRANSFERRED};
  assert_ok(ryft_buffer_from_host(ryft_client_devices(client).items[0],
                                  data,
                                  sizeof data,
                                  RYFT_SHAPE(RYFT_F32, 4),
                                  &options,
                                  &buffer,
                                  NULL));
  assert_ok(ryft_buffer_ready(buffer, &event));
  ryft_buffer_destroy(buffer);
  ryft_client_destroy(client);
  return event;
}

static void evt_01_late_completion(void **state) {
  (void)state;
  bool ready = true;
  ryft_event *event = late_event();
  assert_ok(ryft_event_is_ready(event, &ready));
  assert_false(ready);
  assert_code(ryft_event_error(event), RYFT_FAILED_PRECONDITION, "not complete");
  assert_ok(ryft_event_await(event));
  assert_ok(ryft_event_error(event));
  ryft_event_destroy(event);
}

static void evt_06_timeouts(void **state) {
  (void)state;
  ryft_event *event = late_event();
  assert_code(ryft_event_await_for(event, RYFT_MILLISECONDS(1)), RYFT_DEADLINE_EXCEEDED, NULL);
  assert_ok(ryft_event_await_for(event, RYFT_SECONDS(60)));
  ryft_event_destroy(event);
}

static void *wait_long(void *event) {
  return ryft_event_await_for(event, RYFT_SECONDS(60));
}

/* A plugin that takes its time over one event holds up nobody who waits for another. */
static void evt_06_waits_do_not_wait_for_each_other(void **state) {
  (void)state;
  pthread_t thread;
  void *answer = NULL;
  ryft_event *slow = late_event(), *other = late_event();
  fake.fake_stall_next("PJRT_Event_OnReady");
  assert_int_equal(pthread_create(&thread, NULL, wait_long, slow), 0);
  while (!fake.fake_is_stalled()) (void)sched_yield();
  assert_code(ryft_event_await_for(other, RYFT_MILLISECONDS(1)), RYFT_DEADLINE_EXCEEDED, NULL);
  assert_true(fake.fake_is_stalled());
  fake.fake_go_on();
  assert_int_equal(pthread_join(thread, &answer), 0);
  assert_ok(answer);
  ryft_event_destroy(slow);
  ryft_event_destroy(other);
}

/* Each registers a callback of its own before it knows of the others. */
static void evt_06_many_wait_for_the_first_time(void **state) {
  (void)state;
  enum { THREADS = 8 };
  pthread_t threads[THREADS];
  void *answer = NULL;
  ryft_event *event = late_event();
  for (size_t i = 0; i < THREADS; ++i) {
    assert_int_equal(pthread_create(&threads[i], NULL, wait_long, event), 0);
  }
  for (size_t i = 0; i < THREADS; ++i) {
    assert_int_equal(pthread_join(threads[i], &answer), 0);
    assert_ok(answer);
  }
  ryft_event_destroy(event);
}

/* The waiter outlives the event, and the client both. */
static void evt_07_destroyed_while_a_wait_is_registered(void **state) {
  (void)state;
  ryft_event *event = late_event();
  assert_code(ryft_event_await_for(event, RYFT_MILLISECONDS(1)), RYFT_DEADLINE_EXCEEDED, NULL);
  ryft_event_destroy(event);
}

/* The callback's is then the last hold on the client, and it ends on the plugin's own thread. */
static void evt_07_destroyed_while_a_callback_is_pending(void **state) {
  (void)state;
  static witness w;
  ryft_event *event = late_event();
  assert_ok(ryft_event_on_ready(event, see, &w, drop));
  ryft_event_destroy(event);
  expect_seen_once(&w, RYFT_OK);
}

static void evt_02_registering_may_fail(void **state) {
  (void)state;
  witness w = {0};
  ryft_event *event = late_event();
  fake.fake_fail_next("PJRT_Event_OnReady", 1, RYFT_UNAVAILABLE, "no");
  assert_code(ryft_event_on_ready(event, see, &w, drop), RYFT_UNAVAILABLE, "no");
  assert_int_equal(w.drops, 1);
  assert_int_equal(w.calls, 0);
  fake.fake_fail_next("PJRT_Event_OnReady", 1, RYFT_UNAVAILABLE, "no");
  assert_code(ryft_event_await_for(event, RYFT_SECONDS(60)), RYFT_UNAVAILABLE, "no");
  assert_ok(ryft_event_await_for(event, RYFT_SECONDS(60)));
  ryft_event_destroy(event);
}

static void evt_02_memory_may_run_out(void **state) {
  (void)state;
  witness w = {0};
  ryft_event *event = NULL, *late = late_event();
  const size_t before = test_allocator_live();
  test_allocator_fail(1);
  assert_code(ryft_event_create(plugin, &event), RYFT_RESOURCE_EXHAUSTED, NULL);
  assert_null(event);
  test_allocator_fail(1);
  assert_code(ryft_event_on_ready(late, see, &w, drop), RYFT_RESOURCE_EXHAUSTED, NULL);
  assert_int_equal(w.drops, 1);
  for (size_t nth = 1; nth <= 2; ++nth) {
    test_allocator_fail(nth);
    assert_code(ryft_event_await_for(late, RYFT_SECONDS(60)), RYFT_RESOURCE_EXHAUSTED, NULL);
  }
  test_allocator_fail(0);
  assert_int_equal(test_allocator_live(), before);
  ryft_event_destroy(late);
}

static void evt_05_polling_and_waiting_allocate_nothing(void **state) {
  (void)state;
  bool ready = false;
  ryft_event *event = late_event();
  assert_ok(ryft_event_await(event));
  const size_t before = test_allocator_calls();
  for (int i = 0; i < 100; ++i) {
    assert_ok(ryft_event_is_ready(event, &ready));
    assert_ok(ryft_event_await(event));
    assert_ok(ryft_event_await_for(event, RYFT_SECONDS(1)));
    assert_ok(ryft_event_error(event));
  }
  assert_int_equal(test_allocator_calls(), before);
  ryft_event_destroy(event);
}

static void evt_01_an_event_that_was_never_needed_is_complete(void **state) {
  (void)state;
  witness w = {0};
  bool ready = false;
  ryft_event *event = NULL;
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(plugin, NULL, &client));
  assert_ok(ryft__event_adopt(client, NULL, &event));
  ryft_client_destroy(client);
  assert_null(ryft_event_raw(event));
  assert_ok(ryft_event_is_ready(event, &ready));
  assert_true(ready);
  assert_ok(ryft_event_await(event));
  assert_ok(ryft_event_await_for(event, 0));
  assert_ok(ryft_event_error(event));
  assert_ok(ryft_event_on_ready(event, see, &w, drop));
  expect_seen_once(&w, RYFT_OK);
  ryft_event_destroy(event);
}

static void evt_03_a_user_event_that_is_waited_for_and_dropped(void **state) {
  (void)state;
  witness w = {0};
  ryft_event *event = NULL;
  assert_ok(ryft_event_create(plugin, &event));
  assert_ok(ryft_event_on_ready(event, see, &w, drop));
  ryft_event_destroy(event);
  expect_seen_once(&w, RYFT_CANCELLED);
}

/* Whoever did not get through may try again, and an event given up is cancelled all the same. */
static void evt_03_setting_may_fail(void **state) {
  (void)state;
  witness set = {0}, dropped = {0};
  bool ready = true;
  ryft_event *event = NULL;
  assert_ok(ryft_event_create(plugin, &event));
  assert_ok(ryft_event_on_ready(event, see, &set, drop));
  for (int i = 0; i < 2; ++i) {
    fake.fake_fail_next("PJRT_Event_Set", 1, RYFT_UNAVAILABLE, "no");
    assert_code(ryft_event_set(event, NULL), RYFT_UNAVAILABLE, "no");
    assert_ok(ryft_event_is_ready(event, &ready));
    assert_false(ready);
  }
  assert_ok(ryft_event_set(event, NULL));
  expect_seen_once(&set, RYFT_OK);
  assert_code(ryft_event_set(event, NULL), RYFT_FAILED_PRECONDITION, "set before");
  ryft_event_destroy(event);

  assert_ok(ryft_event_create(plugin, &event));
  assert_ok(ryft_event_on_ready(event, see, &dropped, drop));
  fake.fake_fail_next("PJRT_Event_Set", 1, RYFT_UNAVAILABLE, "no");
  assert_code(ryft_event_set(event, NULL), RYFT_UNAVAILABLE, "no");
  ryft_event_destroy(event);
  expect_seen_once(&dropped, RYFT_CANCELLED);
}

enum { SETTERS = 4, SET_ROUNDS = 200 };

typedef struct setters {
  ryft_event *event;
  pthread_barrier_t start;
  atomic_int successes, refusals;
} setters;

/* Until the event is set, by whomever. */
static void *set_event(void *arg) {
  setters *all = arg;
  (void)pthread_barrier_wait(&all->start);
  for (;;) {
    ryft_error *error = ryft_event_set(all->event, NULL);
    const ryft_code code = ryft_error_code(error);
    ryft_error_destroy(error);
    if (code == RYFT_OK) atomic_fetch_add(&all->successes, 1);
    if (code == RYFT_UNAVAILABLE) atomic_fetch_add(&all->refusals, 1);
    if (code != RYFT_UNAVAILABLE) return NULL;
  }
}

/* The fake plugin aborts when one is set twice. */
static void evt_03_one_of_many_sets_it(void **state) {
  (void)state;
  for (int round = 0; round < SET_ROUNDS; ++round) {
    pthread_t threads[SETTERS];
    setters all = {.event = NULL};
    assert_int_equal(pthread_barrier_init(&all.start, NULL, SETTERS), 0);
    assert_ok(ryft_event_create(plugin, &all.event));
    fake.fake_reset();
    fake.fake_fail_next("PJRT_Event_Set", 1, RYFT_UNAVAILABLE, "no");
    for (int i = 0; i < SETTERS; ++i) {
      assert_int_equal(pthread_create(&threads[i], NULL, set_event, &all), 0);
    }
    for (int i = 0; i < SETTERS; ++i) assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&all.successes), 1);
    assert_int_equal(atomic_load(&all.refusals), 1);
    ryft_event_destroy(all.event);
    (void)pthread_barrier_destroy(&all.start);
  }
}

static void destroy_event(const ryft_error *error, void *arg) {
  (void)error;
  ryft_event_destroy(*(ryft_event **)arg);
}

/* Its callback, which runs inside, is its end; nobody looks at it afterwards. */
static void evt_03_it_may_be_destroyed_as_it_is_set(void **state) {
  (void)state;
  ryft_event *event = NULL;
  assert_ok(ryft_event_create(plugin, &event));
  assert_ok(ryft_event_on_ready(event, destroy_event, &event, /* drop= */ NULL));
  assert_ok(ryft_event_set(event, NULL));
}

#define TEST(name) cmocka_unit_test_teardown(name, nothing_alive)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(evt_01_late_completion),
      TEST(evt_01_an_event_that_was_never_needed_is_complete),
      TEST(evt_02_registering_may_fail),
      TEST(evt_02_memory_may_run_out),
      TEST(evt_03_a_user_event_that_is_waited_for_and_dropped),
      TEST(evt_03_setting_may_fail),
      TEST(evt_03_one_of_many_sets_it),
      TEST(evt_03_it_may_be_destroyed_as_it_is_set),
      TEST(evt_05_polling_and_waiting_allocate_nothing),
      TEST(evt_06_timeouts),
      TEST(evt_06_waits_do_not_wait_for_each_other),
      TEST(evt_06_many_wait_for_the_first_time),
      TEST(evt_07_destroyed_while_a_wait_is_registered),
      TEST(evt_07_destroyed_while_a_callback_is_pending),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("event_fake", tests, load, NULL);
}
