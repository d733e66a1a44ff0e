/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/temp.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/assert.h"

char *temp_directory(void) {
  const char *base = getenv("TMPDIR");
  char *path = temp_path(base == NULL || base[0] == '\0' ? "/tmp" : base, "ryft-test-XXXXXX");
  if (mkdtemp(path) == NULL) fail_msg("mkdtemp %s: %s", path, strerror(errno));
  return path;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place) {
  (void)status;
  (void)type;
  (void)place;
  return remove(path);
}

void temp_remove(char *directory) {
  enum { OPEN_DIRECTORIES = 16 };
  if (directory == NULL) return;
  nftw(directory, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
  free(directory);
}

char *temp_path(const char *directory, const char *name) {
  const size_t size = strlen(directory) + strlen(name) + 2;
  char *path = malloc(size);
  assert_non_null(path);
  snprintf(path, size, "%s/%s", directory, name);
  return path;
}

static void make_parents(char *path, size_t from) {
  for (char *slash = strchr(path + from, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0700) != 0 && errno != EEXIST) fail_msg("mkdir %s: %s", path, strerror(errno));
    *slash = '/';
  }
}

char *temp_write(const char *directory, const char *name, const void *data, size_t size) {
  char *path = temp_path(directory, name);
  make_parents(path, strlen(directory) + 1);
  FILE *file = fopen(path, "wb");
  if (file == NULL) fail_msg("%s: %s", path, strerror(errno));
  const bool written = size == 0 || fwrite(data, 1, size, file) == size;
  if (fclose(file) != 0 || !written) fail_msg("%s could not be written", path);
  return path;
}

char *temp_read(const char *path, size_t *out_size) {
  FILE *file = fopen(path, "rb");
  size_t size = 0, room = 4096;
  if (file == NULL) return NULL;
  char *data = malloc(room);
  while (data != NULL) {
    size += fread(data + size, 1, room - 1 - size, file);
    if (size < room - 1) break;
    room *= 2;
    data = realloc(data, room);
  }
  fclose(file);
  assert_non_null(data);
  data[size] = '\0';
  if (out_size != NULL) *out_size = size;
  return data;
}
