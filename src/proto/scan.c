/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/proto/scan.h"

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/proto/wire.h"

static const char WRONG_TYPE[] = "a field has another type there";

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
    if (known != NULL && !type_fits(known, field.type)) problem = WRONG_TYPE;
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

static void *allocate(void *out_of_memory, size_t size) {
  void *memory = ryft__alloc(size);
  if (memory == NULL) *(bool *)out_of_memory = true;
  return memory;
}

static void release(void *out_of_memory, void *memory) {
  (void)out_of_memory;
  ryft__free(memory);
}

ryft_error *ryft__proto_unpack(const ProtobufCMessageDescriptor *kind,
                               ryft_bytes bytes,
                               const char *what,
                               ProtobufCMessage **out,
                               const char *where) {
  *out = NULL;
  bool out_of_memory = false;
  ProtobufCAllocator allocator = {allocate, release, &out_of_memory};
  const char *problem = ryft__scan(kind, bytes);
  if (problem == NULL) {
    *out = protobuf_c_message_unpack(kind, &allocator, bytes.size, bytes.data);
    if (*out != NULL) return NULL;
    if (out_of_memory) return ryft__out_of_memory();
    problem = WRONG_TYPE;
  }
  return ryft__error(
      RYFT_INVALID_ARGUMENT, where, NULL, "%s is no %s: %s", what, kind->short_name, problem);
}

void ryft__proto_free(ProtobufCMessage *message) {
  bool out_of_memory = false;
  ProtobufCAllocator allocator = {allocate, release, &out_of_memory};
  protobuf_c_message_free_unpacked(message, &allocator);
}

ryft_error *ryft__proto_pack(const ProtobufCMessage *message, void **out_data, size_t *out_size) {
  *out_data = NULL;
  *out_size = 0;
  const size_t size = protobuf_c_message_get_packed_size(message);
  RYFT_TRY(ryft_host_alloc(size, out_data));
  *out_size = protobuf_c_message_pack(message, *out_data);
  return NULL;
}

ProtobufCMessage *ryft__proto_create(const ProtobufCMessageDescriptor *kind) {
  ProtobufCMessage *message = ryft__alloc(kind->sizeof_message);
  if (message != NULL) protobuf_c_message_init(kind, message);
  return message;
}
