/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Every public function that can fail, failing in every way: its first allocation, its second, …
 * until it succeeds; then its first call of the plugin, its second, …, with three codes. Each time
 * outputs must be NULL, the error must be the one that was injected, and nothing may be left alive
 * on either side. All of it twice: with a plugin that is done when a call returns, and with one
 * that completes later on a thread of its own. RYFT_SWEEP_STEP=k tries every k-th point only.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/sweep_scenarios.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"
#include "support/temp.h"

enum { POINTS_MAX = 5000 };

static const char *const variants[] = {"fake", "fake_async"};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

/* UNIMPLEMENTED means that a plugin lacks something, which many functions can do without. */
static const ryft_code codes[] = {RYFT_INTERNAL, RYFT_RESOURCE_EXHAUSTED, RYFT_UNIMPLEMENTED};

/* One scenario with one of the plugins. */
typedef struct trial {
  const scenario *what;
  size_t variant;
  char name[64];
} trial;

static fake_control fakes[VARIANTS];
static ryft_plugin *plugins[VARIANTS];
static fake_control fake; /* the one that is being tried */
static ryft_plugin *plugin;
static char *places;        /* a directory with plugins in it */
static size_t alive_before; /* what an earlier scenario leaked is not this one's */
static scene current;
static char fired_slot[96]; /* where the last fault was */
static bool warm;           /* what is made once in a process was made */

/* Objects on both sides; the plugin's are not counted among the library's. */
static size_t alive(void) {
  return ryft_live_objects() + fake.fake_live_objects();
}

/* Waits for what ends on another thread. */
static bool settles(size_t objects, size_t pieces, bool look_at_memory) {
  const struct timespec pause = {.tv_nsec = 100000};
  for (int i = 0; i < 50000; ++i) {
    if (alive() == objects && (!look_at_memory || test_allocator_live() == pieces)) return true;
    (void)nanosleep(&pause, NULL);
  }
  return false;
}

static size_t step(void) {
  const char *text = getenv("RYFT_SWEEP_STEP");
  const long value = text == NULL ? 1 : test_number(text);
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
  assert_ok(ryft_event_await(s->ready));
  const ryft_host_array numbers = {
      .shape = SWEEP_MATRIX, .data = sweep_numbers, .size = sizeof sweep_numbers};
  assert_ok(ryft_session_create(
      s->executable, SWEEP_INPUTS, 2, SWEEP_OUTPUTS, 2, /* options= */ NULL, &s->session));
  for (int i = 0; i < 2; ++i) {
    assert_ok(ryft_session_set_host(s->session, SWEEP_INPUTS[i], numbers));
  }
  assert_ok(ryft_session_run(s->session));
}

static void tear_down(scene *s) {
  ryft_client_destroy(s->client);
  ryft_session_destroy(s->session);
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
static ryft_code try_point(const scenario *what,
                           size_t allocation,
                           size_t call,
                           ryft_code injected,
                           bool *out_fired) {
  const size_t before = test_allocator_live();
  fake.fake_reset();
  set_up(&current);
  if (call != 0) fake.fake_fail_nth_call(call, (int)injected);
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
  if (!settles(alive_before, before, warm)) {
    const size_t kept = test_allocator_live() - before;
    fail_msg(
        "%s: allocation %zu or call %zu (%s) failed; %zu objects and %zu pieces of memory stayed",
        what->name,
        allocation,
        call,
        fired_slot,
        alive() - alive_before,
        kept);
  }
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
    const ryft_code code = try_point(what, n, 0, RYFT_OK, &fired);
    if (!fired || code == RYFT_RESOURCE_EXHAUSTED) continue;
    /* Done without memory it asked for: only where the plugin's answer is optional too. */
    if (code != RYFT_OK || what->optional[0] == '\0') {
      fail_msg(
          "%s: allocation %zu failed, and it answered %s", what->name, n, ryft_code_name(code));
    }
  }
  assert_false(fired);
}

static void sweep_calls(const scenario *what, ryft_code injected) {
  bool fired = true;
  for (size_t n = 1; fired && n < POINTS_MAX; n += step()) {
    const ryft_code code = try_point(what, 0, n, injected, &fired);
    if (!fired || code == injected) continue;
    const bool can_do_without = injected == RYFT_UNIMPLEMENTED || is_optional(what, fired_slot);
    if (code != RYFT_OK || !can_do_without) {
      fail_msg("%s: call %zu (%s) failed with %s, and it answered %s",
               what->name,
               n,
               fired_slot,
               ryft_code_name(injected),
               ryft_code_name(code));
    }
  }
  assert_false(fired);
}

static void cnf_03_sweep(void **state) {
  const trial *each = *state;
  bool fired;
  plugin = plugins[each->variant];
  fake = fakes[each->variant];
  alive_before = alive();
  warm = false;
  assert_int_equal(try_point(each->what, 0, 0, RYFT_OK, &fired), RYFT_OK);
  warm = true;
  sweep_allocations(each->what);
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; ++i) sweep_calls(each->what, codes[i]);
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
  other.fake_reset();
  for (size_t i = 0; i < 2; ++i) {
    other.fake_fail_next("PJRT_Plugin_Initialize", 1, (int)codes[i], "not today");
    assert_code(load("fake_090"), codes[i], "not today");
  }
  for (size_t i = 0; i < 2; ++i) {
    other.fake_fail_next("PJRT_Plugin_Attributes", 1, (int)codes[i], "not now");
    assert_code(load("fake_090"), codes[i], "not now");
  }
  assert_ok(load("fake_090"));
  /* What it had done, it was not asked to do again. */
  assert_int_equal(other.fake_call_count("PJRT_Plugin_Initialize"), 3);
  assert_int_equal(other.fake_live_objects(), 0);
}

/* The table of a variant that nobody loaded through the library. */
static const struct PJRT_Api *table_of(const char *variant) {
  const struct PJRT_Api *(*get)(void);
  void *library = dlopen(fake_path(variant), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  assert_non_null(library);
  void *symbol = dlsym(library, "GetPjrtApi");
  assert_non_null(symbol);
  memcpy(&get, &symbol, sizeof get);
  (void)dlclose(library);
  return get();
}

static ryft_error *attach(const char *variant) {
  ryft_plugin *attached = NULL;
  ryft_error *error = ryft_plugin_attach(table_of(variant), /* options= */ NULL, &attached);
  if (error != NULL) assert_null(attached);
  ryft_plugin_destroy(attached);
  return error;
}

static void cnf_03_sweep_attach_allocations(void **state) {
  (void)state;
  ryft_error *error = NULL;
  size_t n = 0;
  do {
    ryft_error_destroy(error);
    test_allocator_fail(++n);
    error = attach("fake_new");
    test_allocator_fail(0);
    if (error != NULL) assert_int_equal(ryft_error_code(error), RYFT_RESOURCE_EXHAUSTED);
  } while (error != NULL && n < POINTS_MAX);
  assert_null(error);
  assert_true(n > 1);
}

/* A plugin may lack both, and is none the worse for it. */
static void cnf_03_sweep_attach_calls(void **state) {
  (void)state;
  fake_control other;
  fake_control_open("fake_081", &other);
  other.fake_reset();
  other.fake_fail_next("PJRT_Plugin_Initialize", 1, RYFT_UNAVAILABLE, "not today");
  assert_code(attach("fake_081"), RYFT_UNAVAILABLE, "not today");
  other.fake_fail_next("PJRT_Plugin_Initialize", 1, RYFT_UNIMPLEMENTED, NULL);
  other.fake_fail_next("PJRT_Plugin_Attributes", 1, RYFT_UNIMPLEMENTED, NULL);
  assert_ok(attach("fake_081"));
  assert_int_equal(other.fake_faults_fired(), 3);
  assert_int_equal(other.fake_live_objects(), 0);
}

/* ---- */

static void place(const char *name) {
  char *target = temp_write(places, name, "", 0);
  assert_int_equal(unlink(target), 0);
  assert_int_equal(symlink(fake_path("fake"), target), 0);
  free(target);
}

/* Where plugins are searched for: nowhere but here. */
static void furnish(void) {
  places = temp_directory();
  place("path/libpjrt_cpu.so");
  place("path/libtpu.so");
  place("data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so");
  place("home/.local/lib/python3.11/site-packages/libtpu/libtpu.so");
  static const char *const variables[][2] = {
      {"RYFT_PLUGIN_PATH", "path"}, {"XDG_DATA_HOME", "data"}, {"HOME", "home"}};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; ++i) {
    char *path = temp_path(places, variables[i][1]);
    assert_int_equal(setenv(variables[i][0], path, /* overwrite= */ 1), 0);
    free(path);
  }
  (void)unsetenv("VIRTUAL_ENV");
  (void)unsetenv("CONDA_PREFIX");
}

static int group_set_up(void **state) {
  (void)state;
  furnish();
  test_allocator_install();
  for (size_t i = 0; i < VARIANTS; ++i) plugins[i] = fake_load(variants[i], &fakes[i]);
  return 0;
}

static int group_tear_down(void **state) {
  (void)state;
  for (size_t i = 0; i < VARIANTS; ++i) {
    ryft_plugin_destroy(plugins[i]);
    assert_nothing_alive(&fakes[i]);
  }
  temp_remove(places);
  return 0;
}

static const scenario *scenario_at(size_t i) {
  return i < sweep_scenario_count ? &sweep_scenarios[i]
                                  : &sweep_more_scenarios[i - sweep_scenario_count];
}

/* One scenario's name as the argument runs only that one. */
int main(int argc, char **argv) {
  if (argc > 1) cmocka_set_test_filter(argv[1]);
  static const struct CMUnitTest loads[] = {
      cmocka_unit_test(cnf_03_sweep_load_allocations),
      cmocka_unit_test(cnf_03_sweep_attach_allocations),
      cmocka_unit_test(cnf_03_sweep_load_calls),
      cmocka_unit_test(cnf_03_sweep_attach_calls),
  };
  const size_t others = sizeof loads / sizeof loads[0];
  const size_t scenarios = sweep_scenario_count + sweep_more_scenario_count;
  const size_t count = scenarios * VARIANTS;
  struct CMUnitTest *tests = calloc(count + others, sizeof *tests);
  trial *trials = calloc(count, sizeof *trials);
  if (tests == NULL || trials == NULL) return 1;
  for (size_t i = 0; i < count; ++i) {
    trials[i] = (trial){.what = scenario_at(i % scenarios), .variant = i / scenarios};
    (void)snprintf(trials[i].name,
                   sizeof trials[i].name,
                   "%s%s",
                   trials[i].what->name,
                   i < scenarios ? "" : "_async");
    tests[i] = (struct CMUnitTest){trials[i].name, cnf_03_sweep, NULL, clean_up, &trials[i]};
  }
  memcpy(&tests[count], loads, sizeof loads);
  const int failures =
      _cmocka_run_group_tests("sweep", tests, count + others, group_set_up, group_tear_down);
  free(trials);
  free(tests);
  return failures;
}
