/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Layouts of parameters and results with a plugin whose own default nobody knows: it is asked. */
#include <string.h>

#include "ryft/session.h"
#include "support/fake_scene.h"

static const int32_t ROWS[6] = {1, 2, 3, 4, 5, 6};
static const int64_t COLUMNS[2] = {0, 1};

static ryft_buffer *upload_as(const fake_scene *s, const int64_t *order) {
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = order};
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .layout = order == NULL ? NULL : &layout};
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_buffer_from_host(ryft_client_addressable_devices(s->client).items[0],
                                  ROWS,
                                  sizeof ROWS,
                                  RYFT_SHAPE(RYFT_S32, 2, 3),
                                  &options,
                                  &buffer,
                                  NULL));
  return buffer;
}

static void expect_rows(ryft_buffer *buffer) {
  int32_t found[6] = {0};
  assert_ok(ryft_buffer_read(buffer, found, sizeof found));
  assert_memory_equal(found, ROWS, sizeof ROWS);
  ryft_buffer_destroy(buffer);
}

static ryft_loaded_executable *compile(const fake_scene *s, const char *text) {
  ryft_loaded_executable *executable = NULL;
  assert_ok(fake_scene_compile(s, text, NULL, &executable));
  return executable;
}

static void exe_another_layout_is_refused(void **state) {
  const fake_scene *s = *state;
  ryft_buffer *plain = upload_as(s, NULL), *columns = upload_as(s, COLUMNS), *result = NULL;
  ryft_loaded_executable *program =
      compile(s, FAKE_PROGRAM("(s32[2,3]{0,1}) -> (s32[2,3]) = identity"));
  assert_code(ryft_execute(program, &plain, 1, NULL, &result, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "argument 0, s32[2,3], has the layout {1,0}, and the program reads {0,1}");
  assert_null(result);
  assert_int_equal(s->fake.fake_call_count("PJRT_LoadedExecutable_Execute"), 0);
  assert_ok(ryft_execute(program, &columns, 1, NULL, &result, 1, NULL));
  expect_rows(result);
  ryft_buffer_destroy(columns);
  ryft_buffer_destroy(plain);
  ryft_loaded_executable_destroy(program);
}

static void exe_results_are_passed_on_in_their_layout(void **state) {
  const fake_scene *s = *state;
  ryft_buffer *plain = upload_as(s, NULL), *columns = NULL, *result = NULL;
  ryft_loaded_executable *makes =
      compile(s, FAKE_PROGRAM("(s32[2,3]) -> (s32[2,3]{0,1}) = identity"));
  ryft_loaded_executable *takes =
      compile(s, FAKE_PROGRAM("(s32[2,3]{0,1}) -> (s32[2,3]) = identity"));
  assert_ok(ryft_execute(makes, &plain, 1, NULL, &columns, 1, NULL));
  assert_code(ryft_execute(makes, &columns, 1, NULL, &result, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "the program reads {1,0}");
  assert_ok(ryft_execute(takes, &columns, 1, NULL, &result, 1, NULL));
  expect_rows(result);
  expect_rows(columns);
  ryft_buffer_destroy(plain);
  ryft_loaded_executable_destroy(takes);
  ryft_loaded_executable_destroy(makes);
}

/* A state that comes back in another layout than it goes in cannot be fed back. */
static void ses_feedback_in_another_layout_is_refused(void **state) {
  const fake_scene *s = *state;
  const char *const x = "x";
  ryft_session *session = NULL;
  ryft_loaded_executable *program =
      compile(s, FAKE_PROGRAM("(s32[2,3]) -> (s32[2,3]{0,1}) = identity"));
  assert_code(ryft_session_create(program, &x, 1, &x, 1, NULL, &session),
              RYFT_INVALID_ARGUMENT,
              "s32[2,3]{0,1}");
  assert_null(session);
  ryft_loaded_executable_destroy(program);
}

static void ses_uploads_and_buffers_of_a_session(void **state) {
  const fake_scene *s = *state;
  const char *const x = "x", *const y = "y";
  int32_t found[6];
  ryft_session *session = NULL;
  ryft_loaded_executable *program =
      compile(s, FAKE_PROGRAM("(s32[2,3]{0,1}) -> (s32[2,3]) = identity"));
  const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_S32, 2, 3),
                                 .data = ROWS,
                                 .size = sizeof ROWS};
  ryft_buffer *plain = upload_as(s, NULL);
  assert_ok(ryft_session_create(program, &x, 1, &y, 1, NULL, &session));
  assert_code(ryft_session_set(session, x, plain), RYFT_INVALID_ARGUMENT, "s32[2,3]{0,1}");
  assert_ok(ryft_session_set_host(session, x, &array));
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_get(session, y, found, sizeof found));
  assert_memory_equal(found, ROWS, sizeof found);
  ryft_buffer_destroy(plain);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(program);
}

/* Nobody asks for the signature of such a program, nor is that an error. */
static void ses_signature_off_on_several_devices(void **state) {
  const fake_scene *s = *state;
  const char *const x = "x", *const y = "y";
  ryft_session *session = NULL;
  ryft_loaded_executable *program = NULL;
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .replicas = 2, .signature = RYFT_NO};
  assert_ok(fake_scene_compile(
      s, FAKE_PROGRAM("(s32[2,3]) -> (s32[2,3]) = identity"), &options, &program));
  assert_ok(ryft_session_create(program, &x, 1, &y, 1, NULL, &session));
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(exe_another_layout_is_refused),
      FAKE_SCENE_TEST(exe_results_are_passed_on_in_their_layout),
      FAKE_SCENE_TEST(ses_feedback_in_another_layout_is_refused),
      FAKE_SCENE_TEST(ses_uploads_and_buffers_of_a_session),
      FAKE_SCENE_TEST(ses_signature_off_on_several_devices),
  };
  return cmocka_run_group_tests_name("program_layouts_fake", tests, NULL, NULL);
}
