/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Whole files in memory. */
#ifndef RYFT_SRC_IO_FILE_H
#define RYFT_SRC_IO_FILE_H

#include "ryft/error.h"
#include "src/base/base.h"

typedef struct ryft__file {
  void *data; /* NULL when empty */
  size_t size;
  bool mapped;
} ryft__file;

/* Regular files are mapped, privately; pipes and devices are read to their end. NOT_FOUND,
 * PERMISSION_DENIED, UNAVAILABLE, or INVALID_ARGUMENT for a directory, naming the file. */
RYFT_MUST_USE ryft_error *ryft__file_open(const char *path, ryft__file *out, const char *where);
void ryft__file_close(ryft__file *file);

#endif /* RYFT_SRC_IO_FILE_H */
