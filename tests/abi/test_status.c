/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* From the plugin's errors to ours. */
#include <stdlib.h>

#include "table_support.h"

/* A plugin's error, which since 0.107 starts with a table of functions that we never use. */
typedef struct fake_error {
  PJRT_Error base;
  int code;
  const char *message;
  size_t message_size;
  bool refuses; /* GetCode and ForEachPayload fail in turn */
} fake_error;

static int alive;

static PJRT_Error *make_error(int code, const char *message, size_t size) {
  fake_error *error = calloc(1, sizeof *error);
  assert_non_null(error);
  error->code = code;
  error->message = message;
  error->message_size = size;
  ++alive;
  return &error->base;
}

static void fake_destroy(PJRT_Error_Destroy_Args *args) {
  assert_int_equal(args->struct_size, PJRT_Error_Destroy_Args_STRUCT_SIZE);
  --alive;
  free(args->error);
}

static const fake_error *look(const PJRT_Error *error) {
  return (const fake_error *)error;
}

static void fake_message(PJRT_Error_Message_Args *args) {
  args->message = look(args->error)->message;
  args->message_size = look(args->error)->message_size;
}

static PJRT_Error *fake_code(PJRT_Error_GetCode_Args *args) {
  if (look(args->error)->refuses) return make_error(13, "no", 2);
  args->code = (PJRT_Error_Code)look(args->error)->code;
  return NULL;
}

static PJRT_Error *fake_payloads(PJRT_Error_ForEachPayload_Args *args) {
  if (look(args->error)->refuses) return make_error(13, "no", 2);
  char key[] = "type.b", value[] = {0, 1, 2};
  args->visitor(key, 6, value, 3, args->user_arg);
  key[5] = 'a'; /* views live only as long as the visit */
  args->visitor(key, 6, value, 0, args->user_arg);
  memset(key, 'x', sizeof key);
  args->visitor(NULL, 0, NULL, 0, args->user_arg);
  return NULL;
}

static void make_failing_table(ryft__table *table) {
  PJRT_Api api;
  make_api(&api, 114);
  api.PJRT_Error_Destroy = fake_destroy;
  api.PJRT_Error_Message = fake_message;
  api.PJRT_Error_GetCode = fake_code;
  api.PJRT_Error_ForEachPayload = fake_payloads;
  expect_success(ryft__table_init(table, &api, "plugin.so", "test"));
}

static ryft_error *fail_with(const ryft__table *table, PJRT_Error *error) {
  stub.answer = error;
  PJRT_Event_IsReady_Args args = {0};
  ryft_error *ours = ryft__PJRT_Event_IsReady(table, &args, "ryft_event_is_ready");
  assert_int_equal(alive, 0);
  return ours;
}

static void err_01_code_and_message_arrive_and_the_handle_is_freed(void **state) {
  (void)state;
  ryft__table table;
  make_failing_table(&table);
  const char text[] = "shape mismatch, and more"; /* messages carry no NUL */
  for (int code = 1; code <= 16; ++code) {
    ryft_error *error = fail_with(&table, make_error(code, text, 14));
    assert_string_equal(ryft_error_message(error), "shape mismatch");
    assert_string_equal(ryft_error_where(error), "ryft_event_is_ready (PJRT_Event_IsReady)");
    assert_true(ryft_error_is_from_plugin(error));
    expect_error(error, (ryft_code)code, "shape");
  }
}

static void err_01_codes_nobody_knows_are_unknown(void **state) {
  (void)state;
  ryft__table table;
  make_failing_table(&table);
  const int codes[] = {0, 17, -1, 1 << 30};
  for (size_t i = 0; i < 4; ++i) {
    expect_error(fail_with(&table, make_error(codes[i], "odd", 3)), RYFT_UNKNOWN, "odd");
  }
  expect_error(fail_with(&table, make_error(3, NULL, 7)), RYFT_INVALID_ARGUMENT, "gave no message");
}

static void err_01_an_error_about_the_error_is_freed_too(void **state) {
  (void)state;
  ryft__table table;
  make_failing_table(&table);
  PJRT_Error *error = make_error(3, "first", 5);
  ((fake_error *)error)->refuses = true;
  expect_error(fail_with(&table, error), RYFT_UNKNOWN, "first");
}

static void err_01_missing_error_functions_are_survived(void **state) {
  (void)state;
  ryft__table table;
  make_failing_table(&table);
  fake_error error = {.code = 3, .message = "x", .message_size = 1};
  table.api.PJRT_Error_Destroy = NULL;
  table.api.PJRT_Error_Message = NULL;
  table.api.PJRT_Error_GetCode = NULL;
  expect_error(ryft__plugin_error(&table, &error.base, 0, "test"), RYFT_UNKNOWN, "no message");
}

static void err_02_payloads_are_copied_and_sorted(void **state) {
  (void)state;
  ryft__table table;
  make_failing_table(&table);
  ryft_error *error = fail_with(&table, make_error(8, "full", 4));
  assert_int_equal(ryft_error_payload_count(error), 3);
  assert_string_equal(ryft_error_payload_at(error, 0).name, "");
  assert_string_equal(ryft_error_payload_at(error, 1).name, "type.a");
  const ryft_error_payload last = ryft_error_payload_at(error, 2);
  assert_string_equal(last.name, "type.b");
  assert_int_equal(last.value.size, 3);
  assert_memory_equal(last.value.data, "\0\1\2", 3);
  ryft_error_destroy(error);
}

static void err_03_plugins_without_payloads_degrade_quietly(void **state) {
  (void)state;
  ryft__table table;
  make_failing_table(&table);
  table.api.PJRT_Error_ForEachPayload = NULL;
  ryft_error *error = fail_with(&table, make_error(8, "full", 4));
  assert_int_equal(ryft_error_payload_count(error), 0);
  expect_error(error, RYFT_RESOURCE_EXHAUSTED, "full");
}

/* ---- An error's own functions, of 0.107 and later */

static void own_destroy(PJRT_Error *error) {
  (void)error;
  fail_msg("the error's own destroy was called");
}

static void own_message(const PJRT_Error *error, const char **out, size_t *out_size) {
  (void)error, (void)out, (void)out_size;
  fail_msg("the error's own message was called");
}

static PJRT_Error_Code own_code(const PJRT_Error *error) {
  (void)error;
  fail_msg("the error's own get_code was called");
  return PJRT_Error_Code_INTERNAL;
}

static void own_payloads(const PJRT_Error *error, PJRT_Error_PayloadVisitor visitor, void *arg) {
  (void)error, (void)visitor, (void)arg;
  fail_msg("the error's own for_each_payload was called");
}

/* Whatever is there, the plugin's table is what reads and frees errors; an older plugin's object
 * has something else in that place. */
static void err_07_an_errors_own_functions_are_left_alone(void **state) {
  (void)state;
  static const PJRT_Error_FunctionTable own = {
      .struct_size = PJRT_Error_FunctionTable_STRUCT_SIZE,
      .instance_size = sizeof(fake_error),
      .destroy = own_destroy,
      .message = own_message,
      .get_code = own_code,
      .for_each_payload = own_payloads,
  };
  static const PJRT_Error_FunctionTable empty = {.struct_size = 8};
  const PJRT_Error_FunctionTable *const tables[] = {
      NULL, &own, &empty, (const PJRT_Error_FunctionTable *)(uintptr_t)0x1234567};
  ryft__table table;
  make_failing_table(&table);
  for (size_t i = 0; i < 4; ++i) {
    PJRT_Error *error = make_error(8, "full", 4);
    error->vtable = tables[i];
    ryft_error *ours = fail_with(&table, error);
    assert_int_equal(ryft_error_payload_count(ours), 3);
    expect_error(ours, RYFT_RESOURCE_EXHAUSTED, "full");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(err_01_code_and_message_arrive_and_the_handle_is_freed),
      cmocka_unit_test(err_01_codes_nobody_knows_are_unknown),
      cmocka_unit_test(err_01_an_error_about_the_error_is_freed_too),
      cmocka_unit_test(err_01_missing_error_functions_are_survived),
      cmocka_unit_test(err_02_payloads_are_copied_and_sorted),
      cmocka_unit_test(err_07_an_errors_own_functions_are_left_alone),
      cmocka_unit_test(err_03_plugins_without_payloads_degrade_quietly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
