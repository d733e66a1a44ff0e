/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/named_value.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/base/unconst.h"

ryft_named_value ryft_named_string(const char *name, const char *value) {
  return (ryft_named_value){.name = name,
                            .type = RYFT_VALUE_STRING,
                            .as.string = value,
                            .count = value == NULL ? 0 : strlen(value)};
}

ryft_named_value ryft_named_int64(const char *name, int64_t value) {
  return (ryft_named_value){
      .name = name, .type = RYFT_VALUE_INT64, .as.integer = value, .count = 1};
}

ryft_named_value ryft_named_int64_list(const char *name, const int64_t *values, size_t count) {
  return (ryft_named_value){
      .name = name, .type = RYFT_VALUE_INT64_LIST, .as.integers = values, .count = count};
}

ryft_named_value ryft_named_float(const char *name, float value) {
  return (ryft_named_value){.name = name, .type = RYFT_VALUE_FLOAT, .as.number = value, .count = 1};
}

ryft_named_value ryft_named_bool(const char *name, bool value) {
  return (ryft_named_value){.name = name, .type = RYFT_VALUE_BOOL, .as.boolean = value, .count = 1};
}

const ryft_named_value *ryft_named_values_find(ryft_named_values values, const char *name) {
  if (name == NULL || values.items == NULL) return NULL;
  for (size_t i = 0; i < values.count; ++i) {
    if (values.items[i].name != NULL && strcmp(values.items[i].name, name) == 0) {
      return &values.items[i];
    }
  }
  return NULL;
}

/* ---- From the plugin. */

static size_t text_size(const char *text, size_t size) {
  return text == NULL ? 0 : size;
}

/* What one value needs behind the table of items: its list first, so that lists stay aligned. */
static bool add_room(const PJRT_NamedValue *raw, size_t *lists, size_t *texts) {
  size_t more = 0;
  if (__builtin_add_overflow(*texts, text_size(raw->name, raw->name_size), texts)) return false;
  if (__builtin_add_overflow(*texts, 2, texts)) return false; /* a NUL each */
  if (raw->type == PJRT_NamedValue_kString) {
    return !__builtin_add_overflow(*texts, text_size(raw->string_value, raw->value_size), texts);
  }
  if (raw->type != PJRT_NamedValue_kInt64List || raw->int64_array_value == NULL) return true;
  return !__builtin_mul_overflow(raw->value_size, sizeof(int64_t), &more) &&
         !__builtin_add_overflow(*lists, more, lists);
}

static const char *put_text(char **cursor, const char *text, size_t size) {
  char *start = *cursor;
  size = text_size(text, size);
  if (size != 0) memcpy(start, text, size);
  start[size] = '\0';
  *cursor += size + 1;
  return start;
}

static const int64_t *put_list(int64_t **cursor, const PJRT_NamedValue *raw, size_t *out_count) {
  int64_t *start = *cursor;
  *out_count = raw->int64_array_value == NULL ? 0 : raw->value_size;
  if (*out_count != 0) memcpy(start, raw->int64_array_value, *out_count * sizeof *start);
  *cursor += *out_count;
  return start;
}

static void copy_value(const PJRT_NamedValue *raw,
                       int64_t **lists,
                       char **texts,
                       ryft_named_value *out) {
  out->name = put_text(texts, raw->name, raw->name_size);
  out->type = (ryft_value_type)raw->type;
  out->count = 1;
  switch (raw->type) {
    case PJRT_NamedValue_kString:
      out->count = text_size(raw->string_value, raw->value_size);
      out->as.string = put_text(texts, raw->string_value, raw->value_size);
      break;
    case PJRT_NamedValue_kInt64:
      out->as.integer = raw->int64_value;
      break;
    case PJRT_NamedValue_kInt64List:
      out->as.integers = put_list(lists, raw, &out->count);
      break;
    case PJRT_NamedValue_kFloat:
      out->as.number = raw->float_value;
      break;
    case PJRT_NamedValue_kBool:
      out->as.boolean = raw->bool_value;
      break;
    default:
      out->count = 0;
      break;
  }
}

ryft_error *ryft__named_values_copy(const PJRT_NamedValue *raw,
                                    size_t count,
                                    ryft_named_values *out) {
  *out = (ryft_named_values){.items = NULL};
  if (raw == NULL || count == 0) return NULL;
  size_t head = 0, lists = 0, texts = 0, total = 0;
  bool fits = !__builtin_mul_overflow(count, sizeof(ryft_named_value), &head);
  for (size_t i = 0; i < count && fits; ++i) fits = add_room(&raw[i], &lists, &texts);
  fits = fits && !__builtin_add_overflow(head, lists, &total) &&
         !__builtin_add_overflow(total, texts, &total);
  ryft_named_value *items = fits ? ryft__alloc_zero(total) : NULL;
  RYFT__TRY_ALLOC(items);
  int64_t *list = (int64_t *)(items + count);
  char *text = (char *)list + lists;
  for (size_t i = 0; i < count; ++i) copy_value(&raw[i], &list, &text, &items[i]);
  *out = (ryft_named_values){.items = items, .count = count};
  return NULL;
}

void ryft__named_values_free(ryft_named_values *values) {
  ryft__free(ryft__unconst(values->items));
  *values = (ryft_named_values){.items = NULL};
}

/* ---- To the plugin. */

static ryft_error *missing(const ryft_named_value *value, const char *what, const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "the value called \"%s\" has a count of %zu, but its %s is NULL",
                     value->name,
                     value->count,
                     what);
}

ryft_error *ryft__named_value_to_raw(const ryft_named_value *value,
                                     PJRT_NamedValue *out,
                                     const char *where) {
  *out = (PJRT_NamedValue){.struct_size = PJRT_NamedValue_STRUCT_SIZE};
  if (value->name == NULL || value->name[0] == '\0') {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "a named value has no name");
  }
  out->name = value->name;
  out->name_size = strlen(value->name);
  out->value_size = 1;
  switch (value->type) {
    case RYFT_VALUE_STRING:
      if (value->as.string == NULL && value->count != 0) return missing(value, "string", where);
      out->type = PJRT_NamedValue_kString;
      out->string_value = value->as.string == NULL ? "" : value->as.string;
      out->value_size = value->count;
      return NULL;
    case RYFT_VALUE_INT64_LIST:
      if (value->as.integers == NULL && value->count != 0) return missing(value, "list", where);
      out->type = PJRT_NamedValue_kInt64List;
      out->int64_array_value = value->as.integers;
      out->value_size = value->count;
      return NULL;
    case RYFT_VALUE_INT64:
      out->type = PJRT_NamedValue_kInt64;
      out->int64_value = value->as.integer;
      return NULL;
    case RYFT_VALUE_FLOAT:
      out->type = PJRT_NamedValue_kFloat;
      out->float_value = value->as.number;
      return NULL;
    case RYFT_VALUE_BOOL:
      out->type = PJRT_NamedValue_kBool;
      out->bool_value = value->as.boolean;
      return NULL;
    default:
      return ryft__error(RYFT_INVALID_ARGUMENT,
                         where,
                         NULL,
                         "the value called \"%s\" has type %d, which is none of ryft_value_type",
                         value->name,
                         (int)value->type);
  }
}
