/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Calls of extensions are counted, failed and checked like the core's, each that the registry has.
 */
#include "src/abi/gen/calls_layouts.h"
#include "src/abi/gen/calls_pjrt_ffi.h"
#include "src/abi/gen/calls_profiler.h"
#include "src/abi/gen/calls_xla_transform.h"
#include "src/core/client.h"
#include "support/fake_scene.h"
#include "tests/fake/gen/extensions.h"

typedef struct extensions {
#define RYFT_EXT(owner, table, type, since) ryft__ext_##owner owner;
#include "tests/fake/gen/extensions.inc"
} extensions;

static const PJRT_Extension_Base *find(const ryft_client *client, PJRT_Extension_Type type) {
  ryft__extensions found;
  ryft__extensions_read(&found, client->table);
  assert_null(found.problem);
  for (size_t i = 0; i < found.count; ++i) {
    if (found.list[i].type == (int)type) return found.list[i].base;
  }
  return NULL;
}

static void read_all(extensions *out, const ryft_client *client) {
#define RYFT_EXT(owner, struct_name, type, since) \
  ryft__ext_##owner##_init(&out->owner, client->table, find(client, type));
#include "tests/fake/gen/extensions.inc"
}

/* What gives something back never fails, and would miss what it should give back. */
static bool can_fail(const char *name) {
  return strstr(name, "_Destroy") == NULL && strstr(name, "_Error_") == NULL;
}

/* Each entry point with empty args: they are not looked at when the call was told to fail. */
typedef ryft_error *caller(const extensions *all);

#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) \
  static ryft_error *call_##name(const extensions *all) {             \
    name##_Args args = {0};                                           \
    return ryft__##name(&all->owner, &args, "test");                  \
  }
#include "tests/fake/gen/extensions.inc"

static const struct {
  const char *name;
  int since;
  caller *call;
} calls[] = {
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) {#name, since, call_##name},
#include "tests/fake/gen/extensions.inc"
};

enum { CALLS = sizeof calls / sizeof calls[0] };

static void each_fails_when_told_to(const fake_scene *s) {
  extensions all;
  size_t failed = 0;
  read_all(&all, s->client);
  for (size_t i = 0; i < CALLS; ++i) {
    if (!can_fail(calls[i].name)) continue;
    s->fake.fake_reset();
    s->fake.fake_fail_next(calls[i].name, 2, RYFT_ABORTED, "no more of this");
    s->fake.fake_fail_nth_call(1, RYFT_DATA_LOSS);
    ryft_error *error = calls[i].call(&all);
    assert_true(ryft_error_is_from_plugin(error));
    assert_code(error, RYFT_DATA_LOSS, calls[i].name);
    assert_code(calls[i].call(&all), RYFT_ABORTED, "no more of this");
    assert_string_equal(s->fake.fake_fault_slot(), calls[i].name);
    assert_int_equal(s->fake.fake_call_count(calls[i].name), 2);
    assert_int_equal(s->fake.fake_calls_total(), 2);
    ++failed;
  }
  assert_true(failed > CALLS / 2);
}

static void cnf_03_every_call_of_an_extension_fails_when_told_to(void **state) {
  each_fails_when_told_to(*state);
}

/* The same with a plugin that asks for larger args and looks for zeroes in them. */
static void cnf_03_every_call_of_a_newer_extension_fails_when_told_to(void **state) {
  (void)state;
  fake_scene s = {.client = NULL};
  s.plugin = fake_load("fake_new", &s.fake);
  assert_ok(ryft_client_create(s.plugin, /* options= */ NULL, &s.client));
  each_fails_when_told_to(&s);
  s.fake.fake_reset();
  ryft_client_destroy(s.client);
  ryft_plugin_destroy(s.plugin);
  assert_nothing_alive(&s.fake);
}

/* Tables are as long as the minor has them, and what it lacks is refused by us. */
static void plg_07_older_plugins_have_fewer_calls_in_their_extensions(void **state) {
  (void)state;
  fake_scene s = {.client = NULL};
  s.plugin = fake_load("fake_081", &s.fake);
  assert_ok(ryft_client_create(s.plugin, /* options= */ NULL, &s.client));
  extensions all;
  size_t missing = 0;
  read_all(&all, s.client);
  s.fake.fake_reset();
  for (size_t i = 0; i < CALLS; ++i) {
    if (calls[i].since <= 81) continue;
    assert_code(calls[i].call(&all), RYFT_UNIMPLEMENTED, calls[i].name);
    ++missing;
  }
  assert_true(missing >= 4);
  assert_int_equal(s.fake.fake_calls_total(), 0);
  assert_null(find(s.client, PJRT_Extension_Type_XlaTransform));
  assert_int_equal(find(s.client, PJRT_Extension_Type_Layouts)->struct_size, 72);
  assert_int_equal(find(s.client, PJRT_Extension_Type_FFI)->struct_size, 40);
  ryft_client_destroy(s.client);
  ryft_plugin_destroy(s.plugin);
}

static void plg_14_what_nobody_wrote_says_so(void **state) {
  const fake_scene *s = *state;
  extensions all;
  read_all(&all, s->client);
  assert_code(call_PLUGIN_Profiler_Create(&all), RYFT_UNIMPLEMENTED, "PLUGIN_Profiler_Create");
  assert_code(
      call_PJRT_Register_Xla_Transform(&all), RYFT_UNIMPLEMENTED, "PJRT_Register_Xla_Transform");
  assert_code(call_PJRT_FFI_Register_Handler(&all), RYFT_UNIMPLEMENTED, "FFI_Register_Handler");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(cnf_03_every_call_of_an_extension_fails_when_told_to),
      cmocka_unit_test(cnf_03_every_call_of_a_newer_extension_fails_when_told_to),
      cmocka_unit_test(plg_07_older_plugins_have_fewer_calls_in_their_extensions),
      FAKE_SCENE_TEST(plg_14_what_nobody_wrote_says_so),
  };
  return cmocka_run_group_tests_name("extensions_fake", tests, NULL, NULL);
}
