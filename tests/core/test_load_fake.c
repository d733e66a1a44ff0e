/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading compiled programs: what was known when they were compiled is known again. */
#include "src/core/loaded_executable.h"
#include "support/fake_scene.h"

#define ADD FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")
#define TUPLED FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add tupled")

static ryft_loaded_executable *compile(const fake_scene *s,
                                       const char *text,
                                       const ryft_compile_options *options) {
  ryft_loaded_executable *executable = NULL;
  assert_ok(fake_scene_compile(s, text, options, &executable));
  return executable;
}

/* Another executable from the program of `from`, which is given up. */
static ryft_loaded_executable *load(const fake_scene *s,
                                    ryft_loaded_executable *from,
                                    const ryft_compile_options *options) {
  ryft_loaded_executable *loaded = NULL;
  assert_ok(ryft_client_load(s->client, ryft_loaded_executable_executable(from), options, &loaded));
  ryft_loaded_executable_destroy(from);
  return loaded;
}

static ryft_error *execute(const fake_scene *s,
                           ryft_loaded_executable *executable,
                           const ryft_device *device) {
  static const int32_t numbers[4] = {1, 2, 3, 4}, sums[4] = {2, 4, 6, 8};
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .device = device};
  ryft_buffer *number = fake_scene_upload(s, RYFT_S32, numbers), *sum = NULL;
  ryft_buffer *arguments[] = {number, number};
  ryft_error *error = ryft_execute(executable, arguments, 2, &options, &sum, 1, /* done= */ NULL);
  if (error == NULL) {
    int32_t found[4] = {0};
    assert_ok(ryft_buffer_read(sum, found, sizeof found));
    assert_memory_equal(found, sums, sizeof sums);
  }
  ryft_buffer_destroy(sum);
  ryft_buffer_destroy(number);
  return error;
}

static const ryft_compile_options PORTABLE = {RYFT_SIZED(ryft_compile_options),
                                              .portable = RYFT_YES};
static const ryft_field_setting ONE_TUPLE = {"parameter_is_tupled_arguments", "true"};
static const ryft_compile_options TAKES_TUPLE = {RYFT_SIZED(ryft_compile_options),
                                                 .fields = &ONE_TUPLE,
                                                 .field_count = 1};

/* Every execution names its device, as it does after compiling. */
static void expect_portable(const fake_scene *s, ryft_loaded_executable *executable) {
  const ryft_device *first = ryft_client_devices(s->client).items[0];
  assert_int_equal(ryft_loaded_executable_devices(executable).count, 0);
  assert_ok(execute(s, executable, first));
  assert_code(execute(s, executable, /* device= */ NULL), RYFT_INVALID_ARGUMENT, "portable");
  ryft_loaded_executable_destroy(executable);
}

static void cmp_09_what_was_portable_is_portable_again(void **state) {
  const fake_scene *s = *state;
  const ryft_compile_options unsigned_one = {RYFT_SIZED(ryft_compile_options),
                                             .signature = RYFT_NO};
  expect_portable(s, load(s, compile(s, ADD, &PORTABLE), /* options= */ NULL));
  expect_portable(s, load(s, compile(s, ADD, &PORTABLE), &PORTABLE));
  expect_portable(s, load(s, compile(s, ADD, &PORTABLE), &unsigned_one));
  /* Also when the plugin does not tell what it was compiled with. */
  s->fake.fake_fail_next("PJRT_Executable_GetCompileOptions", 1, RYFT_UNIMPLEMENTED, NULL);
  expect_portable(s, load(s, compile(s, ADD, &PORTABLE), /* options= */ NULL));
}

static void cmp_09_what_had_a_device_has_it_again(void **state) {
  const fake_scene *s = *state;
  ryft_loaded_executable *loaded = load(s, compile(s, ADD, NULL), /* options= */ NULL);
  assert_int_equal(ryft_loaded_executable_devices(loaded).count, 1);
  assert_ok(execute(s, loaded, /* device= */ NULL));
  ryft_loaded_executable_destroy(loaded);
}

/* Options say what is different, and nothing else changes. */
static void cmp_09_only_what_differs_needs_to_be_set(void **state) {
  const fake_scene *s = *state;
  const ryft_compile_options two = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  const ryft_compile_options unsigned_one = {RYFT_SIZED(ryft_compile_options),
                                             .signature = RYFT_NO};
  const ryft_signature *signature = NULL;
  size_t replicas = 0;
  ryft_loaded_executable *loaded = load(s, compile(s, ADD, &two), &unsigned_one);
  assert_ok(ryft_executable_replicas(ryft_loaded_executable_executable(loaded), &replicas, NULL));
  assert_int_equal(replicas, 2);
  assert_int_equal(ryft_loaded_executable_devices(loaded).count, 2);
  assert_code(
      ryft_loaded_executable_signature(loaded, &signature), RYFT_FAILED_PRECONDITION, "RYFT_NO");
  ryft_loaded_executable_destroy(loaded);
  loaded = load(s, compile(s, ADD, NULL), &two);
  assert_int_equal(ryft_loaded_executable_devices(loaded).count, 2);
  ryft_loaded_executable_destroy(loaded);
}

static void new_03_devices_are_counted_before_loading(void **state) {
  fake_scene s = *(const fake_scene *)*state;
  const ryft_compile_options four = {RYFT_SIZED(ryft_compile_options), .replicas = 4};
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  ryft_client *narrow = NULL;
  ryft_loaded_executable *wide = compile(&s, ADD, &four), *loaded = wide;
  assert_ok(ryft_client_create(s.plugin, &options, &narrow));
  assert_code(ryft_client_load(narrow, ryft_loaded_executable_executable(wide), NULL, &loaded),
              RYFT_INVALID_ARGUMENT,
              "4 replicas of 1 partitions need 4 devices, the client has 2");
  assert_null(loaded);
  assert_int_equal(s.fake.fake_call_count("PJRT_Client_Load"), 0);
  ryft_client_destroy(narrow);
  ryft_loaded_executable_destroy(wide);
}

/* CPU plugins abort over what they are told is one tuple, unless the options say so as well. */
static void new_03_tuples_are_known_again(void **state) {
  const fake_scene *outer = *state;
  fake_scene s = *outer;
  const ryft_named_value platform = ryft_named_string("platform", "cpu");
  const ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = &platform, .value_count = 1};
  assert_ok(ryft_client_create(outer->plugin, &options, &s.client));
  ryft_loaded_executable *loaded = load(&s, compile(&s, TUPLED, NULL), /* options= */ NULL);
  assert_code(execute(&s, loaded, NULL), RYFT_INVALID_ARGUMENT, "takes a tuple");
  ryft_loaded_executable_destroy(loaded);
  loaded = load(&s, compile(&s, TUPLED, &TAKES_TUPLE), /* options= */ NULL);
  assert_ok(execute(&s, loaded, NULL));
  ryft_loaded_executable_destroy(loaded);
  loaded = load(&s, compile(&s, TUPLED, NULL), &TAKES_TUPLE);
  assert_ok(execute(&s, loaded, NULL));
  ryft_loaded_executable_destroy(loaded);
  /* Nobody knows: the plugin is left to find out. */
  s.fake.fake_fail_next("PJRT_Executable_GetCompileOptions", 1, RYFT_UNIMPLEMENTED, NULL);
  loaded = load(&s, compile(&s, TUPLED, &TAKES_TUPLE), /* options= */ NULL);
  assert_ok(execute(&s, loaded, NULL));
  ryft_loaded_executable_destroy(loaded);
  ryft_client_destroy(s.client);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(cmp_09_what_was_portable_is_portable_again),
      FAKE_SCENE_TEST(cmp_09_what_had_a_device_has_it_again),
      FAKE_SCENE_TEST(cmp_09_only_what_differs_needs_to_be_set),
      FAKE_SCENE_TEST(new_03_devices_are_counted_before_loading),
      FAKE_SCENE_TEST(new_03_tuples_are_known_again),
  };
  return cmocka_run_group_tests_name("load_fake", tests, NULL, NULL);
}
