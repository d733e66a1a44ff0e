/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/npy_support.h"
#include "io/pipe_support.h"
#include "ryft/live_objects.h"
#include "src/base/base.h"
#include "support/temp.h"

static void little_endian_rows_are_used_in_place(void **state) {
  (void)state;
  const float data[] = {1, 2, 3, 4, 5, 6};
  const npy_bytes file = npy_make(
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 64, data, sizeof data);
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&file, &npy));
  const ryft_host_array array = *ryft_npy_host_array(npy);
  assert_true(ryft_shape_equal(array.shape, RYFT_SHAPE(RYFT_F32, 2, 3)));
  assert_int_equal(array.size, sizeof data);
  assert_ptr_equal(array.data, file.data + file.size - sizeof data);
  assert_memory_equal(array.data, data, sizeof data);
  assert_int_equal(ryft_live_objects(), 1);
  ryft_npy_destroy(npy);
  assert_int_equal(ryft_live_objects(), 0);
}

static void fortran_order_is_turned(void **state) {
  (void)state;
  /* a[i][j][k] = 100 i + 10 j + k, written with i fastest. */
  int16_t data[24], *at = data;
  for (int k = 0; k < 4; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) *at++ = (int16_t)(100 * i + 10 * j + k);
    }
  }
  const npy_bytes file = npy_make(
      1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4), }", 64, data, sizeof data);
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&file, &npy));
  const int16_t *got = ryft_npy_host_array(npy)->data;
  for (int i = 0; i < 24; ++i) assert_int_equal(got[i], 100 * (i / 12) + 10 * (i / 4 % 3) + i % 4);
  ryft_npy_destroy(npy);
}

static void big_endian_is_turned_also_in_fortran_order(void **state) {
  (void)state;
  static const unsigned char DATA[] = {0, 1, 0, 2, 0, 3, 1, 0};
  const npy_bytes file = npy_make(
      2, "{'descr': '>u2', 'fortran_order': True, 'shape': (2, 2), }", 64, DATA, sizeof DATA);
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&file, &npy));
  static const uint16_t ROWS[] = {1, 3, 2, 256};
  assert_memory_equal(ryft_npy_host_array(npy)->data, ROWS, sizeof ROWS);
  ryft_npy_destroy(npy);
  static const unsigned char COMPLEX[] = {0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0};
  const npy_bytes other = npy_make(
      1, "{'descr': '>c8', 'fortran_order': False, 'shape': (), }", 64, COMPLEX, sizeof COMPLEX);
  assert_ok(npy_parse(&other, &npy));
  static const float PARTS[] = {1, -2};
  assert_memory_equal(ryft_npy_host_array(npy)->data, PARTS, sizeof PARTS);
  assert_int_equal(ryft_npy_host_array(npy)->shape.rank, 0);
  ryft_npy_destroy(npy);
}

static void data_at_an_odd_place_is_moved(void **state) {
  (void)state;
  const double data[] = {1.5, 2.5};
  const npy_bytes file =
      npy_make(1, "{'descr':'<f8','fortran_order':False,'shape':(2,)}", 3, data, sizeof data);
  assert_true((file.size - sizeof data) % 8 != 0);
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&file, &npy));
  const ryft_host_array array = *ryft_npy_host_array(npy);
  assert_int_equal((uintptr_t)array.data % 8, 0);
  assert_memory_equal(array.data, data, sizeof data);
  ryft_npy_destroy(npy);
}

static void headers_in_other_hands(void **state) {
  (void)state;
  static const char *const HEADERS[] = {
      "{'shape': (2,), 'fortran_order': False, 'descr': '<i2'}",
      "{\"descr\": \"<i2\", \"fortran_order\": False, \"shape\": (2,),}",
      "{'descr':'<i2','fortran_order':True,'shape':(2,)}",
      " { 'descr' : '=i2' , 'fortran_order' : False , 'shape' : ( 2 , ) , } ",
      "{'descr': 'i2', 'fortran_order': False, 'shape': (2L,), }",
      "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2), }",
  };
  for (size_t i = 0; i < RYFT__COUNT(HEADERS); ++i) {
    for (int version = 1; version <= 3; ++version) {
      const npy_bytes file = npy_make(version, HEADERS[i], 64, "\1\0\2\0", 4);
      ryft_npy *npy = NULL;
      assert_ok(npy_parse(&file, &npy));
      assert_int_equal(ryft_npy_host_array(npy)->shape.type, RYFT_S16);
      assert_memory_equal(ryft_npy_host_array(npy)->data, "\1\0\2\0", 4);
      ryft_npy_destroy(npy);
    }
  }
}

static void empty_arrays_are_arrays(void **state) {
  (void)state;
  const npy_bytes file =
      npy_make(1,
               "{'descr': '>f8', 'fortran_order': True, 'shape': (9223372036854775807, 0, 4)}",
               64,
               NULL,
               0);
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&file, &npy));
  assert_int_equal(ryft_npy_host_array(npy)->size, 0);
  assert_int_equal(ryft_npy_host_array(npy)->shape.rank, 3);
  ryft_npy_destroy(npy);
}

static ryft_npy *of_descr(const char *descr, const void *data, size_t size, int count) {
  char header[128];
  (void)snprintf(header,
                 sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }",
                 descr,
                 count);
  const npy_bytes file = npy_make(1, header, 64, data, size);
  static npy_bytes kept;
  kept = file;
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&kept, &npy));
  return npy;
}

static void expect_as(const char *descr,
                      const void *data,
                      size_t size,
                      int count,
                      ryft_type type,
                      bool good) {
  ryft_npy *npy = of_descr(descr, data, size, count);
  ryft_host_array array = {RYFT_SIZED(ryft_host_array), .size = 99};
  ryft_error *error = ryft_npy_array_as(npy, type, &array);
  if ((error == NULL) != good)
    fail_msg("%s as %s: %s", descr, ryft_type_name(type), ryft_error_message(error));
  assert_int_equal(array.size, good ? size : 0);
  if (good) assert_int_equal(array.shape.type, type);
  if (good) assert_int_equal(array.shape.rank, 1);
  ryft_error_destroy(error);
  ryft_npy_destroy(npy);
}

static void types_that_numpy_lacks_lie_in_others(void **state) {
  (void)state;
  expect_as("|V2", "\x80\x3f\0\x40", 4, 2, RYFT_BF16, true);
  expect_as("<V2", "\x80\x3f\0\x40", 4, 2, RYFT_BF16, true);
  expect_as("<u2", "\x80\x3f\0\x40", 4, 2, RYFT_BF16, true);
  expect_as("<i2", "\x80\x3f\0\x40", 4, 2, RYFT_BF16, true);
  expect_as("|V1", "\x38\x39", 2, 2, RYFT_F8E4M3FN, true);
  expect_as("|u1", "\x38\x39", 2, 2, RYFT_F8E5M2, true);
  expect_as("<f1", "\x38\x39", 2, 2, RYFT_F8E5M2, true); /* as ml_dtypes writes it */
  expect_as("|i1", "\xff\x07", 2, 2, RYFT_S4, true);
  expect_as("|V1", "\x0f\xf8", 2, 2, RYFT_S4, true);
  expect_as("|u1", "\x0f\x00", 2, 2, RYFT_U4, true);
  expect_as("|V1", "\x0f\x07", 2, 2, RYFT_F4E2M1FN, true);
  expect_as("<f4", "\0\0\x80\x3f", 4, 1, RYFT_F32, true);

  expect_as("|V2", "\x80\x3f\0\x40", 4, 2, RYFT_F16, false); /* NumPy has f16 itself */
  expect_as("|V2", "\x80\x3f\0\x40", 4, 2, RYFT_F8E5M2, false);
  expect_as("<f2", "\x80\x3f\0\x40", 4, 2, RYFT_BF16, false);
  expect_as("<f4", "\0\0\x80\x3f", 4, 1, RYFT_S32, false);
  expect_as("<i4", "\0\0\x80\x3f", 4, 1, RYFT_U32, false);
  expect_as("|V1", "\0\1", 2, 2, RYFT_PRED, false);
  expect_as("|b1", "\0\1", 2, 2, RYFT_U4, false);
  expect_as("|i1", "\x0f\x07", 2, 2, RYFT_S4, false); /* 15 is not within -8 to 7 */
  expect_as("|u1", "\x10\x00", 2, 2, RYFT_U4, false);
  expect_as("|i1", "\xff\x00", 2, 2, RYFT_U4, false);
  expect_as("|V1", "\x10\x07", 2, 2, RYFT_F4E2M1FN, false);
  expect_as("|V1", "\x00\x07", 2, 2, RYFT_TOKEN, false);
}

/* Every type, written and read back, with the descr that NumPy and ml_dtypes would write or read.
 */
static void every_type_survives_a_file(void **state) {
  (void)state;
  static const struct {
    ryft_type type;
    const char *descr;
  } TYPES[] = {
      {RYFT_PRED, "'|b1'"},       {RYFT_S2, "'|i1'"},         {RYFT_S4, "'|i1'"},
      {RYFT_S8, "'|i1'"},         {RYFT_S16, "'<i2'"},        {RYFT_S32, "'<i4'"},
      {RYFT_S64, "'<i8'"},        {RYFT_U2, "'|u1'"},         {RYFT_U4, "'|u1'"},
      {RYFT_U8, "'|u1'"},         {RYFT_U16, "'<u2'"},        {RYFT_U32, "'<u4'"},
      {RYFT_U64, "'<u8'"},        {RYFT_F16, "'<f2'"},        {RYFT_F32, "'<f4'"},
      {RYFT_F64, "'<f8'"},        {RYFT_C64, "'<c8'"},        {RYFT_C128, "'<c16'"},
      {RYFT_BF16, "'|V2'"},       {RYFT_F8E5M2, "'|V1'"},     {RYFT_F8E4M3, "'|V1'"},
      {RYFT_F8E3M4, "'|V1'"},     {RYFT_F8E4M3FN, "'|V1'"},   {RYFT_F8E4M3B11FNUZ, "'|V1'"},
      {RYFT_F8E4M3FNUZ, "'|V1'"}, {RYFT_F8E5M2FNUZ, "'|V1'"}, {RYFT_F8E8M0FNU, "'|V1'"},
      {RYFT_F6E2M3FN, "'|V1'"},   {RYFT_F6E3M2FN, "'|V1'"},   {RYFT_F4E2M1FN, "'|V1'"},
  };
  for (size_t t = 0; t < RYFT__COUNT(TYPES); ++t) {
    unsigned char data[16 * 16];
    const size_t size = 16 * ryft_type_host_size(TYPES[t].type);
    for (size_t i = 0; i < size; ++i)
      data[i] = (unsigned char)(ryft_type_bits(TYPES[t].type) < 8 ? i % 2 : i * 7);
    if (TYPES[t].type == RYFT_PRED) memset(data, 1, size);
    const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                   .shape = RYFT_SHAPE(TYPES[t].type, 2, 8),
                                   .data = data,
                                   .size = size};
    npy_bytes file = {.size = 0};
    assert_ok(ryft_npy_write(&array, npy_append, &file));
    assert_int_equal((file.size - size) % 64, 0);
    assert_int_equal(file.data[file.size - size - 1], '\n');
    assert_non_null(strstr((const char *)file.data + 10, TYPES[t].descr));
    ryft_npy *npy = NULL;
    ryft_host_array back = {RYFT_SIZED(ryft_host_array), .size = 0};
    assert_ok(npy_parse(&file, &npy));
    assert_ok(ryft_npy_array_as(npy, TYPES[t].type, &back));
    assert_true(ryft_shape_equal(back.shape, array.shape));
    assert_memory_equal(back.data, data, size);
    ryft_npy_destroy(npy);
  }
}

static void small_integers_are_written_as_numbers(void **state) {
  (void)state;
  static const unsigned char DATA[] = {0x0f, 0xff, 0x07, 0x78};
  npy_bytes file = {.size = 0};
  const ryft_host_array array = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_S4, 4), .data = DATA, .size = 4};
  assert_ok(ryft_npy_write(&array, npy_append, &file));
  assert_memory_equal(file.data + file.size - 4, "\xff\xff\x07\xf8", 4);
  const ryft_host_array positive = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_U4, 4), .data = DATA, .size = 4};
  file.size = 0;
  assert_ok(ryft_npy_write(&positive, npy_append, &file));
  assert_memory_equal(file.data + file.size - 4, "\x0f\x0f\x07\x08", 4);
}

/* The very bytes that NumPy writes. */
static void headers_are_numpys_own(void **state) {
  (void)state;
  static const float DATA[] = {1, 2};
  npy_bytes file = {.size = 0};
  const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_F32, 2),
                                 .data = DATA,
                                 .size = sizeof DATA};
  assert_ok(ryft_npy_write(&array, npy_append, &file));
  const npy_bytes expected = npy_make(
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 64, DATA, sizeof DATA);
  assert_int_equal(file.size, expected.size);
  assert_memory_equal(file.data, expected.data, file.size);
  file.size = 0;
  const ryft_host_array scalar = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SCALAR(RYFT_F32), .data = DATA, .size = 4};
  assert_ok(ryft_npy_write(&scalar, npy_append, &file));
  assert_non_null(strstr((const char *)file.data + 10, "'shape': (), }"));
}

/* What does not fit its memory is refused before anything is written. */
static void strided_arrays_are_put_in_order(void **state) {
  (void)state;
  static const int32_t DATA[] = {1, 2, 3, 4, 5, 6}, WANTED[] = {1, 3, 5, 2, 4, 6};
  static const int64_t STRIDES[] = {4, 8};
  ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                           .shape = RYFT_SHAPE(RYFT_S32, 2, 3),
                           .data = DATA,
                           .size = sizeof DATA,
                           .byte_strides = STRIDES};
  npy_bytes file = {.size = 0};
  assert_ok(ryft_npy_write(&array, npy_append, &file));
  assert_non_null(strstr((const char *)file.data + 10, "'shape': (2, 3), }"));
  assert_memory_equal(file.data + file.size - sizeof WANTED, WANTED, sizeof WANTED);
  array.size = 20;
  file.size = 0;
  assert_code(ryft_npy_write(&array, npy_append, &file), RYFT_INVALID_ARGUMENT, "20 are given");
  array.size = sizeof DATA;
  array.byte_strides = NULL;
  array.byte_offset = 4;
  assert_code(ryft_npy_write(&array, npy_append, &file), RYFT_INVALID_ARGUMENT, "byte_strides");
  assert_int_equal(file.size, 0);
}

static ryft_error *full(const void *data, size_t size, void *arg) {
  (void)data;
  (void)size;
  return --*(int *)arg < 0 ? ryft_error_create(RYFT_UNAVAILABLE, "no space") : NULL;
}

static void writing_passes_errors_on(void **state) {
  (void)state;
  static const float DATA[] = {1, 2};
  const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_F32, 2),
                                 .data = DATA,
                                 .size = sizeof DATA};
  const ryft_host_array wrong = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SHAPE(RYFT_F32, 2), .data = DATA, .size = 7};
  const ryft_host_array token = {
      RYFT_SIZED(ryft_host_array), .shape = RYFT_SCALAR(RYFT_TOKEN), .data = DATA, .size = 0};
  for (int left = 0; left < 2; ++left) {
    int count = left;
    assert_code(ryft_npy_write(&array, full, &count), RYFT_UNAVAILABLE, "no space");
  }
  npy_bytes file = {.size = 0};
  assert_code(ryft_npy_write(&wrong, npy_append, &file), RYFT_INVALID_ARGUMENT, "8");
  assert_code(ryft_npy_write(&token, npy_append, &file), RYFT_INVALID_ARGUMENT, "token");
  assert_int_equal(file.size, 0);
}

static void files_are_mapped(void **state) {
  (void)state;
  const float data[] = {1, 2};
  const npy_bytes file = npy_make(
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 64, data, sizeof data);
  char *directory = temp_directory();
  char *path = temp_write(directory, "a.npy", file.data, file.size);
  ryft_npy *npy = NULL;
  assert_ok(ryft_npy_map(path, &npy));
  assert_memory_equal(ryft_npy_host_array(npy)->data, data, sizeof data);
  assert_int_equal((uintptr_t)ryft_npy_host_array(npy)->data % 64, 0);
  ryft_npy_destroy(npy);
  if (geteuid() != 0) {
    (void)chmod(path, 0);
    assert_code(ryft_npy_map(path, &npy), RYFT_PERMISSION_DENIED, path);
  }
  (void)unlink(path);
  assert_code(ryft_npy_map(path, &npy), RYFT_NOT_FOUND, path);
  assert_null(npy);
  assert_code(ryft_npy_map(directory, &npy), RYFT_INVALID_ARGUMENT, ": Is a directory");
  assert_code(ryft_npy_map("/dev/zero", &npy), RYFT_INVALID_ARGUMENT, "/dev/zero is a device");
  free(path);
  temp_remove(directory);
  assert_int_equal(ryft_live_objects(), 0);
}

static ryft_error *map_pipe(const npy_bytes *file, size_t piece, size_t more, ryft_npy **out) {
  pipe_source source = pipe_open(file->data, file->size, piece, more);
  ryft_error *error = ryft_npy_map(source.path, out);
  pipe_close(&source);
  return error;
}

static void pipes_are_read_as_far_as_their_header_says(void **state) {
  (void)state;
  const float data[] = {1, 2};
  npy_bytes file = npy_make(
      1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 64, data, sizeof data);
  ryft_npy *npy = NULL;
  assert_ok(map_pipe(&file, /* piece= */ 1, /* more= */ 0, &npy));
  assert_memory_equal(ryft_npy_host_array(npy)->data, data, sizeof data);
  ryft_npy_destroy(npy);
  const size_t much = 64 << 20;
  assert_code(map_pipe(&file, file.size, much, &npy), RYFT_INVALID_ARGUMENT, "at least 9");
  file.size -= 3;
  assert_code(map_pipe(&file, 7, 0, &npy), RYFT_INVALID_ARGUMENT, "8 bytes, there are 5");
  file.size = 9;
  assert_code(map_pipe(&file, 9, 0, &npy), RYFT_INVALID_ARGUMENT, "ends within its header");
  file.data[0] = 'x';
  assert_code(map_pipe(&file, 9, much, &npy), RYFT_INVALID_ARGUMENT, "not a .npy file");
  file = npy_make(2, "{}", 64, data, sizeof data);
  file.data[11] = 0x40; /* a header of 1 GiB */
  assert_code(map_pipe(&file, file.size, much, &npy), RYFT_INVALID_ARGUMENT, "longer than 1 MiB");
  assert_null(npy);
  assert_int_equal(ryft_live_objects(), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(little_endian_rows_are_used_in_place),
      cmocka_unit_test(fortran_order_is_turned),
      cmocka_unit_test(big_endian_is_turned_also_in_fortran_order),
      cmocka_unit_test(data_at_an_odd_place_is_moved),
      cmocka_unit_test(headers_in_other_hands),
      cmocka_unit_test(empty_arrays_are_arrays),
      cmocka_unit_test(types_that_numpy_lacks_lie_in_others),
      cmocka_unit_test(every_type_survives_a_file),
      cmocka_unit_test(small_integers_are_written_as_numbers),
      cmocka_unit_test(headers_are_numpys_own),
      cmocka_unit_test(strided_arrays_are_put_in_order),
      cmocka_unit_test(writing_passes_errors_on),
      cmocka_unit_test(files_are_mapped),
      cmocka_unit_test(pipes_are_read_as_far_as_their_header_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
