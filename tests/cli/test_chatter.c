/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is kept of what a plugin prints. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/chatter.h"
#include "support/assert.h"

static cli_chatter chatter;

static int begin(void **state) {
  (void)state;
  chatter.size = 0;
  return 0;
}

static void cmd_run_reading_ends_although_the_writer_does_not(void **state) {
  (void)state;
  const int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  assert_true(zeros >= 0);
  alarm(20);
  assert_true(cli_chatter_read(&chatter, zeros));
  alarm(0);
  assert_int_equal(chatter.size, CLI_CHATTER_SIZE);
  close(zeros);
}

static void fill(int descriptor) {
  static const char bytes[4096];
  while (write(descriptor, bytes, sizeof bytes) > 0) continue;
}

/* Once the writer is gone, one reading finds the last line of however full a pipe. */
static void cmd_run_one_reading_empties_a_pipe(void **state) {
  enum { ROOM = 1 << 20, LAST = 4096 };
  char line[CLI_CHATTER_LINE], last[LAST] = "\nthe last words\n";
  int ends[2];
  (void)state;
  assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  (void)fcntl(ends[1], F_SETPIPE_SZ, ROOM); /* where that is allowed */
  fill(ends[1]);
  assert_int_equal(read(ends[0], (char[LAST]){0}, LAST), LAST);
  assert_int_equal(write(ends[1], last, LAST), LAST);
  close(ends[1]);
  (void)cli_chatter_read(&chatter, ends[0]);
  assert_int_equal(read(ends[0], last, 1), 0);
  close(ends[0]);
  cli_chatter_telling_line(&chatter, line);
  assert_string_equal(line, "the last words");
}

static void cmd_run_reading_tells_silence_from_the_end(void **state) {
  int ends[2];
  (void)state;
  assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  assert_true(cli_chatter_read(&chatter, ends[0]));
  close(ends[1]);
  assert_false(cli_chatter_read(&chatter, ends[0]));
  close(ends[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(cmd_run_reading_ends_although_the_writer_does_not, begin),
      cmocka_unit_test_setup(cmd_run_one_reading_empties_a_pipe, begin),
      cmocka_unit_test_setup(cmd_run_reading_tells_silence_from_the_end, begin),
  };
  return cmocka_run_group_tests_name("chatter", tests, NULL, NULL);
}
