/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The same thing very often, after which nothing may have grown: on the fake plugin a million
 * executions and a hundred thousand compilations, on a real one a hundred thousand executions.
 * RYFT_SOAK_SCALE is how many percent of that are done; 100 without it, 10 under a sanitizer. */
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "core/program_support.h"
#include "src/base/pool.h"

#define FAKE_SUM FAKE_PROGRAM("(f32[4], f32[4]) -> (f32[4]) = add")

enum {
  DEFAULT_PERCENT = RYFT__SANITIZED ? 10 : 100,
  FAKE_EXECUTIONS = 1000000,
  REAL_EXECUTIONS = 100000,
  FAKE_COMPILATIONS = 100000,
  WARM_UP_PERCENT = 20, /* of what is then measured */
  KIB = 1024
};

static bool real; /* whether a real plugin is under test */
static fixture scene;
static fake_control fake;
static ryft_loaded_executable *executable;
static ryft_buffer *left, *right;

static size_t scaled(size_t full) {
  const char *text = getenv("RYFT_SOAK_SCALE");
  const long percent = text == NULL ? 0 : test_number(text);
  return full / 100 * (size_t)(percent > 0 ? percent : DEFAULT_PERCENT);
}

/* ---- What is measured. */

typedef struct usage {
  size_t heap;
  size_t resident;
  size_t objects;
} usage;

static size_t resident(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  assert_non_null(file);
  assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
  (void)fclose(file);
  return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static usage measure(void) {
  return (usage){
      .heap = mallinfo2().uordblks,
      .resident = resident(),
      .objects = ryft_live_objects() + (real ? 0 : fake.fake_live_objects()),
  };
}

static size_t growth(size_t before, size_t after) {
  return after > before ? after - before : 0;
}

/* An object forgotten each time would be 32 bytes of the heap each time: far above the bounds. What
 * may grow a little is the plugin's own, and the memory allocator's view of it. */
static void expect_flat(const char *what, size_t times, usage before, usage after) {
  const size_t heap = growth(before.heap, after.heap);
  const size_t memory = growth(before.resident, after.resident);
  print_message("%zu %s: heap +%zu bytes, resident memory +%zu KiB, %zu objects\n",
                times,
                what,
                heap,
                memory / KIB,
                after.objects);
  assert_int_equal(after.objects, before.objects);
  if (RYFT__SANITIZED) return; /* sanitizers keep what was freed */
  assert_true(heap <= (real ? 256 : 32) * KIB);
  assert_true(memory <= (real ? 4096 : 512) * KIB);
}

static void soak(const char *what, size_t times, void (*once)(size_t i)) {
  for (size_t i = 0; i < times * WARM_UP_PERCENT / 100; ++i) once(i);
  const usage before = measure();
  for (size_t i = 0; i < times; ++i) once(i);
  expect_flat(what, times, before, measure());
}

/* ---- What is done. */

static void execute_once(size_t i) {
  ryft_buffer *arguments[] = {left, right}, *sum = NULL;
  ryft_event *done = NULL;
  assert_ok(ryft_execute(
      executable, arguments, 2, /* options= */ NULL, &sum, 1, i % 2 == 0 ? &done : NULL));
  if (i % 4 == 0) assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  /* A real plugin's executions must not pile up faster than it works. */
  if (i % 8 == 1 || real) {
    float read[4];
    assert_ok(ryft_buffer_read(sum, read, sizeof read));
    assert_true(read[0] == 3 && read[3] == 9);
  }
  ryft_buffer_destroy(sum);
}

static void compile_once(size_t i) {
  (void)i;
  ryft_loaded_executable *made = compile(&scene, FAKE_SUM, /* options= */ NULL);
  const ryft_signature *signature = NULL;
  assert_ok(ryft_loaded_executable_signature(made, &signature));
  assert_int_equal(signature->parameter_count, 2);
  ryft_loaded_executable_destroy(made);
}

static void new_09_executions_leave_nothing(void **state) {
  (void)state;
  soak("executions", scaled(real ? REAL_EXECUTIONS : FAKE_EXECUTIONS), execute_once);
}

static void cnf_04_compilations_leave_nothing(void **state) {
  (void)state;
  soak("compilations", scaled(FAKE_COMPILATIONS), compile_once);
}

/* ---- */

static int open_all(void **state) {
  (void)state;
  scene.plugin = real ? test_plugin_load() : fake_load("fake", &fake);
  assert_ok(ryft_client_create(scene.plugin, /* options= */ NULL, &scene.client));
  scene.device = ryft_client_addressable_devices(scene.client).items[0];
  executable = compile(&scene, real ? ADD_TEXT : FAKE_SUM, /* options= */ NULL);
  left = four(&scene, 0, 1);
  right = four(&scene, 0, 2);
  return 0;
}

static int close_all(void **state) {
  (void)state;
  ryft_buffer_destroy(left);
  ryft_buffer_destroy(right);
  ryft_loaded_executable_destroy(executable);
  ryft_client_destroy(scene.client);
  assert_nothing_alive(real ? NULL : &fake);
  return 0;
}

int main(void) {
  const struct CMUnitTest on_fake[] = {
      cmocka_unit_test(new_09_executions_leave_nothing),
      cmocka_unit_test(cnf_04_compilations_leave_nothing),
  };
  /* A hundred thousand real compilations would take hours. */
  const struct CMUnitTest on_real[] = {cmocka_unit_test(new_09_executions_leave_nothing)};
  real = getenv("RYFT_TEST_PLUGIN") != NULL;
  if (real) return cmocka_run_group_tests_name("soak", on_real, open_all, close_all);
  return cmocka_run_group_tests_name("soak", on_fake, open_all, close_all);
}
