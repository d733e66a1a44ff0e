/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Sets any field of any message by its path, from text, with the help of protobuf-c's descriptors.
 */
#ifndef RYFT_SRC_PROTO_FIELD_H
#define RYFT_SRC_PROTO_FIELD_H

#include <protobuf-c/protobuf-c.h>

#include "ryft/error.h"
#include "src/base/base.h"

/**
 * Sets the field at `path` to `value` (see ryft_field_setting). INVALID_ARGUMENT, with the path and
 * what is wrong with it, for names that the messages do not have, elements out of range and values
 * that do not fit. All memory of `message` must be the library's own.
 */
RYFT_MUST_USE ryft_error *ryft__field_set(ProtobufCMessage *message,
                                          const char *path,
                                          const char *value,
                                          const char *where);

#endif /* RYFT_SRC_PROTO_FIELD_H */
