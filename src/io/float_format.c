/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/io/float_format.h"

#include <math.h>
#include <string.h>

static const ryft__float_format FORMATS[] = {
    {RYFT_F64, 64, 52, 1023, RYFT__FLOAT_IEEE, false},
    {RYFT_F32, 32, 23, 127, RYFT__FLOAT_IEEE, false},
    {RYFT_F16, 16, 10, 15, RYFT__FLOAT_IEEE, false},
    {RYFT_BF16, 16, 7, 127, RYFT__FLOAT_IEEE, false},
    {RYFT_F8E5M2, 8, 2, 15, RYFT__FLOAT_IEEE, false},
    {RYFT_F8E4M3, 8, 3, 7, RYFT__FLOAT_IEEE, false},
    {RYFT_F8E3M4, 8, 4, 3, RYFT__FLOAT_IEEE, false},
    {RYFT_F8E4M3FN, 8, 3, 7, RYFT__FLOAT_FN, false},
    {RYFT_F8E4M3B11FNUZ, 8, 3, 11, RYFT__FLOAT_FNUZ, false},
    {RYFT_F8E4M3FNUZ, 8, 3, 8, RYFT__FLOAT_FNUZ, false},
    {RYFT_F8E5M2FNUZ, 8, 2, 16, RYFT__FLOAT_FNUZ, false},
    {RYFT_F8E8M0FNU, 8, 0, 127, RYFT__FLOAT_FN, true},
    {RYFT_F6E2M3FN, 6, 3, 1, RYFT__FLOAT_FINITE, false},
    {RYFT_F6E3M2FN, 6, 2, 3, RYFT__FLOAT_FINITE, false},
    {RYFT_F4E2M1FN, 4, 1, 1, RYFT__FLOAT_FINITE, false},
};

const ryft__float_format *ryft__float_format_of(ryft_type type) {
  if (type == RYFT_C64) type = RYFT_F32;
  if (type == RYFT_C128) type = RYFT_F64;
  for (size_t i = 0; i < RYFT__COUNT(FORMATS); ++i) {
    if (FORMATS[i].type == type) return &FORMATS[i];
  }
  return NULL;
}

static uint64_t low_bits(unsigned count) {
  return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* The code without its sign, in which larger means larger. */
static uint64_t magnitude_mask(const ryft__float_format *format) {
  return low_bits(format->scale ? format->bits : format->bits - 1U);
}

static uint64_t sign_bit(const ryft__float_format *format) {
  return format->scale ? 0 : UINT64_C(1) << (format->bits - 1);
}

static uint64_t first_special(const ryft__float_format *format) {
  const uint64_t all = magnitude_mask(format);
  switch (format->special) {
    case RYFT__FLOAT_IEEE:
      return all - low_bits(format->mantissa_bits);
    case RYFT__FLOAT_FN:
      return all;
    case RYFT__FLOAT_FNUZ:
    case RYFT__FLOAT_FINITE:
      break;
  }
  return all + 1;
}

bool ryft__float_has_infinity(const ryft__float_format *format) {
  return format->special == RYFT__FLOAT_IEEE;
}

bool ryft__float_has_nan(const ryft__float_format *format) {
  return format->special != RYFT__FLOAT_FINITE;
}

bool ryft__float_is_nan(const ryft__float_format *format, uint64_t code) {
  const uint64_t magnitude = code & magnitude_mask(format);
  switch (format->special) {
    case RYFT__FLOAT_IEEE:
      return magnitude > first_special(format);
    case RYFT__FLOAT_FN:
      return magnitude == first_special(format);
    case RYFT__FLOAT_FNUZ:
      return code == sign_bit(format);
    case RYFT__FLOAT_FINITE:
      break;
  }
  return false;
}

uint64_t ryft__float_infinity(const ryft__float_format *format, bool negative) {
  return first_special(format) | (negative ? sign_bit(format) : 0);
}

uint64_t ryft__float_nan(const ryft__float_format *format, bool negative) {
  if (format->special == RYFT__FLOAT_FNUZ) return sign_bit(format);
  const uint64_t quiet =
      format->special == RYFT__FLOAT_IEEE ? UINT64_C(1) << (format->mantissa_bits - 1) : 0;
  return first_special(format) | quiet | (negative ? sign_bit(format) : 0);
}

/* mantissa * 2^exponent, both well within a double's; ldexp would ask for the mathematics library.
 */
static double scaled(uint64_t mantissa, int exponent) {
  const uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  double power = 0;
  memcpy(&power, &bits, sizeof power);
  return (double)mantissa * power;
}

double ryft__float_decode(const ryft__float_format *format, uint64_t code) {
  double value = 0;
  if (format->type == RYFT_F64) {
    memcpy(&value, &code, sizeof value);
    return value;
  }
  const uint64_t magnitude = code & magnitude_mask(format);
  const bool negative = (code & sign_bit(format)) != 0;
  const uint64_t fraction = magnitude & low_bits(format->mantissa_bits);
  const int biased = (int)(magnitude >> format->mantissa_bits);
  if (ryft__float_is_nan(format, code)) {
    value = NAN;
  } else if (magnitude >= first_special(format)) {
    value = INFINITY;
  } else if (biased == 0 && !format->scale) {
    value = scaled(fraction, 1 - format->bias - format->mantissa_bits);
  } else {
    value = scaled(fraction | UINT64_C(1) << format->mantissa_bits,
                   biased - format->bias - format->mantissa_bits);
  }
  return negative ? -value : value;
}

/* mantissa / 2^shift, to nearest, ties to even. */
static uint64_t shift_rounding(uint64_t mantissa, int64_t shift) {
  if (shift > 64) return 0;
  if (shift == 64) return mantissa > UINT64_C(1) << 63;
  const uint64_t kept = mantissa >> shift;
  const uint64_t rest = mantissa & low_bits((unsigned)shift);
  const uint64_t half = UINT64_C(1) << (shift - 1);
  return kept + (rest > half || (rest == half && (kept & 1) != 0));
}

static ryft__float_fit too_large(const ryft__float_format *format, bool negative, uint64_t *out) {
  const uint64_t top = first_special(format) - (ryft__float_has_infinity(format) ? 0 : 1);
  *out = top | (negative ? sign_bit(format) : 0);
  return RYFT__FLOAT_TOO_LARGE;
}

ryft__float_fit ryft__float_encode(const ryft__float_format *format,
                                   bool negative,
                                   uint64_t mantissa,
                                   int64_t exponent,
                                   uint64_t *out) {
  const int64_t width = 64 - (mantissa == 0 ? 64 : __builtin_clzll(mantissa));
  int64_t biased = exponent + width - 1 + format->bias;
  *out = 0;
  if (format->scale && (mantissa == 0 || negative || biased < -1)) return RYFT__FLOAT_TOO_SMALL;
  if (mantissa == 0) {
    if (negative && format->special != RYFT__FLOAT_FNUZ) *out = sign_bit(format);
    return RYFT__FLOAT_FITS;
  }
  if (biased > 2046)
    return too_large(format, negative, out);    /* an f64's last; no format goes further */
  if (!format->scale && biased < 1) biased = 1; /* subnormals share the lowest exponent */

  const int64_t shift = biased - format->bias - format->mantissa_bits - exponent;
  const uint64_t kept = shift > 0 ? shift_rounding(mantissa, shift) : mantissa << -shift;
  /* The leading one of `kept`, and a carry out of it, count into the exponent's place. A scale has
   * no fraction: its one is the exponent's own, and rounding can bring -1 up to 0. */
  const int64_t code = format->scale ? biased + (int64_t)kept - 1
                                     : ((biased - 1) << format->mantissa_bits) + (int64_t)kept;
  if (code < 0) return RYFT__FLOAT_TOO_SMALL;
  if ((uint64_t)code >= first_special(format)) return too_large(format, negative, out);
  *out = (uint64_t)code;
  if (negative && (code != 0 || format->special != RYFT__FLOAT_FNUZ)) *out |= sign_bit(format);
  return RYFT__FLOAT_FITS;
}

ryft__float_fit ryft__float_from_double(const ryft__float_format *format,
                                        double value,
                                        uint64_t *out) {
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof bits);
  const bool negative = bits >> 63 != 0;
  const uint64_t fraction = bits & low_bits(52);
  const int biased = (int)(bits >> 52 & 0x7ff);
  if (biased == 0x7ff && fraction != 0 && ryft__float_has_nan(format)) {
    *out = ryft__float_nan(format, negative);
    return RYFT__FLOAT_FITS;
  }
  if (biased == 0x7ff) {
    const ryft__float_fit fit = too_large(format, negative, out);
    return ryft__float_has_infinity(format) ? RYFT__FLOAT_FITS : fit;
  }
  const uint64_t mantissa = biased == 0 ? fraction : fraction | UINT64_C(1) << 52;
  return ryft__float_encode(format, negative, mantissa, (biased == 0 ? 1 : biased) - 1075, out);
}

int64_t ryft__float_order(const ryft__float_format *format, uint64_t code) {
  const int64_t magnitude = (int64_t)(code & magnitude_mask(format));
  return (code & sign_bit(format)) != 0 ? -magnitude : magnitude;
}

uint64_t ryft__float_load(const ryft__float_format *format, const void *element) {
  uint64_t code = 0;
  memcpy(&code, element, (format->bits + 7U) / 8);
  return code & low_bits(format->bits);
}

void ryft__float_store(const ryft__float_format *format, uint64_t code, void *element) {
  memcpy(element, &code, (format->bits + 7U) / 8);
}
