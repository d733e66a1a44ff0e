/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/plugin_entry.h"

static json_t *text_or_null(const char *text) {
  return *text == '\0' ? json_null() : cli_json_text(text);
}

json_t *cli_plugin_entry(const char *name,
                         const char *version,
                         int pjrt_minor,
                         const char *path,
                         const char *source) {
  char api[24] = "";
  if (pjrt_minor >= 0) (void)snprintf(api, sizeof api, "0.%d", pjrt_minor);
  return json_pack("{s:o,s:o,s:o,s:o,s:s}",
                   "name",
                   text_or_null(name),
                   "version",
                   text_or_null(version),
                   "pjrt_api",
                   text_or_null(api),
                   "path",
                   cli_json_text(path),
                   "source",
                   source);
}
