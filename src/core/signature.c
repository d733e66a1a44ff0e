/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/signature.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/proto/wire.h"

/* Field numbers of XLA's messages, as far as this reader follows them. */
enum {
  WITH_CONFIG_MODULE = 1,
  MODULE_PROGRAM_SHAPE = 4,
  MODULE_ALIASES = 8,
  MODULE_DONORS = 18,
  PROGRAM_PARAMETERS = 1,
  PROGRAM_RESULT = 2,
  PROGRAM_NAMES = 3,
  SHAPE_ELEMENT_TYPE = 2,
  SHAPE_DIMENSIONS = 3,
  SHAPE_TUPLE = 4,
  LIST_ENTRIES = 1, /* of aliases and of donors */
  ALIAS_OUTPUT_INDEX = 1,
  ALIAS_PARAMETER = 2,
  ALIAS_PARAMETER_INDEX = 3,
  DONOR_PARAMETER = 1,
  DONOR_PARAMETER_INDEX = 2,
};

/* XLA's own numbers for element types, which part from PJRT's after 12. */
enum { PRIMITIVE_TUPLE = 13 };
static const unsigned char type_of_primitive[] = {
    [1] = RYFT_PRED,        [2] = RYFT_S8,          [3] = RYFT_S16,
    [4] = RYFT_S32,         [5] = RYFT_S64,         [6] = RYFT_U8,
    [7] = RYFT_U16,         [8] = RYFT_U32,         [9] = RYFT_U64,
    [10] = RYFT_F16,        [11] = RYFT_F32,        [12] = RYFT_F64,
    [15] = RYFT_C64,        [16] = RYFT_BF16,       [17] = RYFT_TOKEN,
    [18] = RYFT_C128,       [19] = RYFT_F8E5M2,     [20] = RYFT_F8E4M3FN,
    [21] = RYFT_S4,         [22] = RYFT_U4,         [23] = RYFT_F8E4M3B11FNUZ,
    [24] = RYFT_F8E5M2FNUZ, [25] = RYFT_F8E4M3FNUZ, [26] = RYFT_S2,
    [27] = RYFT_U2,         [28] = RYFT_F8E4M3,     [29] = RYFT_F8E3M4,
    [30] = RYFT_S1,         [31] = RYFT_U1,         [32] = RYFT_F4E2M1FN,
    [33] = RYFT_F8E8M0FNU,  [35] = RYFT_F6E3M2FN,   [36] = RYFT_F6E2M3FN,
};

/* The parts of a module that say what goes in and out. */
typedef struct parts {
  ryft_bytes program; /* parameters, result and names */
  ryft_bytes aliases;
  ryft_bytes donors;
  bool has_shape;
} parts;

/* Runs over the program shape twice: counting while the pointers are NULL, then filling them. */
typedef struct builder {
  ryft_signature_item *items;
  int64_t *dims;
  char *text;
  size_t item_count;
  size_t dim_count;
  size_t text_size;
  size_t parameter_count;
  bool tupled; /* the one parameter is a tuple, whose elements are what executions take */
} builder;

typedef struct shape_facts {
  uint64_t primitive;
  size_t tuple_size;
} shape_facts;

static bool find_parts(ryft_bytes module, parts *out) {
  ryft__wire wire = ryft__wire_start(module);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.type != RYFT__WIRE_BYTES) continue;
    if (field.number == MODULE_PROGRAM_SHAPE) {
      out->program = field.bytes;
      out->has_shape = true;
    } else if (field.number == MODULE_ALIASES) {
      out->aliases = field.bytes;
    } else if (field.number == MODULE_DONORS) {
      out->donors = field.bytes;
    }
  }
  return !wire.bad && out->has_shape;
}

static bool find_module(ryft_bytes with_config, ryft_bytes *out) {
  ryft__wire wire = ryft__wire_start(with_config);
  ryft__wire_field field;
  bool found = false;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != WITH_CONFIG_MODULE || field.type != RYFT__WIRE_BYTES) continue;
    *out = field.bytes;
    found = true;
  }
  return !wire.bad && found;
}

static bool read_shape_facts(ryft_bytes shape, shape_facts *out) {
  *out = (shape_facts){.primitive = 0};
  ryft__wire wire = ryft__wire_start(shape);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number == SHAPE_ELEMENT_TYPE && field.type == RYFT__WIRE_VARINT) {
      out->primitive = field.value;
    }
    if (field.number == SHAPE_TUPLE && field.type == RYFT__WIRE_BYTES) ++out->tuple_size;
  }
  return !wire.bad;
}

static void add_dim(builder *b, uint64_t dim) {
  if (b->dims != NULL) b->dims[b->dim_count] = (int64_t)dim;
  ++b->dim_count;
}

/* Dimensions come packed, or, as old writers had it, one by one. */
static bool add_dims(builder *b, ryft_bytes shape) {
  ryft__wire wire = ryft__wire_start(shape);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != SHAPE_DIMENSIONS) continue;
    if (field.type == RYFT__WIRE_VARINT) add_dim(b, field.value);
    if (field.type != RYFT__WIRE_BYTES) continue;
    ryft__wire list = ryft__wire_start(field.bytes);
    uint64_t dim = 0;
    while (ryft__wire_next_varint(&list, &dim)) add_dim(b, dim);
    if (list.bad) return false;
  }
  return !wire.bad;
}

ryft_type ryft__type_of_primitive(uint64_t primitive) {
  if (primitive >= RYFT__COUNT(type_of_primitive)) return RYFT_INVALID_TYPE;
  return (ryft_type)type_of_primitive[primitive];
}

static bool add_item(builder *b, ryft_bytes shape) {
  shape_facts facts;
  const size_t first_dim = b->dim_count;
  if (!read_shape_facts(shape, &facts) || !add_dims(b, shape)) return false;
  if (b->items != NULL) {
    b->items[b->item_count] = (ryft_signature_item){
        .name = "",
        .shape = {.type = ryft__type_of_primitive(facts.primitive),
                  .rank = b->dim_count - first_dim,
                  .dims = b->dims + first_dim},
        .alias = -1,
    };
  }
  ++b->item_count;
  return true;
}

static bool add_elements(builder *b, ryft_bytes tuple) {
  ryft__wire wire = ryft__wire_start(tuple);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != SHAPE_TUPLE || field.type != RYFT__WIRE_BYTES) continue;
    if (!add_item(b, field.bytes)) return false;
  }
  return !wire.bad;
}

/* An array is one result, a tuple is as many as it has elements. */
static bool add_flat(builder *b, ryft_bytes shape, bool *out_tuple) {
  shape_facts facts;
  if (!read_shape_facts(shape, &facts)) return false;
  *out_tuple = facts.primitive == PRIMITIVE_TUPLE;
  return *out_tuple ? add_elements(b, shape) : add_item(b, shape);
}

static size_t count_fields(ryft_bytes message, uint32_t number) {
  ryft__wire wire = ryft__wire_start(message);
  ryft__wire_field field;
  size_t count = 0;
  while (ryft__wire_next(&wire, &field)) count += field.number == number;
  return count;
}

static bool add_parameters(builder *b, ryft_bytes program) {
  const bool single = count_fields(program, PROGRAM_PARAMETERS) == 1;
  ryft__wire wire = ryft__wire_start(program);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != PROGRAM_PARAMETERS || field.type != RYFT__WIRE_BYTES) continue;
    if (!(single ? add_flat(b, field.bytes, &b->tupled) : add_item(b, field.bytes))) return false;
  }
  b->parameter_count = b->item_count;
  return !wire.bad;
}

static bool add_results(builder *b, ryft_bytes program) {
  ryft__wire wire = ryft__wire_start(program);
  ryft__wire_field field;
  ryft_bytes result = {.data = NULL};
  bool found = false, tuple = false;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != PROGRAM_RESULT || field.type != RYFT__WIRE_BYTES) continue;
    result = field.bytes;
    found = true;
  }
  return !wire.bad && found && add_flat(b, result, &tuple);
}

static void add_name(builder *b, size_t parameter, ryft_bytes name) {
  if (b->text != NULL) {
    char *text = b->text + b->text_size;
    if (name.size != 0) memcpy(text, name.data, name.size);
    text[name.size] = '\0';
    b->items[parameter].name = text;
  }
  b->text_size += name.size + 1;
}

static bool add_names(builder *b, ryft_bytes program) {
  ryft__wire wire = ryft__wire_start(program);
  ryft__wire_field field;
  size_t parameter = 0;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != PROGRAM_NAMES || field.type != RYFT__WIRE_BYTES) continue;
    if (b->tupled || parameter == b->parameter_count) break;
    add_name(b, parameter++, field.bytes);
  }
  return !wire.bad;
}

static bool add_program(builder *b, ryft_bytes program) {
  return add_parameters(b, program) && add_results(b, program) && add_names(b, program);
}

/* The first number of a list and whether there are more; an empty list gives 0. */
static bool read_index(ryft_bytes list, uint64_t *out_first, bool *out_deep) {
  ryft__wire wire = ryft__wire_start(list);
  uint64_t number = 0;
  size_t count = 0;
  *out_first = 0;
  while (ryft__wire_next_varint(&wire, &number)) {
    if (count++ == 0) *out_first = number;
  }
  *out_deep = count > 1;
  return !wire.bad;
}

/* One entry of the aliases or the donors, which number their fields differently. */
typedef struct entry {
  uint64_t parameter;
  ryft_bytes parameter_index;
  ryft_bytes output_index;
} entry;

static bool read_alias(ryft_bytes bytes, entry *out) {
  ryft__wire wire = ryft__wire_start(bytes);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number == ALIAS_PARAMETER) out->parameter = field.value;
    if (field.number == ALIAS_OUTPUT_INDEX) out->output_index = field.bytes;
    if (field.number == ALIAS_PARAMETER_INDEX) out->parameter_index = field.bytes;
  }
  return !wire.bad;
}

static bool read_donor(ryft_bytes bytes, entry *out) {
  ryft__wire wire = ryft__wire_start(bytes);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number == DONOR_PARAMETER) out->parameter = field.value;
    if (field.number == DONOR_PARAMETER_INDEX) out->parameter_index = field.bytes;
  }
  return !wire.bad;
}

static bool apply_entry(builder *b, const entry *e, bool is_alias) {
  uint64_t parameter = 0, result = 0;
  bool deep_parameter = false, deep_result = false;
  if (!read_index(e->parameter_index, &parameter, &deep_parameter)) return false;
  if (!read_index(e->output_index, &result, &deep_result)) return false;
  if (!b->tupled) {
    deep_parameter = e->parameter_index.size != 0;
    parameter = e->parameter;
  }
  if (deep_parameter || deep_result)
    return true; /* inside a nested tuple, which no buffer can be */
  const size_t results = b->item_count - b->parameter_count;
  if (parameter >= b->parameter_count || (is_alias && result >= results)) return false;
  if (is_alias) {
    b->items[parameter].alias = (int64_t)result;
  } else {
    b->items[parameter].donor = true;
  }
  return true;
}

static bool apply_entries(builder *b, ryft_bytes list, bool is_alias) {
  ryft__wire wire = ryft__wire_start(list);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    entry e = {.parameter = 0};
    if (field.number != LIST_ENTRIES || field.type != RYFT__WIRE_BYTES) continue;
    if (!(is_alias ? read_alias(field.bytes, &e) : read_donor(field.bytes, &e))) return false;
    if (!apply_entry(b, &e, is_alias)) return false;
  }
  return !wire.bad;
}

/* One block for the signature, its items, their dimensions and their names. */
static ryft__signature *allocate(const builder *counted, builder *out) {
  size_t items = 0, dims = 0, size = sizeof(ryft__signature);
  if (__builtin_mul_overflow(counted->item_count, sizeof(ryft_signature_item), &items) ||
      __builtin_mul_overflow(counted->dim_count, sizeof(int64_t), &dims) ||
      __builtin_add_overflow(size, items, &size) || __builtin_add_overflow(size, dims, &size) ||
      __builtin_add_overflow(size, counted->text_size, &size)) {
    return NULL;
  }
  ryft__signature *signature = ryft__alloc(size);
  if (signature == NULL) return NULL;
  char *rest = (char *)(signature + 1);
  *out =
      (builder){.items = (void *)rest, .dims = (void *)(rest + items), .text = rest + items + dims};
  return signature;
}

static RYFT__COLD ryft_error *malformed(const char *where) {
  return ryft__error(
      RYFT_DATA_LOSS,
      where,
      "PJRT_Executable_OptimizedProgram",
      "the optimised program is malformed: its parameters and results cannot be read");
}

static ryft_error *read_module(ryft_bytes module, ryft__signature **out, const char *where) {
  parts found = {.has_shape = false};
  builder counted = {.items = NULL}, b;
  if (!find_parts(module, &found) || !add_program(&counted, found.program)) return malformed(where);
  ryft__signature *signature = allocate(&counted, &b);
  RYFT__TRY_ALLOC(signature);
  if (!add_program(&b, found.program) || !apply_entries(&b, found.aliases, /* is_alias= */ true) ||
      !apply_entries(&b, found.donors, /* is_alias= */ false)) {
    ryft__free(signature);
    return malformed(where);
  }
  signature->visible = (ryft_signature){
      .parameters = b.items,
      .parameter_count = b.parameter_count,
      .results = b.items + b.parameter_count,
      .result_count = b.item_count - b.parameter_count,
  };
  signature->tupled = b.tupled;
  *out = signature;
  return NULL;
}

ryft_error *ryft__signature_read(const char *format,
                                 ryft_bytes code,
                                 ryft__signature **out,
                                 const char *where) {
  *out = NULL;
  ryft_bytes module = code;
  if (strcmp(format, "hlo_with_config") == 0) {
    if (!find_module(code, &module)) return malformed(where);
  } else if (strcmp(format, "hlo") != 0) {
    return ryft__error(RYFT_UNIMPLEMENTED,
                       where,
                       "PJRT_Executable_OptimizedProgram",
                       "the optimised program comes as \"%s\", which does not tell what it takes",
                       format);
  }
  return read_module(module, out, where);
}
