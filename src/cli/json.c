/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the well-formed UTF-8 character at `text`, or 0. */
static size_t character_size(const unsigned char *text) {
  unsigned char first = text[0];
  if (first < 0x80) return 1;
  size_t size = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : 2;
  if (size == 2 && (first < 0xc2 || first > 0xdf)) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((text[i] & 0xc0) != 0x80) return 0; /* stops at the NUL, too */
  }
  if (first == 0xe0 && text[1] < 0xa0) return 0; /* overlong */
  if (first == 0xed && text[1] > 0x9f) return 0; /* a surrogate */
  if (first == 0xf0 && text[1] < 0x90) return 0; /* overlong */
  if (first == 0xf4 && text[1] > 0x8f) return 0; /* beyond U+10FFFF */
  return size;
}

static json_t *repaired_text(const char *text) {
  size_t size = strlen(text);
  char *repaired = malloc(3 * size + 1);
  if (repaired == NULL) return NULL;
  size_t used = 0;
  for (const char *from = text; *from != '\0';) {
    size_t bytes = character_size((const unsigned char *)from);
    memcpy(repaired + used, bytes == 0 ? "\xef\xbf\xbd" : from, bytes == 0 ? 3 : bytes);
    used += bytes == 0 ? 3 : bytes;
    from += bytes == 0 ? 1 : bytes;
  }
  json_t *json = json_stringn(repaired, used);
  free(repaired);
  return json;
}

json_t *cli_json_text(const char *text) {
  json_t *json = json_string(text);
  return json != NULL ? json : repaired_text(text);
}

json_t *cli_json_real(double number) {
  if (isnan(number)) return json_string("nan");
  if (isinf(number)) return json_string(number < 0 ? "-inf" : "inf");
  return json_real(number);
}

static json_t *list_of(const int64_t *integers, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; ++i) {
    if (json_array_append_new(list, json_integer(integers[i])) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static json_t *value_of(const ryft_named_value *value) {
  switch (value->type) {
    case RYFT_VALUE_STRING:
      return cli_json_text(value->as.string);
    case RYFT_VALUE_INT64:
      return json_integer(value->as.integer);
    case RYFT_VALUE_INT64_LIST:
      return list_of(value->as.integers, value->count);
    case RYFT_VALUE_FLOAT:
      return cli_json_real((double)value->as.number);
    case RYFT_VALUE_BOOL:
      return json_boolean(value->as.boolean);
  }
  return json_null(); /* a type newer than the library */
}

json_t *cli_json_values(ryft_named_values values) {
  json_t *object = json_object();
  for (size_t i = 0; i < values.count; ++i) {
    const ryft_named_value *value = &values.items[i];
    json_t *name = cli_json_text(value->name);
    const char *key = name == NULL ? NULL : json_string_value(name);
    int failed = key == NULL ? -1 : json_object_set_new(object, key, value_of(value));
    json_decref(name);
    if (failed != 0) {
      json_decref(object);
      return NULL;
    }
  }
  return object;
}
