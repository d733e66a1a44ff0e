/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "declared/scene.h"
#include "io/npy_support.h"

#define SUM FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

static const int32_t numbers[4] = {1, 2, 3, 4};
static scene the_scene;

ryft_error *write_nothing(const void *data, size_t size, void *arg) {
  (void)data;
  (void)size;
  (void)arg;
  return NULL;
}

void ignore(const ryft_error *error, void *arg) {
  (void)error;
  (void)arg;
}

/* Wherever a plugin is searched for, it is the fake one. */
static void open_places(void) {
  size_t count = 0;
  const char *const *names = ryft_catalogue_names(&count);
  for (size_t i = 0; i < count; ++i) {
    char variable[64];
    (void)snprintf(variable, sizeof variable, "RYFT_PLUGIN_%s", names[i]);
    for (char *at = variable; *at != '\0'; ++at) *at = (char)toupper((unsigned char)*at);
    assert_int_equal(setenv(variable, fake_path("fake"), /* overwrite= */ 1), 0);
  }
}

static void open_client(scene *s) {
  s->plugin = fake_load("fake", &s->fake);
  s->fake.fake_reset();
  assert_ok(ryft_client_create(s->plugin, /* options= */ NULL, &s->client));
  s->device = ryft_client_devices(s->client).items[0];
  s->memory = ryft_device_memories(s->device).items[0];
  assert_ok(ryft_buffer_from_host(s->device,
                                  numbers,
                                  sizeof numbers,
                                  s->array.shape,
                                  /* options= */ NULL,
                                  &s->buffer,
                                  /* done= */ NULL));
  assert_ok(ryft_buffer_ready(s->buffer, &s->event));
}

static void open_executable(scene *s) {
  s->program =
      (ryft_program){RYFT_SIZED(ryft_program), .format = "mlir", .code = {SUM, sizeof SUM - 1}};
  assert_ok(ryft_client_compile(s->client, &s->program, /* options= */ NULL, &s->executable));
  s->arguments[0] = s->arguments[1] = s->buffer;
  s->all_arguments[0] = s->arguments;
  s->all_outputs[0] = s->outputs;
}

static void open_session(scene *s) {
  s->input_names[0] = "x";
  s->input_names[1] = "y";
  s->output_names[0] = "z";
  memcpy(s->text, "x", 2);
  assert_ok(ryft_session_create(
      s->executable, s->input_names, 2, s->output_names, 1, /* options= */ NULL, &s->session));
  assert_ok(ryft_session_set(s->session, "x", s->buffer));
  assert_ok(ryft_session_set(s->session, "y", s->buffer));
  assert_ok(ryft_session_run(s->session));
  assert_ok(ryft_session_slot(s->session, "z", &s->output_slot));
}

static void open_files(scene *s) {
  static npy_bytes file;
  file = npy_make(
      1, "{'descr': '<i4', 'fortran_order': False, 'shape': (4,)}", 64, numbers, sizeof numbers);
  s->npy_bytes = (ryft_bytes){.data = file.data, .size = file.size};
  assert_ok(ryft_npy_parse("four.npy", s->npy_bytes, &s->npy));
}

int open_scene(void **state) {
  static const int64_t four[] = {4};
  scene *s = &the_scene;
  s->array = (ryft_host_array){RYFT_SIZED(ryft_host_array),
                               .shape = {RYFT_S32, 1, four},
                               .data = numbers,
                               .size = sizeof numbers};
  open_places();
  open_client(s);
  open_executable(s);
  open_session(s);
  open_files(s);
  assert_ok(ryft_plugins_find(/* name= */ NULL, &s->found));
  s->error = ryft_error_create(RYFT_ABORTED, "an error");
  *state = s;
  return 0;
}

int close_scene(void **state) {
  scene *s = *state;
  ryft_error_destroy(s->error);
  ryft_found_plugins_destroy(s->found);
  ryft_npy_destroy(s->npy);
  ryft_session_destroy(s->session);
  ryft_loaded_executable_destroy(s->executable);
  ryft_event_destroy(s->event);
  ryft_buffer_destroy(s->buffer);
  ryft_client_destroy(s->client);
  ryft_plugin_destroy(s->plugin);
  assert_nothing_alive(&s->fake);
  return 0;
}

void give_outputs_back(void) {
  ryft_buffer_destroy(the_scene.outputs[0]);
  the_scene.outputs[0] = NULL;
}
