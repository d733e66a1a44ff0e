/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <string.h>

#include "core/sweep_scenarios.h"
#include "support/assert.h"
#include "support/plugin.h"

#define poison sweep_poison

#define CHECK(error, output)                  \
  do {                                        \
    if ((error) != NULL) assert_null(output); \
  } while (0)

/* ---- Plugins that are there already. Loading one for the first time is in test_sweep.c. */

static ryft_error *same(const scene *s, ryft_error *error, ryft_plugin *found) {
  CHECK(error, found);
  if (error == NULL) assert_ptr_equal(found, s->plugin);
  ryft_plugin_destroy(found);
  return error;
}

static ryft_error *plugin_load(const scene *s) {
  ryft_plugin *found = poison();
  ryft_error *error = ryft_plugin_load(ryft_plugin_path(s->plugin), /* options= */ NULL, &found);
  return same(s, error, found);
}

static ryft_error *plugin_attach(const scene *s) {
  ryft_plugin *found = poison();
  ryft_error *error = ryft_plugin_attach(ryft_plugin_api(s->plugin), /* options= */ NULL, &found);
  return same(s, error, found);
}

/* By the file that its variable names. */
static ryft_error *plugin_load_named(const scene *s) {
  ryft_plugin *found = poison();
  (void)setenv("RYFT_PLUGIN_CPU", ryft_plugin_path(s->plugin), /* overwrite= */ 1);
  ryft_error *error = ryft_plugin_load_cpu(/* options= */ NULL, &found);
  (void)unsetenv("RYFT_PLUGIN_CPU");
  return same(s, error, found);
}

/* By searching; the test's directory has a link to the plugin in one of its places. */
static ryft_error *plugin_search(const scene *s) {
  ryft_plugin *found = poison();
  ryft_error *error = ryft_plugin_load_named("cpu", /* options= */ NULL, &found);
  CHECK(error, found);
  (void)s;
  ryft_plugin_destroy(found);
  return error;
}

static ryft_error *plugins_find(const scene *s) {
  (void)s;
  ryft_found_plugins *found = poison();
  ryft_error *error = ryft_plugins_find(/* name= */ NULL, &found);
  CHECK(error, found);
  if (error == NULL) {
    size_t count = 0;
    (void)ryft_found_plugins_items(found, &count);
    assert_true(count >= 3);
    ryft_found_plugins_destroy(found);
  }
  return error;
}

static ryft_error *catalogue_directory(const scene *s) {
  (void)s;
  size_t count = 0;
  char *directory = poison();
  ryft_error *error = ryft_catalogue_directory(ryft_catalogue(&count)[0], &directory);
  CHECK(error, directory);
  ryft_host_free(directory);
  return error;
}

static ryft_error *stablehlo_versions(const scene *s) {
  ryft_stablehlo_version minimum, current;
  return ryft_plugin_stablehlo_versions(s->plugin, &minimum, &current);
}

static ryft_error *host_alloc(const scene *s) {
  (void)s;
  void *memory = poison();
  ryft_error *error = ryft_host_alloc(3u << 20, &memory);
  CHECK(error, memory);
  ryft_host_free(memory);
  return error;
}

/* ---- Programs and what they are. */

static ryft_error *program_check(const scene *s) {
  (void)s;
  return ryft_program_check(RYFT_PROGRAM_TEXT(SWEEP_PROGRAM));
}

static ryft_error *executable_signature(const scene *s) {
  const ryft_signature *signature = poison();
  ryft_error *error =
      ryft_executable_signature(ryft_loaded_executable_executable(s->executable), &signature);
  CHECK(error, signature);
  return error;
}

/* ---- Sessions. */

#define NUMBERS             \
  ((const ryft_host_array){ \
      .shape = SWEEP_MATRIX, .data = sweep_numbers, .size = sizeof sweep_numbers})

static ryft_error *session_create(const scene *s) {
  ryft_session *session = poison();
  ryft_error *error = ryft_session_create(
      s->executable, SWEEP_INPUTS, 2, SWEEP_OUTPUTS, 2, /* options= */ NULL, &session);
  CHECK(error, session);
  ryft_session_destroy(session);
  return error;
}

static ryft_error *session_slot(const scene *s) {
  size_t slot = 0;
  ryft_error *error = ryft_session_slot(s->session, "sum", &slot);
  if (error == NULL) assert_int_equal(slot, 2);
  return error;
}

static ryft_error *session_set_host(const scene *s) {
  return ryft_session_set_host(s->session, "right", NUMBERS);
}

static ryft_error *session_set_host_at(const scene *s) {
  return ryft_session_set_host_at(s->session, 0, 0, NUMBERS);
}

static ryft_error *session_set(const scene *s) {
  return ryft_session_set(s->session, "left", s->left);
}

static ryft_error *session_set_at(const scene *s) {
  return ryft_session_set_at(s->session, 1, 0, s->right);
}

static ryft_error *session_run(const scene *s) {
  return ryft_session_run(s->session);
}

static ryft_error *session_await(const scene *s) {
  return ryft_session_await(s->session);
}

static ryft_error *session_get(const scene *s) {
  int32_t out[6] = {0};
  ryft_error *error = ryft_session_get(s->session, "sum", out, sizeof out);
  for (int i = 0; error == NULL && i < 6; ++i) assert_int_equal(out[i], 2 * sweep_numbers[i]);
  return error;
}

static ryft_error *session_get_at(const scene *s) {
  int32_t out[6] = {0};
  return ryft_session_get_at(s->session, 0, 0, out, sizeof out);
}

static ryft_error *session_output(const scene *s) {
  ryft_buffer *buffer = poison();
  ryft_error *error = ryft_session_output(s->session, "sum", &buffer);
  CHECK(error, buffer);
  ryft_buffer_destroy(buffer);
  return error;
}

static ryft_error *session_output_at(const scene *s) {
  ryft_buffer *buffer = poison();
  ryft_error *error = ryft_session_output_at(s->session, 2, 0, &buffer);
  CHECK(error, buffer);
  ryft_buffer_destroy(buffer);
  return error;
}

const scenario sweep_more_scenarios[] = {
    {"plugin_load", plugin_load, ""},
    {"plugin_attach", plugin_attach, ""},
    {"plugin_load_named", plugin_load_named, ""},
    {"plugin_search", plugin_search, ""},
    {"plugins_find", plugins_find, ""},
    {"catalogue_directory", catalogue_directory, ""},
    {"plugin_stablehlo_versions", stablehlo_versions, ""},
    {"host_alloc", host_alloc, ""},
    {"program_check", program_check, ""},
    {"executable_signature", executable_signature, ""},
    {"session_create", session_create, ""},
    {"session_slot", session_slot, ""},
    {"session_set_host", session_set_host, ""},
    {"session_set_host_at", session_set_host_at, ""},
    {"session_set", session_set, ""},
    {"session_set_at", session_set_at, ""},
    {"session_run", session_run, ""},
    {"session_await", session_await, ""},
    {"session_get", session_get, SWEEP_FAST_READ},
    {"session_get_at", session_get_at, SWEEP_FAST_READ},
    {"session_output", session_output, ""},
    {"session_output_at", session_output_at, ""},
};

const size_t sweep_more_scenario_count =
    sizeof sweep_more_scenarios / sizeof sweep_more_scenarios[0];
