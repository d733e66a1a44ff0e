/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/plugin.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/named_value.h"
#include "src/core/optional.h"

enum { MIB = 1 << 20 };

typedef const PJRT_Api *(*get_api)(void);

/* Every plugin of the process, newest first. The lock also makes loading one thing at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ryft_plugin *plugins;

/* A fork's child would be left with half a plugin, and the lock. */
static ryft_error *lock_plugins(const char *where) {
  ryft__watch_forks();
  ryft_error *error = ryft__lock(&lock, where);
  if (error != NULL) ryft__unwatch_forks();
  return error;
}

static void unlock_plugins(void) {
  ryft__unlock(&lock);
  ryft__unwatch_forks();
}

/* ---- Opening the library. */

static ryft_error *check_regular(const char *path, const char *where) {
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "%s is %s; give the path of the plugin's shared library",
                       path,
                       S_ISDIR(status.st_mode) ? "a directory" : "no regular file");
  }
  return NULL;
}

/* `out` has room for PATH_MAX bytes. */
static ryft_error *canonical_path(const char *path, char *out, const char *where) {
  if (realpath(path, out) != NULL) return check_regular(out, where);
  if (errno == ENOENT || errno == ENOTDIR) {
    return ryft__error(RYFT_NOT_FOUND, where, NULL, "there is no file %s", path);
  }
  char text[128];
  const char *reason = strerror_r(errno, text, sizeof text);
  return ryft__error(
      RYFT_FAILED_PRECONDITION, where, NULL, "%s cannot be reached: %s", path, reason);
}

/* The limit on this process's memory that a mapping ran into, in MiB; 0 when there is none. The
 * loader says no more than that a segment could not be mapped, as for a damaged file. */
static unsigned long long memory_limit_mib(const char *reason) {
  static const int LIMITS[] = {RLIMIT_AS, RLIMIT_DATA};
  struct rlimit limit;
  rlim_t least = RLIM_INFINITY;
  const bool no_room = strstr(reason, "failed to map segment") != NULL ||
                       strstr(reason, "annot allocate memory") != NULL;
  if (!no_room || strstr(reason, "not permitted") != NULL) return 0;
  for (size_t i = 0; i < RYFT__COUNT(LIMITS); ++i) {
    if (getrlimit((__rlimit_resource_t)LIMITS[i], &limit) == 0 && limit.rlim_cur < least) {
      least = limit.rlim_cur;
    }
  }
  return least == RLIM_INFINITY ? 0 : (unsigned long long)(least / MIB) + (least % MIB != 0);
}

/* The loader's own words begin with the path, unless a dependency is what it could not find. */
static ryft_error *loader_error(const char *path, const char *where) {
  const char *reason = dlerror();
  if (reason == NULL) reason = "the dynamic loader does not say why";
  const size_t size = strlen(path);
  const bool about_path = strncmp(reason, path, size) == 0 && strncmp(reason + size, ": ", 2) == 0;
  if (about_path) reason += size + 2;
  const bool absent = about_path && strchr(path, '/') == NULL;
  const unsigned long long limit = memory_limit_mib(reason);
  if (limit != 0) {
    return ryft__error(
        RYFT_RESOURCE_EXHAUSTED,
        where,
        NULL,
        "cannot load %s: this process is limited to %llu MiB of memory, which leaves "
        "no room for the library; raise the limit (ulimit -v, ulimit -d)",
        path,
        limit);
  }
  return ryft__error(absent ? RYFT_NOT_FOUND : RYFT_FAILED_PRECONDITION,
                     where,
                     NULL,
                     "cannot load %s: %s",
                     path,
                     reason);
}

/* Never closed: plugins leave threads behind and do not come apart again. */
static ryft_error *open_library(const char *path, get_api *out, const char *where) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == NULL) return loader_error(path, where);
  void *symbol = dlsym(library, "GetPjrtApi");
  if (symbol == NULL) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "%s is no PJRT plugin: it exports no GetPjrtApi",
                       path);
  }
  memcpy(out, &symbol, sizeof *out);
  return NULL;
}

/* Where the loader found a library that was asked for by its bare name. */
static ryft_error *found_path(get_api function, char *out, const char *where) {
  void *symbol;
  Dl_info info;
  memcpy(&symbol, &function, sizeof symbol);
  if (dladdr(symbol, &info) == 0 || info.dli_fname == NULL) info.dli_fname = "";
  return canonical_path(info.dli_fname, out, where);
}

/* ---- One object per plugin. */

static ryft_plugin *find_path(const char *path) {
  ryft_plugin *plugin = plugins;
  while (plugin != NULL && strcmp(plugin->path, path) != 0) plugin = plugin->next;
  return plugin;
}

/* Hard links and attached plugins: the table is what makes a plugin the same. */
static ryft_plugin *find_table(const PJRT_Api *api) {
  ryft_plugin *plugin = plugins;
  while (plugin != NULL && plugin->table.original != api) plugin = plugin->next;
  return plugin;
}

static ryft_error *check_minimum(const ryft_plugin *plugin, int64_t minimum, const char *where) {
  if (plugin->table.minor >= minimum) return NULL;
  return ryft__error(RYFT_FAILED_PRECONDITION,
                     where,
                     NULL,
                     "%s speaks PJRT %d.%d; at least %d.%lld was asked for",
                     plugin->table.path_for_messages,
                     plugin->table.major,
                     plugin->table.minor,
                     PJRT_API_MAJOR,
                     (long long)minimum);
}

static void read_extensions(ryft_plugin *plugin) {
  ryft__extensions_read(&plugin->extensions, &plugin->table);
  for (size_t i = 0; i < plugin->extensions.count; ++i) {
    const ryft__extension *extension = &plugin->extensions.list[i];
    const char *name = ryft__extension_name(extension->type);
    plugin->extension_infos[i] = (ryft_extension_info){
        .type = extension->type,
        .name = name == NULL ? "unknown" : name,
        .size = extension->struct_size,
    };
    plugin->extension_list[i] = &plugin->extension_infos[i];
  }
}

/* Reads the table, and initialises the plugin when it will do. */
static ryft_error *fill(ryft_plugin *plugin,
                        const PJRT_Api *api,
                        int64_t minimum,
                        const char *where) {
  const char *origin = plugin->path[0] == '\0' ? "the attached plugin" : plugin->path;
  ryft__trace_start();
  RYFT_TRY(ryft__table_init(&plugin->table, api, origin, where));
  RYFT_TRY(check_minimum(plugin, minimum, where));
  (void)snprintf(plugin->version_text,
                 sizeof plugin->version_text,
                 "%d.%d",
                 plugin->table.major,
                 plugin->table.minor);
  read_extensions(plugin);
  PJRT_Plugin_Initialize_Args args = {0};
  return ryft__optional(ryft__PJRT_Plugin_Initialize(&plugin->table, &args, where));
}

static ryft_error *make(const PJRT_Api *api,
                        const char *path,
                        int64_t minimum,
                        ryft_plugin **out,
                        const char *where) {
  *out = NULL;
  ryft_plugin *plugin = ryft__alloc_zero(sizeof *plugin);
  RYFT__TRY_ALLOC(plugin);
  plugin->path = ryft__copy_text(path, strlen(path));
  ryft_error *error =
      plugin->path == NULL ? ryft__out_of_memory() : fill(plugin, api, minimum, where);
  if (error != NULL) {
    ryft__free(plugin->path);
    ryft__free(plugin);
    return error;
  }
  plugin->next = plugins;
  plugins = plugin;
  *out = plugin;
  return NULL;
}

/* What can fail after the plugin was initialised, so that a second try does not initialise it
 * again. */
static ryft_error *finish(ryft_plugin *plugin, const char *where) {
  if (plugin->ready) return NULL;
  PJRT_Plugin_Attributes_Args args = {0};
  RYFT_TRY(ryft__optional(ryft__PJRT_Plugin_Attributes(&plugin->table, &args, where)));
  RYFT_TRY(ryft__named_values_copy(args.attributes, args.num_attributes, &plugin->attributes));
  plugin->ready = true;
  return NULL;
}

static ryft_error *take(ryft_plugin *known,
                        const PJRT_Api *api,
                        const char *path,
                        int64_t minimum,
                        ryft_plugin **out,
                        const char *where) {
  ryft_plugin *plugin = known != NULL ? known : find_table(api);
  if (plugin == NULL) RYFT_TRY(make(api, path, minimum, &plugin, where));
  RYFT_TRY(check_minimum(plugin, minimum, where));
  RYFT_TRY(finish(plugin, where));
  *out = plugin;
  return NULL;
}

/* `path` has room for PATH_MAX bytes; `search` as in ryft__plugin_load. */
static ryft_error *load(const char *name,
                        bool search,
                        char *path,
                        int64_t minimum,
                        ryft_plugin **out,
                        const char *where) {
  get_api function = NULL;
  ryft_plugin *known = search ? NULL : find_path(path);
  if (known == NULL) {
    RYFT_TRY(open_library(search ? name : path, &function, where));
    if (search) RYFT_TRY(found_path(function, path, where));
  }
  return take(known, known == NULL ? function() : NULL, path, minimum, out, where);
}

ryft_error *ryft__plugin_load(const char *path,
                              bool search,
                              int64_t minimum_minor,
                              ryft_plugin **out,
                              const char *where) {
  char canonical[PATH_MAX];
  *out = NULL;
  RYFT_TRY(lock_plugins(where));
  ryft_error *error = search ? NULL : canonical_path(path, canonical, where);
  if (error == NULL) error = load(path, search, canonical, minimum_minor, out, where);
  unlock_plugins();
  return error;
}

ryft_error *ryft__plugin_options_read(const ryft_plugin_options *given,
                                      ryft_plugin_options *out,
                                      const char *where) {
  RYFT_TRY(ryft__read_sized(given, out, sizeof *out, "ryft_plugin_options", where));
  if (out->minimum_minor >= 0) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "ryft_plugin_options.minimum_minor is %lld, which is negative",
                     (long long)out->minimum_minor);
}

static ryft_error *read_options(const ryft_plugin_options *given,
                                ryft_plugin_options *out,
                                const char *where) {
  RYFT_TRY(ryft__plugin_options_read(given, out, where));
  if (out->path == NULL) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "ryft_plugin_options.path is for loading by name; leave it NULL here");
}

ryft_error *ryft_plugin_load(const char *path,
                             const ryft_plugin_options *options,
                             ryft_plugin **out) {
  ryft_plugin_options chosen;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(path);
  RYFT_TRY(read_options(options, &chosen, __func__));
  return ryft__plugin_load(path, /* search= */ false, chosen.minimum_minor, out, __func__);
}

ryft_error *ryft_plugin_attach(const PJRT_Api *api,
                               const ryft_plugin_options *options,
                               ryft_plugin **out) {
  ryft_plugin_options chosen;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(api);
  RYFT_TRY(read_options(options, &chosen, __func__));
  RYFT_TRY(lock_plugins(__func__));
  ryft_error *error =
      take(/* known= */ NULL, api, /* path= */ "", chosen.minimum_minor, out, __func__);
  unlock_plugins();
  return error;
}

/* All handles of a plugin are the same object, which stays. */
void ryft_plugin_destroy(ryft_plugin *plugin) {
  (void)plugin;
}

/* ---- What a plugin is. */

const char *ryft_plugin_path(const ryft_plugin *plugin) {
  return plugin == NULL ? "" : plugin->path;
}

int ryft_plugin_version_major(const ryft_plugin *plugin) {
  return plugin == NULL ? 0 : plugin->table.major;
}

int ryft_plugin_version_minor(const ryft_plugin *plugin) {
  return plugin == NULL ? 0 : plugin->table.minor;
}

const char *ryft_plugin_version_text(const ryft_plugin *plugin) {
  return plugin == NULL ? "" : plugin->version_text;
}

int ryft_pjrt_version(void) {
  return PJRT_API_MAJOR * 1000 + PJRT_API_MINOR;
}

ryft_named_values ryft_plugin_attributes(const ryft_plugin *plugin) {
  if (plugin == NULL) return (ryft_named_values){.items = NULL};
  return plugin->attributes;
}

static ryft_error *stablehlo_version(const ryft_plugin *plugin,
                                     const char *name,
                                     ryft_stablehlo_version *out,
                                     const char *where) {
  const ryft_named_value *value = ryft_named_values_find(plugin->attributes, name);
  if (value == NULL || value->type != RYFT_VALUE_INT64_LIST || value->count != 3) {
    return ryft__error(RYFT_NOT_FOUND, where, NULL, "the plugin does not say its %s", name);
  }
  *out =
      (ryft_stablehlo_version){value->as.integers[0], value->as.integers[1], value->as.integers[2]};
  return NULL;
}

ryft_error *ryft_plugin_stablehlo_versions(const ryft_plugin *plugin,
                                           ryft_stablehlo_version *out_minimum,
                                           ryft_stablehlo_version *out_current) {
  if (out_minimum != NULL) *out_minimum = (ryft_stablehlo_version){0};
  if (out_current != NULL) *out_current = (ryft_stablehlo_version){0};
  RYFT__REQUIRE(plugin);
  ryft_stablehlo_version minimum = {0}, current = {0};
  if (out_minimum != NULL) {
    RYFT_TRY(stablehlo_version(plugin, "stablehlo_minimum_version", &minimum, __func__));
  }
  if (out_current != NULL) {
    RYFT_TRY(stablehlo_version(plugin, "stablehlo_current_version", &current, __func__));
    *out_current = current;
  }
  if (out_minimum != NULL) *out_minimum = minimum;
  return NULL;
}

const ryft_extension_info *const *ryft_plugin_extensions(const ryft_plugin *plugin,
                                                         size_t *out_count) {
  if (out_count != NULL) *out_count = plugin == NULL ? 0 : plugin->extensions.count;
  return plugin == NULL ? NULL : plugin->extension_list;
}

size_t ryft_entry_point_count(void) {
  return RYFT__FN_CORE_COUNT;
}

const char *ryft_entry_point_name(size_t index) {
  return index < RYFT__FN_CORE_COUNT ? ryft__fn_name((int)index) : NULL;
}

bool ryft_plugin_has(const ryft_plugin *plugin, const char *name) {
  if (plugin == NULL || name == NULL) return false;
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    if (strcmp(ryft__fn_name(fn), name) == 0) return ryft__table_has(&plugin->table, fn);
  }
  return false;
}

const PJRT_Api *ryft_plugin_api(const ryft_plugin *plugin) {
  return plugin == NULL ? NULL : plugin->table.original;
}
