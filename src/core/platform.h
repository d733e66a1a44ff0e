/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The platforms by name, and which of them a file is for. */
#ifndef RYFT_SRC_CORE_PLATFORM_H
#define RYFT_SRC_CORE_PLATFORM_H

#include "ryft/error.h"
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
const char *const *ryft__platform_names(size_t *out_count);

/* INVALID_ARGUMENT naming all platforms when `name` is none of them. */
RYFT_MUST_USE ryft_error *ryft__platform_find(const char *name,
                                              const ryft__platform **out,
                                              const char *where);

/* Whether the file at `path` looks like a plugin for the platform, by its name; the directories
 * above only tell rivals apart. */
bool ryft__platform_owns(const ryft__platform *platform, const char *path);

#endif /* RYFT_SRC_CORE_PLATFORM_H */
