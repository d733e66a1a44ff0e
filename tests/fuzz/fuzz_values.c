/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The first byte chooses a type; the rest is taken as an element's text, and as its bits. Every
 * value must be the same after being written and read again; f32, f64 and 64-bit integers must be
 * what the C library reads. */
#include <errno.h>

#include "fuzz.h"
#include "ryft/io/value_text.h"
#include "ryft/io/values.h"
#include "src/io/element.h"
#include "src/io/float_format.h"

enum { TYPES_END = 40, ELEMENT_MAX = 16 };

static bool same_float(const ryft__float_format *format,
                       const uint8_t *left,
                       const uint8_t *right) {
  const uint64_t a = ryft__float_load(format, left), b = ryft__float_load(format, right);
  return a == b || (ryft__float_is_nan(format, a) && ryft__float_is_nan(format, b));
}

static bool same_element(ryft_type type, const uint8_t *left, const uint8_t *right) {
  const ryft__float_format *format = ryft__float_format_of(type);
  if (type == RYFT_PRED) return (*left != 0) == (*right != 0);
  if (format == NULL) return ryft__integer_load(type, left) == ryft__integer_load(type, right);
  const size_t part = ryft_type_host_size(type) / 2;
  return same_float(format, left, right) &&
         (!ryft__type_is_complex(type) || same_float(format, left + part, right + part));
}

/* Elements and texts lie at the ends of blocks of their own size. */
static void check_element(ryft_type type, const void *given) {
  const size_t size = ryft_type_host_size(type);
  uint8_t *element = fuzz_copy(given, size);
  uint8_t *back = calloc(1, size);
  char *text = malloc(RYFT_VALUE_TEXT_SIZE);
  FUZZ_CHECK(back != NULL && text != NULL);
  const size_t length = ryft_value_format(type, element, text);
  FUZZ_CHECK(length > 0 && length < RYFT_VALUE_TEXT_SIZE && strlen(text) == length);
  char *exact = fuzz_copy(text, length);
  FUZZ_CHECK(!fuzz_failed(ryft_value_parse(type, exact, length, back)));
  FUZZ_CHECK(same_element(type, element, back));
  free(exact);
  free(text);
  free(back);
  free(element);
}

static void check_float(ryft_type type, const char *text, bool failed, const uint8_t *element) {
  char *end = NULL;
  const bool narrow = type == RYFT_F32;
  const double expected = narrow ? (double)strtof(text, &end) : strtod(text, &end);
  if (end == text || *end != '\0' || strchr(" \t\n\v\f\r", text[0]) != NULL ||
      strchr(text, '(') != NULL) {
    FUZZ_CHECK(failed); /* the C library alone takes blanks, and nan(digits) */
    return;
  }
  const double infinity = (double)__builtin_inff();
  if (expected == infinity || expected == -infinity) {
    FUZZ_CHECK(failed || strpbrk(text, "nN") != NULL); /* too large, not "inf" */
    return;
  }
  float single = 0;
  double found = 0;
  FUZZ_CHECK(!failed);
  memcpy(narrow ? (void *)&single : (void *)&found, element, narrow ? sizeof single : sizeof found);
  if (narrow) found = (double)single;
  FUZZ_CHECK(memcmp(&found, &expected, sizeof found) == 0 ||
             (found != found && expected != expected));
}

static void check_integer(const char *text, bool failed, const uint8_t *element) {
  char *end = NULL;
  const char *digits = text + (text[0] == '-' || text[0] == '+');
  const bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  errno = 0;
  const long long expected = strtoll(text, &end, hex ? 16 : 10);
  const bool blank = text[0] != '\0' && strchr(" \t\n\v\f\r", text[0]) != NULL;
  if (end == text || *end != '\0' || errno != 0 || blank) {
    FUZZ_CHECK(failed);
    return;
  }
  FUZZ_CHECK(!failed && memcmp(element, &expected, sizeof expected) == 0);
}

static void check_text(ryft_type type, const uint8_t *data, size_t size) {
  uint8_t *element = calloc(1, ELEMENT_MAX);
  char *exact = fuzz_copy(data, size);
  FUZZ_CHECK(element != NULL);
  const bool failed = fuzz_refused(
      ryft_value_parse(type, exact, size, element), RYFT_INVALID_ARGUMENT, RYFT_OUT_OF_RANGE);
  if (!failed) check_element(type, element);
  if (size != 0 && memchr(data, '\0', size) == NULL) {
    fuzz_input input = {data, size};
    char *text = fuzz_text(&input, '\0');
    if (type == RYFT_F32 || type == RYFT_F64) check_float(type, text, failed, element);
    if (type == RYFT_S64) check_integer(text, failed, element);
    free(text);
  }
  free(exact);
  free(element);
}

/* What has no values says so. */
static void check_no_values(ryft_type type, const uint8_t *data, size_t size) {
  uint8_t element[ELEMENT_MAX] = {0};
  char text[RYFT_VALUE_TEXT_SIZE];
  FUZZ_CHECK(fuzz_failed(ryft_value_parse(type, (const char *)data, size, element)));
  FUZZ_CHECK(ryft_value_format(type, element, text) == 1 && strcmp(text, "?") == 0);
}

static void check_rules(ryft_type type, uint8_t count, uint64_t seed) {
  const int64_t dims[] = {count % 5, count % 7};
  const ryft_shape shape = {.type = type, .rank = count % 3, .dims = dims};
  size_t size = 0;
  FUZZ_CHECK(!fuzz_failed(ryft_shape_host_size(shape, &size)));
  uint8_t *values = malloc(size + 1);
  FUZZ_CHECK(values != NULL);
  FUZZ_CHECK(fuzz_failed(ryft_values_iota(shape, values, size + 1)));
  FUZZ_CHECK(!fuzz_failed(ryft_values_iota(shape, values, size)));
  FUZZ_CHECK(!fuzz_failed(ryft_values_random(shape, seed, values, size)));
  if (size != 0) check_element(type, values);
  free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const ryft_type type = (ryft_type)(data[0] % TYPES_END);
  const size_t element_size = ryft_type_host_size(type);
  ++data;
  --size;
  fuzz_begin(/* largest= */ 4 * size + 4096);
  if (element_size == 0) {
    check_no_values(type, data, size);
  } else {
    uint8_t bits[ELEMENT_MAX] = {0};
    if (size != 0) memcpy(bits, data, size < ELEMENT_MAX ? size : ELEMENT_MAX);
    check_text(type, data, size);
    check_element(type, bits);
    check_rules(type, bits[0], bits[1]);
  }
  fuzz_end();
  return 0;
}
