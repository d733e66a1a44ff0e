/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ryft plugin inspect: what a plugin can do, found out without making a client. */
#include <inttypes.h>

#include "ryft/abi/pjrt.h"
#include "src/cli/cli.h"
#include "src/cli/json.h"
#include "src/cli/known_results.h"
#include "src/cli/report.h"
#include "src/cli/values.h"

const char ryft_cli_plugin_inspect_help[] =
    "ryft plugin inspect NAME|PATH [--json]\n"
    "\n"
    "Loads a plugin and tells its PJRT API, which entry points and extensions it has, its "
    "attributes, the\n"
    "StableHLO versions it takes, and which results it is known to get wrong. No device is "
    "needed.\n"
    "\n"
    "  --json               print JSON\n"
    "  --timeout SECONDS    give up after that long (exit status 5)\n"
    "  --verbose            show what the plugin prints, and more of errors\n"
    "  --quiet              print nothing but errors\n";

static size_t count_present(const ryft_plugin *plugin) {
  size_t present = 0;
  for (size_t i = 0; i < ryft_entry_point_count(); ++i) {
    if (ryft_plugin_has(plugin, ryft_entry_point_name(i))) ++present;
  }
  return present;
}

static json_t *json_of_slots(const ryft_plugin *plugin) {
  json_t *absent = json_array();
  for (size_t i = 0; i < ryft_entry_point_count(); ++i) {
    const char *name = ryft_entry_point_name(i);
    if (ryft_plugin_has(plugin, name)) continue;
    if (json_array_append_new(absent, json_string(name)) != 0) {
      json_decref(absent);
      return NULL;
    }
  }
  return json_pack("{s:I,s:o}", "present", (json_int_t)count_present(plugin), "absent", absent);
}

static json_t *json_of_extensions(const ryft_plugin *plugin) {
  json_t *list = json_array();
  size_t count = 0;
  const ryft_extension_info *const *items = ryft_plugin_extensions(plugin, &count);
  for (size_t i = 0; i < count; ++i) {
    json_t *item = json_pack("{s:i,s:s,s:I}",
                             "type",
                             (int)items[i]->type,
                             "name",
                             items[i]->name,
                             "bytes",
                             (json_int_t)items[i]->size);
    if (json_array_append_new(list, item) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static json_t *json_of(const ryft_plugin *plugin, const char *name) {
  return json_pack("{s:o,s:s,s:I,s:o,s:o,s:o,s:o}",
                   "path",
                   cli_json_text(ryft_plugin_path(plugin)),
                   "pjrt_api",
                   ryft_plugin_version_text(plugin),
                   "vtable_bytes",
                   (json_int_t)ryft_plugin_api(plugin)->struct_size,
                   "slots",
                   json_of_slots(plugin),
                   "extensions",
                   json_of_extensions(plugin),
                   "attributes",
                   cli_json_values(ryft_plugin_attributes(plugin)),
                   "known_results",
                   cli_json_known_results(plugin, name));
}

static void print_stablehlo(FILE *out, const ryft_plugin *plugin) {
  ryft_stablehlo_version minimum, current;
  ryft_error *error = ryft_plugin_stablehlo_versions(plugin, &minimum, &current);
  if (error == NULL) {
    fprintf(out,
            "StableHLO     %" PRId64 ".%" PRId64 ".%" PRId64 " to %" PRId64 ".%" PRId64 ".%" PRId64
            "\n",
            minimum.major,
            minimum.minor,
            minimum.patch,
            current.major,
            current.minor,
            current.patch);
  } else {
    fputs("StableHLO     the plugin does not say\n", out);
  }
  ryft_error_destroy(error);
}

static void print_slots(FILE *out, const ryft_plugin *plugin) {
  size_t known = ryft_entry_point_count(), present = count_present(plugin);
  fprintf(
      out, "entry points  %zu of %zu%s\n", present, known, present == known ? "" : "; not there:");
  for (size_t i = 0; i < known; ++i) {
    const char *name = ryft_entry_point_name(i);
    if (!ryft_plugin_has(plugin, name)) fprintf(out, "  %s\n", name);
  }
}

static void print_extensions(FILE *out, const ryft_plugin *plugin) {
  size_t count = 0;
  const ryft_extension_info *const *items = ryft_plugin_extensions(plugin, &count);
  fprintf(out, "extensions    %zu\n", count);
  for (size_t i = 0; i < count; ++i) {
    fprintf(out,
            "  %s (type %" PRId32 ", %zu bytes)\n",
            items[i]->name,
            items[i]->type,
            items[i]->size);
  }
}

static void print_text(FILE *out, const ryft_plugin *plugin, const char *name) {
  fprintf(out, "path          %s\n", ryft_plugin_path(plugin));
  fprintf(out,
          "PJRT API      %s (%zu bytes of table)\n",
          ryft_plugin_version_text(plugin),
          ryft_plugin_api(plugin)->struct_size);
  print_stablehlo(out, plugin);
  print_slots(out, plugin);
  print_extensions(out, plugin);
  fputs("attributes\n", out);
  cli_print_values(out, ryft_plugin_attributes(plugin), "  ");
  cli_print_known_results(out, plugin, name);
}

static int work(cli_context *context, void *data) {
  const char *const *name = data;
  ryft_plugin *plugin = NULL;
  int status = cli_open_plugin(context, *name, &plugin);
  if (status != CLI_OK) return status;
  cli_phase("inspecting the plugin");
  if (context->json) {
    status = cli_print_json(context, json_of(plugin, *name));
  } else if (!context->quiet) {
    print_text(context->out, plugin, *name);
  }
  ryft_plugin_destroy(plugin);
  return status;
}

int ryft_cli_plugin_inspect(cli_context *context, int argc, char **argv) {
  static const cli_option OPTIONS[] = {CLI_OPTIONS_COMMON, {NULL, 0, false}};
  cli_arguments arguments = {.context = context, .options = OPTIONS, .argc = argc, .argv = argv};
  const char *chosen = NULL;
  for (int found; (found = cli_arguments_next(&arguments)) != CLI_END;) {
    if (found == CLI_STOP) return arguments.status;
    if (chosen != NULL) return cli_arguments_refuse(&arguments);
    chosen = arguments.value;
  }
  if (chosen == NULL)
    return cli_fail_usage(context, "which plugin? Give a name such as cpu, or a path");
  return cli_supervise(context, work, &chosen);
}
