/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/program_place.h"

#include <stdlib.h>
#include <string.h>

#include "src/cli/report.h"

enum { BEFORE = 70, WIDTH = 100 }; /* bytes of a line that are shown, before the place and in all */

/* Lines and columns count from 1; column 0: not told. */
typedef struct place {
  unsigned long line;
  unsigned long column;
} place;

/* "line 3, column 25: …" or "line 3: …": what comes after it, or NULL. */
static const char *read_place(const char *message, place *out) {
  static const char LINE[] = "line ", COLUMN[] = ", column ";
  char *end = NULL;
  *out = (place){0};
  if (strncmp(message, LINE, sizeof LINE - 1) != 0) return NULL;
  out->line = strtoul(message + sizeof LINE - 1, &end, 10);
  if (strncmp(end, COLUMN, sizeof COLUMN - 1) == 0) {
    out->column = strtoul(end + sizeof COLUMN - 1, &end, 10);
  }
  return out->line != 0 && strncmp(end, ": ", 2) == 0 ? end + 2 : NULL;
}

/* The line without its end; empty when there is none. */
static ryft_bytes find_line(ryft_bytes text, unsigned long number) {
  const char *at = text.data, *const end = at + text.size;
  while (--number > 0) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    if (newline == NULL) return (ryft_bytes){.data = NULL};
    at = newline + 1;
  }
  const char *newline = memchr(at, '\n', (size_t)(end - at));
  const char *stop = newline == NULL ? end : newline;
  while (stop > at && (stop[-1] == '\r' || stop[-1] == '\0')) --stop;
  return (ryft_bytes){.data = at, .size = (size_t)(stop - at)};
}

static bool continues(unsigned char byte) {
  return (byte & 0xc0) == 0x80;
}

/* What a terminal would obey is not shown. */
static void print_byte(FILE *file, unsigned char byte) {
  const bool control = byte < ' ' || byte == 0x7f;
  fputc(control && byte != '\t' ? '?' : byte, file);
}

/* The line, or the part of it around the place, and a caret below. Tabs stand in both lines, and a
 * character of several bytes takes one column. */
static void show(FILE *file, ryft_bytes line, size_t column) {
  const unsigned char *bytes = line.data;
  if (column > line.size) column = line.size;
  size_t first = column > BEFORE ? column - BEFORE : 0;
  while (first > 0 && continues(bytes[first])) --first;
  size_t last = line.size - first > WIDTH ? first + WIDTH : line.size;
  while (last < line.size && continues(bytes[last])) ++last;
  fputs(first > 0 ? "  …" : "  ", file);
  for (size_t i = first; i < last; ++i) print_byte(file, bytes[i]);
  fputs(last < line.size ? "…\n  " : "\n  ", file);
  if (first > 0) fputc(' ', file);
  for (size_t i = first; i < column; ++i) {
    if (!continues(bytes[i])) fputc(bytes[i] == '\t' ? '\t' : ' ', file);
  }
  fputs("^\n", file);
}

static bool is_text(const ryft_program *program) {
  static const char BYTECODE[] = "ML\xefR";
  const size_t size = sizeof BYTECODE - 1;
  if (strcmp(program->format, "mlir") != 0) return false;
  return program->code.size < size || memcmp(program->code.data, BYTECODE, size) != 0;
}

/* All that the plugin said. */
static void print_words(const cli_context *context, const ryft_error *error) {
  ryft_bytes words = {.data = NULL};
  if (!context->verbose || context->json) return;
  if (!ryft_error_payload_find(error, RYFT_PLUGIN_MESSAGE, &words)) return;
  const char *text = words.data;
  while (words.size > 0 && text[words.size - 1] == '\n') --words.size;
  fprintf(context->err, "the plugin said: %.*s\n", (int)words.size, text);
}

static void report(const cli_context *context, const ryft_error *error, const char *message) {
  cli_report(context,
             ryft_error_code(error),
             message,
             ryft_error_where(error),
             ryft_error_is_from_plugin(error));
}

/* `rest` is the message behind the place. */
static void report_place(const cli_context *context,
                         const char *path,
                         const ryft_program *program,
                         const ryft_error *error,
                         place at,
                         const char *rest) {
  char *message = NULL;
  char column[24] = "";
  if (at.column != 0) (void)snprintf(column, sizeof column, ":%lu", at.column);
  if (asprintf(&message, "%s:%lu%s: %s", path, at.line, column, rest) < 0) {
    report(context, error, ryft_error_message(error));
    return;
  }
  report(context, error, message);
  free(message);
  const ryft_bytes line = find_line(program->code, at.line);
  if (!context->json && at.column != 0 && line.size != 0) {
    show(context->err, line, at.column - 1);
  }
}

int cli_fail_program(const cli_context *context,
                     const char *path,
                     const ryft_program *program,
                     ryft_error *error) {
  place at;
  const char *rest = is_text(program) ? read_place(ryft_error_message(error), &at) : NULL;
  if (rest != NULL) {
    report_place(context, path, program, error, at, rest);
  } else {
    report(context, error, ryft_error_message(error));
  }
  print_words(context, error);
  const int status = ryft_error_is_from_plugin(error) ? CLI_PLUGIN_ERROR : CLI_USAGE;
  ryft_error_destroy(error);
  return status;
}
