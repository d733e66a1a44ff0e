/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A plugin's table of functions, copied into one of our own size, so that "too old" and "left NULL"
 * look alike. */
#ifndef RYFT_SRC_ABI_TABLE_H
#define RYFT_SRC_ABI_TABLE_H

#include "ryft/abi/pjrt.h"
#include "src/abi/gen/tables.h"
#include "src/base/error.h"

typedef struct ryft__table {
  PJRT_Api api; /* the plugin's; zero where its table is shorter than ours */
  int major;
  int minor;
  size_t struct_size; /* the plugin's, perhaps larger than ours */
  const PJRT_Api *original;
  const char *path_for_messages; /* borrowed */
} ryft__table;

/**
 * Reads the table that GetPjrtApi gave. FAILED_PRECONDITION when it is NULL, too small to carry a
 * version, of another major, older than RYFT__MINOR_FLOOR, of a refused minor, or lacks a function
 * we cannot do without. A table newer and larger than ours is welcome. `origin`, the plugin's path,
 * is borrowed.
 */
RYFT_MUST_USE ryft_error *ryft__table_init(ryft__table *out,
                                           const PJRT_Api *api,
                                           const char *origin,
                                           const char *where);

/* Copies what a plugin's table has, up to `size`, into `out`, and zero behind it; of a table
 * shorter than ours only whole words, since half a pointer is no function. The first word of
 * `found` is its size; it may be NULL. */
void ryft__table_copy(void *out, size_t size, const void *found);

/* Whether the core function is there. By size and NULL, never by version. */
bool ryft__table_has(const ryft__table *t, int fn);

#endif /* RYFT_SRC_ABI_TABLE_H */
