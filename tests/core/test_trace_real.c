/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_TRACE with a real plugin: this program runs itself as another process under each setting,
 * and trace_check.py looks at what came out, as a user's script or viewer would. RYFT_TRACE is read
 * once in a process, and must be set before it starts. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "core/program_support.h"
#include "support/child.h"

enum { THREADS = 2, RUNS = 3 };

#define BROKEN_TEXT "module { func.func @main() { frob \"a\\b\" } }"

/* ---- The process that is traced. */

static fixture traced;

static void *run(void *arg) {
  ryft_loaded_executable *executable = arg;
  for (int i = 0; i < RUNS; ++i) {
    ryft_buffer *arguments[] = {four(&traced, 0, 1), four(&traced, 0, 2)}, *sum = NULL;
    ryft_event *done = NULL;
    assert_ok(ryft_execute(executable, arguments, 2, /* options= */ NULL, &sum, 1, &done));
    assert_ok(ryft_event_await(done));
    ryft_event_destroy(done);
    ryft_buffer_destroy(arguments[0]);
    ryft_buffer_destroy(arguments[1]);
    expect_four(sum, 3, 2);
  }
  return NULL;
}

static int work(void) {
  traced.plugin = test_plugin_load();
  assert_ok(ryft_client_create(traced.plugin, /* options= */ NULL, &traced.client));
  traced.device = ryft_client_addressable_devices(traced.client).items[0];
  ryft_loaded_executable *executable = compile(&traced, ADD_TEXT, NULL), *none = NULL;
  const ryft_program broken = text_program(BROKEN_TEXT);
  ryft_error *error = ryft_client_compile(traced.client, &broken, /* options= */ NULL, &none);
  const bool refused = error != NULL;
  ryft_error_destroy(error);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    if (pthread_create(&threads[i], NULL, run, executable) != 0) return 2;
  }
  for (int i = 0; i < THREADS; ++i) (void)pthread_join(threads[i], NULL);
  ryft_loaded_executable_destroy(executable);
  ryft_client_destroy(traced.client);
  return refused ? 0 : 3;
}

/* ---- The test. */

static char self[4096];

static child_result run_traced(const char *setting) {
  const char *argv[] = {self, "work", NULL};
  const char *environment[] = {setting, "TF_CPP_MIN_LOG_LEVEL=2", NULL};
  const child_result result = child_execute(argv, environment, /* seconds= */ 60);
  if (result.status != 0) print_error("%s\n", result.output);
  assert_int_equal(result.status, 0);
  return result;
}

/* Has the script look at the file in the way that `what` names. */
static void check_file(const char *what, const char *path) {
  char *script = temp_path(getenv("RYFT_SOURCE_DIR"), "tests/core/trace_check.py");
  const bool json = strcmp(what, "json") == 0;
  char sizes[2][24];
  (void)snprintf(sizes[0], sizeof sizes[0], "%zu", strlen(ADD_TEXT));
  (void)snprintf(sizes[1], sizeof sizes[1], "%zu", strlen(BROKEN_TEXT));
  const char *argv[] = {
      "python3", "-B", script, what, path, json ? sizes[0] : NULL, sizes[1], NULL};
  const child_result result = child_execute(argv, NULL, /* seconds= */ 60);
  if (result.status != 0) print_error("%s\n", result.output);
  assert_int_equal(result.status, 0);
  free(script);
}

static void trace_to(const char *words, const char *name, const char *what) {
  char *directory = temp_directory();
  char *path = temp_path(directory, name);
  char setting[4200];
  (void)snprintf(setting, sizeof setting, "RYFT_TRACE=%s,file=%s", words, path);
  const child_result result = run_traced(setting);
  assert_null(strstr(result.output, "ryft ")); /* all of it is in the file */
  check_file(what, path);
  free(path);
  temp_remove(directory);
}

static void new_11_nothing_is_written_when_off(void **state) {
  (void)state;
  const child_result result = run_traced("RYFT_TRACE=");
  assert_null(strstr(result.output, "PJRT_"));
}

static void new_11_calls_go_to_stderr(void **state) {
  (void)state;
  const child_result result = run_traced("RYFT_TRACE=calls");
  assert_non_null(strstr(result.output, " PJRT_Plugin_Initialize -> ok\n"));
  assert_non_null(strstr(result.output, " PJRT_Client_Create -> ok\n"));
}

static void new_11_calls(void **state) {
  (void)state;
  trace_to("calls", "trace.txt", "calls");
}

static void new_11_args(void **state) {
  (void)state;
  trace_to("args", "trace.txt", "args");
}

static void new_11_times(void **state) {
  (void)state;
  trace_to("times", "trace.txt", "times");
}

static void new_11_a_viewers_file(void **state) {
  (void)state;
  trace_to("args", "trace.json", "json");
  trace_to("calls", "trace.json", "json");
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "work") == 0) return work();
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
  if (size <= 0 || getenv("RYFT_SOURCE_DIR") == NULL) return 77;
  const char *plugin = getenv("RYFT_TEST_PLUGIN");
  if (plugin == NULL || access(plugin, R_OK) != 0) return 77;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_11_nothing_is_written_when_off),
      cmocka_unit_test(new_11_calls_go_to_stderr),
      cmocka_unit_test(new_11_calls),
      cmocka_unit_test(new_11_args),
      cmocka_unit_test(new_11_times),
      cmocka_unit_test(new_11_a_viewers_file),
  };
  return cmocka_run_group_tests_name("trace_real", tests, NULL, NULL);
}
