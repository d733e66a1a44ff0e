/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Clients whose plugin leaves things out, fails, or is left from within a callback. */
#include <string.h>

#include "src/core/client.h"
#include "src/core/event.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"

static void cli_01_nothing_but_the_client_is_left_to_the_plugin(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(fake_load("fake", &fake), NULL, &client));
  assert_int_equal(fake.fake_live(FAKE_CLIENT), 1);
  assert_int_equal(fake.fake_live_objects(), 1);
  ryft_client_destroy(client);
  assert_nothing_alive(&fake);
}

static void cli_01_whoever_holds_a_client_keeps_it(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(fake_load("fake", &fake), NULL, &client));
  assert_ptr_equal(ryft__client_hold(client), client);
  ryft_client_destroy(client);
  assert_int_equal(fake.fake_live(FAKE_CLIENT), 1);
  assert_string_not_equal(ryft_client_platform_name(client), "");
  ryft__client_release(client);
  assert_nothing_alive(&fake);
}

/* The plugin would wait for the thread that it is on. */
static void cli_01_the_last_holder_may_let_go_in_a_callback(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(fake_load("fake", &fake), NULL, &client));
  ryft__callback_enter();
  ryft_client_destroy(client);
  ryft__callback_leave();
  assert_nothing_alive(&fake);
}

static void cli_07_what_a_plugin_leaves_out_is_empty(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(fake_load("fake_nulls", &fake), NULL, &client));
  const ryft_device *device = ryft_client_devices(client).items[0];
  assert_string_equal(ryft_client_platform_version(client), "");
  assert_string_not_equal(ryft_client_platform_name(client), "");
  assert_null(ryft_device_default_memory(device));
  assert_int_equal(ryft_device_attributes(device).count, 0);
  assert_true(ryft_device_memories(device).count > 0);
  assert_int_equal(ryft_memory_kind_id(ryft_client_addressable_memories(client).items[0]), -1);
  ryft_client_destroy(client);
  assert_nothing_alive(&fake);
}

static void dev_02_live_attributes_come_first_and_are_given_back(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  ryft_plugin *plugin = fake_load("fake", &fake);
  assert_ok(ryft_client_create(plugin, NULL, &client));
  const ryft_device *device = ryft_client_devices(client).items[0];
  assert_ptr_not_equal(ryft_device_attributes(device).items,
                       ryft_device_description_attributes(ryft_device_describe(device)).items);
  ryft_client_destroy(client);
  assert_nothing_alive(&fake);

  assert_ok(ryft_client_create(fake_load("fake_090", &fake), NULL, &client));
  device = ryft_client_devices(client).items[0];
  assert_ptr_equal(ryft_device_attributes(device).items,
                   ryft_device_description_attributes(ryft_device_describe(device)).items);
  ryft_client_destroy(client);
  assert_nothing_alive(&fake);
}

static void dev_01_devices_of_other_processes(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  const ryft_named_value values[] = {ryft_named_int64("cpu_device_count", 2),
                                     ryft_named_int64("remote_device_count", 3)};
  const ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = values, .value_count = 2};
  assert_ok(ryft_client_create(fake_load("fake", &fake), &options, &client));
  const ryft_device_list devices = ryft_client_devices(client);
  assert_int_equal(devices.count, 5);
  assert_int_equal(ryft_client_addressable_devices(client).count, 2);
  const ryft_device *remote = devices.items[4];
  assert_false(ryft_device_is_addressable(remote));
  assert_int_equal(ryft_device_memories(remote).count, 0);
  assert_null(ryft_device_default_memory(remote));
  assert_int_not_equal(ryft_device_process_index(remote), ryft_client_process_index(client));
  ryft_client_destroy(client);
  assert_nothing_alive(&fake);
}

/* Creation with each allocation failing in turn, until it succeeds. */
static void cli_01_memory_may_run_out_anywhere(void **state) {
  (void)state;
  fake_control fake;
  ryft_plugin *plugin = fake_load("fake", &fake);
  const size_t before = test_allocator_live();
  ryft_client *client = NULL;
  for (size_t nth = 1;; ++nth) {
    test_allocator_fail(nth);
    ryft_error *error = ryft_client_create(plugin, NULL, &client);
    test_allocator_fail(0);
    if (error == NULL) break;
    assert_int_equal(ryft_error_code(error), RYFT_RESOURCE_EXHAUSTED);
    ryft_error_destroy(error);
    assert_null(client);
    assert_int_equal(test_allocator_live(), before);
    assert_nothing_alive(&fake);
  }
  ryft_client_destroy(client);
  assert_int_equal(test_allocator_live(), before);
}

/* Creation with each of the plugin's calls failing in turn. */
static void cli_01_the_plugin_may_fail_anywhere(void **state) {
  (void)state;
  fake_control fake;
  ryft_plugin *plugin = fake_load("fake", &fake);
  for (size_t nth = 1;; ++nth) {
    ryft_client *client = NULL;
    fake.fake_reset();
    fake.fake_fail_nth_call(nth, RYFT_INTERNAL);
    ryft_error *error = ryft_client_create(plugin, NULL, &client);
    const bool fired = fake.fake_faults_fired() != 0;
    fake.fake_reset();
    assert_int_equal(error != NULL, fired);
    assert_int_equal(client != NULL, !fired);
    if (fired) assert_int_equal(ryft_error_code(error), RYFT_INTERNAL);
    ryft_error_destroy(error);
    ryft_client_destroy(client);
    assert_nothing_alive(&fake);
    if (!fired) break;
    assert_true(nth < 1000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cli_01_nothing_but_the_client_is_left_to_the_plugin),
      cmocka_unit_test(cli_01_whoever_holds_a_client_keeps_it),
      cmocka_unit_test(cli_01_the_last_holder_may_let_go_in_a_callback),
      cmocka_unit_test(cli_01_memory_may_run_out_anywhere),
      cmocka_unit_test(cli_01_the_plugin_may_fail_anywhere),
      cmocka_unit_test(cli_07_what_a_plugin_leaves_out_is_empty),
      cmocka_unit_test(dev_01_devices_of_other_processes),
      cmocka_unit_test(dev_02_live_attributes_come_first_and_are_given_back),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("client_fake", tests, NULL, NULL);
}
