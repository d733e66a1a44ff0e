/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/layout.h"

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/base/sized.h"

static const ryft__field_rule RULES[] = {
    RYFT__ENUM_FIELD(ryft_layout, kind, ryft_layout_kind, RYFT_LAYOUT_STRIDES),
    RYFT__ZERO_FIELD(ryft_layout, reserved),
};
static const ryft__options_type TYPE = RYFT__OPTIONS_TYPE(ryft_layout, RULES);

bool ryft__layout_is_order(const int64_t *order, size_t rank) {
  for (size_t i = 0; i < rank; ++i) {
    if (order[i] < 0 || (uint64_t)order[i] >= rank) return false;
    for (size_t j = 0; j < i; ++j) {
      if (order[j] == order[i]) return false;
    }
  }
  return true;
}

static ryft_error *check_tiles(const ryft_layout *layout, const char *where) {
  if (layout->tile_count == 0) return NULL;
  if (layout->tile_dims == NULL || layout->tile_ranks == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "the layout has %zu tiles, but tile_dims or tile_ranks is NULL",
                       layout->tile_count);
  }
  for (size_t i = 0; i < layout->tile_count; ++i) {
    if (layout->tile_ranks[i] != 0) continue;
    return ryft__error(
        RYFT_INVALID_ARGUMENT, where, NULL, "tile %zu of the layout has no dimensions", i);
  }
  return NULL;
}

static ryft_error *check_order(const ryft_layout *layout, const char *where) {
  if (layout->rank != 0 && layout->minor_to_major == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "the layout's minor_to_major is NULL");
  }
  if (!ryft__layout_is_order(layout->minor_to_major, layout->rank)) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "the layout's minor_to_major does not name each of %zu dimensions once",
                       layout->rank);
  }
  return check_tiles(layout, where);
}

static ryft_error *check(const ryft_layout *layout, size_t rank, const char *where) {
  if (layout->rank != rank) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "the layout is for %zu dimensions and the shape has %zu",
                       layout->rank,
                       rank);
  }
  if (layout->kind == RYFT_LAYOUT_TILED) return check_order(layout, where);
  if (rank != 0 && layout->byte_strides == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "the layout's byte_strides is NULL");
  }
  return NULL;
}

PJRT_Buffer_MemoryLayout ryft__layout_of_order(const int64_t *minor_to_major, size_t rank) {
  PJRT_Buffer_MemoryLayout raw = {
      .struct_size = PJRT_Buffer_MemoryLayout_STRUCT_SIZE,
      .type = PJRT_Buffer_MemoryLayout_Type_Tiled,
  };
  raw.tiled.struct_size = PJRT_Buffer_MemoryLayout_Tiled_STRUCT_SIZE;
  raw.tiled.minor_to_major = minor_to_major;
  raw.tiled.minor_to_major_size = rank;
  return raw;
}

static PJRT_Buffer_MemoryLayout of_strides(const int64_t *byte_strides, size_t rank) {
  PJRT_Buffer_MemoryLayout raw = {
      .struct_size = PJRT_Buffer_MemoryLayout_STRUCT_SIZE,
      .type = PJRT_Buffer_MemoryLayout_Type_Strides,
  };
  raw.strides.struct_size = PJRT_Buffer_MemoryLayout_Strides_STRUCT_SIZE;
  raw.strides.byte_strides = byte_strides;
  raw.strides.num_byte_strides = rank;
  return raw;
}

ryft_error *ryft__layout_to_raw(const ryft_layout *layout,
                                size_t rank,
                                PJRT_Buffer_MemoryLayout *out,
                                const char *where) {
  ryft_layout given;
  *out = (PJRT_Buffer_MemoryLayout){.struct_size = 0};
  RYFT_TRY(ryft__read_options(layout, &given, &TYPE, where));
  RYFT_TRY(check(&given, rank, where));
  if (given.kind == RYFT_LAYOUT_STRIDES) {
    *out = of_strides(given.byte_strides, rank);
    return NULL;
  }
  *out = ryft__layout_of_order(given.minor_to_major, rank);
  out->tiled.tile_dims = given.tile_dims;
  out->tiled.tile_dim_sizes = given.tile_ranks;
  out->tiled.num_tiles = given.tile_count;
  return NULL;
}

void ryft__layout_from_raw(const PJRT_Buffer_MemoryLayout *raw, ryft_layout *out) {
  *out = (ryft_layout){RYFT_SIZED(ryft_layout), .kind = (ryft_layout_kind)raw->type};
  if (raw->type == PJRT_Buffer_MemoryLayout_Type_Strides) {
    out->rank = raw->strides.num_byte_strides;
    out->byte_strides = raw->strides.byte_strides;
  } else if (raw->type == PJRT_Buffer_MemoryLayout_Type_Tiled) {
    out->rank = raw->tiled.minor_to_major_size;
    out->minor_to_major = raw->tiled.minor_to_major;
    out->tile_dims = raw->tiled.tile_dims;
    out->tile_ranks = raw->tiled.tile_dim_sizes;
    out->tile_count = raw->tiled.num_tiles;
  }
}

int64_t *ryft__layout_row_major_order(size_t rank) {
  int64_t *order = ryft__alloc_array(rank, sizeof *order);
  for (size_t i = 0; order != NULL && i < rank; ++i) order[i] = (int64_t)(rank - 1 - i);
  return order;
}

bool ryft__layout_is_plain(const PJRT_Buffer_MemoryLayout *raw) {
  return raw->type == PJRT_Buffer_MemoryLayout_Type_Tiled && raw->tiled.num_tiles == 0;
}

bool ryft__layout_is_row_major(const PJRT_Buffer_MemoryLayout *raw) {
  if (!ryft__layout_is_plain(raw)) return false;
  const size_t rank = raw->tiled.minor_to_major_size;
  for (size_t i = 0; i < rank; ++i) {
    if (raw->tiled.minor_to_major[i] != (int64_t)(rank - 1 - i)) return false;
  }
  return true;
}
