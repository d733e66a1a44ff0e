/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Every public function that can fail, failing in every way: its first allocation, its second, …
 * until it succeeds; then its first call of the plugin, its second, …. Each time outputs must be
 * NULL, the error must be the one that was injected, and nothing may be left alive on either side.
 * RYFT_SWEEP_STEP=k tries every k-th point only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sweep_scenarios.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"

enum { POINTS_MAX = 5000 };

static fake_control fake;
static ryft_plugin *plugin;
static size_t alive_before; /* what an earlier scenario leaked is not this one's */
static scene current;
static char fired_slot[96]; /* where the last fault was */
static bool warm;           /* what is made once in a process was made */

/* Objects on both sides; the plugin's are not counted among the library's. */
static size_t alive(void) {
  return ryft_live_objects() + fake.fake_live_objects();
}

static size_t step(void) {
  const char *text = getenv("RYFT_SWEEP_STEP");
  const int value = text == NULL ? 1 : atoi(text);
  return value < 1 ? 1 : (size_t)value;
}

static ryft_buffer *make_buffer(const ryft_device *device) {
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_buffer_from_host(device,
                                  sweep_numbers,
                                  sizeof sweep_numbers,
                                  SWEEP_MATRIX,
                                  /* options= */ NULL,
                                  &buffer,
                                  /* done= */ NULL));
  return buffer;
}

static void set_up(scene *s) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  *s = (scene){.plugin = plugin};
  assert_ok(ryft_client_create(plugin, &options, &s->client));
  s->devices[0] = ryft_client_devices(s->client).items[0];
  s->devices[1] = ryft_client_devices(s->client).items[1];
  s->left = make_buffer(s->devices[0]);
  s->right = make_buffer(s->devices[0]);
  assert_ok(ryft_client_compile(
      s->client, RYFT_PROGRAM_TEXT(SWEEP_PROGRAM), /* options= */ NULL, &s->executable));
  assert_ok(ryft_event_create(plugin, &s->event));
  assert_ok(ryft_buffer_ready(s->left, &s->ready));
}

static void tear_down(scene *s) {
  ryft_client_destroy(s->client);
  ryft_buffer_destroy(s->left);
  ryft_buffer_destroy(s->right);
  ryft_loaded_executable_destroy(s->executable);
  ryft_event_destroy(s->event);
  ryft_event_destroy(s->ready);
  *s = (scene){.plugin = NULL};
}

/* After a failed assertion too, so that it does not make all scenarios behind it fail. */
static int clean_up(void **state) {
  (void)state;
  test_allocator_fail(0);
  fake.fake_reset();
  tear_down(&current);
  return 0;
}

/* The code when the fault surfaced, RYFT_OK when it did not. Whether it was reached goes to
 * `out_fired`. */
static ryft_code try_point(const scenario *what, size_t allocation, size_t call, bool *out_fired) {
  const size_t before = test_allocator_live();
  fake.fake_reset();
  set_up(&current);
  if (call != 0) fake.fake_fail_nth_call(call, RYFT_INTERNAL);
  test_allocator_fail(allocation);
  ryft_error *error = what->run(&current);
  test_allocator_fail(0);
  *out_fired = allocation != 0 ? test_allocator_failed() : fake.fake_faults_fired() != 0;
  snprintf(fired_slot, sizeof fired_slot, "%s", fake.fake_fault_slot());
  fake.fake_reset(); /* or the fault would wait for whoever calls next */
  const ryft_code code = ryft_error_code(error);
  if (error != NULL && !*out_fired) assert_ok(error);
  ryft_error_destroy(error);
  tear_down(&current);
  if (alive() != alive_before) {
    fail_msg("%s: allocation %zu or call %zu (%s) failed, and %zu objects stayed alive",
             what->name,
             allocation,
             call,
             fired_slot,
             alive() - alive_before);
  }
  const size_t kept = test_allocator_live() - before;
  if (warm && kept != 0) fail_msg("%s: %zu pieces of memory were not given back", what->name, kept);
  return code;
}

static bool is_optional(const scenario *what, const char *slot) {
  const char *found = strstr(what->optional, slot);
  const size_t size = strlen(slot);
  return found != NULL && (found[size] == ' ' || found[size] == '\0');
}

static void sweep_allocations(const scenario *what) {
  bool fired = true;
  for (size_t n = 1; fired && n < POINTS_MAX; n += step()) {
    const ryft_code code = try_point(what, n, 0, &fired);
    if (!fired || code == RYFT_RESOURCE_EXHAUSTED) continue;
    /* Done without memory it asked for: only where the plugin's answer is optional too. */
    if (code != RYFT_OK || what->optional[0] == '\0') {
      fail_msg(
          "%s: allocation %zu failed, and it answered %s", what->name, n, ryft_code_name(code));
    }
  }
  assert_false(fired);
}

static void sweep_calls(const scenario *what) {
  bool fired = true;
  for (size_t n = 1; fired && n < POINTS_MAX; n += step()) {
    const ryft_code code = try_point(what, 0, n, &fired);
    if (!fired || code == RYFT_INTERNAL) continue;
    if (code != RYFT_OK || !is_optional(what, fired_slot)) {
      fail_msg("%s: call %zu (%s) failed with INTERNAL, and it answered %s",
               what->name,
               n,
               fired_slot,
               ryft_code_name(code));
    }
  }
  assert_false(fired);
}

static void cnf_03_sweep(void **state) {
  const scenario *what = *state;
  bool fired;
  alive_before = alive();
  warm = false;
  assert_int_equal(try_point(what, 0, 0, &fired), RYFT_OK);
  warm = true;
  sweep_allocations(what);
  sweep_calls(what);
}

static ryft_error *load(const char *variant) {
  ryft_plugin *loaded = NULL;
  ryft_error *error = ryft_plugin_load(fake_path(variant), /* options= */ NULL, &loaded);
  if (error != NULL) assert_null(loaded);
  ryft_plugin_destroy(loaded);
  return error;
}

/* A plugin stays loaded, so each sweep ends with the first success, and needs a variant that nobody
 * loaded yet. */
static void cnf_03_sweep_load_allocations(void **state) {
  (void)state;
  ryft_error *error = NULL;
  size_t n = 0;
  do {
    ryft_error_destroy(error);
    test_allocator_fail(++n);
    error = load("fake_104");
    test_allocator_fail(0);
    if (error != NULL) assert_int_equal(ryft_error_code(error), RYFT_RESOURCE_EXHAUSTED);
  } while (error != NULL && n < POINTS_MAX);
  assert_null(error);
  assert_true(n > 1);
}

static void cnf_03_sweep_load_calls(void **state) {
  (void)state;
  fake_control other;
  fake_control_open("fake_090", &other);
  other.fake_fail_next("PJRT_Plugin_Initialize", 1, RYFT_INTERNAL, "not today");
  assert_code(load("fake_090"), RYFT_INTERNAL, "not today");
  assert_ok(load("fake_090"));
  assert_int_equal(other.fake_live_objects(), 0);
}

static int group_set_up(void **state) {
  (void)state;
  test_allocator_install();
  plugin = fake_load("fake", &fake);
  return 0;
}

static int group_tear_down(void **state) {
  (void)state;
  ryft_plugin_destroy(plugin);
  assert_nothing_alive(&fake);
  return 0;
}

/* One scenario's name as the argument runs only that one. */
int main(int argc, char **argv) {
  if (argc > 1) cmocka_set_test_filter(argv[1]);
  const size_t others = 2;
  struct CMUnitTest *tests = calloc(sweep_scenario_count + others, sizeof *tests);
  if (tests == NULL) return 1;
  for (size_t i = 0; i < sweep_scenario_count; ++i) {
    void *what;
    const scenario *each = &sweep_scenarios[i];
    memcpy(&what, &each, sizeof what);
    tests[i] = (struct CMUnitTest){each->name, cnf_03_sweep, NULL, clean_up, what};
  }
  tests[sweep_scenario_count] = (struct CMUnitTest)cmocka_unit_test(cnf_03_sweep_load_allocations);
  tests[sweep_scenario_count + 1] = (struct CMUnitTest)cmocka_unit_test(cnf_03_sweep_load_calls);
  const int failures = _cmocka_run_group_tests(
      "sweep", tests, sweep_scenario_count + others, group_set_up, group_tear_down);
  free(tests);
  return failures;
}
