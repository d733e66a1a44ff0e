/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The first time that a plugin is taken. It stays, so a sweep ends with the first success, and
 * needs a variant that nobody took yet. */
#include <dlfcn.h>
#include <string.h>

#include "support/allocator.h"
#include "sweep/sweep.h"

/* A way to take a variant. */
typedef ryft_error *(*take)(const char *variant, ryft_plugin **out);

static ryft_error *load(const char *variant, ryft_plugin **out) {
  return ryft_plugin_load(fake_path(variant), /* options= */ NULL, out);
}

/* The table of a variant that was not loaded through the library. */
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

static ryft_error *attach(const char *variant, ryft_plugin **out) {
  return ryft_plugin_attach(table_of(variant), /* options= */ NULL, out);
}

/* A variant that nobody took yet. */
typedef struct target {
  take how;
  const char *variant;
  fake_control fake;
} target;

static target open_target(take how, const char *variant) {
  target t = {.how = how, .variant = variant};
  fake_control_open(variant, &t.fake);
  t.fake.fake_reset();
  return t;
}

static ryft_error *attempt(void *arg) {
  const target *t = arg;
  ryft_plugin *plugin = POISON;
  ryft_error *error = t->how(t->variant, &plugin);
  CLEARED(error, plugin);
  ryft_plugin_destroy(plugin);
  return error;
}

static void fail_allocations(take how, const char *variant) {
  target t = open_target(how, variant);
  assert_true(test_allocator_sweep(attempt, &t) > 0);
  assert_int_equal(t.fake.fake_call_count("PJRT_Plugin_Initialize"), 1);
  assert_nothing_alive(&t.fake);
}

/* One call with each code but UNIMPLEMENTED: a plugin may lack it, and is none the worse for it. */
static void fail_call(target *t, const char *slot) {
  for (ryft_code code = RYFT_CANCELLED; code <= RYFT_UNAUTHENTICATED; ++code) {
    if (code == RYFT_UNIMPLEMENTED) continue;
    const size_t before = test_allocator_live();
    t->fake.fake_reset();
    t->fake.fake_fail_next(slot, 1, (int)code, "not today");
    assert_code(attempt(t), code, "not today");
    assert_int_equal(t->fake.fake_faults_fired(), 1);
    assert_int_equal(test_allocator_live(), before);
    assert_nothing_alive(&t->fake);
  }
}

/* What a plugin had done, it is not asked to do again. */
static void fail_calls(take how, const char *variant) {
  target t = open_target(how, variant);
  fail_call(&t, "PJRT_Plugin_Initialize");
  t.fake.fake_reset();
  t.fake.fake_fail_next("PJRT_Plugin_Initialize", 1, RYFT_UNIMPLEMENTED, NULL);
  t.fake.fake_fail_next("PJRT_Plugin_Attributes", 1, RYFT_INTERNAL, "not now");
  assert_code(attempt(&t), RYFT_INTERNAL, "not now");
  assert_int_equal(t.fake.fake_faults_fired(), 2);
  fail_call(&t, "PJRT_Plugin_Attributes");
  assert_int_equal(t.fake.fake_call_count("PJRT_Plugin_Initialize"), 0);
  t.fake.fake_reset();
  t.fake.fake_fail_next("PJRT_Plugin_Attributes", 1, RYFT_UNIMPLEMENTED, NULL);
  assert_ok(attempt(&t));
  assert_int_equal(t.fake.fake_faults_fired(), 1);
  assert_int_equal(t.fake.fake_call_count("PJRT_Plugin_Initialize"), 0);
  assert_nothing_alive(&t.fake);
}

static void cnf_03_sweep_load_allocations(void **state) {
  (void)state;
  fail_allocations(load, "fake_104");
}

static void cnf_03_sweep_attach_allocations(void **state) {
  (void)state;
  fail_allocations(attach, "fake_new");
}

static void cnf_03_sweep_load_calls(void **state) {
  (void)state;
  fail_calls(load, "fake_090");
}

static void cnf_03_sweep_attach_calls(void **state) {
  (void)state;
  fail_calls(attach, "fake_081");
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(cnf_03_sweep_load_allocations),
      cmocka_unit_test(cnf_03_sweep_attach_allocations),
      cmocka_unit_test(cnf_03_sweep_load_calls),
      cmocka_unit_test(cnf_03_sweep_attach_calls),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("sweep_load", tests, NULL, NULL);
}
