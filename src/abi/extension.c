/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/extension.h"

#include <string.h>

#include "src/abi/quirks.h"

static bool seen(const ryft__extensions *extensions, const PJRT_Extension_Base *node) {
  for (size_t i = 0; i < extensions->count; ++i) {
    if (extensions->list[i].base == node) return true;
  }
  return false;
}

void ryft__extensions_read(ryft__extensions *out, const ryft__table *t) {
  memset(out, 0, sizeof *out);
  if ((ryft__quirks_of(/* platform= */ NULL, t->minor) & RYFT__QUIRK_EXTENSIONS_UNSIZED) != 0) {
    if (t->api.extension_start != NULL)
      out->problem = "the extensions of a plugin older than PJRT 0.45 cannot be read";
    return;
  }
  for (const PJRT_Extension_Base *node = t->api.extension_start; node != NULL; node = node->next) {
    if (seen(out, node)) {
      out->problem = "the chain of extensions runs in a circle";
      return;
    }
    if (out->count == RYFT__EXTENSIONS_MAX) {
      out->problem = "the chain of extensions is longer than 64";
      return;
    }
    /* Its `next` lies outside what it says it has, so the walk cannot go on. */
    if (node->struct_size < PJRT_Extension_Base_STRUCT_SIZE) {
      out->problem = "an extension is smaller than its own header";
      return;
    }
    out->list[out->count++] = (ryft__extension){(int)node->type, node->struct_size, node};
  }
}

const char *ryft__extension_name(int type) {
  const char *name = ryft__enum_name(RYFT__ENUM_Extension_Type, type);
  return name == NULL ? NULL : name + strlen("PJRT_Extension_Type_");
}

void ryft__extension_copy(void *out, size_t size, const PJRT_Extension_Base *found) {
  ryft__table_copy(out, size, found);
}
