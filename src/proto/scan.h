/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Unpacking bytes that may be hostile: protobuf-c itself recurses without a limit and lets two
 * bytes cost kilobytes, so messages are looked through before it sees them. */
#ifndef RYFT_SRC_PROTO_SCAN_H
#define RYFT_SRC_PROTO_SCAN_H

#include <protobuf-c/protobuf-c.h>

#include "ryft/error.h"
#include "src/base/base.h"

enum { RYFT__SCAN_DEPTH = 64 };

/* What a message may take when unpacked, in bytes. */
#define RYFT__SCAN_BUDGET ((size_t)256 << 20)

/* NULL when `bytes` may be unpacked as a message of this kind, otherwise why not: a static string.
 */
const char *ryft__scan(const ProtobufCMessageDescriptor *kind, ryft_bytes bytes);

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
                                           size_t *out_size);

/* An empty message; NULL when memory is out. */
ProtobufCMessage *ryft__proto_create(const ProtobufCMessageDescriptor *kind);

#endif /* RYFT_SRC_PROTO_SCAN_H */
