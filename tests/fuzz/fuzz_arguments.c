/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The input's lines are a command's arguments. Each is an operand, an option of the table with or
 * without its value, or refused with one line, which with --json is an object. */
#include <jansson.h>

#include "fuzz.h"
#include "src/cli/cli.h"
#include "src/cli/options.h"

enum { ARGUMENTS_MAX = 64, OPTION_INPUT = 0, OPTION_SPMD = 1 };

static const cli_option OPTIONS[] = {
    {"input", OPTION_INPUT, true},
    {"spmd", OPTION_SPMD, false},
    CLI_OPTIONS_COMMON,
    CLI_OPTIONS_CLIENT,
    {NULL, 0, false},
};

static void check_object(const char *text, size_t size) {
  json_t *root = json_loadb(text, size, 0, NULL);
  const json_t *error = json_object_get(root, "error");
  FUZZ_CHECK(json_is_string(json_object_get(error, "code")));
  FUZZ_CHECK(json_is_string(json_object_get(error, "message")));
  FUZZ_CHECK(json_is_string(json_object_get(error, "where")));
  json_decref(root);
}

/* A line that a terminal shows as it is. */
static void check_line(const char *text, size_t size) {
  FUZZ_CHECK(size > 1 && text[size - 1] == '\n');
  for (size_t i = 0; i + 1 < size; ++i) {
    FUZZ_CHECK((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
  }
}

static void check_complaint(const cli_context *context, int status, const char *text, size_t size) {
  if (status == CLI_OK) {
    FUZZ_CHECK(size == 0);
  } else if (context->json) {
    check_object(text, size);
  } else if (!context->verbose) {
    check_line(text, size);
  } else {
    FUZZ_CHECK(size > 1 && text[size - 1] == '\n');
  }
}

static void check_options(const cli_context *context) {
  for (size_t i = 0; i < context->option_count; ++i) {
    const ryft_named_value *value = &context->options[i];
    FUZZ_CHECK(value->name != NULL && value->name[0] != '\0' && strchr(value->name, '=') == NULL);
    FUZZ_CHECK((int)value->type >= RYFT_VALUE_STRING && value->type <= RYFT_VALUE_BOOL);
    FUZZ_CHECK(value->type != RYFT_VALUE_STRING || strlen(value->as.string) == value->count);
    FUZZ_CHECK(ryft_named_values_find((ryft_named_values){context->options, context->option_count},
                                      value->name) == value);
  }
}

static bool points_into(const cli_arguments *arguments, const char *text) {
  for (int i = 0; i < arguments->argc; ++i) {
    const char *start = arguments->argv[i];
    if (text >= start && text <= start + strlen(start)) return true;
  }
  return false;
}

static int read_all(cli_arguments *arguments) {
  for (int found = 0; (found = cli_arguments_next(arguments)) != CLI_END;) {
    if (found == CLI_STOP) return arguments->status;
    FUZZ_CHECK(found == CLI_OPERAND || found == OPTION_INPUT || found == OPTION_SPMD);
    FUZZ_CHECK((found == OPTION_SPMD) == (arguments->value == NULL));
    FUZZ_CHECK(found == OPTION_SPMD || points_into(arguments, arguments->value));
    FUZZ_CHECK((found == CLI_OPERAND) == (arguments->option == NULL));
    FUZZ_CHECK(arguments->next > 0 && arguments->next <= arguments->argc);
  }
  FUZZ_CHECK(arguments->next == arguments->argc);
  return CLI_OK;
}

static void run(int argc, char **argv) {
  char *printed = NULL, *complaint = NULL;
  size_t printed_size = 0, complaint_size = 0;
  cli_context context = {.command = "run", .help = "usage\n", .subject = "plugin"};
  context.out = open_memstream(&printed, &printed_size);
  context.err = open_memstream(&complaint, &complaint_size);
  FUZZ_CHECK(context.out != NULL && context.err != NULL);
  cli_arguments arguments = {.context = &context, .options = OPTIONS, .argc = argc, .argv = argv};
  const int status = read_all(&arguments);
  (void)fclose(context.out);
  (void)fclose(context.err);
  FUZZ_CHECK(status == CLI_OK || status == CLI_USAGE);
  FUZZ_CHECK(printed_size == 0 || strcmp(printed, "usage\n") == 0);
  FUZZ_CHECK(context.timeout >= 0 && context.timeout <= 1e9);
  check_complaint(&context, status, complaint, complaint_size);
  check_options(&context);
  cli_options_free(&context);
  free(printed);
  free(complaint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  char *argv[ARGUMENTS_MAX];
  int argc = 0;
  fuzz_begin(/* largest= */ 4 * size + 4096);
  while (input.left != 0 && argc < ARGUMENTS_MAX) argv[argc++] = fuzz_text(&input, '\n');
  run(argc, argv);
  while (argc != 0) free(argv[--argc]);
  fuzz_end();
  return 0;
}
