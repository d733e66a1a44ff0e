/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Looks through bytes that may be hostile before they are unpacked: protobuf-c itself recurses
 * without a limit and lets two bytes cost kilobytes. */
#ifndef RYFT_SRC_PROTO_SCAN_H
#define RYFT_SRC_PROTO_SCAN_H

#include <protobuf-c/protobuf-c.h>

#include "src/base/base.h"

enum { RYFT__SCAN_DEPTH = 64 };

/* What a message may take when unpacked, in bytes. */
#define RYFT__SCAN_BUDGET ((size_t)256 << 20)

/* NULL when `bytes` may be unpacked as a message of this kind, otherwise why not: a static string.
 */
const char *ryft__scan(const ProtobufCMessageDescriptor *kind, ryft_bytes bytes);

#endif /* RYFT_SRC_PROTO_SCAN_H */
