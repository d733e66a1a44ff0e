/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/mlir.h"

#include <string.h>

size_t ryft__mlir_line(const ryft__mlir *m, const char *place) {
  size_t line = 1;
  for (const char *p = m->start; p < place; ++p) line += *p == '\n';
  return line;
}

bool ryft__mlir_at(const ryft__mlir *m, const char *text) {
  const size_t size = strlen(text);
  return (size_t)(m->end - m->at) >= size && memcmp(m->at, text, size) == 0;
}

void ryft__mlir_skip_string(ryft__mlir *m) {
  for (++m->at; m->at < m->end && *m->at != '"'; ++m->at) {
    if (*m->at == '\\' && m->at + 1 < m->end) ++m->at;
  }
  if (m->at < m->end) ++m->at;
}

static void skip_comment(ryft__mlir *m) {
  const char *newline = memchr(m->at, '\n', (size_t)(m->end - m->at));
  m->at = newline == NULL ? m->end : newline;
}

void ryft__mlir_skip_blanks(ryft__mlir *m) {
  while (m->at < m->end) {
    if (ryft__mlir_at(m, "//")) {
      skip_comment(m);
    } else if (isspace((unsigned char)*m->at) || *m->at == '\0') {
      ++m->at;
    } else {
      return;
    }
  }
}

bool ryft__mlir_skip_word(ryft__mlir *m, const char *word) {
  ryft__mlir ahead = *m;
  ryft__mlir_skip_blanks(&ahead);
  if (!ryft__mlir_at(&ahead, word)) return false;
  m->at = ahead.at + strlen(word);
  return true;
}

int ryft__mlir_step(ryft__mlir *m) {
  const char c = *m->at;
  if (c == '"') return ryft__mlir_skip_string(m), 0;
  if (ryft__mlir_at(m, "//")) return skip_comment(m), 0;
  if (ryft__mlir_at(m, "->") || ryft__mlir_at(m, ">=") || ryft__mlir_at(m, "<=")) {
    return m->at += 2, 0;
  }
  ++m->at;
  if (c == '(' || c == '[' || c == '{' || c == '<') return 1;
  if (c == ')' || c == ']' || c == '}' || c == '>') return -1;
  return 0;
}

void ryft__mlir_skip_balanced(ryft__mlir *m) {
  int depth = 0;
  do {
    depth += ryft__mlir_step(m);
  } while (depth > 0 && m->at < m->end);
}

bool ryft__mlir_next_word(ryft__mlir *m, ryft__mlir_word *out) {
  while (m->at < m->end && !ryft__mlir_is_name(*m->at)) (void)ryft__mlir_step(m);
  out->text = m->at;
  out->sigil = m->at > m->start ? m->at[-1] : '\0';
  while (m->at < m->end && ryft__mlir_is_name(*m->at)) ++m->at;
  out->size = (size_t)(m->at - out->text);
  return out->size != 0;
}

bool ryft__mlir_word_is(const ryft__mlir_word *word, const char *text) {
  return word->size == strlen(text) && memcmp(word->text, text, word->size) == 0;
}
