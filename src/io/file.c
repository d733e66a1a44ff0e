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

/* Takes the descriptor where what is behind it has no size; else it can be closed. */
static ryft_error *map_or_keep(int descriptor,
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
  if (!S_ISREG(status.st_mode) || status.st_size == 0) {
    *out = (ryft__file){.more = true, .descriptor = descriptor};
    return NULL;
  }
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
  ryft_error *error = map_or_keep(descriptor, path, out, where);
  if (!out->more) (void)close(descriptor);
  return error;
}

/* Doubles the room, but not beyond `most`, which may be a size that the file only claims to have.
 */
static ryft_error *enlarge(ryft__file *file, size_t most) {
  size_t capacity = file->capacity > most / 2 ? most : file->capacity * 2;
  if (capacity < FIRST_PIECE) capacity = most < FIRST_PIECE ? most : FIRST_PIECE;
  void *data = ryft__realloc(file->data, capacity);
  RYFT__TRY_ALLOC(data);
  file->data = data;
  file->capacity = capacity;
  return NULL;
}

ryft_error *ryft__file_read(ryft__file *file, size_t size, const char *path, const char *where) {
  while (file->more && file->size < size) {
    if (file->size == file->capacity) RYFT_TRY(enlarge(file, size));
    const size_t room = (file->capacity < size ? file->capacity : size) - file->size;
    const ssize_t got = read(file->descriptor, (char *)file->data + file->size, room);
    if (got < 0 && errno != EINTR) return system_error(path, errno, where);
    if (got > 0) file->size += (size_t)got;
    if (got == 0) {
      file->more = false;
      (void)close(file->descriptor);
    }
  }
  return NULL;
}

void ryft__file_close(ryft__file *file) {
  if (file->more) (void)close(file->descriptor);
  if (file->mapped)
    (void)munmap(file->data, file->size);
  else
    ryft__free(file->data);
  *file = (ryft__file){.data = NULL};
}
