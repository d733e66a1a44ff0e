/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/proto/scan.h"

#include "src/proto/wire.h"

static const char *spend(size_t *budget, size_t size) {
  if (size > *budget) return "it would take more than 256 MiB of memory";
  *budget -= size;
  return NULL;
}

/* Text, bytes and unknown fields are copied; each byte of a packed list may become an element. */
static const char *spend_bytes(size_t *budget, const ProtobufCFieldDescriptor *known, size_t size) {
  const bool packed = known != NULL && known->label == PROTOBUF_C_LABEL_REPEATED &&
                      known->type != PROTOBUF_C_TYPE_STRING && known->type != PROTOBUF_C_TYPE_BYTES;
  if (packed && size > SIZE_MAX / 8) return spend(budget, SIZE_MAX);
  return spend(budget, packed ? size * 8 : size);
}

/* protobuf-c takes some fields whatever their wire type is. */
static bool type_fits(const ProtobufCFieldDescriptor *known, uint32_t wire_type) {
  switch (known->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
      return wire_type == RYFT__WIRE_BYTES;
    default:
      break;
  }
  if (wire_type == RYFT__WIRE_BYTES) return known->label == PROTOBUF_C_LABEL_REPEATED; /* packed */
  switch (known->type) {
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
      return wire_type == RYFT__WIRE_FIXED32;
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
      return wire_type == RYFT__WIRE_FIXED64;
    default:
      return wire_type == RYFT__WIRE_VARINT;
  }
}

/* Recursion is bounded by `depth`. */
static const char *scan(const ProtobufCMessageDescriptor *kind,
                        ryft_bytes bytes,
                        int depth,
                        size_t *budget) {
  if (depth == 0) return "its messages are nested more than 64 deep";
  const char *problem = spend(budget, kind->sizeof_message);
  ryft__wire wire = ryft__wire_start(bytes);
  ryft__wire_field field;
  while (problem == NULL && ryft__wire_next(&wire, &field)) {
    /* What protobuf-c keeps for each field it meets, however small. */
    const ProtobufCFieldDescriptor *known =
        protobuf_c_message_descriptor_get_field(kind, field.number);
    problem = spend(budget, sizeof(void *) * 6);
    if (known != NULL && !type_fits(known, field.type)) problem = "a field has another type there";
    if (problem != NULL || field.type != RYFT__WIRE_BYTES) continue;
    problem = known != NULL && known->type == PROTOBUF_C_TYPE_MESSAGE
                  ? scan(known->descriptor, field.bytes, depth - 1, budget)
                  : spend_bytes(budget, known, field.bytes.size);
  }
  if (problem == NULL && wire.bad) return "it ends or breaks off inside a field";
  return problem;
}

const char *ryft__scan(const ProtobufCMessageDescriptor *kind, ryft_bytes bytes) {
  size_t budget = RYFT__SCAN_BUDGET;
  return scan(kind, bytes, RYFT__SCAN_DEPTH, &budget);
}
