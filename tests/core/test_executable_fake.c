/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What executables and executions do that only the fake plugin shows: memory that is out while a
 * signature is read, two plugins at once, device assignments, options that plugins merely read. */
#include <string.h>

#include "ryft/ryft.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"

typedef struct scene {
  fake_control fake;
  ryft_plugin *plugin;
  ryft_client *client;
} scene;

#define ADD FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

static int set_up(void **state) {
  static scene s;
  s.plugin = fake_load("fake", &s.fake);
  s.fake.fake_reset();
  assert_ok(ryft_client_create(s.plugin, /* options= */ NULL, &s.client));
  *state = &s;
  return 0;
}

static int tear_down(void **state) {
  scene *s = *state;
  ryft_client_destroy(s->client);
  ryft_plugin_destroy(s->plugin);
  s->fake.fake_reset();
  assert_nothing_alive(&s->fake);
  return 0;
}

static ryft_error *try_compile(const scene *s,
                               const ryft_compile_options *options,
                               ryft_loaded_executable **out) {
  const ryft_program program = {
      RYFT_SIZED(ryft_program), .format = "mlir", .code = {ADD, strlen(ADD)}};
  return ryft_client_compile(s->client, &program, options, out);
}

static ryft_buffer *upload(const scene *s, ryft_type type) {
  static const unsigned char zeros[16];
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_buffer_from_host(ryft_client_devices(s->client).items[0],
                                  zeros,
                                  sizeof zeros,
                                  RYFT_SHAPE(type, 4),
                                  /* options= */ NULL,
                                  &buffer,
                                  /* done= */ NULL));
  return buffer;
}

static ryft_error *execute(const scene *s,
                           ryft_loaded_executable *executable,
                           ryft_type type,
                           const ryft_execute_options *options) {
  ryft_buffer *arguments[] = {upload(s, type), upload(s, type)}, *sum = NULL;
  ryft_error *error = ryft_execute(executable, arguments, 2, options, &sum, 1, /* done= */ NULL);
  ryft_buffer_destroy(sum);
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  return error;
}

/* The fake plugin, like real ones, looks at sizes alone: the check is the library's. */
static void expect_checked(const scene *s, ryft_loaded_executable *executable) {
  assert_code(execute(s, executable, RYFT_F32, /* options= */ NULL),
              RYFT_INVALID_ARGUMENT,
              "argument 0 is f32[4], the program takes s32[4]");
}

static void exe_13_no_failed_allocation_takes_the_check_away(void **state) {
  const scene *s = *state;
  for (size_t nth = 1;; ++nth) {
    ryft_loaded_executable *executable = NULL;
    test_allocator_fail(nth);
    ryft_error *error = try_compile(s, /* options= */ NULL, &executable);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error != NULL) {
      assert_null(executable);
      assert_code(error, RYFT_RESOURCE_EXHAUSTED, "memory");
    } else {
      expect_checked(s, executable);
    }
    ryft_loaded_executable_destroy(executable);
    if (!failed) break;
  }
}

static void exe_13_plugins_that_do_not_tell_are_fine(void **state) {
  const scene *s = *state;
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
  const scene *s = *state;
  fake_control control;
  ryft_plugin *plugin = fake_load("fake_104", &control), *again = fake_load("fake", NULL);
  ryft_client *stranger = NULL, *twin = NULL;
  ryft_loaded_executable *executable = NULL, *loaded = (ryft_loaded_executable *)&state;
  assert_ok(ryft_client_create(plugin, /* options= */ NULL, &stranger));
  assert_ok(ryft_client_create(again, /* options= */ NULL, &twin));
  assert_ok(try_compile(s, /* options= */ NULL, &executable));
  ryft_executable *program = ryft_loaded_executable_executable(executable);
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
  const scene *s = *state;
  const ryft_device_list devices = ryft_client_devices(s->client);
  const int64_t wanted[] = {ryft_device_id(devices.items[1]), ryft_device_id(devices.items[0])};
  const ryft_compile_options shapes[] = {
      {RYFT_SIZED(ryft_compile_options), .replicas = 2, .device_ids = wanted, .device_id_count = 2},
      {RYFT_SIZED(ryft_compile_options),
       .partitions = 2,
       .device_ids = wanted,
       .device_id_count = 2}};
  for (size_t i = 0; i < 2; ++i) {
    ryft_loaded_executable *executable = NULL;
    const int64_t *ids = NULL, *again = NULL;
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

/* Whatever fails, the plugin gets its bytes back, and a later try works. */
static void exe_11_assignment_survives_failures(void **state) {
  const scene *s = *state;
  ryft_loaded_executable *executable = NULL;
  const int64_t *ids = NULL;
  size_t replicas = 7, partitions = 7, failures = 0;
  assert_ok(try_compile(s, /* options= */ NULL, &executable));
  s->fake.fake_fail_next(
      "PJRT_LoadedExecutable_GetDeviceAssignment", 1, RYFT_UNAVAILABLE, "not now");
  assert_code(ryft_loaded_executable_assignment(executable, &ids, &replicas, &partitions),
              RYFT_UNAVAILABLE,
              "not now");
  assert_null(ids);
  assert_int_equal(replicas, 0);
  assert_int_equal(partitions, 0);
  for (size_t nth = 1;; ++nth) {
    test_allocator_fail(nth);
    ryft_error *error = ryft_loaded_executable_assignment(executable, &ids, &replicas, &partitions);
    test_allocator_fail(0);
    assert_int_equal(s->fake.fake_live(FAKE_SERIALIZED), 0);
    if (error == NULL) break;
    ++failures;
    assert_null(ids);
    assert_code(error, RYFT_RESOURCE_EXHAUSTED, "out of memory");
  }
  assert_true(failures >= 2);
  assert_int_equal(replicas, 1);
  assert_int_equal(ids[0], ryft_device_id(ryft_loaded_executable_devices(executable).items[0]));
  ryft_loaded_executable_destroy(executable);
}

static void exe_04_task_incarnations_arrive(void **state) {
  const scene *s = *state;
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
              "task_count is 3, but incarnation_ids is NULL");
  options = (ryft_execute_options){RYFT_SIZED(ryft_execute_options), .reserved = 256};
  assert_code(execute(s, executable, RYFT_S32, &options), RYFT_INVALID_ARGUMENT, "reserved is 256");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(exe_13_no_failed_allocation_takes_the_check_away),
      TEST(exe_13_plugins_that_do_not_tell_are_fine),
      TEST(cmp_09_executables_of_another_plugin_are_refused),
      TEST(exe_11_assignment_is_replica_by_replica),
      TEST(exe_11_assignment_survives_failures),
      TEST(exe_04_task_incarnations_arrive),
      TEST(err_07_errors_with_and_without_their_own_functions),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("executable_fake", tests, NULL, NULL);
}
