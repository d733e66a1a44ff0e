/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where plugins are looked for, in directories made for the purpose and filled with fake plugins.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ryft/ryft.h"
#include "src/core/discover.h"
#include "support/assert.h"
#include "support/plugin.h"
#include "support/temp.h"

static char *root;

static const char *const VARIABLES[] = {"RYFT_PLUGIN_CPU",
                                        "RYFT_PLUGIN_CUDA12",
                                        "RYFT_PLUGIN_TPU",
                                        "RYFT_PLUGIN_METAL",
                                        "RYFT_PLUGIN_PATH",
                                        "TPU_LIBRARY_PATH",
                                        "VIRTUAL_ENV",
                                        "CONDA_PREFIX",
                                        "RYFT_LOG"};

/* Each test finds an empty home. */
static int set_up(void **state) {
  (void)state;
  root = temp_directory();
  for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; ++i) unsetenv(VARIABLES[i]);
  setenv("HOME", root, 1);
  char *data = temp_path(root, "data");
  setenv("XDG_DATA_HOME", data, 1);
  free(data);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  temp_remove(root);
  return 0;
}

static void set_path(const char *variable, const char *name) {
  char *path = temp_path(root, name);
  setenv(variable, path, 1);
  free(path);
}

/* Puts a fake plugin there. */
static void put(const char *name) {
  size_t size = 0;
  char *bytes = temp_read(fake_path("fake"), &size);
  assert_non_null(bytes);
  free(temp_write(root, name, bytes, size));
  free(bytes);
}

static void put_text(const char *name) {
  free(temp_write(root, name, "no library", 10));
}

/* What the search finds for a platform below our root, in order; what the machine has besides is
 * passed by. */
static void expect(const char *platform, const char *const *names, const char *source) {
  ryft_found_plugins *found = NULL;
  size_t count = 0, next = 0;
  assert_ok(ryft_plugins_find(platform, &found));
  const ryft_found_plugin *const *items = ryft_found_plugins_items(found, &count);
  for (size_t i = 0; i < count; ++i) {
    if (strncmp(items[i]->path, root, strlen(root)) != 0) continue;
    assert_non_null(names[next]);
    assert_string_equal(items[i]->path + strlen(root) + 1, names[next++]);
    assert_string_equal(items[i]->name, platform);
    if (source != NULL) assert_string_equal(items[i]->source, source);
  }
  assert_null(names[next]);
  ryft_found_plugins_destroy(found);
}

#define EXPECT(platform, source, ...) \
  expect((platform), (const char *const[]){__VA_ARGS__, NULL}, (source))
#define EXPECT_NOTHING(platform) expect((platform), (const char *const[]){NULL}, NULL)

static void new_10_catalogue_is_sound(void **state) {
  (void)state;
  size_t count = 0, names = 0;
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  ryft_catalogue_names(&names);
  assert_int_equal(names, 8);
  for (size_t i = 0; i < count; ++i) {
    const ryft__platform *platform = NULL;
    assert_ok(ryft__platform_find(entries[i]->name, &platform, "test"));
    assert_true(ryft__platform_owns(platform, entries[i]->library));
    assert_int_equal(strlen(entries[i]->sha256), 64);
    for (const char *digit = entries[i]->sha256; *digit != '\0'; ++digit) {
      assert_true(isdigit((unsigned char)*digit) || (*digit >= 'a' && *digit <= 'f'));
    }
    assert_true(entries[i]->wheel_bytes > 1000000);
    if (i != 0 && strcmp(entries[i]->name, entries[i - 1]->name) == 0) {
      assert_true(entries[i]->pjrt_minor < entries[i - 1]->pjrt_minor);
    }
  }
}

static void new_10_builds_are_installed_below_the_data_directory(void **state) {
  (void)state;
  size_t count = 0;
  char *directory = NULL;
  const ryft_catalogue_entry *entry = ryft_catalogue(&count)[0];
  setenv("XDG_DATA_HOME", "/data", 1);
  assert_ok(ryft_catalogue_directory(entry, &directory));
  assert_string_equal(directory, "/data/ryft/plugins/cpu/0.11.2");
  ryft_host_free(directory);
  setenv("XDG_DATA_HOME", "relative is not allowed", 1);
  setenv("HOME", "/me", 1);
  assert_ok(ryft_catalogue_directory(entry, &directory));
  assert_string_equal(directory, "/me/.local/share/ryft/plugins/cpu/0.11.2");
  ryft_host_free(directory);
  unsetenv("HOME");
  unsetenv("XDG_DATA_HOME");
  assert_code(ryft_catalogue_directory(entry, &directory), RYFT_FAILED_PRECONDITION, "HOME");
  assert_null(directory);
}

static void plg_12_names_are_known_or_refused(void **state) {
  (void)state;
  ryft_found_plugins *found = NULL;
  ryft_plugin *plugin = NULL;
  assert_code(ryft_plugins_find("gpu", &found), RYFT_INVALID_ARGUMENT, "cuda13");
  assert_code(ryft_plugin_load_named("gpu", NULL, &plugin), RYFT_INVALID_ARGUMENT, "oneapi");
  assert_code(ryft_plugin_load_named(NULL, NULL, &plugin), RYFT_INVALID_ARGUMENT, NULL);
}

static void plg_12_every_place_in_order(void **state) {
  (void)state;
  put("exact/mine.so");
  put("listed/libpjrt_cpu.so");
  put("data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so");
  put("data/ryft/plugins/cpu/0.0.1/xla_cpu_pjrt.so");
  put("venv/lib/python3.11/site-packages/jax_plugins/my_cpu/pjrt_cpu.so");
  put("venv/lib/python3.11/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so");
  put(".local/lib/python3.9/site-packages/jax_plugins/my_cpu/pjrt_cpu.so");
  set_path("RYFT_PLUGIN_CPU", "exact/mine.so");
  set_path("RYFT_PLUGIN_PATH", "listed");
  set_path("VIRTUAL_ENV", "venv");
  EXPECT("cpu",
         NULL,
         "exact/mine.so",
         "listed/libpjrt_cpu.so",
         "data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so",
         "data/ryft/plugins/cpu/0.0.1/xla_cpu_pjrt.so",
         "venv/lib/python3.11/site-packages/jax_plugins/my_cpu/pjrt_cpu.so",
         "venv/lib/python3.11/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
         ".local/lib/python3.9/site-packages/jax_plugins/my_cpu/pjrt_cpu.so");
  EXPECT_NOTHING("metal");
}

static void plg_12_installed_builds_carry_version_and_api(void **state) {
  (void)state;
  ryft_found_plugins *found = NULL;
  size_t count = 0;
  put("data/ryft/plugins/cpu/2026.6.23/libpjrt_cpu.so");
  assert_ok(ryft_plugins_find("cpu", &found));
  const ryft_found_plugin *const *items = ryft_found_plugins_items(found, &count);
  assert_true(count >= 1);
  assert_string_equal(items[0]->source, "installed");
  assert_string_equal(items[0]->version, "2026.6.23");
  assert_int_equal(items[0]->pjrt_minor, 106);
  ryft_found_plugins_destroy(found);
}

static void plg_12_lists_take_directories_and_files(void **state) {
  (void)state;
  put("a/libpjrt_cpu.so");
  put_text("a/libpjrt_cpu.txt");
  put_text("a/libcpuinfo.so");
  put("b/cuda12/xla_cuda_plugin.so");
  put("b/cuda13/xla_cuda_plugin.so");
  put("c/xla_cuda_plugin.so");
  char list[4096];
  snprintf(list,
           sizeof list,
           "%s/a::%s/nowhere:%s/b/cuda12:%s/b/cuda13:%s/c",
           root,
           root,
           root,
           root,
           root);
  setenv("RYFT_PLUGIN_PATH", list, 1);
  EXPECT("cpu", "path", "a/libpjrt_cpu.so");
  EXPECT("cuda12", "path", "b/cuda12/xla_cuda_plugin.so", "c/xla_cuda_plugin.so");
  EXPECT("cuda13", "path", "b/cuda13/xla_cuda_plugin.so", "c/xla_cuda_plugin.so");
  EXPECT_NOTHING("tpu");
}

static void plg_12_a_listed_file_counts_whatever_its_name(void **state) {
  (void)state;
  put("mine.so");
  set_path("RYFT_PLUGIN_PATH", "mine.so");
  EXPECT("cpu", "path", "mine.so");
  EXPECT("tpu", "path", "mine.so");
  ryft_plugin *plugin = NULL;
  assert_ok(ryft_plugin_load_cpu(NULL, &plugin));
  assert_non_null(strstr(ryft_plugin_path(plugin), "/mine.so"));
}

static void plg_12_the_tpu_vendors_variable_counts(void **state) {
  (void)state;
  put("vendor/libtpu.so");
  put("conda/lib/python3.12/site-packages/libtpu/libtpu.so");
  set_path("TPU_LIBRARY_PATH", "vendor/libtpu.so");
  set_path("CONDA_PREFIX", "conda");
  EXPECT("tpu", NULL, "vendor/libtpu.so", "conda/lib/python3.12/site-packages/libtpu/libtpu.so");
}

static void plg_12_the_first_that_loads_is_taken(void **state) {
  (void)state;
  ryft_plugin *plugin = NULL;
  put_text("list/broken_cpu_plugin.so");
  set_path("RYFT_PLUGIN_PATH", "list");
  put("data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so");
  assert_ok(ryft_plugin_load_cpu(NULL, &plugin));
  assert_non_null(strstr(ryft_plugin_path(plugin), "data/ryft/plugins/cpu/0.11.2/"));
}

static void plg_12_a_variable_that_names_nothing_is_an_error(void **state) {
  (void)state;
  ryft_plugin *plugin = NULL;
  put("data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so");
  set_path("RYFT_PLUGIN_CPU", "missing.so");
  assert_code(ryft_plugin_load_cpu(NULL, &plugin), RYFT_NOT_FOUND, "RYFT_PLUGIN_CPU is set, but");
  assert_null(plugin);
}

static void plg_12_a_path_in_the_options_is_used_alone(void **state) {
  (void)state;
  ryft_plugin *plugin = NULL;
  put("data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so");
  put("exactly.so");
  char *path = temp_path(root, "exactly.so");
  const ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options), .path = path};
  assert_ok(ryft_plugin_load_named("cpu", &options, &plugin));
  assert_non_null(strstr(ryft_plugin_path(plugin), "exactly.so"));
  const ryft_plugin_options missing = {RYFT_SIZED(ryft_plugin_options), .path = "/nowhere/x.so"};
  assert_code(ryft_plugin_load_named("cpu", &missing, &plugin), RYFT_NOT_FOUND, "/nowhere/x.so");
  free(path);
}

static void plg_12_nothing_found_says_what_to_do(void **state) {
  (void)state;
  ryft_plugin *plugin = NULL;
  assert_code(ryft_plugin_load_named("rocm7", NULL, &plugin),
              RYFT_NOT_FOUND,
              "no plugin for \"rocm7\" found; run: ryft plugin install rocm7; or set "
              "RYFT_PLUGIN_ROCM7 or ryft_plugin_options.path");
  assert_code(ryft_plugin_load_named("metal", NULL, &plugin),
              RYFT_NOT_FOUND,
              "found; set RYFT_PLUGIN_METAL or ryft_plugin_options.path");
  assert_null(plugin);
}

/* Runs the search with stderr in a file and gives its text. */
static char *log_of_search(const char *platform) {
  ryft_found_plugins *found = NULL;
  char *path = temp_path(root, "log");
  fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(file, STDERR_FILENO);
  ryft_error *error = ryft_plugins_find(platform, &found);
  dup2(saved, STDERR_FILENO);
  close(file);
  close(saved);
  assert_ok(error);
  ryft_found_plugins_destroy(found);
  char *text = temp_read(path, NULL);
  free(path);
  return text;
}

static void new_10_every_place_and_refusal_can_be_shown(void **state) {
  (void)state;
  put_text("list/libcpuinfo.so");
  put_text("conda/lib/python3.12/site-packages/jax_plugins/other/xla_cuda_plugin.so");
  set_path("RYFT_PLUGIN_PATH", "list");
  set_path("RYFT_PLUGIN_CPU", "missing.so");
  set_path("CONDA_PREFIX", "conda");
  char *silent = log_of_search("cpu");
  assert_string_equal(silent, "");
  free(silent);
  setenv("RYFT_LOG", "other,discover", 1);
  char *text = log_of_search("cpu");
  assert_non_null(strstr(text, "ryft: discover: cpu: "));
  assert_non_null(strstr(text, "missing.so: there is no such file"));
  assert_non_null(strstr(text, "libcpuinfo.so: not a plugin"));
  assert_non_null(strstr(text, "plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so: not installed"));
  assert_non_null(strstr(text, "/usr/local/lib"));
  assert_non_null(strstr(text, "VIRTUAL_ENV is not set"));
  assert_non_null(strstr(text, "jax_plugins/other/xla_cuda_plugin.so: not a plugin for cpu"));
  free(text);
  text = log_of_search("tpu");
  assert_non_null(strstr(text, "TPU_LIBRARY_PATH is not set"));
  free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(plg_12_names_are_known_or_refused),
      TEST(plg_12_every_place_in_order),
      TEST(plg_12_installed_builds_carry_version_and_api),
      TEST(plg_12_lists_take_directories_and_files),
      TEST(plg_12_a_listed_file_counts_whatever_its_name),
      TEST(plg_12_the_tpu_vendors_variable_counts),
      TEST(plg_12_the_first_that_loads_is_taken),
      TEST(plg_12_a_variable_that_names_nothing_is_an_error),
      TEST(plg_12_a_path_in_the_options_is_used_alone),
      TEST(plg_12_nothing_found_says_what_to_do),
      TEST(new_10_catalogue_is_sound),
      TEST(new_10_builds_are_installed_below_the_data_directory),
      TEST(new_10_every_place_and_refusal_can_be_shown),
  };
  const int failed = cmocka_run_group_tests_name("discover", tests, NULL, NULL);
  return ryft_live_objects() == 0 ? failed : 1;
}
