/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Every option there is but those of compiling, on a plugin of each age: it does what it says, or
 * it is refused with both versions. */
#include "core/verdict_support.h"

/* A new field wants a new row. */
_Static_assert(sizeof(ryft_cpu_options) == 32, "device_count, process_id, asynchronous");
_Static_assert(sizeof(ryft_client_options) == 32, "cpu, values");
_Static_assert(sizeof(ryft_from_host_options) == 64,
               "semantics, memory, byte_strides, byte_offset, layout, release");
_Static_assert(sizeof(ryft_execute_options) == 72,
               "keep, device, call_location, launch_id, keep_all, unchecked, task_ids");
_Static_assert(sizeof(ryft_session_options) == 16, "device");
_Static_assert(sizeof(ryft_plugin_options) == 24, "path, minimum_minor");

/* ---- Clients. */

static ryft_error *client_with(const fixture *self,
                               const ryft_cpu_options *cpu,
                               const ryft_named_value *value,
                               ryft_client **out) {
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options),
                                       .cpu = cpu,
                                       .values = value,
                                       .value_count = value == NULL ? 0 : 1};
  *out = (ryft_client *)self->client;
  ryft_error *error = ryft_client_create(self->plugin, &options, out);
  assert_true((*out == NULL) == (error != NULL));
  return error;
}

static ryft_error *expect_two_devices(ryft_client *client) {
  assert_int_equal(ryft_client_devices(client).count, 2);
  ryft_client_destroy(client);
  return NULL;
}

static ryft_error *expect_process_one(ryft_client *client) {
  assert_int_equal(ryft_device_id(ryft_client_devices(client).items[0]), 2048);
  ryft_client_destroy(client);
  return NULL;
}

/* Nothing runs on other threads, so what was started is done. */
static ryft_error *expect_synchronous(ryft_client *client) {
  ryft_loaded_executable *executable = NULL;
  ryft_buffer *numbers = NULL;
  ryft_event *done = NULL;
  bool ready = false;
  assert_ok(
      ryft_client_compile(client,
                          RYFT_PROGRAM_TEXT("func.func @main() -> tensor<2000000xf32> {"
                                            " %0 = stablehlo.iota dim = 0 : tensor<2000000xf32>"
                                            " %1 = stablehlo.sine %0 : tensor<2000000xf32>"
                                            " return %1 : tensor<2000000xf32> }"),
                          /* options= */ NULL,
                          &executable));
  assert_ok(ryft_execute(executable, NULL, 0, /* options= */ NULL, &numbers, 1, &done));
  assert_ok(ryft_event_is_ready(done, &ready));
  assert_true(ready);
  ryft_event_destroy(done);
  ryft_buffer_destroy(numbers);
  ryft_loaded_executable_destroy(executable);
  ryft_client_destroy(client);
  return NULL;
}

static ryft_error *cpu_device_count(const fixture *self, const char *name) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  ryft_client *client = NULL;
  (void)name;
  RYFT_TRY(client_with(self, &cpu, NULL, &client));
  return expect_two_devices(client);
}

static ryft_error *cpu_process_id(const fixture *self, const char *name) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .process_id = 1};
  ryft_client *client = NULL;
  (void)name;
  RYFT_TRY(client_with(self, &cpu, NULL, &client));
  return expect_process_one(client);
}

static ryft_error *cpu_asynchronous(const fixture *self, const char *name) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .asynchronous = RYFT_NO};
  ryft_client *client = NULL;
  (void)name;
  RYFT_TRY(client_with(self, &cpu, NULL, &client));
  return expect_synchronous(client);
}

static ryft_error *value_device_count(const fixture *self, const char *name) {
  const ryft_named_value value = ryft_named_int64(name, 2);
  ryft_client *client = NULL;
  RYFT_TRY(client_with(self, NULL, &value, &client));
  return expect_two_devices(client);
}

static ryft_error *value_process_id(const fixture *self, const char *name) {
  const ryft_named_value value = ryft_named_int64(name, 1);
  ryft_client *client = NULL;
  RYFT_TRY(client_with(self, NULL, &value, &client));
  return expect_process_one(client);
}

static ryft_error *value_asynchronous(const fixture *self, const char *name) {
  const ryft_named_value value = ryft_named_bool(name, false);
  ryft_client *client = NULL;
  RYFT_TRY(client_with(self, NULL, &value, &client));
  return expect_synchronous(client);
}

/* Typed and free-form. */
static void new_02_client_options(void **state) {
  static const row rows[] = {
      {"cpu_device_count", 0, 0, cpu_device_count},
      {"process_id", 107, 0, cpu_process_id},
      {"asynchronous", 107, 0, cpu_asynchronous},
      {"cpu_device_count", 0, 0, value_device_count},
      {"process_id", 107, 0, value_process_id},
      {"asynchronous", 107, 0, value_asynchronous},
  };
  EXPECT_ROWS(state, rows);
}

/* ---- Executing. */

/* Runs what donates its first argument. */
static ryft_error *donate(const fixture *self, const ryft_execute_options *options, bool kept) {
  ryft_loaded_executable *executable = compile(self, DONATE_TEXT, NULL);
  ryft_buffer *arguments[] = {four(self, 0, 1), four(self, 0, 1)}, *sum = NULL;
  bool gone = false;
  ryft_error *error = ryft_execute(executable, arguments, 2, options, &sum, 1, /* done= */ NULL);
  if (error == NULL) {
    expect_four(sum, 2, 2);
    assert_ok(ryft_buffer_is_deleted(arguments[0], &gone));
    assert_true(gone != kept);
  }
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *execute_keep(const fixture *self, const char *name) {
  static const int64_t first = 0;
  const ryft_execute_options options = {
      RYFT_SIZED(ryft_execute_options), .keep = &first, .keep_count = 1};
  (void)name;
  RYFT_TRY(donate(self, /* options= */ NULL, /* kept= */ false));
  return donate(self, &options, /* kept= */ true);
}

static ryft_error *execute_keep_all(const fixture *self, const char *name) {
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .keep_all = true};
  (void)name;
  return donate(self, &options, /* kept= */ true);
}

static ryft_error *execute_call_location(const fixture *self, const char *name) {
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options),
                                        .call_location = "train.c:12"};
  (void)name;
  return donate(self, &options, /* kept= */ false);
}

static ryft_error *execute_launch_id(const fixture *self, const char *name) {
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .launch_id = 3};
  (void)name;
  return donate(self, &options, /* kept= */ false);
}

static ryft_error *execute_tasks(const fixture *self, const char *name) {
  static const int task = 0;
  static const int64_t incarnation = 1;
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options),
                                        .task_ids = &task,
                                        .incarnation_ids = &incarnation,
                                        .task_count = 1};
  (void)name;
  return donate(self, &options, /* kept= */ false);
}

static ryft_error *execute_device(const fixture *self, const char *name) {
  const ryft_device *second = ryft_client_addressable_devices(self->client).items[1], *found;
  const ryft_compile_options portable = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .device = second};
  ryft_loaded_executable *executable = compile(self, ADD_TEXT, &portable);
  ryft_buffer *arguments[] = {four(self, 1, 1), four(self, 1, 1)}, *sum = NULL;
  (void)name;
  ryft_error *error = ryft_execute(executable, arguments, 2, &options, &sum, 1, /* done= */ NULL);
  if (error == NULL) {
    assert_ok(ryft_buffer_device(sum, &found));
    assert_ptr_equal(found, second);
    expect_four(sum, 2, 2);
  }
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *execute_unchecked(const fixture *self, const char *name) {
  ryft_execute_options options = RYFT_DEFAULTS(ryft_execute_options);
  ryft_loaded_executable *executable = compile(self, ADD_TEXT, NULL);
  static const float numbers[4] = {1, 2, 3, 4};
  ryft_buffer *matrix = upload(self, numbers, RYFT_SHAPE(RYFT_F32, 2, 2)), *sum = NULL;
  ryft_buffer *arguments[] = {matrix, matrix};
  (void)name;
  assert_code(ryft_execute(executable, arguments, 2, &options, &sum, 1, /* done= */ NULL),
              RYFT_INVALID_ARGUMENT,
              "f32[2,2]");
  options.unchecked = true;
  ryft_error *error = ryft_execute(executable, arguments, 2, &options, &sum, 1, /* done= */ NULL);
  if (error == NULL) expect_four(sum, 2, 2);
  ryft_buffer_destroy(matrix);
  ryft_loaded_executable_destroy(executable);
  return error;
}

/* What PJRT was given later than 0.81 has no option here yet. */
static void new_02_execute_options(void **state) {
  static const row rows[] = {
      {"keep", 0, 0, execute_keep},
      {"keep_all", 0, 0, execute_keep_all},
      {"device", 0, 0, execute_device},
      {"call_location", 76, 0, execute_call_location},
      {"launch_id", 0, 0, execute_launch_id},
      {"unchecked", 0, 0, execute_unchecked},
      {"task_ids", 78, 0, execute_tasks},
  };
  EXPECT_ROWS(state, rows);
}

static ryft_error *session_device(const fixture *self, const char *name) {
  static const char *const inputs[] = {"a", "b"}, *const outputs[] = {"sum"};
  const ryft_device *second = ryft_client_addressable_devices(self->client).items[1];
  const ryft_compile_options portable = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  const ryft_session_options options = {RYFT_SIZED(ryft_session_options), .device = second};
  ryft_loaded_executable *executable = compile(self, ADD_TEXT, &portable);
  ryft_session *session = NULL;
  (void)name;
  assert_code(ryft_session_create(executable, inputs, 2, outputs, 1, /* options= */ NULL, &session),
              RYFT_INVALID_ARGUMENT,
              "portable");
  ryft_error *error = ryft_session_create(executable, inputs, 2, outputs, 1, &options, &session);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static void new_02_session_options(void **state) {
  static const row rows[] = {{"device", 0, 0, session_device}};
  EXPECT_ROWS(state, rows);
}

/* ---- Buffers from host memory: 1 2 3 above 4 5 6. */

static const float SIX[6] = {1, 2, 3, 4, 5, 6};

static ryft_error *six_with(const fixture *self,
                            const ryft_device *device,
                            const ryft_from_host_options *options,
                            ryft_buffer **out) {
  (void)self;
  *out = NULL;
  return ryft_buffer_from_host(
      device, SIX, sizeof SIX, RYFT_SHAPE(RYFT_F32, 2, 3), options, out, /* done= */ NULL);
}

static ryft_error *upload_memory(const fixture *self, const char *name) {
  const ryft_memory *last = ryft_device_memories(self->device).items[1], *found = NULL;
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .memory = last};
  ryft_buffer *buffer = NULL;
  (void)name;
  assert_ptr_not_equal(last, ryft_device_default_memory(self->device));
  RYFT_TRY(six_with(self, /* device= */ NULL, &options, &buffer));
  assert_ok(ryft_buffer_memory(buffer, &found));
  assert_ptr_equal(found, last);
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  return NULL;
}

/* Its columns, as if they had been rows. */
static ryft_error *upload_strides(const fixture *self, const char *name) {
  static const int64_t strides[] = {4, 8};
  static const float columns[6] = {1, 3, 5, 2, 4, 6};
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .byte_strides = strides};
  ryft_buffer *buffer = NULL;
  (void)name;
  RYFT_TRY(six_with(self, self->device, &options, &buffer));
  expect_contents(buffer, columns, sizeof columns);
  ryft_buffer_destroy(buffer);
  return NULL;
}

static ryft_error *upload_offset(const fixture *self, const char *name) {
  static const int64_t strides[] = {-12, -4};
  static const float backwards[6] = {6, 5, 4, 3, 2, 1};
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options), .byte_strides = strides, .byte_offset = 20};
  ryft_buffer *buffer = NULL;
  (void)name;
  RYFT_TRY(six_with(self, self->device, &options, &buffer));
  expect_contents(buffer, backwards, sizeof backwards);
  ryft_buffer_destroy(buffer);
  return NULL;
}

static ryft_error *upload_layout(const fixture *self, const char *name) {
  static const int64_t columns_first[] = {0, 1};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = columns_first};
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .layout = &layout};
  ryft_layout found = RYFT_DEFAULTS(ryft_layout);
  ryft_buffer *buffer = NULL;
  (void)name;
  RYFT_TRY(six_with(self, self->device, &options, &buffer));
  assert_ok(ryft_buffer_layout(buffer, &found));
  assert_int_equal(found.rank, 2);
  assert_int_equal(found.minor_to_major[0], 0);
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  return NULL;
}

static ryft_error *upload_release(const fixture *self, const char *name) {
  atomic_int released = 0;
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = RYFT_HOST_UNTIL_TRANSFERRED,
                                          .release = count_release,
                                          .release_arg = &released};
  ryft_buffer *buffer = NULL;
  (void)name;
  RYFT_TRY(six_with(self, self->device, &options, &buffer));
  expect_released_once(&released);
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  return NULL;
}

static ryft_error *upload_semantics(const fixture *self, const char *name) {
  void *data = NULL;
  (void)name;
  for (int kind = RYFT_HOST_DURING_CALL; kind <= RYFT_HOST_ZERO_COPY_MUTABLE; ++kind) {
    const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                            .semantics = (ryft_host_semantics)kind};
    ryft_buffer *buffer = NULL;
    assert_ok(ryft_host_alloc(sizeof SIX, &data));
    memcpy(data, SIX, sizeof SIX);
    assert_ok(ryft_buffer_from_host(self->device,
                                    data,
                                    sizeof SIX,
                                    RYFT_SHAPE(RYFT_F32, 6),
                                    &options,
                                    &buffer,
                                    /* done= */ NULL));
    if (kind == RYFT_HOST_DURING_CALL) memset(data, 0, sizeof SIX);
    expect_contents(buffer, SIX, sizeof SIX);
    ryft_buffer_destroy(buffer);
    ryft_host_free(data);
  }
  return NULL;
}

static void new_02_from_host_options(void **state) {
  static const row rows[] = {
      {"semantics", 0, 0, upload_semantics},
      {"memory", 0, 0, upload_memory},
      {"byte_strides", 0, 0, upload_strides},
      {"byte_offset", 0, 0, upload_offset},
      {"layout", 0, 0, upload_layout},
      {"release", 0, 0, upload_release},
  };
  EXPECT_ROWS(state, rows);
}

/* ---- Plugins: the library's own business. */

static ryft_error *plugin_path(const fixture *self, const char *name) {
  const ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options),
                                       .path = getenv("RYFT_TEST_PLUGIN")};
  ryft_plugin *plugin = NULL;
  (void)name;
  RYFT_TRY(ryft_plugin_load_cpu(&options, &plugin));
  assert_ptr_equal(ryft_plugin_api(plugin), ryft_plugin_api(self->plugin));
  ryft_plugin_destroy(plugin);
  return NULL;
}

static ryft_error *plugin_minimum(const fixture *self, const char *name) {
  ryft_plugin_options options = {RYFT_SIZED(ryft_plugin_options),
                                 .minimum_minor = self->plugin->table.minor + 1};
  ryft_plugin *plugin = NULL;
  (void)name;
  assert_code(ryft_plugin_load(getenv("RYFT_TEST_PLUGIN"), &options, &plugin),
              RYFT_FAILED_PRECONDITION,
              "0.");
  --options.minimum_minor;
  RYFT_TRY(ryft_plugin_load(getenv("RYFT_TEST_PLUGIN"), &options, &plugin));
  ryft_plugin_destroy(plugin);
  return NULL;
}

static void new_02_plugin_options(void **state) {
  static const row rows[] = {
      {"path", 0, 0, plugin_path},
      {"minimum_minor", 0, 0, plugin_minimum},
  };
  EXPECT_ROWS(state, rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(new_02_client_options),
      BUFFER_TEST(new_02_execute_options),
      BUFFER_TEST(new_02_session_options),
      BUFFER_TEST(new_02_from_host_options),
      BUFFER_TEST(new_02_plugin_options),
  };
  return cmocka_run_group_tests_name("option_verdicts", tests, fixture_open, fixture_close);
}
