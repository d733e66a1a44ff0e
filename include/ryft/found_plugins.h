/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file found_plugins.h
 * Found plugins: what lies where on this machine. A list never changes, so different threads may
 * read one at the same time; destroying it meanwhile is the caller's error.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_FOUND_PLUGINS_H
#define RYFT_FOUND_PLUGINS_H

#include "ryft/base.h"
#include "ryft/error.h"

RYFT_BEGIN_DECLS

/** A plugin library that was found, loaded or not. */
typedef struct ryft_found_plugin {
  const char *name;    /**< platform name; "" when the place does not tell */
  const char *version; /**< wheel version; "" when unknown */
  const char *path;
  const char *source; /**< "environment", "path", "installed" or "python" */
  int pjrt_minor;     /**< from the catalogue; -1 when it can only be known by loading */
} ryft_found_plugin;

typedef struct ryft_found_plugins ryft_found_plugins;

/**
 * Searches for plugins without loading any, in the order of ryft_plugin_load_named. What only the
 * dynamic loader would find is not among them.
 *
 * @param name a platform, or NULL for all.
 * Owns: the caller owns `*out`. Errors: INVALID_ARGUMENT for an unknown name; RESOURCE_EXHAUSTED.
 * Finding nothing is not an error. Blocks: on the file system. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugins_find(const char *name, ryft_found_plugins **out);

/** What was found, best first.
 *
 * Owns: borrowed from `found`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const ryft_found_plugin *const *ryft_found_plugins_items(const ryft_found_plugins *found,
                                                                  size_t *out_count);

/** Frees the list. NULL is fine.
 *
 * Owns: takes `found`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_found_plugins_destroy(ryft_found_plugins *found);

RYFT_DEFINE_CLEANUP(found_plugins)

RYFT_END_DECLS

#endif /* RYFT_FOUND_PLUGINS_H */
