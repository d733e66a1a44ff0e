/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* HLO modules, field by field: what no compiler would write. */
#ifndef RYFT_TESTS_CORE_HLO_SUPPORT_H
#define RYFT_TESTS_CORE_HLO_SUPPORT_H

#include <string.h>

#include "support/assert.h"

/* A protocol buffer under construction. */
typedef struct message {
  size_t size;
  char bytes[1024];
} message;

static inline void put_varint(message *m, uint64_t value) {
  for (; value > 127; value >>= 7) m->bytes[m->size++] = (char)(value | 128);
  m->bytes[m->size++] = (char)value;
}

static inline void put_number(message *m, unsigned field, uint64_t value) {
  put_varint(m, field << 3);
  put_varint(m, value);
}

static inline void put_bytes(message *m, unsigned field, const void *bytes, size_t size) {
  put_varint(m, field << 3 | 2);
  put_varint(m, size);
  assert_true(m->size + size <= sizeof m->bytes);
  memcpy(m->bytes + m->size, bytes, size);
  m->size += size;
}

static inline void put_message(message *m, unsigned field, const message *part) {
  put_bytes(m, field, part->bytes, part->size);
}

enum { F32 = 11, S4 = 21, F6 = 36, TUPLE = 13 }; /* XLA's own numbers for element types */

static inline message hlo_shape(unsigned type, bool packed, uint64_t first, uint64_t second) {
  message shape = {.size = 0}, dims = {.size = 0};
  put_number(&shape, 2, type);
  put_varint(&dims, first);
  put_varint(&dims, second);
  if (packed) {
    put_message(&shape, 3, &dims);
  } else {
    put_number(&shape, 3, first);
    put_number(&shape, 3, second);
  }
  return shape;
}

/* A whole module, whose one instruction is an iota over f32[count]. */
static inline message hlo_iota(uint64_t count) {
  message shape = {.size = 0}, instruction = {.size = 0}, program = {.size = 0};
  message computation = {.size = 0}, module = {.size = 0}, layout = {.size = 0};
  put_number(&layout, 1, 0); /* minor to major */
  put_number(&shape, 2, F32);
  put_number(&shape, 3, count);
  put_message(&shape, 5, &layout);
  put_number(&shape, 6, 0); /* the dimension is not dynamic */
  put_bytes(&instruction, 1, "big.1", 5);
  put_bytes(&instruction, 2, "iota", 4);
  put_message(&instruction, 3, &shape);
  put_number(&instruction, 14, 0); /* along the only dimension */
  put_number(&instruction, 35, 1);
  put_message(&program, 2, &shape);
  put_bytes(&computation, 1, "main", 4);
  put_message(&computation, 2, &instruction);
  put_message(&computation, 4, &program);
  put_number(&computation, 5, 1);
  put_number(&computation, 6, 1);
  put_bytes(&module, 1, "m", 1);
  put_bytes(&module, 2, "main", 4);
  put_message(&module, 3, &computation);
  put_message(&module, 4, &program);
  put_number(&module, 6, 1);
  return module;
}

#endif /* RYFT_TESTS_CORE_HLO_SUPPORT_H */
