/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/diagnostic.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
  MOST = 4,      /* diagnostics that are passed on: later ones mostly follow from the first */
  LONGEST = 400, /* bytes of one */
  OPERATION_SHOWN = 96, /* bytes of an operation that is printed back */
};

/* One of them: "-:3:25: error: text". */
typedef struct diagnostic {
  const char *place;
  size_t place_size;
  const char *text;
  size_t text_size;
} diagnostic;

static bool starts_with(const char *text, size_t size, const char *prefix) {
  const size_t length = strlen(prefix);
  return size >= length && memcmp(text, prefix, length) == 0;
}

/* Places end in a number or, where they are made of others, in a bracket. */
static bool is_place(const char *line, const char *end) {
  return end > line && (isdigit((unsigned char)end[-1]) || end[-1] == ')');
}

static bool split(const char *line, size_t size, diagnostic *out) {
  static const char *const KINDS[] = {": error: ", ": note: ", ": warning: ", ": remark: "};
  for (size_t i = 0; i < RYFT__COUNT(KINDS); ++i) {
    const size_t length = strlen(KINDS[i]);
    const char *found = memmem(line, size, KINDS[i], length);
    if (found == NULL || !is_place(line, found)) continue;
    const char *text = found + length;
    *out = (diagnostic){line, (size_t)(found - line), text, size - (size_t)(text - line)};
    return true;
  }
  return false;
}

static size_t line_size(const char *line) {
  return strcspn(line, "\n");
}

bool ryft__diagnostic_is(const char *message) {
  diagnostic first;
  return split(message, line_size(message), &first);
}

/* No more than `most` bytes, and no character in half. */
static void add_cut(ryft__text *out, const char *text, size_t size, size_t most) {
  size_t kept = size <= most ? size : most;
  while (kept < size && kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80) --kept;
  ryft__text_add(out, text, kept);
  if (kept < size) ryft__text_format(out, "…");
}

/* "-:3:25" stands for the text that was compiled; "-:0:0" and "<unknown>:0" for nothing. */
static void add_place(ryft__text *out, const diagnostic *d, bool placed) {
  char *end = NULL;
  if (starts_with(d->place, d->place_size, "<unknown>")) return;
  if (!starts_with(d->place, d->place_size, "-:")) {
    add_cut(out, d->place, d->place_size, LONGEST);
    ryft__text_format(out, ": ");
    return;
  }
  const unsigned long line = strtoul(d->place + 2, &end, 10);
  const unsigned long column = *end == ':' ? strtoul(end + 1, NULL, 10) : 0;
  if (placed && line != 0) ryft__text_format(out, "line %lu, column %lu: ", line, column);
}

static void add_text(ryft__text *out, const diagnostic *d) {
  static const char OPERATION[] = "see current operation:";
  if (!starts_with(d->text, d->text_size, OPERATION)) {
    add_cut(out, d->text, d->text_size, LONGEST);
    return;
  }
  const char *operation = d->text + sizeof OPERATION - 1;
  while (isspace((unsigned char)*operation)) ++operation; /* it may begin on a line of its own */
  ryft__text_format(out, "in ");
  add_cut(out, operation, line_size(operation), OPERATION_SHOWN);
}

/* The plugin's guess, printed whatever it was that could not be parsed. */
static bool is_guess(const diagnostic *d) {
  return starts_with(d->text, d->text_size, "Failed to parse using StableHLO");
}

void ryft__diagnostic_add(ryft__text *out, const char *message, bool placed) {
  int count = 0;
  for (const char *line = message; *line != '\0' && count < MOST;) {
    const size_t size = line_size(line);
    diagnostic d;
    /* What does not begin like one goes on with the one before: an operation's dump, mostly. */
    if (split(line, size, &d) && !is_guess(&d)) {
      if (count++ != 0) ryft__text_format(out, "; ");
      add_place(out, &d, placed);
      add_text(out, &d);
    }
    line += size + (line[size] == '\n');
  }
}
