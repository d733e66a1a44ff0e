/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/host_array.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/extent.h"
#include "src/core/shape.h"
#include "src/core/strided.h"

ryft_error *ryft__host_array_read(const ryft_host_array *given,
                                  ryft_host_array *out,
                                  const char *where) {
  RYFT_TRY(ryft__read_sized(given, out, sizeof *out, "ryft_host_array", where));
  if (RYFT__LIKELY((out->hold == NULL) == (out->release == NULL))) return NULL;
  return ryft__error(
      RYFT_INVALID_ARGUMENT, where, NULL, "a host array has both hold and release, or neither");
}

static ryft_error *check_size(ryft_shape shape, size_t needed, size_t given, const char *where) {
  return needed == given ? NULL : ryft__shape_size_error(shape, needed, given, where);
}

static ryft_error *check(const ryft_host_array *array, size_t needed, const char *where) {
  if (needed != 0 && array->data == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`array->data` is NULL");
  }
  if (array->byte_strides != NULL) {
    return ryft__extent_check(
        array->shape, array->byte_strides, array->byte_offset, array->size, where);
  }
  if (array->byte_offset != 0) {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "byte_offset needs byte_strides");
  }
  return check_size(array->shape, needed, array->size, where);
}

static ryft_error *copy_strided(const ryft_host_array *array, void *out) {
  int64_t *dense = NULL;
  RYFT_TRY(ryft__dense_strides(array->shape, /* minor_to_major= */ NULL, &dense));
  const char *first = (const char *)array->data + array->byte_offset;
  ryft_error *error = ryft__strided_copy(array->shape, first, array->byte_strides, out, dense);
  ryft__free(dense);
  return error;
}

ryft_error *ryft_host_array_copy(const ryft_host_array *array, void *out, size_t size) {
  ryft_host_array own;
  size_t needed = 0;
  RYFT__REQUIRE(array);
  RYFT_TRY(ryft__host_array_read(array, &own, __func__));
  RYFT_TRY(ryft__shape_host_size(own.shape, &needed, __func__));
  RYFT_TRY(check(&own, needed, __func__));
  RYFT_TRY(check_size(own.shape, needed, size, __func__));
  if (size == 0) return NULL;
  RYFT__REQUIRE(out);
  if (own.byte_strides != NULL) return copy_strided(&own, out);
  memcpy(out, own.data, size);
  return NULL;
}
