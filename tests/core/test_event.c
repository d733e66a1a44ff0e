/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Events of the real plugins: a buffer's own everywhere, user-made ones from API 0.89 on. */
#include <stdlib.h>
#include <string.h>

#include "event_support.h"

static ryft_plugin *plugin;

static int load(void **state) {
  (void)state;
  plugin = test_plugin_load();
  return 0;
}

static int nothing_alive(void **state) {
  (void)state;
  assert_nothing_alive(NULL);
  return 0;
}

static ryft_event *user_event(void) {
  ryft_event *event = NULL;
  if (test_plugin_minor() < 89) skip();
  assert_ok(ryft_event_create(plugin, &event));
  assert_non_null(ryft_event_raw(event));
  return event;
}

static void evt_01_a_buffers_event_becomes_ready(void **state) {
  (void)state;
  ryft_client *client = NULL;
  ryft_buffer *buffer = NULL;
  ryft_event *event = NULL;
  witness seen = {0};
  bool ready = false;
  static const float data[4] = {1, 2, 3, 4};
  assert_ok(ryft_client_create(plugin, NULL, &client));
  assert_ok(ryft_buffer_from_host(ryft_client_devices(client).items[0],
                                  data,
                                  sizeof data,
                                  RYFT_SHAPE(RYFT_F32, 4),
                                  NULL,
                                  &buffer,
                                  NULL));
  assert_ok(ryft_buffer_ready(buffer, &event));
  ryft_client_destroy(client);
  ryft_buffer_destroy(buffer);
  assert_ok(ryft_event_await_for(event, RYFT_SECONDS(30)));
  assert_ok(ryft_event_await(event));
  assert_ok(ryft_event_is_ready(event, &ready));
  assert_true(ready);
  assert_ok(ryft_event_error(event));
  assert_ok(ryft_event_on_ready(event, see, &seen, drop));
  expect_seen_once(&seen, RYFT_OK);
  assert_code(ryft_event_set(event, NULL), RYFT_FAILED_PRECONDITION, "plugin's own");
  ryft_event_destroy(event);
}

static void evt_01_a_pending_event_says_so(void **state) {
  (void)state;
  ryft_event *event = user_event();
  bool ready = true;
  assert_ok(ryft_event_is_ready(event, &ready));
  assert_false(ready);
  assert_code(ryft_event_error(event), RYFT_FAILED_PRECONDITION, "not complete");
  assert_code(ryft_event_await_for(event, 0), RYFT_DEADLINE_EXCEEDED, "not complete");
  assert_code(ryft_event_await_for(event, -1), RYFT_DEADLINE_EXCEEDED, "not complete");
  assert_ok(ryft_event_set(event, NULL));
  assert_ok(ryft_event_await_for(event, 0));
  ryft_event_destroy(event);
}

static void evt_02_callbacks_run_once_before_and_after(void **state) {
  (void)state;
  ryft_event *event = user_event();
  witness early = {0}, late = {0};
  assert_ok(ryft_event_on_ready(event, see, &early, drop));
  assert_int_equal(early.calls, 0);
  ryft_error *error = ryft_error_create(RYFT_DATA_LOSS, "lost");
  assert_ok(ryft_event_set(event, error));
  ryft_error_destroy(error);
  assert_ok(ryft_event_on_ready(event, see, &late, drop));
  expect_seen_once(&early, RYFT_DATA_LOSS);
  expect_seen_once(&late, RYFT_DATA_LOSS);
  ryft_event_destroy(event);
}

static void evt_02_refused_callbacks_are_dropped(void **state) {
  (void)state;
  witness w = {0};
  assert_code(ryft_event_on_ready(NULL, see, &w, drop), RYFT_INVALID_ARGUMENT, "event");
  assert_int_equal(w.drops, 1);
  assert_int_equal(w.calls, 0);
}

static void evt_03_set_with_an_error_from_another_thread(void **state) {
  (void)state;
  setter s = {.event = user_event(), .error = ryft_error_create(RYFT_ABORTED, "stop it")};
  setter_start(&s);
  assert_code(ryft_event_await(s.event), RYFT_ABORTED, "stop it");
  setter_join(&s);
  assert_code(ryft_event_error(s.event), RYFT_ABORTED, "stop it");
  assert_code(ryft_event_await_for(s.event, RYFT_SECONDS(1)), RYFT_ABORTED, "stop it");
  assert_code(ryft_event_set(s.event, NULL), RYFT_FAILED_PRECONDITION, "set before");
  ryft_event_destroy(s.event);
}

static void evt_03_old_plugins_have_none(void **state) {
  (void)state;
  ryft_event *event = (ryft_event *)(void *)plugin;
  if (test_plugin_minor() >= 89) skip();
  assert_code(
      ryft_event_create(plugin, &event), RYFT_UNIMPLEMENTED, "PJRT_Event_Create was added in");
  assert_null(event);
}

static void evt_06_waits_end_in_time_or_with_the_event(void **state) {
  (void)state;
  setter s = {.event = user_event()};
  for (int i = 0; i < 3; ++i) {
    assert_code(
        ryft_event_await_for(s.event, RYFT_MILLISECONDS(2)), RYFT_DEADLINE_EXCEEDED, "2 ms");
  }
  setter_start(&s);
  assert_ok(ryft_event_await_for(s.event, INT64_MAX));
  setter_join(&s);
  ryft_event_destroy(s.event);
}

static void *wait_for_it(void *event) {
  return ryft_event_await_for(event, RYFT_SECONDS(60));
}

static void evt_06_several_may_wait(void **state) {
  (void)state;
  ryft_event *event = user_event();
  pthread_t threads[4];
  for (size_t i = 0; i < 4; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, wait_for_it, event), 0);
  pause_ms(10);
  assert_ok(ryft_event_set(event, NULL));
  for (size_t i = 0; i < 4; ++i) {
    void *result = NULL;
    assert_int_equal(pthread_join(threads[i], &result), 0);
    assert_ok(result);
  }
  ryft_event_destroy(event);
}

static void evt_07_an_event_destroyed_unset_is_cancelled(void **state) {
  (void)state;
  ryft_event *event = user_event();
  witness w = {0};
  assert_ok(ryft_event_on_ready(event, see, &w, drop));
  assert_code(ryft_event_await_for(event, RYFT_MILLISECONDS(1)), RYFT_DEADLINE_EXCEEDED, NULL);
  ryft_event_destroy(event);
  expect_seen_once(&w, RYFT_CANCELLED);
}

static void evt_01_missing_events_are_refused(void **state) {
  (void)state;
  bool ready = true;
  ryft_event *event = NULL;
  assert_code(ryft_event_await(NULL), RYFT_INVALID_ARGUMENT, NULL);
  assert_code(ryft_event_await_for(NULL, 0), RYFT_INVALID_ARGUMENT, NULL);
  assert_code(ryft_event_is_ready(NULL, &ready), RYFT_INVALID_ARGUMENT, NULL);
  assert_code(ryft_event_error(NULL), RYFT_INVALID_ARGUMENT, NULL);
  assert_code(ryft_event_set(NULL, NULL), RYFT_INVALID_ARGUMENT, NULL);
  assert_code(ryft_event_create(NULL, &event), RYFT_INVALID_ARGUMENT, NULL);
  ryft_event_destroy(NULL);
  assert_false(ready);
}

#define TEST(name) cmocka_unit_test_teardown(name, nothing_alive)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(evt_01_a_buffers_event_becomes_ready),
      TEST(evt_01_a_pending_event_says_so),
      TEST(evt_01_missing_events_are_refused),
      TEST(evt_02_callbacks_run_once_before_and_after),
      TEST(evt_02_refused_callbacks_are_dropped),
      TEST(evt_03_set_with_an_error_from_another_thread),
      TEST(evt_03_old_plugins_have_none),
      TEST(evt_06_waits_end_in_time_or_with_the_event),
      TEST(evt_06_several_may_wait),
      TEST(evt_07_an_event_destroyed_unset_is_cancelled),
  };
  return cmocka_run_group_tests_name("event", tests, load, NULL);
}
