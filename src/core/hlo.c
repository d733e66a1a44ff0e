/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/hlo.h"

/* XLA's own numbers for element types, which part from PJRT's after 12. */
static const unsigned char types[] = {
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

ryft_type ryft__hlo_type(uint64_t primitive) {
  if (primitive >= RYFT__COUNT(types)) return RYFT_INVALID_TYPE;
  return (ryft_type)types[primitive];
}

bool ryft__hlo_element_type(ryft_bytes shape, uint64_t *out) {
  ryft__wire wire = ryft__wire_start(shape);
  ryft__wire_field field;
  *out = 0;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != RYFT__HLO_SHAPE_ELEMENT_TYPE || field.type != RYFT__WIRE_VARINT) continue;
    *out = field.value;
  }
  return !wire.bad;
}

bool ryft__hlo_find(ryft_bytes message, uint32_t number, ryft_bytes *out) {
  ryft__wire wire = ryft__wire_start(message);
  ryft__wire_field field;
  bool found = false;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != number || field.type != RYFT__WIRE_BYTES) continue;
    *out = field.bytes;
    found = true;
  }
  return found && !wire.bad;
}

ryft__hlo_dims ryft__hlo_dims_start(ryft_bytes shape) {
  return (ryft__hlo_dims){.fields = ryft__wire_start(shape),
                          .list = ryft__wire_start((ryft_bytes){.data = NULL})};
}

bool ryft__hlo_next_dim(ryft__hlo_dims *dims, uint64_t *out) {
  ryft__wire_field field;
  while (!ryft__wire_next_varint(&dims->list, out)) {
    if (dims->list.bad || !ryft__wire_next(&dims->fields, &field)) {
      dims->bad = dims->list.bad || dims->fields.bad;
      return false;
    }
    if (field.number != RYFT__HLO_SHAPE_DIMENSIONS) continue;
    if (field.type == RYFT__WIRE_VARINT) {
      *out = field.value;
      return true;
    }
    if (field.type == RYFT__WIRE_BYTES) dims->list = ryft__wire_start(field.bytes);
  }
  return true;
}
