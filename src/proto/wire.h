/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reads protocol buffers field by field, without knowing their messages, and trusts nothing. */
#ifndef RYFT_SRC_PROTO_WIRE_H
#define RYFT_SRC_PROTO_WIRE_H

#include "src/base/base.h"

enum {
  RYFT__WIRE_VARINT = 0,
  RYFT__WIRE_FIXED64 = 1,
  RYFT__WIRE_BYTES = 2,
  RYFT__WIRE_FIXED32 = 5
};

typedef struct ryft__wire {
  const unsigned char *at;
  const unsigned char *end;
  bool bad; /* what was read so far is all that makes sense */
} ryft__wire;

typedef struct ryft__wire_field {
  uint32_t number;
  uint32_t type;
  uint64_t value;   /* VARINT, FIXED64 and FIXED32 */
  ryft_bytes bytes; /* BYTES; points into the message */
} ryft__wire_field;

ryft__wire ryft__wire_start(ryft_bytes message);

/* The next field; false at the end, and when the bytes are malformed (then `bad` is set). */
bool ryft__wire_next(ryft__wire *wire, ryft__wire_field *out);

/* The next varint of a packed list; false at its end, and when it is malformed (then `bad` is set).
 */
bool ryft__wire_next_varint(ryft__wire *wire, uint64_t *out);

/* Whether the bytes are a sequence of well-formed fields; no field is looked into. */
bool ryft__wire_valid(ryft_bytes message);

#endif /* RYFT_SRC_PROTO_WIRE_H */
