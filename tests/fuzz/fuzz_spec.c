/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The first line of the input is an argument of --input; every file that it names holds the rest.
 * An array that is read must have what its shape says; a refusal is one line. */
#include "src/cli/spec.h"

#include "fuzz.h"
#include "ryft/host_memory.h"
#include "ryft/io/value_text.h"
#include "src/cli/bytes.h"

enum { MEMORY_MAX = 1 << 18 };

static fuzz_input file;

/* Stands in for the tool's own. */
int cli_read_bytes(const cli_context *context,
                   const char *path,
                   size_t most,
                   void **out_data,
                   size_t *out_size) {
  (void)path;
  *out_data = NULL;
  *out_size = 0;
  const size_t size = file.left < most ? file.left : most;
  ryft_error *error = ryft_host_alloc(size, out_data);
  if (error != NULL) return cli_fail_library(context, error);
  if (size != 0) memcpy(*out_data, file.at, size);
  *out_size = size;
  return CLI_OK;
}

static void touch(ryft_host_array array) {
  const uint8_t *bytes = array.data;
  unsigned sum = 0;
  for (size_t i = 0; i < array.size; ++i) sum += bytes[i];
  FUZZ_CHECK(sum <= array.size * 255);
}

static void check_values(ryft_host_array array) {
  char text[RYFT_VALUE_TEXT_SIZE];
  const size_t step = ryft_type_host_size(array.shape.type);
  for (size_t i = 0; i < array.size && i < 8 * step; i += step) {
    const size_t length =
        ryft_value_format(array.shape.type, (const uint8_t *)array.data + i, text);
    FUZZ_CHECK(length == strlen(text));
  }
}

static void check_array(const cli_spec *spec) {
  size_t size = 0;
  FUZZ_CHECK(spec->array.shape.type == spec->type && spec->type != RYFT_INVALID_TYPE);
  FUZZ_CHECK(!fuzz_failed(ryft_shape_host_size(spec->array.shape, &size)));
  FUZZ_CHECK(size == spec->array.size && (size == 0 || spec->array.data != NULL));
  touch(spec->array);
  check_values(spec->array);
  ryft_host_array same = {RYFT_SIZED(ryft_host_array)};
  FUZZ_CHECK(!fuzz_failed(cli_spec_array(spec, spec->type, &same)));
  FUZZ_CHECK(same.data == spec->array.data && same.size == spec->array.size);
}

static int run(const char *text) {
  char *complaint = NULL;
  size_t size = 0;
  cli_spec spec;
  cli_context context = {.command = "run", .help = "", .subject = "plugin"};
  context.err = open_memstream(&complaint, &size);
  FUZZ_CHECK(context.err != NULL);
  const int status = cli_spec_read(&context, text, &spec);
  (void)fclose(context.err);
  FUZZ_CHECK(status == CLI_OK || status == CLI_USAGE);
  if (status == CLI_OK) {
    FUZZ_CHECK(size == 0);
    check_array(&spec);
  } else {
    FUZZ_CHECK(size > 0 && memchr(complaint, '\n', size) == complaint + size - 1);
  }
  cli_spec_free(&spec);
  free(complaint);
  return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  file = (fuzz_input){data, size};
  char *text = fuzz_text(&file, '\n');
  /* Bare files are fuzz_npy's; the file system is nobody's. */
  if (strchr(text, '[') != NULL && strchr(text, '/') == NULL) {
    fuzz_begin(/* largest= */ SIZE_MAX);
    fuzz_limit_allocations(MEMORY_MAX);
    /* An array from text has no room for one value more. */
    if (run(text) == CLI_OK && strstr(text, "]=@") == NULL) {
      char *longer = NULL;
      FUZZ_CHECK(asprintf(&longer, "%s,1", text) >= 0);
      FUZZ_CHECK(run(longer) == CLI_USAGE);
      free(longer);
    }
    fuzz_end();
  }
  free(text);
  return 0;
}
