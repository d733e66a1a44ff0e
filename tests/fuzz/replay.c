/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Runs a fuzz target over files, and over the files of directories, with any compiler. A file that
 * takes longer than half a minute has hung. Prints the file before a crash is reported, so the last
 * name is the culprit's. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { SECONDS_MAX = 30, SIZE_LIMIT = 16 << 20 };

static size_t runs;

static int fail(const char *path, const char *what) {
  (void)fprintf(stderr, "%s: %s: %s\n", path, what, strerror(errno));
  return 1;
}

static int run_file(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return fail(path, "cannot be opened");
  uint8_t *data = malloc(
      size == 0 ? 1 : size); /* of that very size, so that a sanitizer sees a read beyond it */
  const bool good = data != NULL && fread(data, 1, size, file) == size;
  (void)fclose(file);
  if (!good) {
    free(data);
    return fail(path, "cannot be read");
  }
  (void)fprintf(stderr, "%s\n", path);
  (void)alarm(SECONDS_MAX);
  (void)LLVMFuzzerTestOneInput(data, size);
  (void)alarm(0);
  free(data);
  ++runs;
  return 0;
}

static int run_directory(const char *path);

static int run_path(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) return fail(path, "cannot be found");
  if (S_ISDIR(status.st_mode)) return run_directory(path);
  errno = EFBIG;
  if (status.st_size < 0 || status.st_size > SIZE_LIMIT) return fail(path, "is too large");
  return run_file(path, (size_t)status.st_size);
}

static int run_directory(const char *path) {
  struct dirent **entries = NULL;
  const int count = scandir(path, &entries, NULL, alphasort);
  int status = count < 0 ? fail(path, "cannot be listed") : 0;
  for (int i = 0; i < count; ++i) {
    char *child = NULL;
    if (entries[i]->d_name[0] != '.' && asprintf(&child, "%s/%s", path, entries[i]->d_name) >= 0) {
      status |= run_path(child);
      free(child);
    }
    free(entries[i]);
  }
  free(entries);
  return status;
}

int main(int argc, char **argv) {
  int status = LLVMFuzzerInitialize(&argc, &argv);
  for (int i = 1; i < argc; ++i) status |= run_path(argv[i]);
  (void)fprintf(stderr, "%zu inputs\n", runs);
  if (runs == 0) (void)fputs("no input: nothing was tested\n", stderr);
  return runs == 0 ? 1 : status;
}
