/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Buffers made from a ryft_host_array, whose owner may keep the memory for as long as it is used.
 */
#include "src/base/sized.h"
#include "src/core/buffer.h"
#include "src/core/host_array.h"

/* Makes options for `array`'s memory of the caller's, and holds the memory where nobody else keeps
 * it: using it in place is faster than copying, whatever the size. */
static ryft_error *join(const ryft_host_array *array,
                        ryft_from_host_options *options,
                        const char *where) {
  if (options->byte_strides != NULL || options->byte_offset != 0) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "ryft_from_host_options has byte strides, and so may the array: set the "
                       "array's");
  }
  options->byte_strides = array->byte_strides;
  options->byte_offset = array->byte_offset;
  if (array->hold == NULL || options->release != NULL) return NULL;
  array->hold(array->owner);
  options->release = array->release;
  options->release_arg = array->owner;
  if (options->semantics == RYFT_HOST_DURING_CALL) options->semantics = RYFT_HOST_ZERO_COPY;
  return NULL;
}

ryft_error *ryft__buffer_from_array(const ryft_device *device,
                                    const ryft_host_array *array,
                                    ryft_from_host_options *options,
                                    ryft_buffer **out,
                                    ryft_event **done,
                                    const char *where) {
  ryft_error *error = join(array, options, where);
  if (error == NULL) {
    return ryft__buffer_from_host(
        device, array->data, array->size, array->shape, options, out, done, where);
  }
  if (options->release != NULL) options->release(options->release_arg);
  return error;
}

ryft_error *ryft_buffer_from_host_array(const ryft_device *device,
                                        const ryft_host_array *array,
                                        const ryft_from_host_options *options,
                                        ryft_buffer **out,
                                        ryft_event **done) {
  ryft_from_host_options own;
  ryft_host_array known;
  if (out != NULL) *out = NULL;
  if (done != NULL) *done = NULL;
  ryft_error *error = RYFT__READ_OPTIONS(ryft_from_host_options, options, &own);
  if (error != NULL) {
    /* Whatever can be told of `release` then, the usual way tells. */
    ryft_error_destroy(error);
    return ryft__buffer_from_host(
        device, NULL, 0, RYFT_SCALAR(RYFT_INVALID_TYPE), options, out, done, __func__);
  }
  if (array == NULL) {
    error = ryft__error(RYFT_INVALID_ARGUMENT, __func__, NULL, "`array` is NULL");
  } else {
    error = ryft__host_array_read(array, &known, __func__);
  }
  if (error == NULL) return ryft__buffer_from_array(device, &known, &own, out, done, __func__);
  if (own.release != NULL) own.release(own.release_arg);
  return error;
}
