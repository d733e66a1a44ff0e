/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Floating-point formats as data: one table describes them all, one encoder and one decoder serve
 * them all. */
#ifndef RYFT_SRC_IO_FLOAT_FORMAT_H
#define RYFT_SRC_IO_FLOAT_FORMAT_H

#include "ryft/type.h"
#include "src/base/base.h"

/* What the codes at the upper end of a format stand for. */
typedef enum ryft__float_special {
  RYFT__FLOAT_IEEE,   /* the highest exponent: infinity, then NaNs */
  RYFT__FLOAT_FN,     /* all bits one is NaN; no infinity */
  RYFT__FLOAT_FNUZ,   /* the code of -0 is NaN; no infinity, no -0 */
  RYFT__FLOAT_FINITE, /* neither infinity nor NaN */
} ryft__float_special;

typedef struct ryft__float_format {
  ryft_type type;
  uint8_t bits; /* significant ones; the host element is the next whole number of bytes */
  uint8_t mantissa_bits;
  int16_t bias;
  ryft__float_special special;
  bool scale; /* f8e8m0fnu: an exponent only; no sign, no zero, no subnormals */
} ryft__float_format;

/* The format of a real floating-point type, or of the parts of a complex one; NULL for all others.
 */
const ryft__float_format *ryft__float_format_of(ryft_type type);

/* The value of a code as a double, which is exact for every format. */
double ryft__float_decode(const ryft__float_format *format, uint64_t code);

typedef enum ryft__float_fit {
  RYFT__FLOAT_FITS,
  RYFT__FLOAT_TOO_LARGE, /* `*out` is infinity, or the largest finite value where there is none */
  RYFT__FLOAT_TOO_SMALL, /* only without a sign or zero to go to; `*out` is the smallest value */
} ryft__float_fit;

/**
 * Rounds mantissa * 2^exponent to the nearest value, ties to even, at once: whoever has more digits
 * than fit the mantissa ors the rest into its lowest bit (and leaves at least two bits below the
 * format's own).
 */
ryft__float_fit ryft__float_encode(const ryft__float_format *format,
                                   bool negative,
                                   uint64_t mantissa,
                                   int64_t exponent,
                                   uint64_t *out);

/* The same for a double. Infinities count as too large where the format has none. */
ryft__float_fit ryft__float_from_double(const ryft__float_format *format,
                                        double value,
                                        uint64_t *out);

bool ryft__float_has_infinity(const ryft__float_format *format);
bool ryft__float_has_nan(const ryft__float_format *format);
bool ryft__float_is_nan(const ryft__float_format *format, uint64_t code);
uint64_t ryft__float_infinity(const ryft__float_format *format, bool negative);
uint64_t ryft__float_nan(const ryft__float_format *format, bool negative);

/* Codes as integers in the order of their values, neighbours one apart, both zeros 0. For codes
 * that are not NaN. */
int64_t ryft__float_order(const ryft__float_format *format, uint64_t code);

/* One element in host memory; bits above a format's own are ignored. */
uint64_t ryft__float_load(const ryft__float_format *format, const void *element);
void ryft__float_store(const ryft__float_format *format, uint64_t code, void *element);

#endif /* RYFT_SRC_IO_FLOAT_FORMAT_H */
