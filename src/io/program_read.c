/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/io/program.h"
#include "src/base/error.h"
#include "src/io/file.h"

/* The same error, saying which file it is about. */
static ryft_error *name_file(const char *path, ryft_error *error, const char *where) {
  if (error == NULL || ryft_error_code(error) == RYFT_RESOURCE_EXHAUSTED) return error;
  ryft_error *named =
      ryft__error(ryft_error_code(error), where, NULL, "%s: %s", path, ryft_error_message(error));
  ryft_error_destroy(error);
  return named;
}

ryft_error *ryft_program_read(const char *path, ryft_program **out) {
  *out = NULL;
  ryft__file file;
  RYFT_TRY(ryft__file_open(path, &file, __func__));
  ryft_error *error = NULL;
  if (file.size == 0) {
    error = ryft__error(
        RYFT_INVALID_ARGUMENT, __func__, NULL, "%s is empty; a program is expected", path);
  } else {
    const ryft_bytes code = {.data = file.data, .size = file.size};
    error = name_file(path, ryft_program_create(/* format= */ NULL, code, out), __func__);
  }
  ryft__file_close(&file);
  return error;
}
