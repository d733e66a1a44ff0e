/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* MLIR text as a row of words, strings, comments and brackets: all that anybody here reads of it.
 * Nothing recurses, and whatever the text holds, the place only moves on to its end. */
#ifndef RYFT_SRC_CORE_MLIR_H
#define RYFT_SRC_CORE_MLIR_H

#include <ctype.h>

#include "src/base/base.h"

/* A place in the text. Copy it to look ahead. */
typedef struct ryft__mlir {
  const char *start;
  const char *at;
  const char *end;
} ryft__mlir;

static inline ryft__mlir ryft__mlir_start(ryft_bytes text) {
  const char *data = text.data;
  return (ryft__mlir){.start = data, .at = data, .end = data + text.size};
}

/* What words are made of: `stablehlo.add`, `tensor`, `4xf32`. */
static inline bool ryft__mlir_is_name(char c) {
  return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* From 1. `place` lies in the text. */
size_t ryft__mlir_line(const ryft__mlir *m, const char *place);

bool ryft__mlir_at(const ryft__mlir *m, const char *text);

/* Strings may hold escaped quotes. Ends behind the closing quote, or at the end. */
void ryft__mlir_skip_string(ryft__mlir *m);

/* Blanks and comments. */
void ryft__mlir_skip_blanks(ryft__mlir *m);

/* Over `word`, with blanks before it; false, and nothing is skipped, when another one stands there.
 */
bool ryft__mlir_skip_word(ryft__mlir *m, const char *word);

/* Steps over one character, string or comment: +1 for an opening bracket, -1 for a closing one.
 * Arrows and comparisons are no brackets. */
int ryft__mlir_step(ryft__mlir *m);

/* Steps over a bracket and all within. */
void ryft__mlir_skip_balanced(ryft__mlir *m);

/* A word, and the character before it: `%`, `@`, `#`, `!`, `^`, or whatever else stands there; NUL
 * at the start of the text. */
typedef struct ryft__mlir_word {
  const char *text;
  size_t size;
  char sigil;
} ryft__mlir_word;

/* Over the next word outside of strings and comments; false at the end. */
bool ryft__mlir_next_word(ryft__mlir *m, ryft__mlir_word *out);

bool ryft__mlir_word_is(const ryft__mlir_word *word, const char *text);

#endif /* RYFT_SRC_CORE_MLIR_H */
