/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files in memory. */
#ifndef RYFT_SRC_IO_FILE_H
#define RYFT_SRC_IO_FILE_H

#include "ryft/error.h"
#include "src/base/base.h"

typedef struct ryft__file {
  void *data; /* NULL when empty */
  size_t size;
  bool mapped;
  bool more; /* its end was not met yet: `descriptor` is open, and `data` has room for `capacity` */
  int descriptor;
  size_t capacity;
} ryft__file;

/* Regular files are mapped whole, privately. Pipes, sockets and terminals have no size and need not
 * end: nothing of them is read here. NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE, or INVALID_ARGUMENT
 * for a directory or any other device, naming the file. */
RYFT_MUST_USE ryft_error *ryft__file_open(const char *path, ryft__file *out, const char *where);

/* Has the first `size` bytes in memory, or all that there are. */
RYFT_MUST_USE ryft_error *ryft__file_read(ryft__file *file,
                                          size_t size,
                                          const char *path,
                                          const char *where);
void ryft__file_close(ryft__file *file);

#endif /* RYFT_SRC_IO_FILE_H */
