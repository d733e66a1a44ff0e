/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_PIECE = 65536 };

/* Moves what was read to a place of `capacity` bytes. */
static bool enlarge(void **data, size_t size, size_t capacity) {
  void *larger = NULL;
  ryft_error *error = ryft_host_alloc(capacity, &larger);
  ryft_error_destroy(error);
  if (error != NULL) return false;
  if (size != 0) memcpy(larger, *data, size);
  ryft_host_free(*data);
  *data = larger;
  return true;
}

static int read_all(const cli_context *context,
                    int descriptor,
                    const char *path,
                    size_t most,
                    size_t capacity,
                    void **data,
                    size_t *size) {
  if (!enlarge(data, 0, capacity)) return cli_fail_memory(context);
  for (;;) {
    if (*size == most) return CLI_OK;
    if (*size == capacity) {
      capacity = capacity > most / 2 ? most : capacity * 2;
      if (!enlarge(data, *size, capacity)) return cli_fail_memory(context);
    }
    const ssize_t got = read(descriptor, (char *)*data + *size, capacity - *size);
    if (got == 0) return CLI_OK;
    if (got < 0 && errno != EINTR) return cli_fail_usage(context, "%s: %s", path, strerror(errno));
    if (got > 0) *size += (size_t)got;
  }
}

int cli_read_bytes(const cli_context *context,
                   const char *path,
                   size_t most,
                   void **out_data,
                   size_t *out_size) {
  *out_data = NULL;
  *out_size = 0;
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return cli_fail_usage(context, "%s: %s", path, strerror(errno));
  struct stat file;
  size_t capacity = FIRST_PIECE;
  /* One byte more than the file has, so that its end is met without growing. */
  if (fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode) && file.st_size > 0) {
    capacity = (size_t)file.st_size + 1;
  }
  if (capacity > most) capacity = most;
  const int status = read_all(context, descriptor, path, most, capacity, out_data, out_size);
  (void)close(descriptor);
  if (status != CLI_OK) {
    ryft_host_free(*out_data);
    *out_data = NULL;
    *out_size = 0;
  }
  return status;
}
