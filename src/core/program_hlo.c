/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Looks through a serialized HLO module for shapes on which plugins abort. What is malformed is
 * left to the plugin, which says so. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/error.h"
#include "src/core/hlo.h"
#include "src/core/program.h"

enum {
  DEPTH_MAX = 64,    /* of tuples in tuples; protocol buffers themselves end at 100 */
  NAME_PRINTED = 96, /* of an instruction's name, in messages */
};

typedef struct walk {
  const ryft__program_limits *limits;
  const char *where;
  ryft_bytes name; /* of the instruction; empty outside of one */
  bool constant;   /* the instruction is one */
} walk;

typedef ryft_error *visitor(walk *w, ryft_bytes message);

/* Calls `visit` for every field `number` that holds bytes. */
static ryft_error *for_each(walk *w, ryft_bytes message, uint32_t number, visitor *visit) {
  ryft__wire wire = ryft__wire_start(message);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != number || field.type != RYFT__WIRE_BYTES) continue;
    RYFT_TRY(visit(w, field.bytes));
  }
  return NULL;
}

static RYFT__COLD ryft_error *refuse(const walk *w, const char *problem) {
  const bool named = w->name.size != 0;
  const size_t size = w->name.size < NAME_PRINTED ? w->name.size : NAME_PRINTED;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     w->where,
                     NULL,
                     "%s%.*s: %s",
                     named ? "HLO instruction " : "the HLO module's parameters and results",
                     (int)size,
                     named ? (const char *)w->name.data : "",
                     problem);
}

static RYFT__COLD ryft_error *too_large(const walk *w) {
  char problem[128];
  snprintf(problem,
           sizeof problem,
           "the size of its shape is absurd: more than %" PRIu64
           " bytes, on which the plugin would abort",
           w->limits->tensor_bytes);
  return refuse(w, problem);
}

/* Zeros, and dimensions without a bound, which are negative, do not count, as in MLIR text. */
static bool multiply(uint64_t *bytes, bool *empty, uint64_t dim) {
  *empty |= dim == 0;
  if (dim == 0 || dim > INT64_MAX) return true;
  return !__builtin_mul_overflow(*bytes, dim, bytes);
}

/* How many elements the shape has at least; false when the number is beyond all bounds. */
static bool count_elements(ryft_bytes shape, uint64_t *out, bool *out_empty) {
  ryft__hlo_dims dims = ryft__hlo_dims_start(shape);
  uint64_t dim = 0;
  *out = 1;
  *out_empty = false;
  while (ryft__hlo_next_dim(&dims, &dim)) {
    if (!multiply(out, out_empty, dim)) return false;
  }
  return true;
}

static ryft_error *check_array(const walk *w, ryft_bytes shape) {
  uint64_t bytes = 0, primitive = 0;
  bool empty = false;
  if (!count_elements(shape, &bytes, &empty)) return too_large(w);
  (void)ryft__hlo_element_type(shape, &primitive);
  const ryft_type type = ryft__hlo_type(primitive);
  const size_t bits = ryft_type_bits(type);
  if (bits > 8 && __builtin_mul_overflow(bytes, (uint64_t)(bits / 8), &bytes)) return too_large(w);
  if (bytes > w->limits->tensor_bytes) return too_large(w);
  if ((w->constant || empty) && w->limits->no_f6_constants &&
      (type == RYFT_F6E2M3FN || type == RYFT_F6E3M2FN)) {
    return refuse(w,
                  empty ? "an empty array of a 6-bit float type, on which the plugin would abort"
                        : "a constant of a 6-bit float type, on which the plugin would abort; pass "
                          "it as an argument");
  }
  return NULL;
}

/* Recursion is bounded by `depth`. */
static ryft_error *check_nested(const walk *w, ryft_bytes shape, int depth) {
  if (depth == 0) return refuse(w, "its shape is a tuple nested more than 64 deep");
  RYFT_TRY(check_array(w, shape));
  ryft__wire wire = ryft__wire_start(shape);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != RYFT__HLO_SHAPE_TUPLE || field.type != RYFT__WIRE_BYTES) continue;
    RYFT_TRY(check_nested(w, field.bytes, depth - 1));
  }
  return NULL;
}

static ryft_error *check_shape(walk *w, ryft_bytes shape) {
  return check_nested(w, shape, DEPTH_MAX);
}

static ryft_error *check_program_shape(walk *w, ryft_bytes program) {
  RYFT_TRY(for_each(w, program, RYFT__HLO_PROGRAM_PARAMETERS, check_shape));
  return for_each(w, program, RYFT__HLO_PROGRAM_RESULT, check_shape);
}

static ryft_error *check_instruction(walk *w, ryft_bytes instruction) {
  ryft__wire wire = ryft__wire_start(instruction);
  ryft__wire_field field;
  walk inside = {.limits = w->limits, .where = w->where};
  while (ryft__wire_next(&wire, &field)) {
    if (field.type != RYFT__WIRE_BYTES) continue;
    if (field.number == RYFT__HLO_INSTRUCTION_NAME) inside.name = field.bytes;
    if (field.number == RYFT__HLO_INSTRUCTION_OPCODE) {
      inside.constant = field.bytes.size == 8 && memcmp(field.bytes.data, "constant", 8) == 0;
    }
  }
  return for_each(&inside, instruction, RYFT__HLO_INSTRUCTION_SHAPE, check_shape);
}

static ryft_error *check_computation(walk *w, ryft_bytes computation) {
  RYFT_TRY(for_each(w, computation, RYFT__HLO_COMPUTATION_INSTRUCTIONS, check_instruction));
  return for_each(w, computation, RYFT__HLO_COMPUTATION_PROGRAM_SHAPE, check_program_shape);
}

static ryft_error *check_module(walk *w, ryft_bytes module) {
  RYFT_TRY(for_each(w, module, RYFT__HLO_MODULE_COMPUTATIONS, check_computation));
  return for_each(w, module, RYFT__HLO_MODULE_PROGRAM_SHAPE, check_program_shape);
}

ryft_error *ryft__program_hlo_check(ryft_bytes code,
                                    bool with_config,
                                    const ryft__program_limits *limits,
                                    const char *where) {
  walk w = {.limits = limits, .where = where};
  return with_config ? for_each(&w, code, RYFT__HLO_WITH_CONFIG_MODULE, check_module)
                     : check_module(&w, code);
}
