/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading compiled programs: what was known when they were compiled is known again. */
#include <string.h>

#include "ryft/host_memory.h"
#include "src/abi/gen/calls.h"
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

/* A mistake is told; what the executable was compiled with is not given up for it. */
static void cmp_09_mistakes_in_what_differs_are_told(void **state) {
  const fake_scene *s = *state;
  const int first = 0;
  const ryft_compile_options two = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  const ryft_compile_options one_id = {
      RYFT_SIZED(ryft_compile_options), .device_ids = &first, .device_id_count = 1};
  const ryft_compile_options no_base = {RYFT_SIZED(ryft_compile_options), .base = {NULL, 5}};
  ryft_loaded_executable *from = compile(s, ADD, &two), *loaded = from;
  const ryft_executable *compiled = ryft_loaded_executable_executable(from);
  assert_code(ryft_client_load(s->client, compiled, &one_id, &loaded),
              RYFT_INVALID_ARGUMENT,
              "1 device ids for 2 replicas of 1 partitions, which take 2");
  assert_null(loaded);
  assert_code(ryft_client_load(s->client, compiled, &no_base, &loaded),
              RYFT_INVALID_ARGUMENT,
              "`base.data` is NULL");
  assert_null(loaded);
  assert_int_equal(s->fake.fake_call_count("PJRT_Client_Load"), 0);
  ryft_loaded_executable_destroy(from);
}

/* As another program in the process may have compiled it, with whatever options. */
static ryft_loaded_executable *compile_raw(const fake_scene *s, const void *bytes, size_t size) {
  static const ryft__compile_facts facts = {.replicas = 1, .partitions = 1};
  PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE,
                          .code = (char *)(uintptr_t)ADD,
                          .code_size = strlen(ADD),
                          .format = "mlir",
                          .format_size = 4};
  PJRT_Client_Compile_Args args = {.client = s->client->raw,
                                   .program = &program,
                                   .compile_options = bytes,
                                   .compile_options_size = size};
  ryft_loaded_executable *made = NULL;
  assert_ok(ryft__PJRT_Client_Compile(s->client->table, &args, __func__));
  assert_ok(ryft__loaded_executable_adopt(s->client, args.executable, &facts, &made, __func__));
  return made;
}

/* The plugin's own answer may have what the table of ages, which is not about its build, says that
 * it would ignore. Of the caller's options it is still said. */
static void cmp_09_what_the_plugin_tells_is_not_refused(void **state) {
  const fake_scene *s = *state;
  static const ryft_field_setting young = {"individually_defined_output_indices[0]", "0"};
  const ryft_compile_options with = {
      RYFT_SIZED(ryft_compile_options), .replicas = 2, .fields = &young, .field_count = 1};
  const ryft_compile_options unsigned_one = {RYFT_SIZED(ryft_compile_options),
                                             .signature = RYFT_NO};
  const ryft_compile_options *const harmless[] = {NULL, &unsigned_one};
  void *bytes = NULL;
  size_t size = 0;
  assert_ok(ryft_compile_options_encode(&with, &bytes, &size));
  const ryft_compile_options own = {RYFT_SIZED(ryft_compile_options), .base = {bytes, size}};
  for (size_t i = 0; i < 2; ++i) {
    ryft_loaded_executable *loaded = load(s, compile_raw(s, bytes, size), harmless[i]);
    assert_int_equal(ryft_loaded_executable_devices(loaded).count, 2);
    ryft_loaded_executable_destroy(loaded);
  }
  const ryft_compile_options *const refused[] = {&with, &own};
  for (size_t i = 0; i < 2; ++i) {
    ryft_loaded_executable *from = compile_raw(s, bytes, size), *loaded = from;
    assert_code(
        ryft_client_load(s->client, ryft_loaded_executable_executable(from), refused[i], &loaded),
        RYFT_UNIMPLEMENTED,
        "was added in 0.115");
    assert_null(loaded);
    ryft_loaded_executable_destroy(from);
  }
  ryft_host_free(bytes);
}

/* Nothing can be built upon a device_ordinal of -5, so the caller's options are all there is. */
static void cmp_09_what_cannot_be_built_upon_is_left_out(void **state) {
  const fake_scene *s = *state;
  static const unsigned char hopeless[] = {0x1a,
                                           0x0f,
                                           0x08,
                                           0xfb,
                                           0xff,
                                           0xff,
                                           0xff,
                                           0xff,
                                           0xff,
                                           0xff,
                                           0xff,
                                           0xff,
                                           0x01,
                                           0x20,
                                           0x01,
                                           0x28,
                                           0x01};
  const ryft_compile_options two = {RYFT_SIZED(ryft_compile_options), .replicas = 2};
  ryft_loaded_executable *loaded = load(s, compile_raw(s, hopeless, sizeof hopeless), &two);
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
      FAKE_SCENE_TEST(cmp_09_mistakes_in_what_differs_are_told),
      FAKE_SCENE_TEST(cmp_09_what_the_plugin_tells_is_not_refused),
      FAKE_SCENE_TEST(cmp_09_what_cannot_be_built_upon_is_left_out),
      FAKE_SCENE_TEST(new_03_devices_are_counted_before_loading),
      FAKE_SCENE_TEST(new_03_tuples_are_known_again),
  };
  return cmocka_run_group_tests_name("load_fake", tests, NULL, NULL);
}
