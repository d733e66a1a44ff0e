/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/error.h"

enum { FIRST_PIECE = 65536 };

static ryft_error *system_error(const char *path, int number, const char *where) {
  ryft_code code = RYFT_UNAVAILABLE;
  if (number == ENOENT || number == ENOTDIR) code = RYFT_NOT_FOUND;
  if (number == EACCES || number == EPERM) code = RYFT_PERMISSION_DENIED;
  if (number == EISDIR) code = RYFT_INVALID_ARGUMENT;
  char text[128];
  return ryft__error(code, where, NULL, "%s: %s", path, strerror_r(number, text, sizeof text));
}

/* Reads what has no size until its end. */
static ryft_error *read_stream(int descriptor,
                               const char *path,
                               ryft__file *out,
                               const char *where) {
  size_t capacity = 0;
  for (;;) {
    if (out->size == capacity) {
      capacity = capacity == 0 ? FIRST_PIECE : capacity * 2;
      void *data = ryft__realloc(out->data, capacity);
      RYFT__TRY_ALLOC(data);
      out->data = data;
    }
    const ssize_t got = read(descriptor, (char *)out->data + out->size, capacity - out->size);
    if (got == 0) return NULL;
    if (got < 0 && errno != EINTR) return system_error(path, errno, where);
    if (got > 0) out->size += (size_t)got;
  }
}

static ryft_error *map_or_read(int descriptor,
                               const char *path,
                               ryft__file *out,
                               const char *where) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return system_error(path, errno, where);
  if (S_ISDIR(status.st_mode)) return system_error(path, EISDIR, where);
  if (S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && isatty(descriptor) == 0)) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT, where, NULL, "%s is a device, where a file is expected", path);
  }
  /* Files of the kernel's own claim to be empty. */
  if (!S_ISREG(status.st_mode) || status.st_size == 0)
    return read_stream(descriptor, path, out, where);
  void *data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (data == MAP_FAILED) return system_error(path, errno, where);
  *out = (ryft__file){.data = data, .size = (size_t)status.st_size, .mapped = true};
  return NULL;
}

ryft_error *ryft__file_open(const char *path, ryft__file *out, const char *where) {
  *out = (ryft__file){.data = NULL};
  int descriptor = -1;
  do {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return system_error(path, errno, where);
  ryft_error *error = map_or_read(descriptor, path, out, where);
  (void)close(descriptor);
  if (error != NULL) ryft__file_close(out);
  return error;
}

void ryft__file_close(ryft__file *file) {
  if (file->mapped)
    (void)munmap(file->data, file->size);
  else
    ryft__free(file->data);
  *file = (ryft__file){.data = NULL};
}
