/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Element types, shapes, and layouts without tiles. */
#ifndef RYFT_TESTS_FAKE_FAKE_TYPE_H
#define RYFT_TESTS_FAKE_FAKE_TYPE_H

#include "tests/fake/fake_base.h"

enum { FAKE_RANK_MAX = 8 };

typedef struct fake_shape {
  PJRT_Buffer_Type type;
  size_t rank;
  int64_t dims[FAKE_RANK_MAX];
  bool ordered; /* `order` has the dimensions, fastest first; else the last is fastest */
  int64_t order[FAKE_RANK_MAX];
  unsigned dynamic; /* bit d: dimension d is dynamic, and `dims` has its bound */
} fake_shape;

/* Names as the field writes them ("s32"); PJRT_Buffer_Type_INVALID for others. */
PJRT_Buffer_Type fake_type_named(const char *name, size_t size);

size_t fake_type_bits(int type);      /* 0 for types without elements in memory */
size_t fake_type_host_size(int type); /* at least 1 otherwise */
int fake_type_in_hlo(int type);       /* XLA's own number */

/* The error is the plugin's answer to a type or dimensions that it does not take. */
PJRT_Error *fake_shape_set(fake_shape *out,
                           PJRT_Buffer_Type type,
                           const int64_t *dims,
                           size_t rank);
size_t fake_shape_count(const fake_shape *shape); /* elements */
size_t fake_shape_host_size(const fake_shape *shape);

/* Dense strides in bytes for dimensions ordered from the fastest; NULL: last dimension fastest. */
void fake_strides(const fake_shape *shape, const int64_t *minor_to_major, int64_t *out);

/* Reads a caller's layout into `rank` numbers, fastest dimension first. */
PJRT_Error *fake_layout_read(const PJRT_Buffer_MemoryLayout *layout,
                             const fake_shape *shape,
                             int64_t *out);

/* Copies all elements between two arrangements. `flip` is applied to every byte. */
void fake_copy_strided(const fake_shape *shape,
                       const void *from,
                       const int64_t *from_strides,
                       void *to,
                       const int64_t *to_strides,
                       uint8_t flip);

#endif /* RYFT_TESTS_FAKE_FAKE_TYPE_H */
