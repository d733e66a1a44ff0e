/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Callers of extensions: args that start in other ways, tables within tables, errors of their own.
 */
#include "src/abi/gen/calls_pjrt_ffi.h"
#include "src/abi/gen/calls_profiler.h"
#include "src/abi/gen/calls_xla_transform.h"
#include "table_support.h"

static PJRT_Api api;
static ryft__table table;

static int set_up(void **state) {
  (void)state;
  make_table(&table, &api, 114);
  return 0;
}

/* ---- Args without extension_start. */

static PJRT_Error *see_handler(PJRT_FFI_Register_Handler_Args *args) {
  assert_int_equal(args->struct_size, 52);
  assert_int_equal(args->target_name_size, 3);
  assert_memory_equal(args->target_name, "abc", 3);
  return NULL;
}

static void plg_18_args_without_extensions_have_their_name_where_upstream_has_it(void **state) {
  (void)state;
  assert_int_equal(offsetof(PJRT_FFI_Register_Handler_Args, target_name), 8);
  assert_int_equal(offsetof(PJRT_Register_Xla_Transform_Args, name), 8);
  PJRT_FFI_Extension theirs = {
      .base = {sizeof theirs, PJRT_Extension_Type_FFI, NULL},
      .register_handler = see_handler,
  };
  ryft__ext_pjrt_ffi ffi;
  ryft__ext_pjrt_ffi_init(&ffi, &table, &theirs.base);
  PJRT_FFI_Register_Handler_Args args = {.target_name = "abc", .target_name_size = 3};
  expect_success(ryft__PJRT_FFI_Register_Handler(&ffi, &args, "test"));
}

static void plg_18_messages_name_the_call_and_not_the_field(void **state) {
  (void)state;
  PJRT_FFI_Extension theirs = {.base = {32, PJRT_Extension_Type_FFI, NULL}};
  ryft__ext_pjrt_ffi ffi;
  ryft__ext_pjrt_ffi_init(&ffi, &table, &theirs.base);
  PJRT_FFI_Type_Register_Args args = {0};
  expect_error(ryft__PJRT_FFI_Type_Register(&ffi, &args, "test"),
               RYFT_UNIMPLEMENTED,
               "the FFI extension of the plugin (PJRT 0.114) leaves PJRT_FFI_Type_Register empty");
}

static PJRT_Error *never(PJRT_FFI_Type_Register_Args *args) {
  (void)args;
  fail_msg("called although an input was too new");
  return NULL;
}

static void plg_07_fields_of_extensions_are_gated(void **state) {
  (void)state;
  ryft__table old = table;
  old.minor = 72;
  PJRT_FFI_Extension theirs = {.base = {40, PJRT_Extension_Type_FFI, NULL}, .type_register = never};
  ryft__ext_pjrt_ffi ffi;
  ryft__ext_pjrt_ffi_init(&ffi, &old, &theirs.base);
  PJRT_FFI_Type_Info info = {0};
  PJRT_FFI_Type_Register_Args args = {.type_info = &info};
  expect_error(ryft__PJRT_FFI_Type_Register(&ffi, &args, "test"),
               RYFT_UNIMPLEMENTED,
               "would ignore PJRT_FFI_Type_Register_Args.type_info");
}

/* ---- 40 bytes and 56. */

static PJRT_Error *see_transform(PJRT_Register_Xla_Transform_Args *args) {
  assert_int_equal(args->struct_size, 40);
  return NULL;
}

static void plg_07_the_shorter_transform_table_ends_where_it_says(void **state) {
  (void)state;
  PJRT_Xla_Transform_Extension theirs;
  memset(&theirs, 0x5a, sizeof theirs);
  theirs.base = (PJRT_Extension_Base){40, PJRT_Extension_Type_XlaTransform, NULL};
  theirs.register_xla_transform = see_transform;
  ryft__ext_xla_transform transform;
  ryft__ext_xla_transform_init(&transform, &table, &theirs.base);
  PJRT_Register_Xla_Transform_Args args = {.name = "x", .name_size = 1};
  expect_success(ryft__PJRT_Register_Xla_Transform(&transform, &args, "test"));
  PJRT_Xla_Transform_Get_Hlo_Pass_Pipeline_Trace_Args trace = {0};
  expect_error(ryft__PJRT_Xla_Transform_Get_Hlo_Pass_Pipeline_Trace(&transform, &trace, "test"),
               RYFT_UNIMPLEMENTED,
               "the XlaTransform extension of the plugin");
}

/* ---- Functions of ours that a plugin calls. */

typedef struct rewriter {
  int ended;
  int rewrites;
  bool changed;
} rewriter;

static void end_rewriter(void *self) {
  ++((rewriter *)self)->ended;
}

static void rewrite(void *self, PJRT_XlaTransform_Args *args) {
  rewriter *ours = self;
  assert_memory_equal(args->hlo_module.data, "hlo", args->hlo_module.size);
  args->transformed_hlo_module = (PJRT_XlaTransform_string){"new", 3};
  args->changed = true;
  ++ours->rewrites;
}

static void plg_18_functions_of_ours_are_found_from_what_the_plugin_hands_back(void **state) {
  (void)state;
  rewriter ours = {0};
  ryft__given_XlaTransform_Callbacks given = {
      .self = &ours, .dtor = end_rewriter, .transform_hlo_module = rewrite};
  ryft__given_XlaTransform_Callbacks_init(&given);
  PJRT_XlaTransform_Args args = {.struct_size = PJRT_XlaTransform_Args_STRUCT_SIZE,
                                 .hlo_module = {"hlo", 3}};
  given.raw.transform_hlo_module(&given.raw, &args);
  assert_int_equal(ours.rewrites, 1);
  assert_true(args.changed);
  assert_int_equal(args.transformed_hlo_module.size, 3);
  assert_int_equal(args.struct_size, PJRT_XlaTransform_Args_STRUCT_SIZE);
  given.raw.dtor(&given.raw);
  assert_int_equal(ours.ended, 1);
}

/* What lies behind a shorter struct of the plugin's is not ours to read or write. */
static void plg_18_shorter_args_of_a_plugin_are_not_written_behind(void **state) {
  (void)state;
  rewriter ours = {0};
  ryft__given_XlaTransform_Callbacks given = {.self = &ours, .transform_hlo_module = rewrite};
  ryft__given_XlaTransform_Callbacks_init(&given);
  assert_null(given.raw.dtor);
  PJRT_XlaTransform_Args args;
  memset(&args, 0x5a, sizeof args);
  args.struct_size = offsetof(PJRT_XlaTransform_Args, transformed_hlo_module);
  args.hlo_module = (PJRT_XlaTransform_string){"hlo", 3};
  const PJRT_XlaTransform_Args before = args;
  given.raw.transform_hlo_module(&given.raw, &args);
  assert_int_equal(ours.rewrites, 1);
  assert_memory_equal(&args, &before, sizeof args);
}

/* ---- A table within an extension, with errors of its own. */

static struct {
  int destroyed;
  int code;
  const char *message;
  bool code_fails;
} profiler;

/* Only its address is ever looked at. */
static PLUGIN_Profiler_Error *an_error(void) {
  static char somewhere[2];
  return (PLUGIN_Profiler_Error *)(void *)somewhere;
}

static void error_destroy(PLUGIN_Profiler_Error_Destroy_Args *args) {
  assert_int_equal(args->struct_size, 24);
  assert_ptr_equal(args->error, an_error());
  ++profiler.destroyed;
}

static void error_message(PLUGIN_Profiler_Error_Message_Args *args) {
  assert_int_equal(args->struct_size, 40);
  args->message = profiler.message;
  args->message_size = profiler.message == NULL ? 0 : strlen(profiler.message);
}

static PLUGIN_Profiler_Error *error_get_code(PLUGIN_Profiler_Error_GetCode_Args *args) {
  assert_int_equal(args->struct_size, 28);
  if (profiler.code_fails) return an_error();
  args->code = profiler.code;
  return NULL;
}

static PLUGIN_Profiler_Error *create(PLUGIN_Profiler_Create_Args *args) {
  assert_int_equal(args->struct_size, 32);
  return an_error();
}

static PLUGIN_Profiler_Api profiler_api = {
    .struct_size = sizeof profiler_api,
    .error_destroy = error_destroy,
    .error_message = error_message,
    .error_get_code = error_get_code,
    .create = create,
};

static ryft_error *create_profiler(PLUGIN_Profiler_Api *inner) {
  PJRT_Profiler_Extension theirs = {.base = {sizeof theirs, PJRT_Extension_Type_Profiler, NULL},
                                    .profiler_api = inner};
  ryft__ext_profiler ours;
  ryft__ext_profiler_init(&ours, &table, &theirs.base);
  PLUGIN_Profiler_Create_Args args = {0};
  return ryft__PLUGIN_Profiler_Create(&ours, &args, "test");
}

static void plg_13_errors_of_another_type_become_ours(void **state) {
  (void)state;
  memset(&profiler, 0, sizeof profiler);
  profiler.code = RYFT_ALREADY_EXISTS;
  profiler.message = "another profiler runs";
  ryft_error *error = create_profiler(&profiler_api);
  assert_non_null(error);
  assert_true(ryft_error_is_from_plugin(error));
  expect_error(error, RYFT_ALREADY_EXISTS, "another profiler runs");
  assert_int_equal(profiler.destroyed, 1);
}

static void plg_13_errors_that_cannot_be_read_are_errors_all_the_same(void **state) {
  (void)state;
  memset(&profiler, 0, sizeof profiler);
  profiler.code_fails = true;
  expect_error(create_profiler(&profiler_api), RYFT_UNKNOWN, "gave no message");
  assert_int_equal(profiler.destroyed, 2);
  PLUGIN_Profiler_Api bare = {.struct_size = sizeof bare, .create = create};
  expect_error(create_profiler(&bare), RYFT_UNKNOWN, "gave no message");
  assert_int_equal(profiler.destroyed, 2);
}

static void plg_14_tables_within_tables_may_be_missing_or_short(void **state) {
  (void)state;
  const char *expected =
      "the Profiler extension of the plugin (PJRT 0.114) leaves PLUGIN_Profiler_Create";
  expect_error(create_profiler(NULL), RYFT_UNIMPLEMENTED, expected);
  PLUGIN_Profiler_Api shorter = profiler_api;
  shorter.struct_size = offsetof(PLUGIN_Profiler_Api, create);
  expect_error(create_profiler(&shorter), RYFT_UNIMPLEMENTED, expected);
  shorter.struct_size = offsetof(PLUGIN_Profiler_Api, destroy) - 1;
  expect_error(create_profiler(&shorter), RYFT_UNIMPLEMENTED, expected);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plg_18_args_without_extensions_have_their_name_where_upstream_has_it),
      cmocka_unit_test(plg_18_messages_name_the_call_and_not_the_field),
      cmocka_unit_test(plg_07_fields_of_extensions_are_gated),
      cmocka_unit_test(plg_07_the_shorter_transform_table_ends_where_it_says),
      cmocka_unit_test(plg_18_functions_of_ours_are_found_from_what_the_plugin_hands_back),
      cmocka_unit_test(plg_18_shorter_args_of_a_plugin_are_not_written_behind),
      cmocka_unit_test(plg_13_errors_of_another_type_become_ours),
      cmocka_unit_test(plg_13_errors_that_cannot_be_read_are_errors_all_the_same),
      cmocka_unit_test(plg_14_tables_within_tables_may_be_missing_or_short),
  };
  return cmocka_run_group_tests(tests, set_up, NULL);
}
