/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* NULL within what is given: in structs, in lists, with a count. Parameters that are NULL are tried
 * by tests/declared, one and all. */
#include <string.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

typedef struct scene {
  fake_control fake;
  ryft_plugin *plugin;
  ryft_client *client;
  ryft_loaded_executable *add;
  ryft_buffer *argument;
} scene;

#define ADD FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

/* `call` answers that `name` is NULL. */
#define assert_names(name, call) assert_code((call), RYFT_INVALID_ARGUMENT, "`" name "` is NULL")

static int set_up(void **state) {
  static scene s;
  static const int32_t zeros[4];
  s.plugin = fake_load("fake", &s.fake);
  s.fake.fake_reset();
  assert_ok(ryft_client_create(s.plugin, /* options= */ NULL, &s.client));
  assert_ok(ryft_client_compile(s.client, RYFT_PROGRAM_TEXT(ADD), /* options= */ NULL, &s.add));
  assert_ok(ryft_buffer_from_host(ryft_client_devices(s.client).items[0],
                                  zeros,
                                  sizeof zeros,
                                  RYFT_SHAPE(RYFT_S32, 4),
                                  /* options= */ NULL,
                                  &s.argument,
                                  /* done= */ NULL));
  *state = &s;
  return 0;
}

static int tear_down(void **state) {
  scene *s = *state;
  ryft_buffer_destroy(s->argument);
  ryft_loaded_executable_destroy(s->add);
  ryft_client_destroy(s->client);
  ryft_plugin_destroy(s->plugin);
  s->fake.fake_reset();
  assert_nothing_alive(&s->fake);
  return 0;
}

static void err_01_error(void **state) {
  (void)state;
  assert_code(ryft_error_create(RYFT_ABORTED, NULL), RYFT_ABORTED, "");
  assert_code(ryft_error_format(RYFT_ABORTED, NULL), RYFT_ABORTED, "");
  assert_null(ryft_error_copy(NULL));
  ryft_bytes value = {"", 1};
  assert_false(ryft_error_payload_find(NULL, "a", &value));
  assert_null(value.data);
}

static void cmp_01_program(void **state) {
  const ryft_bytes code = {ADD, sizeof(ADD) - 1};
  ryft_program *program = (ryft_program *)&program;
  (void)state;
  assert_code(
      ryft_program_create("mlir", (ryft_bytes){NULL, 5}, &program), RYFT_INVALID_ARGUMENT, "empty");
  assert_null(program);
  assert_ok(ryft_program_create(NULL, code, &program));
  ryft_program_destroy(program);
}

static void plg_01_lists(void **state) {
  const scene *s = *state;
  size_t count = 7;
  assert_null(ryft_plugin_extensions(NULL, &count));
  assert_int_equal(count, 0);
  assert_non_null(ryft_plugin_extensions(s->plugin, NULL));
  assert_non_null(ryft_catalogue(NULL));
  assert_non_null(ryft_catalogue_names(NULL));
  count = 7;
  assert_null(ryft_found_plugins_items(NULL, &count));
  assert_int_equal(count, 0);
}

static void mem_01_host_array(void **state) {
  const ryft_host_array hollow = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_U8, 3), .size = 3};
  const ryft_host_array empty = {RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_U8, 0)};
  unsigned char out[3];
  (void)state;
  assert_names("array->data", ryft_host_array_copy(&hollow, out, sizeof out));
  assert_ok(ryft_host_array_copy(&empty, NULL, 0));
}

static void plg_01_negative_minor(void **state) {
  const ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options), .minimum_minor = -1};
  ryft_plugin *out = NULL;
  (void)state;
  assert_code(ryft_plugin_load(fake_path("fake"), &options, &out), RYFT_INVALID_ARGUMENT, "-1");
  assert_code(ryft_plugin_load_cpu(&options, &out), RYFT_INVALID_ARGUMENT, "minimum_minor is -1");
}

static void new_02_options(void **state) {
  const scene *s = *state;
  const ryft_named_value twice[] = {ryft_named_int64("a", 1), ryft_named_string("a", "b")};
  ryft_client_options options = {RYFT_SIZED(ryft_client_options), .value_count = 1};
  ryft_client *out = NULL;
  assert_code(ryft_client_create(s->plugin, &options, &out),
              RYFT_INVALID_ARGUMENT,
              "ryft_client_options.values is NULL, its count is 1");
  options.values = twice;
  options.value_count = 2;
  assert_code(
      ryft_client_create(s->plugin, &options, &out), RYFT_INVALID_ARGUMENT, "a is given twice");
}

static void cmp_01_compile_options(void **state) {
  const ryft_compile_options hollow = {RYFT_SIZED(ryft_compile_options), .base = {NULL, 5}};
  void *data = NULL;
  size_t size = 0;
  (void)state;
  assert_names("base.data", ryft_compile_options_encode(&hollow, &data, &size));
}

static void cmp_04_device_ordinal(void **state) {
  const ryft_field_setting field = {"executable_build_options.device_ordinal", "-2"};
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .fields = &field, .field_count = 1};
  /* executable_build_options (3) holds device_ordinal (1), -2 as ten bytes. */
  static const unsigned char base[] = {
      0x1a, 11, 0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
  const ryft_compile_options based = {RYFT_SIZED(ryft_compile_options),
                                      .base = {base, sizeof base}};
  void *data = NULL;
  size_t size = 0;
  (void)state;
  assert_code(ryft_compile_options_encode(&options, &data, &size),
              RYFT_INVALID_ARGUMENT,
              "device_ordinal is -2");
  assert_code(ryft_compile_options_encode(&based, &data, &size),
              RYFT_INVALID_ARGUMENT,
              "device_ordinal is -2");
}

static void exe_02_execute_all(void **state) {
  const scene *s = *state;
  ryft_buffer *list[] = {s->argument, s->argument}, *out = s->argument, *second = s->argument;
  ryft_buffer *const *arguments[] = {list, list}, *const * no_arguments[] = {NULL};
  ryft_buffer **outputs[] = {&out, &second}, **no_outputs[] = {NULL};
  assert_names("arguments[0]",
               ryft_execute_all(s->add, no_arguments, 1, 2, NULL, outputs, 1, NULL));
  assert_names("outputs[0]", ryft_execute_all(s->add, arguments, 1, 2, NULL, no_outputs, 1, NULL));
  assert_names("executable", ryft_execute_all(NULL, arguments, 1, 2, NULL, outputs, 1, NULL));
  assert_null(out);
  ryft_event *done[] = {(ryft_event *)&out};
  assert_names("outputs", ryft_execute_all(s->add, arguments, 1, 2, NULL, NULL, 1, done));
  assert_null(done[0]);
  assert_code(ryft_execute_all(s->add, arguments, 2, 2, NULL, outputs, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "arguments for 2 devices, the executable runs on 1");
  assert_code(ryft_execute_all(s->add, NULL, 0, 2, NULL, NULL, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "arguments for 0 devices");
}

static void exe_01_execute(void **state) {
  const scene *s = *state;
  ryft_buffer *arguments[] = {s->argument, s->argument}, *out = s->argument;
  assert_names("executable", ryft_execute(NULL, arguments, 2, NULL, &out, 1, NULL));
  assert_null(out);
  out = s->argument;
  assert_names("arguments", ryft_execute(s->add, NULL, 2, NULL, &out, 1, NULL));
  assert_null(out);
}

static void exe_13_session(void **state) {
  static const char *const inputs[] = {"x", "y"}, *const outputs[] = {"z"};
  const scene *s = *state;
  ryft_session *session = NULL;
  const ryft_host_array array = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_S32, 4), .size = 16};
  assert_ok(ryft_session_create(s->add, inputs, 2, outputs, 1, NULL, &session));
  assert_names("data", ryft_session_set_host(session, "x", &array));
  ryft_session_destroy(session);
}

static void shp_01_shape_and_values(void **state) {
  const ryft_shape whole = RYFT_SHAPE(RYFT_F32, 4), hollow = {RYFT_F32, 1, NULL};
  const ryft_named_values values = {NULL, 3};
  size_t count = 0;
  (void)state;
  assert_code(ryft_shape_element_count(hollow, &count), RYFT_INVALID_ARGUMENT, "dims is NULL");
  assert_false(ryft_shape_equal(whole, hollow));
  assert_true(ryft_shape_equal(RYFT_SCALAR(RYFT_F32), RYFT_SCALAR(RYFT_F32)));
  assert_int_equal(ryft_shape_format(whole, NULL, 5), strlen("f32[4]"));
  assert_null(ryft_named_values_find(values, "a"));
  assert_int_equal(ryft_named_string(NULL, NULL).count, 0);
  assert_null(ryft_named_int64(NULL, 1).name);
  assert_int_equal(ryft_type_from_name(NULL, 3), RYFT_INVALID_TYPE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(err_01_error),
      cmocka_unit_test(cmp_01_program),
      cmocka_unit_test_setup_teardown(plg_01_lists, set_up, tear_down),
      cmocka_unit_test(plg_01_negative_minor),
      cmocka_unit_test(mem_01_host_array),
      cmocka_unit_test_setup_teardown(new_02_options, set_up, tear_down),
      cmocka_unit_test(cmp_01_compile_options),
      cmocka_unit_test(cmp_04_device_ordinal),
      cmocka_unit_test_setup_teardown(exe_01_execute, set_up, tear_down),
      cmocka_unit_test_setup_teardown(exe_02_execute_all, set_up, tear_down),
      cmocka_unit_test_setup_teardown(exe_13_session, set_up, tear_down),
      cmocka_unit_test(shp_01_shape_and_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
