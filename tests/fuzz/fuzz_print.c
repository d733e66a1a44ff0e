/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The args of any entry point, with whatever values the input has and every pointer leading to a
 * block of just the size that it should: printed for the trace, and looked at by the field gate. */
#include "fuzz.h"
#include "src/abi/call.h"
#include "src/abi/print.h"

enum { BLOCKS_MAX = 4096, DEPTH_MAX = 6, LENGTH_MAX = 20, TEXT_MAX = 200 };

typedef struct maker {
  fuzz_input *input;
  void *blocks[BLOCKS_MAX];
  size_t count;
} maker;

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

static size_t element_size(const ryft__field *field) {
  switch (field->kind) {
    case RYFT__KIND_BOOL:
      return 1;
    case RYFT__KIND_SIGNED:
    case RYFT__KIND_UNSIGNED:
    case RYFT__KIND_FLOAT:
      return field->ref;
    case RYFT__KIND_ENUM:
      return sizeof(int);
    case RYFT__KIND_STRUCT:
      return ryft__structs[field->ref].size;
    default:
      return sizeof(void *);
  }
}

static void *make_array(maker *m, const ryft__field *field, size_t count, int depth) {
  const size_t size = element_size(field);
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

static void check_sink(const ryft__sink *sink) {
  FUZZ_CHECK(sink->size < sink->capacity && sink->data[sink->size] == '\0');
  FUZZ_CHECK(!sink->full || (sink->size == sink->capacity - 1 &&
                             memcmp(sink->data + sink->size - 3, "...", 3) == 0));
}

/* Nothing that is printed may break the line or the quotes that it stands in. */
static void check_text(const ryft__sink *sink) {
  check_sink(sink);
  for (size_t i = 0; i < sink->size; ++i)
    FUZZ_CHECK((unsigned char)sink->data[i] >= 0x20 && sink->data[i] != 0x7f);
}

static void print(int fn, const void *args, size_t capacity) {
  char *room = malloc(capacity);
  ryft__sink sink;
  FUZZ_CHECK(room != NULL);
  for (int part = RYFT__PART_INPUTS; part <= RYFT__PART_OUTPUTS; ++part) {
    ryft__sink_init(&sink, room, capacity);
    ryft__print_args(&sink, fn, args, (ryft__part)part);
    check_text(&sink);
    ryft__sink_init(&sink, room, capacity);
    ryft__print_numbers(&sink, fn, args, (ryft__part)part);
    check_text(&sink);
    ryft__sink_init(&sink, room, capacity);
    ryft__print_struct(&sink, ryft__fns[fn].args, args, (ryft__part)part);
    check_text(&sink);
  }
  free(room);
}

static void gate(int fn, const void *args, int minor) {
  const ryft__table table = {.minor = minor, .path_for_messages = "plugin.so"};
  (void)fuzz_refused(
      ryft__field_gate(&table, fn, args, "fuzz"), RYFT_UNIMPLEMENTED, RYFT_UNIMPLEMENTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static maker m;
  fuzz_input input = {data, size};
  fuzz_begin(/* largest= */ 4096);
  m.input = &input;
  m.count = 0;
  const int fn = fuzz_byte(&input) % RYFT__FN_COUNT;
  const size_t capacity = 8 + (size_t)fuzz_number(&input, 2) % 8192;
  const int minor = RYFT__MINOR_FLOOR + fuzz_byte(&input) % 90;
  unsigned char *args = make_block(&m, ryft__structs[ryft__fns[fn].args].size);
  fill_struct(&m, &ryft__structs[ryft__fns[fn].args], args, 0);
  print(fn, args, capacity);
  gate(fn, args, minor);
  while (m.count != 0) free(m.blocks[--m.count]);
  fuzz_end();
  return 0;
}
