/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Objects may be destroyed in any order, on any thread, before their work is done. The fake plugin
 * ends the process when a client goes before what was made from it. */
#include <stdatomic.h>
#include <unistd.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

#define SLOW FAKE_PROGRAM("(s32[4]) -> (s32[4]) = identity sleep(20)")
#define QUICK FAKE_PROGRAM("(s32[4]) -> (s32[4]) = identity")

static const int32_t values[4] = {1, 2, 3, 4};

/* All that a program usually holds at its end. */
enum { PLUGIN, CLIENT, INPUT, OUTPUT, EXECUTABLE, DONE, OBJECTS };

typedef struct holdings {
  ryft_plugin *plugin;
  ryft_client *client;
  ryft_buffer *input, *output;
  ryft_loaded_executable *executable;
  ryft_event *done;
} holdings;

static void acquire(const char *variant, fake_control *fake, holdings *out) {
  *out = (holdings){.plugin = fake_load(variant, fake)};
  assert_ok(ryft_client_create(out->plugin, NULL, &out->client));
  assert_ok(ryft_buffer_from_host(ryft_client_devices(out->client).items[0],
                                  values,
                                  sizeof values,
                                  RYFT_SHAPE(RYFT_S32, 4),
                                  /* options= */ NULL,
                                  &out->input,
                                  /* done= */ NULL));
  assert_ok(ryft_client_compile(out->client, RYFT_PROGRAM_TEXT(QUICK), NULL, &out->executable));
  assert_ok(ryft_execute(out->executable, &out->input, 1, NULL, &out->output, 1, &out->done));
}

static void destroy_one(holdings *all, int which) {
  if (which == PLUGIN) ryft_plugin_destroy(all->plugin);
  if (which == CLIENT) ryft_client_destroy(all->client);
  if (which == INPUT) ryft_buffer_destroy(all->input);
  if (which == OUTPUT) ryft_buffer_destroy(all->output);
  if (which == EXECUTABLE) ryft_loaded_executable_destroy(all->executable);
  if (which == DONE) ryft_event_destroy(all->done);
}

static bool next_permutation(int order[OBJECTS]) {
  int i = OBJECTS - 2, j = OBJECTS - 1;
  while (i >= 0 && order[i] > order[i + 1]) --i;
  if (i < 0) return false;
  while (order[j] < order[i]) --j;
  const int kept = order[i];
  order[i] = order[j];
  order[j] = kept;
  for (int left = i + 1, right = OBJECTS - 1; left < right; ++left, --right) {
    const int swapped = order[left];
    order[left] = order[right];
    order[right] = swapped;
  }
  return true;
}

static void destroy_in_every_order(const char *variant) {
  int order[OBJECTS] = {0, 1, 2, 3, 4, 5};
  int orders = 0;
  fake_control fake;
  do {
    holdings all;
    acquire(variant, &fake, &all);
    for (int i = 0; i < OBJECTS; ++i) destroy_one(&all, order[i]);
    assert_nothing_alive(&fake);
    ++orders;
  } while (next_permutation(order));
  assert_int_equal(orders, 720);
}

static void lif_01_every_order(void **state) {
  (void)state;
  destroy_in_every_order("fake");
}

static void lif_01_every_order_asynchronous(void **state) {
  (void)state;
  destroy_in_every_order("fake_async");
}

/* Whatever is left works after the client's handle is gone. */
static void lif_01_children_keep_the_client(void **state) {
  (void)state;
  fake_control fake;
  holdings all;
  int32_t read[4] = {0};
  ryft_buffer *again = NULL;
  acquire("fake_async", &fake, &all);
  ryft_plugin_destroy(all.plugin);
  ryft_client_destroy(all.client);
  ryft_buffer_destroy(all.input);
  assert_ok(ryft_execute(all.executable, &all.output, 1, NULL, &again, 1, /* done= */ NULL));
  ryft_loaded_executable_destroy(all.executable);
  ryft_event_destroy(all.done);
  ryft_buffer_destroy(all.output);
  assert_ok(ryft_buffer_read(again, read, sizeof read));
  assert_memory_equal(read, values, sizeof values);
  assert_int_equal(ryft_device_id(ryft_client_devices(ryft_buffer_client(again)).items[3]), 3);
  ryft_buffer_destroy(again);
  assert_nothing_alive(&fake);
}

/* ---- Events that are dropped early, and callbacks that drop everything */

typedef struct watcher {
  atomic_int calls, drops;
  ryft_code code;
  holdings *destroys; /* what the callback destroys, or NULL */
} watcher;

static void on_ready(const ryft_error *error, void *arg) {
  watcher *w = arg;
  w->code = ryft_error_code(error);
  for (int i = 0; w->destroys != NULL && i < OBJECTS; ++i) destroy_one(w->destroys, i);
  atomic_fetch_add(&w->calls, 1);
}

static void on_drop(void *arg) {
  atomic_fetch_add(&((watcher *)arg)->drops, 1);
}

static void wait_for_drop(watcher *w) {
  enum { TRIES = 2000, MICROSECONDS = 5000 };
  for (int i = 0; i < TRIES && atomic_load(&w->drops) == 0; ++i) usleep(MICROSECONDS);
  assert_int_equal(atomic_load(&w->calls), 1);
  assert_int_equal(atomic_load(&w->drops), 1);
}

static void replace_with_slow(holdings *all) {
  ryft_loaded_executable_destroy(all->executable);
  ryft_buffer_destroy(all->output);
  ryft_event_destroy(all->done);
  assert_ok(ryft_client_compile(all->client, RYFT_PROGRAM_TEXT(SLOW), NULL, &all->executable));
  assert_ok(ryft_execute(all->executable, &all->input, 1, NULL, &all->output, 1, &all->done));
}

static void evt_07_dropped_before_complete(void **state) {
  (void)state;
  fake_control fake;
  holdings all;
  bool ready = true;
  watcher w = {0};
  acquire("fake_async", &fake, &all);
  replace_with_slow(&all);
  assert_ok(ryft_event_is_ready(all.done, &ready));
  assert_false(ready);
  assert_ok(ryft_event_on_ready(all.done, on_ready, &w, on_drop));
  for (int i = OBJECTS - 1; i >= 0; --i) destroy_one(&all, i);
  wait_for_drop(&w);
  assert_int_equal(w.code, RYFT_OK);
  assert_nothing_alive(&fake);
}

/* The last handles go inside a callback, on the plugin's own thread, which the plugin joins when
 * its client ends. */
static void evt_07_callback_destroys_everything(void **state) {
  (void)state;
  fake_control fake;
  holdings all;
  watcher w = {.destroys = &all};
  acquire("fake_async", &fake, &all);
  replace_with_slow(&all);
  assert_ok(ryft_event_on_ready(all.done, on_ready, &w, on_drop));
  wait_for_drop(&w);
  assert_nothing_alive(&fake);
}

static void evt_07_copy_in_flight(void **state) {
  (void)state;
  fake_control fake;
  holdings all;
  watcher w = {0};
  int32_t read[4] = {0};
  ryft_event *copied = NULL;
  acquire("fake_async", &fake, &all);
  replace_with_slow(&all);
  assert_ok(ryft_buffer_copy_to_host(all.output, /* layout= */ NULL, read, sizeof read, &copied));
  assert_ok(ryft_event_on_ready(copied, on_ready, &w, on_drop));
  ryft_event_destroy(copied);
  for (int i = 0; i < OBJECTS; ++i) destroy_one(&all, i);
  wait_for_drop(&w);
  assert_memory_equal(read, values, sizeof values);
  assert_nothing_alive(&fake);
}

/* An event that its maker forgets tells those who wait. */
static void evt_07_unset_event_is_cancelled(void **state) {
  (void)state;
  fake_control fake;
  watcher w = {0};
  ryft_event *event = NULL;
  ryft_plugin *plugin = fake_load("fake", &fake);
  assert_ok(ryft_event_create(plugin, &event));
  assert_ok(ryft_event_on_ready(event, on_ready, &w, on_drop));
  ryft_event_destroy(event);
  wait_for_drop(&w);
  assert_int_equal(w.code, RYFT_CANCELLED);
  ryft_plugin_destroy(plugin);
  assert_nothing_alive(&fake);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lif_01_every_order),
      cmocka_unit_test(lif_01_every_order_asynchronous),
      cmocka_unit_test(lif_01_children_keep_the_client),
      cmocka_unit_test(evt_07_dropped_before_complete),
      cmocka_unit_test(evt_07_callback_destroys_everything),
      cmocka_unit_test(evt_07_copy_in_flight),
      cmocka_unit_test(evt_07_unset_event_is_cancelled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
