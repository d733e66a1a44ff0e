/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "sweep/sweep.h"

static ryft_error *create(const scene *s, const ryft_client_options *options) {
  ryft_client *client = POISON;
  ryft_error *error = ryft_client_create(s->plugin, options, &client);
  CLEARED(error, client);
  ryft_client_destroy(client);
  return error;
}

static ryft_error *client_create(const scene *s) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  return create(s, &options);
}

static ryft_error *client_create_free_form(const scene *s) {
  const ryft_named_value values[] = {ryft_named_int64("cpu_device_count", 1),
                                     ryft_named_bool("asynchronous", true)};
  const ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = values, .value_count = 2};
  return create(s, &options);
}

static ryft_error *client_lookup_device(const scene *s) {
  const ryft_device *device = POISON;
  ryft_error *error = ryft_client_lookup_device(s->client, 1, &device);
  CLEARED(error, device);
  if (error == NULL) assert_ptr_equal(device, s->devices[1]);
  return error;
}

static ryft_error *client_lookup_local_device(const scene *s) {
  const ryft_device *device = POISON;
  ryft_error *error = ryft_client_lookup_local_device(s->client, 1, &device);
  CLEARED(error, device);
  if (error == NULL) assert_ptr_equal(device, s->devices[1]);
  return error;
}

static ryft_error *client_default_assignment(const scene *s) {
  int ids[2] = {-1, -1};
  ryft_error *error = ryft_client_default_assignment(s->client, 2, 1, ids, 2);
  assert_int_equal(ids[1], error == NULL ? 1 : -1);
  return error;
}

/* ---- Compiling and loading. */

static ryft_error *finish(ryft_error *error, ryft_loaded_executable *executable) {
  CLEARED(error, executable);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *compile(const scene *s, const char *text, const ryft_compile_options *options) {
  ryft_loaded_executable *executable = POISON;
  ryft_error *error = ryft_client_compile(s->client, RYFT_PROGRAM_TEXT(text), options, &executable);
  return finish(error, executable);
}

static ryft_error *client_compile(const scene *s) {
  return compile(s, SWEEP_PROGRAM, /* options= */ NULL);
}

static ryft_error *client_compile_options(const scene *s) {
  const int ids[] = {1, 0};
  const ryft_named_value overrides[] = {ryft_named_string("xla_some_flag", "value")};
  const ryft_field_setting fields[] = {{"executable_build_options.device_memory_size", "1000000"}};
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .replicas = 2,
                                        .device_ids = ids,
                                        .device_id_count = 2,
                                        .overrides = overrides,
                                        .override_count = 1,
                                        .fields = fields,
                                        .field_count = 1};
  return compile(s, SWEEP_PLAIN, &options);
}

static ryft_error *client_compile_unsigned(const scene *s) {
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES, .signature = RYFT_NO};
  return compile(s, SWEEP_PLAIN, &options);
}

static ryft_error *load(const scene *s, const ryft_compile_options *options) {
  ryft_loaded_executable *loaded = POISON;
  ryft_error *error = ryft_client_load(
      s->client, ryft_loaded_executable_executable(s->executable), options, &loaded);
  return finish(error, loaded);
}

static ryft_error *client_load(const scene *s) {
  return load(s, /* options= */ NULL);
}

static ryft_error *client_load_options(const scene *s) {
  const ryft_compile_options options = RYFT_DEFAULTS(ryft_compile_options);
  return load(s, &options);
}

/* A whole life, where a failure in the middle meets objects that are alive. */
static ryft_error *whole_life(const scene *s) {
  ryft_client *client = NULL;
  ryft_buffer *input = NULL, *outputs[2] = {NULL, NULL};
  ryft_loaded_executable *executable = NULL;
  int32_t result[6];
  ryft_error *error = ryft_client_create(s->plugin, /* options= */ NULL, &client);
  if (error == NULL) {
    error = ryft_buffer_from_host(ryft_client_devices(client).items[0],
                                  sweep_numbers,
                                  sizeof sweep_numbers,
                                  SWEEP_MATRIX,
                                  /* options= */ NULL,
                                  &input,
                                  /* done= */ NULL);
  }
  if (error == NULL) {
    error = ryft_client_compile(
        client, RYFT_PROGRAM_TEXT(SWEEP_PLAIN), /* options= */ NULL, &executable);
  }
  ryft_client_destroy(client);
  ryft_buffer *arguments[] = {input, input};
  if (error == NULL) {
    error =
        ryft_execute(executable, arguments, 2, /* options= */ NULL, outputs, 2, /* done= */ NULL);
  }
  ryft_loaded_executable_destroy(executable);
  if (error == NULL) error = ryft_buffer_read(outputs[1], result, sizeof result);
  ryft_buffer_destroy(input);
  ryft_buffer_destroy(outputs[0]);
  ryft_buffer_destroy(outputs[1]);
  return error;
}

static const sweep_step steps[] = {
    SWEEP(ryft_client_create, client_create, SWEEP_ATTRIBUTES),
    SWEEP(ryft_client_create, client_create_free_form, SWEEP_ATTRIBUTES),
    SWEEP_MIXED(ryft_client_create,
                whole_life,
                SWEEP_ATTRIBUTES " " SWEEP_SIGNATURE " " SWEEP_FAST_READ),
    SWEEP(ryft_client_lookup_device, client_lookup_device, ""),
    SWEEP(ryft_client_lookup_local_device, client_lookup_local_device, ""),
    SWEEP(ryft_client_default_assignment, client_default_assignment, ""),
    SWEEP(ryft_client_compile, client_compile, SWEEP_SIGNATURE),
    SWEEP(ryft_client_compile, client_compile_options, SWEEP_SIGNATURE),
    SWEEP(ryft_client_compile, client_compile_unsigned, ""),
    SWEEP(ryft_client_load, client_load, "PJRT_Executable_GetCompileOptions " SWEEP_SIGNATURE),
    SWEEP(ryft_client_load,
          client_load_options,
          "PJRT_Executable_GetCompileOptions " SWEEP_SIGNATURE),
};

static void open_scene(scene *s) {
  scene_open_client(s);
  scene_open_executables(s);
}

const sweep_table sweep_domain = SWEEP_TABLE(steps, open_scene);
