/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Plugins and clients as the arguments ask for them. */
#include "src/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/nearest.h"
#include "src/cli/report.h"

static bool is_platform(const char *name) {
  size_t count = 0;
  const char *const *names = ryft_catalogue_names(&count);
  for (size_t i = 0; i < count; ++i) {
    if (strcmp(names[i], name) == 0) return true;
  }
  return false;
}

/* The variable that chose the plugin, or "". */
static const char *variable_of(const cli_context *context, const char *name) {
  const bool chosen = context->plugin_variable != NULL && name == context->plugin;
  return chosen ? context->plugin_variable : "";
}

static int unknown_plugin(const cli_context *context, const char *name) {
  const char *variable = variable_of(context, name);
  cli_nearest nearest = cli_nearest_to(name, strlen(name));
  size_t count = 0;
  const char *const *names = ryft_catalogue_names(&count);
  for (size_t i = 0; i < count; ++i) cli_nearest_offer(&nearest, names[i]);
  const char *hint = cli_nearest_best(&nearest);
  return cli_fail_usage(
      context,
      "%s%s\"%s\" is neither a file nor a known platform (cpu, cuda12, cuda13, rocm7, tpu, neuron, "
      "metal, oneapi)%s%s%s",
      variable,
      *variable == '\0' ? "" : " is set, but ",
      name,
      hint == NULL ? "" : "; did you mean ",
      hint == NULL ? "" : hint,
      hint == NULL ? "" : "?");
}

/* The command that replaces the library that `error` is about, when `ryft plugin install` put it
 * there; else NULL. The caller frees it. */
static char *reinstallation(const ryft_error *error) {
  ryft_found_plugins *found = NULL;
  ryft_error *failed = ryft_plugins_find(/* name= */ NULL, &found);
  size_t count = 0;
  const ryft_found_plugin *const *items =
      failed == NULL ? ryft_found_plugins_items(found, &count) : NULL;
  char *text = NULL;
  for (size_t i = 0; i < count && text == NULL; ++i) {
    bool it = strcmp(items[i]->source, "installed") == 0 &&
              strstr(ryft_error_message(error), items[i]->path) != NULL;
    if (it && asprintf(&text,
                       "reinstall it: ryft plugin install %s --version %s --force",
                       items[i]->name,
                       items[i]->version) < 0) {
      text = NULL;
    }
  }
  ryft_found_plugins_destroy(found);
  ryft_error_destroy(failed);
  return text;
}

/* The library speaks to programs; here there are more remedies. */
static int not_loaded(const cli_context *context,
                      const char *name,
                      ryft_error *error,
                      const char *remedy) {
  const char *variable = variable_of(context, name);
  char *message = NULL;
  if (asprintf(&message,
               "%s%s%s%s%s",
               variable,
               *variable == '\0' ? "" : " is set, but ",
               ryft_error_message(error),
               remedy == NULL ? "" : "; ",
               remedy == NULL ? "" : remedy) < 0) {
    return cli_fail_library(context, error);
  }
  cli_report(context, ryft_error_code(error), message, ryft_error_where(error), /* show= */ false);
  free(message);
  ryft_error_destroy(error);
  return CLI_USAGE;
}

static int fail_load(const cli_context *context,
                     const char *name,
                     bool platform,
                     ryft_error *error) {
  if (ryft_error_is_from_plugin(error)) return cli_fail_library(context, error);
  if (platform && ryft_error_code(error) == RYFT_NOT_FOUND) {
    return not_loaded(context, name, error, "or give the path of the library instead of the name");
  }
  char *remedy = reinstallation(error);
  int status = not_loaded(context, name, error, remedy);
  free(remedy);
  return status;
}

int cli_open_plugin(const cli_context *context, const char *name, ryft_plugin **out) {
  ryft_error *error = NULL;
  *out = NULL;
  cli_phase("loading the plugin");
  const bool platform = is_platform(name);
  if (platform) {
    error = ryft_plugin_load_named(name, /* options= */ NULL, out);
  } else if (strchr(name, '/') != NULL || access(name, F_OK) == 0) {
    error = ryft_plugin_load(name, /* options= */ NULL, out);
  } else {
    return unknown_plugin(context, name);
  }
  return error == NULL ? CLI_OK : fail_load(context, name, platform, error);
}

static bool option_given(const cli_context *context, const char *name) {
  const ryft_named_values given = {context->options, context->option_count};
  return ryft_named_values_find(given, name) != NULL;
}

static ryft_error *create(const cli_context *context,
                          ryft_plugin *plugin,
                          int64_t cpu_devices,
                          ryft_client **out) {
  ryft_cpu_options cpu = RYFT_DEFAULTS(ryft_cpu_options);
  cpu.device_count = cpu_devices;
  ryft_client_options options = RYFT_DEFAULTS(ryft_client_options);
  options.cpu = cpu_devices > 0 ? &cpu : NULL;
  options.values = context->options;
  options.value_count = context->option_count;
  cli_phase("starting the client");
  return ryft_client_create(plugin, &options, out);
}

/* Whether a CPU client has fewer devices than wished, and the user did not say how many. Which
 * plugin is a CPU one is only known once its client is there. */
static bool too_few(const cli_context *context, const ryft_client *client, int64_t devices) {
  return ryft_client_addressable_devices(client).count < (size_t)devices &&
         strcmp(ryft_client_platform_name(client), "cpu") == 0 &&
         !option_given(context, "cpu_device_count");
}

int cli_open_client(const cli_context *context, int64_t devices, ryft_client **out) {
  ryft_plugin *plugin = NULL;
  *out = NULL;
  int status = cli_open_plugin(context, context->plugin, &plugin);
  if (status != CLI_OK) return status;
  ryft_error *error = create(context, plugin, /* cpu_devices= */ 0, out);
  if (error == NULL && devices > 0 && too_few(context, *out, devices)) {
    ryft_client_destroy(*out);
    error = create(context, plugin, devices, out);
  }
  ryft_plugin_destroy(plugin);
  return error == NULL ? CLI_OK : cli_fail_library(context, error);
}
