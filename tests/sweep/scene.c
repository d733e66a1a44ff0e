/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/temp.h"
#include "sweep/sweep.h"

char *sweep_places;

static ryft_buffer *make_buffer(const ryft_device *device, ryft_shape shape) {
  ryft_buffer *buffer = NULL;
  size_t size = 0;
  assert_ok(ryft_shape_host_size(shape, &size));
  assert_ok(ryft_buffer_from_host(device,
                                  sweep_numbers,
                                  size,
                                  shape,
                                  /* options= */ NULL,
                                  &buffer,
                                  /* done= */ NULL));
  return buffer;
}

static ryft_loaded_executable *make_executable(ryft_client *client,
                                               size_t replicas,
                                               ryft_choice signature) {
  ryft_loaded_executable *executable = NULL;
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .replicas = replicas, .signature = signature};
  assert_ok(ryft_client_compile(client, RYFT_PROGRAM_TEXT(SWEEP_PROGRAM), &options, &executable));
  return executable;
}

/* The first result; the second is given up. */
static ryft_buffer *make_result(ryft_loaded_executable *executable, ryft_buffer *argument) {
  ryft_buffer *arguments[] = {argument, argument}, *results[2];
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .keep_all = true};
  assert_ok(ryft_execute(executable, arguments, 2, &options, results, 2, /* done= */ NULL));
  ryft_buffer_destroy(results[1]);
  return results[0];
}

static ryft_session *make_session(ryft_loaded_executable *executable) {
  ryft_session *session = NULL;
  assert_ok(ryft_session_create(
      executable, SWEEP_INPUTS, 2, SWEEP_OUTPUTS, 2, /* options= */ NULL, &session));
  for (int i = 0; i < 2; ++i) {
    assert_ok(ryft_session_set_host(session, SWEEP_INPUTS[i], SWEEP_ARRAY));
  }
  assert_ok(ryft_session_run(session));
  return session;
}

void scene_open_client(scene *s) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  assert_ok(ryft_client_create(s->plugin, &options, &s->client));
  s->devices[0] = ryft_client_devices(s->client).items[0];
  s->devices[1] = ryft_client_devices(s->client).items[1];
}

void scene_open_buffers(scene *s) {
  s->left = make_buffer(s->devices[0], SWEEP_MATRIX);
  s->right = make_buffer(s->devices[0], SWEEP_MATRIX);
  s->other_left = make_buffer(s->devices[1], SWEEP_MATRIX);
  s->other_right = make_buffer(s->devices[1], SWEEP_MATRIX);
  s->empty = make_buffer(s->devices[0], RYFT_SHAPE(RYFT_S32, 0, 3));
}

void scene_open_executables(scene *s) {
  s->executable = make_executable(s->client, 1, RYFT_YES);
  s->wide = make_executable(s->client, 2, RYFT_YES);
}

void scene_open_untold(scene *s) {
  s->untold = make_executable(s->client, 1, RYFT_NO);
  s->result = make_result(s->untold, s->right);
}

void scene_open_events(scene *s) {
  assert_ok(ryft_event_create(s->plugin, &s->event));
  assert_ok(ryft_buffer_ready(s->left, &s->ready));
  assert_ok(ryft_event_await(s->ready));
}

void scene_open_sessions(scene *s) {
  s->session = make_session(s->executable);
  s->wide_session = make_session(s->wide);
}

void scene_close(scene *s) {
  ryft_client_destroy(s->client);
  ryft_session_destroy(s->session);
  ryft_session_destroy(s->wide_session);
  ryft_buffer_destroy(s->left);
  ryft_buffer_destroy(s->right);
  ryft_buffer_destroy(s->result);
  ryft_buffer_destroy(s->other_left);
  ryft_buffer_destroy(s->other_right);
  ryft_buffer_destroy(s->empty);
  ryft_loaded_executable_destroy(s->executable);
  ryft_loaded_executable_destroy(s->wide);
  ryft_loaded_executable_destroy(s->untold);
  ryft_event_destroy(s->event);
  ryft_event_destroy(s->ready);
  *s = (scene){.plugin = NULL};
}

void sweep_wait(const atomic_int *count) {
  const struct timespec pause = {.tv_nsec = 100000};
  for (int i = 0; i < 50000 && atomic_load(count) == 0; ++i) (void)nanosleep(&pause, NULL);
}

/* ---- Places. */

static void link_plugin(const char *name) {
  char *target = temp_write(sweep_places, name, "", 0);
  assert_int_equal(unlink(target), 0);
  assert_int_equal(symlink(fake_path("fake"), target), 0);
  free(target);
}

static void point(const char *variable, const char *name) {
  char *path = temp_path(sweep_places, name);
  assert_int_equal(setenv(variable, path, /* overwrite= */ 1), 0);
  free(path);
}

void sweep_places_open(void) {
  sweep_places = temp_directory();
  link_plugin("path/libpjrt_cpu.so");
  link_plugin("path/libtpu.so");
  link_plugin("data/ryft/plugins/cpu/0.11.2/pjrt_c_api_cpu_plugin.so");
  link_plugin("home/.local/lib/python3.11/site-packages/libtpu/libtpu.so");
  point("RYFT_PLUGIN_PATH", "path");
  point("XDG_DATA_HOME", "data");
  point("HOME", "home");
  (void)unsetenv("VIRTUAL_ENV");
  (void)unsetenv("CONDA_PREFIX");
}

void sweep_places_close(void) {
  temp_remove(sweep_places);
}
