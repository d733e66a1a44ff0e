/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_LOG=leaks. The report comes when a process exits, so this program runs itself as another
 * one: test_leaks PART leaks what the part is about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/child.h"
#include "support/plugin.h"

#define SUM FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

/* ---- What is run. */

typedef struct scene {
  ryft_plugin *plugin;
  ryft_client *client;
  ryft_buffer *buffer;
  ryft_loaded_executable *executable;
  ryft_buffer *sum;
  ryft_event *done;
} scene;

static void open_scene(scene *s) {
  static const int32_t numbers[4] = {1, 2, 3, 4};
  *s = (scene){.plugin = fake_load("fake", NULL)};
  assert_ok(ryft_client_create(s->plugin, /* options= */ NULL, &s->client));
  assert_ok(ryft_buffer_from_host(ryft_client_devices(s->client).items[0],
                                  numbers,
                                  sizeof numbers,
                                  RYFT_SHAPE(RYFT_S32, 4),
                                  /* options= */ NULL,
                                  &s->buffer,
                                  /* done= */ NULL));
  assert_ok(ryft_client_compile(s->client, RYFT_PROGRAM_TEXT(SUM), NULL, &s->executable));
  ryft_buffer *arguments[] = {s->buffer, s->buffer};
  assert_ok(ryft_execute(s->executable, arguments, 2, NULL, &s->sum, 1, &s->done));
}

static void close_scene(scene *s) {
  ryft_event_destroy(s->done);
  ryft_buffer_destroy(s->sum);
  ryft_buffer_destroy(s->buffer);
  ryft_loaded_executable_destroy(s->executable);
  ryft_client_destroy(s->client);
}

static int leak_nothing(void) {
  scene s;
  open_scene(&s);
  close_scene(&s);
  return 0;
}

static int leak_a_buffer(void) {
  scene s;
  open_scene(&s);
  s.buffer = NULL;
  close_scene(&s);
  return 0;
}

static int leak_all(void) {
  static const char *const inputs[] = {"left", "right"};
  static const char *const outputs[] = {"sum"};
  scene s;
  ryft_session *session = NULL;
  ryft_event *event = NULL;
  ryft_program *program = NULL;
  ryft_found_plugins *found = NULL;
  open_scene(&s);
  assert_ok(ryft_session_create(s.executable, inputs, 2, outputs, 1, NULL, &session));
  assert_ok(ryft_event_create(s.plugin, &event));
  assert_ok(ryft_event_create(s.plugin, &event));
  assert_ok(ryft_program_create("mlir", (ryft_bytes){SUM, sizeof SUM - 1}, &program));
  assert_ok(ryft_plugins_find("neuron", &found));
  return ryft_live_objects() == 11 ? 0 : 1;
}

/* The child leaks nothing of its own, and says nothing of its parent's. */
static int leak_and_fork(void) {
  scene s;
  open_scene(&s);
  const pid_t child = fork();
  if (child == 0) exit(0);
  int status = 1;
  (void)waitpid(child, &status, 0);
  close_scene(&s);
  return status;
}

static scene late;

static void close_late(void) {
  close_scene(&late);
}

/* An exit handler of the program's own comes first when it was registered later. */
static int destroy_at_exit(void) {
  open_scene(&late);
  return atexit(close_late);
}

static const struct {
  const char *name;
  int (*run)(void);
} parts[] = {
    {"nothing", leak_nothing},
    {"buffer", leak_a_buffer},
    {"all", leak_all},
    {"fork", leak_and_fork},
    {"late", destroy_at_exit},
};

static int run_part(const char *name) {
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
    if (strcmp(parts[i].name, name) == 0) return parts[i].run();
  }
  return 99;
}

/* ---- The tests. */

static char self[4096];

static void expect_said(const char *part, const char *setting, const char *said) {
  const char *argv[] = {self, part, NULL};
  const char *environment[] = {setting, "ASAN_OPTIONS=detect_leaks=0", NULL};
  const child_result result = child_execute(argv, environment, /* seconds= */ 60);
  assert_int_equal(result.status, 0);
  assert_string_equal(result.output, said);
}

static void cnf_04_no_leaks_no_words(void **state) {
  (void)state;
  expect_said("nothing", "RYFT_LOG=leaks", "");
  expect_said("late", "RYFT_LOG=leaks", "");
  expect_said("fork", "RYFT_LOG=leaks", "");
}

static void cnf_04_nobody_asked(void **state) {
  (void)state;
  expect_said("all", "RYFT_LOG=", "");
  expect_said("all", "RYFT_LOG=leak,leaksome", "");
}

static void cnf_04_one_line_with_every_kind(void **state) {
  (void)state;
  expect_said("buffer", "RYFT_LOG=leaks", "ryft: leaks: 1 buffer or event, 1 client\n");
  expect_said("all",
              "RYFT_LOG=frob,leaks",
              "ryft: leaks: 3 buffers or events, 1 client, 1 executable, 1 loaded executable, "
              "1 session, 2 user events, 1 program, 1 list of found plugins\n");
}

int main(int argc, char **argv) {
  if (argc == 2) return run_part(argv[1]);
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
  if (size <= 0) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cnf_04_no_leaks_no_words),
      cmocka_unit_test(cnf_04_nobody_asked),
      cmocka_unit_test(cnf_04_one_line_with_every_kind),
  };
  return cmocka_run_group_tests_name("leaks", tests, NULL, NULL);
}
