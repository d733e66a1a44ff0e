/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The rule about NULL at the top of ryft/base.h, function by function. tests/header/test_nulls.py
 * sees that no pointer of any is forgotten. */
#include <string.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

typedef struct scene {
  fake_control fake;
  ryft_plugin *plugin;
  ryft_client *client;
  ryft_loaded_executable *add;
  const ryft_executable *program;
  ryft_buffer *argument;
} scene;

#define ADD FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

/* `call` answers that `name` is NULL. */
#define assert_names(name, call) assert_code((call), RYFT_INVALID_ARGUMENT, "`" name "` is NULL")

static const ryft_program add_program = {.struct_size = sizeof(ryft_program),
                                         .format = "mlir",
                                         .code = {ADD, sizeof(ADD) - 1}};

static int set_up(void **state) {
  static scene s;
  static const int32_t zeros[4];
  s.plugin = fake_load("fake", &s.fake);
  s.fake.fake_reset();
  assert_ok(ryft_client_create(s.plugin, /* options= */ NULL, &s.client));
  assert_ok(ryft_client_compile(s.client, &add_program, /* options= */ NULL, &s.add));
  s.program = ryft_loaded_executable_executable(s.add);
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

static void plg_01_plugin(void **state) {
  const scene *s = *state;
  ryft_plugin *out = (ryft_plugin *)&out;
  assert_names("path", ryft_plugin_load(NULL, NULL, &out));
  assert_null(out);
  assert_names("out", ryft_plugin_load(fake_path("fake"), NULL, NULL));
  assert_names("name", ryft_plugin_load_named(NULL, NULL, &out));
  assert_names("out", ryft_plugin_load_named("cpu", NULL, NULL));
  assert_names("out", ryft_plugin_load_cpu(NULL, NULL));
  assert_names("out", ryft_plugin_load_cuda12(NULL, NULL));
  assert_names("out", ryft_plugin_load_cuda13(NULL, NULL));
  assert_names("out", ryft_plugin_load_rocm7(NULL, NULL));
  assert_names("out", ryft_plugin_load_tpu(NULL, NULL));
  assert_names("out", ryft_plugin_load_neuron(NULL, NULL));
  assert_names("out", ryft_plugin_load_metal(NULL, NULL));
  assert_names("out", ryft_plugin_load_oneapi(NULL, NULL));
  assert_names("api", ryft_plugin_attach(NULL, NULL, &out));
  assert_names("out", ryft_plugin_attach(ryft_plugin_api(s->plugin), NULL, NULL));
  assert_names("plugin", ryft_plugin_stablehlo_versions(NULL, NULL, NULL));
  ryft_plugin_destroy(NULL);
}

static void plg_01_plugin_values(void **state) {
  const scene *s = *state;
  size_t count = 7;
  assert_string_equal(ryft_plugin_path(NULL), "");
  assert_int_equal(ryft_plugin_version_major(NULL), 0);
  assert_int_equal(ryft_plugin_version_minor(NULL), 0);
  assert_string_equal(ryft_plugin_version_text(NULL), "");
  assert_int_equal(ryft_plugin_attributes(NULL).count, 0);
  assert_null(ryft_plugin_extensions(NULL, &count));
  assert_int_equal(count, 0);
  assert_non_null(ryft_plugin_extensions(s->plugin, NULL));
  assert_false(ryft_plugin_has(NULL, "PJRT_Client_Create"));
  assert_false(ryft_plugin_has(s->plugin, NULL));
  assert_null(ryft_plugin_api(NULL));
}

static void err_01_error(void **state) {
  (void)state;
  ryft_bytes value = {"", 1};
  assert_int_equal(ryft_error_code(NULL), RYFT_OK);
  assert_string_equal(ryft_error_message(NULL), "");
  assert_string_equal(ryft_error_where(NULL), "");
  assert_false(ryft_error_is_from_plugin(NULL));
  assert_int_equal(ryft_error_payload_count(NULL), 0);
  assert_null(ryft_error_payload_at(NULL, 0).name);
  assert_false(ryft_error_payload_find(NULL, "a", &value));
  assert_null(value.data);
  assert_null(ryft_error_copy(NULL));
  assert_int_equal(ryft_exit_status(NULL), 0);
  assert_code(ryft_error_create(RYFT_ABORTED, NULL), RYFT_ABORTED, "");
  assert_code(ryft_error_format(RYFT_ABORTED, NULL), RYFT_ABORTED, "");
  ryft_error *error = ryft_error_create(RYFT_ABORTED, "a");
  assert_false(ryft_error_payload_find(error, NULL, &value));
  assert_false(ryft_error_payload_find(error, "a", NULL));
  ryft_error_destroy(error);
  ryft_error_destroy(NULL);
}

static void cmp_01_program(void **state) {
  const ryft_bytes code = {ADD, sizeof(ADD) - 1};
  ryft_program *program = (ryft_program *)&program;
  (void)state;
  assert_names("out", ryft_program_create("mlir", code, NULL));
  assert_code(
      ryft_program_create("mlir", (ryft_bytes){NULL, 5}, &program), RYFT_INVALID_ARGUMENT, "empty");
  assert_null(program);
  assert_ok(ryft_program_create(NULL, code, &program));
  ryft_program_destroy(program);
  ryft_program_destroy(NULL);
  assert_code(ryft_program_check(NULL), RYFT_INVALID_ARGUMENT, "the program is NULL");
}

static void mem_01_memory(void **state) {
  (void)state;
  assert_names("out", ryft_host_alloc(1, NULL));
  ryft_host_free(NULL);
  assert_ok(ryft_allocator_set(NULL));
}

static void plg_01_negative_minor(void **state) {
  const ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options), .minimum_minor = -1};
  ryft_plugin *out = NULL;
  (void)state;
  assert_code(ryft_plugin_load(fake_path("fake"), &options, &out), RYFT_INVALID_ARGUMENT, "-1");
  assert_code(ryft_plugin_load_cpu(&options, &out), RYFT_INVALID_ARGUMENT, "minimum_minor is -1");
}

static void plg_02_catalogue(void **state) {
  char *directory = NULL;
  size_t count = 7;
  (void)state;
  assert_non_null(ryft_catalogue(NULL));
  assert_non_null(ryft_catalogue_names(NULL));
  assert_names("entry", ryft_catalogue_directory(NULL, &directory));
  assert_names("out", ryft_catalogue_directory(ryft_catalogue(&count)[0], NULL));
  assert_names("out", ryft_plugins_find("cpu", NULL));
  assert_null(ryft_found_plugins_items(NULL, &count));
  assert_int_equal(count, 0);
  ryft_found_plugins *found = NULL;
  assert_ok(ryft_plugins_find(NULL, &found));
  (void)ryft_found_plugins_items(found, NULL);
  ryft_found_plugins_destroy(found);
  ryft_found_plugins_destroy(NULL);
}

static void new_01_client(void **state) {
  const scene *s = *state;
  const ryft_device *device = NULL;
  ryft_client *out = (ryft_client *)&out;
  int id = 0;
  assert_names("plugin", ryft_client_create(NULL, NULL, &out));
  assert_null(out);
  assert_names("out", ryft_client_create(s->plugin, NULL, NULL));
  assert_names("client", ryft_client_lookup_device(NULL, 0, &device));
  assert_names("out", ryft_client_lookup_device(s->client, 0, NULL));
  assert_names("client", ryft_client_lookup_local_device(NULL, 0, &device));
  assert_names("out", ryft_client_lookup_local_device(s->client, 0, NULL));
  assert_names("client", ryft_client_default_assignment(NULL, 1, 1, &id, 1));
  assert_names("out_ids", ryft_client_default_assignment(s->client, 1, 1, NULL, 1));
  assert_null(ryft_client_plugin(NULL));
  assert_string_equal(ryft_client_platform_name(NULL), "");
  assert_string_equal(ryft_client_platform_version(NULL), "");
  assert_int_equal(ryft_client_process_index(NULL), 0);
  assert_int_equal(ryft_client_devices(NULL).count, 0);
  assert_int_equal(ryft_client_addressable_devices(NULL).count, 0);
  assert_int_equal(ryft_client_addressable_memories(NULL).count, 0);
  assert_null(ryft_client_raw(NULL));
  ryft_client_destroy(NULL);
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

static void dev_01_device_and_memory(void **state) {
  (void)state;
  assert_int_equal(ryft_device_id(NULL), 0);
  assert_string_equal(ryft_device_kind(NULL), "");
  assert_int_equal(ryft_device_process_index(NULL), 0);
  assert_int_equal(ryft_device_local_hardware_id(NULL), 0);
  assert_false(ryft_device_is_addressable(NULL));
  assert_null(ryft_device_describe(NULL));
  assert_int_equal(ryft_device_attributes(NULL).count, 0);
  assert_int_equal(ryft_device_memories(NULL).count, 0);
  assert_null(ryft_device_default_memory(NULL));
  assert_null(ryft_device_client(NULL));
  assert_null(ryft_device_raw(NULL));
  assert_int_equal(ryft_device_description_id(NULL), 0);
  assert_int_equal(ryft_device_description_process_index(NULL), 0);
  assert_string_equal(ryft_device_description_kind(NULL), "");
  assert_string_equal(ryft_device_description_text(NULL), "");
  assert_string_equal(ryft_device_description_debug_text(NULL), "");
  assert_int_equal(ryft_device_description_attributes(NULL).count, 0);
  assert_int_equal(ryft_memory_id(NULL), 0);
  assert_string_equal(ryft_memory_kind(NULL), "");
  assert_int_equal(ryft_memory_kind_id(NULL), 0);
  assert_string_equal(ryft_memory_text(NULL), "");
  assert_string_equal(ryft_memory_debug_text(NULL), "");
  assert_int_equal(ryft_memory_devices(NULL).count, 0);
  assert_null(ryft_memory_raw(NULL));
}

static void evt_01_event(void **state) {
  const scene *s = *state;
  ryft_event *event = NULL;
  bool ready = true;
  assert_ok(ryft_buffer_ready(s->argument, &event));
  assert_names("event", ryft_event_await(NULL));
  assert_names("event", ryft_event_await_for(NULL, 1));
  assert_names("event", ryft_event_is_ready(NULL, &ready));
  assert_false(ready);
  assert_names("out_ready", ryft_event_is_ready(event, NULL));
  assert_names("event", ryft_event_error(NULL));
  assert_names("event", ryft_event_on_ready(NULL, NULL, NULL, NULL));
  assert_names("callback", ryft_event_on_ready(event, NULL, NULL, NULL));
  assert_names("event", ryft_event_set(NULL, NULL));
  assert_null(ryft_event_raw(NULL));
  ryft_event_destroy(event);
  ryft_event_destroy(NULL);
  assert_names("plugin", ryft_event_create(NULL, &event));
  assert_names("out", ryft_event_create(s->plugin, NULL));
}

static void cmp_01_executable(void **state) {
  const scene *s = *state;
  const char *text = NULL;
  const ryft_signature *signature = NULL;
  void *data = NULL;
  size_t size = 0;
  assert_names("executable", ryft_executable_name(NULL, &text));
  assert_names("out", ryft_executable_name(s->program, NULL));
  assert_names("executable", ryft_executable_replicas(NULL, &size, &size));
  assert_ok(ryft_executable_replicas(s->program, NULL, NULL));
  assert_names("executable", ryft_executable_output_count(NULL, &size));
  assert_names("out_count", ryft_executable_output_count(s->program, NULL));
  assert_names("executable", ryft_executable_optimized_program(NULL, &text, &data, &size));
  assert_names("out_format", ryft_executable_optimized_program(s->program, NULL, &data, &size));
  assert_names("out_data", ryft_executable_optimized_program(s->program, &text, NULL, &size));
  assert_names("out_size", ryft_executable_optimized_program(s->program, &text, &data, NULL));
  assert_names("executable", ryft_executable_signature(NULL, &signature));
  assert_names("out", ryft_executable_signature(s->program, NULL));
  assert_null(ryft_executable_raw(NULL));
  ryft_executable_destroy(NULL);
}

static void cmp_01_compile_and_load(void **state) {
  const scene *s = *state;
  ryft_loaded_executable *out = (ryft_loaded_executable *)&out;
  void *data = NULL;
  size_t size = 0;
  assert_names("client", ryft_client_compile(NULL, &add_program, NULL, &out));
  assert_null(out);
  assert_names("program", ryft_client_compile(s->client, NULL, NULL, &out));
  assert_names("out", ryft_client_compile(s->client, &add_program, NULL, NULL));
  assert_names("client", ryft_client_load(NULL, s->program, NULL, &out));
  assert_names("executable", ryft_client_load(s->client, NULL, NULL, &out));
  assert_names("out", ryft_client_load(s->client, s->program, NULL, NULL));
  const ryft_compile_options hollow = {RYFT_SIZED(ryft_compile_options), .base = {NULL, 5}};
  assert_names("base.data", ryft_compile_options_encode(&hollow, &data, &size));
  assert_names("out_data", ryft_compile_options_encode(NULL, NULL, &size));
  assert_names("out_size", ryft_compile_options_encode(NULL, &data, NULL));
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

static void cmp_01_loaded_executable(void **state) {
  const scene *s = *state;
  const ryft_signature *signature = NULL;
  const ryft_logical_id *places = NULL;
  const int *ids = NULL;
  size_t size = 0;
  bool deleted = true;
  assert_names("executable", ryft_loaded_executable_signature(NULL, &signature));
  assert_names("out", ryft_loaded_executable_signature(s->add, NULL));
  assert_names("executable", ryft_loaded_executable_logical_ids(NULL, &places, &size));
  assert_names("out", ryft_loaded_executable_logical_ids(s->add, NULL, &size));
  assert_names("out_count", ryft_loaded_executable_logical_ids(s->add, &places, NULL));
  assert_names("executable", ryft_loaded_executable_assignment(NULL, &ids, &size, &size));
  assert_names("out_ids", ryft_loaded_executable_assignment(s->add, NULL, &size, &size));
  assert_names("out_replicas", ryft_loaded_executable_assignment(s->add, &ids, NULL, &size));
  assert_names("out_partitions", ryft_loaded_executable_assignment(s->add, &ids, &size, NULL));
  assert_names("executable", ryft_loaded_executable_delete(NULL));
  assert_names("executable", ryft_loaded_executable_is_deleted(NULL, &deleted));
  assert_false(deleted);
  assert_names("out", ryft_loaded_executable_is_deleted(s->add, NULL));
  assert_null(ryft_loaded_executable_executable(NULL));
  assert_int_equal(ryft_loaded_executable_output_count(NULL), 0);
  assert_int_equal(ryft_loaded_executable_devices(NULL).count, 0);
  assert_null(ryft_loaded_executable_client(NULL));
  assert_null(ryft_loaded_executable_raw(NULL));
  ryft_loaded_executable_destroy(NULL);
}

static void exe_01_execute(void **state) {
  const scene *s = *state;
  ryft_buffer *arguments[] = {s->argument, s->argument};
  ryft_buffer *out = s->argument;
  ryft_event *done = (ryft_event *)&out;
  assert_names("executable", ryft_execute(NULL, arguments, 2, NULL, &out, 1, &done));
  assert_null(out);
  assert_null(done);
  out = s->argument;
  assert_names("arguments", ryft_execute(s->add, NULL, 2, NULL, &out, 1, &done));
  assert_null(out);
  assert_names("outputs", ryft_execute(s->add, arguments, 2, NULL, NULL, 1, &done));
  assert_ok(ryft_execute(s->add, arguments, 2, NULL, &out, 1, NULL));
  ryft_buffer_destroy(out);
}

static void exe_02_execute_all(void **state) {
  const scene *s = *state;
  ryft_buffer *list[] = {s->argument, s->argument}, *out = s->argument, *second = s->argument;
  ryft_buffer *const *arguments[] = {list, list}, *const * no_arguments[] = {NULL};
  ryft_buffer **outputs[] = {&out, &second}, **no_outputs[] = {NULL};
  assert_names("executable", ryft_execute_all(NULL, arguments, 1, 2, NULL, outputs, 1, NULL));
  assert_null(out);
  assert_names("arguments", ryft_execute_all(s->add, NULL, 1, 2, NULL, outputs, 1, NULL));
  ryft_event *done[] = {(ryft_event *)&out};
  assert_names("outputs", ryft_execute_all(s->add, arguments, 1, 2, NULL, NULL, 1, done));
  assert_null(done[0]);
  assert_names("arguments[0]",
               ryft_execute_all(s->add, no_arguments, 1, 2, NULL, outputs, 1, NULL));
  assert_names("outputs[0]", ryft_execute_all(s->add, arguments, 1, 2, NULL, no_outputs, 1, NULL));
  assert_code(ryft_execute_all(s->add, arguments, 2, 2, NULL, outputs, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "arguments for 2 devices, the executable runs on 1");
  assert_code(ryft_execute_all(s->add, NULL, 0, 2, NULL, NULL, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "arguments for 0 devices");
}

static void shp_01_shape_and_values(void **state) {
  const ryft_shape whole = RYFT_SHAPE(RYFT_F32, 4), hollow = {RYFT_F32, 1, NULL};
  const ryft_named_values values = {NULL, 3};
  size_t count = 0;
  (void)state;
  assert_names("out_count", ryft_shape_element_count(whole, NULL));
  assert_names("out_size", ryft_shape_host_size(whole, NULL));
  assert_code(ryft_shape_element_count(hollow, &count), RYFT_INVALID_ARGUMENT, "dims is NULL");
  assert_false(ryft_shape_equal(whole, hollow));
  assert_true(ryft_shape_equal(RYFT_SCALAR(RYFT_F32), RYFT_SCALAR(RYFT_F32)));
  assert_int_equal(ryft_shape_format(whole, NULL, 5), strlen("f32[4]"));
  assert_null(ryft_named_values_find(values, "a"));
  assert_null(ryft_named_values_find(values, NULL));
  assert_int_equal(ryft_named_string(NULL, NULL).count, 0);
  assert_null(ryft_named_int64(NULL, 1).name);
  assert_null(ryft_named_int64_list(NULL, NULL, 0).name);
  assert_null(ryft_named_float(NULL, 1).name);
  assert_null(ryft_named_bool(NULL, true).name);
  assert_int_equal(ryft_type_from_name(NULL, 3), RYFT_INVALID_TYPE);
}

static void buf_01_buffer(void **state) {
  const scene *s = *state;
  ryft_buffer *buffer = s->argument, *out = s->argument;
  ryft_event *event = (ryft_event *)&event;
  ryft_shape shape;
  ryft_layout layout = RYFT_DEFAULTS(ryft_layout);
  const size_t *indices = NULL;
  const ryft_device *device = ryft_client_devices(s->client).items[0];
  const ryft_memory *memory = NULL;
  size_t size = 0;
  bool flag = true;
  void *data = &size;
  char room[16] = {0};
  assert_names("buffer", ryft_buffer_shape(NULL, &shape));
  assert_names("out", ryft_buffer_shape(buffer, NULL));
  assert_names("buffer", ryft_buffer_unpadded_shape(NULL, &shape));
  assert_names("out", ryft_buffer_unpadded_shape(buffer, NULL));
  assert_names("buffer", ryft_buffer_dynamic_dimensions(NULL, &indices, &size));
  assert_names("out_indices", ryft_buffer_dynamic_dimensions(buffer, NULL, &size));
  assert_names("out_count", ryft_buffer_dynamic_dimensions(buffer, &indices, NULL));
  assert_names("buffer", ryft_buffer_layout(NULL, &layout));
  assert_names("out", ryft_buffer_layout(buffer, NULL));
  assert_names("buffer", ryft_buffer_device_size(NULL, &size));
  assert_names("out_size", ryft_buffer_device_size(buffer, NULL));
  assert_names("buffer", ryft_buffer_host_size(NULL, &size));
  assert_names("out_size", ryft_buffer_host_size(buffer, NULL));
  assert_names("buffer", ryft_buffer_device(NULL, &device));
  assert_null(device);
  assert_names("out", ryft_buffer_device(buffer, NULL));
  assert_names("buffer", ryft_buffer_memory(NULL, &memory));
  assert_names("out", ryft_buffer_memory(buffer, NULL));
  assert_names("buffer", ryft_buffer_is_on_cpu(NULL, &flag));
  assert_false(flag);
  assert_names("out", ryft_buffer_is_on_cpu(buffer, NULL));
  assert_names("buffer", ryft_buffer_ready(NULL, &event));
  assert_null(event);
  assert_names("out", ryft_buffer_ready(buffer, NULL));
  assert_names("buffer", ryft_buffer_await(NULL));
  assert_names("buffer", ryft_buffer_read(NULL, room, sizeof room));
  assert_names("out", ryft_buffer_read(buffer, NULL, sizeof room));
  assert_names("buffer", ryft_buffer_read_alloc(NULL, &data, &size));
  assert_null(data);
  assert_names("out", ryft_buffer_read_alloc(buffer, NULL, &size));
  assert_names("out_size", ryft_buffer_read_alloc(buffer, &data, NULL));
  assert_names("buffer", ryft_buffer_copy_to_host(NULL, NULL, room, sizeof room, &event));
  assert_names("out", ryft_buffer_copy_to_host(buffer, NULL, NULL, sizeof room, &event));
  assert_names("done", ryft_buffer_copy_to_host(buffer, NULL, room, sizeof room, NULL));
  assert_names("buffer", ryft_buffer_copy_to_device(NULL, device, &out));
  assert_null(out);
  assert_names("device", ryft_buffer_copy_to_device(buffer, NULL, &out));
  assert_names("out", ryft_buffer_copy_to_device(buffer, device, NULL));
  assert_names("buffer", ryft_buffer_copy_to_memory(NULL, memory, &out));
  assert_names("memory", ryft_buffer_copy_to_memory(buffer, NULL, &out));
  assert_names("out", ryft_buffer_copy_to_memory(buffer, memory, NULL));
  assert_names("buffer", ryft_buffer_delete(NULL));
  assert_names("buffer", ryft_buffer_is_deleted(NULL, &flag));
  assert_names("out", ryft_buffer_is_deleted(buffer, NULL));
  ryft_buffer_destroy(NULL);
  assert_null(ryft_buffer_client(NULL));
  assert_null(ryft_buffer_raw(NULL));
  const ryft_shape four = RYFT_SHAPE(RYFT_S32, 4);
  device = ryft_client_devices(s->client).items[0];
  assert_names("out", ryft_buffer_from_host(device, room, sizeof room, four, NULL, NULL, NULL));
  assert_names("data", ryft_buffer_from_host(device, NULL, sizeof room, four, NULL, &out, NULL));
  assert_code(ryft_buffer_from_host(NULL, room, sizeof room, four, NULL, &out, NULL),
              RYFT_INVALID_ARGUMENT,
              "neither a device nor a memory is given");
}

static void exe_13_session(void **state) {
  static const char *const inputs[] = {"x", "y"}, *const outputs[] = {"z"};
  const scene *s = *state;
  ryft_session *session = (ryft_session *)&session;
  ryft_buffer *out = s->argument;
  size_t slot = 0;
  char room[16];
  const ryft_host_array array = {.shape = RYFT_SHAPE(RYFT_S32, 4), .size = sizeof room};
  assert_names("executable", ryft_session_create(NULL, inputs, 2, outputs, 1, NULL, &session));
  assert_null(session);
  assert_names("out", ryft_session_create(s->add, inputs, 2, outputs, 1, NULL, NULL));
  assert_code(ryft_session_create(s->add, NULL, 2, outputs, 1, NULL, &session),
              RYFT_INVALID_ARGUMENT,
              "input 0 has no name");
  assert_code(ryft_session_create(s->add, inputs, 2, NULL, 1, NULL, &session),
              RYFT_INVALID_ARGUMENT,
              "output 0 has no name");
  assert_ok(ryft_session_create(s->add, inputs, 2, outputs, 1, NULL, &session));
  assert_names("out_slot", ryft_session_slot(session, "x", NULL));
  assert_names("session", ryft_session_slot(NULL, "x", &slot));
  assert_names("name", ryft_session_slot(session, NULL, &slot));
  assert_names("session", ryft_session_set(NULL, "x", NULL));
  assert_names("name", ryft_session_set(session, NULL, NULL));
  assert_names("session", ryft_session_set_at(NULL, 0, 0, NULL));
  assert_names("session", ryft_session_set_host(NULL, "x", array));
  assert_names("session", ryft_session_set_host_at(NULL, 0, 0, array));
  assert_code(ryft_session_set_host(session, "x", array), RYFT_INVALID_ARGUMENT, "`data` is NULL");
  assert_names("session", ryft_session_run(NULL));
  assert_names("session", ryft_session_await(NULL));
  assert_names("name", ryft_session_set_host(session, NULL, array));
  assert_names("session", ryft_session_get(NULL, "z", room, sizeof room));
  assert_names("name", ryft_session_get(session, NULL, room, sizeof room));
  assert_ok(ryft_session_set(session, "x", s->argument));
  assert_ok(ryft_session_set(session, "y", s->argument));
  assert_ok(ryft_session_run(session));
  assert_names("out", ryft_session_get(session, "z", NULL, sizeof room));
  assert_names("out", ryft_session_get_at(session, 2, 0, NULL, sizeof room));
  assert_names("session", ryft_session_get_at(NULL, 0, 0, room, sizeof room));
  assert_names("session", ryft_session_output(NULL, "z", &out));
  assert_null(out);
  assert_names("name", ryft_session_output(session, NULL, &out));
  assert_names("out", ryft_session_output(session, "z", NULL));
  assert_names("session", ryft_session_output_at(NULL, 0, 0, &out));
  assert_names("out", ryft_session_output_at(session, 2, 0, NULL));
  ryft_session_destroy(session);
  ryft_session_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(plg_01_plugin, set_up, tear_down),
      cmocka_unit_test_setup_teardown(plg_01_plugin_values, set_up, tear_down),
      cmocka_unit_test(plg_01_negative_minor),
      cmocka_unit_test(err_01_error),
      cmocka_unit_test(cmp_01_program),
      cmocka_unit_test(mem_01_memory),
      cmocka_unit_test(plg_02_catalogue),
      cmocka_unit_test_setup_teardown(new_01_client, set_up, tear_down),
      cmocka_unit_test_setup_teardown(new_02_options, set_up, tear_down),
      cmocka_unit_test(dev_01_device_and_memory),
      cmocka_unit_test_setup_teardown(evt_01_event, set_up, tear_down),
      cmocka_unit_test_setup_teardown(cmp_01_executable, set_up, tear_down),
      cmocka_unit_test_setup_teardown(cmp_01_compile_and_load, set_up, tear_down),
      cmocka_unit_test(cmp_04_device_ordinal),
      cmocka_unit_test_setup_teardown(cmp_01_loaded_executable, set_up, tear_down),
      cmocka_unit_test_setup_teardown(exe_01_execute, set_up, tear_down),
      cmocka_unit_test_setup_teardown(exe_02_execute_all, set_up, tear_down),
      cmocka_unit_test_setup_teardown(buf_01_buffer, set_up, tear_down),
      cmocka_unit_test_setup_teardown(exe_13_session, set_up, tear_down),
      cmocka_unit_test(shp_01_shape_and_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
