/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The header of a .npy file: a Python dictionary in text, read from bytes that anybody may have
 * written. */
#ifndef RYFT_SRC_IO_NPY_HEADER_H
#define RYFT_SRC_IO_NPY_HEADER_H

#include "ryft/error.h"
#include "ryft/type.h"
#include "src/base/base.h"

/* NumPy's own limit. */
enum { RYFT__NPY_MAX_RANK = 64 };

enum { RYFT__NPY_PREFIX = 12 };

typedef struct ryft__npy_header {
  ryft_type type;   /* RYFT_INVALID_TYPE for void elements */
  size_t item_size; /* in bytes */
  bool big_endian;
  bool fortran_order;
  size_t rank;
  int64_t dims[RYFT__NPY_MAX_RANK];
  size_t data_offset;
} ryft__npy_header;

bool ryft__npy_has_magic(const void *data, size_t size);

/* How many bytes the header takes, told from the first RYFT__NPY_PREFIX of them or as many as there
 * are; 0 when they begin no header. */
size_t ryft__npy_header_size(const void *data, size_t size);

/* INVALID_ARGUMENT, naming `name` and the reason. */
RYFT_MUST_USE ryft_error *ryft__npy_header_read(const char *name,
                                                const void *data,
                                                size_t size,
                                                ryft__npy_header *out,
                                                const char *where);

#endif /* RYFT_SRC_IO_NPY_HEADER_H */
