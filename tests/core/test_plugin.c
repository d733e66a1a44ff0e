/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading the real plugins. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ryft/abi/pjrt.h"
#include "support/assert.h"
#include "support/child.h"
#include "support/plugin.h"
#include "support/temp.h"

static ryft_plugin *plugin;

static const char *plugin_path(void) {
  return getenv("RYFT_TEST_PLUGIN");
}

static int load(void **state) {
  (void)state;
  plugin = test_plugin_load();
  return 0;
}

static void plg_01_load_gives_one_object_for_all_names_of_a_file(void **state) {
  (void)state;
  char *directory = temp_directory();
  char *link = temp_path(directory, "another-name.so");
  assert_int_equal(symlink(plugin_path(), link), 0);
  ryft_plugin *same = NULL;
  assert_ok(ryft_plugin_load(link, NULL, &same));
  assert_ptr_equal(same, plugin);
  char canonical[4096];
  assert_non_null(realpath(plugin_path(), canonical));
  assert_string_equal(ryft_plugin_path(plugin), canonical);
  ryft_plugin_destroy(same);
  free(link);
  temp_remove(directory);
}

static void plg_02_the_table_of_a_loaded_plugin_is_that_plugin(void **state) {
  (void)state;
  ryft_plugin *attached = NULL;
  assert_ok(ryft_plugin_attach(ryft_plugin_api(plugin), NULL, &attached));
  assert_ptr_equal(attached, plugin);
  assert_code(ryft_plugin_attach(NULL, NULL, &attached), RYFT_INVALID_ARGUMENT, "api");
  assert_null(attached);
}

static void plg_04_a_destroyed_plugin_stays_loaded(void **state) {
  (void)state;
  for (int i = 0; i < 100; ++i) {
    ryft_plugin *again = NULL;
    assert_ok(ryft_plugin_load(plugin_path(), NULL, &again));
    assert_ptr_equal(again, plugin);
    ryft_plugin_destroy(again);
  }
  ryft_plugin_destroy(NULL);
  assert_int_equal(ryft_plugin_version_minor(plugin), test_plugin_minor());
}

static void plg_05_versions_are_numbers_and_text(void **state) {
  (void)state;
  assert_int_equal(ryft_plugin_version_major(plugin), 0);
  assert_int_equal(ryft_plugin_version_minor(plugin), test_plugin_minor());
  assert_string_equal(ryft_plugin_version_text(plugin), getenv("RYFT_TEST_PLUGIN_MINOR"));
  assert_int_equal(ryft_pjrt_version(), 114);
}

static void plg_06_a_minimum_is_kept_for_loaded_plugins_too(void **state) {
  (void)state;
  const int minor = test_plugin_minor();
  ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options), .minimum_minor = minor};
  ryft_plugin *again = NULL;
  assert_ok(ryft_plugin_load(plugin_path(), &options, &again));
  options.minimum_minor = minor + 1;
  assert_code(
      ryft_plugin_load(plugin_path(), &options, &again), RYFT_FAILED_PRECONDITION, "at least 0.");
  assert_null(again);
}

static void plg_07_entry_points_are_told_by_name(void **state) {
  (void)state;
  const size_t count = ryft_entry_point_count();
  size_t present = 0;
  assert_int_equal(count, 138);
  for (size_t i = 0; i < count; ++i) present += ryft_plugin_has(plugin, ryft_entry_point_name(i));
  const size_t expected = test_plugin_minor() == 81 ? 118 : test_plugin_minor() == 106 ? 136 : 138;
  assert_int_equal(present, expected);
  assert_null(ryft_entry_point_name(count));
  assert_true(ryft_plugin_has(plugin, "PJRT_Client_Create"));
  assert_int_equal(ryft_plugin_has(plugin, "PJRT_Client_Load"), test_plugin_minor() >= 95);
  assert_false(ryft_plugin_has(plugin, "PJRT_Client_Fly"));
  assert_false(ryft_plugin_has(plugin, NULL));
}

static void plg_09_attributes_are_found_by_name(void **state) {
  (void)state;
  const ryft_named_values attributes = ryft_plugin_attributes(plugin);
  assert_true(attributes.count >= 3);
  const ryft_named_value *current = ryft_named_values_find(attributes, "stablehlo_current_version");
  assert_non_null(current);
  assert_int_equal(current->type, RYFT_VALUE_INT64_LIST);
  assert_int_equal(current->count, 3);
  assert_non_null(ryft_named_values_find(attributes, "xla_version"));
  assert_null(ryft_named_values_find(attributes, "no such attribute"));
}

static void plg_10_stablehlo_versions(void **state) {
  (void)state;
  ryft_stablehlo_version minimum, current, alone;
  assert_ok(ryft_plugin_stablehlo_versions(plugin, &minimum, &current));
  const int64_t newest = test_plugin_minor() == 81 ? 13 : test_plugin_minor() == 106 ? 16 : 20;
  assert_int_equal(current.major, 1);
  assert_int_equal(current.minor, newest);
  assert_int_equal(minimum.major, 0);
  assert_int_equal(minimum.minor, 9);
  assert_ok(ryft_plugin_stablehlo_versions(plugin, NULL, &alone));
  assert_memory_equal(&alone, &current, sizeof alone);
}

static void plg_14_extensions_come_in_the_plugins_order(void **state) {
  (void)state;
  static const int32_t expected[] = {24, 19, 9, 5, 6, 4};
  const size_t skipped = test_plugin_minor() == 81 ? 2 : test_plugin_minor() == 106 ? 1 : 0;
  size_t count = 0;
  const ryft_extension_info *const *infos = ryft_plugin_extensions(plugin, &count);
  assert_int_equal(count, 6 - skipped);
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(infos[i]->type, expected[i + skipped]);
    assert_true(infos[i]->size >= 24);
    assert_string_not_equal(infos[i]->name, "");
  }
  assert_string_equal(infos[count - 1]->name, "Layouts");
}

static void plg_17_the_raw_table_can_be_called(void **state) {
  (void)state;
  const PJRT_Api *api = ryft_plugin_api(plugin);
  PJRT_Plugin_Attributes_Args args = {.struct_size = PJRT_Plugin_Attributes_Args_STRUCT_SIZE};
  assert_null(api->PJRT_Plugin_Attributes(&args));
  assert_int_equal(args.num_attributes, ryft_plugin_attributes(plugin).count);
}

/* Another process, since this one has the plugin already. */
static void load_named_from_environment(void *path) {
  ryft_plugin *found = NULL;
  setenv("RYFT_PLUGIN_CPU", path, 1);
  assert_ok(ryft_plugin_load_cpu(NULL, &found));
  assert_string_equal(ryft_plugin_path(found), path);
}

static void plg_12_the_variable_decides(void **state) {
  (void)state;
  char canonical[4096];
  assert_non_null(realpath(plugin_path(), canonical));
  const child_result result = child_run(load_named_from_environment, canonical, 60);
  if (result.status != 0) fail_msg("%s", result.output);
}

int main(void) {
  const struct CMUnitTest before[] = {
      cmocka_unit_test(plg_12_the_variable_decides),
  };
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plg_01_load_gives_one_object_for_all_names_of_a_file),
      cmocka_unit_test(plg_02_the_table_of_a_loaded_plugin_is_that_plugin),
      cmocka_unit_test(plg_04_a_destroyed_plugin_stays_loaded),
      cmocka_unit_test(plg_05_versions_are_numbers_and_text),
      cmocka_unit_test(plg_06_a_minimum_is_kept_for_loaded_plugins_too),
      cmocka_unit_test(plg_07_entry_points_are_told_by_name),
      cmocka_unit_test(plg_09_attributes_are_found_by_name),
      cmocka_unit_test(plg_10_stablehlo_versions),
      cmocka_unit_test(plg_14_extensions_come_in_the_plugins_order),
      cmocka_unit_test(plg_17_the_raw_table_can_be_called),
  };
  if (plugin_path() == NULL || access(plugin_path(), R_OK) != 0) test_plugin_load(); /* skips */
  return cmocka_run_group_tests_name("plugin before loading", before, NULL, NULL) +
         cmocka_run_group_tests_name("plugin", tests, load, NULL);
}
