/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One element as text, both ways. */
#include <stdio.h>
#include <strings.h>

#include "ryft/io/value_text.h"
#include "src/base/require.h"
#include "src/io/element.h"
#include "src/io/float_text.h"

/* How much of a value a message shows. */
static int shown(size_t length) {
  return length > 40 ? 40 : (int)length;
}

static ryft_error *no_value(ryft_type type, const char *text, size_t length, const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "'%.*s' is not a valid %s value",
                     shown(length),
                     text,
                     ryft_type_name(type));
}

static ryft_error *no_fit(ryft_type type, const char *text, size_t length, const char *where) {
  return ryft__error(RYFT_OUT_OF_RANGE,
                     where,
                     NULL,
                     "%.*s does not fit %s",
                     shown(length),
                     text,
                     ryft_type_name(type));
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = (char)(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

static ryft_error *parse_integer(ryft_type type,
                                 const char *text,
                                 size_t length,
                                 void *out,
                                 const char *where) {
  size_t i = 0;
  const bool negative = length != 0 && text[0] == '-';
  if (length != 0 && (text[0] == '-' || text[0] == '+')) ++i;
  const bool hex = length > i + 2 && text[i] == '0' && (text[i + 1] | 0x20) == 'x';
  if (hex) i += 2;
  if (i == length) return no_value(type, text, length, where);

  uint64_t value = 0;
  bool overflow = false;
  for (; i < length; ++i) {
    const int digit = digit_of(text[i]);
    if (digit >= (hex ? 16 : 10)) return no_value(type, text, length, where);
    overflow |= __builtin_mul_overflow(value, hex ? 16U : 10U, &value);
    overflow |= __builtin_add_overflow(value, (uint64_t)digit, &value);
  }
  const size_t bits = ryft_type_bits(type);
  const uint64_t all = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
  uint64_t limit = all;
  if (ryft__type_is_signed(type))
    limit = (all >> 1) + negative;
  else if (negative)
    limit = 0;
  if (overflow || value > limit) return no_fit(type, text, length, where);
  ryft__integer_store(type, negative ? 0 - value : value, out);
  return NULL;
}

static bool is_word(const char *text, size_t length, const char *word) {
  return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static ryft_error *parse_pred(const char *text, size_t length, void *out, const char *where) {
  const bool yes = is_word(text, length, "1") || is_word(text, length, "true");
  if (!yes && !is_word(text, length, "0") && !is_word(text, length, "false")) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "'%.*s' is not a valid pred value; there are 0, 1, true and false",
                       shown(length),
                       text);
  }
  *(uint8_t *)out = yes;
  return NULL;
}

static ryft_error *parse_float(ryft_type type,
                               const char *text,
                               size_t length,
                               void *out,
                               const char *where) {
  const ryft__float_format *format = ryft__float_format_of(type);
  uint64_t code = 0;
  switch (ryft__float_parse(format, text, length, &code)) {
    case RYFT__FLOAT_READ:
      break;
    case RYFT__FLOAT_NO_INFINITY:
      return ryft__error(
          RYFT_INVALID_ARGUMENT, where, NULL, "%s has no infinity", ryft_type_name(type));
    case RYFT__FLOAT_NO_NAN:
      return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "%s has no nan", ryft_type_name(type));
    case RYFT__FLOAT_OUT_OF_RANGE:
      return no_fit(type, text, length, where);
    case RYFT__FLOAT_NO_MEMORY:
      return ryft__out_of_memory();
    case RYFT__FLOAT_NO_NUMBER:
      return no_value(type, text, length, where);
  }
  ryft__float_store(format, code, out);
  return NULL;
}

/* "1", "2j" or "1+2j"; the second number's sign is what parts the two. */
static ryft_error *parse_complex(ryft_type type,
                                 const char *text,
                                 size_t length,
                                 void *out,
                                 const char *where) {
  const size_t part_size = ryft_type_host_size(type) / 2;
  unsigned char *const imaginary = (unsigned char *)out + part_size;
  memset(out, 0, 2 * part_size);
  const size_t first = ryft__float_scan(text, length);
  if (first != 0 && first == length) return parse_float(type, text, length, out, where);
  const bool ends = length != 0 && (text[length - 1] | 0x20) == 'j';
  if (first == 0 || !ends) return no_value(type, text, length, where);
  if (first + 1 == length) return parse_float(type, text, first, imaginary, where);
  const bool parted = text[first] == '+' || text[first] == '-';
  if (!parted || ryft__float_scan(text + first, length - first) != length - first - 1) {
    return no_value(type, text, length, where);
  }
  RYFT_TRY(parse_float(type, text, first, out, where));
  return parse_float(type, text + first, length - first - 1, imaginary, where);
}

ryft_error *ryft_value_parse(ryft_type type, const char *text, size_t length, void *out) {
  RYFT__REQUIRE(out);
  if (length == 0) text = "";
  RYFT__REQUIRE(text);
  if (type == RYFT_PRED) return parse_pred(text, length, out, __func__);
  if (ryft__type_is_integer(type)) return parse_integer(type, text, length, out, __func__);
  if (ryft__type_is_complex(type)) return parse_complex(type, text, length, out, __func__);
  if (ryft__float_format_of(type) != NULL) return parse_float(type, text, length, out, __func__);
  return ryft__error(
      RYFT_INVALID_ARGUMENT, __func__, NULL, "type %s has no values", ryft_type_name(type));
}

static size_t format_integer(ryft_type type, const void *value, char *out_text) {
  const uint64_t bits = ryft__integer_load(type, value);
  const int length =
      ryft__type_is_signed(type)
          ? snprintf(out_text, RYFT_VALUE_TEXT_SIZE, "%lld", (long long)bits)
          : snprintf(out_text, RYFT_VALUE_TEXT_SIZE, "%llu", (unsigned long long)bits);
  return (size_t)length;
}

static size_t format_complex(const ryft__float_format *format, const void *value, char *out_text) {
  const unsigned char *const imaginary = (const unsigned char *)value + format->bits / 8;
  size_t length = ryft__float_print(format, ryft__float_load(format, value), out_text);
  char part[RYFT__FLOAT_TEXT_SIZE];
  const size_t size = ryft__float_print(format, ryft__float_load(format, imaginary), part);
  if (part[0] != '-') out_text[length++] = '+';
  memcpy(out_text + length, part, size);
  length += size;
  out_text[length++] = 'j';
  out_text[length] = '\0';
  return length;
}

size_t ryft_value_format(ryft_type type, const void *value, char out_text[RYFT_VALUE_TEXT_SIZE]) {
  const ryft__float_format *format = ryft__float_format_of(type);
  if (out_text == NULL) return 0;
  out_text[0] = '\0';
  if (value == NULL) return 0;
  if (type == RYFT_PRED) {
    return (size_t)snprintf(
        out_text, RYFT_VALUE_TEXT_SIZE, *(const uint8_t *)value != 0 ? "true" : "false");
  }
  if (ryft__type_is_integer(type)) return format_integer(type, value, out_text);
  if (ryft__type_is_complex(type)) return format_complex(format, value, out_text);
  if (format != NULL) return ryft__float_print(format, ryft__float_load(format, value), out_text);
  memcpy(out_text, "?", 2);
  return 1;
}
