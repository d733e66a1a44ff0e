/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "declared_steps.h"
#include "sweep/sweep.h"

static const int64_t column_major[] = {0, 1};
static const ryft_layout columns = {RYFT_SIZED(ryft_layout),
                                    .rank = 2,
                                    .minor_to_major = column_major};

/* ---- From host memory. */

static ryft_error *from_host(const scene *s,
                             const ryft_from_host_options *options,
                             bool with_event) {
  ryft_buffer *buffer = POISON;
  ryft_event *done = with_event ? POISON : NULL;
  ryft_error *error = ryft_buffer_from_host(s->devices[0],
                                            sweep_numbers,
                                            sizeof sweep_numbers,
                                            SWEEP_MATRIX,
                                            options,
                                            &buffer,
                                            with_event ? &done : NULL);
  CLEARED(error, buffer);
  CLEARED(error, done);
  ryft_event_destroy(done);
  ryft_buffer_destroy(buffer);
  return error;
}

static ryft_error *buffer_from_host(const scene *s) {
  return from_host(s, /* options= */ NULL, /* with_event= */ false);
}

static ryft_error *buffer_from_host_event(const scene *s) {
  return from_host(s, /* options= */ NULL, /* with_event= */ true);
}

static void count_release(void *arg) {
  atomic_fetch_add((atomic_int *)arg, 1);
}

/* However it ends, the memory is given back exactly once. */
static ryft_error *release_once(const scene *s, ryft_host_semantics semantics) {
  atomic_int released = 0;
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = semantics,
                                          .release = count_release,
                                          .release_arg = &released};
  ryft_error *error = from_host(s, &options, /* with_event= */ true);
  sweep_wait(&released);
  assert_int_equal(atomic_load(&released), 1);
  return error;
}

static ryft_error *buffer_from_host_release(const scene *s) {
  return release_once(s, RYFT_HOST_UNTIL_TRANSFERRED);
}

static ryft_error *buffer_from_host_zero_copy(const scene *s) {
  return release_once(s, RYFT_HOST_ZERO_COPY);
}

static ryft_error *buffer_from_host_layout(const scene *s) {
  const int64_t strides[] = {12, 4};
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options), .byte_strides = strides, .layout = &columns};
  return from_host(s, &options, /* with_event= */ false);
}

static ryft_error *buffer_from_host_memory(const scene *s) {
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .memory = ryft_device_memories(s->devices[0]).items[1]};
  return from_host(s, &options, /* with_event= */ false);
}

static ryft_error *buffer_from_host_array(const scene *s) {
  ryft_buffer *buffer = POISON;
  ryft_event *done = POISON;
  ryft_error *error =
      ryft_buffer_from_host_array(s->devices[0], SWEEP_ARRAY, /* options= */ NULL, &buffer, &done);
  CLEARED(error, buffer);
  CLEARED(error, done);
  ryft_event_destroy(done);
  ryft_buffer_destroy(buffer);
  return error;
}

/* ---- What a buffer is. */

static ryft_error *check_shape(ryft_error *error, ryft_shape shape) {
  CLEARED(error, shape.type);
  CLEARED(error, shape.rank);
  CLEARED(error, shape.dims);
  if (error == NULL) assert_true(ryft_shape_equal(shape, SWEEP_MATRIX));
  return error;
}

static ryft_error *buffer_shape(const scene *s) {
  ryft_shape shape = {RYFT_F64, 7, POISON};
  ryft_error *error = ryft_buffer_shape(s->result, &shape);
  return check_shape(error, shape);
}

static ryft_error *buffer_unpadded_shape(const scene *s) {
  ryft_shape shape = {RYFT_F64, 7, POISON};
  ryft_error *error = ryft_buffer_unpadded_shape(s->result, &shape);
  return check_shape(error, shape);
}

static ryft_error *buffer_dynamic_dimensions(const scene *s) {
  const size_t *indices = POISON;
  size_t count = 1;
  ryft_error *error = ryft_buffer_dynamic_dimensions(s->left, &indices, &count);
  CLEARED(error, indices);
  assert_int_equal(count, 0);
  return error;
}

static ryft_error *buffer_layout(const scene *s) {
  ryft_layout layout = {RYFT_SIZED(ryft_layout),
                        .kind = RYFT_LAYOUT_STRIDES,
                        .rank = 7,
                        .minor_to_major = POISON,
                        .tile_dims = POISON,
                        .tile_ranks = POISON,
                        .tile_count = 7,
                        .byte_strides = POISON};
  ryft_error *error = ryft_buffer_layout(s->left, &layout);
  CLEARED(error, layout.kind);
  CLEARED(error, layout.rank);
  CLEARED(error, layout.minor_to_major);
  CLEARED(error, layout.tile_dims);
  CLEARED(error, layout.tile_ranks);
  CLEARED(error, layout.tile_count);
  CLEARED(error, layout.byte_strides);
  if (error == NULL) assert_int_equal(layout.rank, 2);
  return error;
}

static ryft_error *buffer_device_size(const scene *s) {
  size_t size = 7;
  ryft_error *error = ryft_buffer_device_size(s->left, &size);
  CLEARED(error, size);
  if (error == NULL) assert_true(size >= sizeof sweep_numbers);
  return error;
}

static ryft_error *buffer_host_size(const scene *s) {
  size_t size = 7;
  ryft_error *error = ryft_buffer_host_size(s->result, &size);
  CLEARED(error, size);
  if (error == NULL) assert_int_equal(size, sizeof sweep_numbers);
  return error;
}

static ryft_error *buffer_device(const scene *s) {
  const ryft_device *device = POISON;
  ryft_error *error = ryft_buffer_device(s->left, &device);
  CLEARED(error, device);
  if (error == NULL) assert_ptr_equal(device, s->devices[0]);
  return error;
}

static ryft_error *buffer_is_deleted(const scene *s) {
  bool deleted = true;
  ryft_error *error = ryft_buffer_is_deleted(s->left, &deleted);
  assert_false(deleted);
  return error;
}

/* ---- Waiting and reading. */

static ryft_error *buffer_read(const scene *s) {
  int32_t out[6] = {0};
  ryft_error *error = ryft_buffer_read(s->left, out, sizeof out);
  if (error == NULL) assert_memory_equal(out, sweep_numbers, sizeof out);
  return error;
}

static ryft_error *buffer_read_alloc(const scene *s) {
  void *out = POISON;
  size_t size = 7;
  ryft_error *error = ryft_buffer_read_alloc(s->left, &out, &size);
  CLEARED(error, out);
  CLEARED(error, size);
  if (error == NULL) assert_memory_equal(out, sweep_numbers, sizeof sweep_numbers);
  ryft_host_free(out);
  return error;
}

static ryft_error *copy_to_host(const scene *s, const ryft_layout *layout) {
  int32_t out[6] = {0};
  ryft_event *done = POISON;
  ryft_error *error = ryft_buffer_copy_to_host(s->left, layout, out, sizeof out, &done);
  CLEARED(error, done);
  if (error == NULL) error = ryft_event_await(done);
  if (error == NULL) assert_int_equal(out[5], sweep_numbers[5]);
  ryft_event_destroy(done);
  return error;
}

static ryft_error *buffer_copy_to_host(const scene *s) {
  return copy_to_host(s, /* layout= */ NULL);
}

static ryft_error *buffer_copy_to_host_layout(const scene *s) {
  return copy_to_host(s, &columns);
}

static ryft_error *buffer_copy_to_host_empty(const scene *s) {
  ryft_event *done = POISON;
  ryft_error *error = ryft_buffer_copy_to_host(s->empty, /* layout= */ NULL, NULL, 0, &done);
  CLEARED(error, done);
  ryft_event_destroy(done);
  return error;
}

static ryft_error *buffer_copy_to_device(const scene *s) {
  ryft_buffer *copy = POISON;
  ryft_error *error = ryft_buffer_copy_to_device(s->left, s->devices[1], &copy);
  CLEARED(error, copy);
  ryft_buffer_destroy(copy);
  return error;
}

static ryft_error *buffer_copy_to_memory(const scene *s) {
  ryft_buffer *copy = POISON;
  ryft_error *error =
      ryft_buffer_copy_to_memory(s->left, ryft_device_memories(s->devices[1]).items[1], &copy);
  CLEARED(error, copy);
  ryft_buffer_destroy(copy);
  return error;
}

static const sweep_step steps[] = {
    SWEEP(ryft_buffer_from_host, buffer_from_host, ""),
    SWEEP(ryft_buffer_from_host, buffer_from_host_event, ""),
    SWEEP(ryft_buffer_from_host, buffer_from_host_release, ""),
    SWEEP(ryft_buffer_from_host, buffer_from_host_zero_copy, ""),
    SWEEP(ryft_buffer_from_host, buffer_from_host_layout, "INVALID_ARGUMENT"),
    SWEEP(ryft_buffer_from_host, buffer_from_host_memory, ""),
    SWEEP(ryft_buffer_from_host_array, buffer_from_host_array, ""),
    SWEEP(ryft_buffer_shape, buffer_shape, ""),
    SWEEP(ryft_buffer_unpadded_shape, buffer_unpadded_shape, ""),
    SWEEP(ryft_buffer_dynamic_dimensions, buffer_dynamic_dimensions, ""),
    SWEEP(ryft_buffer_layout, buffer_layout, ""),
    SWEEP(ryft_buffer_device_size, buffer_device_size, ""),
    SWEEP(ryft_buffer_host_size, buffer_host_size, ""),
    SWEEP(ryft_buffer_device, buffer_device, ""),
    SWEEP(ryft_buffer_memory, declared_ryft_buffer_memory, ""),
    SWEEP(ryft_buffer_is_on_cpu, declared_ryft_buffer_is_on_cpu, ""),
    SWEEP(ryft_buffer_is_deleted, buffer_is_deleted, ""),
    SWEEP(ryft_buffer_delete, declared_ryft_buffer_delete, ""),
    SWEEP(ryft_buffer_ready, declared_ryft_buffer_ready, ""),
    SWEEP(ryft_buffer_await, declared_ryft_buffer_await, ""),
    SWEEP(ryft_buffer_read, buffer_read, SWEEP_FAST_READ),
    SWEEP(ryft_buffer_read_alloc, buffer_read_alloc, SWEEP_FAST_READ),
    SWEEP_MIXED(ryft_buffer_copy_to_host, buffer_copy_to_host, "PJRT_Buffer_GetMemoryLayout"),
    SWEEP_MIXED(ryft_buffer_copy_to_host,
                buffer_copy_to_host_layout,
                "PJRT_Buffer_GetMemoryLayout INVALID_ARGUMENT"),
    SWEEP(ryft_buffer_copy_to_host, buffer_copy_to_host_empty, ""),
    SWEEP(ryft_buffer_copy_to_device, buffer_copy_to_device, ""),
    SWEEP(ryft_buffer_copy_to_memory, buffer_copy_to_memory, ""),
};

static void open_scene(scene *s) {
  scene_open_client(s);
  scene_open_buffers(s);
  scene_open_untold(s);
}

const sweep_table sweep_domain = SWEEP_TABLE(steps, open_scene);
