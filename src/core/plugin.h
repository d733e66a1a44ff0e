/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_PLUGIN_H
#define RYFT_SRC_CORE_PLUGIN_H

#include "ryft/plugin.h"
#include "src/abi/extension.h"
#include "src/abi/table.h"

/* Never freed: plugins stay loaded, and everything they own points into them. */
struct ryft_plugin {
  ryft__table table; /* every call goes through here */
  char *path;        /* canonical; "" when attached */
  char version_text[32];
  ryft_named_values attributes;
  ryft__extensions extensions;
  ryft_extension_info extension_infos[RYFT__EXTENSIONS_MAX];
  const ryft_extension_info *extension_list[RYFT__EXTENSIONS_MAX]; /* the same, for callers */
  bool ready; /* false when memory ran out between initialising it and reading its attributes */
  size_t awaited_at_exit; /* see client_life.c */
  struct ryft_plugin *next;
};

/* What every way of loading checks in its options. */
RYFT_MUST_USE ryft_error *ryft__plugin_options_read(const ryft_plugin_options *given,
                                                    ryft_plugin_options *out,
                                                    const char *where);

/* ryft_plugin_load with the public function's name; `path` goes to the loader as it is when
 * `search` is true, so that a bare name is looked for on the loader's own path. */
RYFT_MUST_USE ryft_error *ryft__plugin_load(const char *path,
                                            bool search,
                                            int64_t minimum_minor,
                                            ryft_plugin **out,
                                            const char *where);

#endif /* RYFT_SRC_CORE_PLUGIN_H */
