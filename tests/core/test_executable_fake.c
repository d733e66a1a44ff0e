/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What executables and executions do that only the fake plugin shows: memory that is out while a
 * signature is read, two plugins at once, device assignments, options that plugins merely read. */
#include "support/allocator.h"
#include "support/fake_scene.h"

#define ADD FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

static ryft_error *try_compile(const fake_scene *s,
                               const ryft_compile_options *options,
                               ryft_loaded_executable **out) {
  return fake_scene_compile(s, ADD, options, out);
}

static ryft_error *execute(const fake_scene *s,
                           ryft_loaded_executable *executable,
                           ryft_type type,
                           const ryft_execute_options *options) {
  static const unsigned char zeros[16];
  ryft_buffer *arguments[] = {fake_scene_upload(s, type, zeros), fake_scene_upload(s, type, zeros)};
  ryft_buffer *sum = NULL;
  ryft_error *error = ryft_execute(executable, arguments, 2, options, &sum, 1, /* done= */ NULL);
  ryft_buffer_destroy(sum);
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  return error;
}

/* The fake plugin, like real ones, looks at sizes alone: the check is the library's. */
static void expect_checked(const fake_scene *s, ryft_loaded_executable *executable) {
  assert_code(execute(s, executable, RYFT_F32, /* options= */ NULL),
              RYFT_INVALID_ARGUMENT,
              "argument 0 is f32[4], the program takes s32[4]");
}

/* What is compiled is checked; else it was not compiled. */
static ryft_error *compile_and_check(void *arg) {
  const fake_scene *s = arg;
  ryft_loaded_executable *executable = NULL;
  RYFT_TRY(try_compile(s, /* options= */ NULL, &executable));
  test_allocator_fail(0);
  expect_checked(s, executable);
  ryft_loaded_executable_destroy(executable);
  return NULL;
}

static void exe_13_no_failed_allocation_takes_the_check_away(void **state) {
  assert_true(test_allocator_sweep(compile_and_check, *state) > 0);
}

static void exe_13_plugins_that_do_not_tell_are_fine(void **state) {
  const fake_scene *s = *state;
  static const ryft_code silent[] = {RYFT_UNIMPLEMENTED, RYFT_INTERNAL, RYFT_FAILED_PRECONDITION};
  static const ryft_code loud[] = {RYFT_RESOURCE_EXHAUSTED, RYFT_UNAVAILABLE, RYFT_CANCELLED};
  ryft_loaded_executable *executable = NULL;
  for (size_t i = 0; i < 3; ++i) {
    s->fake.fake_fail_next("PJRT_Executable_OptimizedProgram", 1, (int)silent[i], "not today");
    assert_ok(try_compile(s, /* options= */ NULL, &executable));
    assert_ok(execute(s, executable, RYFT_F32, /* options= */ NULL));
    ryft_loaded_executable_destroy(executable);
    s->fake.fake_fail_next("PJRT_Executable_OptimizedProgram", 1, (int)loud[i], "not now");
    assert_code(try_compile(s, /* options= */ NULL, &executable), loud[i], "not now");
    assert_null(executable);
  }
}

static void cmp_09_executables_of_another_plugin_are_refused(void **state) {
  const fake_scene *s = *state;
  fake_control control;
  ryft_plugin *plugin = fake_load("fake_104", &control), *again = fake_load("fake", NULL);
  ryft_client *stranger = NULL, *twin = NULL;
  ryft_loaded_executable *executable = NULL, *loaded = (ryft_loaded_executable *)&state;
  assert_ok(ryft_client_create(plugin, /* options= */ NULL, &stranger));
  assert_ok(ryft_client_create(again, /* options= */ NULL, &twin));
  assert_ok(try_compile(s, /* options= */ NULL, &executable));
  const ryft_executable *program = ryft_loaded_executable_executable(executable);
  assert_code(ryft_client_load(stranger, program, /* options= */ NULL, &loaded),
              RYFT_INVALID_ARGUMENT,
              "another plugin");
  assert_null(loaded);
  assert_int_equal(control.fake_call_count("PJRT_Client_Load"), 0);
  assert_ok(ryft_client_load(twin, program, /* options= */ NULL, &loaded));
  ryft_loaded_executable_destroy(loaded);
  ryft_loaded_executable_destroy(executable);
  ryft_client_destroy(twin);
  ryft_client_destroy(stranger);
  ryft_plugin_destroy(again);
  ryft_plugin_destroy(plugin);
}

static void exe_11_assignment_is_replica_by_replica(void **state) {
  const fake_scene *s = *state;
  const ryft_device_list devices = ryft_client_devices(s->client);
  const int wanted[] = {ryft_device_id(devices.items[1]), ryft_device_id(devices.items[0])};
  const ryft_compile_options shapes[] = {
      {RYFT_SIZED(ryft_compile_options), .replicas = 2, .device_ids = wanted, .device_id_count = 2},
      {RYFT_SIZED(ryft_compile_options),
       .partitions = 2,
       .device_ids = wanted,
       .device_id_count = 2}};
  for (size_t i = 0; i < 2; ++i) {
    ryft_loaded_executable *executable = NULL;
    const int *ids = NULL, *again = NULL;
    size_t replicas = 0, partitions = 0;
    assert_ok(try_compile(s, &shapes[i], &executable));
    assert_ok(ryft_loaded_executable_assignment(executable, &ids, &replicas, &partitions));
    assert_int_equal(replicas, i == 0 ? 2 : 1);
    assert_int_equal(partitions, i == 0 ? 1 : 2);
    assert_memory_equal(ids, wanted, sizeof wanted);
    assert_int_equal(s->fake.fake_live(FAKE_SERIALIZED), 0);
    assert_ok(ryft_loaded_executable_assignment(executable, &again, &replicas, &partitions));
    assert_ptr_equal(ids, again);
    ryft_loaded_executable_destroy(executable);
  }
}

typedef struct asked {
  const fake_scene *s;
  ryft_loaded_executable *executable;
} asked;

/* Whatever fails, the plugin gets its bytes back. */
static ryft_error *ask_assignment(void *arg) {
  const asked *each = arg;
  const int *ids = arg; /* something that is not NULL */
  size_t replicas = 7, partitions = 7;
  ryft_error *error =
      ryft_loaded_executable_assignment(each->executable, &ids, &replicas, &partitions);
  assert_int_equal(each->s->fake.fake_live(FAKE_SERIALIZED), 0);
  assert_int_equal(ids == NULL, error != NULL);
  assert_int_equal(replicas, error == NULL ? 1 : 0);
  assert_int_equal(partitions, error == NULL ? 1 : 0);
  return error;
}

/* Whatever failed, a later try works. */
static void exe_11_assignment_survives_failures(void **state) {
  asked each = {.s = *state};
  assert_ok(try_compile(each.s, /* options= */ NULL, &each.executable));
  each.s->fake.fake_fail_next(
      "PJRT_LoadedExecutable_GetDeviceAssignment", 1, RYFT_UNAVAILABLE, "not now");
  assert_code(ask_assignment(&each), RYFT_UNAVAILABLE, "not now");
  assert_true(test_allocator_sweep(ask_assignment, &each) >= 2);
  assert_ok(ask_assignment(&each));
  ryft_loaded_executable_destroy(each.executable);
}

static void exe_04_task_incarnations_arrive(void **state) {
  const fake_scene *s = *state;
  ryft_loaded_executable *executable = NULL;
  static const int tasks[] = {3, 7, 7};
  static const int64_t incarnations[] = {10, INT64_C(1) << 40, 12};
  ryft_execute_options options = {RYFT_SIZED(ryft_execute_options),
                                  .task_ids = tasks,
                                  .incarnation_ids = incarnations,
                                  .task_count = 2};
  assert_ok(try_compile(s, /* options= */ NULL, &executable));
  assert_ok(execute(s, executable, RYFT_S32, &options));
  options.task_count = 3;
  assert_code(execute(s, executable, RYFT_S32, &options),
              RYFT_INVALID_ARGUMENT,
              "task 7 has the incarnations 1099511627776 and 12");
  options.incarnation_ids = NULL;
  assert_code(execute(s, executable, RYFT_S32, &options),
              RYFT_INVALID_ARGUMENT,
              "incarnation_ids is NULL, its count is 3");
  options = (ryft_execute_options){RYFT_SIZED(ryft_execute_options), .reserved = 256};
  assert_code(
      execute(s, executable, RYFT_S32, &options), RYFT_INVALID_ARGUMENT, "reserved is not zero");
  ryft_loaded_executable_destroy(executable);
}

/* Errors of 0.107 carry functions of their own; those before do not. Both arrive whole. */
static void err_07_errors_with_and_without_their_own_functions(void **state) {
  const char *const variants[] = {"fake", "fake_104", "fake_new"};
  (void)state;
  for (size_t i = 0; i < 3; ++i) {
    fake_control control;
    ryft_plugin *plugin = fake_load(variants[i], &control);
    ryft_client *client = NULL;
    control.fake_add_payload("type.a", "value", 5);
    control.fake_fail_next("PJRT_Client_Create", 1, RYFT_UNAVAILABLE, "not today");
    ryft_error *error = ryft_client_create(plugin, /* options= */ NULL, &client);
    ryft_bytes value = {NULL, 0};
    assert_true(ryft_error_payload_find(error, "type.a", &value));
    assert_int_equal(value.size, 5);
    assert_int_equal(control.fake_live(FAKE_ERROR), 0);
    assert_code(error, RYFT_UNAVAILABLE, "not today");
    control.fake_reset();
    ryft_plugin_destroy(plugin);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(exe_13_no_failed_allocation_takes_the_check_away),
      FAKE_SCENE_TEST(exe_13_plugins_that_do_not_tell_are_fine),
      FAKE_SCENE_TEST(cmp_09_executables_of_another_plugin_are_refused),
      FAKE_SCENE_TEST(exe_11_assignment_is_replica_by_replica),
      FAKE_SCENE_TEST(exe_11_assignment_survives_failures),
      FAKE_SCENE_TEST(exe_04_task_incarnations_arrive),
      FAKE_SCENE_TEST(err_07_errors_with_and_without_their_own_functions),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("executable_fake", tests, NULL, NULL);
}
