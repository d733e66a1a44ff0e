/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a plugin may leave out of its answers without being useless. */
#ifndef RYFT_SRC_CORE_OPTIONAL_H
#define RYFT_SRC_CORE_OPTIONAL_H

#include "src/base/error.h"

/* Takes `answer`; gives NULL for UNIMPLEMENTED and hands every other error on. */
RYFT_MUST_USE ryft_error *ryft__optional(ryft_error *answer);

/* Takes `answer`, and copies the text that came with it: "" where the plugin has none. */
RYFT_MUST_USE ryft_error *ryft__optional_text(ryft_error *answer,
                                              const char *text,
                                              size_t size,
                                              char **out);

/* Takes `answer`; gives NULL when it means that the plugin does not tell, or tells what this
 * library cannot read. Every other error, such as memory that is out, says nothing about the
 * plugin. */
RYFT_MUST_USE ryft_error *ryft__untold(ryft_error *answer);

#endif /* RYFT_SRC_CORE_OPTIONAL_H */
