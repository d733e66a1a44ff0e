/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/grow.h"

#include <string.h>

static bool says_its_size(const ryft__struct *kind) {
  return kind->fields != 0 && ryft__fields[kind->first_field].kind == RYFT__KIND_HIDDEN;
}

static size_t size_of(const void *sized) {
  size_t size;
  memcpy(&size, sized, sizeof size);
  return size;
}

/* What lies between the last field and sizeof is no field of ours, and zero. */
static void *enlarge(ryft__grown_struct *out, const ryft__struct *kind, void *original) {
  const size_t size = size_of(original), larger = kind->size + (size_t)RYFT__TAIL;
  out->original = original;
  out->size = size < kind->size ? size : kind->size;
  memset(out->bytes, 0, sizeof out->bytes);
  memcpy(out->bytes, original, out->size);
  memcpy(out->bytes, &larger, sizeof larger);
  return out->bytes;
}

/* Args point to one such struct at most; the generator sees to it. */
static const ryft__field *inner_field(const ryft__struct *kind) {
  for (unsigned i = 0; i < kind->fields; ++i) {
    const ryft__field *field = &ryft__fields[kind->first_field + i];
    if (field->kind == RYFT__KIND_STRUCT && field->shape == RYFT__SHAPE_ONE &&
        (field->flags & RYFT__FIELD_IN) != 0 && says_its_size(&ryft__structs[field->ref]))
      return field;
  }
  return NULL;
}

static void enlarge_inner(ryft__grown *out, const ryft__field *field) {
  void *inner;
  memcpy(&inner, out->args.bytes + field->offset, sizeof inner);
  if (inner == NULL) return;
  inner = enlarge(&out->inner, &ryft__structs[field->ref], inner);
  out->inner_at = field->offset;
  memcpy(out->args.bytes + field->offset, &inner, sizeof inner);
}

void *ryft__grow(ryft__grown *out, const ryft__table *t, int fn, void *args) {
  const ryft__struct *kind = &ryft__structs[ryft__fns[fn].args];
  out->args.original = out->inner.original = NULL;
  if (t->minor <= RYFT__MINOR_TRIED || !says_its_size(kind)) return args;
  void *grown = enlarge(&out->args, kind, args);
  const ryft__field *field = inner_field(kind);
  if (field != NULL) enlarge_inner(out, field);
  return grown;
}

/* Nothing is written where nothing changed: it may lie in memory that cannot be. */
static void bring_back(const ryft__grown_struct *grown) {
  char *fields = (char *)grown->original + sizeof(size_t);
  const unsigned char *written = grown->bytes + sizeof(size_t);
  const size_t size = grown->size - sizeof(size_t);
  if (memcmp(fields, written, size) != 0) memcpy(fields, written, size);
}

void ryft__grow_back(const ryft__grown *grown) {
  if (grown->args.original == NULL) return;
  bring_back(&grown->args);
  if (grown->inner.original == NULL) return;
  memcpy((char *)grown->args.original + grown->inner_at,
         &grown->inner.original,
         sizeof grown->inner.original);
  bring_back(&grown->inner);
}
