/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The functions of libryft-io, none of which knows a plugin. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/npy_support.h"
#include "ryft/io/comparison.h"
#include "ryft/io/program.h"
#include "ryft/io/value_text.h"
#include "ryft/io/values.h"
#include "support/temp.h"
#include "sweep/sweep.h"

static const float numbers[6] = {1, 2, 3, 4, 5, 6};

#define HEADER(descr, order) "{'descr': '" descr "', 'fortran_order': " order ", 'shape': (2, 3), }"

/* ---- Reading files. */

static ryft_error *map_and_destroy(const char *path) {
  ryft_npy *npy = POISON;
  ryft_error *error = ryft_npy_map(path, &npy);
  CLEARED(error, npy);
  ryft_npy_destroy(npy);
  return error;
}

static ryft_error *map_file(const char *name, const npy_bytes *bytes) {
  char *path = temp_write(sweep_places, name, bytes->data, bytes->size);
  ryft_error *error = map_and_destroy(path);
  free(path);
  return error;
}

static ryft_error *npy_map(const scene *s) {
  (void)s;
  const npy_bytes bytes = npy_make(1, HEADER("<f4", "False"), 64, numbers, sizeof numbers);
  return map_file("plain.npy", &bytes);
}

static ryft_error *npy_map_converted(const scene *s) {
  (void)s;
  const npy_bytes bytes = npy_make(1, HEADER(">f4", "True"), 64, numbers, sizeof numbers);
  return map_file("turned.npy", &bytes);
}

/* The bytes come through a pipe, which has no size; behind them follow blanks to `total` bytes. A
 * pipe that does not hold them all fails the test, and does not wait for ever. */
static ryft_error *from_pipe(ryft_error *(*use)(const char *path),
                             const void *data,
                             size_t size,
                             size_t total) {
  int ends[2];
  char path[32];
  unsigned char *whole = malloc(total);
  assert_non_null(whole);
  memset(whole, ' ', total);
  memcpy(whole, data, size);
  assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  assert_int_equal(write(ends[1], whole, total), total);
  free(whole);
  (void)close(ends[1]);
  (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  ryft_error *error = use(path);
  (void)close(ends[0]);
  return error;
}

static ryft_error *npy_map_pipe(const scene *s) {
  (void)s;
  const npy_bytes bytes = npy_make(1, HEADER("<f4", "False"), 64, numbers, sizeof numbers);
  return from_pipe(map_and_destroy, bytes.data, bytes.size, bytes.size);
}

static ryft_error *npy_parse_bytes(const scene *s) {
  (void)s;
  const npy_bytes bytes = npy_make(1, HEADER(">f4", "True"), 64, numbers, sizeof numbers);
  ryft_npy *npy = POISON;
  ryft_error *error = ryft_npy_parse("turned", (ryft_bytes){bytes.data, bytes.size}, &npy);
  CLEARED(error, npy);
  ryft_npy_destroy(npy);
  return error;
}

static ryft_error *read_and_destroy(const char *path) {
  ryft_program *program = POISON;
  ryft_error *error = ryft_program_read(path, &program);
  CLEARED(error, program);
  ryft_program_destroy(program);
  return error;
}

static ryft_error *program_read(const scene *s) {
  (void)s;
  char *path = temp_write(sweep_places, "plain.mlir", SWEEP_PLAIN, strlen(SWEEP_PLAIN));
  ryft_error *error = read_and_destroy(path);
  free(path);
  return error;
}

/* Just so large that more room is made before the end is seen. */
static ryft_error *program_read_pipe(const scene *s) {
  (void)s;
  return from_pipe(read_and_destroy, SWEEP_PLAIN, strlen(SWEEP_PLAIN), 65536);
}

/* ---- Writing. */

static ryft_error *npy_write(const scene *s) {
  (void)s;
  npy_bytes out = {.size = 0};
  return ryft_npy_write(SWEEP_ARRAY, npy_append, &out);
}

/* By columns. */
static const int64_t strided_dims[] = {2, 3}, strides[] = {4, 8};
static const ryft_host_array strided = {RYFT_SIZED(ryft_host_array),
                                        .shape = {RYFT_S32, 2, strided_dims},
                                        .data = sweep_numbers,
                                        .size = sizeof sweep_numbers,
                                        .byte_strides = strides};

static ryft_error *npy_write_strided(const scene *s) {
  (void)s;
  npy_bytes out = {.size = 0};
  return ryft_npy_write(&strided, npy_append, &out);
}

/* ---- Arrays and their elements. */

static ryft_error *host_array_copy(const scene *s) {
  (void)s;
  int32_t out[6];
  ryft_error *error = ryft_host_array_copy(&strided, out, sizeof out);
  if (error == NULL) assert_int_equal(out[1], sweep_numbers[2]);
  return error;
}

static ryft_error *npy_array_as(const scene *s) {
  (void)s;
  static const unsigned char small[6] = {1, 2, 3, 4, 5, 6};
  const npy_bytes bytes = npy_make(1, HEADER("|i1", "False"), 64, small, sizeof small);
  ryft_npy *npy = NULL;
  ryft_host_array array = {RYFT_SIZED(ryft_host_array), .data = POISON};
  RYFT_TRY(npy_parse(&bytes, &npy));
  ryft_error *error = ryft_npy_array_as(npy, RYFT_S4, &array);
  if (error == NULL) assert_int_equal(array.shape.type, RYFT_S4);
  CLEARED(error, array.data);
  ryft_npy_destroy(npy);
  return error;
}

static ryft_error *value_parse(const scene *s) {
  (void)s;
  double value = 0;
  return ryft_value_parse(RYFT_F64, "1.7976931348623157e308", 22, &value);
}

static ryft_error *values_iota(const scene *s) {
  (void)s;
  int32_t out[6];
  return ryft_values_iota(SWEEP_MATRIX, out, sizeof out);
}

static ryft_error *values_random(const scene *s) {
  (void)s;
  int32_t out[6];
  return ryft_values_random(SWEEP_MATRIX, /* seed= */ 1, out, sizeof out);
}

static ryft_error *values_compare(const scene *s) {
  (void)s;
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  return ryft_values_compare(SWEEP_MATRIX,
                             sweep_numbers,
                             sizeof sweep_numbers,
                             sweep_numbers,
                             sizeof sweep_numbers,
                             /* tolerance= */ NULL,
                             &found);
}

static const sweep_step steps[] = {
    SWEEP(ryft_npy_map, npy_map, ""),
    SWEEP(ryft_npy_map, npy_map_converted, ""),
    SWEEP(ryft_npy_map, npy_map_pipe, ""),
    SWEEP(ryft_npy_parse, npy_parse_bytes, ""),
    SWEEP(ryft_program_read, program_read, ""),
    SWEEP(ryft_program_read, program_read_pipe, ""),
    SWEEP(ryft_npy_write, npy_write, ""),
    SWEEP(ryft_npy_write, npy_write_strided, ""),
    SWEEP(ryft_host_array_copy, host_array_copy, ""),
    SWEEP(ryft_npy_array_as, npy_array_as, ""),
    SWEEP_CALM(ryft_value_parse, value_parse),
    SWEEP_CALM(ryft_values_iota, values_iota),
    SWEEP_CALM(ryft_values_random, values_random),
    SWEEP_CALM(ryft_values_compare, values_compare),
};

const sweep_table sweep_domain = SWEEP_TABLE(steps, /* open= */ NULL);
