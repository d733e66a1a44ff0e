/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading a plugin's table, and what happens to calls that it cannot take. */
#include <sys/wait.h>
#include <unistd.h>

#include "src/abi/gen/calls_layouts.h"
#include "table_support.h"

static void plg_06_no_table_is_refused(void **state) {
  (void)state;
  ryft__table table;
  expect_error(ryft__table_init(&table, NULL, "plugin.so", "test"),
               RYFT_FAILED_PRECONDITION,
               "plugin.so has no PJRT table");
}

static void plg_06_tiny_table_is_refused(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_api(&api, 114);
  for (size_t size = 0; size < 40; ++size) {
    api.struct_size = size;
    expect_error(ryft__table_init(&table, &api, "plugin.so", "test"),
                 RYFT_FAILED_PRECONDITION,
                 "too small to say its version; this library speaks 0.114");
  }
}

static void plg_06_other_major_names_both_versions(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_api(&api, 114);
  api.pjrt_api_version.major_version = 1;
  expect_error(ryft__table_init(&table, &api, "plugin.so", "test"),
               RYFT_FAILED_PRECONDITION,
               "plugin.so speaks PJRT 1.114, and this library 0.114");
}

static void plg_06_too_old_minor_is_refused(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_api(&api, 39);
  expect_error(ryft__table_init(&table, &api, NULL, "test"),
               RYFT_FAILED_PRECONDITION,
               "the plugin speaks PJRT 0.39; this library (0.114) needs at least 0.40");
  make_table(&table, &api, 40);
}

static void plg_06_minor_56_is_refused_with_its_reason(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_api(&api, 56);
  expect_error(ryft__table_init(&table, &api, "plugin.so", "test"),
               RYFT_FAILED_PRECONDITION,
               "speaks PJRT 0.56, which is not supported: 0.57 put right the order");
  make_table(&table, &api, 55);
  make_table(&table, &api, 57);
}

static void plg_06_newer_and_larger_table_is_welcome(void **state) {
  (void)state;
  struct {
    PJRT_Api api;
    void *more[40];
  } newer = {0};
  ryft__table table;
  make_api(&newer.api, 114);
  newer.api.struct_size = sizeof newer;
  newer.api.pjrt_api_version.minor_version = 180;
  for (size_t i = 0; i < 40; ++i) newer.more[i] = &newer;
  expect_success(ryft__table_init(&table, &newer.api, "plugin.so", "test"));
  assert_int_equal(table.minor, 180);
  assert_int_equal(table.struct_size, sizeof newer);
  assert_true(ryft__table_has(&table, RYFT__FN_TopologyDescription_GetMemorySpaceKindIds));
}

static void plg_07_required_slot_left_empty_is_refused_at_load(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_api(&api, 81);
  api.PJRT_Event_Await = NULL;
  expect_error(ryft__table_init(&table, &api, "plugin.so", "test"),
               RYFT_FAILED_PRECONDITION,
               "plugin.so (PJRT 0.81) has no PJRT_Event_Await");
}

static void plg_07_slots_end_where_the_table_ends(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  for (int minor = 40; minor <= 120; ++minor) {
    if (minor == 56) continue;
    make_table(&table, &api, minor);
    for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
      assert_int_equal(ryft__table_has(&table, fn), minor >= ryft__fns[fn].since);
    }
  }
  assert_false(ryft__table_has(&table, -1));
  assert_false(ryft__table_has(&table, RYFT__FN_COUNT));
}

static void plg_07_missing_slot_is_unimplemented(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 81);
  PJRT_Client_Load_Args args = {0};
  expect_error(ryft__PJRT_Client_Load(&table, &args, "ryft_client_load"),
               RYFT_UNIMPLEMENTED,
               "the plugin speaks PJRT 0.81; PJRT_Client_Load was added in 0.95");
  assert_int_equal(stub.calls, 0);
}

static void plg_07_empty_slot_is_unimplemented(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_api(&api, 106);
  api.PJRT_Client_Load = NULL;
  expect_success(ryft__table_init(&table, &api, "plugin.so", "test"));
  PJRT_Client_Load_Args args = {0};
  ryft_error *error = ryft__PJRT_Client_Load(&table, &args, "ryft_client_load");
  assert_string_equal(ryft_error_where(error), "ryft_client_load (PJRT_Client_Load)");
  expect_error(error, RYFT_UNIMPLEMENTED, "the plugin (PJRT 0.106) leaves PJRT_Client_Load empty");
}

static void plg_07_a_call_sets_the_size_and_passes(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 114);
  PJRT_Event_IsReady_Args args = {0};
  expect_success(ryft__PJRT_Event_IsReady(&table, &args, __func__));
  assert_int_equal(stub.calls, 1);
  assert_ptr_equal(stub.args, &args);
  assert_int_equal(args.struct_size, 25); /* not sizeof, which is 32 */
}

static void plg_07_void_functions_do_nothing_when_absent(void **state) {
  (void)state;
  ryft__table empty = {.minor = 114};
  PJRT_Error_Destroy_Args destroy = {0};
  PJRT_Error_Message_Args message = {0};
  ryft__PJRT_Error_Destroy(&empty, &destroy, __func__);
  ryft__PJRT_Error_Message(&empty, &message, __func__);
  assert_null(message.message);
}

static void plg_07_calls_do_not_reach_past_a_short_extension(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 81);
  /* 72 bytes, as in 0.81: the last entry of ours lies behind the end, where there is rubbish. */
  PJRT_Layouts_Extension theirs;
  memset(&theirs, 0x5a, sizeof theirs);
  theirs.base = (PJRT_Extension_Base){72, PJRT_Extension_Type_Layouts, NULL};
  theirs.PJRT_Layouts_PJRT_Executable_GetOutputLayouts = NULL;
  ryft__ext_layouts layouts;
  ryft__ext_layouts_init(&layouts, &table, &theirs.base);
  PJRT_Layouts_PJRT_Executable_GetParameterLayouts_Args late = {0};
  expect_error(ryft__PJRT_Layouts_PJRT_Executable_GetParameterLayouts(&layouts, &late, __func__),
               RYFT_UNIMPLEMENTED,
               "PJRT 0.81; PJRT_Layouts_PJRT_Executable_GetParameterLayouts was added in 0.93");
  PJRT_Layouts_PJRT_Executable_GetOutputLayouts_Args empty = {0};
  expect_error(ryft__PJRT_Layouts_PJRT_Executable_GetOutputLayouts(&layouts, &empty, __func__),
               RYFT_UNIMPLEMENTED,
               "the Layouts extension of the plugin (PJRT 0.81) leaves");
}

/* A size that ends within a pointer, behind which there is rubbish. */
static void plg_07_half_a_pointer_is_no_function(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  const size_t at = offsetof(PJRT_Api, PJRT_Error_ForEachPayload);
  for (size_t bytes = 0; bytes <= sizeof(void *); ++bytes) {
    make_api(&api, 114);
    api.struct_size = at + bytes;
    expect_success(ryft__table_init(&table, &api, "plugin.so", "test"));
    assert_int_equal(table.api.PJRT_Error_ForEachPayload != NULL, bytes == sizeof(void *));
    assert_int_equal(table.struct_size, at + bytes);
  }
}

/* Where the functions that a minor had end, by the registry. */
static size_t table_size_of(int minor) {
  size_t size = offsetof(PJRT_Api, PJRT_Error_Destroy);
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    if (ryft__fns[fn].since <= minor) size = ryft__fns[fn].offset + sizeof(void *);
  }
  return size;
}

static void plg_18_table_sizes_are_those_of_real_plugins(void **state) {
  (void)state;
  assert_int_equal(table_size_of(40), 816);
  assert_int_equal(table_size_of(81), 984);
  assert_int_equal(table_size_of(106), 1128);
  assert_int_equal(table_size_of(114), 1144);
  assert_int_equal(table_size_of(200), sizeof(PJRT_Api));
}

/* ---- The field gate. */

static ryft_error *execute(const ryft__table *table, PJRT_ExecuteOptions *options) {
  PJRT_LoadedExecutable_Execute_Args args = {.options = options};
  options->struct_size = PJRT_ExecuteOptions_STRUCT_SIZE;
  return ryft__PJRT_LoadedExecutable_Execute(table, &args, "ryft_execute");
}

static void new_02_field_gate_refuses_newer_input(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 81);
  PJRT_HloOutputCallbackInfo info = {0};
  expect_error(execute(&table, &(PJRT_ExecuteOptions){.hlo_output_callbacks = &info}),
               RYFT_UNIMPLEMENTED,
               "the plugin speaks PJRT 0.81 and would ignore "
               "PJRT_ExecuteOptions.hlo_output_callbacks, which was added in 0.112");
  expect_error(execute(&table, &(PJRT_ExecuteOptions){.num_hlo_output_callbacks = 1}),
               RYFT_UNIMPLEMENTED,
               "PJRT_ExecuteOptions.num_hlo_output_callbacks");
  expect_error(
      execute(&table, &(PJRT_ExecuteOptions){.use_major_to_minor_data_layout_for_callbacks = true}),
      RYFT_UNIMPLEMENTED,
      "which was added in 0.108");
  assert_int_equal(stub.calls, 0);
}

static void new_02_field_gate_lets_known_and_zero_inputs_pass(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 81);
  expect_success(execute(&table, &(PJRT_ExecuteOptions){.call_location = "here"}));
  expect_success(execute(&table, &(PJRT_ExecuteOptions){.num_tasks = 1, .launch_id = 7}));
  PJRT_LoadedExecutable_Execute_Args no_options = {0};
  expect_success(ryft__PJRT_LoadedExecutable_Execute(&table, &no_options, __func__));
  make_table(&table, &api, 75);
  expect_error(execute(&table, &(PJRT_ExecuteOptions){.call_location = "here"}),
               RYFT_UNIMPLEMENTED,
               "PJRT_ExecuteOptions.call_location, which was added in 0.76");
  make_table(&table, &api, 114);
  expect_success(execute(&table, &(PJRT_ExecuteOptions){.num_hlo_output_callbacks = 1}));
}

static void new_02_field_gate_sees_args_that_grew(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 106);
  PJRT_LoadOptions options = {.struct_size = PJRT_LoadOptions_STRUCT_SIZE};
  PJRT_Executable_DeserializeAndLoad_Args args = {.load_options = &options};
  expect_error(ryft__PJRT_Executable_DeserializeAndLoad(&table, &args, __func__),
               RYFT_UNIMPLEMENTED,
               "PJRT_Executable_DeserializeAndLoad_Args.load_options, which was added in 0.111");
}

static void new_02_field_gate_sees_newer_enumerators(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 81);
  PJRT_Client_BufferFromHostBuffer_Args args = {.type = PJRT_Buffer_Type_S1};
  expect_error(ryft__PJRT_Client_BufferFromHostBuffer(&table, &args, __func__),
               RYFT_UNIMPLEMENTED,
               "does not know PJRT_Buffer_Type_S1, which was added in 0.94");
  args.type = PJRT_Buffer_Type_F32;
  expect_success(ryft__PJRT_Client_BufferFromHostBuffer(&table, &args, __func__));
  args.type = (PJRT_Buffer_Type)99; /* the caller may know more than we do */
  expect_success(ryft__PJRT_Client_BufferFromHostBuffer(&table, &args, __func__));
  PJRT_ShapeSpec shapes[3] = {{.element_type = PJRT_Buffer_Type_F32},
                              {.element_type = PJRT_Buffer_Type_S32},
                              {.element_type = PJRT_Buffer_Type_U1}};
  PJRT_Client_CreateBuffersForAsyncHostToDevice_Args transfer = {.shape_specs = shapes,
                                                                 .num_shape_specs = 3};
  expect_error(ryft__PJRT_Client_CreateBuffersForAsyncHostToDevice(&table, &transfer, __func__),
               RYFT_UNIMPLEMENTED,
               "PJRT_Buffer_Type_U1");
  transfer.num_shape_specs = 2;
  expect_error(ryft__PJRT_Client_CreateBuffersForAsyncHostToDevice(&table, &transfer, __func__),
               RYFT_INTERNAL,
               "gave no async host to device transfer manager and no error");
}

/* The plugin here says of all that it went well, and makes nothing. */
static void new_03_what_a_call_makes_must_be_there(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 114);
  PJRT_Client_Compile_Args compile = {.client = NULL};
  ryft_error *error = ryft__PJRT_Client_Compile(&table, &compile, "ryft_client_compile");
  assert_string_equal(ryft_error_where(error), "ryft_client_compile (PJRT_Client_Compile)");
  expect_error(error, RYFT_INTERNAL, "the plugin gave no loaded executable and no error");
  PJRT_Buffer_ReadyEvent_Args ready = {.buffer = NULL};
  expect_error(ryft__PJRT_Buffer_ReadyEvent(&table, &ready, __func__), RYFT_INTERNAL, "no event");
  /* Asked for a size alone it gives none. */
  PJRT_Buffer_ToHostBuffer_Args size = {.dst = NULL};
  expect_success(ryft__PJRT_Buffer_ToHostBuffer(&table, &size, __func__));
}

/* ---- Forks. Last, since it cannot be undone in this process. */

static void plg_07_calls_in_a_forked_child_are_refused(void **state) {
  (void)state;
  PJRT_Api api;
  ryft__table table;
  make_table(&table, &api, 114);
  ryft__watch_forks();
  ryft__watch_forks();
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    PJRT_Event_IsReady_Args args = {0};
    ryft_error *error = ryft__PJRT_Event_IsReady(&table, &args, "test");
    const bool right = error != NULL && stub.calls == 0 &&
                       ryft_error_code(error) == RYFT_FAILED_PRECONDITION &&
                       strstr(ryft_error_message(error), "forked") != NULL;
    ryft_error_destroy(error);
    _exit(right ? 0 : 1);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  PJRT_Event_IsReady_Args args = {0};
  expect_success(ryft__PJRT_Event_IsReady(&table, &args, "test"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plg_06_no_table_is_refused),
      cmocka_unit_test(plg_06_tiny_table_is_refused),
      cmocka_unit_test(plg_06_other_major_names_both_versions),
      cmocka_unit_test(plg_06_too_old_minor_is_refused),
      cmocka_unit_test(plg_06_minor_56_is_refused_with_its_reason),
      cmocka_unit_test(plg_06_newer_and_larger_table_is_welcome),
      cmocka_unit_test(plg_07_required_slot_left_empty_is_refused_at_load),
      cmocka_unit_test(plg_07_slots_end_where_the_table_ends),
      cmocka_unit_test(plg_07_missing_slot_is_unimplemented),
      cmocka_unit_test(plg_07_empty_slot_is_unimplemented),
      cmocka_unit_test(plg_07_a_call_sets_the_size_and_passes),
      cmocka_unit_test(plg_07_void_functions_do_nothing_when_absent),
      cmocka_unit_test(plg_07_calls_do_not_reach_past_a_short_extension),
      cmocka_unit_test(plg_07_half_a_pointer_is_no_function),
      cmocka_unit_test(plg_18_table_sizes_are_those_of_real_plugins),
      cmocka_unit_test(new_02_field_gate_refuses_newer_input),
      cmocka_unit_test(new_02_field_gate_lets_known_and_zero_inputs_pass),
      cmocka_unit_test(new_02_field_gate_sees_args_that_grew),
      cmocka_unit_test(new_02_field_gate_sees_newer_enumerators),
      cmocka_unit_test(new_03_what_a_call_makes_must_be_there),
      cmocka_unit_test(plg_07_calls_in_a_forked_child_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
