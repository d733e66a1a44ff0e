/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/io/program_read.h"

#include "ryft/io/program.h"
#include "src/base/require.h"
#include "src/io/file.h"

enum { MOST_MIB = 4096 };

/* The same error, saying which file it is about. */
static ryft_error *name_file(const char *path, ryft_error *error, const char *where) {
  if (error == NULL || ryft_error_code(error) == RYFT_RESOURCE_EXHAUSTED) return error;
  ryft_error *named =
      ryft__error(ryft_error_code(error), where, NULL, "%s: %s", path, ryft_error_message(error));
  ryft_error_destroy(error);
  return named;
}

static ryft_error *no_end(const char *path, size_t most_mib, const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s goes on after %zu MiB, the most that is read where a file has no size; if "
                     "it is a program, save it to a regular file and name that",
                     path,
                     most_mib);
}

static ryft_error *make(const char *path,
                        const ryft__file *file,
                        ryft_program **out,
                        const char *where) {
  if (file->size == 0) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT, where, NULL, "%s is empty; a program is expected", path);
  }
  const ryft_bytes code = {.data = file->data, .size = file->size};
  return name_file(
      path, ryft__error_stamp(ryft_program_create(/* format= */ NULL, code, out), where), where);
}

ryft_error *ryft__program_read(const char *path,
                               size_t most_mib,
                               ryft_program **out,
                               const char *where) {
  const size_t most = most_mib << 20;
  ryft__file file;
  RYFT_TRY(ryft__file_open(path, &file, where));
  ryft_error *error = ryft__file_read(&file, most + 1, path, where);
  if (error == NULL) {
    error = file.more ? no_end(path, most_mib, where) : make(path, &file, out, where);
  }
  ryft__file_close(&file);
  return error;
}

ryft_error *ryft_program_read(const char *path, ryft_program **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(path);
  return ryft__program_read(path, MOST_MIB, out, __func__);
}
