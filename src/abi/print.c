/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ryft/abi/pjrt.h"

enum {
  ELEMENTS_MAX = 16,
  TEXT_MAX = 120,
  DEPTH_MAX = 4 /* args, their options, a layout in those, its tiles */
};

/* ---- Reading fields; everything through memcpy, since only offsets are known. */

static uint64_t read_unsigned(const void *at, size_t width) {
  uint64_t value = 0;
  memcpy(&value, at, width <= sizeof value ? width : sizeof value); /* little-endian */
  return value;
}

static int64_t read_signed(const void *at, size_t width) {
  const unsigned shift = width >= 8 ? 0 : (unsigned)(64 - 8 * width);
  return (int64_t)(read_unsigned(at, width) << shift) >> shift;
}

static const void *read_pointer(const void *at) {
  const void *pointer;
  memcpy(&pointer, at, sizeof pointer);
  return pointer;
}

/* ---- As text. */

static void print_address(ryft__sink *sink, const void *pointer) {
  if (pointer == NULL) {
    ryft__sink_text(sink, "NULL", 4);
  } else {
    ryft__sink_format(sink, "0x%" PRIxPTR, (uintptr_t)pointer);
  }
}

static void print_enum(ryft__sink *sink, int enum_id, int number) {
  const char *name = ryft__enum_name(enum_id, number);
  if (name == NULL) {
    ryft__sink_format(sink, "%d", number);
  } else {
    ryft__sink_text(sink, name, strlen(name));
  }
}

/* The host program may have chosen a locale with a decimal comma. */
static void print_float(ryft__sink *sink, const void *at, size_t width) {
  float narrow = 0;
  double value = 0;
  if (width == sizeof narrow) {
    memcpy(&narrow, at, sizeof narrow);
    value = (double)narrow;
  } else {
    memcpy(&value, at, sizeof value);
  }
  char text[40];
  (void)snprintf(text, sizeof text, "%.9g", value);
  for (char *letter = text; *letter != '\0'; ++letter) {
    if (strchr("0123456789+-einfa", *letter) == NULL) *letter = '.';
  }
  ryft__sink_text(sink, text, strlen(text));
}

static void print_text(ryft__sink *sink, const char *text, size_t size) {
  if (text == NULL) {
    ryft__sink_text(sink, "NULL", 4);
    return;
  }
  ryft__sink_text(sink, "\"", 1);
  ryft__sink_escaped(sink, text, size < TEXT_MAX ? size : TEXT_MAX);
  ryft__sink_text(sink, "\"", 1);
  if (size > TEXT_MAX) ryft__sink_format(sink, "... (%zu)", size);
}

static void print_bytes(ryft__sink *sink, const void *data, size_t size) {
  if (data == NULL) {
    ryft__sink_text(sink, "NULL", 4);
  } else {
    ryft__sink_format(sink, "<%zu bytes>", size);
  }
}

static void print_fields(ryft__sink *sink,
                         const ryft__struct *kind,
                         const unsigned char *base,
                         ryft__part part,
                         bool nested,
                         int depth);

static void print_nested(ryft__sink *sink, const ryft__struct *kind, const void *base, int depth) {
  if (base == NULL || depth >= DEPTH_MAX) {
    print_address(sink, base);
    return;
  }
  ryft__sink_text(sink, "{", 1);
  print_fields(sink, kind, base, RYFT__PART_OUTPUTS, true, depth + 1);
  ryft__sink_text(sink, "}", 1);
}

/* One element, wherever it lies. */
static void print_element(ryft__sink *sink, const ryft__field *field, const void *at, int depth) {
  switch (field->kind) {
    case RYFT__KIND_BOOL:
      ryft__sink_format(sink, "%s", read_unsigned(at, 1) != 0 ? "true" : "false");
      break;
    case RYFT__KIND_SIGNED:
      ryft__sink_format(sink, "%" PRId64, read_signed(at, field->ref));
      break;
    case RYFT__KIND_UNSIGNED:
      ryft__sink_format(sink, "%" PRIu64, read_unsigned(at, field->ref));
      break;
    case RYFT__KIND_FLOAT:
      print_float(sink, at, field->ref);
      break;
    case RYFT__KIND_ENUM:
      print_enum(sink, field->ref, (int)read_signed(at, sizeof(int)));
      break;
    case RYFT__KIND_STRUCT:
      print_nested(sink, &ryft__structs[field->ref], at, depth);
      break;
    default:
      print_address(sink, read_pointer(at));
      break;
  }
}

typedef struct lengths {
  size_t count;
  size_t inner;            /* of each row of a matrix */
  const size_t *of_string; /* of each string */
} lengths;

static void print_one_of(ryft__sink *sink,
                         const ryft__field *field,
                         const unsigned char *at,
                         size_t i,
                         const lengths *have,
                         int depth);

static void print_many(ryft__sink *sink,
                       const ryft__field *field,
                       const void *first,
                       const lengths *have,
                       int depth) {
  if (first == NULL) {
    ryft__sink_text(sink, "NULL", 4);
    return;
  }
  ryft__sink_text(sink, "[", 1);
  for (size_t i = 0; i < have->count && !ryft__sink_is_cut(sink); ++i) {
    if (i != 0) ryft__sink_text(sink, ", ", 2);
    if (i == ELEMENTS_MAX) {
      ryft__sink_format(sink, "... (%zu)", have->count);
      break;
    }
    print_one_of(sink, field, first, i, have, depth);
  }
  ryft__sink_text(sink, "]", 1);
}

static void print_one_of(ryft__sink *sink,
                         const ryft__field *field,
                         const unsigned char *first,
                         size_t i,
                         const lengths *have,
                         int depth) {
  const unsigned char *slot = first + i * sizeof(void *);
  switch (field->shape) {
    case RYFT__SHAPE_POINTERS:
      print_nested(sink, &ryft__structs[field->ref], read_pointer(slot), depth);
      break;
    case RYFT__SHAPE_MATRIX: {
      ryft__field row = *field;
      row.shape = RYFT__SHAPE_ARRAY;
      print_many(sink, &row, read_pointer(slot), &(lengths){.count = have->inner}, depth);
      break;
    }
    case RYFT__SHAPE_STRINGS:
      if (have->of_string == NULL) {
        print_address(sink, read_pointer(slot));
      } else {
        print_text(sink, read_pointer(slot), have->of_string[i]);
      }
      break;
    default:
      print_element(sink, field, first + i * ryft__element_size(field), depth);
      break;
  }
}

static lengths read_lengths(const ryft__struct *kind,
                            const ryft__field *field,
                            const unsigned char *base) {
  const ryft__field *fields = &ryft__fields[kind->first_field];
  lengths have = {0};
  if (field->length != RYFT__NO_FIELD) {
    have.count = (size_t)read_unsigned(base + fields[field->length].offset, sizeof(size_t));
  }
  if (field->inner == RYFT__NO_FIELD) return have;
  const unsigned char *at = base + fields[field->inner].offset;
  if (field->shape == RYFT__SHAPE_STRINGS) {
    have.of_string = read_pointer(at);
  } else {
    have.inner = (size_t)read_unsigned(at, sizeof(size_t));
  }
  return have;
}

static void print_field(ryft__sink *sink,
                        const ryft__struct *kind,
                        const ryft__field *field,
                        const unsigned char *base,
                        int depth) {
  const unsigned char *at = base + field->offset;
  const lengths have = read_lengths(kind, field, base);
  switch (field->shape) {
    case RYFT__SHAPE_VALUE:
      print_element(sink, field, at, depth);
      break;
    case RYFT__SHAPE_ONE:
      print_nested(sink, &ryft__structs[field->ref], read_pointer(at), depth);
      break;
    case RYFT__SHAPE_CSTRING: {
      const char *text = read_pointer(at);
      print_text(sink, text, text == NULL ? 0 : strlen(text));
      break;
    }
    case RYFT__SHAPE_COUNTED:
      if (field->kind == RYFT__KIND_TEXT) {
        print_text(sink, read_pointer(at), have.count);
      } else {
        print_bytes(sink, read_pointer(at), have.count);
      }
      break;
    default:
      print_many(sink, field, read_pointer(at), &have, depth);
      break;
  }
}

/* Whether a field is of interest: it has a value now, is part of what was asked for, and says more
 * than NULL. */
static bool wanted(const ryft__struct *kind,
                   const ryft__field *field,
                   const unsigned char *base,
                   ryft__part part,
                   bool nested) {
  if (field->kind == RYFT__KIND_HIDDEN) return false;
  if (field->kind == RYFT__KIND_EXTENSIONS) {
    /* In structs that they fill, plugins leave it as it was: rubbish. */
    return !nested && part == RYFT__PART_INPUTS && read_pointer(base + field->offset) != NULL;
  }
  if (field->tag != RYFT__NO_FIELD) {
    const ryft__field *tag = &ryft__fields[kind->first_field + field->tag];
    if (read_signed(base + tag->offset, sizeof(int)) != field->when) return false;
  }
  if (nested) return true;
  if (part == RYFT__PART_INPUTS) return (field->flags & RYFT__FIELD_IN) != 0;
  return (field->flags & RYFT__FIELD_OUT) != 0;
}

/* A struct that somebody else filled may be shorter than ours. CPU plugins do not always set the
 * size of what they embed, so a size that cannot be one is not believed. */
static size_t end_of(const ryft__struct *kind, const unsigned char *base, bool nested) {
  const ryft__field *first = &ryft__fields[kind->first_field];
  if (!nested || kind->fields == 0 || first->kind != RYFT__KIND_HIDDEN) return kind->size;
  const size_t size = (size_t)read_unsigned(base, sizeof(size_t));
  return size >= sizeof(PJRT_Extension_Base) && size < kind->size ? size : kind->size;
}

/* Lengths are visible in what they measure. */
static bool measures(const ryft__struct *kind, unsigned index) {
  for (unsigned i = 0; i < kind->fields; ++i) {
    const ryft__field *other = &ryft__fields[kind->first_field + i];
    if (other->length == index || other->inner == index) return true;
  }
  return false;
}

static void print_fields(ryft__sink *sink,
                         const ryft__struct *kind,
                         const unsigned char *base,
                         ryft__part part,
                         bool nested,
                         int depth) {
  const size_t end = end_of(kind, base, nested);
  bool first = true;
  for (unsigned i = 0; i < kind->fields && !ryft__sink_is_cut(sink); ++i) {
    const ryft__field *field = &ryft__fields[kind->first_field + i];
    if ((size_t)field->offset + field->size > end || measures(kind, i)) continue;
    if (!wanted(kind, field, base, part, nested)) continue;
    ryft__sink_format(sink, "%s%s=", first ? "" : ", ", ryft__name(field->name));
    first = false;
    print_field(sink, kind, field, base, depth);
  }
}

void ryft__print_args(ryft__sink *sink, int fn, const void *args, ryft__part part) {
  print_fields(sink, &ryft__structs[ryft__fns[fn].args], args, part, false, 0);
}

/* ---- As JSON. */

static bool is_number(const ryft__field *field) {
  return field->kind == RYFT__KIND_SIGNED || field->kind == RYFT__KIND_UNSIGNED;
}

static void print_json_list(ryft__sink *sink,
                            const ryft__field *field,
                            const unsigned char *first,
                            size_t count) {
  ryft__sink_text(sink, "[", 1);
  for (size_t i = 0; i < count && i < ELEMENTS_MAX; ++i) {
    if (i != 0) ryft__sink_text(sink, ",", 1);
    print_element(sink, field, first + i * ryft__element_size(field), 0);
  }
  ryft__sink_text(sink, "]", 1);
}

/* By name when it has one. */
static void print_json_enum(ryft__sink *sink, const ryft__field *field, const unsigned char *at) {
  const int number = (int)read_signed(at, sizeof(int));
  const char *quote = ryft__enum_name(field->ref, number) == NULL ? "" : "\"";
  ryft__sink_format(sink, "%s", quote);
  print_enum(sink, field->ref, number);
  ryft__sink_format(sink, "%s", quote);
}

static bool print_json_fields(ryft__sink *sink,
                              const ryft__struct *kind,
                              const unsigned char *base,
                              ryft__part part,
                              bool nested,
                              int depth);

static bool print_json_struct(ryft__sink *sink,
                              const ryft__field *field,
                              const unsigned char *at,
                              int depth) {
  if (field->shape == RYFT__SHAPE_ONE) at = read_pointer(at);
  if (at == NULL || depth >= DEPTH_MAX) return false;
  const ryft__struct *kind = &ryft__structs[field->ref];
  ryft__sink_text(sink, "{", 1);
  const bool any = print_json_fields(sink, kind, at, RYFT__PART_OUTPUTS, true, depth + 1);
  ryft__sink_text(sink, "}", 1);
  return any;
}

/* False when there is nothing to tell. */
static bool print_json_value(ryft__sink *sink,
                             const ryft__struct *kind,
                             const ryft__field *field,
                             const unsigned char *base,
                             int depth) {
  const unsigned char *at = base + field->offset;
  if (field->shape == RYFT__SHAPE_ARRAY) {
    const unsigned char *first = read_pointer(at);
    if (!is_number(field) || first == NULL) return false;
    print_json_list(sink, field, first, read_lengths(kind, field, base).count);
    return true;
  }
  if (field->kind == RYFT__KIND_STRUCT &&
      (field->shape == RYFT__SHAPE_VALUE || field->shape == RYFT__SHAPE_ONE)) {
    return print_json_struct(sink, field, at, depth);
  }
  if (field->shape != RYFT__SHAPE_VALUE) return false;
  if (field->kind == RYFT__KIND_ENUM) {
    print_json_enum(sink, field, at);
  } else if (is_number(field)) {
    print_element(sink, field, at, 0);
  } else {
    return false;
  }
  return true;
}

/* Whether anything was printed; all of it fits. */
static bool print_json_fields(ryft__sink *sink,
                              const ryft__struct *kind,
                              const unsigned char *base,
                              ryft__part part,
                              bool nested,
                              int depth) {
  const size_t end = end_of(kind, base, nested);
  bool any = false;
  for (unsigned i = 0; i < kind->fields; ++i) {
    const ryft__field *field = &ryft__fields[kind->first_field + i];
    const size_t before = sink->length;
    if ((size_t)field->offset + field->size > end) continue;
    if (!wanted(kind, field, base, part, nested)) continue;
    ryft__sink_format(sink, "%s\"%s\":", any ? "," : "", ryft__name(field->name));
    const bool told = print_json_value(sink, kind, field, base, depth);
    if (told && !ryft__sink_is_cut(sink)) {
      any = true;
    } else {
      ryft__sink_rewind(sink, before);
    }
  }
  return any;
}

void ryft__print_numbers(ryft__sink *sink, int fn, const void *args, ryft__part part) {
  (void)print_json_fields(sink, &ryft__structs[ryft__fns[fn].args], args, part, false, 0);
}
