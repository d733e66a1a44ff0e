/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_TRACE. It is read once per process, so each case runs in a child that was forked before any
 * table is read. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/text.h"
#include "support/temp.h"
#include "table_support.h"

static char seen[1 << 16];

/* What secure_getenv says in a setuid program. */
static bool is_secure;
char *__real_secure_getenv(const char *name);
char *__wrap_secure_getenv(const char *name);
char *__wrap_secure_getenv(const char *name) {
  return is_secure ? NULL : __real_secure_getenv(name);
}

static PJRT_Error *slow_dims(PJRT_Buffer_Dimensions_Args *args) {
  static const int64_t dims[] = {2, 3};
  args->dims = dims;
  args->num_dims = 2;
  return NULL;
}

static void message(PJRT_Error_Message_Args *args) {
  args->message = "no \"such\" thing\n\xff\\";
  args->message_size = 18;
}

static PJRT_Error *refuse(PJRT_Buffer_Delete_Args *args) {
  (void)args;
  static PJRT_Error error;
  return &error;
}

static void destroy_nothing(PJRT_Error_Destroy_Args *args) {
  (void)args;
}

static PJRT_Error *ok_code(PJRT_Error_GetCode_Args *args) {
  args->code = PJRT_Error_Code_NOT_FOUND;
  return NULL;
}

static PJRT_Error *no_payloads(PJRT_Error_ForEachPayload_Args *args) {
  (void)args;
  return NULL;
}

static void *call_some(void *arg) {
  const ryft__table *table = arg;
  PJRT_Buffer_Dimensions_Args dims = {.buffer = (PJRT_Buffer *)0x1000};
  PJRT_Buffer_Delete_Args gone = {.buffer = (PJRT_Buffer *)0x1000};
  ryft_error_destroy(ryft__PJRT_Buffer_Dimensions(table, &dims, "ryft_buffer_dimensions"));
  ryft_error_destroy(ryft__PJRT_Buffer_Delete(table, &gone, "ryft_buffer_delete"));
  return NULL;
}

static void *call_some_elsewhere(void *arg) {
  (void)pthread_setname_np(pthread_self(), "a\"\xff\a");
  return call_some(arg);
}

static ryft__table late_table;

static void call_late(void) {
  (void)call_some(&late_table);
}

static void child(const char *setting, const char *out) {
  const int file = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  (void)dup2(file, STDERR_FILENO);
  (void)setenv("RYFT_TRACE", setting, 1);
  if (atexit(call_late) != 0) _exit(5); /* runs after the library's own handler */
  static PJRT_Api api;
  ryft__table table;
  make_api(&api, 114);
  api.PJRT_Buffer_Dimensions = slow_dims;
  api.PJRT_Buffer_Delete = refuse;
  api.PJRT_Error_Message = message;
  api.PJRT_Error_Destroy = destroy_nothing;
  api.PJRT_Error_GetCode = ok_code;
  api.PJRT_Error_ForEachPayload = no_payloads;
  ryft__trace_start();
  if (ryft__table_init(&table, &api, "plugin.so", "test") != NULL) _exit(3);
  late_table = table;
  pthread_t other;
  if (pthread_create(&other, NULL, call_some_elsewhere, &table) != 0) _exit(4);
  (void)pthread_join(other, NULL);
  call_some(&table);
  if (strstr(setting, ".json") == NULL) late_table.api = (PJRT_Api){0}; /* only JSON has an end */
  exit(0);
}

/* Runs some calls under RYFT_TRACE=setting; what went to stderr, or to `file` when given, is then
 * in `seen`. */
static void run(const char *setting, const char *file) {
  char *directory = temp_directory();
  char *out = temp_write(directory, "stderr", NULL, 0);
  const pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) child(setting, out);
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
  FILE *stream = fopen(file == NULL ? out : file, "rb");
  assert_non_null(stream);
  seen[fread(seen, 1, sizeof seen - 1, stream)] = '\0';
  (void)fclose(stream);
  free(out);
  temp_remove(directory);
}

/* The same under RYFT_TRACE=calls,file=FILE. */
static void run_to_file(const char *file) {
  ryft__text setting = {.data = NULL};
  ryft__text_format(&setting, "calls,file=%s", file);
  assert_false(setting.failed);
  run(setting.data, file);
  ryft__text_free(&setting);
}

static int count(const char *needle) {
  int found = 0;
  for (const char *at = seen; (at = strstr(at, needle)) != NULL; at += strlen(needle)) ++found;
  return found;
}

static void new_11_nothing_is_said_when_nothing_is_asked(void **state) {
  (void)state;
  run("", NULL);
  assert_string_equal(seen, "");
}

static void new_11_calls_are_one_line_each(void **state) {
  (void)state;
  run("calls", NULL);
  assert_int_equal(count("\n"), 4);
  assert_int_equal(count("PJRT_Buffer_Dimensions -> ok\n"), 2);
  assert_int_equal(count("PJRT_Buffer_Delete -> error: no \\\"such\\\" thing"), 2);
}

static void new_11_args_show_inputs_before_and_outputs_after(void **state) {
  (void)state;
  run("args,times", NULL);
  assert_int_equal(count("PJRT_Buffer_Dimensions(buffer=0x1000) in ryft_buffer_dimensions\n"), 2);
  assert_int_equal(count(" dims=[2, 3]\n"), 2);
  assert_int_equal(count(" us"), 4);
}

static void new_11_unknown_words_are_named_once(void **state) {
  (void)state;
  run("cals", NULL);
  assert_string_equal(seen,
                      "ryft: RYFT_TRACE: 'cals' is not one of calls, args, times, file=PATH\n");
  run("calls,frob,,times", NULL);
  assert_int_equal(count("'frob' is not one of"), 1);
  assert_int_equal(count("PJRT_Buffer_Dimensions"), 2);
}

static void new_11_a_file_that_cannot_be_written_falls_back(void **state) {
  (void)state;
  run("calls,file=/nowhere/at/all", NULL);
  assert_int_equal(count("cannot write to /nowhere/at/all"), 1);
  assert_int_equal(count("PJRT_Buffer_Dimensions"), 2);
}

/* Balanced outside of strings, and no control characters in them: enough to catch what we could get
 * wrong. */
static bool looks_like_json(void) {
  int depth = 0;
  bool inside = false;
  for (const char *at = seen; *at != '\0'; ++at) {
    if (inside && *at == '\\') {
      ++at;
    } else if (*at == '"') {
      inside = !inside;
    } else if (inside) {
      if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x80) return false;
    } else if (*at == '{' || *at == '[') {
      ++depth;
    } else if (*at == '}' || *at == ']') {
      --depth;
    }
  }
  return depth == 0 && !inside;
}

static void new_11_json_is_whole(void **state) {
  (void)state;
  char *directory = temp_directory();
  char *file = temp_path(directory, "trace.json");
  run_to_file(file);
  free(file);
  temp_remove(directory);
  assert_true(looks_like_json());
  assert_int_equal(seen[0], '[');
  assert_int_equal(count("\"ph\":\"X\""), 4);
  assert_ptr_equal(strstr(seen, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":"), seen + 2);
  assert_int_equal(count("\"args\":{\"name\":\"test_abi_trace\"}}"), 2); /* and its first thread */
  assert_int_equal(count("{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":"), 2);
  assert_int_equal(count("\"args\":{\"name\":\"a\\\"?\\u0007\"}}"), 1);
  assert_int_equal(count("\"name\":\"PJRT_Buffer_Dimensions\""), 2);
  assert_int_equal(count("\"out\":{\"dims\":[2,3],\"num_dims\":2}"), 2);
  assert_int_equal(count("]\n"), 1);
}

/* Where it would truncate a file of the invoker's choice. */
static void new_11_a_setuid_program_does_not_look(void **state) {
  (void)state;
  char *directory = temp_directory();
  char *file = temp_write(directory, "precious", "text", 4);
  is_secure = true;
  run_to_file(file);
  is_secure = false;
  free(file);
  temp_remove(directory);
  assert_string_equal(seen, "text");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_11_nothing_is_said_when_nothing_is_asked),
      cmocka_unit_test(new_11_calls_are_one_line_each),
      cmocka_unit_test(new_11_args_show_inputs_before_and_outputs_after),
      cmocka_unit_test(new_11_unknown_words_are_named_once),
      cmocka_unit_test(new_11_a_file_that_cannot_be_written_falls_back),
      cmocka_unit_test(new_11_json_is_whole),
      cmocka_unit_test(new_11_a_setuid_program_does_not_look),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
