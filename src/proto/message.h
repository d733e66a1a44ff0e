/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Protocol buffer messages as protobuf-c holds them, in memory of the hook's. */
#ifndef RYFT_SRC_PROTO_MESSAGE_H
#define RYFT_SRC_PROTO_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "ryft/error.h"
#include "src/base/base.h"

/* Scans and unpacks. INVALID_ARGUMENT when it is no such message; `what` names it in the error, as
 * in "base". Freed with ryft__proto_free. */
RYFT_MUST_USE ryft_error *ryft__proto_unpack(const ProtobufCMessageDescriptor *kind,
                                             ryft_bytes bytes,
                                             const char *what,
                                             ProtobufCMessage **out,
                                             const char *where);
void ryft__proto_free(ProtobufCMessage *message);

/* The message as bytes, freed with ryft_host_free. */
RYFT_MUST_USE ryft_error *ryft__proto_pack(const ProtobufCMessage *message,
                                           void **out_data,
                                           size_t *out_size,
                                           const char *where);

/* An empty message; NULL when memory is out. */
ProtobufCMessage *ryft__proto_create(const ProtobufCMessageDescriptor *kind);

#endif /* RYFT_SRC_PROTO_MESSAGE_H */
