/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/sized.h"

#include <string.h>

#include "src/base/error.h"

static ryft_error *given_size(const void *given, const char *type, const char *where, size_t *out) {
  memcpy(out, given, sizeof *out);
  if (*out >= sizeof(size_t)) return NULL;
  return ryft__error(
      RYFT_INVALID_ARGUMENT,
      where,
      NULL,
      "%s.struct_size is %zu; start the struct with RYFT_SIZED(%s) or RYFT_DEFAULTS(%s)",
      type,
      *out,
      type,
      type);
}

ryft_error *ryft__read_sized(const void *given,
                             void *out,
                             size_t size,
                             const char *type,
                             const char *where) {
  memset(out, 0, size);
  memcpy(out, &size, sizeof size);
  if (given == NULL) return NULL;
  size_t theirs = 0;
  RYFT_TRY(given_size(given, type, where, &theirs));
  for (size_t i = size; i < theirs; ++i) {
    if (((const unsigned char *)given)[i] == 0) continue;
    return ryft__error(
        RYFT_INVALID_ARGUMENT,
        where,
        NULL,
        "byte %zu of %s is set, but this library knows only %zu bytes of it: it is older than the "
        "header that the program was compiled with",
        i,
        type,
        size);
  }
  const size_t both = theirs < size ? theirs : size;
  memcpy((char *)out + sizeof(size_t), (const char *)given + sizeof(size_t), both - sizeof(size_t));
  return NULL;
}

static bool is_zero(const unsigned char *bytes, size_t size) {
  size_t i = 0;
  while (i < size && bytes[i] == 0) ++i;
  return i == size;
}

static ryft_error *check_enum(const char *field,
                              const ryft__field_rule *rule,
                              const char *type,
                              const char *where) {
  int value = 0;
  memcpy(&value, field, sizeof value);
  if (value >= 0 && value <= rule->last) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s.%s is %d, which is not a valid %s",
                     type,
                     rule->name,
                     value,
                     rule->type);
}

static ryft_error *check_list(const char *options,
                              const ryft__field_rule *rule,
                              const char *type,
                              const char *where) {
  const void *list = NULL;
  size_t count = 0;
  memcpy(&list, options + rule->offset, sizeof list);
  memcpy(&count, options + rule->size, sizeof count);
  if (list != NULL || count == 0) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s.%s is NULL, its count is %zu",
                     type,
                     rule->name,
                     count);
}

ryft_error *ryft__check_options(const void *options,
                                const ryft__options_type *type,
                                const char *where) {
  for (size_t i = 0; i < type->rule_count; ++i) {
    const ryft__field_rule *rule = &type->rules[i];
    const char *field = (const char *)options + rule->offset;
    if (rule->kind == RYFT__FIELD_LIST) {
      RYFT_TRY(check_list(options, rule, type->name, where));
    } else if (rule->kind == RYFT__FIELD_ENUM) {
      RYFT_TRY(check_enum(field, rule, type->name, where));
    } else if (!is_zero((const unsigned char *)field, rule->size)) {
      return ryft__error(
          RYFT_INVALID_ARGUMENT, where, NULL, "%s.%s is not zero", type->name, rule->name);
    }
  }
  return NULL;
}

ryft_error *ryft__read_options(const void *given,
                               void *out,
                               const ryft__options_type *type,
                               const char *where) {
  RYFT_TRY(ryft__read_sized(given, out, type->size, type->name, where));
  return ryft__check_options(out, type, where);
}

ryft_error *ryft__write_sized(void *out,
                              const void *source,
                              size_t size,
                              const char *type,
                              const char *where) {
  size_t theirs = 0;
  RYFT_TRY(given_size(out, type, where, &theirs));
  const size_t both = theirs < size ? theirs : size;
  memcpy(
      (char *)out + sizeof(size_t), (const char *)source + sizeof(size_t), both - sizeof(size_t));
  memset((char *)out + both, 0, theirs - both);
  return NULL;
}
