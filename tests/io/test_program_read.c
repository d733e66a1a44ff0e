/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/io/program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/pipe_support.h"
#include "ryft/live_objects.h"
#include "src/io/program_read.h"
#include "support/assert.h"
#include "support/temp.h"

static char *directory;

static int make_directory(void **state) {
  (void)state;
  directory = temp_directory();
  return directory == NULL;
}

static int remove_directory(void **state) {
  (void)state;
  temp_remove(directory);
  return 0;
}

static void text_is_read_whole(void **state) {
  (void)state;
  static const char TEXT[] = "module { func.func @main() -> tensor<f32> { return } }\n";
  char *path = temp_write(directory, "a.mlir", TEXT, sizeof TEXT - 1);
  ryft_program *program = NULL;
  assert_ok(ryft_program_read(path, &program));
  assert_string_equal(program->format, "mlir");
  assert_int_equal(program->code.size, sizeof TEXT - 1);
  assert_memory_equal(program->code.data, TEXT, sizeof TEXT - 1);
  ryft_program_destroy(program);
  assert_int_equal(ryft_live_objects(), 0);
  free(path);
}

static void refused(const char *path, ryft_code code, const char *part) {
  ryft_program *program = NULL;
  ryft_error *error = ryft_program_read(path, &program);
  assert_non_null(strstr(ryft_error_message(error), path));
  assert_code(error, code, part);
  assert_null(program);
  assert_int_equal(ryft_live_objects(), 0);
}

static void what_is_no_program_names_the_file(void **state) {
  (void)state;
  char *empty = temp_write(directory, "empty.mlir", "", 0);
  char *noise = temp_write(directory, "noise.mlir", "\xff\xfe\0\1\2\3\xff\xff\xff", 9);
  char *missing = temp_path(directory, "missing.mlir");
  refused(empty, RYFT_INVALID_ARGUMENT, "empty");
  refused(noise, RYFT_INVALID_ARGUMENT, "");
  refused(missing, RYFT_NOT_FOUND, "No such file");
  refused(directory, RYFT_INVALID_ARGUMENT, "Is a directory");
  refused("/dev/null", RYFT_INVALID_ARGUMENT, "/dev/null is a device");
  refused("/dev/zero", RYFT_INVALID_ARGUMENT, "/dev/zero is a device");
  if (geteuid() != 0) {
    assert_int_equal(chmod(noise, 0), 0);
    refused(noise, RYFT_PERMISSION_DENIED, "Permission denied");
  }
  free(empty);
  free(noise);
  free(missing);
}

static void pipes_are_read_as_far_as_a_limit(void **state) {
  (void)state;
  static const char TEXT[] = "module { func.func @main() -> tensor<f32> { return } }\n";
  static char long_text[2 << 20] = "module {}\n";
  memset(long_text + 10, ' ', sizeof long_text - 10);
  ryft_program *program = NULL;
  pipe_source good = pipe_open(TEXT, sizeof TEXT - 1, /* piece= */ 1, /* more= */ 0);
  assert_ok(ryft_program_read(good.path, &program));
  assert_int_equal(program->code.size, sizeof TEXT - 1);
  assert_memory_equal(program->code.data, TEXT, sizeof TEXT - 1);
  ryft_program_destroy(program);
  pipe_close(&good);

  const size_t mib = 1 << 20;
  pipe_source full = pipe_open(long_text, mib, mib, /* more= */ 0);
  assert_ok(ryft__program_read(full.path, /* most_mib= */ 1, &program, __func__));
  assert_int_equal(program->code.size, mib);
  ryft_program_destroy(program);
  pipe_close(&full);
  pipe_source endless = pipe_open(long_text, mib + 1, mib + 1, /* more= */ 64 * mib);
  assert_code(ryft__program_read(endless.path, /* most_mib= */ 1, &program, __func__),
              RYFT_INVALID_ARGUMENT,
              "goes on after 1 MiB");
  pipe_close(&endless);
  assert_int_equal(ryft_live_objects(), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_read_whole),
      cmocka_unit_test(what_is_no_program_names_the_file),
      cmocka_unit_test(pipes_are_read_as_far_as_a_limit),
  };
  return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
