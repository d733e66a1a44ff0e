/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading a plugin by the name of its platform. */
#include <string.h>

#include "ryft/catalogue.h"
#include "ryft/found_plugins.h"
#include "src/base/environment.h"
#include "src/base/error.h"
#include "src/core/discover.h"
#include "src/core/plugin.h"

typedef struct wish {
  const ryft__platform *platform;
  int64_t minimum_minor;
  const char *where;
} wish;

/* A variable that names a library is an order: when that library will not do, nothing else is
 * tried. */
static ryft_error *load_variable(const wish *w, const char *variable, ryft_plugin **out) {
  const char *path = ryft__variable(variable);
  if (path == NULL) return NULL;
  ryft_error *error = ryft__plugin_load(path, /* search= */ false, w->minimum_minor, out, w->where);
  return error == NULL ? NULL
                       : ryft__error_explain(error, "%s is set, but cannot be used", variable);
}

/* Tries a place where a plugin may be. The first reason why one will not do is kept for the end. */
static bool try_load(const wish *w,
                     const char *path,
                     bool search,
                     ryft_plugin **out,
                     ryft_error **first) {
  ryft_error *error = ryft__plugin_load(path, search, w->minimum_minor, out, w->where);
  if (error == NULL) {
    ryft__discover_log(w->platform, "%s: loaded", ryft_plugin_path(*out));
    return true;
  }
  ryft__discover_log(w->platform, "%s", ryft_error_message(error));
  if (search && ryft_error_code(error) == RYFT_NOT_FOUND) {
    ryft_error_destroy(error);
  } else {
    *first = ryft__error_first(*first, error);
  }
  return false;
}

static bool installable(const ryft__platform *platform) {
  size_t count = 0;
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  for (size_t i = 0; i < count; ++i) {
    if (strcmp(entries[i]->name, platform->name) == 0) return true;
  }
  return false;
}

static ryft_error *nothing_found(const wish *w) {
  const ryft__platform *platform = w->platform;
  const bool fetch = installable(platform);
  return ryft__error(RYFT_NOT_FOUND,
                     w->where,
                     NULL,
                     "no plugin for \"%s\" found; %s%s%sset %s or ryft_plugin_options.path to the "
                     "path of its shared library",
                     platform->name,
                     fetch ? "run: ryft plugin install " : "",
                     fetch ? platform->name : "",
                     fetch ? "; or " : "",
                     platform->variable);
}

static ryft_error *load_found(const wish *w, const ryft_found_plugins *found, ryft_plugin **out) {
  ryft_error *first = NULL;
  for (size_t i = 0; i < found->count; ++i) {
    if (try_load(w, found->items[i]->path, /* search= */ false, out, &first)) goto loaded;
  }
  if (try_load(w, w->platform->soname, /* search= */ true, out, &first)) goto loaded;
  return first != NULL ? first : nothing_found(w);
loaded:
  ryft_error_destroy(first);
  return NULL;
}

static ryft_error *load_named(const char *name,
                              const ryft_plugin_options *options,
                              ryft_plugin **out,
                              const char *where) {
  ryft_plugin_options chosen;
  wish w = {.where = where};
  if (out == NULL) return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`out` is NULL");
  *out = NULL;
  RYFT_TRY(ryft__plugin_options_read(options, &chosen, where));
  RYFT_TRY(ryft__platform_find(name, &w.platform, where));
  w.minimum_minor = chosen.minimum_minor;
  if (chosen.path != NULL) {
    return ryft__plugin_load(chosen.path, /* search= */ false, chosen.minimum_minor, out, where);
  }
  RYFT_TRY(load_variable(&w, w.platform->variable, out));
  if (*out != NULL) return NULL;
  ryft_found_plugins found = {.items = NULL};
  ryft_error *error = ryft__discover(w.platform, &found, where);
  if (error == NULL) error = load_found(&w, &found, out);
  ryft__found_plugins_clear(&found);
  return error;
}

ryft_error *ryft_plugin_load_named(const char *name,
                                   const ryft_plugin_options *options,
                                   ryft_plugin **out) {
  return load_named(name, options, out, __func__);
}

ryft_error *ryft_plugin_load_cpu(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("cpu", options, out, __func__);
}

ryft_error *ryft_plugin_load_cuda12(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("cuda12", options, out, __func__);
}

ryft_error *ryft_plugin_load_cuda13(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("cuda13", options, out, __func__);
}

ryft_error *ryft_plugin_load_rocm7(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("rocm7", options, out, __func__);
}

ryft_error *ryft_plugin_load_tpu(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("tpu", options, out, __func__);
}

ryft_error *ryft_plugin_load_neuron(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("neuron", options, out, __func__);
}

ryft_error *ryft_plugin_load_metal(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("metal", options, out, __func__);
}

ryft_error *ryft_plugin_load_oneapi(const ryft_plugin_options *options, ryft_plugin **out) {
  return load_named("oneapi", options, out, __func__);
}
