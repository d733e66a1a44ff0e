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
  const bool damaged = ryft_error_code(error) != RYFT_RESOURCE_EXHAUSTED;
  char *remedy = damaged ? reinstallation(error) : NULL;
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

/* CPU plugins ask for this when they make a client. Nothing else runs in this process yet. */
static int limit_threads(const cli_context *context) {
  char text[24];
  if (context->threads == 0) return CLI_OK;
  (void)snprintf(text, sizeof text, "%lld", (long long)context->threads);
  if (setenv("PJRT_NPROC", text, /* overwrite= */ 1) != 0) return cli_fail_memory(context);
  return CLI_OK;
}

static bool is_cpu(const ryft_client *client) {
  return strcmp(ryft_client_platform_name(client), "cpu") == 0;
}

/* How many devices a client ought to have that has others; 0 when it may stay. Which plugin is a
 * CPU one is only known once its client is there. Each device has a thread, so there are no more of
 * them than needed where threads are counted. */
static int64_t better_count(const cli_context *context,
                            const ryft_client *client,
                            int64_t devices) {
  const int64_t has = (int64_t)ryft_client_addressable_devices(client).count;
  if (!is_cpu(client) || option_given(context, "cpu_device_count")) return 0;
  if (context->threads != 0 && devices == 0) devices = 1;
  return has < devices || (context->threads != 0 && has > devices) ? devices : 0;
}

static int create_client(const cli_context *context,
                         ryft_plugin *plugin,
                         int64_t devices,
                         ryft_client **out) {
  ryft_error *error = create(context, plugin, /* cpu_devices= */ 0, out);
  const int64_t better = error == NULL ? better_count(context, *out, devices) : 0;
  if (better > 0) {
    ryft_client_destroy(*out);
    error = create(context, plugin, better, out);
  }
  if (error != NULL) return cli_fail_library(context, error);
  if (context->threads == 0 || is_cpu(*out)) return CLI_OK;
  return cli_fail_usage(
      context, "--threads is for CPU plugins; this one is for %s", ryft_client_platform_name(*out));
}

int cli_open_client(const cli_context *context, int64_t devices, ryft_client **out) {
  ryft_plugin *plugin = NULL;
  *out = NULL;
  int status = limit_threads(context);
  if (status == CLI_OK) status = cli_open_plugin(context, context->plugin, &plugin);
  if (status != CLI_OK) return status;
  status = create_client(context, plugin, devices, out);
  ryft_plugin_destroy(plugin);
  return status;
}
