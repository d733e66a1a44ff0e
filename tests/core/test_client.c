/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Clients of the real plugins, their devices and memories. */
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

static ryft_plugin *plugin;

static int load(void **state) {
  (void)state;
  plugin = test_plugin_load();
  return 0;
}

static int nothing_alive(void **state) {
  (void)state;
  assert_nothing_alive(NULL);
  return 0;
}

static ryft_client *client_with(const ryft_cpu_options *cpu) {
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = cpu};
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(plugin, &options, &client));
  return client;
}

static void refuse(const ryft_client_options *options, const char *part) {
  ryft_client *client = (ryft_client *)(void *)plugin;
  assert_code(ryft_client_create(plugin, options, &client), RYFT_INVALID_ARGUMENT, part);
  assert_null(client);
}

static void cli_01_create_and_destroy(void **state) {
  (void)state;
  ryft_client *client = NULL;
  for (int i = 0; i < 5; ++i) {
    assert_ok(ryft_client_create(plugin, NULL, &client));
    assert_ptr_equal(ryft_client_plugin(client), plugin);
    assert_non_null(ryft_client_raw(client));
    assert_int_equal(ryft_live_objects(), 1);
    ryft_client_destroy(client);
  }
  ryft_client_destroy(NULL);
  assert_code(ryft_client_create(NULL, NULL, &client), RYFT_INVALID_ARGUMENT, "plugin");
  assert_null(client);
}

static void *create_some(void *arg) {
  (void)arg;
  for (int i = 0; i < 3; ++i) ryft_client_destroy(client_with(NULL));
  return NULL;
}

static void cli_01_several_threads_at_once(void **state) {
  (void)state;
  pthread_t threads[3];
  for (size_t i = 0; i < 3; ++i)
    assert_int_equal(pthread_create(&threads[i], NULL, create_some, NULL), 0);
  for (size_t i = 0; i < 3; ++i) assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void cli_02_typed_options(void **state) {
  (void)state;
  const ryft_cpu_options three = {RYFT_SIZED(ryft_cpu_options), .device_count = 3};
  ryft_client *client = client_with(&three);
  assert_int_equal(ryft_client_devices(client).count, 3);
  ryft_client_destroy(client);
  client = client_with(NULL);
  assert_int_equal(ryft_client_devices(client).count, 4);
  ryft_client_destroy(client);
}

/* Plugins up to 0.106 ignore these without a word. */
static void new_02_options_that_a_plugin_would_ignore_are_refused(void **state) {
  (void)state;
  const ryft_cpu_options synchronous = {RYFT_SIZED(ryft_cpu_options), .asynchronous = RYFT_NO};
  const ryft_cpu_options second = {
      RYFT_SIZED(ryft_cpu_options), .device_count = 2, .process_id = 1};
  const ryft_client_options options[] = {{RYFT_SIZED(ryft_client_options), .cpu = &synchronous},
                                         {RYFT_SIZED(ryft_client_options), .cpu = &second}};
  for (size_t i = 0; i < 2; ++i) {
    ryft_client *client = NULL;
    ryft_error *error = ryft_client_create(plugin, &options[i], &client);
    if (test_plugin_minor() <= 106) {
      assert_code(error, RYFT_UNIMPLEMENTED, "ignore");
      assert_null(client);
      continue;
    }
    assert_ok(error);
    assert_int_equal(ryft_device_id(ryft_client_devices(client).items[0]), i == 0 ? 0 : 2048);
    ryft_client_destroy(client);
  }
}

/* More devices than fit a linear search comfortably; each is found by the plugin's own pointer. */
static void cli_02_many_devices(void **state) {
  (void)state;
  const ryft_cpu_options many = {RYFT_SIZED(ryft_cpu_options), .device_count = 200};
  ryft_client *client = client_with(&many);
  const ryft_device_list devices = ryft_client_devices(client);
  assert_int_equal(devices.count, 200);
  for (size_t i = 0; i < devices.count; ++i) {
    const ryft_device *found = NULL;
    assert_int_equal(ryft_device_id(devices.items[i]), i);
    assert_ok(ryft_client_lookup_device(client, (int)i, &found));
    assert_ptr_equal(found, devices.items[i]);
    assert_ptr_equal(ryft_client_addressable_devices(client).items[i], found);
  }
  ryft_client_destroy(client);
}

/* Each of these ends the process inside some plugin. */
static void new_03_options_that_crash_plugins_are_refused(void **state) {
  (void)state;
  ryft_cpu_options cpu = RYFT_DEFAULTS(ryft_cpu_options);
  const ryft_client_options typed = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  static const int64_t counts[] = {-1, INT64_MIN, 65537, INT64_MAX};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
    cpu.device_count = counts[i];
    refuse(&typed, "cpu_device_count");
  }
  cpu = (ryft_cpu_options){RYFT_SIZED(ryft_cpu_options), .process_id = -1};
  refuse(&typed, "process_id");
  cpu = (ryft_cpu_options){RYFT_SIZED(ryft_cpu_options), .process_id = INT64_C(1) << 40};
  refuse(&typed, "process_id");
  cpu = (ryft_cpu_options){RYFT_SIZED(ryft_cpu_options), .asynchronous = (ryft_choice)7};
  refuse(&typed, "asynchronous");
  cpu = (ryft_cpu_options){RYFT_SIZED(ryft_cpu_options), .reserved = 1};
  refuse(&typed, "reserved");
  const ryft_named_value none = ryft_named_int64("cpu_device_count", 0);
  refuse(&(ryft_client_options){RYFT_SIZED(ryft_client_options), .values = &none, .value_count = 1},
         "between 1 and 4096");
  const ryft_named_value text = ryft_named_string("cpu_device_count", "two");
  refuse(&(ryft_client_options){RYFT_SIZED(ryft_client_options), .values = &text, .value_count = 1},
         "must be an int64");
  refuse(&(ryft_client_options){RYFT_SIZED(ryft_client_options), .value_count = 1}, "NULL");
}

static void cli_06_free_form_options(void **state) {
  (void)state;
  ryft_named_value values[] = {ryft_named_int64("cpu_device_count", 2)};
  ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = values, .value_count = 1};
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(plugin, &options, &client));
  assert_int_equal(ryft_client_devices(client).count, 2);
  ryft_client_destroy(client);

  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  options.cpu = &cpu;
  refuse(&options, "given twice");
}

static void cli_06_the_plugin_refuses_what_it_does_not_know(void **state) {
  (void)state;
  ryft_named_value value = ryft_named_int64("no_such_option", 1);
  const ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = &value, .value_count = 1};
  ryft_client *client = NULL;
  ryft_error *error = ryft_client_create(plugin, &options, &client);
  /* Old plugins take it without a word. */
  if (error == NULL) assert_true(test_plugin_minor() <= 106);
  ryft_error_destroy(error);
  ryft_client_destroy(client);
}

static void cli_07_platform(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  assert_string_equal(ryft_client_platform_name(client), "cpu");
  assert_string_not_equal(ryft_client_platform_version(client), "");
  assert_int_equal(ryft_client_process_index(client), 0);
  ryft_client_destroy(client);
}

static void cli_08_lookups(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const ryft_device *device = NULL, *local = NULL;
  assert_ok(ryft_client_lookup_device(client, 2, &device));
  assert_int_equal(ryft_device_id(device), 2);
  assert_ok(ryft_client_lookup_local_device(client, ryft_device_local_hardware_id(device), &local));
  assert_ptr_equal(local, device);
  static const int missing[] = {-1, 4, 1 << 30};
  for (size_t i = 0; i < 3; ++i) {
    ryft_error *error = ryft_client_lookup_device(client, missing[i], &device);
    assert_null(device);
    assert_true(ryft_error_code(error) == RYFT_NOT_FOUND ||
                ryft_error_code(error) == RYFT_INVALID_ARGUMENT);
    ryft_error_destroy(error);
    error = ryft_client_lookup_local_device(client, missing[i], &device);
    assert_non_null(error);
    assert_null(device);
    ryft_error_destroy(error);
  }
  assert_code(ryft_client_lookup_device(NULL, 0, &device), RYFT_INVALID_ARGUMENT, NULL);
  ryft_client_destroy(client);
}

static void cli_09_memories(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const ryft_memory_list memories = ryft_client_addressable_memories(client);
  assert_true(memories.count >= ryft_client_devices(client).count);
  for (size_t i = 0; i < memories.count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      assert_int_not_equal(ryft_memory_id(memories.items[i]), ryft_memory_id(memories.items[j]));
    }
  }
  ryft_client_destroy(client);
}

static void cli_10_default_assignment(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  int ids[4] = {-1, -1, -1, -1};
  assert_ok(ryft_client_default_assignment(client, 2, 2, ids, 4));
  bool seen[4] = {false};
  for (size_t i = 0; i < 4; ++i) {
    assert_in_range(ids[i], 0, 3);
    assert_false(seen[ids[i]]);
    seen[ids[i]] = true;
  }
  assert_ok(ryft_client_default_assignment(client, 1, 1, ids, 4));
  static const size_t bad[][2] = {
      {0, 1}, {1, 0}, {SIZE_MAX, SIZE_MAX}, {1 << 20, 2}, {1 << 16, 1 << 16}, {5, 1}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    assert_code(ryft_client_default_assignment(client, bad[i][0], bad[i][1], ids, SIZE_MAX),
                RYFT_INVALID_ARGUMENT,
                "replicas");
  }
  assert_code(
      ryft_client_default_assignment(client, 2, 2, ids, 3), RYFT_INVALID_ARGUMENT, "room for 3");
  assert_code(ryft_client_default_assignment(client, 1, 1, NULL, 1),
              RYFT_INVALID_ARGUMENT,
              "`out_ids` is NULL");
  ryft_client_destroy(client);
}

static void dev_01_identity(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const ryft_device_list devices = ryft_client_devices(client);
  assert_int_equal(devices.count, ryft_client_addressable_devices(client).count);
  for (size_t i = 0; i < devices.count; ++i) {
    const ryft_device *device = devices.items[i];
    const ryft_device_description *description = ryft_device_describe(device);
    assert_int_equal(ryft_device_id(device), i);
    assert_int_equal(ryft_device_description_id(description), i);
    assert_string_equal(ryft_device_kind(device), "cpu");
    assert_string_equal(ryft_device_description_kind(description), "cpu");
    assert_int_equal(ryft_device_process_index(device), 0);
    assert_int_equal(ryft_device_description_process_index(description), 0);
    assert_int_equal(ryft_device_local_hardware_id(device), i);
    assert_true(ryft_device_is_addressable(device));
    assert_non_null(strstr(ryft_device_description_text(description), "CpuDevice"));
    assert_string_not_equal(ryft_device_description_debug_text(description), "");
    assert_ptr_equal(ryft_device_client(device), client);
    assert_non_null(ryft_device_raw(device));
  }
  ryft_client_destroy(client);
}

static void dev_02_attributes_never_fail(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const ryft_device *device = ryft_client_devices(client).items[0];
  const ryft_named_values attributes = ryft_device_attributes(device);
  for (size_t i = 0; i < attributes.count; ++i)
    assert_string_not_equal(attributes.items[i].name, "");
  assert_null(ryft_named_values_find(attributes, "no such attribute"));
  ryft_client_destroy(client);
}

static void dev_05_memories_of_a_device(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const ryft_device_list devices = ryft_client_devices(client);
  for (size_t i = 0; i < devices.count; ++i) {
    const ryft_memory_list memories = ryft_device_memories(devices.items[i]);
    const ryft_memory *standard = ryft_device_default_memory(devices.items[i]);
    assert_non_null(standard);
    bool listed = false;
    for (size_t j = 0; j < memories.count; ++j) listed = listed || memories.items[j] == standard;
    assert_true(listed);
  }
  ryft_client_destroy(client);
}

static void mem_01_identity(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const ryft_memory_list memories = ryft_client_addressable_memories(client);
  bool host = false;
  for (size_t i = 0; i < memories.count; ++i) {
    const ryft_memory *memory = memories.items[i];
    const ryft_device_list devices = ryft_memory_devices(memory);
    assert_int_equal(ryft_memory_id(memory), i);
    assert_string_not_equal(ryft_memory_kind(memory), "");
    assert_string_not_equal(ryft_memory_text(memory), "");
    assert_string_not_equal(ryft_memory_debug_text(memory), "");
    assert_int_not_equal(ryft_memory_kind_id(memory), -1);
    assert_non_null(ryft_memory_raw(memory));
    assert_int_equal(devices.count, 1);
    assert_ptr_equal(ryft_device_client(devices.items[0]), client);
    host = host || strcmp(ryft_memory_kind(memory), "unpinned_host") == 0;
  }
  assert_true(host);
  ryft_client_destroy(client);
}

/* In the child every call is refused, and destroying is safe though the plugin's threads are gone.
 */
static int work_in_child(ryft_client *client) {
  const ryft_device *device = NULL;
  ryft_client *another = NULL;
  ryft_plugin *again = NULL;
  int wrong = 0;
  ryft_error *error = ryft_client_lookup_device(client, 0, &device);
  wrong |= ryft_error_code(error) != RYFT_FAILED_PRECONDITION ? 1 : 0;
  ryft_error_destroy(error);
  error = ryft_client_create(plugin, NULL, &another);
  wrong |= ryft_error_code(error) != RYFT_FAILED_PRECONDITION ? 2 : 0;
  ryft_error_destroy(error);
  error = ryft_plugin_load(ryft_plugin_path(plugin), NULL, &again);
  wrong |= ryft_error_code(error) != RYFT_FAILED_PRECONDITION ? 4 : 0;
  ryft_error_destroy(error);
  ryft_client_destroy(client);
  wrong |= ryft_live_objects() != 0 ? 8 : 0;
  return wrong;
}

static void thr_01_a_forks_child_is_refused(void **state) {
  (void)state;
  ryft_client *client = client_with(NULL);
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    alarm(20);
    _exit(work_in_child(client));
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  ryft_client_destroy(client);
}

#define TEST(name) cmocka_unit_test_teardown(name, nothing_alive)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(cli_01_create_and_destroy),
      TEST(cli_01_several_threads_at_once),
      TEST(cli_02_typed_options),
      TEST(cli_02_many_devices),
      TEST(cli_06_free_form_options),
      TEST(cli_06_the_plugin_refuses_what_it_does_not_know),
      TEST(cli_07_platform),
      TEST(cli_08_lookups),
      TEST(cli_09_memories),
      TEST(cli_10_default_assignment),
      TEST(dev_01_identity),
      TEST(dev_02_attributes_never_fail),
      TEST(dev_05_memories_of_a_device),
      TEST(mem_01_identity),
      TEST(new_02_options_that_a_plugin_would_ignore_are_refused),
      TEST(new_03_options_that_crash_plugins_are_refused),
      TEST(thr_01_a_forks_child_is_refused),
  };
  return cmocka_run_group_tests_name("client", tests, load, NULL);
}
