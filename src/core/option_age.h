/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which compile options a plugin is too old, or too new, for. They travel as a protocol buffer, of
 * which a plugin skips what it does not know without a word. This says the word, where it is known:
 * plugins of an API between two that were looked into have the benefit of the doubt. */
#ifndef RYFT_SRC_CORE_OPTION_AGE_H
#define RYFT_SRC_CORE_OPTION_AGE_H

#include <protobuf-c/protobuf-c.h>

#include "src/abi/table.h"

/* UNIMPLEMENTED, with both versions, when the plugin would skip a field that `path` (see
 * ryft_field_setting) goes through. NULL for paths that lead nowhere. */
RYFT_MUST_USE ryft_error *ryft__option_age_check(const ryft__table *table,
                                                 const char *path,
                                                 const char *where);

/* The same for the fields that `message` has set, those inside of other messages not among them. */
RYFT_MUST_USE ryft_error *ryft__option_age_check_message(const ryft__table *table,
                                                         const ProtobufCMessage *message,
                                                         const char *where);

#endif /* RYFT_SRC_CORE_OPTION_AGE_H */
