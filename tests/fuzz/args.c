/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "args.h"

#include "src/abi/table.h"

enum { BLOCKS_MAX = 4096, DEPTH_MAX = 6, LENGTH_MAX = 20, TEXT_MAX = 200 };

struct fuzz_args {
  fuzz_input *input;
  void *blocks[BLOCKS_MAX];
  size_t count;
};

typedef struct fuzz_args maker;

static void *make_block(maker *m, size_t size) {
  if (m->count == BLOCKS_MAX) return NULL;
  void *block = calloc(1, size == 0 ? 1 : size);
  FUZZ_CHECK(block != NULL);
  m->blocks[m->count++] = block;
  return block;
}

static void fill(maker *m, void *at, size_t size) {
  for (size_t i = 0; i < size; ++i) ((unsigned char *)at)[i] = fuzz_byte(m->input);
}

/* What lengths are while a struct is filled: read back from its own fields. */
static size_t length_at(const ryft__struct *kind, unsigned index, const unsigned char *base) {
  size_t length = 0;
  memcpy(&length, base + ryft__fields[kind->first_field + index].offset, sizeof length);
  return length;
}

static void *make_text(maker *m, size_t size, bool ended) {
  char *text = make_block(m, size + ended);
  if (text != NULL) fill(m, text, size);
  return text;
}

static void fill_struct(maker *m, const ryft__struct *kind, unsigned char *base, int depth);

static void *make_struct(maker *m, const ryft__struct *kind, int depth) {
  if (depth >= DEPTH_MAX || fuzz_byte(m->input) == 0xff) return NULL;
  void *made = make_block(m, kind->size);
  if (made != NULL) fill_struct(m, kind, made, depth + 1);
  return made;
}

static void *make_array(maker *m, const ryft__field *field, size_t count, int depth) {
  const size_t size = ryft__element_size(field);
  unsigned char *array = make_block(m, count * size);
  if (array == NULL) return NULL;
  for (size_t i = 0; i < count; ++i) {
    if (field->kind == RYFT__KIND_STRUCT) {
      fill_struct(m, &ryft__structs[field->ref], array + i * size, depth + 1);
    } else {
      fill(m, array + i * size, size);
    }
  }
  return array;
}

/* Pointers to rows, to structs or to texts; `texts` takes the lengths of those. */
static void *make_pointers(maker *m,
                           const ryft__field *field,
                           size_t count,
                           size_t inner,
                           size_t *texts,
                           int depth) {
  void **array = make_block(m, count * sizeof *array);
  for (size_t i = 0; array != NULL && i < count; ++i) {
    if (field->shape == RYFT__SHAPE_MATRIX) {
      array[i] = fuzz_byte(m->input) == 0xff ? NULL : make_array(m, field, inner, depth);
    } else if (field->shape == RYFT__SHAPE_POINTERS) {
      array[i] = make_struct(m, &ryft__structs[field->ref], depth);
    } else {
      const size_t size = fuzz_byte(m->input) % TEXT_MAX;
      array[i] = make_text(m, size, /* ended= */ false);
      if (texts != NULL) texts[i] = size;
    }
  }
  return array;
}

static bool measures(const ryft__struct *kind, unsigned index, bool inner) {
  for (unsigned i = 0; i < kind->fields; ++i) {
    const ryft__field *other = &ryft__fields[kind->first_field + i];
    if ((inner ? other->inner : other->length) == index) return true;
  }
  return false;
}

/* Whether the field is the arm of its union that is alive. */
static bool alive(const ryft__struct *kind, const ryft__field *field, const unsigned char *base) {
  int tag = 0;
  if (field->tag == RYFT__NO_FIELD) return true;
  memcpy(&tag, base + ryft__fields[kind->first_field + field->tag].offset, sizeof tag);
  return tag == field->when;
}

static void fill_pointer(maker *m,
                         const ryft__struct *kind,
                         const ryft__field *field,
                         unsigned char *base,
                         int depth) {
  const size_t count = field->length == RYFT__NO_FIELD ? 0 : length_at(kind, field->length, base);
  size_t inner = 0, *texts = NULL;
  void *made = NULL;
  if (field->inner != RYFT__NO_FIELD && field->shape == RYFT__SHAPE_STRINGS) {
    texts = make_block(m, count * sizeof *texts);
    memcpy(base + ryft__fields[kind->first_field + field->inner].offset, &texts, sizeof texts);
  } else if (field->inner != RYFT__NO_FIELD) {
    inner = length_at(kind, field->inner, base);
  }
  switch (field->shape) {
    case RYFT__SHAPE_ONE:
      made = make_struct(m, &ryft__structs[field->ref], depth);
      break;
    case RYFT__SHAPE_ARRAY:
      made = make_array(m, field, count, depth);
      break;
    case RYFT__SHAPE_COUNTED:
      made = make_text(m, count, /* ended= */ false);
      break;
    case RYFT__SHAPE_CSTRING:
      made = make_text(m, fuzz_byte(m->input) % TEXT_MAX, /* ended= */ true);
      break;
    default:
      made = make_pointers(m, field, count, inner, texts, depth);
      break;
  }
  memcpy(base + field->offset, &made, sizeof made);
}

static void fill_value(maker *m, const ryft__field *field, unsigned char *at, int depth) {
  if (field->kind == RYFT__KIND_STRUCT) {
    fill_struct(m, &ryft__structs[field->ref], at, depth + 1);
  } else if (field->kind == RYFT__KIND_ENUM) {
    const int number = (int)(int8_t)fuzz_byte(m->input);
    memcpy(at, &number, sizeof number);
  } else if (field->kind == RYFT__KIND_BOOL) {
    *at = fuzz_byte(m->input) % 2;
  } else {
    fill(m, at, field->size < 8 ? field->size : 8);
  }
}

/* First the lengths and what else is a value, then what depends on them. */
static void fill_struct(maker *m, const ryft__struct *kind, unsigned char *base, int depth) {
  const ryft__field *fields = &ryft__fields[kind->first_field];
  for (unsigned i = 0; i < kind->fields; ++i) {
    const bool is_length =
        measures(kind, i, /* inner= */ false) || measures(kind, i, /* inner= */ true);
    if (fields[i].shape != RYFT__SHAPE_VALUE || fields[i].tag != RYFT__NO_FIELD) continue;
    fill_value(m, &fields[i], base + fields[i].offset, depth);
    if (!is_length) continue;
    const size_t length = fuzz_byte(m->input) % (LENGTH_MAX + 1);
    memcpy(base + fields[i].offset, &length, sizeof length);
  }
  for (unsigned i = 0; i < kind->fields; ++i) {
    const bool is_length = measures(kind, i, /* inner= */ true);
    if (!alive(kind, &fields[i], base) || is_length) continue;
    if (fields[i].shape != RYFT__SHAPE_VALUE) {
      fill_pointer(m, kind, &fields[i], base, depth);
    } else if (fields[i].tag != RYFT__NO_FIELD) {
      fill_value(m, &fields[i], base + fields[i].offset, depth);
    }
  }
}

fuzz_args *fuzz_args_start(fuzz_input *input) {
  maker *m = calloc(1, sizeof *m);
  FUZZ_CHECK(m != NULL);
  m->input = input;
  return m;
}

void *fuzz_args_make(fuzz_args *m, int struct_id, size_t count) {
  const ryft__struct *kind = &ryft__structs[struct_id];
  unsigned char *made = make_block(m, count * kind->size);
  FUZZ_CHECK(made != NULL);
  for (size_t i = 0; i < count; ++i) fill_struct(m, kind, made + i * kind->size, 0);
  return made;
}

void fuzz_args_free(fuzz_args *m) {
  while (m->count != 0) free(m->blocks[--m->count]);
  free(m);
}
