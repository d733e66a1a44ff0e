/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Longer than most files: it is one short function for each public function of the library. */
#include "core/sweep_scenarios.h"

#include "support/assert.h"

static const char plain_text[] =
    FAKE_PROGRAM("(s32[2,3], s32[2,3]) -> (s32[2,3], s32[2,3]) = swap");

#define poison sweep_poison
#define POISONED(type, name) ryft_##type *name = poison()

/* ---- Scenarios: one call each. Everything it makes is destroyed again, and its error is the
 * result. */

#define CHECK(error, output)                  \
  do {                                        \
    if ((error) != NULL) assert_null(output); \
  } while (0)

static ryft_error *client_create(const scene *s) {
  POISONED(client, client);
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  ryft_error *error = ryft_client_create(s->plugin, &options, &client);
  CHECK(error, client);
  ryft_client_destroy(client);
  return error;
}

static ryft_error *client_create_free_form(const scene *s) {
  POISONED(client, client);
  const ryft_named_value values[] = {ryft_named_int64("cpu_device_count", 1),
                                     ryft_named_bool("asynchronous", true)};
  const ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = values, .value_count = 2};
  ryft_error *error = ryft_client_create(s->plugin, &options, &client);
  CHECK(error, client);
  ryft_client_destroy(client);
  return error;
}

static ryft_error *client_lookup(const scene *s) {
  const ryft_device *device = poison();
  ryft_error *error = ryft_client_lookup_device(s->client, 1, &device);
  CHECK(error, device);
  return error;
}

static ryft_error *client_lookup_local(const scene *s) {
  const ryft_device *device = poison();
  ryft_error *error = ryft_client_lookup_local_device(s->client, 1, &device);
  CHECK(error, device);
  return error;
}

static ryft_error *client_assignment(const scene *s) {
  int ids[2];
  return ryft_client_default_assignment(s->client, 2, 1, ids, 2);
}

static ryft_error *from_host(const scene *s,
                             const ryft_from_host_options *options,
                             bool with_event) {
  POISONED(buffer, buffer);
  POISONED(event, done);
  ryft_error *error = ryft_buffer_from_host(s->devices[0],
                                            sweep_numbers,
                                            sizeof sweep_numbers,
                                            SWEEP_MATRIX,
                                            options,
                                            &buffer,
                                            with_event ? &done : NULL);
  CHECK(error, buffer);
  if (with_event) {
    CHECK(error, done);
    ryft_event_destroy(done);
  }
  ryft_buffer_destroy(buffer);
  return error;
}

static ryft_error *buffer_from_host(const scene *s) {
  return from_host(s, NULL, false);
}
static ryft_error *buffer_from_host_event(const scene *s) {
  return from_host(s, NULL, true);
}

static void count_release(void *arg) {
  atomic_fetch_add((atomic_int *)arg, 1);
}

/* However it ends, the memory is given back exactly once. */
static ryft_error *buffer_from_host_release(const scene *s) {
  atomic_int released = 0;
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = RYFT_HOST_UNTIL_TRANSFERRED,
                                          .release = count_release,
                                          .release_arg = &released};
  ryft_error *error = from_host(s, &options, true);
  sweep_wait(&released);
  assert_int_equal(atomic_load(&released), 1);
  return error;
}

static ryft_error *buffer_from_host_layout(const scene *s) {
  static const int64_t order[] = {0, 1};
  const int64_t strides[] = {12, 4};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = order};
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options), .byte_strides = strides, .layout = &layout};
  return from_host(s, &options, false);
}

static ryft_error *buffer_shape(const scene *s) {
  ryft_shape shape;
  ryft_error *error = ryft_buffer_shape(s->left, &shape);
  if (error == NULL) assert_true(ryft_shape_equal(shape, SWEEP_MATRIX));
  return error;
}

static ryft_error *buffer_unpadded_shape(const scene *s) {
  ryft_shape shape;
  return ryft_buffer_unpadded_shape(s->left, &shape);
}

static ryft_error *buffer_dynamic_dimensions(const scene *s) {
  const size_t *indices = poison();
  size_t count = 1;
  ryft_error *error = ryft_buffer_dynamic_dimensions(s->left, &indices, &count);
  CHECK(error, indices);
  assert_int_equal(count, 0);
  return error;
}

static ryft_error *buffer_layout(const scene *s) {
  ryft_layout layout = RYFT_DEFAULTS(ryft_layout);
  return ryft_buffer_layout(s->left, &layout);
}

static ryft_error *buffer_device_size(const scene *s) {
  size_t size = 0;
  return ryft_buffer_device_size(s->left, &size);
}

static ryft_error *buffer_host_size(const scene *s) {
  size_t size = 0;
  return ryft_buffer_host_size(s->left, &size);
}

static ryft_error *buffer_device(const scene *s) {
  const ryft_device *device = poison();
  ryft_error *error = ryft_buffer_device(s->left, &device);
  CHECK(error, device);
  return error;
}

static ryft_error *buffer_memory(const scene *s) {
  const ryft_memory *memory = poison();
  ryft_error *error = ryft_buffer_memory(s->left, &memory);
  CHECK(error, memory);
  return error;
}

static ryft_error *buffer_is_on_cpu(const scene *s) {
  bool on_cpu;
  return ryft_buffer_is_on_cpu(s->left, &on_cpu);
}

static ryft_error *buffer_is_deleted(const scene *s) {
  bool deleted;
  return ryft_buffer_is_deleted(s->left, &deleted);
}

static ryft_error *buffer_delete(const scene *s) {
  return ryft_buffer_delete(s->left);
}

static ryft_error *buffer_ready(const scene *s) {
  POISONED(event, event);
  ryft_error *error = ryft_buffer_ready(s->left, &event);
  CHECK(error, event);
  ryft_event_destroy(event);
  return error;
}

static ryft_error *buffer_await(const scene *s) {
  return ryft_buffer_await(s->left);
}

static ryft_error *buffer_read(const scene *s) {
  int32_t out[6] = {0};
  ryft_error *error = ryft_buffer_read(s->left, out, sizeof out);
  if (error == NULL) assert_memory_equal(out, sweep_numbers, sizeof out);
  return error;
}

static ryft_error *buffer_read_alloc(const scene *s) {
  void *out = poison();
  size_t size = 1;
  ryft_error *error = ryft_buffer_read_alloc(s->left, &out, &size);
  CHECK(error, out);
  if (error == NULL) assert_memory_equal(out, sweep_numbers, sizeof sweep_numbers);
  ryft_host_free(out);
  return error;
}

static ryft_error *buffer_copy_to_host(const scene *s) {
  int32_t out[6] = {0};
  static const int64_t order[] = {0, 1};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = order};
  POISONED(event, done);
  ryft_error *error = ryft_buffer_copy_to_host(s->left, &layout, out, sizeof out, &done);
  CHECK(error, done);
  if (error == NULL) error = ryft_event_await(done);
  ryft_event_destroy(done);
  return error;
}

static ryft_error *buffer_copy_to_device(const scene *s) {
  POISONED(buffer, copy);
  ryft_error *error = ryft_buffer_copy_to_device(s->left, s->devices[1], &copy);
  CHECK(error, copy);
  ryft_buffer_destroy(copy);
  return error;
}

static ryft_error *buffer_copy_to_memory(const scene *s) {
  POISONED(buffer, copy);
  ryft_error *error =
      ryft_buffer_copy_to_memory(s->left, ryft_device_memories(s->devices[1]).items[1], &copy);
  CHECK(error, copy);
  ryft_buffer_destroy(copy);
  return error;
}

static ryft_error *event_create(const scene *s) {
  POISONED(event, event);
  ryft_error *error = ryft_event_create(s->plugin, &event);
  CHECK(error, event);
  ryft_event_destroy(event);
  return error;
}

static ryft_error *event_set(const scene *s) {
  return ryft_event_set(s->event, NULL);
}

static ryft_error *event_is_ready(const scene *s) {
  bool ready = true;
  ryft_error *error = ryft_event_is_ready(s->event, &ready);
  if (error == NULL) assert_false(ready);
  return error;
}

static ryft_error *event_await(const scene *s) {
  return ryft_event_await(s->ready);
}
static ryft_error *event_error(const scene *s) {
  return ryft_event_error(s->ready);
}

static ryft_error *event_await_for(const scene *s) {
  ryft_error *error = ryft_event_await_for(s->event, /* nanoseconds= */ 1);
  if (ryft_error_code(error) != RYFT_DEADLINE_EXCEEDED) return error;
  ryft_error_destroy(error);
  return NULL;
}

typedef struct callback_counts {
  atomic_int calls, drops;
} callback_counts;

static void count_call(const ryft_error *error, void *arg) {
  (void)error;
  atomic_fetch_add(&((callback_counts *)arg)->calls, 1);
}

static void count_drop(void *arg) {
  atomic_fetch_add(&((callback_counts *)arg)->drops, 1);
}

/* The callback runs exactly once, or never when registering failed; the argument is dropped exactly
 * once. */
static ryft_error *event_on_ready(const scene *s) {
  callback_counts counts = {.calls = 0};
  ryft_error *error = ryft_event_on_ready(s->ready, count_call, &counts, count_drop);
  sweep_wait(&counts.drops);
  assert_int_equal(atomic_load(&counts.calls), error == NULL ? 1 : 0);
  assert_int_equal(atomic_load(&counts.drops), 1);
  return error;
}

static ryft_error *compile(const scene *s,
                           const char *text,
                           size_t size,
                           const ryft_compile_options *options) {
  POISONED(loaded_executable, executable);
  const ryft_program program = {RYFT_SIZED(ryft_program), .format = "mlir", .code = {text, size}};
  ryft_error *error = ryft_client_compile(s->client, &program, options, &executable);
  CHECK(error, executable);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *client_compile(const scene *s) {
  return compile(s, SWEEP_PROGRAM, sizeof SWEEP_PROGRAM - 1, NULL);
}

static ryft_error *client_compile_options(const scene *s) {
  const int64_t ids[] = {1, 0};
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
  return compile(s, plain_text, sizeof plain_text - 1, &options);
}

static ryft_error *encode_options(const scene *s) {
  (void)s;
  const ryft_field_setting fields[] = {{"executable_build_options.device_memory_size", "1000000"}};
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .partitions = 2, .fields = fields, .field_count = 1};
  void *data = poison();
  size_t size = 1;
  ryft_error *error = ryft_compile_options_encode(&options, &data, &size);
  CHECK(error, data);
  ryft_host_free(data);
  return error;
}

static ryft_error *program_create(const scene *s) {
  (void)s;
  POISONED(program, program);
  ryft_error *error = ryft_program_create(
      /* format= */ NULL, (ryft_bytes){plain_text, sizeof plain_text - 1}, &program);
  CHECK(error, program);
  ryft_program_destroy(program);
  return error;
}

static ryft_error *client_load(const scene *s) {
  POISONED(loaded_executable, loaded);
  ryft_error *error =
      ryft_client_load(s->client, ryft_loaded_executable_executable(s->executable), NULL, &loaded);
  CHECK(error, loaded);
  ryft_loaded_executable_destroy(loaded);
  return error;
}

static ryft_error *executable_name(const scene *s) {
  const char *name = poison();
  ryft_error *error = ryft_executable_name(ryft_loaded_executable_executable(s->executable), &name);
  CHECK(error, name);
  return error;
}

static ryft_error *executable_replicas(const scene *s) {
  size_t replicas, partitions;
  return ryft_executable_replicas(
      ryft_loaded_executable_executable(s->executable), &replicas, &partitions);
}

static ryft_error *executable_output_count(const scene *s) {
  size_t count;
  return ryft_executable_output_count(ryft_loaded_executable_executable(s->executable), &count);
}

static ryft_error *executable_optimized(const scene *s) {
  const char *format = poison();
  void *data = poison();
  size_t size;
  ryft_error *error = ryft_executable_optimized_program(
      ryft_loaded_executable_executable(s->executable), &format, &data, &size);
  CHECK(error, data);
  ryft_host_free(data);
  return error;
}

static ryft_error *loaded_signature(const scene *s) {
  const ryft_signature *signature = poison();
  ryft_error *error = ryft_loaded_executable_signature(s->executable, &signature);
  CHECK(error, signature);
  return error;
}

static ryft_error *loaded_logical_ids(const scene *s) {
  const ryft_logical_id *ids = poison();
  size_t count;
  ryft_error *error = ryft_loaded_executable_logical_ids(s->executable, &ids, &count);
  CHECK(error, ids);
  return error;
}

static ryft_error *loaded_delete(const scene *s) {
  return ryft_loaded_executable_delete(s->executable);
}

static ryft_error *loaded_is_deleted(const scene *s) {
  bool deleted;
  return ryft_loaded_executable_is_deleted(s->executable, &deleted);
}

static ryft_error *execute_with(const scene *s,
                                const ryft_execute_options *options,
                                bool with_event) {
  ryft_buffer *arguments[] = {s->left, s->right};
  ryft_buffer *outputs[2] = {poison(), poison()};
  POISONED(event, done);
  ryft_error *error =
      ryft_execute(s->executable, arguments, 2, options, outputs, 2, with_event ? &done : NULL);
  CHECK(error, outputs[0]);
  CHECK(error, outputs[1]);
  if (with_event) {
    CHECK(error, done);
    ryft_event_destroy(done);
  }
  ryft_buffer_destroy(outputs[0]);
  ryft_buffer_destroy(outputs[1]);
  return error;
}

static ryft_error *execute(const scene *s) {
  return execute_with(s, NULL, false);
}
static ryft_error *execute_event(const scene *s) {
  return execute_with(s, NULL, true);
}

static ryft_error *execute_keep(const scene *s) {
  const int64_t keep[] = {0};
  const ryft_execute_options options = {
      RYFT_SIZED(ryft_execute_options), .keep = keep, .keep_count = 1, .call_location = "here"};
  return execute_with(s, &options, true);
}

static ryft_error *execute_all(const scene *s) {
  ryft_buffer *list[] = {s->left, s->right};
  ryft_buffer *const *arguments[] = {list};
  ryft_buffer *results[2] = {poison(), poison()};
  ryft_buffer **outputs[] = {results};
  POISONED(event, done);
  ryft_error *error =
      ryft_execute_all(s->executable, arguments, 1, 2, /* options= */ NULL, outputs, 2, &done);
  CHECK(error, results[0]);
  CHECK(error, results[1]);
  CHECK(error, done);
  ryft_event_destroy(done);
  ryft_buffer_destroy(results[0]);
  ryft_buffer_destroy(results[1]);
  return error;
}

/* A whole life, where a failure in the middle meets objects that are alive. */
static ryft_error *whole_life(const scene *s) {
  ryft_client *client = NULL;
  ryft_buffer *input = NULL, *outputs[2] = {NULL, NULL};
  ryft_loaded_executable *executable = NULL;
  int32_t result[6];
  ryft_error *error = ryft_client_create(s->plugin, NULL, &client);
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
    const ryft_program program = {
        RYFT_SIZED(ryft_program), .format = "mlir", .code = {plain_text, sizeof plain_text - 1}};
    error = ryft_client_compile(client, &program, /* options= */ NULL, &executable);
  }
  ryft_client_destroy(client);
  ryft_buffer *arguments[] = {input, input};
  if (error == NULL)
    error = ryft_execute(executable, arguments, 2, NULL, outputs, 2, /* done= */ NULL);
  ryft_loaded_executable_destroy(executable);
  if (error == NULL) error = ryft_buffer_read(outputs[1], result, sizeof result);
  ryft_buffer_destroy(input);
  ryft_buffer_destroy(outputs[0]);
  ryft_buffer_destroy(outputs[1]);
  return error;
}

#define ATTRIBUTES \
  "PJRT_DeviceDescription_Attributes PJRT_Device_GetAttributes PJRT_Device_DefaultMemory"
#define SIGNATURE "PJRT_Executable_OptimizedProgram"
const scenario sweep_scenarios[] = {
    {"client_create", client_create, ATTRIBUTES},
    {"client_create_free_form", client_create_free_form, ATTRIBUTES},
    {"client_lookup", client_lookup, ""},
    {"client_lookup_local", client_lookup_local, ""},
    {"client_assignment", client_assignment, ""},
    {"buffer_from_host", buffer_from_host, ""},
    {"buffer_from_host_event", buffer_from_host_event, ""},
    {"buffer_from_host_release", buffer_from_host_release, ""},
    {"buffer_from_host_layout", buffer_from_host_layout, ""},
    {"buffer_shape", buffer_shape, ""},
    {"buffer_unpadded_shape", buffer_unpadded_shape, ""},
    {"buffer_dynamic_dimensions", buffer_dynamic_dimensions, ""},
    {"buffer_layout", buffer_layout, ""},
    {"buffer_device_size", buffer_device_size, ""},
    {"buffer_host_size", buffer_host_size, ""},
    {"buffer_device", buffer_device, ""},
    {"buffer_memory", buffer_memory, ""},
    {"buffer_is_on_cpu", buffer_is_on_cpu, ""},
    {"buffer_is_deleted", buffer_is_deleted, ""},
    {"buffer_delete", buffer_delete, ""},
    {"buffer_ready", buffer_ready, ""},
    {"buffer_await", buffer_await, ""},
    {"buffer_read", buffer_read, SWEEP_FAST_READ},
    {"buffer_read_alloc", buffer_read_alloc, SWEEP_FAST_READ},
    {"buffer_copy_to_host", buffer_copy_to_host, "PJRT_Buffer_GetMemoryLayout"},
    {"buffer_copy_to_device", buffer_copy_to_device, ""},
    {"buffer_copy_to_memory", buffer_copy_to_memory, ""},
    {"event_create", event_create, "PJRT_Event_Set"},
    {"event_set", event_set, ""},
    {"event_is_ready", event_is_ready, ""},
    {"event_await", event_await, ""},
    {"event_error", event_error, ""},
    {"event_await_for", event_await_for, ""},
    {"event_on_ready", event_on_ready, ""},
    {"client_compile", client_compile, SIGNATURE},
    {"client_compile_options", client_compile_options, SIGNATURE},
    {"program_create", program_create, ""},
    {"compile_options_encode", encode_options, ""},
    {"client_load", client_load, SIGNATURE},
    {"executable_name", executable_name, ""},
    {"executable_replicas", executable_replicas, ""},
    {"executable_output_count", executable_output_count, ""},
    {"executable_optimized_program", executable_optimized, ""},
    {"loaded_executable_signature", loaded_signature, ""},
    {"loaded_executable_logical_ids", loaded_logical_ids, ""},
    {"loaded_executable_delete", loaded_delete, ""},
    {"loaded_executable_is_deleted", loaded_is_deleted, ""},
    {"execute", execute, ""},
    {"execute_event", execute_event, ""},
    {"execute_keep", execute_keep, ""},
    {"execute_all", execute_all, ""},
    {"whole_life", whole_life, ATTRIBUTES " " SIGNATURE " " SWEEP_FAST_READ},
};

const size_t sweep_scenario_count = sizeof sweep_scenarios / sizeof sweep_scenarios[0];
