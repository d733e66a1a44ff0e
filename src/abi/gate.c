/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/gate.h"

#include <string.h>

/* ---- Functions. */

ryft_error *ryft__slot_missing(const ryft__table *t, int fn, const char *where) {
  const char *name = ryft__fn_name(fn);
  const int since = ryft__fns[fn].since;
  const char *extension = ryft__name(ryft__owners[ryft__fns[fn].owner].name);
  if (t->minor < since) {
    return ryft__error_refusal(RYFT_UNIMPLEMENTED,
                               where,
                               name,
                               "the plugin speaks PJRT %d.%d; %s was added in %d.%d",
                               t->major,
                               t->minor,
                               name,
                               PJRT_API_MAJOR,
                               since);
  }
  if (extension[0] != '\0') {
    return ryft__error_refusal(RYFT_UNIMPLEMENTED,
                               where,
                               name,
                               "the %s extension of the plugin (PJRT %d.%d) leaves %s empty",
                               extension,
                               t->major,
                               t->minor,
                               name);
  }
  return ryft__error_refusal(RYFT_UNIMPLEMENTED,
                             where,
                             name,
                             "the plugin (PJRT %d.%d) leaves %s empty",
                             t->major,
                             t->minor,
                             name);
}

/* ---- Fields. An older plugin reads only those it knows and ignores the rest without a word. This
 * says the word. */

typedef struct gate {
  const ryft__table *table;
  const char *where;
  int fn;
} gate;

/* Fields are numbers, pointers or structs; most have the width of a word. */
static bool all_zero(const unsigned char *bytes, size_t size) {
  uint64_t word;
  if (size == sizeof word) {
    memcpy(&word, bytes, sizeof word);
    return word == 0;
  }
  for (size_t i = 0; i < size; ++i) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

static RYFT__COLD ryft_error *too_new(const gate *g,
                                      const ryft__struct *owner,
                                      const ryft__field *field) {
  return ryft__error_refusal(
      RYFT_UNIMPLEMENTED,
      g->where,
      ryft__fn_name(g->fn),
      "the plugin speaks PJRT %d.%d and would ignore %s.%s, which was added in %d.%d",
      g->table->major,
      g->table->minor,
      ryft__name(owner->name),
      ryft__name(field->name),
      PJRT_API_MAJOR,
      field->since);
}

/* Numbers that no enum of ours has pass: the caller may know more than we do. */
static ryft_error *check_enum(const gate *g, const ryft__field *field, const unsigned char *at) {
  int32_t number;
  memcpy(&number, at, sizeof number);
  const ryft__enum *kind = &ryft__enums[field->ref];
  for (unsigned i = 0; i < kind->values && number != 0; ++i) {
    const ryft__enumerator *value = &ryft__enumerators[kind->first_value + i];
    if (value->number < number) continue;
    if (value->number > number || value->since <= g->table->minor) return NULL;
    return ryft__error_refusal(
        RYFT_UNIMPLEMENTED,
        g->where,
        ryft__fn_name(g->fn),
        "the plugin speaks PJRT %d.%d and does not know %s, which was added in %d.%d",
        g->table->major,
        g->table->minor,
        ryft__name(value->name),
        PJRT_API_MAJOR,
        value->since);
  }
  return NULL;
}

static ryft_error *check_struct(const gate *g, const ryft__struct *kind, const unsigned char *base);

static size_t length_of(const ryft__struct *owner,
                        const ryft__field *field,
                        const unsigned char *base) {
  size_t length = 1;
  if (field->length != RYFT__NO_FIELD) {
    memcpy(&length, base + ryft__fields[owner->first_field + field->length].offset, sizeof length);
  }
  return length;
}

static ryft_error *check_nested(const gate *g,
                                const ryft__struct *owner,
                                const ryft__field *field,
                                const unsigned char *base) {
  const ryft__struct *nested = &ryft__structs[field->ref];
  const unsigned char *at = base + field->offset;
  if (nested->newest <= g->table->minor) return NULL;
  if (field->shape == RYFT__SHAPE_VALUE) return check_struct(g, nested, at);
  const unsigned char *elements;
  memcpy(&elements, at, sizeof elements);
  if (elements == NULL) return NULL;
  const size_t length = length_of(owner, field, base);
  for (size_t i = 0; i < length; ++i) {
    const unsigned char *element = elements + i * nested->size;
    if (field->shape == RYFT__SHAPE_POINTERS)
      memcpy(&element, elements + i * sizeof element, sizeof element);
    ryft_error *error = element == NULL ? NULL : check_struct(g, nested, element);
    if (error != NULL) return error;
  }
  return NULL;
}

static ryft_error *check_struct(const gate *g,
                                const ryft__struct *kind,
                                const unsigned char *base) {
  for (unsigned i = 0; i < kind->gates; ++i) {
    const ryft__field *field = &ryft__fields[kind->first_field + ryft__gates[kind->first_gate + i]];
    const unsigned char *at = base + field->offset;
    ryft_error *error = NULL;
    if (field->since > g->table->minor) {
      if (!all_zero(at, field->size)) return too_new(g, kind, field);
    } else if (field->kind == RYFT__KIND_STRUCT) {
      error = check_nested(g, kind, field, base);
    } else if (field->kind == RYFT__KIND_ENUM && field->shape == RYFT__SHAPE_VALUE) {
      error = check_enum(g, field, at);
    }
    if (error != NULL) return error;
  }
  return NULL;
}

ryft_error *ryft__field_gate(const ryft__table *t, int fn, const void *args, const char *where) {
  const gate g = {t, where, fn};
  return check_struct(&g, &ryft__structs[ryft__fns[fn].args], args);
}
