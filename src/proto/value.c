/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/proto/value.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

static ryft__parsed check(bool fits) {
  return fits ? RYFT__PARSED : RYFT__PARSED_NOT;
}

/* Numbers have no blanks in front, and strtoull would take a minus sign. */
static bool starts_number(const char *text, bool may_be_negative) {
  if (text[0] == '-') return may_be_negative && text[1] != '\0';
  return text[0] >= '0' && text[0] <= '9';
}

static ryft__parsed parse_signed(const char *text, int64_t low, int64_t high, int64_t *out) {
  char *end = NULL;
  if (!starts_number(text, /* may_be_negative= */ true)) return RYFT__PARSED_NOT;
  errno = 0;
  const long long number = strtoll(text, &end, 10);
  *out = number;
  return check(errno == 0 && *end == '\0' && end != text && number >= low && number <= high);
}

static ryft__parsed parse_unsigned(const char *text, uint64_t high, uint64_t *out) {
  char *end = NULL;
  if (!starts_number(text, /* may_be_negative= */ false)) return RYFT__PARSED_NOT;
  errno = 0;
  const unsigned long long number = strtoull(text, &end, 10);
  *out = number;
  return check(errno == 0 && *end == '\0' && number <= high);
}

/* In the C locale, whatever the program's is. */
static ryft__parsed parse_double(const char *text, double *out) {
  char *end = NULL;
  if (*text == '\0' || *text == ' ' || *text == '\t' || *text == '\n') return RYFT__PARSED_NOT;
  const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return RYFT__PARSED_NO_MEMORY;
  errno = 0;
  *out = strtod_l(text, &end, plain);
  const bool too_large = errno == ERANGE && isinf(*out);
  freelocale(plain);
  return check(*end == '\0' && !too_large);
}

static ryft__parsed parse_float(const char *text, float *out) {
  double wide = 0;
  const ryft__parsed parsed = parse_double(text, &wide);
  if (parsed != RYFT__PARSED) return parsed;
  if (isfinite(wide) && fabs(wide) > (double)FLT_MAX) return RYFT__PARSED_NOT;
  *out = (float)wide;
  return RYFT__PARSED;
}

static ryft__parsed parse_bool(const char *text, protobuf_c_boolean *out) {
  *out = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
  return check(*out || strcmp(text, "false") == 0 || strcmp(text, "0") == 0);
}

static ryft__parsed parse_enum(const ProtobufCEnumDescriptor *kind, const char *text, int *out) {
  const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(kind, text);
  int64_t number = 0;
  if (value != NULL) {
    *out = value->value;
    return RYFT__PARSED;
  }
  /* Numbers need not be known: plugins may be newer than the list. */
  if (parse_signed(text, INT32_MIN, INT32_MAX, &number) != RYFT__PARSED) return RYFT__PARSED_NOT;
  *out = (int)number;
  return RYFT__PARSED;
}

static ryft__parsed parse_string(const char *text, char **out) {
  *out = ryft__copy_text(text, strlen(text));
  return *out == NULL ? RYFT__PARSED_NO_MEMORY : RYFT__PARSED;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static ryft__parsed parse_bytes(const char *text, ProtobufCBinaryData *out) {
  if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X')) return RYFT__PARSED_NOT;
  text += 2;
  const size_t digits = strlen(text);
  if (digits % 2 != 0 || strspn(text, "0123456789abcdefABCDEF") != digits) return RYFT__PARSED_NOT;
  out->len = digits / 2;
  out->data = ryft__alloc(out->len);
  if (out->data == NULL) return RYFT__PARSED_NO_MEMORY;
  for (size_t i = 0; i < out->len; ++i) {
    out->data[i] = (uint8_t)(hex_digit(text[2 * i]) * 16 + hex_digit(text[2 * i + 1]));
  }
  return RYFT__PARSED;
}

static ryft__parsed parse_i32(const char *text, int32_t *out) {
  int64_t wide = 0;
  const ryft__parsed parsed = parse_signed(text, INT32_MIN, INT32_MAX, &wide);
  *out = parsed == RYFT__PARSED ? (int32_t)wide : 0;
  return parsed;
}

static ryft__parsed parse_u32(const char *text, uint32_t *out) {
  uint64_t wide = 0;
  const ryft__parsed parsed = parse_unsigned(text, UINT32_MAX, &wide);
  *out = parsed == RYFT__PARSED ? (uint32_t)wide : 0;
  return parsed;
}

ryft__parsed ryft__proto_value_parse(const ProtobufCFieldDescriptor *field,
                                     const char *text,
                                     ryft__proto_value *out) {
  memset(out, 0, sizeof *out);
  switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
      return parse_i32(text, &out->i32);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
      return parse_signed(text, INT64_MIN, INT64_MAX, &out->i64);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
      return parse_u32(text, &out->u32);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
      return parse_unsigned(text, UINT64_MAX, &out->u64);
    case PROTOBUF_C_TYPE_FLOAT:
      return parse_float(text, &out->f32);
    case PROTOBUF_C_TYPE_DOUBLE:
      return parse_double(text, &out->f64);
    case PROTOBUF_C_TYPE_BOOL:
      return parse_bool(text, &out->boolean);
    case PROTOBUF_C_TYPE_ENUM:
      return parse_enum(field->descriptor, text, &out->enumerator);
    case PROTOBUF_C_TYPE_STRING:
      return parse_string(text, &out->string);
    case PROTOBUF_C_TYPE_BYTES:
      return parse_bytes(text, &out->bytes);
    case PROTOBUF_C_TYPE_MESSAGE:
      break;
  }
  return RYFT__PARSED_NOT;
}

size_t ryft__proto_value_size(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return 8;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
      return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
      return sizeof(ProtobufCBinaryData);
    default:
      return 4;
  }
}

const char *ryft__proto_value_kind(ProtobufCType type) {
  switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
      return "a 32-bit integer";
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
      return "a 64-bit integer";
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
      return "a 32-bit integer that is not negative";
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
      return "a 64-bit integer that is not negative";
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
      return "a number";
    case PROTOBUF_C_TYPE_BOOL:
      return "true or false";
    case PROTOBUF_C_TYPE_ENUM:
      return "the name or the number of an enumerator";
    case PROTOBUF_C_TYPE_STRING:
      return "a string";
    case PROTOBUF_C_TYPE_BYTES:
      return "0x and an even count of hexadecimal digits";
    case PROTOBUF_C_TYPE_MESSAGE:
      break;
  }
  return "a message";
}

void ryft__proto_value_free(const ProtobufCFieldDescriptor *field, void *storage) {
  if (field->type == PROTOBUF_C_TYPE_STRING) {
    char *text = *(char **)storage;
    if (text != field->default_value) ryft__free(text);
  } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
    ryft__free(((ProtobufCBinaryData *)storage)->data);
  }
}
