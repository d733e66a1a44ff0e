/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/signature.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/core/hlo.h"
#include "src/core/layout.h"
#include "src/core/shape_table.h"

/* The parts of a module that say what goes in and out. */
typedef struct parts {
  ryft_bytes program; /* parameters, result and names */
  ryft_bytes aliases;
  ryft_bytes donors;
} parts;

/* Runs over the program shape twice: counting while the pointers are NULL, then filling them. */
typedef struct builder {
  const ryft_signature_item **list; /* each item's address */
  ryft_signature_item *items;
  uint64_t *dynamic; /* for each item */
  int64_t *dims;     /* of each item, followed by their order where one is told */
  char *text;
  size_t item_count;
  size_t dim_count;
  size_t text_size;
  size_t parameter_count;
  bool tupled; /* the one parameter is a tuple, whose elements are what executions take */
} builder;

/* Without aliases or donors a module has neither. */
static bool find_parts(ryft_bytes module, parts *out) {
  (void)ryft__hlo_find(module, RYFT__HLO_MODULE_ALIASES, &out->aliases);
  (void)ryft__hlo_find(module, RYFT__HLO_MODULE_DONORS, &out->donors);
  return ryft__hlo_find(module, RYFT__HLO_MODULE_PROGRAM_SHAPE, &out->program);
}

static void add_dim(builder *b, uint64_t dim) {
  if (b->dims != NULL) b->dims[b->dim_count] = (int64_t)dim;
  ++b->dim_count;
}

static bool add_dims(builder *b, ryft_bytes shape) {
  ryft__hlo_dims dims = ryft__hlo_dims_start(shape);
  uint64_t dim = 0;
  while (ryft__hlo_next_dim(&dims, &dim)) add_dim(b, dim);
  return !dims.bad;
}

/* Adds the order of `rank` dimensions, if the shape tells one. With tiles it is not the whole
 * layout, which is then left to the plugin. */
static bool add_order(builder *b, ryft_bytes shape, size_t rank, bool *out_told) {
  ryft_bytes layout = {.data = NULL}, order = {.data = NULL}, tile = {.data = NULL};
  uint64_t dim = 0;
  size_t count = 0;
  *out_told = ryft__hlo_find(shape, RYFT__HLO_SHAPE_LAYOUT, &layout) &&
              ryft__hlo_find(layout, RYFT__HLO_LAYOUT_ORDER, &order) &&
              !ryft__hlo_find(layout, RYFT__HLO_LAYOUT_TILES, &tile);
  if (!*out_told) return true;
  ryft__wire list = ryft__wire_start(order);
  for (; ryft__wire_next_varint(&list, &dim); ++count) {
    if (count < rank) add_dim(b, dim);
  }
  if (list.bad || count != rank) return false;
  return b->dims == NULL || ryft__layout_is_order(b->dims + b->dim_count - rank, rank);
}

/* One flag for each dimension, or none at all where none is dynamic. */
static bool read_dynamic(ryft_bytes shape, uint64_t *out) {
  ryft_bytes flags = {.data = NULL};
  uint64_t flag = 0;
  *out = 0;
  if (!ryft__hlo_find(shape, RYFT__HLO_SHAPE_DYNAMIC, &flags)) return true;
  ryft__wire list = ryft__wire_start(flags);
  for (size_t dim = 0; ryft__wire_next_varint(&list, &flag); ++dim) {
    if (flag != 0) *out |= ryft__dynamic_bit(dim);
  }
  return !list.bad;
}

static bool add_item(builder *b, ryft_bytes shape) {
  uint64_t primitive = 0, dynamic = 0;
  bool ordered = false;
  const size_t first_dim = b->dim_count;
  if (!ryft__hlo_element_type(shape, &primitive) || !add_dims(b, shape)) return false;
  const size_t rank = b->dim_count - first_dim;
  if (!add_order(b, shape, rank, &ordered) || !read_dynamic(shape, &dynamic)) return false;
  if (b->items != NULL) {
    ryft_signature_item *item = &b->items[b->item_count];
    b->list[b->item_count] = item;
    b->dynamic[b->item_count] = dynamic;
    *item = (ryft_signature_item){
        .name = "",
        .shape = {.type = ryft__hlo_type(primitive), .rank = rank, .dims = b->dims + first_dim},
        .alias = -1,
        .minor_to_major = ordered ? b->dims + first_dim + rank : NULL,
    };
  }
  ++b->item_count;
  return true;
}

static bool add_elements(builder *b, ryft_bytes tuple) {
  ryft__wire wire = ryft__wire_start(tuple);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != RYFT__HLO_SHAPE_TUPLE || field.type != RYFT__WIRE_BYTES) continue;
    if (!add_item(b, field.bytes)) return false;
  }
  return !wire.bad;
}

/* An array is one result, a tuple is as many as it has elements. */
static bool add_flat(builder *b, ryft_bytes shape, bool *out_tuple) {
  uint64_t primitive = 0;
  if (!ryft__hlo_element_type(shape, &primitive)) return false;
  *out_tuple = primitive == RYFT__HLO_TUPLE;
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
  const bool single = count_fields(program, RYFT__HLO_PROGRAM_PARAMETERS) == 1;
  ryft__wire wire = ryft__wire_start(program);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != RYFT__HLO_PROGRAM_PARAMETERS || field.type != RYFT__WIRE_BYTES) continue;
    if (!(single ? add_flat(b, field.bytes, &b->tupled) : add_item(b, field.bytes))) return false;
  }
  b->parameter_count = b->item_count;
  return !wire.bad;
}

static bool add_results(builder *b, ryft_bytes program) {
  ryft_bytes result = {.data = NULL};
  bool tuple = false;
  return ryft__hlo_find(program, RYFT__HLO_PROGRAM_RESULT, &result) && add_flat(b, result, &tuple);
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
    if (field.number != RYFT__HLO_PROGRAM_NAMES || field.type != RYFT__WIRE_BYTES) continue;
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
    if (field.number == RYFT__HLO_ALIAS_PARAMETER) out->parameter = field.value;
    if (field.number == RYFT__HLO_ALIAS_OUTPUT_INDEX) out->output_index = field.bytes;
    if (field.number == RYFT__HLO_ALIAS_PARAMETER_INDEX) out->parameter_index = field.bytes;
  }
  return !wire.bad;
}

static bool read_donor(ryft_bytes bytes, entry *out) {
  ryft__wire wire = ryft__wire_start(bytes);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number == RYFT__HLO_DONOR_PARAMETER) out->parameter = field.value;
    if (field.number == RYFT__HLO_DONOR_PARAMETER_INDEX) out->parameter_index = field.bytes;
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
    if (field.number != RYFT__HLO_LIST_ENTRIES || field.type != RYFT__WIRE_BYTES) continue;
    if (!(is_alias ? read_alias(field.bytes, &e) : read_donor(field.bytes, &e))) return false;
    if (!apply_entry(b, &e, is_alias)) return false;
  }
  return !wire.bad;
}

/* One block for the signature, its items and their addresses, their dynamic dimensions, all
 * dimensions and names. */
static ryft__signature *allocate(const builder *counted, builder *out) {
  size_t items = 0, list = 0, flags = 0, dims = 0, size = sizeof(ryft__signature);
  if (__builtin_mul_overflow(counted->item_count, sizeof(void *), &list) ||
      __builtin_mul_overflow(counted->item_count, sizeof(ryft_signature_item), &items) ||
      __builtin_mul_overflow(counted->item_count, sizeof(uint64_t), &flags) ||
      __builtin_mul_overflow(counted->dim_count, sizeof(int64_t), &dims) ||
      __builtin_add_overflow(size, items, &size) || __builtin_add_overflow(size, list, &size) ||
      __builtin_add_overflow(size, flags, &size) || __builtin_add_overflow(size, dims, &size) ||
      __builtin_add_overflow(size, counted->text_size, &size)) {
    return NULL;
  }
  ryft__signature *signature = ryft__alloc(size);
  if (signature == NULL) return NULL;
  char *rest = (char *)(signature + 1);
  *out = (builder){.items = (void *)rest,
                   .list = (void *)(rest + items),
                   .dynamic = (void *)(rest + items + list),
                   .dims = (void *)(rest + items + list + flags),
                   .text = rest + items + list + flags + dims};
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
  parts found = {.program = {.data = NULL}};
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
      .parameters = b.list,
      .parameter_count = b.parameter_count,
      .outputs = b.list + b.parameter_count,
      .output_count = b.item_count - b.parameter_count,
  };
  signature->dynamic = b.dynamic;
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
    if (!ryft__hlo_find(code, RYFT__HLO_WITH_CONFIG_MODULE, &module)) return malformed(where);
  } else if (strcmp(format, "hlo") != 0) {
    return ryft__error(RYFT_UNIMPLEMENTED,
                       where,
                       "PJRT_Executable_OptimizedProgram",
                       "the optimised program comes as \"%s\", which does not tell what it takes",
                       format);
  }
  return read_module(module, out, where);
}
