/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sweep/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/allocator.h"

enum { POINTS_MAX = 5000 };

/* What is to fail: the nth allocation, or the nth call of the plugin, with a code. */
typedef struct fault {
  size_t allocation;
  size_t call;
  ryft_code code;
} fault;

/* A step under trial. */
typedef struct trial {
  const sweep_rig *rig;
  const sweep_step *step;
  void (*open)(scene *s);
  bool warm;           /* what is made once in a process was made */
  size_t alive_before; /* what an earlier step leaked is not this one's */
  char fired_slot[96]; /* where the last fault was */
} trial;

static scene current;

/* 1 tries all points. */
static size_t stride(void) {
  const char *text = getenv("RYFT_SWEEP_STEP");
  const long value = text == NULL ? 7 : test_number(text);
  return value < 1 ? 1 : (size_t)value;
}

/* Objects on both sides; the plugin's are not counted among the library's. */
static size_t alive(const sweep_rig *rig) {
  return ryft_live_objects() + rig->fake.fake_live_objects();
}

/* Waits for what ends on another thread. */
static bool settles(const trial *t, size_t pieces) {
  const struct timespec pause = {.tv_nsec = 100000};
  for (int i = 0; i < 50000; ++i) {
    if (alive(t->rig) == t->alive_before && (!t->warm || test_allocator_live() == pieces)) {
      return true;
    }
    (void)nanosleep(&pause, NULL);
  }
  return false;
}

/* Whether the fault was reached goes to `out_fired`. */
static ryft_error *run_with(trial *t, fault wanted, bool *out_fired) {
  const fake_control *fake = &t->rig->fake;
  if (wanted.call != 0) fake->fake_fail_nth_call(wanted.call, (int)wanted.code);
  test_allocator_fail(wanted.allocation);
  ryft_error *error = t->step->run(&current);
  test_allocator_fail(0);
  *out_fired = wanted.allocation != 0 ? test_allocator_failed() : fake->fake_faults_fired() != 0;
  (void)snprintf(t->fired_slot, sizeof t->fired_slot, "%s", fake->fake_fault_slot());
  fake->fake_reset(); /* or the fault would wait for whoever calls next */
  return error;
}

/* Memory that is out has one error for all, which names nobody. */
static bool names_its_function(const ryft_error *error, const sweep_step *step) {
  const char *where = ryft_error_where(error);
  const size_t size = strlen(step->function);
  return step->mixed || *where == '\0' ||
         (strncmp(where, step->function, size) == 0 && (where[size] == ' ' || where[size] == '\0'));
}

/* The code when the fault surfaced, RYFT_OK when it did not. */
static ryft_code try_point(trial *t, fault wanted, bool *out_fired) {
  const size_t before = test_allocator_live();
  t->rig->fake.fake_reset();
  current = (scene){.plugin = t->rig->plugin};
  if (t->open != NULL) t->open(&current);
  ryft_error *error = run_with(t, wanted, out_fired);
  const ryft_code code = ryft_error_code(error);
  const bool injected = wanted.call != 0 && code == wanted.code;
  char where[160];
  (void)snprintf(where, sizeof where, "%s (%s)", t->step->function, t->fired_slot);
  const bool told = t->step->mixed ? strstr(ryft_error_where(error), t->fired_slot) != NULL
                                   : strcmp(ryft_error_where(error), where) == 0;
  if (*out_fired) {
    if (injected && !told) fail_msg("'%s', not '%s'", ryft_error_where(error), where);
    if (!names_its_function(error, t->step)) fail_msg("it names '%s'", ryft_error_where(error));
    ryft_error_destroy(error);
  } else {
    assert_ok(error);
  }
  scene_close(&current);
  if (!settles(t, before)) {
    fail_msg("allocation %zu or call %zu (%s) failed; %zu objects, %zu pieces of memory stayed",
             wanted.allocation,
             wanted.call,
             t->fired_slot,
             alive(t->rig) - t->alive_before,
             test_allocator_live() - before);
  }
  return code;
}

bool sweep_lists(const char *list, const char *name) {
  const size_t size = strlen(name);
  for (const char *word = list; *word != '\0'; word += strspn(word, " ")) {
    const size_t length = strcspn(word, " ");
    if (length == size && strncmp(word, name, size) == 0) return true;
    word += length;
  }
  return false;
}

/* A name is an entry point's or a code's. */
static bool is_optional(const sweep_step *step, const char *name) {
  return sweep_lists(step->optional, name);
}

/* Both give how many points there were, and end with a success that met no fault. */
static size_t fail_allocations(trial *t) {
  bool fired = true;
  size_t points = 0;
  for (size_t n = 1; fired && n < POINTS_MAX; n += stride()) {
    const ryft_code code = try_point(t, (fault){.allocation = n}, &fired);
    if (fired) ++points;
    if (!fired || code == RYFT_RESOURCE_EXHAUSTED) continue;
    fail_msg("allocation %zu failed, and it answered %s", n, ryft_code_name(code));
  }
  assert_false(fired);
  return points;
}

/* UNIMPLEMENTED means that a plugin lacks something, which many functions can do without. */
static bool may_do_without(const trial *t, ryft_code injected, ryft_code answer) {
  const bool lacks =
      injected == RYFT_UNIMPLEMENTED || is_optional(t->step, ryft_code_name(injected));
  if (answer == RYFT_OK) return lacks || is_optional(t->step, t->fired_slot);
  return lacks && answer == RYFT_UNIMPLEMENTED;
}

/* With the `nth` code, counted from 0: where points are left out, each code leaves out others. */
static size_t fail_calls(trial *t, ryft_code injected, size_t nth) {
  bool fired = true;
  size_t points = 0;
  for (size_t n = 1 + nth % stride(); fired && n < POINTS_MAX; n += stride()) {
    const ryft_code code = try_point(t, (fault){.call = n, .code = injected}, &fired);
    if (fired) ++points;
    if (!fired || code == injected) continue;
    if (!may_do_without(t, injected, code)) {
      fail_msg("call %zu (%s) failed with %s, and it answered %s",
               n,
               t->fired_slot,
               ryft_code_name(injected),
               ryft_code_name(code));
    }
  }
  assert_false(fired);
  return points;
}

/* What a code means to the library does not depend on when the plugin is done, so that the others
 * are tried with one variant. */
static bool is_tried(const sweep_rig *rig, ryft_code code) {
  return !rig->few_codes || code == RYFT_INTERNAL || code == RYFT_RESOURCE_EXHAUSTED ||
         code == RYFT_UNIMPLEMENTED;
}

void sweep_run(const sweep_rig *rig, const sweep_step *step, void (*open)(scene *s)) {
  bool fired;
  size_t codes = 0;
  trial t = {.rig = rig, .step = step, .open = open, .alive_before = alive(rig)};
  assert_int_equal(try_point(&t, (fault){.code = RYFT_OK}, &fired), RYFT_OK);
  t.warm = true;
  size_t points = fail_allocations(&t);
  for (ryft_code code = RYFT_CANCELLED; code <= RYFT_UNAUTHENTICATED; ++code) {
    if (is_tried(rig, code) && open != NULL) points += fail_calls(&t, code, codes++);
  }
  if (step->calm != (points == 0)) fail_msg("there were %zu points to fail at", points);
}

void sweep_clean_up(const sweep_rig *rig) {
  test_allocator_fail(0);
  rig->fake.fake_reset();
  scene_close(&current);
}
