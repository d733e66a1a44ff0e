/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/io/npy_header.h"

#include <string.h>

#include "src/base/error.h"

static const unsigned char MAGIC[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

/* NumPy itself reads no more than 10000 bytes unless told to. */
enum { MOST_LENGTH = 1 << 20 };

/* The text between `at` and `end`, and the first reason why it is no header. */
typedef struct reader {
  const char *at;
  const char *end;
  const char *reason; /* static; NULL while all is well */
} reader;

bool ryft__npy_has_magic(const void *data, size_t size) {
  return size >= sizeof MAGIC && memcmp(data, MAGIC, sizeof MAGIC) == 0;
}

static bool fail(reader *text, const char *reason) {
  if (text->reason == NULL) text->reason = reason;
  return false;
}

static void skip_blanks(reader *text) {
  while (text->at < text->end &&
         (*text->at == ' ' || *text->at == '\n' || *text->at == '\t' || *text->at == '\r')) {
    ++text->at;
  }
}

static bool next_is(reader *text, char c) {
  skip_blanks(text);
  return text->at < text->end && *text->at == c;
}

static bool take(reader *text, char c) {
  if (!next_is(text, c)) return false;
  ++text->at;
  return true;
}

static bool take_word(reader *text, const char *word) {
  const size_t size = strlen(word);
  skip_blanks(text);
  if ((size_t)(text->end - text->at) < size || memcmp(text->at, word, size) != 0) return false;
  text->at += size;
  return true;
}

/* A string in either kind of quotes; those with escapes are none that NumPy writes. */
static bool read_string(reader *text, const char **out_start, size_t *out_size) {
  skip_blanks(text);
  if (text->at == text->end || (*text->at != '\'' && *text->at != '"'))
    return fail(text, "a string is missing");
  const char quote = *text->at++;
  const char *start = text->at;
  while (text->at < text->end && *text->at != quote) {
    if (*text->at++ == '\\') return fail(text, "a string has an escape in it");
  }
  if (text->at == text->end) return fail(text, "a string does not end");
  *out_start = start;
  *out_size = (size_t)(text->at++ - start);
  return true;
}

static bool read_bool(reader *text, bool *out) {
  *out = take_word(text, "True");
  return *out || take_word(text, "False") || fail(text, "fortran_order is neither True nor False");
}

static bool read_dimension(reader *text, int64_t *out) {
  skip_blanks(text);
  const char *start = text->at;
  int64_t value = 0;
  for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; ++text->at) {
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, *text->at - '0', &value)) {
      return fail(text, "a dimension is too large");
    }
  }
  if (text->at == start) return fail(text, "a dimension is not a number of 0 or more");
  if (text->at < text->end && *text->at == 'L') ++text->at; /* Python 2 wrote these */
  *out = value;
  return true;
}

static bool read_shape(reader *text, ryft__npy_header *out) {
  if (!take(text, '(')) return fail(text, "shape is not a tuple");
  bool comma = true;
  while (!take(text, ')')) {
    if (!comma) return fail(text, "shape is not a tuple");
    if (out->rank == RYFT__NPY_MAX_RANK) return fail(text, "the array has more than 64 dimensions");
    if (!read_dimension(text, &out->dims[out->rank])) return false;
    ++out->rank;
    comma = take(text, ',');
  }
  if (out->rank == 1 && !comma) return fail(text, "shape is not a tuple");
  return true;
}

static const struct {
  char kind;
  uint8_t size;
  ryft_type type;
} NUMBERS[] = {
    {'b', 1, RYFT_PRED},
    {'i', 1, RYFT_S8},
    {'i', 2, RYFT_S16},
    {'i', 4, RYFT_S32},
    {'i', 8, RYFT_S64},
    {'u', 1, RYFT_U8},
    {'u', 2, RYFT_U16},
    {'u', 4, RYFT_U32},
    {'u', 8, RYFT_U64},
    {'f', 2, RYFT_F16},
    {'f', 4, RYFT_F32},
    {'f', 8, RYFT_F64},
    {'c', 8, RYFT_C64},
    {'c', 16, RYFT_C128},
    {'f', 1, RYFT_F8E5M2}, /* what ml_dtypes saves it as */
};

static const char *refusal(char kind) {
  switch (kind) {
    case 'O':
      return "it holds Python objects; arrays of numbers are expected";
    case 'S':
    case 'a':
    case 'U':
      return "it holds strings; arrays of numbers are expected";
    case 'M':
    case 'm':
      return "it holds dates; save them as int64";
    default:
      return "its element type is unknown";
  }
}

/* As '<f4': byte order, kind, bytes. */
static bool read_descr(reader *text, ryft__npy_header *out) {
  const char *descr = NULL;
  size_t length = 0, size = 0;
  if (next_is(text, '[')) return fail(text, "it holds structures; arrays of numbers are expected");
  if (!read_string(text, &descr, &length)) return false;
  const char order = length != 0 && strchr("<>|=", descr[0]) != NULL ? descr[0] : '|';
  const size_t start = length != 0 && order == descr[0];
  if (length <= start) return fail(text, "its element type is unknown");
  const char kind = descr[start];
  for (size_t i = start + 1; i < length; ++i) {
    if (descr[i] < '0' || descr[i] > '9' || size > 999) return fail(text, refusal(kind));
    size = size * 10 + (size_t)(descr[i] - '0');
  }
  out->item_size = size;
  out->big_endian = order == '>' && size > 1;
  if (kind == 'V' && size >= 1 && size <= 16 && !out->big_endian) return true;
  for (size_t i = 0; i < RYFT__COUNT(NUMBERS); ++i) {
    if (NUMBERS[i].kind == kind && NUMBERS[i].size == size) {
      out->type = NUMBERS[i].type;
      return true;
    }
  }
  return fail(text, refusal(kind));
}

/* One "key: value"; `*seen` has a bit for each of the three keys. */
static bool read_entry(reader *text, ryft__npy_header *out, unsigned *seen) {
  static const char *const KEYS[] = {"descr", "fortran_order", "shape"};
  const char *key = NULL;
  size_t length = 0, which = 0;
  if (!read_string(text, &key, &length)) return false;
  while (which < RYFT__COUNT(KEYS) &&
         (strlen(KEYS[which]) != length || memcmp(KEYS[which], key, length) != 0)) {
    ++which;
  }
  if (which == RYFT__COUNT(KEYS)) return fail(text, "its header has an unknown key");
  if ((*seen >> which & 1) != 0) return fail(text, "its header has a key twice");
  *seen |= 1U << which;
  if (!take(text, ':')) return fail(text, "its header is not a dictionary");
  if (which == 0) return read_descr(text, out);
  if (which == 1) return read_bool(text, &out->fortran_order);
  return read_shape(text, out);
}

static bool read_dictionary(reader *text, ryft__npy_header *out) {
  unsigned seen = 0;
  if (!take(text, '{')) return fail(text, "its header is not a dictionary");
  bool comma = true;
  while (!take(text, '}')) {
    if (!comma) return fail(text, "its header is not a dictionary");
    if (!read_entry(text, out, &seen)) return false;
    comma = take(text, ',');
  }
  if (seen != 7) return fail(text, "its header lacks descr, fortran_order or shape");
  skip_blanks(text);
  return text->at == text->end || fail(text, "its header goes on after the dictionary");
}

/* Where the dictionary begins, and how long it says that it is; versions 2 and 3 have four bytes
 * for that instead of two. */
static bool read_prefix(const unsigned char *bytes,
                        size_t size,
                        reader *text,
                        size_t *out_start,
                        size_t *out_length) {
  if (!ryft__npy_has_magic(bytes, size)) return fail(text, "it is not a .npy file");
  if (size < 10) return fail(text, "it ends within its header");
  const unsigned char version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] != 0) return fail(text, "its .npy version is unknown");
  const size_t start = version == 1 ? 10 : 12;
  if (size < start) return fail(text, "it ends within its header");
  size_t length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
  if (version != 1) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
  if (length > MOST_LENGTH) return fail(text, "its header is longer than 1 MiB");
  *out_start = start;
  *out_length = length;
  return true;
}

static bool find_dictionary(const unsigned char *bytes,
                            size_t size,
                            reader *text,
                            size_t *out_offset) {
  size_t start = 0, length = 0;
  if (!read_prefix(bytes, size, text, &start, &length)) return false;
  if (length > size - start) return fail(text, "it ends within its header");
  text->at = (const char *)bytes + start;
  text->end = text->at + length;
  *out_offset = start + length;
  return true;
}

size_t ryft__npy_header_size(const void *data, size_t size) {
  reader text = {.reason = NULL};
  size_t start = 0, length = 0;
  return read_prefix(data, size, &text, &start, &length) ? start + length : 0;
}

ryft_error *ryft__npy_header_read(const char *name,
                                  const void *data,
                                  size_t size,
                                  ryft__npy_header *out,
                                  const char *where) {
  *out = (ryft__npy_header){.type = RYFT_INVALID_TYPE};
  reader text = {.reason = NULL};
  if (find_dictionary(data, size, &text, &out->data_offset) && read_dictionary(&text, out))
    return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "%s: %s", name, text.reason);
}
