/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading what is not as it should be. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ryft/abi/pjrt.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"
#include "support/temp.h"

static char *directory;

static int make_directory(void **state) {
  (void)state;
  directory = temp_directory();
  return 0;
}

static int remove_directory(void **state) {
  (void)state;
  temp_remove(directory);
  return 0;
}

static void refuse(const char *path, ryft_code code, const char *part) {
  ryft_plugin *plugin = (ryft_plugin *)(void *)directory;
  assert_code(ryft_plugin_load(path, NULL, &plugin), code, part);
  assert_null(plugin);
}

/* A variant under another name is another plugin, initialised for itself. */
static char *copy_variant(const char *variant, const char *name) {
  size_t size = 0;
  char *bytes = temp_read(fake_path(variant), &size);
  assert_non_null(bytes);
  char *path = temp_write(directory, name, bytes, size);
  free(bytes);
  return path;
}

static void err_06_what_cannot_be_loaded_says_why(void **state) {
  (void)state;
  char *text = temp_write(directory, "text.so", "no library", 10);
  char *pipe = temp_path(directory, "pipe");
  char *below = temp_path(text, "x.so");
  assert_int_equal(mkfifo(pipe, 0600), 0);
  refuse(NULL, RYFT_INVALID_ARGUMENT, "path");
  refuse("", RYFT_NOT_FOUND, "no file");
  refuse("/nowhere/plugin.so", RYFT_NOT_FOUND, "/nowhere/plugin.so");
  refuse(below, RYFT_NOT_FOUND, "no file");
  refuse(directory, RYFT_FAILED_PRECONDITION, "directory");
  refuse(pipe, RYFT_FAILED_PRECONDITION, "no regular file");
  refuse(text, RYFT_FAILED_PRECONDITION, "cannot load");
  refuse(text, RYFT_FAILED_PRECONDITION, "cannot load");
  free(text);
  free(pipe);
  free(below);
}

static void plg_06_what_is_no_plugin_of_ours_says_why(void **state) {
  (void)state;
  refuse(fake_path("fake_no_symbol"), RYFT_FAILED_PRECONDITION, "no PJRT plugin");
  refuse(fake_path("fake_null_api"), RYFT_FAILED_PRECONDITION, "NULL");
  refuse(fake_path("fake_tiny"), RYFT_FAILED_PRECONDITION, "too small");
  refuse(fake_path("fake_bad_major"), RYFT_FAILED_PRECONDITION, "major");
  refuse(fake_path("fake_ancient"), RYFT_FAILED_PRECONDITION, "needs at least");
  refuse(fake_path("fake_056"), RYFT_FAILED_PRECONDITION, "0.56");
  refuse(fake_path("fake_required_null"), RYFT_FAILED_PRECONDITION, "PJRT_Client_Create");
}

static void plg_06_a_minimum_refuses_before_initialising(void **state) {
  (void)state;
  const ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options), .minimum_minor = 100};
  char *path = copy_variant("fake_090", "minimum.so");
  ryft_plugin *plugin = NULL;
  assert_code(ryft_plugin_load(path, &options, &plugin), RYFT_FAILED_PRECONDITION, "0.90");
  assert_ok(ryft_plugin_load(path, NULL, &plugin));
  assert_int_equal(ryft_plugin_version_minor(plugin), 90);
  free(path);
}

static void plg_03_initialised_exactly_once(void **state) {
  (void)state;
  fake_control fake;
  ryft_plugin *plugin = fake_load("fake", &fake);
  for (int i = 0; i < 5; ++i) assert_ptr_equal(fake_load("fake", NULL), plugin);
  ryft_plugin *attached = NULL;
  assert_ok(ryft_plugin_attach(ryft_plugin_api(plugin), NULL, &attached));
  assert_ptr_equal(attached, plugin);
  assert_int_equal(fake.fake_call_count("PJRT_Plugin_Initialize"), 1);
  assert_nothing_alive(&fake);
}

static void plg_03_a_failed_initialisation_is_tried_again(void **state) {
  (void)state;
  fake_control fake;
  ryft_plugin *plugin = NULL;
  ryft_error *error = ryft_plugin_load(fake_path("fake_init_fails"), NULL, &plugin);
  assert_non_null(error);
  assert_non_null(strstr(ryft_error_where(error), "PJRT_Plugin_Initialize"));
  ryft_error_destroy(error);
  assert_null(plugin);
  plugin = fake_load("fake_init_fails", &fake);
  assert_ptr_equal(fake_load("fake_init_fails", NULL), plugin);
  assert_int_equal(fake.fake_call_count("PJRT_Plugin_Initialize"), 2);
  assert_nothing_alive(&fake);
}

/* Whatever allocation fails, the next attempt goes on, and the plugin is initialised once. */
static void plg_03_memory_may_run_out_anywhere(void **state) {
  (void)state;
  char *path = copy_variant("fake", "memory.so");
  const size_t before = test_allocator_live();
  ryft_plugin *plugin = NULL;
  size_t nth = 1;
  for (;; ++nth) {
    test_allocator_fail(nth);
    ryft_error *error = ryft_plugin_load(path, NULL, &plugin);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error == NULL) break;
    assert_true(failed);
    assert_null(plugin);
    assert_int_equal(ryft_error_code(error), RYFT_RESOURCE_EXHAUSTED);
    ryft_error_destroy(error);
    assert_true(test_allocator_live() <= before + 2); /* object and path, kept once initialised */
  }
  assert_true(nth >= 3);
  assert_true(ryft_plugin_attributes(plugin).count > 0);
  free(path);
}

static void plg_02_attach_takes_a_table(void **state) {
  (void)state;
  fake_control fake;
  ryft_plugin *plugin = NULL;
  /* A copy of the table is another plugin to us. */
  static PJRT_Api table;
  memcpy(&table, ryft_plugin_api(fake_load("fake_104", &fake)), sizeof table);
  assert_ok(ryft_plugin_attach(&table, NULL, &plugin));
  assert_string_equal(ryft_plugin_path(plugin), "");
  assert_ptr_equal(ryft_plugin_api(plugin), &table);
  const ryft_plugin_options with_path = {RYFT_SIZED(ryft_plugin_options), .path = "/x"};
  assert_code(ryft_plugin_attach(&table, &with_path, &plugin), RYFT_INVALID_ARGUMENT, "path");
  table.pjrt_api_version.major_version = 7;
  static PJRT_Api bad;
  memcpy(&bad, &table, sizeof bad);
  assert_code(
      ryft_plugin_attach(&bad, NULL, &plugin), RYFT_FAILED_PRECONDITION, "the attached plugin");
  table.pjrt_api_version.major_version = 0;
}

static void plg_09_a_plugin_without_attributes_has_an_empty_list(void **state) {
  (void)state;
  ryft_stablehlo_version version;
  ryft_plugin *plugin = fake_load("fake_nulls", NULL);
  assert_int_equal(ryft_plugin_attributes(plugin).count, 0);
  assert_code(ryft_plugin_stablehlo_versions(plugin, &version, NULL), RYFT_NOT_FOUND, "minimum");
  assert_false(ryft_plugin_has(plugin, "PJRT_Plugin_Attributes"));
  assert_true(ryft_plugin_has(plugin, "PJRT_Client_Create"));
}

static void plg_14_strange_chains_are_listed_as_far_as_they_go(void **state) {
  (void)state;
  size_t count = 0;
  const ryft_extension_info *const *infos =
      ryft_plugin_extensions(fake_load("fake_ext_unknown", NULL), &count);
  bool unknown = false;
  for (size_t i = 0; i < count; ++i) unknown = unknown || strcmp(infos[i]->name, "unknown") == 0;
  assert_true(unknown);
  ryft_plugin_extensions(fake_load("fake_ext_cycle", NULL), &count);
  assert_in_range(count, 1, 64);
}

static void plg_08_a_newer_plugin_is_welcome(void **state) {
  (void)state;
  ryft_plugin *plugin = fake_load("fake_new", NULL);
  assert_int_equal(ryft_plugin_version_minor(plugin), 130);
  assert_string_equal(ryft_plugin_version_text(plugin), "0.130");
}

static void new_02_options_of_a_newer_header_are_refused(void **state) {
  (void)state;
  struct {
    ryft_plugin_options known;
    int64_t unknown;
  } options = {{RYFT_SIZED(ryft_plugin_options)}, 1};
  options.known.struct_size = sizeof options;
  ryft_plugin *plugin = NULL;
  assert_code(
      ryft_plugin_load(fake_path("fake"), &options.known, &plugin), RYFT_INVALID_ARGUMENT, "older");
  assert_null(plugin);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(err_06_what_cannot_be_loaded_says_why),
      cmocka_unit_test(plg_02_attach_takes_a_table),
      cmocka_unit_test(plg_03_initialised_exactly_once),
      cmocka_unit_test(plg_03_a_failed_initialisation_is_tried_again),
      cmocka_unit_test(plg_03_memory_may_run_out_anywhere),
      cmocka_unit_test(plg_06_what_is_no_plugin_of_ours_says_why),
      cmocka_unit_test(plg_06_a_minimum_refuses_before_initialising),
      cmocka_unit_test(plg_08_a_newer_plugin_is_welcome),
      cmocka_unit_test(plg_09_a_plugin_without_attributes_has_an_empty_list),
      cmocka_unit_test(plg_14_strange_chains_are_listed_as_far_as_they_go),
      cmocka_unit_test(new_02_options_of_a_newer_header_are_refused),
  };
  test_allocator_install();
  return cmocka_run_group_tests_name("plugin_fake", tests, make_directory, remove_directory);
}
