/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Serialized HLO modules, as far as anybody here looks into them: XLA's field numbers, once, and
 * the few steps that their readers share. */
#ifndef RYFT_SRC_CORE_HLO_H
#define RYFT_SRC_CORE_HLO_H

#include "ryft/type.h"
#include "src/proto/wire.h"

enum {
  RYFT__HLO_WITH_CONFIG_MODULE = 1,
  RYFT__HLO_WITH_CONFIG_CONFIG = 2,

  RYFT__HLO_CONFIG_REPLICAS = 4,
  RYFT__HLO_CONFIG_PARTITIONS = 5,
  RYFT__HLO_CONFIG_SPMD = 7,
  RYFT__HLO_CONFIG_SHARDY = 34,

  RYFT__HLO_ASSIGNMENT_REPLICAS = 1,
  RYFT__HLO_ASSIGNMENT_PARTITIONS = 2,

  RYFT__HLO_MODULE_COMPUTATIONS = 3, /* every module has some */
  RYFT__HLO_MODULE_PROGRAM_SHAPE = 4,
  RYFT__HLO_MODULE_ALIASES = 8,
  RYFT__HLO_MODULE_ASSIGNMENT = 15, /* of devices */
  RYFT__HLO_MODULE_DONORS = 18,

  RYFT__HLO_COMPUTATION_INSTRUCTIONS = 2,
  RYFT__HLO_COMPUTATION_PROGRAM_SHAPE = 4,

  RYFT__HLO_INSTRUCTION_NAME = 1,
  RYFT__HLO_INSTRUCTION_OPCODE = 2,
  RYFT__HLO_INSTRUCTION_SHAPE = 3,

  RYFT__HLO_PROGRAM_PARAMETERS = 1,
  RYFT__HLO_PROGRAM_RESULT = 2,
  RYFT__HLO_PROGRAM_NAMES = 3,

  RYFT__HLO_SHAPE_ELEMENT_TYPE = 2,
  RYFT__HLO_SHAPE_DIMENSIONS = 3,
  RYFT__HLO_SHAPE_TUPLE = 4,
  RYFT__HLO_SHAPE_LAYOUT = 5,
  RYFT__HLO_SHAPE_DYNAMIC = 6, /* for each dimension, whether it is */

  RYFT__HLO_LAYOUT_ORDER = 1, /* from minor to major */
  RYFT__HLO_LAYOUT_TILES = 6,

  RYFT__HLO_LIST_ENTRIES = 1, /* of aliases and of donors */
  RYFT__HLO_ALIAS_OUTPUT_INDEX = 1,
  RYFT__HLO_ALIAS_PARAMETER = 2,
  RYFT__HLO_ALIAS_PARAMETER_INDEX = 3,
  RYFT__HLO_DONOR_PARAMETER = 1,
  RYFT__HLO_DONOR_PARAMETER_INDEX = 2,
};

/* XLA's number for an element type that is a tuple. */
enum { RYFT__HLO_TUPLE = 13 };

/* PJRT's type for one of XLA's own numbers; RYFT_INVALID_TYPE for tuples and what is not known. */
ryft_type ryft__hlo_type(uint64_t primitive);

/* A shape's number for its element type, 0 when it has none; false when it is malformed. */
bool ryft__hlo_element_type(ryft_bytes shape, uint64_t *out);

/* The last field `number` that holds bytes; false when there is none or `message` is malformed. */
bool ryft__hlo_find(ryft_bytes message, uint32_t number, ryft_bytes *out);

/* The dimensions of a shape, one after another. They come packed, or, as old writers had it, one by
 * one. */
typedef struct ryft__hlo_dims {
  ryft__wire fields;
  ryft__wire list;
  bool bad; /* what was read so far is all that makes sense */
} ryft__hlo_dims;

ryft__hlo_dims ryft__hlo_dims_start(ryft_bytes shape);

/* False at the end, and when the shape is malformed (then `bad` is set). */
bool ryft__hlo_next_dim(ryft__hlo_dims *dims, uint64_t *out);

#endif /* RYFT_SRC_CORE_HLO_H */
