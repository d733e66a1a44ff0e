/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a buffer with dynamic dimensions has instead of its bounds. */
#include <inttypes.h>

#include "src/abi/gen/calls.h"
#include "src/core/buffer.h"
#include "src/core/shape.h"

static ryft_error *out_of_bounds(const ryft__known_shape *bounds,
                                 size_t dim,
                                 int64_t size,
                                 const char *where) {
  char text[128];
  (void)ryft__known_shape_format(bounds, text, sizeof text);
  return ryft__error(RYFT_OUT_OF_RANGE,
                     where,
                     NULL,
                     "the plugin gives dimension %zu of %s the size %" PRId64
                     ", and its bound is %" PRId64
                     ": the program set a size out of bounds, and the contents are lost",
                     dim,
                     text,
                     size,
                     bounds->shape.dims[dim]);
}

/* Plugins keep the sizes behind the elements, so a program that writes too many overwrites them: a
 * dimension that is not dynamic can be wrong, too. */
static ryft_error *check(const ryft__known_shape *bounds, const int64_t *dims, const char *where) {
  for (size_t i = 0; i < bounds->shape.rank; ++i) {
    const int64_t bound = bounds->shape.dims[i];
    const bool dynamic = (bounds->dynamic & ryft__dynamic_bit(i)) != 0;
    const bool fits = dims[i] == bound || (dynamic && 0 <= dims[i] && dims[i] < bound);
    if (!fits) return out_of_bounds(bounds, i, dims[i], where);
  }
  return NULL;
}

ryft_error *ryft__buffer_ask_present(const ryft_buffer *buffer,
                                     const ryft__known_shape *bounds,
                                     ryft__known_shape *room,
                                     const char *where) {
  const ryft__table *table = buffer->client->table;
  PJRT_Buffer_UnpaddedDimensions_Args present = {.buffer = buffer->raw};
  RYFT_TRY(ryft__buffer_await(buffer, where));
  RYFT_TRY(ryft__PJRT_Buffer_UnpaddedDimensions(table, &present, where));
  if (present.num_dims != bounds->shape.rank) {
    return ryft__error(RYFT_INTERNAL,
                       where,
                       "PJRT_Buffer_UnpaddedDimensions",
                       "the plugin gives %zu sizes for %zu dimensions",
                       present.num_dims,
                       bounds->shape.rank);
  }
  RYFT_TRY(check(bounds, present.unpadded_dims, where));
  *room = (ryft__known_shape){
      .shape = {bounds->shape.type, present.num_dims, present.unpadded_dims},
  };
  return ryft__shape_host_size(room->shape, &room->host_size, where);
}
