/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Args for plugins newer than any that was tried: larger than we know them, and zero there. */
#include "src/abi/gen/calls_profiler.h"
#include "table_support.h"

static struct {
  PJRT_Api api;
  ryft__table table;
  size_t size;       /* what struct_size said */
  size_t inner_size; /* the same of the struct that args point to */
  bool clean;        /* all zero behind the fields */
} seen;

static bool zero_behind(const void *sized, size_t fields) {
  size_t size;
  memcpy(&size, sized, sizeof size);
  for (size_t i = fields; i < size; ++i) {
    if (((const unsigned char *)sized)[i] != 0) return false;
  }
  return true;
}

static PJRT_Error *is_ready(PJRT_Event_IsReady_Args *args) {
  seen.size = args->struct_size;
  seen.clean = zero_behind(args, PJRT_Event_IsReady_Args_STRUCT_SIZE);
  args->is_ready = true;
  return NULL;
}

static PJRT_Error *optimized(PJRT_Executable_OptimizedProgram_Args *args) {
  seen.size = args->struct_size;
  seen.inner_size = args->program->struct_size;
  seen.clean = zero_behind(args, PJRT_Executable_OptimizedProgram_Args_STRUCT_SIZE) &&
               zero_behind(args->program, PJRT_Program_STRUCT_SIZE);
  args->program->code_size = 42;
  return NULL;
}

static PJRT_Error *compile(PJRT_Client_Compile_Args *args) {
  seen.inner_size = args->program->struct_size;
  assert_int_equal(args->program->code_size, 7);
  args->executable = (PJRT_LoadedExecutable *)&seen;
  return NULL;
}

static void make(int minor) {
  make_api(&seen.api, minor);
  seen.api.PJRT_Event_IsReady = is_ready;
  seen.api.PJRT_Executable_OptimizedProgram = optimized;
  seen.api.PJRT_Client_Compile = compile;
  expect_success(ryft__table_init(&seen.table, &seen.api, "plugin.so", "test"));
}

/* What the caller's stack held before must not be seen by the plugin. */
static void ask(bool grown) {
  PJRT_Event_IsReady_Args args;
  memset(&args, 0x5a, sizeof args);
  args.extension_start = NULL;
  expect_success(ryft__PJRT_Event_IsReady(&seen.table, &args, "test"));
  assert_true(args.is_ready);
  assert_int_equal(args.struct_size, PJRT_Event_IsReady_Args_STRUCT_SIZE);
  assert_int_equal(seen.size, grown ? sizeof args + RYFT__TAIL : args.struct_size);
  assert_true(seen.clean);
}

static void plg_08_the_newest_that_was_tried_gets_what_it_knows(void **state) {
  (void)state;
  make(RYFT__MINOR_TRIED);
  ask(/* grown= */ false);
  assert_false(RYFT__WATCHED());
}

/* Needs the test above to have gone before: the mark stays. */
static void plg_08_a_newer_one_gets_zeroes_behind_and_gives_back(void **state) {
  (void)state;
  make(RYFT__MINOR_TRIED + 1);
  assert_true(RYFT__WATCHED());
  ask(/* grown= */ true);
}

static void plg_08_known_plugins_beside_a_newer_one_get_what_they_know(void **state) {
  (void)state;
  make(RYFT__MINOR_TRIED);
  ask(/* grown= */ false);
}

static void plg_08_what_args_point_to_grows_too(void **state) {
  (void)state;
  make(RYFT__MINOR_TRIED + 1);
  PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE, .code_size = 7};
  PJRT_Executable_OptimizedProgram_Args args = {.program = &program};
  expect_success(ryft__PJRT_Executable_OptimizedProgram(&seen.table, &args, "test"));
  assert_int_equal(seen.inner_size, sizeof program + RYFT__TAIL);
  assert_true(seen.clean);
  assert_ptr_equal(args.program, &program);
  assert_int_equal(program.code_size, 42);
  assert_int_equal(program.struct_size, PJRT_Program_STRUCT_SIZE);
}

/* Writing to it would end the process. */
static void plg_08_constant_inputs_are_not_written_to(void **state) {
  static const PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE, .code_size = 7};
  (void)state;
  make(RYFT__MINOR_TRIED + 1);
  PJRT_Client_Compile_Args args = {.program = &program};
  expect_success(ryft__PJRT_Client_Compile(&seen.table, &args, "test"));
  assert_int_equal(seen.inner_size, sizeof program + RYFT__TAIL);
  assert_ptr_equal(args.program, &program);
  assert_ptr_equal(args.executable, &seen);
}

/* ---- Errors are read past the callers, and an extension's in its own way. */

static int destroyed;

static void see_size(size_t size, size_t known) {
  assert_true(size >= known + RYFT__TAIL);
}

static void destroy(PJRT_Error_Destroy_Args *args) {
  see_size(args->struct_size, sizeof *args);
  ++destroyed;
}

static void message(PJRT_Error_Message_Args *args) {
  see_size(args->struct_size, sizeof *args);
  args->message = "why";
  args->message_size = 3;
}

static PJRT_Error *get_code(PJRT_Error_GetCode_Args *args) {
  see_size(args->struct_size, sizeof *args);
  args->code = PJRT_Error_Code_ABORTED;
  return NULL;
}

static PJRT_Error *payload(PJRT_Error_ForEachPayload_Args *args) {
  see_size(args->struct_size, sizeof *args);
  args->visitor("key", 3, "value", 5, args->user_arg);
  return NULL;
}

static PJRT_Error *fails(PJRT_Event_IsReady_Args *args) {
  static char somewhere[2];
  see_size(args->struct_size, sizeof *args);
  return (PJRT_Error *)(void *)somewhere;
}

static void plg_08_errors_of_a_newer_plugin_are_read(void **state) {
  (void)state;
  make_api(&seen.api, RYFT__MINOR_TRIED + 1);
  seen.api.PJRT_Error_Destroy = destroy;
  seen.api.PJRT_Error_Message = message;
  seen.api.PJRT_Error_GetCode = get_code;
  seen.api.PJRT_Error_ForEachPayload = payload;
  seen.api.PJRT_Event_IsReady = fails;
  expect_success(ryft__table_init(&seen.table, &seen.api, "plugin.so", "test"));
  PJRT_Event_IsReady_Args args = {0};
  ryft_error *error = ryft__PJRT_Event_IsReady(&seen.table, &args, "test");
  ryft_bytes value = {NULL, 0};
  assert_true(ryft_error_payload_find(error, "key", &value));
  assert_int_equal(value.size, 5);
  expect_error(error, RYFT_ABORTED, "why");
  assert_int_equal(destroyed, 1);
}

static PLUGIN_Profiler_Error *inner_fails(PLUGIN_Profiler_Start_Args *args) {
  static char somewhere[2];
  see_size(args->struct_size, sizeof *args);
  return (PLUGIN_Profiler_Error *)(void *)somewhere;
}

static void inner_message(PLUGIN_Profiler_Error_Message_Args *args) {
  see_size(args->struct_size, sizeof *args);
  args->message = "inner";
  args->message_size = 5;
}

static PLUGIN_Profiler_Error *inner_code(PLUGIN_Profiler_Error_GetCode_Args *args) {
  see_size(args->struct_size, sizeof *args);
  args->code = RYFT_NOT_FOUND;
  return NULL;
}

static void inner_destroy(PLUGIN_Profiler_Error_Destroy_Args *args) {
  see_size(args->struct_size, sizeof *args);
  ++destroyed;
}

static void plg_08_args_of_extensions_grow_alike(void **state) {
  (void)state;
  make(RYFT__MINOR_TRIED + 1);
  PLUGIN_Profiler_Api inner = {.struct_size = sizeof inner,
                               .error_destroy = inner_destroy,
                               .error_message = inner_message,
                               .error_get_code = inner_code,
                               .start = inner_fails};
  PJRT_Profiler_Extension theirs = {.base = {sizeof theirs, PJRT_Extension_Type_Profiler, NULL},
                                    .profiler_api = &inner};
  ryft__ext_profiler ours;
  ryft__ext_profiler_init(&ours, &seen.table, &theirs.base);
  PLUGIN_Profiler_Start_Args args = {0};
  destroyed = 0;
  expect_error(ryft__PLUGIN_Profiler_Start(&ours, &args, "test"), RYFT_NOT_FOUND, "inner");
  assert_int_equal(destroyed, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plg_08_the_newest_that_was_tried_gets_what_it_knows),
      cmocka_unit_test(plg_08_a_newer_one_gets_zeroes_behind_and_gives_back),
      cmocka_unit_test(plg_08_known_plugins_beside_a_newer_one_get_what_they_know),
      cmocka_unit_test(plg_08_what_args_point_to_grows_too),
      cmocka_unit_test(plg_08_constant_inputs_are_not_written_to),
      cmocka_unit_test(plg_08_errors_of_a_newer_plugin_are_read),
      cmocka_unit_test(plg_08_args_of_extensions_grow_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
