/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Looks through MLIR text for what takes a plugin's process down. It knows strings, comments,
 * brackets, tensor types and the heads of functions, and lets everything else pass: judging
 * programs is the plugin's business. */
#include <inttypes.h>
#include <string.h>

#include "src/base/error.h"
#include "src/core/mlir.h"
#include "src/core/program.h"

/* Parsers recurse once or more per bracket; known ones overflow an 8 MiB stack between 3,000 and
 * 10,000. */
enum { DEPTH_MAX = 256 };

typedef struct scanner {
  ryft__mlir text;
  int depth;
  bool after_dense; /* a dense<…> literal has ended; its type follows behind a colon */
  int dense_depth;  /* where one that is open began, or -1 */
  const ryft__program_limits *limits;
  const char *where;
} scanner;

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static ryft_error *check_depth(const scanner *s) {
  if (s->depth <= DEPTH_MAX) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     s->where,
                     NULL,
                     "line %zu: brackets are nested more than %d deep, which can overflow the "
                     "stack of the plugin's parser",
                     ryft__mlir_line(&s->text, s->text.at),
                     DEPTH_MAX);
}

/* How many bytes one element takes; 1 for types not known here, so that nothing is refused for
 * them. */
static uint64_t element_bytes(const char *type, size_t size) {
  const bool is_complex = size > 8 && memcmp(type, "complex<", 8) == 0;
  uint64_t bits = 0;
  size_t i = is_complex ? 8 : 0;
  if (size >= i + 5 && memcmp(type + i, "index", 5) == 0) return 8;
  /* i32, ui4, f8E4M3FN, bf16: the word's own digits, not some that follow far behind it. */
  while (i < size && ryft__mlir_is_name(type[i]) && !is_digit(type[i])) ++i;
  for (; i < size && is_digit(type[i]) && bits < 100000; ++i) {
    bits = bits * 10 + (uint64_t)(type[i] - '0');
  }
  return (bits <= 8 ? 1 : (bits + 7) / 8) * (is_complex ? 2 : 1);
}

/* At the dimensions of a tensor type: their product, 0 for one too large for an int64. Zeros and
 * dynamic dimensions do not count, as in XLA's own test for overflow; `*out_empty` says that there
 * are zeros.
 */
static int64_t read_dims(ryft__mlir *s, bool *out_empty) {
  int64_t count = 1;
  *out_empty = false;
  bool overflow = false;
  while (s->at < s->end && (is_digit(*s->at) || *s->at == '?')) {
    int64_t dim = *s->at == '?' ? 1 : 0;
    if (*s->at == '?') ++s->at;
    for (; s->at < s->end && is_digit(*s->at); ++s->at) {
      overflow |= __builtin_mul_overflow(dim, 10, &dim);
      overflow |= __builtin_add_overflow(dim, *s->at - '0', &dim);
    }
    if (s->at < s->end && *s->at == 'x') ++s->at;
    if (dim != 0) overflow |= __builtin_mul_overflow(count, dim, &count);
    *out_empty |= dim == 0;
  }
  return overflow ? 0 : count;
}

static RYFT__COLD ryft_error *too_large(const scanner *s, const char *type) {
  const char *end = type;
  while (end < s->text.end && *end != '>' && end - type < 96) ++end;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     s->where,
                     NULL,
                     "line %zu: the size of %.*s> is absurd: more than %" PRIu64
                     " bytes, on which the plugin would abort",
                     ryft__mlir_line(&s->text, type),
                     (int)(end - type),
                     type,
                     s->limits->tensor_bytes);
}

/* Behind "tensor", at its '<'. Looks at the type and leaves the scanner where it is. */
static ryft_error *check_tensor(const scanner *s, const char *type, bool constant) {
  ryft__mlir ahead = s->text;
  ++ahead.at;
  bool empty = false;
  const int64_t count = read_dims(&ahead, &empty);
  const size_t rest = (size_t)(ahead.end - ahead.at);
  uint64_t bytes = 0;
  if (count == 0 ||
      __builtin_mul_overflow((uint64_t)count, element_bytes(ahead.at, rest), &bytes) ||
      bytes > s->limits->tensor_bytes) {
    return too_large(s, type);
  }
  if ((constant || empty) && s->limits->no_f6_constants && ryft__mlir_at(&ahead, "f6E")) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       s->where,
                       NULL,
                       "line %zu: %s of a 6-bit float type, on which the plugin would abort%s",
                       ryft__mlir_line(&s->text, type),
                       empty ? "an empty array" : "a constant",
                       empty ? "" : "; pass it as an argument");
  }
  return NULL;
}

/* A type that stands alone behind an arrow, such as tensor<4xf32>, !stablehlo.token or (f32, f32).
 */
static void skip_type(ryft__mlir *s) {
  ryft__mlir_skip_blanks(s);
  if (s->at < s->end && *s->at == '(') {
    ryft__mlir_skip_balanced(s);
    return;
  }
  if (s->at < s->end && *s->at == '!') ++s->at;
  while (s->at < s->end && ryft__mlir_is_name(*s->at)) ++s->at;
  if (s->at < s->end && *s->at == '<') ryft__mlir_skip_balanced(s);
}

static ryft_error *check_body(const scanner *s, bool has_body, const char *head) {
  if (has_body) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     s->where,
                     NULL,
                     "line %zu: a function has no body, on which plugins crash",
                     ryft__mlir_line(&s->text, head));
}

/* Behind func.func: visibility, name, parameters, results, attributes, and then there must be a
 * body. */
static ryft_error *check_function(const scanner *s, const char *head) {
  ryft__mlir ahead = s->text;
  if (!ryft__mlir_skip_word(&ahead, "private") && !ryft__mlir_skip_word(&ahead, "public"))
    (void)ryft__mlir_skip_word(&ahead, "nested");
  if (!ryft__mlir_skip_word(&ahead, "@"))
    return NULL; /* not a function after all: let the plugin say so */
  if (ahead.at < ahead.end && *ahead.at == '"') ryft__mlir_skip_string(&ahead);
  while (ahead.at < ahead.end && (ryft__mlir_is_name(*ahead.at) || *ahead.at == '-')) ++ahead.at;
  ryft__mlir_skip_blanks(&ahead);
  if (ahead.at == ahead.end || *ahead.at != '(') return NULL;
  ryft__mlir_skip_balanced(&ahead);
  if (ryft__mlir_skip_word(&ahead, "->")) skip_type(&ahead);
  if (ryft__mlir_skip_word(&ahead, "attributes")) {
    ryft__mlir_skip_blanks(&ahead);
    if (ahead.at < ahead.end) ryft__mlir_skip_balanced(&ahead);
  }
  return check_body(s, ryft__mlir_skip_word(&ahead, "{"), head);
}

/* Behind "func.func" in quotes, MLIR's generic form: operands, perhaps properties, and a region
 * that must not be empty. */
static ryft_error *check_generic_function(const scanner *s, const char *head) {
  ryft__mlir ahead = s->text;
  ryft__mlir_skip_blanks(&ahead);
  if (ahead.at == ahead.end || *ahead.at != '(') return NULL;
  ryft__mlir_skip_balanced(&ahead);
  ryft__mlir_skip_blanks(&ahead);
  if (ahead.at < ahead.end && *ahead.at == '<') ryft__mlir_skip_balanced(&ahead);
  if (!ryft__mlir_skip_word(&ahead, "(") || !ryft__mlir_skip_word(&ahead, "{")) return NULL;
  return check_body(s, !ryft__mlir_skip_word(&ahead, "}"), head);
}

/* A word that is not part of %a, @a, #a, !a or ^a. */
static ryft_error *check_word(scanner *s) {
  const char *word = s->text.at;
  const bool sigil = word > s->text.start && strchr("%@#!^", word[-1]) != NULL && word[-1] != '\0';
  while (s->text.at < s->text.end && ryft__mlir_is_name(*s->text.at)) ++s->text.at;
  const size_t size = (size_t)(s->text.at - word);
  const bool opens = s->text.at < s->text.end && *s->text.at == '<';
  const bool constant = s->after_dense;
  s->after_dense = false;
  if (sigil) return NULL;
  if (size == 9 && memcmp(word, "func.func", 9) == 0) return check_function(s, word);
  if (size == 6 && opens && memcmp(word, "tensor", 6) == 0) return check_tensor(s, word, constant);
  const bool dense = (size == 5 && memcmp(word, "dense", 5) == 0) ||
                     (size == 14 && memcmp(word, "dense_resource", 14) == 0);
  if (dense && opens) s->dense_depth = s->depth;
  return NULL;
}

static ryft_error *check_punctuation(scanner *s) {
  const char *place = s->text.at;
  const char c = *place;
  const int change = ryft__mlir_step(&s->text);
  s->depth += change;
  if (s->depth < 0) s->depth = 0; /* unbalanced: the plugin will say so */
  if (change < 0 && s->depth == s->dense_depth) {
    s->after_dense = true;
    s->dense_depth = -1;
  } else if (c != ':' && !isspace((unsigned char)c)) {
    s->after_dense = false;
  }
  if (c == '"' && s->text.at - place == 11 && memcmp(place, "\"func.func\"", 11) == 0) {
    return check_generic_function(s, place);
  }
  return check_depth(s);
}

ryft_error *ryft__program_text_check(const char *text,
                                     size_t size,
                                     const ryft__program_limits *limits,
                                     const char *where) {
  scanner s = {.text = ryft__mlir_start((ryft_bytes){text, size}),
               .dense_depth = -1,
               .limits = limits,
               .where = where};
  while (s.text.at < s.text.end) {
    RYFT_TRY(ryft__mlir_is_name(*s.text.at) ? check_word(&s) : check_punctuation(&s));
  }
  return NULL;
}
