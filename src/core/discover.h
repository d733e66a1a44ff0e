/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where plugins lie, and which platform a file is for. */
#ifndef RYFT_SRC_CORE_DISCOVER_H
#define RYFT_SRC_CORE_DISCOVER_H

#include "ryft/catalogue.h"
#include "src/base/base.h"

typedef struct ryft__platform {
  const char *name;
  const char *variable;        /* names the library's path */
  const char *vendor_variable; /* the vendor's own name for that variable, or NULL */
  const char *word;            /* in the file names of its libraries */
  const char *other_word;      /* or this one; or NULL */
  const char *rival;           /* a platform with the same word, or NULL */
  const char *soname;          /* what to ask the dynamic loader for */
  const char *vendor_library;  /* below site-packages, where the catalogue does not say; or NULL */
} ryft__platform;

const ryft__platform *ryft__platforms(size_t *out_count);

/* INVALID_ARGUMENT naming all platforms when `name` is none of them. */
RYFT_MUST_USE ryft_error *ryft__platform_find(const char *name,
                                              const ryft__platform **out,
                                              const char *where);

/* Whether the file at `path` looks like a plugin for the platform, by its name; the directories
 * above only tell rivals apart. */
bool ryft__platform_owns(const ryft__platform *platform, const char *path);

/* As secure_getenv, and NULL for empty ones: what these name is loaded into the process. */
const char *ryft__discover_variable(const char *name);

/* One line on stderr when RYFT_LOG has the word "discover". */
void ryft__discover_log(const ryft__platform *platform, const char *format, ...) RYFT_PRINTF(2, 3);

/* Adds what is known of the platform below lists of places, in the order of ryft_plugin_load_named.
 */
RYFT_MUST_USE ryft_error *ryft__discover(const ryft__platform *platform, ryft_found_plugins *found);

struct ryft_found_plugins {
  ryft_found_plugin *items; /* paths and versions are ours, the rest static */
  size_t count;
  size_t capacity;
};

void ryft__found_plugins_clear(ryft_found_plugins *found);

#endif /* RYFT_SRC_CORE_DISCOVER_H */
