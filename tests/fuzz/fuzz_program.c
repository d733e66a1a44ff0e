/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The input is a program in whatever format. Looking at it must be quick, also when it is long:
 * what follows two blanks is looked at once more, repeated until it has an eighth of a megabyte. */
#include "fuzz.h"
#include "ryft/program.h"

enum { LONG = 1 << 17 };

static void check_owned(const ryft_program *program, ryft_bytes code) {
  FUZZ_CHECK(program->struct_size == sizeof *program && program->code.size == code.size);
  FUZZ_CHECK(program->code.data != code.data &&
             memcmp(program->code.data, code.data, code.size) == 0);
  FUZZ_CHECK(strcmp(program->format, "mlir") == 0 || strcmp(program->format, "hlo") == 0 ||
             strcmp(program->format, "hlo_with_config") == 0);
}

static void check_format(const char *format, ryft_bytes code) {
  const ryft_program lent = {RYFT_SIZED(ryft_program), .format = format, .code = code};
  (void)fuzz_refused(ryft_program_check(&lent), RYFT_INVALID_ARGUMENT, RYFT_INVALID_ARGUMENT);
  ryft_program_facts facts = RYFT_DEFAULTS(ryft_program_facts);
  (void)fuzz_refused(
      ryft_program_describe(&lent, &facts), RYFT_INVALID_ARGUMENT, RYFT_INVALID_ARGUMENT);
}

static void create(const char *format, ryft_bytes code) {
  ryft_program *program = (ryft_program *)(uintptr_t)1;
  if (fuzz_refused(ryft_program_create(format, code, &program),
                   RYFT_INVALID_ARGUMENT,
                   RYFT_INVALID_ARGUMENT)) {
    FUZZ_CHECK(program == NULL);
    return;
  }
  check_owned(program, code);
  FUZZ_CHECK(format == NULL || strcmp(format, program->format) == 0);
  (void)fuzz_refused(ryft_program_check(program), RYFT_INVALID_ARGUMENT, RYFT_INVALID_ARGUMENT);
  ryft_program_destroy(program);
}

static void run(ryft_bytes code) {
  fuzz_begin(/* largest= */ 4 * code.size + 65536);
  create(/* format= */ NULL, code);
  create("mlir", code);
  create("hlo", code);
  create("hlo_with_config", code);
  check_format("mlir", code);
  check_format("hlo", code);
  check_format("hlo_with_config", code);
  check_format("elf", code);
  fuzz_end();
}

static void run_repeated(const uint8_t *data, size_t size) {
  uint8_t *whole = malloc(LONG);
  FUZZ_CHECK(whole != NULL);
  for (size_t i = 0; i < LONG; ++i) whole[i] = data[i % size];
  fuzz_begin(/* largest= */ 4 * LONG);
  /* Looking ahead past a bracket may be repeated as deep as brackets may be nested: 256 times the
   * length is fine, the length squared would take far longer. */
  fuzz_allow_time(5);
  create(/* format= */ NULL, (ryft_bytes){.data = whole, .size = LONG});
  fuzz_end();
  free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  run((ryft_bytes){.data = data, .size = size});
  /* Costly: for short inputs that ask for it with two blanks. */
  if (size > 2 && size <= 32 && data[0] == ' ' && data[1] == ' ') run_repeated(data + 2, size - 2);
  return 0;
}
