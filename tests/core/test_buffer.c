/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Buffers from host memory: what they hold, who keeps the memory for how long, and what is refused.
 */
#include "core/buffer_support.h"
#include "ryft/ryft.h"

static const float SIX[6] = {0, 1, 2, 3, 4, 5};

typedef struct attempt {
  const void *data;
  size_t size;
  ryft_shape shape;
} attempt;

static attempt of_six(void) {
  static const int64_t dims[2] = {2, 3};
  return (attempt){SIX, sizeof SIX, {RYFT_F32, 2, dims}};
}

/* Refused with INVALID_ARGUMENT, `part` in the message, and the memory given back. */
static void expect_refused(const ryft_device *device,
                           attempt what,
                           ryft_from_host_options options,
                           const char *part) {
  atomic_int released = 0;
  max_align_t rubbish;
  ryft_buffer *buffer = (ryft_buffer *)&rubbish;
  ryft_event *done = (ryft_event *)&rubbish;
  options.release = count_release;
  options.release_arg = &released;
  assert_code(
      ryft_buffer_from_host(device, what.data, what.size, what.shape, &options, &buffer, &done),
      RYFT_INVALID_ARGUMENT,
      part);
  assert_null(buffer);
  assert_null(done);
  assert_int_equal(atomic_load(&released), 1);
}

static void *aligned_six(void) {
  void *memory = NULL;
  assert_ok(ryft_host_alloc(sizeof SIX, &memory));
  memcpy(memory, SIX, sizeof SIX);
  return memory;
}

static void buf_05_copies_during_the_call(void **state) {
  const fixture *self = *state;
  atomic_int released = 0;
  float *data = aligned_six();
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options),
      .release = count_release,
      .release_arg = &released,
  };
  ryft_buffer *buffer = NULL;
  const attempt six = of_six();
  assert_ok(
      ryft_buffer_from_host(self->device, data, six.size, six.shape, &options, &buffer, NULL));
  assert_int_equal(atomic_load(&released), 1);
  memset(data, 0xff, sizeof SIX);
  ryft_host_free(data);
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  assert_int_equal(atomic_load(&released), 1);
}

static void buf_06_releases_after_the_transfer(void **state) {
  const fixture *self = *state;
  atomic_int released = 0;
  float *data = aligned_six();
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options),
      .semantics = RYFT_HOST_UNTIL_TRANSFERRED,
      .release = count_release,
      .release_arg = &released,
  };
  ryft_buffer *buffer = NULL;
  ryft_event *done = NULL;
  const attempt six = of_six();
  assert_ok(
      ryft_buffer_from_host(self->device, data, six.size, six.shape, &options, &buffer, &done));
  assert_ok(ryft_event_await(done));
  expect_released_once(&released);
  memset(data, 0xff, sizeof SIX);
  ryft_host_free(data);
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_event_destroy(done);
  ryft_buffer_destroy(buffer);
  assert_int_equal(atomic_load(&released), 1);
}

/* The buffer lies in the user's memory, which comes back when the buffer is gone. */
static void expect_in_place(const fixture *self, ryft_host_semantics semantics) {
  atomic_int released = 0;
  float *data = aligned_six();
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options),
      .semantics = semantics,
      .release = count_release,
      .release_arg = &released,
  };
  ryft_buffer *buffer = NULL;
  ryft_event *done = NULL;
  const attempt six = of_six();
  assert_ok(
      ryft_buffer_from_host(self->device, data, six.size, six.shape, &options, &buffer, &done));
  expect_contents(buffer, SIX, sizeof SIX);
  assert_int_equal(atomic_load(&released), 0);
  /* Not for users to do, but it shows whose memory it is. */
  data[5] = 50;
  expect_contents(buffer, data, sizeof SIX);
  ryft_buffer_destroy(buffer);
  assert_ok(ryft_event_await(done));
  expect_released_once(&released);
  ryft_event_destroy(done);
  ryft_host_free(data);
}

static void buf_07_mutable_zero_copy(void **state) {
  expect_in_place(*state, RYFT_HOST_ZERO_COPY_MUTABLE);
}

static void buf_08_zero_copy(void **state) {
  expect_in_place(*state, RYFT_HOST_ZERO_COPY);
}

/* Memory that plugins cannot use in place is copied without a word. */
static void buf_08_misaligned_memory_is_copied(void **state) {
  const fixture *self = *state;
  atomic_int released = 0;
  char *data = NULL;
  assert_ok(ryft_host_alloc(sizeof SIX + 4, (void **)&data));
  memcpy(data + 4, SIX, sizeof SIX);
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options),
      .semantics = RYFT_HOST_ZERO_COPY,
      .release = count_release,
      .release_arg = &released,
  };
  ryft_buffer *buffer = NULL;
  const attempt six = of_six();
  assert_ok(
      ryft_buffer_from_host(self->device, data + 4, six.size, six.shape, &options, &buffer, NULL));
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  expect_released_once(&released);
  ryft_host_free(data);
}

static void expect_strided(const fixture *self,
                           const int64_t strides[2],
                           size_t offset,
                           const void *data,
                           size_t size,
                           const float expected[6]) {
  for (int semantics = 0; semantics < 4; ++semantics) {
    const ryft_from_host_options options = {
        RYFT_SIZED(ryft_from_host_options),
        .semantics = (ryft_host_semantics)semantics,
        .byte_strides = strides,
        .byte_offset = offset,
    };
    ryft_buffer *buffer = NULL;
    assert_ok(
        ryft_buffer_from_host(self->device, data, size, of_six().shape, &options, &buffer, NULL));
    expect_contents(buffer, expected, sizeof SIX);
    ryft_buffer_destroy(buffer);
  }
}

static void buf_09_strides(void **state) {
  const float backwards[6] = {5, 4, 3, 2, 1, 0};
  const float columns[6] = {0, 2, 4, 1, 3, 5};
  const float repeated[6] = {0, 1, 2, 0, 1, 2};
  float gaps[16] = {0};
  for (size_t i = 0; i < 6; ++i) gaps[1 + i / 3 * 7 + i % 3 * 2] = SIX[i];
  expect_strided(*state, (int64_t[]){-12, -4}, 20, SIX, sizeof SIX, backwards);
  expect_strided(*state, (int64_t[]){4, 8}, 0, SIX, sizeof SIX, columns);
  expect_strided(*state, (int64_t[]){0, 4}, 0, SIX, sizeof SIX, repeated);
  expect_strided(*state, (int64_t[]){28, 8}, 4, gaps, sizeof gaps, SIX);
}

static void buf_09_strides_are_checked(void **state) {
  const fixture *self = *state;
  ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  options.byte_strides = (int64_t[]){12, 4};
  attempt short_of = of_six();
  short_of.size = 23;
  expect_refused(self->device, short_of, options, "bytes 0 to 23, and 23 are given");
  options.byte_strides = (int64_t[]){-12, -4};
  expect_refused(self->device, of_six(), options, "bytes -20 to 3");
  options.byte_strides = (int64_t[]){INT64_MAX, 4};
  expect_refused(self->device, of_six(), options, "beyond all of memory");
  options.byte_strides = NULL;
  options.byte_offset = 4;
  expect_refused(self->device, of_six(), options, "byte_offset needs byte_strides");
}

/* Whatever the plugin makes of the layout, the array stays what it was. */
static void buf_09_layouts_keep_the_array(void **state) {
  const fixture *self = *state;
  const float backwards[6] = {5, 4, 3, 2, 1, 0};
  const int64_t columns[2] = {0, 1};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = columns};
  ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .layout = &layout};
  const attempt six = of_six();
  ryft_buffer *buffer = NULL;
  ryft_layout found = RYFT_DEFAULTS(ryft_layout);
  assert_ok(ryft_buffer_from_host(self->device, SIX, six.size, six.shape, &options, &buffer, NULL));
  expect_contents(buffer, SIX, sizeof SIX);
  assert_ok(ryft_buffer_layout(buffer, &found));
  assert_memory_equal(found.minor_to_major, columns, sizeof columns);
  ryft_buffer_destroy(buffer);

  options.byte_strides = (int64_t[]){-12, -4};
  options.byte_offset = 20;
  assert_ok(ryft_buffer_from_host(self->device, SIX, six.size, six.shape, &options, &buffer, NULL));
  expect_contents(buffer, backwards, sizeof backwards);
  ryft_buffer_destroy(buffer);
}

static void buf_09_layouts_are_checked(void **state) {
  const fixture *self = *state;
  ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2};
  ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .layout = &layout};
  expect_refused(self->device, of_six(), options, "minor_to_major is NULL");
  layout.minor_to_major = (int64_t[]){1, 1};
  expect_refused(self->device, of_six(), options, "each of 2 dimensions once");
  layout.minor_to_major = (int64_t[]){2, 0};
  expect_refused(self->device, of_six(), options, "each of 2 dimensions once");
  layout.rank = 1;
  expect_refused(self->device, of_six(), options, "for 1 dimensions and the shape has 2");
  layout = (ryft_layout){RYFT_SIZED(ryft_layout), .kind = (ryft_layout_kind)9, .rank = 2};
  expect_refused(
      self->device, of_six(), options, "kind is 9, which is not a valid ryft_layout_kind");
  layout.struct_size = 0;
  expect_refused(self->device, of_six(), options, "struct_size");
}

static void sizes_are_checked(void **state) {
  const fixture *self = *state;
  const ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  attempt what = of_six();
  what.size = 20;
  expect_refused(self->device, what, options, "f32[2,3] takes 24 bytes, and 20 are given");
  what.size = 28;
  expect_refused(self->device, what, options, "and 28 are given");
  what.size = 24;
  what.data = NULL;
  expect_refused(self->device, what, options, "`data` is NULL");
  what = of_six();
  what.shape.dims = (int64_t[]){INT64_MAX, 2};
  expect_refused(self->device, what, options, "too many");
  what.shape.dims = (int64_t[]){-2, 3};
  expect_refused(self->device, what, options, "negative");
  what.shape.dims = NULL;
  expect_refused(self->device, what, options, "dims is NULL");
}

static void types_are_checked(void **state) {
  const fixture *self = *state;
  const ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  attempt what = of_six();
  what.shape.type = RYFT_TOKEN;
  expect_refused(self->device, what, options, "token (23)");
  what.shape.type = RYFT_INVALID_TYPE;
  expect_refused(self->device, what, options, "invalid (0)");
  what.shape.type = (ryft_type)200;
  expect_refused(self->device, what, options, "unknown (200)");
}

static void options_are_checked(void **state) {
  const fixture *self = *state;
  ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  options.semantics = (ryft_host_semantics)4;
  expect_refused(
      self->device, of_six(), options, "semantics is 4, which is not a valid ryft_host_semantics");
  options.semantics = RYFT_HOST_DURING_CALL;
  options.reserved = 1;
  expect_refused(self->device, of_six(), options, "reserved");
  options.reserved = 0;
  expect_refused(NULL, of_six(), options, "neither a device nor a memory");
}

/* A struct from a newer header: its release is known all the same. */
static void newer_options_are_released_too(void **state) {
  const fixture *self = *state;
  struct {
    ryft_from_host_options known;
    int64_t newer;
  } options = {.known = RYFT_DEFAULTS(ryft_from_host_options), .newer = 1};
  atomic_int released = 0;
  ryft_buffer *buffer = NULL;
  options.known.struct_size = sizeof options;
  options.known.release = count_release;
  options.known.release_arg = &released;
  const attempt six = of_six();
  assert_code(ryft_buffer_from_host(
                  self->device, six.data, six.size, six.shape, &options.known, &buffer, NULL),
              RYFT_INVALID_ARGUMENT,
              "older than the header");
  assert_int_equal(atomic_load(&released), 1);
}

static void empty_arrays_touch_no_memory(void **state) {
  const fixture *self = *state;
  for (int semantics = 0; semantics < 4; ++semantics) {
    atomic_int released = 0;
    const ryft_from_host_options options = {
        RYFT_SIZED(ryft_from_host_options),
        .semantics = (ryft_host_semantics)semantics,
        .byte_strides = semantics == 1 ? (int64_t[]){INT64_MAX, 1} : NULL,
        .release = count_release,
        .release_arg = &released,
    };
    ryft_buffer *buffer = NULL;
    size_t size = 9;
    const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 0, 3);
    assert_ok(ryft_buffer_from_host(self->device, NULL, 0, shape, &options, &buffer, NULL));
    assert_ok(ryft_buffer_host_size(buffer, &size));
    assert_int_equal(size, 0);
    assert_ok(ryft_buffer_read(buffer, NULL, 0));
    ryft_buffer_destroy(buffer);
    assert_int_equal(atomic_load(&released), 1);
  }
}

static void mem_03_a_memory_is_a_place(void **state) {
  const fixture *self = *state;
  const ryft_memory_list memories = ryft_device_memories(self->device);
  assert_true(memories.count > 0);
  for (size_t i = 0; i < memories.count; ++i) {
    const ryft_from_host_options options = {
        RYFT_SIZED(ryft_from_host_options),
        .memory = memories.items[i],
    };
    for (int with_device = 0; with_device < 2; ++with_device) {
      const attempt six = of_six();
      const ryft_device *device = with_device ? self->device : NULL;
      const ryft_memory *found = NULL;
      ryft_buffer *buffer = NULL;
      assert_ok(
          ryft_buffer_from_host(device, six.data, six.size, six.shape, &options, &buffer, NULL));
      assert_ok(ryft_buffer_memory(buffer, &found));
      assert_ptr_equal(found, memories.items[i]);
      expect_contents(buffer, SIX, sizeof SIX);
      ryft_buffer_destroy(buffer);
    }
  }
}

static void mem_03_places_must_agree(void **state) {
  const fixture *self = *state;
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  ryft_client *other = NULL;
  assert_ok(ryft_client_create(self->plugin, NULL, &other));
  ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  options.memory = ryft_client_addressable_memories(other).items[0];
  expect_refused(self->device, of_six(), options, "different clients");
  ryft_client_destroy(other);
  if (devices.count < 2) return;
  options.memory = ryft_device_memories(devices.items[1]).items[0];
  expect_refused(self->device, of_six(), options, "cannot address memory");
}

/* The client's handle may go first. */
static void destruction_in_any_order(void **state) {
  const fixture *self = *state;
  ryft_client *client = NULL;
  ryft_buffer *buffer = NULL, *copy = NULL;
  ryft_event *ready = NULL;
  assert_ok(ryft_client_create(self->plugin, NULL, &client));
  const fixture brief = {self->plugin, client, ryft_client_addressable_devices(client).items[0]};
  buffer = upload(&brief, SIX, of_six().shape);
  assert_ptr_equal(ryft_buffer_client(buffer), client);
  ryft_client_destroy(client);
  assert_ok(ryft_buffer_copy_to_memory(buffer, ryft_device_default_memory(brief.device), &copy));
  assert_ok(ryft_buffer_ready(copy, &ready));
  ryft_buffer_destroy(buffer);
  expect_contents(copy, SIX, sizeof SIX);
  ryft_buffer_destroy(copy);
  assert_ok(ryft_event_await(ready));
  ryft_event_destroy(ready);
  ryft_buffer_destroy(NULL);
}

/* Whichever allocation fails, the memory comes back once and nothing leaks. */
static void every_failed_allocation_is_survived(void **state) {
  const fixture *self = *state;
  static const int64_t columns[2] = {0, 1};
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = columns};
  for (int semantics = 0; semantics < 4; ++semantics) {
    for (size_t nth = 1;; ++nth) {
      atomic_int released = 0;
      float *data = aligned_six();
      const ryft_from_host_options options = {
          RYFT_SIZED(ryft_from_host_options),
          .semantics = (ryft_host_semantics)semantics,
          .layout = semantics == 2 ? &layout : NULL,
          .release = count_release,
          .release_arg = &released,
      };
      ryft_buffer *buffer = NULL;
      ryft_event *done = NULL;
      const attempt six = of_six();
      test_allocator_fail(nth);
      ryft_error *error =
          ryft_buffer_from_host(self->device, data, six.size, six.shape, &options, &buffer, &done);
      const bool failed = test_allocator_failed();
      test_allocator_fail(0);
      if (error == NULL) expect_contents(buffer, SIX, sizeof SIX);
      assert_true((error == NULL) == (buffer != NULL && done != NULL));
      ryft_buffer_destroy(buffer);
      ryft_event_destroy(done);
      expect_released_once(&released);
      ryft_host_free(data);
      assert_int_equal(ryft_live_objects(), 1);
      if (error != NULL) assert_code(error, RYFT_RESOURCE_EXHAUSTED, "");
      if (!failed) break;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(buf_05_copies_during_the_call),
      BUFFER_TEST(buf_06_releases_after_the_transfer),
      BUFFER_TEST(buf_07_mutable_zero_copy),
      BUFFER_TEST(buf_08_zero_copy),
      BUFFER_TEST(buf_08_misaligned_memory_is_copied),
      BUFFER_TEST(buf_09_strides),
      BUFFER_TEST(buf_09_strides_are_checked),
      BUFFER_TEST(buf_09_layouts_keep_the_array),
      BUFFER_TEST(buf_09_layouts_are_checked),
      BUFFER_TEST(sizes_are_checked),
      BUFFER_TEST(types_are_checked),
      BUFFER_TEST(options_are_checked),
      BUFFER_TEST(newer_options_are_released_too),
      BUFFER_TEST(empty_arrays_touch_no_memory),
      BUFFER_TEST(mem_03_a_memory_is_a_place),
      BUFFER_TEST(mem_03_places_must_agree),
      BUFFER_TEST(destruction_in_any_order),
      BUFFER_TEST(every_failed_allocation_is_survived),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
