/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/extent.h"

#include <inttypes.h>

#include "src/base/error.h"

/* From the first byte to behind the last, relative to the start of the memory. */
typedef struct extent {
  int64_t first;
  int64_t end;
} extent;

/* False when a number does not fit. */
static bool reach(extent *all, int64_t dim, int64_t stride) {
  int64_t distance = 0;
  if (__builtin_mul_overflow(dim - 1, stride, &distance)) return false;
  int64_t *side = distance < 0 ? &all->first : &all->end;
  return !__builtin_add_overflow(*side, distance, side);
}

static bool find(ryft_shape shape, const int64_t *byte_strides, size_t byte_offset, extent *out) {
  if (byte_offset > INT64_MAX) return false;
  out->first = (int64_t)byte_offset;
  const int64_t element = (int64_t)ryft_type_host_size(shape.type);
  if (__builtin_add_overflow(out->first, element, &out->end)) return false;
  for (size_t i = 0; i < shape.rank; ++i) {
    if (!reach(out, shape.dims[i], byte_strides[i])) return false;
  }
  return true;
}

ryft_error *ryft__extent_check(ryft_shape shape,
                               const int64_t *byte_strides,
                               size_t byte_offset,
                               size_t size,
                               const char *where) {
  for (size_t i = 0; i < shape.rank; ++i) {
    if (shape.dims[i] == 0) return NULL;
  }
  extent all = {0, 0};
  if (!find(shape, byte_strides, byte_offset, &all)) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT, where, NULL, "the byte strides reach beyond all of memory");
  }
  if (all.first >= 0 && (uint64_t)all.end <= size) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "the byte strides reach bytes %" PRId64 " to %" PRId64 ", and %zu are given",
                     all.first,
                     all.end - 1,
                     size);
}
