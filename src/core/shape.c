/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/shape.h"

#include <inttypes.h>

#include "src/base/error.h"
#include "src/base/require.h"
#include "src/base/sink.h"

static ryft_error *element_count(ryft_shape shape, size_t *out_count, const char *where) {
  if (shape.rank != 0 && shape.dims == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "the shape has %zu dimensions, but dims is NULL",
                       shape.rank);
  }
  int64_t count = 1;
  bool overflow = false, empty = false;
  for (size_t i = 0; i < shape.rank; ++i) {
    if (shape.dims[i] < 0) {
      return ryft__error(RYFT_INVALID_ARGUMENT,
                         where,
                         NULL,
                         "dimension %zu is %" PRId64 ", which is negative",
                         i,
                         shape.dims[i]);
    }
    empty = empty || shape.dims[i] == 0;
    /* The other dimensions of an empty array may be as large as they like. */
    overflow = __builtin_mul_overflow(count, shape.dims[i], &count) || overflow;
  }
  if (overflow && !empty) {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "the shape has too many elements");
  }
  *out_count = empty ? 0 : (size_t)count;
  return NULL;
}

ryft_error *ryft_shape_element_count(ryft_shape shape, size_t *out_count) {
  RYFT__REQUIRE(out_count);
  *out_count = 0;
  return element_count(shape, out_count, __func__);
}

ryft_error *ryft__shape_host_size(ryft_shape shape, size_t *out_size, const char *where) {
  const size_t element = ryft_type_host_size(shape.type);
  if (element == 0) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "elements of type %s (%d) have no form in host memory",
                       ryft_type_name(shape.type),
                       (int)shape.type);
  }
  size_t count = 0, size = 0;
  RYFT_TRY(element_count(shape, &count, where));
  if (__builtin_mul_overflow(count, element, &size) || size > INT64_MAX) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "%zu elements of %zu bytes are too many",
                       count,
                       element);
  }
  *out_size = size;
  return NULL;
}

ryft_error *ryft_shape_host_size(ryft_shape shape, size_t *out_size) {
  RYFT__REQUIRE(out_size);
  *out_size = 0;
  return ryft__shape_host_size(shape, out_size, __func__);
}

bool ryft_shape_equal(ryft_shape left, ryft_shape right) {
  if (left.type != right.type || left.rank != right.rank) return false;
  if (left.dims == NULL || right.dims == NULL) return left.rank == 0 || left.dims == right.dims;
  for (size_t i = 0; i < left.rank; ++i) {
    if (left.dims[i] != right.dims[i]) return false;
  }
  return true;
}

size_t ryft_shape_format(ryft_shape shape, char *out_text, size_t size) {
  ryft__sink text;
  ryft__sink_init(&text, out_text, out_text == NULL ? 0 : size);
  ryft__sink_format(&text, "%s", ryft_type_name(shape.type));
  if (shape.type != RYFT_INVALID_TYPE && shape.type != RYFT_TOKEN &&
      ryft_type_bits(shape.type) == 0) {
    ryft__sink_format(&text, "(%d)", (int)shape.type);
  }
  ryft__sink_format(&text, "[");
  for (size_t i = 0; i < shape.rank && shape.dims != NULL; ++i) {
    ryft__sink_format(&text, i == 0 ? "%" PRId64 : ",%" PRId64, shape.dims[i]);
  }
  ryft__sink_format(&text, "]");
  return text.length;
}

RYFT__COLD ryft_error *ryft__shape_size_error(ryft_shape shape,
                                              size_t needed,
                                              size_t given,
                                              const char *where) {
  char text[128];
  (void)ryft_shape_format(shape, text, sizeof text);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s takes %zu bytes, and %zu are given",
                     text,
                     needed,
                     given);
}
