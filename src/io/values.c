/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Arrays made from a rule. */
#include "ryft/io/values.h"

#include "src/base/require.h"
#include "src/io/element.h"
#include "src/io/float_format.h"

/* How many elements, once `size` was found to be theirs. */
static ryft_error *count_elements(ryft_shape shape,
                                  size_t size,
                                  size_t *out_count,
                                  const char *where) {
  size_t host_size = 0;
  RYFT_TRY(ryft__error_stamp(ryft_shape_host_size(shape, &host_size), where));
  if (host_size != size) {
    char text[96];
    (void)ryft_shape_format(shape, text, sizeof text);
    return ryft__error(
        RYFT_INVALID_ARGUMENT, where, NULL, "%s takes %zu bytes, %zu given", text, host_size, size);
  }
  return ryft__error_stamp(ryft_shape_element_count(shape, out_count), where);
}

/* The real part of complex elements; the rest is zero. */
static void store_number(ryft_type type,
                         const ryft__float_format *format,
                         uint64_t mantissa,
                         int64_t exponent,
                         void *element) {
  uint64_t code = 0;
  (void)ryft__float_encode(format, /* negative= */ false, mantissa, exponent, &code);
  memset(element, 0, ryft_type_host_size(type));
  ryft__float_store(format, code, element);
}

ryft_error *ryft_values_iota(ryft_shape shape, void *out, size_t size) {
  size_t count = 0;
  if (size != 0) RYFT__REQUIRE(out);
  RYFT_TRY(count_elements(shape, size, &count, __func__));
  const ryft_type type = shape.type;
  const ryft__float_format *format = ryft__float_format_of(type);
  const size_t step = ryft_type_host_size(type);
  unsigned char *element = out;
  for (size_t i = 0; i < count; ++i, element += step) {
    if (format != NULL)
      store_number(type, format, i, 0, element);
    else if (type == RYFT_PRED)
      *element = (unsigned char)(i % 2);
    else
      ryft__integer_store(type, i, element);
  }
  return NULL;
}

/* SplitMix64, by Sebastiano Vigna (public domain): one addition and a mix for each number. */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* As many of the top bits as every value in [1/2, 1) can hold, and none below the smallest step:
 * all exact. */
static void random_float(const ryft__float_format *format, uint64_t bits, void *element) {
  int digits = format->mantissa_bits + 1;
  const int steps = format->bias + format->mantissa_bits - 1;
  if (steps < digits) digits = steps;
  uint64_t mantissa = bits >> (64 - digits), code = 0;
  int64_t exponent = -digits;
  if (format->scale) { /* rounded down to a power of two */
    mantissa = 1;
    exponent = -1 - (bits == 0 ? 64 : __builtin_clzll(bits));
  }
  (void)ryft__float_encode(format, /* negative= */ false, mantissa, exponent, &code);
  ryft__float_store(format, code, element);
}

ryft_error *ryft_values_random(ryft_shape shape, uint64_t seed, void *out, size_t size) {
  size_t count = 0;
  if (size != 0) RYFT__REQUIRE(out);
  RYFT_TRY(count_elements(shape, size, &count, __func__));
  const ryft_type type = shape.type;
  const ryft__float_format *format = ryft__float_format_of(type);
  const size_t step = ryft_type_host_size(type);
  unsigned char *element = out;
  for (size_t i = 0; i < count; ++i, element += step) {
    const uint64_t bits = next_random(&seed);
    if (format != NULL) {
      random_float(format, bits, element);
      if (ryft__type_is_complex(type)) random_float(format, next_random(&seed), element + step / 2);
    } else if (type == RYFT_PRED) {
      *element = (unsigned char)(bits >> 63);
    } else {
      ryft__integer_store(type, bits, element);
    }
  }
  return NULL;
}
