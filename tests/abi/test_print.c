/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The generic printer of args. */
#include <locale.h>

#include "src/abi/print.h"
#include "table_support.h"

static char text[2048];

static const char *print(int fn, const void *args, ryft__part part) {
  ryft__sink sink;
  ryft__sink_init(&sink, text, sizeof text);
  ryft__print_args(&sink, fn, args, part);
  return text;
}

static void new_11_handles_and_structs_are_printed(void **state) {
  (void)state;
  char code[] = "module {}", format[] = "mlirX";
  PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE,
                          .code = code,
                          .code_size = 9,
                          .format = format,
                          .format_size = 4};
  PJRT_Client_Compile_Args args = {.client = (PJRT_Client *)0x1000,
                                   .program = &program,
                                   .executable = (PJRT_LoadedExecutable *)0x2000};
  assert_string_equal(print(RYFT__FN_Client_Compile, &args, RYFT__PART_INPUTS),
                      "client=0x1000, program={code=<9 bytes>, format=\"mlir\"}, "
                      "compile_options=NULL");
  assert_string_equal(print(RYFT__FN_Client_Compile, &args, RYFT__PART_OUTPUTS),
                      "executable=0x2000");
}

static void new_11_named_values_are_printed_by_tag(void **state) {
  (void)state;
  const int64_t list[] = {1, -2, 3};
  PJRT_NamedValue values[6] = {
      {.type = PJRT_NamedValue_kString, .string_value = "a\"b\n", .value_size = 4},
      {.type = PJRT_NamedValue_kInt64, .int64_value = -7, .value_size = 1},
      {.type = PJRT_NamedValue_kInt64List, .int64_array_value = list, .value_size = 3},
      {.type = PJRT_NamedValue_kFloat, .float_value = 0.5F, .value_size = 1},
      {.type = PJRT_NamedValue_kBool, .bool_value = true, .value_size = 1},
      {.type = (PJRT_NamedValue_Type)77, .int64_value = -1, .value_size = 1},
  };
  for (int i = 0; i < 6; ++i) {
    values[i].struct_size = PJRT_NamedValue_STRUCT_SIZE;
    values[i].name = "name";
    values[i].name_size = 2;
  }
  PJRT_Client_Create_Args args = {.create_options = values, .num_options = 6};
  const char *shown = print(RYFT__FN_Client_Create, &args, RYFT__PART_INPUTS);
  assert_non_null(
      strstr(shown, "{name=\"na\", type=PJRT_NamedValue_kString, string_value=\"a\\\"b\\n\"}"));
  assert_non_null(strstr(shown, "int64_value=-7"));
  assert_non_null(strstr(shown, "int64_array_value=[1, -2, 3]"));
  assert_non_null(strstr(shown, "float_value=0.5"));
  assert_non_null(strstr(shown, "bool_value=true"));
  assert_non_null(strstr(shown, "{name=\"na\", type=77}")); /* unknown tag: no arm is read */
}

static void new_11_long_arrays_are_elided(void **state) {
  (void)state;
  int64_t dims[20];
  for (int i = 0; i < 20; ++i) dims[i] = i;
  PJRT_Buffer_Dimensions_Args args = {.dims = dims, .num_dims = 20};
  assert_string_equal(print(RYFT__FN_Buffer_Dimensions, &args, RYFT__PART_OUTPUTS),
                      "dims=[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, ... (20)]");
  args.num_dims = 2;
  assert_string_equal(print(RYFT__FN_Buffer_Dimensions, &args, RYFT__PART_OUTPUTS), "dims=[0, 1]");
}

static void new_11_outputs_are_not_followed_before_the_call(void **state) {
  (void)state;
  PJRT_Buffer_Dimensions_Args args;
  memset(&args, 0x5a, sizeof args); /* rubbish that would crash */
  args.extension_start = NULL;
  args.buffer = NULL;
  assert_string_equal(print(RYFT__FN_Buffer_Dimensions, &args, RYFT__PART_INPUTS), "buffer=NULL");
}

static void new_11_matrices_and_layouts_are_printed(void **state) {
  (void)state;
  PJRT_Buffer *row[] = {(PJRT_Buffer *)0x10, (PJRT_Buffer *)0x20};
  PJRT_Buffer *const *const rows[] = {row, NULL};
  PJRT_LoadedExecutable_Execute_Args execute = {
      .argument_lists = rows, .num_devices = 2, .num_args = 2};
  const char *shown = print(RYFT__FN_LoadedExecutable_Execute, &execute, RYFT__PART_INPUTS);
  assert_non_null(strstr(shown, "argument_lists=[[0x10, 0x20], NULL]"));
  const int64_t order[] = {1, 0};
  PJRT_Buffer_MemoryLayout layout = {.struct_size = PJRT_Buffer_MemoryLayout_STRUCT_SIZE,
                                     .type = PJRT_Buffer_MemoryLayout_Type_Tiled};
  layout.tiled.minor_to_major = order;
  layout.tiled.minor_to_major_size = 2;
  PJRT_Buffer_ToHostBuffer_Args read = {.host_layout = &layout};
  shown = print(RYFT__FN_Buffer_ToHostBuffer, &read, RYFT__PART_INPUTS);
  assert_non_null(strstr(shown, "minor_to_major=[1, 0]"));
  assert_non_null(strstr(shown, "type=PJRT_Buffer_MemoryLayout_Type_Tiled"));
  assert_null(strstr(shown, "strides"));
}

static void new_11_lists_of_strings_are_printed(void **state) {
  (void)state;
  const char *const kinds[] = {"deviceX", "pinned_host"};
  const size_t sizes[] = {6, 11};
  PJRT_Executable_OutputMemoryKinds_Args args = {
      .num_outputs = 2, .memory_kinds = kinds, .memory_kind_sizes = sizes};
  assert_string_equal(print(RYFT__FN_Executable_OutputMemoryKinds, &args, RYFT__PART_OUTPUTS),
                      "memory_kinds=[\"device\", \"pinned_host\"]");
}

static void new_11_shorter_structs_of_others_are_respected(void **state) {
  (void)state;
  PJRT_NamedValue value = {.name = "n", .name_size = 1, .value_size = 1};
  value.struct_size = 36; /* up to and with type */
  PJRT_Plugin_Attributes_Args args = {.attributes = &value, .num_attributes = 1};
  assert_string_equal(print(RYFT__FN_Plugin_Attributes, &args, RYFT__PART_OUTPUTS),
                      "attributes=[{name=\"n\", type=PJRT_NamedValue_kString}]");
}

static void new_11_text_is_bounded(void **state) {
  (void)state;
  char small[24];
  ryft__sink sink;
  ryft__sink_init(&sink, small, sizeof small);
  PJRT_Client_Create_Args args = {0};
  ryft__print_args(&sink, RYFT__FN_Client_Create, &args, RYFT__PART_INPUTS);
  assert_true(ryft__sink_is_cut(&sink));
  ryft__sink_mark_cut(&sink);
  assert_int_equal(strlen(small), sizeof small - 1);
  assert_string_equal(small + 20, "...");
  char call_site[400];
  memset(call_site, 'y', sizeof call_site);
  call_site[399] = '\0';
  PJRT_ExecuteOptions options = {.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE,
                                 .call_location = call_site};
  PJRT_LoadedExecutable_Execute_Args execute = {.options = &options};
  assert_non_null(strstr(print(RYFT__FN_LoadedExecutable_Execute, &execute, RYFT__PART_INPUTS),
                         "yyy\"... (399)"));
}

static void new_11_numbers_do_not_follow_the_locale(void **state) {
  (void)state;
  (void)setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is installed */
  PJRT_NamedValue value = {.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                           .type = PJRT_NamedValue_kFloat,
                           .float_value = 1.25F};
  PJRT_Client_Create_Args args = {.create_options = &value, .num_options = 1};
  print(RYFT__FN_Client_Create, &args, RYFT__PART_INPUTS);
  (void)setlocale(LC_ALL, "C");
  assert_non_null(strstr(text, "float_value=1.25"));
}

/* ---- As JSON. */

static const char *print_numbers(int fn, const void *args, ryft__part part, size_t room) {
  ryft__sink sink;
  ryft__sink_init(&sink, text, room);
  ryft__print_numbers(&sink, fn, args, part);
  return text;
}

static void new_11_numbers_are_those_of_nested_structs_too(void **state) {
  (void)state;
  char code[] = "module {}", format[] = "mlir";
  PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE,
                          .code = code,
                          .code_size = 9,
                          .format = format,
                          .format_size = 4};
  PJRT_Client_Compile_Args compile = {.program = &program, .compile_options_size = 7};
  assert_string_equal(
      print_numbers(RYFT__FN_Client_Compile, &compile, RYFT__PART_INPUTS, sizeof text),
      "\"program\":{\"code_size\":9,\"format_size\":4},\"compile_options_size\":7");
  assert_string_equal(
      print_numbers(RYFT__FN_Client_Compile, &compile, RYFT__PART_OUTPUTS, sizeof text), "");
  compile.program = NULL;
  assert_string_equal(
      print_numbers(RYFT__FN_Client_Compile, &compile, RYFT__PART_INPUTS, sizeof text),
      "\"compile_options_size\":7");
  const int64_t order[] = {1, 0};
  PJRT_Buffer_GetMemoryLayout_Args get = {
      .layout = {.struct_size = PJRT_Buffer_MemoryLayout_STRUCT_SIZE,
                 .type = PJRT_Buffer_MemoryLayout_Type_Tiled}};
  get.layout.tiled.minor_to_major = order;
  get.layout.tiled.minor_to_major_size = 2;
  const char *shown =
      print_numbers(RYFT__FN_Buffer_GetMemoryLayout, &get, RYFT__PART_OUTPUTS, sizeof text);
  assert_non_null(strstr(shown, "\"minor_to_major\":[1,0]"));
  assert_non_null(strstr(shown, "\"type\":\"PJRT_Buffer_MemoryLayout_Type_Tiled\""));
}

/* However little room there is, fields are whole or not there. */
static void new_11_numbers_that_do_not_fit_are_left_out(void **state) {
  (void)state;
  PJRT_Program program = {.struct_size = PJRT_Program_STRUCT_SIZE, .code_size = 123456};
  PJRT_Client_Compile_Args args = {.program = &program, .compile_options_size = 7};
  static const char *const all[] = {
      "",
      "\"program\":{\"code_size\":123456}",
      "\"program\":{\"format_size\":0}",
      "\"program\":{\"code_size\":123456,\"format_size\":0}",
      "\"compile_options_size\":7",
      "\"program\":{\"code_size\":123456},\"compile_options_size\":7",
      "\"program\":{\"code_size\":123456,\"format_size\":0},\"compile_options_size\":7",
  };
  size_t longest = 0;
  for (size_t room = 1; room <= 100; ++room) {
    const char *shown = print_numbers(RYFT__FN_Client_Compile, &args, RYFT__PART_INPUTS, room);
    bool whole = false;
    for (size_t i = 0; i < RYFT__COUNT(all); ++i) whole |= strcmp(shown, all[i]) == 0;
    if (!whole) fail_msg("%s", shown);
    assert_true(strlen(shown) < room);
    if (strlen(shown) > longest) longest = strlen(shown);
  }
  assert_int_equal(longest, strlen(all[RYFT__COUNT(all) - 1]));
}

/* Every function's args, zeroed, can be printed: the tables hold together. */
static void plg_18_every_function_can_be_printed(void **state) {
  (void)state;
  unsigned char args[512] = {0};
  for (int fn = 0; fn < RYFT__FN_COUNT; ++fn) {
    assert_in_range(ryft__structs[ryft__fns[fn].args].size, 16, sizeof args);
    print(fn, args, RYFT__PART_INPUTS);
    print(fn, args, RYFT__PART_OUTPUTS);
    print_numbers(fn, args, RYFT__PART_INPUTS, sizeof text);
    print_numbers(fn, args, RYFT__PART_OUTPUTS, sizeof text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(new_11_handles_and_structs_are_printed),
      cmocka_unit_test(new_11_named_values_are_printed_by_tag),
      cmocka_unit_test(new_11_long_arrays_are_elided),
      cmocka_unit_test(new_11_outputs_are_not_followed_before_the_call),
      cmocka_unit_test(new_11_matrices_and_layouts_are_printed),
      cmocka_unit_test(new_11_lists_of_strings_are_printed),
      cmocka_unit_test(new_11_shorter_structs_of_others_are_respected),
      cmocka_unit_test(new_11_text_is_bounded),
      cmocka_unit_test(new_11_numbers_do_not_follow_the_locale),
      cmocka_unit_test(new_11_numbers_are_those_of_nested_structs_too),
      cmocka_unit_test(new_11_numbers_that_do_not_fit_are_left_out),
      cmocka_unit_test(plg_18_every_function_can_be_printed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
