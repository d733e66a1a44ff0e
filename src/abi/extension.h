/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The chain of extensions behind a plugin's table, read once at load and trusted as little as
 * possible. */
#ifndef RYFT_SRC_ABI_EXTENSION_H
#define RYFT_SRC_ABI_EXTENSION_H

#include "src/abi/table.h"

enum { RYFT__EXTENSIONS_MAX = 64 };

typedef struct ryft__extension {
  int type; /* PJRT_Extension_Type, or a number newer than ours */
  size_t struct_size;
  const PJRT_Extension_Base *base;
} ryft__extension;

typedef struct ryft__extensions {
  size_t count;
  ryft__extension list[RYFT__EXTENSIONS_MAX];
  const char *problem; /* why the walk ended early; NULL when it did not. A static string */
} ryft__extensions;

/* Walks the chain: at most RYFT__EXTENSIONS_MAX nodes, no node twice, none smaller than its own
 * header. */
void ryft__extensions_read(ryft__extensions *out, const ryft__table *t);

/* "Layouts" for PJRT_Extension_Type_Layouts; NULL for numbers newer than ours. */
const char *ryft__extension_name(int type);

/* Copies what the plugin's extension has, up to `size`, into `out`, and zero behind it. `found` may
 * be NULL. */
void ryft__extension_copy(void *out, size_t size, const PJRT_Extension_Base *found);

#endif /* RYFT_SRC_ABI_EXTENSION_H */
