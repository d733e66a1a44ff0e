/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The input is a .npy file. What is read from it, as any type, must be there, and must come back
 * the same after being written. */
#include "fuzz.h"
#include "ryft/io/comparison.h"
#include "ryft/io/npy.h"
#include "src/io/element.h"

enum { TYPES_END = 40, ALLOCATIONS = 6 };

static const char NAME[] = "fuzz.npy";

/* A file being written to memory. */
typedef struct output {
  uint8_t *data;
  size_t size;
} output;

static ryft_error *append(const void *data, size_t size, void *arg) {
  output *out = arg;
  out->data = realloc(out->data, out->size + size + 1);
  FUZZ_CHECK(out->data != NULL);
  if (size != 0) memcpy(out->data + out->size, data, size);
  out->size += size;
  return NULL;
}

/* Reads every byte, so that a sanitizer sees those that are not there. */
static void touch(ryft_host_array array) {
  const uint8_t *bytes = array.data;
  unsigned sum = 0;
  for (size_t i = 0; i < array.size; ++i) sum += bytes[i];
  for (size_t i = 0; i < array.shape.rank; ++i) FUZZ_CHECK(array.shape.dims[i] >= 0);
  FUZZ_CHECK(sum <= array.size * 255);
}

static void check_equal(ryft_host_array left, ryft_host_array right) {
  FUZZ_CHECK(ryft_shape_equal(left.shape, right.shape));
  FUZZ_CHECK(left.size == right.size);
  const ryft_type type = left.shape.type;
  if (ryft__type_is_integer(type) && ryft_type_bits(type) < 8) {
    for (size_t i = 0; i < left.size; ++i) {
      const uint8_t *a = left.data, *b = right.data;
      FUZZ_CHECK(ryft__integer_load(type, a + i) == ryft__integer_load(type, b + i));
    }
  } else {
    FUZZ_CHECK(left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
  }
}

static void write_and_read(ryft_host_array array) {
  output out = {.data = NULL};
  FUZZ_CHECK(!fuzz_failed(ryft_npy_write(&array, append, &out)));
  FUZZ_CHECK(out.size - array.size >= 64 && (out.size - array.size) % 64 == 0);
  ryft_npy *again = NULL;
  ryft_host_array back = {RYFT_SIZED(ryft_host_array)};
  FUZZ_CHECK(!fuzz_failed(ryft_npy_parse(NAME, (ryft_bytes){out.data, out.size}, &again)));
  FUZZ_CHECK(!fuzz_failed(ryft_npy_array_as(again, array.shape.type, &back)));
  check_equal(array, back);
  ryft_npy_destroy(again);
  free(out.data);
}

static void compare_with_itself(ryft_host_array array) {
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  FUZZ_CHECK(!fuzz_failed(ryft_values_compare(array.shape,
                                              array.data,
                                              array.size,
                                              array.data,
                                              array.size,
                                              /* tolerance= */ NULL,
                                              &found)));
  FUZZ_CHECK(found.different == 0 && found.max_absolute == 0);
}

static void check_array(const ryft_npy *npy, ryft_type type) {
  ryft_host_array array;
  memset(&array, 0xa5, sizeof array);
  array.struct_size = sizeof array;
  if (fuzz_refused(
          ryft_npy_array_as(npy, type, &array), RYFT_INVALID_ARGUMENT, RYFT_INVALID_ARGUMENT)) {
    FUZZ_CHECK(array.data == NULL && array.size == 0 && array.shape.rank == 0);
    FUZZ_CHECK(type != ryft_npy_host_array(npy)->shape.type);
    return;
  }
  touch(array);
  FUZZ_CHECK(array.shape.type == type);
  if (type == RYFT_INVALID_TYPE) return;
  size_t size = 0;
  FUZZ_CHECK(!fuzz_failed(ryft_shape_host_size(array.shape, &size)));
  FUZZ_CHECK(size == array.size);
  write_and_read(array);
  compare_with_itself(array);
}

/* With a byte more or less, its data cannot be what its shape says. */
static void check_whole(ryft_bytes bytes) {
  uint8_t *other = malloc(bytes.size + 1);
  FUZZ_CHECK(other != NULL);
  memcpy(other, bytes.data, bytes.size);
  other[bytes.size] = 0;
  for (size_t size = bytes.size - 1; size <= bytes.size + 1; size += 2) {
    ryft_npy *npy = NULL;
    FUZZ_CHECK(fuzz_failed(ryft_npy_parse(NAME, (ryft_bytes){other, size}, &npy)) && npy == NULL);
  }
  free(other);
}

/* Whichever allocation fails, nothing else may go wrong. */
static void run_out_of_memory(ryft_bytes bytes) {
  for (size_t nth = 1; nth <= ALLOCATIONS; ++nth) {
    ryft_npy *npy = NULL;
    fuzz_fail_allocation(nth);
    ryft_error *error = ryft_npy_parse(NAME, bytes, &npy);
    const bool failed = fuzz_allocation_failed();
    FUZZ_CHECK(error == NULL || npy == NULL);
    if (failed) FUZZ_CHECK(error != NULL);
    fuzz_fail_allocation(0);
    ryft_error_destroy(error);
    ryft_npy_destroy(npy);
    if (!failed) break;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const ryft_bytes bytes = {.data = data, .size = size};
  ryft_npy *npy = (ryft_npy *)(uintptr_t)1;
  fuzz_begin(/* largest= */ 4 * size + 65536);
  if (fuzz_refused(
          ryft_npy_parse(NAME, bytes, &npy), RYFT_INVALID_ARGUMENT, RYFT_INVALID_ARGUMENT)) {
    FUZZ_CHECK(npy == NULL);
  } else {
    check_whole(bytes);
    touch(*ryft_npy_host_array(npy));
    for (int type = 0; type < TYPES_END; ++type) check_array(npy, (ryft_type)type);
    ryft_npy_destroy(npy);
  }
  run_out_of_memory(bytes);
  fuzz_end();
  return 0;
}
