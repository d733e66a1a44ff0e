/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/known_results.h"

#include <stdio.h>
#include <string.h>

typedef struct known_result {
  int first, last; /* minors of CPU plugins, as far as they were tried */
  const char *what;
  const char *remedy;
} known_result;

/* A new row wants one in docs/design/known-results.md and a test in tests/cli. */
static const known_result ROWS[] = {
    {81,
     106,
     "a constant bitcast to a narrower type of less than 8 bits (u8 to s4) is folded wrongly",
     "pass the value as an argument"},
    {115,
     115,
     "atan of f64 arrays of about a hundred elements and more is wrong",
     "--compile-option xla_cpu_prefer_vector_width=128"},
    {81,
     115,
     "subnormal results are flushed to zero, whatever xla_cpu_ftz says",
     "scale the values"},
};
enum { ROW_COUNT = sizeof(ROWS) / sizeof(ROWS[0]) };

/* No client is made to find out: its name, or its file's, says what a plugin is for. */
static bool is_cpu(const ryft_plugin *plugin, const char *name) {
  if (strcmp(name, "cpu") == 0) return true;
  const char *path = ryft_plugin_path(plugin), *slash = strrchr(path, '/');
  return strstr(slash == NULL ? path : slash + 1, "cpu") != NULL;
}

static bool applies(const known_result *row, const ryft_plugin *plugin, const char *name) {
  const int minor = ryft_plugin_version_minor(plugin);
  return minor >= row->first && minor <= row->last && is_cpu(plugin, name);
}

json_t *cli_json_known_results(const ryft_plugin *plugin, const char *name) {
  json_t *list = json_array();
  for (size_t i = 0; i < ROW_COUNT; ++i) {
    if (!applies(&ROWS[i], plugin, name)) continue;
    json_t *item = json_pack("{s:s,s:s}", "what", ROWS[i].what, "remedy", ROWS[i].remedy);
    if (json_array_append_new(list, item) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

void cli_print_known_results(FILE *out, const ryft_plugin *plugin, const char *name) {
  bool any = false;
  for (size_t i = 0; i < ROW_COUNT; ++i) {
    if (!applies(&ROWS[i], plugin, name)) continue;
    if (!any) fputs("known wrong results\n", out);
    any = true;
    fprintf(out, "  %s; %s\n", ROWS[i].what, ROWS[i].remedy);
  }
}
