/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Rounding happens once. f64 and f32 go through strtod and strtof, hexadecimal digits straight to
 * the encoder. For a narrow format the decimal text is first rounded to a double, which alone would
 * round twice: 1.0625 plus a trillionth of a trillionth becomes 1.0625, for f8e4m3 a tie, and goes
 * down instead of up. Rounding to a double keeps order, so this can only happen when the double is
 * a tie itself. Ties have few digits, so the text is then compared with the double's own decimal
 * digits, and which side it lies on becomes the lowest bit. */
#include "src/io/float_text.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/alloc.h"

enum { SHORT_TEXT = 128, EXPONENT_LIMIT = 1000000 };

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void) {
  c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* ---- Scanning */

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = (char)(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool starts_with(const char *text, size_t length, const char *word) {
  const size_t size = strlen(word);
  return length >= size && strncasecmp(text, word, size) == 0;
}

static size_t scan_digits(const char *text, size_t length, bool hex) {
  size_t i = 0;
  while (i < length && (hex ? hex_value(text[i]) >= 0 : is_digit(text[i]))) ++i;
  return i;
}

/* Digits with a point among or around them; 0 without any digit. */
static size_t scan_fraction(const char *text, size_t length, bool hex) {
  const size_t whole = scan_digits(text, length, hex);
  if (whole == length || text[whole] != '.') return whole;
  const size_t part = scan_digits(text + whole + 1, length - whole - 1, hex);
  return whole + part == 0 ? 0 : whole + 1 + part;
}

static size_t scan_exponent(const char *text, size_t length, char letter) {
  if (length < 2 || (text[0] | 0x20) != letter) return 0;
  const size_t sign = text[1] == '+' || text[1] == '-';
  const size_t digits = scan_digits(text + 1 + sign, length - 1 - sign, /* hex= */ false);
  return digits == 0 ? 0 : 1 + sign + digits;
}

static size_t sign_length(const char *text, size_t length) {
  return length != 0 && (text[0] == '+' || text[0] == '-');
}

static bool is_hex(const char *text, size_t length) {
  return starts_with(text, length, "0x");
}

size_t ryft__float_scan(const char *text, size_t length) {
  const size_t sign = sign_length(text, length);
  const char *const rest = text + sign;
  const size_t size = length - sign;
  if (starts_with(rest, size, "infinity")) return sign + 8;
  if (starts_with(rest, size, "inf") || starts_with(rest, size, "nan")) return sign + 3;
  const size_t prefix = is_hex(rest, size) ? 2 : 0;
  const size_t digits = scan_fraction(rest + prefix, size - prefix, prefix != 0);
  if (digits == 0) return prefix == 0 ? 0 : sign + 1; /* "0x" alone: the zero */
  const size_t end = prefix + digits;
  return sign + end + scan_exponent(rest + end, size - end, prefix != 0 ? 'p' : 'e');
}

/* ---- Reading */

/* A scanned exponent, "e-12" say; beyond any format it no longer matters how far. */
static int64_t read_exponent(const char *text, const char *end) {
  if (text == end) return 0;
  const bool negative = *++text == '-';
  if (!is_digit(*text)) ++text;
  int64_t value = 0;
  for (; text < end; ++text) {
    if (value < EXPONENT_LIMIT) value = value * 10 + (*text - '0');
  }
  return negative ? -value : value;
}

static ryft__float_reading reading_of(ryft__float_fit fit) {
  return fit == RYFT__FLOAT_FITS ? RYFT__FLOAT_READ : RYFT__FLOAT_OUT_OF_RANGE;
}

/* `text` follows "0x". */
static ryft__float_reading parse_hex(const ryft__float_format *format,
                                     bool negative,
                                     const char *text,
                                     const char *end,
                                     uint64_t *out_code) {
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool fraction = false;
  for (; text < end && (*text == '.' || hex_value(*text) >= 0); ++text) {
    if (*text == '.') {
      fraction = true;
      continue;
    }
    const uint64_t digit = (uint64_t)hex_value(*text);
    if (mantissa >> 60 == 0) {
      mantissa = mantissa << 4 | digit;
      if (fraction) exponent -= 4;
    } else {
      mantissa |= digit != 0;
      if (!fraction) exponent += 4;
    }
  }
  exponent += read_exponent(text, end);
  return reading_of(ryft__float_encode(format, negative, mantissa, exponent, out_code));
}

/* Digits d1 d2 … of 0.d1d2… * 10^point, d1 not zero unless the value is. */
typedef struct decimal {
  const char *digits; /* other characters between them do not count */
  const char *end;
  int64_t point;
} decimal;

static decimal decimal_of(const char *text, const char *end) {
  decimal result = {.digits = end, .end = end};
  bool fraction = false, significant = false;
  const char *at = text;
  for (; at < end && (*at | 0x20) != 'e'; ++at) {
    if (!is_digit(*at)) {
      fraction = true;
      continue;
    }
    if (*at != '0' && !significant) {
      significant = true;
      result.digits = at;
    }
    if (significant && !fraction) ++result.point;
    if (!significant && fraction) --result.point;
  }
  result.end = at;
  result.point += read_exponent(at, end);
  return result;
}

/* The next digit, 0 when there are no more. */
static char next_digit(decimal *number) {
  while (number->digits < number->end && !is_digit(*number->digits)) ++number->digits;
  return number->digits < number->end ? *number->digits++ : '0';
}

static int compare_decimals(decimal left, decimal right) {
  if (left.point != right.point) return left.point < right.point ? -1 : 1;
  while (left.digits < left.end || right.digits < right.end) {
    const char a = next_digit(&left), b = next_digit(&right);
    if (a != b) return a < b ? -1 : 1;
  }
  return 0;
}

/* Which side of the double it was rounded to (positive, with few significant bits) the text lies
 * on. */
static int side_of(double value, const char *text, const char *end) {
  char exact[320];
  if (value > 0x1p200 || value < 0x1p-200) return 0; /* no narrow format has a tie there */
  const int length = snprintf(exact, sizeof exact, "%.280e", value);
  if (length < 0 || (size_t)length >= sizeof exact) return 0;
  return compare_decimals(decimal_of(text, end), decimal_of(exact, exact + length));
}

/* `text` has no sign; `terminated` is the same with a NUL. */
static ryft__float_reading parse_decimal(const ryft__float_format *format,
                                         bool negative,
                                         const char *terminated,
                                         size_t length,
                                         uint64_t *out_code) {
  const double value = strtod_l(terminated, NULL, c_locale);
  if (format->type == RYFT_F32) {
    const float single = strtof_l(terminated, NULL, c_locale);
    if (isinf(single)) return RYFT__FLOAT_OUT_OF_RANGE;
    return reading_of(
        ryft__float_from_double(format, negative ? -(double)single : single, out_code));
  }
  if (isinf(value)) return RYFT__FLOAT_OUT_OF_RANGE;
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof bits);
  const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
  const int64_t biased = (int64_t)(bits >> 52);
  if (format->type == RYFT_F64 || biased == 0 || (fraction & 0xffffffffff) != 0) {
    return reading_of(ryft__float_from_double(format, negative ? -value : value, out_code));
  }
  const int side = side_of(value, terminated, terminated + length);
  const uint64_t mantissa = ((fraction | UINT64_C(1) << 52) << 2) + (uint64_t)(int64_t)side;
  return reading_of(ryft__float_encode(format, negative, mantissa, biased - 1075 - 2, out_code));
}

static ryft__float_reading parse_terminated(const ryft__float_format *format,
                                            bool negative,
                                            const char *text,
                                            size_t length,
                                            uint64_t *out_code) {
  char local[SHORT_TEXT];
  char *copy = local;
  if (length >= sizeof local) {
    copy = ryft__copy_text(text, length);
    if (copy == NULL) return RYFT__FLOAT_NO_MEMORY;
  } else {
    memcpy(local, text, length);
    local[length] = '\0';
  }
  const int saved = errno;
  (void)pthread_once(&c_locale_once, make_c_locale);
  ryft__float_reading reading = RYFT__FLOAT_NO_MEMORY;
  if (c_locale != (locale_t)0) reading = parse_decimal(format, negative, copy, length, out_code);
  errno = saved;
  if (copy != local) ryft__free(copy);
  return reading;
}

ryft__float_reading ryft__float_parse(const ryft__float_format *format,
                                      const char *text,
                                      size_t length,
                                      uint64_t *out_code) {
  *out_code = 0;
  if (length == 0 || ryft__float_scan(text, length) != length) return RYFT__FLOAT_NO_NUMBER;
  const bool negative = text[0] == '-';
  const size_t sign = sign_length(text, length);
  text += sign;
  length -= sign;
  if ((text[0] | 0x20) == 'n') {
    if (!ryft__float_has_nan(format)) return RYFT__FLOAT_NO_NAN;
    *out_code = ryft__float_nan(format, negative);
    return RYFT__FLOAT_READ;
  }
  if ((text[0] | 0x20) == 'i') {
    if (!ryft__float_has_infinity(format)) return RYFT__FLOAT_NO_INFINITY;
    *out_code = ryft__float_infinity(format, negative);
    return RYFT__FLOAT_READ;
  }
  if (is_hex(text, length)) return parse_hex(format, negative, text + 2, text + length, out_code);
  return parse_terminated(format, negative, text, length, out_code);
}

/* ---- Writing */

/* Enough to tell neighbours apart, and then some, so that cutting the digits off is exact. */
enum { DIGITS = 40, MOST_DIGITS = 17 };

/* A candidate: `count` digits of 0.d1d2… * 10^point. */
typedef struct candidate {
  char digits[DIGITS + 1];
  int count;
  int point;
} candidate;

static candidate cut(const candidate *exact, int count, bool up) {
  candidate result = {.count = count, .point = exact->point};
  memcpy(result.digits, exact->digits, (size_t)count);
  int i = count - 1;
  for (; up && i >= 0 && result.digits[i] == '9'; --i) result.digits[i] = '0';
  if (up && i >= 0) ++result.digits[i];
  if (up && i < 0) {
    result.digits[0] = '1';
    ++result.point;
  }
  while (result.count > 1 && result.digits[result.count - 1] == '0') --result.count;
  return result;
}

static bool reads_back(const ryft__float_format *format,
                       const candidate *tried,
                       uint64_t magnitude) {
  char text[RYFT__FLOAT_TEXT_SIZE];
  uint64_t code = 0;
  const int length = snprintf(
      text, sizeof text, "%.*se%d", tried->count, tried->digits, tried->point - tried->count);
  return length > 0 && ryft__float_parse(format, text, (size_t)length, &code) == RYFT__FLOAT_READ &&
         code == magnitude;
}

/* The fewest digits that read back as `magnitude`; of equally few the nearest. */
static candidate shortest(const ryft__float_format *format, uint64_t magnitude, double value) {
  char text[DIGITS + 16];
  candidate exact = {.count = 0};
  const int length = snprintf(text, sizeof text, "%.*e", DIGITS - 1, value);
  decimal all = decimal_of(text, text + length);
  exact.point = (int)all.point;
  while (exact.count < DIGITS) exact.digits[exact.count++] = next_digit(&all);

  /* Of a normal f64 or f32 all texts of 15 or 6 digits differ, so that fewer need no trying. */
  int count = 1;
  if (format->type == RYFT_F64 && value >= 0x1p-1022) count = 15;
  if (format->type == RYFT_F32 && value >= 0x1p-126) count = 6;
  for (; count < MOST_DIGITS; ++count) {
    const bool up = exact.digits[count] >= '5';
    const candidate near = cut(&exact, count, up);
    if (reads_back(format, &near, magnitude)) return near;
    const candidate other = cut(&exact, count, !up);
    if (reads_back(format, &other, magnitude)) return other;
  }
  return cut(&exact, MOST_DIGITS, exact.digits[MOST_DIGITS] >= '5');
}

static size_t put_digits(const candidate *number, char *out, size_t room) {
  const int count = number->count, point = number->point;
  const char *const digits = number->digits;
  int length = 0;
  if (point < -4 || point > MOST_DIGITS) {
    length = count == 1
                 ? snprintf(out, room, "%.1se%d", digits, point - 1)
                 : snprintf(out, room, "%.1s.%.*se%d", digits, count - 1, digits + 1, point - 1);
  } else if (point <= 0) {
    length = snprintf(out, room, "0.%.*s%.*s", -point, "0000", count, digits);
  } else if (point < count) {
    length = snprintf(out, room, "%.*s.%.*s", point, digits, count - point, digits + point);
  } else {
    length = snprintf(out, room, "%.*s%.*s", count, digits, point - count, "0000000000000000");
  }
  return (size_t)length;
}

size_t ryft__float_print(const ryft__float_format *format,
                         uint64_t code,
                         char out_text[RYFT__FLOAT_TEXT_SIZE]) {
  size_t size = 0;
  const bool is_nan = ryft__float_is_nan(format, code);
  const uint64_t top = UINT64_C(1) << (format->bits - 1);
  if (!format->scale && (code & top) != 0 && !(is_nan && format->special == RYFT__FLOAT_FNUZ)) {
    out_text[size++] = '-';
    code &= ~top;
  }
  const double value = is_nan ? 0 : ryft__float_decode(format, code);
  if (is_nan || isinf(value) || value == 0) {
    const char *const word = is_nan ? "nan" : value == 0 ? "0" : "inf";
    memcpy(out_text + size, word, strlen(word) + 1);
    return size + strlen(word);
  }
  const candidate number = shortest(format, code, value);
  return size + put_digits(&number, out_text + size, RYFT__FLOAT_TEXT_SIZE - size);
}
