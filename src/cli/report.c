/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How the tool fails: one line for people, one JSON object for programs. */
#include "src/cli/report.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/json.h"

/* Plugins answer with whole paragraphs; a line is what scripts and logs can take. */
static void print_line(FILE *file, const char *text) {
  bool gap = false, any = false;
  for (; *text != '\0'; ++text) {
    unsigned char byte = (unsigned char)*text;
    if (isspace(byte) || iscntrl(byte)) {
      gap = true;
      continue;
    }
    if (gap && any) fputc(' ', file);
    fputc(byte, file);
    gap = false;
    any = true;
  }
}

static bool print_json(const cli_context *context,
                       ryft_code code,
                       const char *message,
                       const char *where) {
  json_t *root = json_pack("{s:{s:s,s:o,s:o}}",
                           "error",
                           "code",
                           ryft_code_name(code),
                           "message",
                           cli_json_text(message),
                           "where",
                           cli_json_text(where));
  bool good = root != NULL && json_dumpf(root, context->err, JSON_COMPACT) == 0;
  if (good) fputc('\n', context->err);
  json_decref(root);
  return good;
}

static void print_text(const cli_context *context,
                       ryft_code code,
                       const char *message,
                       const char *where,
                       bool show) {
  fprintf(context->err, context->command == NULL ? "ryft: " : "ryft %s: ", context->command);
  if (context->verbose) {
    fputs(message, context->err);
  } else {
    print_line(context->err, message);
  }
  if (show) {
    fprintf(context->err, *where == '\0' ? " [%s]" : " [%s, %s]", ryft_code_name(code), where);
  }
  fputc('\n', context->err);
}

void cli_report(const cli_context *context,
                ryft_code code,
                const char *message,
                const char *where,
                bool show) {
  if (!context->json || !print_json(context, code, message, where)) {
    print_text(context, code, message, where, show || context->verbose);
  }
  fflush(context->err);
}

int cli_fail(const cli_context *context, int status, ryft_error *error) {
  cli_report(context,
             ryft_error_code(error),
             ryft_error_message(error),
             ryft_error_where(error),
             status == CLI_PLUGIN_ERROR);
  ryft_error_destroy(error);
  return status;
}

int cli_fail_library(const cli_context *context, ryft_error *error) {
  return cli_fail(context, ryft_error_is_from_plugin(error) ? CLI_PLUGIN_ERROR : CLI_USAGE, error);
}

int cli_fail_usage(const cli_context *context, const char *format, ...) {
  char *message = NULL;
  va_list arguments;
  va_start(arguments, format);
  int size = vasprintf(&message, format, arguments);
  va_end(arguments);
  if (size < 0) return cli_fail_memory(context);
  cli_report(context, RYFT_INVALID_ARGUMENT, message, "", /* show= */ false);
  free(message);
  return CLI_USAGE;
}

int cli_fail_system(const cli_context *context, const char *what, const char *path) {
  ryft_code code =
      errno == ENOSPC || errno == EDQUOT ? RYFT_RESOURCE_EXHAUSTED : RYFT_FAILED_PRECONDITION;
  return cli_fail(
      context, CLI_USAGE, ryft_error_format(code, "cannot %s %s: %s", what, path, strerror(errno)));
}

void cli_report_memory(const cli_context *context) {
  cli_report(context, RYFT_RESOURCE_EXHAUSTED, "out of memory", "", /* show= */ false);
}

int cli_finish_output(cli_context *context, int status) {
  errno = 0;
  bool failed = ferror(context->out) != 0;
  if (fflush(context->out) == 0 && !failed) return status;
  if (errno == EPIPE) return status;
  /* An earlier flush may have met the full disk, and errno is from then. */
  const char *reason = errno != 0 ? strerror(errno) : "write error";
  int answer = cli_fail_usage(context, "cannot write to standard output: %s", reason);
  return status == CLI_OK ? answer : status;
}

int cli_print_json(const cli_context *context, json_t *root) {
  if (root == NULL) return cli_fail_memory(context);
  /* A failed write is found when context->out is flushed. */
  (void)json_dumpf(root, context->out, JSON_INDENT(2));
  fputc('\n', context->out);
  json_decref(root);
  return CLI_OK;
}
