/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The value of one protocol buffer field, from text into protobuf-c's storage. */
#ifndef RYFT_SRC_PROTO_VALUE_H
#define RYFT_SRC_PROTO_VALUE_H

#include <protobuf-c/protobuf-c.h>

#include "src/base/base.h"

/* Room for any value that is not a message. */
typedef union ryft__proto_value {
  int32_t i32;
  int64_t i64;
  uint32_t u32;
  uint64_t u64;
  float f32;
  double f64;
  protobuf_c_boolean boolean;
  int enumerator;
  char *string;              /* owned */
  ProtobufCBinaryData bytes; /* owned */
} ryft__proto_value;

typedef enum ryft__parsed {
  RYFT__PARSED,
  RYFT__PARSED_NOT, /* the text does not fit the type */
  RYFT__PARSED_NO_MEMORY,
} ryft__parsed;

/* Reads `text` as a value of the field's type, which is not a message. */
RYFT_MUST_USE ryft__parsed ryft__proto_value_parse(const ProtobufCFieldDescriptor *field,
                                                   const char *text,
                                                   ryft__proto_value *out);

/* How many bytes of the union the type takes. */
size_t ryft__proto_value_size(ProtobufCType type);

/* What the type is called in messages for users, such as "a 32-bit integer". */
const char *ryft__proto_value_kind(ProtobufCType type);

/* Frees what a stored string or bytes value owns. */
void ryft__proto_value_free(const ProtobufCFieldDescriptor *field, void *storage);

#endif /* RYFT_SRC_PROTO_VALUE_H */
