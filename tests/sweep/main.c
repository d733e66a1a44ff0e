/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Every public function that can fail, failing in every way: its first allocation, its second, …
 * until it succeeds; then its first call of the plugin, its second, …, with each code. Each time
 * outputs must be empty, the error must be the one that was injected, and nothing may be left alive
 * on either side. All of it twice: with a plugin that is done when a call returns, and with one
 * that completes later on a thread of its own. With RYFT_SWEEP_NEWER it is one that is newer than
 * we are and asks for larger structs; it makes the library take another path with every plugin.
 * RYFT_SWEEP_STEP=k tries every k-th point only. Each steps_*.c is a program of its own with this
 * one's main.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/allocator.h"
#include "sweep/sweep.h"

enum { VARIANTS_MAX = 2 };
static const char *names[VARIANTS_MAX] = {"fake", "fake_async"};
static size_t variants = VARIANTS_MAX;

static sweep_rig rigs[VARIANTS_MAX];

/* One step with one of the plugins. */
typedef struct test {
  const sweep_step *step;
  const sweep_rig *rig;
  char name[96];
} test;

static void cnf_03_sweep(void **state) {
  const test *each = *state;
  sweep_run(each->rig, each->step, sweep_domain.open);
}

static int clean_up(void **state) {
  const test *each = *state;
  sweep_clean_up(each->rig);
  return 0;
}

static void cnf_03_lists_hold_whole_words(void **state) {
  (void)state;
  assert_true(sweep_lists("One Two", "One"));
  assert_true(sweep_lists("One Two", "Two"));
  assert_true(sweep_lists("TwoMore Two", "Two"));
  assert_true(sweep_lists("NotTwo Two", "Two"));
  assert_false(sweep_lists("TwoMore", "Two"));
  assert_false(sweep_lists("NotTwo", "Two"));
  assert_false(sweep_lists("", "Two"));
  assert_false(sweep_lists("One", ""));
}

/* Tests without a plugin know one variant: the first. */
static size_t add_tests(struct CMUnitTest *out, test *room, size_t variant) {
  if (variant != 0 && sweep_domain.open == NULL) return 0;
  for (size_t i = 0; i < sweep_domain.count; ++i) {
    test *each = &room[i];
    *each = (test){&sweep_domain.steps[i], &rigs[variant], ""};
    (void)snprintf(each->name,
                   sizeof each->name,
                   "cnf_03_sweep_%s%s",
                   each->step->name,
                   variant == 0 ? "" : "_async");
    out[i] = (struct CMUnitTest){each->name, cnf_03_sweep, NULL, clean_up, each};
  }
  return sweep_domain.count;
}

static bool is_newer(void) {
  return getenv("RYFT_SWEEP_NEWER") != NULL;
}

static int open_group(void **state) {
  (void)state;
  sweep_places_open();
  test_allocator_install();
  for (size_t i = 0; i < variants && i < VARIANTS_MAX; ++i) {
    rigs[i].plugin = fake_load(names[i], &rigs[i].fake);
    rigs[i].few_codes = i != 0 || is_newer();
  }
  return 0;
}

static int close_group(void **state) {
  (void)state;
  for (size_t i = 0; i < variants; ++i) {
    ryft_plugin_destroy(rigs[i].plugin);
    assert_nothing_alive(&rigs[i].fake);
  }
  sweep_places_close();
  return 0;
}

/* A pattern as the argument, such as '*buffer_read*', runs only what matches. */
int main(int argc, char **argv) {
  const size_t room = 1 + sweep_domain.count * VARIANTS_MAX;
  size_t count = 0;
  struct CMUnitTest *tests = calloc(room, sizeof *tests);
  test *cases = calloc(room, sizeof *cases);
  if (tests == NULL || cases == NULL) abort();
  if (is_newer()) {
    names[0] = "fake_new";
    variants = 1;
  }
  if (argc > 1) cmocka_set_test_filter(argv[1]);
  for (size_t i = 0; i < variants; ++i) count += add_tests(&tests[count], &cases[count], i);
  tests[count++] = (struct CMUnitTest)cmocka_unit_test(cnf_03_lists_hold_whole_words);
  const int failures = support_run_group("sweep", tests, count, open_group, close_group);
  free(cases);
  free(tests);
  return failures;
}
