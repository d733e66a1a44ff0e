/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/proto/wire.h"

#include <string.h>

ryft__wire ryft__wire_start(ryft_bytes message) {
  static const unsigned char nothing = 0;
  const unsigned char *data = message.size == 0 ? &nothing : message.data;
  return (ryft__wire){.at = data, .end = data + message.size};
}

static bool fail(ryft__wire *wire) {
  wire->bad = true;
  wire->at = wire->end;
  return false;
}

static size_t left(const ryft__wire *wire) {
  return (size_t)(wire->end - wire->at);
}

static bool read_varint(ryft__wire *wire, uint64_t *out) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (wire->at == wire->end) return fail(wire);
    const unsigned char byte = *wire->at++;
    if (shift == 63 && byte > 1) return fail(wire);
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *out = value;
      return true;
    }
  }
  return fail(wire);
}

static bool read_fixed(ryft__wire *wire, size_t size, uint64_t *out) {
  if (left(wire) < size) return fail(wire);
  *out = 0;
  memcpy(out, wire->at, size);
  wire->at += size;
  return true;
}

static bool read_bytes(ryft__wire *wire, ryft_bytes *out) {
  uint64_t size = 0;
  if (!read_varint(wire, &size)) return false;
  if (size > left(wire)) return fail(wire);
  *out = (ryft_bytes){.data = wire->at, .size = (size_t)size};
  wire->at += size;
  return true;
}

bool ryft__wire_next(ryft__wire *wire, ryft__wire_field *out) {
  *out = (ryft__wire_field){.number = 0};
  uint64_t tag = 0;
  if (wire->at == wire->end) return false;
  if (!read_varint(wire, &tag)) return false;
  if (tag > UINT32_MAX || (tag >> 3) == 0) return fail(wire);
  out->number = (uint32_t)(tag >> 3);
  out->type = (uint32_t)(tag & 7);
  switch (out->type) {
    case RYFT__WIRE_VARINT:
      return read_varint(wire, &out->value);
    case RYFT__WIRE_FIXED64:
      return read_fixed(wire, 8, &out->value);
    case RYFT__WIRE_BYTES:
      return read_bytes(wire, &out->bytes);
    case RYFT__WIRE_FIXED32:
      return read_fixed(wire, 4, &out->value);
    default:
      return fail(wire); /* groups, which proto3 does not have, and numbers that mean nothing */
  }
}

bool ryft__wire_next_varint(ryft__wire *wire, uint64_t *out) {
  *out = 0;
  if (wire->at == wire->end) return false;
  return read_varint(wire, out);
}

bool ryft__wire_valid(ryft_bytes message) {
  ryft__wire wire = ryft__wire_start(message);
  ryft__wire_field field;
  while (ryft__wire_next(&wire, &field)) {
  }
  return !wire.bad;
}
