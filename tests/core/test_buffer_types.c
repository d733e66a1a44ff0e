/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Bit for bit: every element type there and back, both ways, in several shapes. */
#include "core/buffer_support.h"
#include "ryft/ryft.h"

enum { LAST_TYPE = RYFT_F6E3M2FN, MOST_BYTES = 96 * 16 };

/* Values that every bit pattern of the type may have; elements below a byte use its lowest bits. */
static void fill(uint8_t *data, size_t size, ryft_type type) {
  const size_t bits = ryft_type_bits(type);
  const size_t used = type == RYFT_PRED ? 1 : bits >= 8 ? 8 : bits;
  const uint8_t mask = (uint8_t)((1u << used) - 1);
  for (size_t i = 0; i < size; ++i) data[i] = (uint8_t)(i * 151 + 7) & mask;
}

/* Signed elements below a byte may come back with their sign in the upper bits. */
static void expect_same(const uint8_t *left, const uint8_t *right, size_t size, ryft_type type) {
  const size_t bits = ryft_type_bits(type);
  const unsigned mask = bits >= 8 ? 0xff : (1u << bits) - 1;
  for (size_t i = 0; i < size; ++i) assert_int_equal(left[i] & mask, right[i] & mask);
}

static void expect_round_trip(const ryft_buffer *buffer, const uint8_t *data, size_t size) {
  uint8_t read[MOST_BYTES], copied[MOST_BYTES];
  ryft_shape shape;
  ryft_event *done = NULL;
  memset(read, 0xee, sizeof read);
  memset(copied, 0xee, sizeof copied);
  assert_ok(ryft_buffer_shape(buffer, &shape));
  assert_ok(ryft_buffer_read(buffer, read, size));
  expect_same(read, data, size, shape.type);
  assert_ok(ryft_buffer_copy_to_host(buffer, NULL, copied, size, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  expect_same(copied, data, size, shape.type);
  assert_true(size == sizeof read || (read[size] == 0xee && copied[size] == 0xee));
}

/* False when the plugin refuses the type, which it may, in words. */
static bool round_trip(const fixture *self, ryft_shape shape) {
  uint8_t data[MOST_BYTES];
  size_t size = 0, found = 0;
  ryft_buffer *buffer = NULL;
  ryft_shape told;
  assert_ok(ryft_shape_host_size(shape, &size));
  assert_true(size <= sizeof data);
  fill(data, size, shape.type);
  ryft_error *error = ryft_buffer_from_host(self->device, data, size, shape, NULL, &buffer, NULL);
  if (error != NULL) {
    assert_null(buffer);
    assert_code(error, RYFT_UNIMPLEMENTED, "PJRT_Buffer_Type_");
    return false;
  }
  assert_ok(ryft_buffer_shape(buffer, &told));
  assert_true(ryft_shape_equal(told, shape));
  assert_ok(ryft_buffer_host_size(buffer, &found));
  assert_int_equal(found, size);
  expect_round_trip(buffer, data, size);
  ryft_buffer_destroy(buffer);
  return true;
}

/* The type was added to PJRT after the plugin's API, so it must be refused. */
static bool is_too_new(ryft_type type, int minor) {
  if (type >= RYFT_F6E2M3FN) return minor < 114;
  if (type >= RYFT_S1) return minor < 94;
  return false;
}

static void buf_01_every_type_comes_back(void **state) {
  const fixture *self = *state;
  const int minor = ryft_plugin_version_minor(self->plugin);
  for (int i = RYFT_PRED; i <= LAST_TYPE; ++i) {
    const ryft_type type = (ryft_type)i;
    if (type == RYFT_TOKEN) continue;
    const bool taken = round_trip(self, RYFT_SHAPE(type, 3, 5));
    assert_true(taken != is_too_new(type, minor));
    if (!taken) continue;
    assert_true(round_trip(self, RYFT_SCALAR(type)));
    assert_true(round_trip(self, RYFT_SHAPE(type, 1, 2, 3, 2, 2, 4)));
    assert_true(round_trip(self, RYFT_SHAPE(type, 4, 0)));
    assert_true(round_trip(self, RYFT_SHAPE(type, 7)));
  }
}

/* NaNs with payloads, infinities, the smallest numbers and minus zero keep their bits. */
static void buf_05_floats_keep_their_bits(void **state) {
  const fixture *self = *state;
  const uint32_t bits[8] = {0x7fc00000,
                            0x7f800001,
                            0xffc12345,
                            0x7f800000,
                            0xff800000,
                            0x00000001,
                            0x80000000,
                            0x807fffff};
  uint32_t out[8] = {0};
  ryft_buffer *buffer = upload(self, bits, RYFT_SHAPE(RYFT_F32, 8));
  assert_ok(ryft_buffer_read(buffer, out, sizeof out));
  assert_memory_equal(out, bits, sizeof bits);
  ryft_buffer_destroy(buffer);
}

/* Large enough that plugins use other threads. */
static void buf_05_large_arrays(void **state) {
  const fixture *self = *state;
  const size_t count = 3000001;
  uint8_t *data = malloc(count), *out = malloc(count);
  assert_true(data != NULL && out != NULL);
  for (size_t i = 0; i < count; ++i) data[i] = (uint8_t)(i * 31 >> 3);
  ryft_buffer *buffer = upload(self, data, RYFT_SHAPE(RYFT_U8, (int64_t)count));
  assert_ok(ryft_buffer_read(buffer, out, count));
  assert_memory_equal(out, data, count);
  ryft_buffer_destroy(buffer);
  free(data);
  free(out);
}

static void buf_09_strides_of_every_size(void **state) {
  const fixture *self = *state;
  const ryft_type types[] = {RYFT_PRED, RYFT_S4, RYFT_BF16, RYFT_F32, RYFT_C64, RYFT_C128};
  for (size_t t = 0; t < sizeof types / sizeof types[0]; ++t) {
    const size_t element = ryft_type_host_size(types[t]);
    const int64_t step = (int64_t)element;
    uint8_t data[6 * 16], expected[6 * 16];
    fill(data, 6 * element, types[t]);
    for (size_t i = 0; i < 6; ++i) {
      memcpy(expected + i * element, data + (5 - i) * element, element);
    }
    const ryft_from_host_options options = {
        RYFT_SIZED(ryft_from_host_options),
        .byte_strides = (int64_t[]){-3 * step, -step},
        .byte_offset = 5 * element,
    };
    ryft_buffer *buffer = NULL;
    assert_ok(ryft_buffer_from_host(
        self->device, data, 6 * element, RYFT_SHAPE(types[t], 2, 3), &options, &buffer, NULL));
    expect_round_trip(buffer, expected, 6 * element);
    ryft_buffer_destroy(buffer);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(buf_01_every_type_comes_back),
      BUFFER_TEST(buf_05_floats_keep_their_bits),
      BUFFER_TEST(buf_05_large_arrays),
      BUFFER_TEST(buf_09_strides_of_every_size),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
