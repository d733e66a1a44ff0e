/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/values.h"

#include <inttypes.h>
#include <string.h>

enum { LONGEST_TEXT = 200, LONGEST_LIST = 16 };

static void print_list(FILE *out, const int64_t *items, size_t count) {
  fputc('[', out);
  for (size_t i = 0; i < count && i < LONGEST_LIST; ++i) {
    fprintf(out, "%s%" PRId64, i == 0 ? "" : ", ", items[i]);
  }
  fputs(count > LONGEST_LIST ? ", ...]" : "]", out);
}

/* Only the first line: plugins report whole texts. */
static void print_string(FILE *out, const char *text) {
  size_t line = strcspn(text, "\n");
  int shown = line > LONGEST_TEXT ? LONGEST_TEXT : (int)line;
  fprintf(out, "%.*s%s", shown, text, text[shown] == '\0' ? "" : "...");
}

static void print_value(FILE *out, const ryft_named_value *value) {
  switch (value->type) {
    case RYFT_VALUE_STRING:
      print_string(out, value->as.string);
      return;
    case RYFT_VALUE_INT64:
      fprintf(out, "%" PRId64, value->as.integer);
      return;
    case RYFT_VALUE_INT64_LIST:
      print_list(out, value->as.integers, value->count);
      return;
    case RYFT_VALUE_FLOAT:
      fprintf(out, "%.9g", (double)value->as.number);
      return;
    case RYFT_VALUE_BOOL:
      fputs(value->as.boolean ? "true" : "false", out);
      return;
  }
  fprintf(out, "(a value of type %d, newer than this tool)", (int)value->type);
}

void cli_print_values(FILE *out, ryft_named_values values, const char *indent) {
  for (size_t i = 0; i < values.count; ++i) {
    fprintf(out, "%s%s: ", indent, values.items[i].name);
    print_value(out, &values.items[i]);
    fputc('\n', out);
  }
}
