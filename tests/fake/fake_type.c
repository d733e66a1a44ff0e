/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_type.h"

#include <string.h>
#include <strings.h>

typedef struct type_row {
  const char *name;
  uint8_t bits;
  uint8_t hlo;
  uint8_t since;
} type_row;

/* By PJRT_Buffer_Type. XLA's numbers are other ones. */
static const type_row types[] = {{"invalid", 0, 0, 0},
                                 {"pred", 8, 1, 0},
                                 {"s8", 8, 2, 0},
                                 {"s16", 16, 3, 0},
                                 {"s32", 32, 4, 0},
                                 {"s64", 64, 5, 0},
                                 {"u8", 8, 6, 0},
                                 {"u16", 16, 7, 0},
                                 {"u32", 32, 8, 0},
                                 {"u64", 64, 9, 0},
                                 {"f16", 16, 10, 0},
                                 {"f32", 32, 11, 0},
                                 {"f64", 64, 12, 0},
                                 {"bf16", 16, 16, 0},
                                 {"c64", 64, 15, 0},
                                 {"c128", 128, 18, 0},
                                 {"f8e5m2", 8, 19, 0},
                                 {"f8e4m3fn", 8, 20, 0},
                                 {"f8e4m3b11fnuz", 8, 23, 0},
                                 {"f8e5m2fnuz", 8, 24, 0},
                                 {"f8e4m3fnuz", 8, 25, 0},
                                 {"s4", 4, 21, 0},
                                 {"u4", 4, 22, 0},
                                 {"token", 0, 17, 50},
                                 {"s2", 2, 26, 54},
                                 {"u2", 2, 27, 54},
                                 {"f8e4m3", 8, 28, 55},
                                 {"f8e3m4", 8, 29, 55},
                                 {"f8e8m0fnu", 8, 33, 63},
                                 {"f4e2m1fn", 4, 32, 63},
                                 {"s1", 1, 30, 94},
                                 {"u1", 1, 31, 94},
                                 {"f6e2m3fn", 6, 36, 114},
                                 {"f6e3m2fn", 6, 35, 114}};

static const type_row *find_type(int type) {
  return type > 0 && (size_t)type < sizeof types / sizeof types[0] ? &types[type] : &types[0];
}

PJRT_Buffer_Type fake_type_named(const char *name, size_t size) {
  for (size_t i = 1; i < sizeof types / sizeof types[0]; ++i) {
    if (strlen(types[i].name) == size && strncasecmp(types[i].name, name, size) == 0)
      return (PJRT_Buffer_Type)i;
  }
  return PJRT_Buffer_Type_INVALID;
}

size_t fake_type_bits(int type) {
  return find_type(type)->bits;
}
size_t fake_type_host_size(int type) {
  return (fake_type_bits(type) + 7) / 8;
}
int fake_type_in_hlo(int type) {
  return find_type(type)->hlo;
}

PJRT_Error *fake_shape_set(fake_shape *out,
                           PJRT_Buffer_Type type,
                           const int64_t *dims,
                           size_t rank) {
  const type_row *row = find_type((int)type);
  FAKE_REQUIRE(
      row->bits != 0 && fake_knows(row->since), "element type %d is not supported", (int)type);
  FAKE_REQUIRE(rank <= FAKE_RANK_MAX, "%zu dimensions are more than %d", rank, FAKE_RANK_MAX);
  if (rank != 0 && dims == NULL) fake_misuse("the dimensions are NULL");
  *out = (fake_shape){.type = type, .rank = rank};
  int64_t bytes = (int64_t)fake_type_host_size((int)type);
  for (size_t i = 0; i < rank; ++i) {
    FAKE_REQUIRE(dims[i] >= 0, "dimension %zu is %lld", i, (long long)dims[i]);
    out->dims[i] = dims[i];
    FAKE_REQUIRE(!__builtin_mul_overflow(bytes, dims[i], &bytes), "the array's size overflows");
  }
  return NULL;
}

size_t fake_shape_count(const fake_shape *shape) {
  size_t count = 1;
  for (size_t i = 0; i < shape->rank; ++i) count *= (size_t)shape->dims[i];
  return count;
}

size_t fake_shape_host_size(const fake_shape *shape) {
  return fake_shape_count(shape) * fake_type_host_size((int)shape->type);
}

void fake_strides(const fake_shape *shape, const int64_t *minor_to_major, int64_t *out) {
  int64_t stride = (int64_t)fake_type_host_size((int)shape->type);
  for (size_t i = 0; i < shape->rank; ++i) {
    const size_t dim = minor_to_major != NULL ? (size_t)minor_to_major[i] : shape->rank - 1 - i;
    out[dim] = stride;
    stride *= shape->dims[dim];
  }
}

static PJRT_Error *read_tiled(const PJRT_Buffer_MemoryLayout_Tiled *tiled,
                              const fake_shape *shape,
                              int64_t *out) {
  bool seen[FAKE_RANK_MAX] = {false};
  FAKE_REQUIRE(tiled->num_tiles == 0, "tiles are not supported");
  FAKE_REQUIRE(tiled->minor_to_major_size == shape->rank,
               "the layout has %zu dimensions, and the shape %zu",
               tiled->minor_to_major_size,
               shape->rank);
  for (size_t i = 0; i < shape->rank; ++i) {
    const int64_t dim = tiled->minor_to_major[i];
    FAKE_REQUIRE(dim >= 0 && (size_t)dim < shape->rank && !seen[dim],
                 "the layout is no permutation");
    seen[dim] = true;
    out[i] = dim;
  }
  return NULL;
}

/* Only strides that some dense arrangement has. */
static PJRT_Error *read_strides(const PJRT_Buffer_MemoryLayout_Strides *strides,
                                const fake_shape *shape,
                                int64_t *out) {
  bool used[FAKE_RANK_MAX] = {false};
  int64_t next = (int64_t)fake_type_host_size((int)shape->type);
  FAKE_REQUIRE(strides->num_byte_strides == shape->rank,
               "there are %zu strides for %zu dimensions",
               strides->num_byte_strides,
               shape->rank);
  for (size_t i = 0; i < shape->rank; ++i) {
    size_t dim = shape->rank;
    /* The last match, so that dimensions of size 1 keep their order. */
    for (size_t each = 0; each < shape->rank; ++each) {
      if (!used[each] && strides->byte_strides[each] == next) dim = each;
    }
    if (dim == shape->rank)
      return fake_error(PJRT_Error_Code_UNIMPLEMENTED, "the strides are not dense");
    used[dim] = true;
    out[i] = (int64_t)dim;
    next *= shape->dims[dim];
  }
  return NULL;
}

PJRT_Error *fake_layout_read(const PJRT_Buffer_MemoryLayout *layout,
                             const fake_shape *shape,
                             int64_t *out) {
  for (size_t i = 0; i < shape->rank; ++i) out[i] = (int64_t)(shape->rank - 1 - i);
  if (layout == NULL) return NULL;
  PJRT_Error *error = fake_check_size(layout, "PJRT_Buffer_MemoryLayout");
  if (error != NULL) return error;
  if (layout->type == PJRT_Buffer_MemoryLayout_Type_Tiled)
    return read_tiled(&layout->tiled, shape, out);
  if (layout->type == PJRT_Buffer_MemoryLayout_Type_Strides)
    return read_strides(&layout->strides, shape, out);
  return fake_error(
      PJRT_Error_Code_INVALID_ARGUMENT, "layouts of type %d are unknown", (int)layout->type);
}

void fake_copy_strided(const fake_shape *shape,
                       const void *from,
                       const int64_t *from_strides,
                       void *to,
                       const int64_t *to_strides,
                       uint8_t flip) {
  const size_t count = fake_shape_count(shape);
  const size_t size = fake_type_host_size((int)shape->type);
  int64_t index[FAKE_RANK_MAX] = {0};
  for (size_t element = 0; element < count; ++element) {
    int64_t source = 0, target = 0;
    for (size_t dim = 0; dim < shape->rank; ++dim) {
      source += index[dim] * from_strides[dim];
      target += index[dim] * to_strides[dim];
    }
    for (size_t byte = 0; byte < size; ++byte) {
      ((uint8_t *)to)[target + (int64_t)byte] =
          (uint8_t)(((const uint8_t *)from)[source + (int64_t)byte] ^ flip);
    }
    for (size_t dim = shape->rank; dim-- > 0;) {
      if (++index[dim] < shape->dims[dim]) break;
      index[dim] = 0;
    }
  }
}
