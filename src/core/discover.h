/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where plugins lie. */
#ifndef RYFT_SRC_CORE_DISCOVER_H
#define RYFT_SRC_CORE_DISCOVER_H

#include "ryft/found_plugins.h"
#include "src/core/platform.h"

/* One line on stderr when RYFT_LOG has the word "discover". */
void ryft__discover_log(const ryft__platform *platform, const char *format, ...) RYFT_PRINTF(2, 3);

/* Adds what is known of the platform below lists of places, in the order of ryft_plugin_load_named.
 */
RYFT_MUST_USE ryft_error *ryft__discover(const ryft__platform *platform,
                                         ryft_found_plugins *found,
                                         const char *where);

struct ryft_found_plugins {
  const ryft_found_plugin **items; /* each with its texts in one block */
  size_t count;
  size_t capacity;
};

void ryft__found_plugins_clear(ryft_found_plugins *found);

#endif /* RYFT_SRC_CORE_DISCOVER_H */
