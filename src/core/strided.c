/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/strided.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"

ryft_error *ryft__dense_strides(ryft_shape shape, const int64_t *minor_to_major, int64_t **out) {
  *out = ryft__alloc_array(shape.rank, sizeof **out);
  RYFT__TRY_ALLOC(*out);
  int64_t stride = (int64_t)ryft_type_host_size(shape.type);
  for (size_t i = 0; i < shape.rank; ++i) {
    const size_t dim = minor_to_major == NULL ? shape.rank - 1 - i : (size_t)minor_to_major[i];
    (*out)[dim] = stride;
    /* Only an empty array can overflow here, and then nobody uses its strides. */
    if (__builtin_mul_overflow(stride, shape.dims[dim], &stride)) stride = 0;
  }
  return NULL;
}

/* Moves on to the next element of all but the last dimension; false after the last one. */
static bool next_row(ryft_shape shape, int64_t *index) {
  for (size_t i = shape.rank - 1; i-- > 0;) {
    if (++index[i] < shape.dims[i]) return true;
    index[i] = 0;
  }
  return false;
}

static int64_t offset_of(ryft_shape shape, const int64_t *index, const int64_t *strides) {
  int64_t offset = 0;
  for (size_t i = 0; i + 1 < shape.rank; ++i) offset += index[i] * strides[i];
  return offset;
}

ryft_error *ryft__strided_copy(ryft_shape shape,
                               const void *data,
                               const int64_t *data_strides,
                               void *out,
                               const int64_t *out_strides) {
  const size_t element = ryft_type_host_size(shape.type);
  size_t count = 0;
  /* tidy: allow public-calls: arrays in memory have shapes that were found sound */
  RYFT_TRY(ryft_shape_element_count(shape, &count));
  if (count == 0) return NULL;
  if (shape.rank == 0) {
    memcpy(out, data, element);
    return NULL;
  }
  int64_t *index = ryft__alloc_array(shape.rank, sizeof *index);
  RYFT__TRY_ALLOC(index);
  const size_t last = shape.rank - 1;
  do {
    const char *from = (const char *)data + offset_of(shape, index, data_strides);
    char *to = (char *)out + offset_of(shape, index, out_strides);
    for (int64_t i = 0; i < shape.dims[last]; ++i) {
      memcpy(to + i * out_strides[last], from + i * data_strides[last], element);
    }
  } while (next_row(shape, index));
  ryft__free(index);
  return NULL;
}
