/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/proto/message.h"

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/base/host_memory.h"
#include "src/proto/scan.h"

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
    problem = "a field has another type there";
  }
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s is not a valid %s: %s",
                     what,
                     kind->short_name,
                     problem);
}

void ryft__proto_free(ProtobufCMessage *message) {
  bool out_of_memory = false;
  ProtobufCAllocator allocator = {allocate, release, &out_of_memory};
  protobuf_c_message_free_unpacked(message, &allocator);
}

ryft_error *ryft__proto_pack(const ProtobufCMessage *message,
                             void **out_data,
                             size_t *out_size,
                             const char *where) {
  *out_data = NULL;
  *out_size = 0;
  const size_t size = protobuf_c_message_get_packed_size(message);
  RYFT_TRY(ryft__host_alloc(size, out_data, where));
  *out_size = protobuf_c_message_pack(message, *out_data);
  return NULL;
}

ProtobufCMessage *ryft__proto_create(const ProtobufCMessageDescriptor *kind) {
  ProtobufCMessage *message = ryft__alloc(kind->sizeof_message);
  if (message != NULL) protobuf_c_message_init(kind, message);
  return message;
}
