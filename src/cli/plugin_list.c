/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ryft plugin list: the plugins on this machine, in the order they are tried. Loads none. */
#include <stdlib.h>
#include <string.h>

#include "src/cli/cli.h"
#include "src/cli/json.h"
#include "src/cli/plugin_entry.h"
#include "src/cli/report.h"

const char ryft_cli_plugin_list_help[] =
    "ryft plugin list [--json]\n"
    "\n"
    "Lists the plugins found on this machine, in the order they are tried, without loading any, "
    "and the builds\n"
    "that `ryft plugin install` can fetch.\n"
    "\n"
    "Searched: RYFT_PLUGIN_CPU, RYFT_PLUGIN_CUDA12, ... (files); RYFT_PLUGIN_PATH (files and "
    "directories,\n"
    "colon-separated); TPU_LIBRARY_PATH; installed plugins; Python packages; the dynamic loader's "
    "path.\n"
    "\n"
    "  --json       print JSON: an array of what was found\n"
    "  --verbose    more of errors\n"
    "  --quiet      print nothing but errors\n";

static json_t *json_of(const ryft_found_plugin *const *items, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; ++i) {
    const ryft_found_plugin *item = items[i];
    json_t *entry =
        cli_plugin_entry(item->name, item->version, item->pjrt_minor, item->path, item->source);
    if (json_array_append_new(list, entry) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static void print_found(FILE *out, const ryft_found_plugin *const *items, size_t count) {
  if (count == 0) fputs("no plugin found on this machine\n", out);
  for (size_t i = 0; i < count; ++i) {
    char api[24] = "?";
    if (items[i]->pjrt_minor >= 0) (void)snprintf(api, sizeof api, "0.%d", items[i]->pjrt_minor);
    fprintf(out,
            "%-8s %-12s API %-6s %-12s %s\n",
            *items[i]->name == '\0' ? "?" : items[i]->name,
            *items[i]->version == '\0' ? "?" : items[i]->version,
            api,
            items[i]->source,
            items[i]->path);
  }
}

static bool is_found(const ryft_catalogue_entry *entry,
                     const ryft_found_plugin *const *items,
                     size_t count) {
  for (size_t i = 0; i < count; ++i) {
    bool same =
        strcmp(items[i]->name, entry->name) == 0 && strcmp(items[i]->version, entry->version) == 0;
    if (same) return true;
  }
  return false;
}

static void print_installable(FILE *out, const ryft_found_plugin *const *items, size_t found) {
  size_t count = 0;
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  bool any = false;
  for (size_t i = 0; i < count; ++i) {
    if (is_found(entries[i], items, found)) continue;
    if (!any) fputs("\ncan be installed with ryft plugin install NAME --version VERSION:\n", out);
    any = true;
    fprintf(out,
            "%-8s %-12s API 0.%-4d %4.0f MB download\n",
            entries[i]->name,
            entries[i]->version,
            entries[i]->pjrt_minor,
            (double)entries[i]->wheel_bytes / 1e6);
  }
}

static int list(const cli_context *context) {
  ryft_found_plugins *found = NULL;
  ryft_error *error = ryft_plugins_find(/* name= */ NULL, &found);
  if (error != NULL) return cli_fail_library(context, error);
  size_t count = 0;
  const ryft_found_plugin *const *items = ryft_found_plugins_items(found, &count);
  int status = CLI_OK;
  if (context->json) {
    status = cli_print_json(context, json_of(items, count));
  } else if (!context->quiet) {
    print_found(context->out, items, count);
    print_installable(context->out, items, count);
  }
  ryft_found_plugins_destroy(found);
  return status;
}

int ryft_cli_plugin_list(cli_context *context, int argc, char **argv) {
  static const cli_option OPTIONS[] = {CLI_OPTIONS_COMMON, {NULL, 0, false}};
  cli_arguments arguments = {.context = context, .options = OPTIONS, .argc = argc, .argv = argv};
  for (int found; (found = cli_arguments_next(&arguments)) != CLI_END;) {
    if (found == CLI_STOP) return arguments.status;
    return cli_arguments_refuse(&arguments);
  }
  return list(context);
}
