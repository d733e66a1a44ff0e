/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What buffers tell about themselves, and their contents on the way back. */
#include "core/buffer_support.h"
#include "ryft/abi/pjrt.h"
#include "ryft/ryft.h"
#include "src/core/buffer.h"

static const float SIX[6] = {0, 1, 2, 3, 4, 5};
static const float SIX_BY_COLUMNS[6] = {0, 3, 1, 4, 2, 5};
static const int64_t ROWS[2] = {1, 0};
static const int64_t COLUMNS[2] = {0, 1};

static ryft_buffer *upload_six(const fixture *self) {
  return upload(self, SIX, RYFT_SHAPE(RYFT_F32, 2, 3));
}

static void buf_15_metadata(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self);
  for (int pass = 0; pass < 2; ++pass) {
    ryft_shape shape, unpadded;
    size_t size = 0, dynamic = 9;
    const size_t *indices = NULL;
    const ryft_device *device = NULL;
    const ryft_memory *memory = NULL;
    bool on_cpu = false;
    assert_ok(ryft_buffer_shape(buffer, &shape));
    assert_true(ryft_shape_equal(shape, RYFT_SHAPE(RYFT_F32, 2, 3)));
    assert_ok(ryft_buffer_unpadded_shape(buffer, &unpadded));
    assert_true(ryft_shape_equal(unpadded, shape));
    assert_ok(ryft_buffer_dynamic_dimensions(buffer, &indices, &dynamic));
    assert_int_equal(dynamic, 0);
    assert_ok(ryft_buffer_host_size(buffer, &size));
    assert_int_equal(size, sizeof SIX);
    assert_ok(ryft_buffer_device_size(buffer, &size));
    assert_int_equal(size, sizeof SIX);
    assert_ok(ryft_buffer_device(buffer, &device));
    assert_ptr_equal(device, self->device);
    assert_ok(ryft_buffer_memory(buffer, &memory));
    assert_ptr_equal(memory, ryft_device_default_memory(self->device));
    assert_ok(ryft_buffer_is_on_cpu(buffer, &on_cpu));
    assert_true(on_cpu);
    assert_ptr_equal(ryft_buffer_client(buffer), self->client);
    assert_non_null(ryft_buffer_raw(buffer));
  }
  ryft_buffer_destroy(buffer);
}

/* Equal shapes of one client are one shape, whoever reports them. */
static void buf_15_shapes_are_shared(void **state) {
  const fixture *self = *state;
  ryft_buffer *uploaded = upload_six(self), *copy = NULL;
  ryft_shape left, right;
  assert_ok(ryft_buffer_copy_to_memory(uploaded, ryft_device_default_memory(self->device), &copy));
  ryft_buffer *unknown = NULL;
  assert_ok(ryft__buffer_adopt(self->client, copy->raw, /* shape= */ NULL, &unknown));
  assert_ok(ryft_buffer_shape(uploaded, &left));
  assert_ok(ryft_buffer_shape(unknown, &right));
  assert_ptr_equal(left.dims, right.dims);
  copy->raw = NULL; /* which belongs to `unknown` now */
  ryft_buffer_destroy(copy);
  ryft_buffer_destroy(unknown);
  ryft_buffer_destroy(uploaded);
}

static void buf_16_layout(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self);
  ryft_layout layout = RYFT_DEFAULTS(ryft_layout);
  assert_ok(ryft_buffer_layout(buffer, &layout));
  assert_int_equal(layout.struct_size, sizeof layout);
  assert_int_equal(layout.kind, RYFT_LAYOUT_TILED);
  assert_int_equal(layout.rank, 2);
  assert_memory_equal(layout.minor_to_major, ROWS, sizeof ROWS);
  assert_int_equal(layout.tile_count, 0);
  layout.struct_size = 0;
  assert_code(ryft_buffer_layout(buffer, &layout), RYFT_INVALID_ARGUMENT, "struct_size");
  ryft_buffer_destroy(buffer);
}

static void buf_17_sizes_must_be_exact(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self);
  float out[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
  ryft_event *done = NULL;
  assert_code(ryft_buffer_read(buffer, out, 20), RYFT_INVALID_ARGUMENT, "f32[2,3] takes 24");
  assert_code(ryft_buffer_read(buffer, out, 28), RYFT_INVALID_ARGUMENT, "28 are given");
  assert_code(ryft_buffer_copy_to_host(buffer, NULL, out, 23, &done),
              RYFT_INVALID_ARGUMENT,
              "23 are given");
  assert_null(done);
  assert_true(out[0] == -1.0f);
  assert_ok(ryft_buffer_copy_to_host(buffer, NULL, out, sizeof out, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  assert_memory_equal(out, SIX, sizeof SIX);
  assert_true(out[6] == -1.0f && out[7] == -1.0f);
  ryft_buffer_destroy(buffer);
}

/* Gives the order asked for, or says that it cannot. */
static void expect_order(const ryft_buffer *buffer, const int64_t *order, const float *expected) {
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = order};
  float out[6] = {0};
  ryft_event *done = NULL;
  ryft_error *error = ryft_buffer_copy_to_host(buffer, &layout, out, sizeof out, &done);
  if (error != NULL) {
    assert_null(done);
    assert_false(ryft_error_is_from_plugin(error)); /* it was not asked */
    assert_code(error, RYFT_UNIMPLEMENTED, "order of dimensions");
    assert_int_equal(test_plugin_minor(), 81);
    return;
  }
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  assert_memory_equal(out, expected, sizeof out);
}

static void buf_17_host_layouts(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self);
  expect_order(buffer, ROWS, SIX);
  expect_order(buffer, COLUMNS, SIX_BY_COLUMNS);
  ryft_buffer_destroy(buffer);
}

static void buf_17_strange_host_layouts_are_refused(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self);
  float out[6];
  ryft_event *done = NULL;
  ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = ROWS};
  layout.tile_dims = (int64_t[]){2, 2};
  layout.tile_ranks = (size_t[]){2};
  layout.tile_count = 1;
  assert_code(ryft_buffer_copy_to_host(buffer, &layout, out, sizeof out, &done),
              RYFT_UNIMPLEMENTED,
              "tiles");
  layout = (ryft_layout){RYFT_SIZED(ryft_layout), .kind = RYFT_LAYOUT_STRIDES, .rank = 2};
  layout.byte_strides = (int64_t[]){16, 4};
  assert_code(ryft_buffer_copy_to_host(buffer, &layout, out, sizeof out, &done),
              RYFT_INVALID_ARGUMENT,
              "bytes 0 to 27");
  layout.byte_strides = (int64_t[]){12, 4};
  ryft_error *refused = ryft_buffer_copy_to_host(buffer, &layout, out, sizeof out, &done);
  assert_code(refused, RYFT_INVALID_ARGUMENT, "strides");
  assert_null(done);
  ryft_buffer_destroy(buffer);
}

/* A program decides how its results lie on the device; whoever reads them need not care. */
static void buf_17_results_come_in_the_usual_order(void **state) {
  const fixture *self = *state;
  const ryft_program *program = RYFT_PROGRAM_TEXT(
      "module {\n"
      "  func.func public @main(%a: tensor<2x3xf32>) ->\n"
      "      (tensor<2x3xf32> {mhlo.layout_mode = \"{0,1}\"}) {\n"
      "    %0 = stablehlo.add %a, %a : tensor<2x3xf32>\n"
      "    return %0 : tensor<2x3xf32>\n"
      "  }\n"
      "}\n");
  const float doubled[6] = {0, 2, 4, 6, 8, 10};
  ryft_loaded_executable *executable = NULL;
  ryft_buffer *argument = upload_six(self), *result = NULL;
  ryft_layout layout = RYFT_DEFAULTS(ryft_layout);
  assert_ok(ryft_client_compile(self->client, program, NULL, &executable));
  assert_ok(ryft_execute(executable, &argument, 1, NULL, &result, 1, NULL));
  assert_ok(ryft_buffer_layout(result, &layout));
  assert_memory_equal(layout.minor_to_major, COLUMNS, sizeof COLUMNS);
  expect_contents(result, doubled, sizeof doubled);
  expect_order(result, ROWS, doubled);
  ryft_buffer_destroy(result);
  ryft_buffer_destroy(argument);
  ryft_loaded_executable_destroy(executable);
}

/* And a program that asks for columns gets the array that was uploaded as such. */
static void buf_09_programs_see_uploaded_layouts(void **state) {
  const fixture *self = *state;
  const ryft_program *program = RYFT_PROGRAM_TEXT(
      "module {\n"
      "  func.func public @main(%a: tensor<2x3xf32> {mhlo.layout_mode = \"{0,1}\"}) ->\n"
      "      tensor<2x3xf32> {\n"
      "    %0 = stablehlo.add %a, %a : tensor<2x3xf32>\n"
      "    return %0 : tensor<2x3xf32>\n"
      "  }\n"
      "}\n");
  const float doubled[6] = {0, 2, 4, 6, 8, 10};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = COLUMNS};
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .layout = &layout};
  ryft_loaded_executable *executable = NULL;
  ryft_buffer *argument = NULL, *result = NULL;
  assert_ok(ryft_buffer_from_host(
      self->device, SIX, sizeof SIX, RYFT_SHAPE(RYFT_F32, 2, 3), &options, &argument, NULL));
  assert_ok(ryft_client_compile(self->client, program, NULL, &executable));
  assert_ok(ryft_execute(executable, &argument, 1, NULL, &result, 1, NULL));
  expect_contents(result, doubled, sizeof doubled);
  ryft_buffer_destroy(result);
  ryft_buffer_destroy(argument);
  ryft_loaded_executable_destroy(executable);
}

static void buf_21_copies(void **state) {
  const fixture *self = *state;
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  const ryft_memory_list memories = ryft_client_addressable_memories(self->client);
  ryft_buffer *buffer = upload_six(self), *copy = NULL;
  for (size_t i = 0; i < devices.count; ++i) {
    const ryft_device *device = NULL;
    assert_ok(ryft_buffer_copy_to_device(buffer, devices.items[i], &copy));
    assert_ok(ryft_buffer_device(copy, &device));
    assert_ptr_equal(device, devices.items[i]);
    expect_contents(copy, SIX, sizeof SIX);
    ryft_buffer_destroy(copy);
  }
  for (size_t i = 0; i < memories.count; ++i) {
    const ryft_memory *memory = NULL;
    assert_ok(ryft_buffer_copy_to_memory(buffer, memories.items[i], &copy));
    assert_ok(ryft_buffer_memory(copy, &memory));
    assert_ptr_equal(memory, memories.items[i]);
    expect_contents(copy, SIX, sizeof SIX);
    ryft_buffer_destroy(copy);
  }
  assert_code(ryft_buffer_copy_to_device(buffer, NULL, &copy), RYFT_INVALID_ARGUMENT, "device");
  assert_code(ryft_buffer_copy_to_memory(buffer, NULL, &copy), RYFT_INVALID_ARGUMENT, "memory");
  assert_null(copy);
  ryft_buffer_destroy(buffer);
}

static void buf_21_other_clients_are_refused(void **state) {
  const fixture *self = *state;
  ryft_client *other = NULL;
  ryft_buffer *buffer = upload_six(self), *copy = NULL;
  assert_ok(ryft_client_create(self->plugin, NULL, &other));
  assert_code(
      ryft_buffer_copy_to_device(buffer, ryft_client_addressable_devices(other).items[0], &copy),
      RYFT_INVALID_ARGUMENT,
      "own client");
  assert_code(
      ryft_buffer_copy_to_memory(buffer, ryft_client_addressable_memories(other).items[0], &copy),
      RYFT_INVALID_ARGUMENT,
      "own client");
  ryft_client_destroy(other);
  ryft_buffer_destroy(buffer);
}

static void buf_23_ready(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self);
  ryft_event *ready = NULL;
  assert_ok(ryft_buffer_ready(buffer, &ready));
  assert_ok(ryft_buffer_await(buffer));
  ryft_buffer_destroy(buffer);
  assert_ok(ryft_event_await(ready));
  ryft_event_destroy(ready);
}

static void buf_27_delete(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = upload_six(self), *copy = NULL;
  bool deleted = true;
  float out[6];
  ryft_shape shape;
  ryft_event *done = NULL;
  assert_ok(ryft_buffer_read(buffer, out, sizeof out));
  assert_ok(ryft_buffer_is_deleted(buffer, &deleted));
  assert_false(deleted);
  assert_ok(ryft_buffer_delete(buffer));
  assert_ok(ryft_buffer_delete(buffer));
  assert_ok(ryft_buffer_is_deleted(buffer, &deleted));
  assert_true(deleted);
  assert_ok(ryft_buffer_shape(buffer, &shape));
  assert_int_equal(shape.rank, 2);
  assert_code(ryft_buffer_read(buffer, out, sizeof out), RYFT_INVALID_ARGUMENT, "deleted");
  assert_code(ryft_buffer_await(buffer), RYFT_INVALID_ARGUMENT, "deleted");
  assert_code(ryft_buffer_copy_to_host(buffer, NULL, out, sizeof out, &done),
              RYFT_INVALID_ARGUMENT,
              "deleted");
  assert_null(done);
  assert_code(ryft_buffer_copy_to_memory(buffer, ryft_device_default_memory(self->device), &copy),
              RYFT_INVALID_ARGUMENT,
              "deleted");
  assert_null(copy);
  ryft_buffer_destroy(buffer);
}

static void buf_29_equal_contents(void **state) {
  const fixture *self = *state;
  const size_t count = 100003;
  float *data = calloc(count, sizeof *data), *out = calloc(count, sizeof *out);
  assert_true(data != NULL && out != NULL);
  for (size_t i = 0; i < count; ++i) data[i] = (float)i * 0.5f;
  ryft_buffer *left = upload(self, data, RYFT_SHAPE(RYFT_F32, (int64_t)count));
  ryft_buffer *right = NULL;
  assert_ok(ryft_buffer_copy_to_memory(left, ryft_device_default_memory(self->device), &right));
  assert_ok(ryft_buffer_read(right, out, count * sizeof *out));
  assert_memory_equal(out, data, count * sizeof *out);
  ryft_buffer_destroy(left);
  ryft_buffer_destroy(right);
  free(data);
  free(out);
}

/* The way past the plugin gives the same bytes as the plugin's own. */
static void new_08_direct_reads_equal_the_plugins(void **state) {
  const fixture *self = *state;
  const ryft_program *program = RYFT_PROGRAM_TEXT(
      "module {\n"
      "  func.func public @main(%a: tensor<512x512xf32>) -> tensor<512x512xf32> {\n"
      "    %0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0] :\n"
      "        (tensor<512x512xf32>, tensor<512x512xf32>) -> tensor<512x512xf32>\n"
      "    return %0 : tensor<512x512xf32>\n"
      "  }\n"
      "}\n");
  enum { COUNT = 512 * 512 };
  static float data[COUNT], direct[COUNT], through[COUNT];
  for (size_t i = 0; i < COUNT; ++i) data[i] = (float)(i % 17) / 16.0f;
  ryft_loaded_executable *executable = NULL;
  ryft_buffer *argument = upload(self, data, RYFT_SHAPE(RYFT_F32, 512, 512)), *result = NULL;
  assert_ok(ryft_client_compile(self->client, program, NULL, &executable));
  for (int round = 0; round < 5; ++round) {
    memset(direct, 0, sizeof direct);
    ryft_event *done = NULL;
    assert_ok(ryft_execute(executable, &argument, 1, NULL, &result, 1, NULL));
    /* Not computed yet, in all likelihood: this is where an unguarded pointer reads zeros. */
    assert_ok(ryft_buffer_read(result, direct, sizeof direct));
    assert_int_equal(result->facts & RYFT__DIRECT_YES, RYFT__DIRECT_YES);
    assert_ok(ryft_buffer_copy_to_host(result, NULL, through, sizeof through, &done));
    assert_ok(ryft_event_await(done));
    ryft_event_destroy(done);
    assert_memory_equal(direct, through, sizeof direct);
    assert_true(direct[0] > 0);
    ryft_buffer_destroy(result);
  }
  ryft_buffer_destroy(argument);
  ryft_loaded_executable_destroy(executable);
}

static void new_08_packed_types_go_through_the_plugin(void **state) {
  const fixture *self = *state;
  const uint8_t data[5] = {1, 2, 3, 4, 5};
  ryft_buffer *buffer = upload(self, data, RYFT_SHAPE(RYFT_U4, 5));
  expect_contents(buffer, data, sizeof data);
  assert_int_equal(buffer->facts & RYFT__DIRECT_YES, 0);
  ryft_buffer_destroy(buffer);
}

/* A buffer that holds an error instead of an array; false where the plugin cannot make one. */
static bool make_failed(const fixture *self, ryft_buffer **out) {
  const PJRT_Api *api = ryft_plugin_api(self->plugin);
  if (!ryft_plugin_has(self->plugin, "PJRT_Client_CreateErrorBuffer")) return false;
  static const int64_t dims[2] = {2, 3};
  PJRT_Buffer_MemoryLayout layout = {
      .struct_size = PJRT_Buffer_MemoryLayout_STRUCT_SIZE,
      .type = PJRT_Buffer_MemoryLayout_Type_Tiled,
  };
  layout.tiled.struct_size = PJRT_Buffer_MemoryLayout_Tiled_STRUCT_SIZE;
  layout.tiled.minor_to_major = ROWS;
  layout.tiled.minor_to_major_size = 2;
  PJRT_Client_CreateErrorBuffer_Args args = {
      .struct_size = PJRT_Client_CreateErrorBuffer_Args_STRUCT_SIZE,
      .client = ryft_client_raw(self->client),
      .error_code = PJRT_Error_Code_DATA_LOSS,
      .error_message = "spilt milk",
      .error_message_size = 10,
      .shape_dims = dims,
      .shape_num_dims = 2,
      .shape_element_type = PJRT_Buffer_Type_F32,
      .shape_layout = &layout,
      .memory = ryft_memory_raw(ryft_device_default_memory(self->device)),
  };
  assert_null(api->PJRT_Client_CreateErrorBuffer(&args));
  assert_ok(ryft__buffer_adopt(self->client,
                               args.buffer,
                               /* shape= */ NULL,
                               out));
  return true;
}

/* One of the plugins aborts when such a buffer is read its own way. */
static void new_08_failed_buffers_give_their_error(void **state) {
  const fixture *self = *state;
  ryft_buffer *buffer = NULL;
  ryft_event *done = NULL;
  float out[6];
  if (!make_failed(self, &buffer)) return;
  assert_code(ryft_buffer_await(buffer), RYFT_DATA_LOSS, "spilt milk");
  assert_code(ryft_buffer_read(buffer, out, sizeof out), RYFT_DATA_LOSS, "spilt milk");
  assert_code(
      ryft_buffer_copy_to_host(buffer, NULL, out, sizeof out, &done), RYFT_DATA_LOSS, "spilt milk");
  assert_null(done);
  ryft_buffer_destroy(buffer);
}

static void every_failed_allocation_is_survived(void **state) {
  const fixture *self = *state;
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = COLUMNS};
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .layout = &layout};
  for (size_t nth = 1;; ++nth) {
    ryft_buffer *buffer = NULL;
    float out[6] = {0};
    assert_ok(ryft_buffer_from_host(
        self->device, SIX, sizeof SIX, RYFT_SHAPE(RYFT_F32, 2, 3), &options, &buffer, NULL));
    test_allocator_fail(nth);
    ryft_error *error = ryft_buffer_read(buffer, out, sizeof out);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error != NULL) assert_code(error, RYFT_RESOURCE_EXHAUSTED, "");
    /* A failure leaves nothing behind that would make the next read wrong. */
    expect_contents(buffer, SIX, sizeof SIX);
    ryft_buffer_destroy(buffer);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(buf_15_metadata),
      BUFFER_TEST(buf_15_shapes_are_shared),
      BUFFER_TEST(buf_16_layout),
      BUFFER_TEST(buf_17_sizes_must_be_exact),
      BUFFER_TEST(buf_17_host_layouts),
      BUFFER_TEST(buf_17_strange_host_layouts_are_refused),
      BUFFER_TEST(buf_17_results_come_in_the_usual_order),
      BUFFER_TEST(buf_09_programs_see_uploaded_layouts),
      BUFFER_TEST(buf_21_copies),
      BUFFER_TEST(buf_21_other_clients_are_refused),
      BUFFER_TEST(buf_23_ready),
      BUFFER_TEST(buf_27_delete),
      BUFFER_TEST(buf_29_equal_contents),
      BUFFER_TEST(new_08_direct_reads_equal_the_plugins),
      BUFFER_TEST(new_08_packed_types_go_through_the_plugin),
      BUFFER_TEST(new_08_failed_buffers_give_their_error),
      BUFFER_TEST(every_failed_allocation_is_survived),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
