/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/discover.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ryft/catalogue.h"
#include "ryft/found_plugins.h"
#include "ryft/host_memory.h"
#include "src/base/alloc.h"
#include "src/base/environment.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/base/require.h"
#include "src/base/text.h"
#include "src/base/unconst.h"

typedef struct search {
  const ryft__platform *platform;
  ryft_found_plugins *found;
  const char *where;
} search;

/* Visits one entry of a directory. */
typedef ryft_error *(*visit)(const search *s, const char *path);

void ryft__discover_log(const ryft__platform *platform, const char *format, ...) {
  char line[1024];
  va_list arguments;
  if (!ryft__log_has("discover")) return;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  (void)fprintf(stderr, "ryft: discover: %s: %s\n", platform->name, line);
}

/* ---- The list. */

/* An item and its texts: one block, so that one call frees it. */
typedef struct item_block {
  ryft_found_plugin item;
  char texts[];
} item_block;

void ryft__found_plugins_clear(ryft_found_plugins *found) {
  for (size_t i = 0; i < found->count; ++i) ryft__free(ryft__unconst(found->items[i]));
  ryft__free(found->items);
  *found = (ryft_found_plugins){.items = NULL};
}

static bool listed(const search *s, const char *path) {
  for (size_t i = 0; i < s->found->count; ++i) {
    const ryft_found_plugin *item = s->found->items[i];
    if (strcmp(item->path, path) == 0 && strcmp(item->name, s->platform->name) == 0) return true;
  }
  return false;
}

static ryft_error *reserve(ryft_found_plugins *found) {
  if (found->count < found->capacity) return NULL;
  const size_t capacity = found->capacity == 0 ? 8 : found->capacity * 2;
  const ryft_found_plugin **items = ryft__realloc(found->items, capacity * sizeof *items);
  RYFT__TRY_ALLOC(items);
  found->items = items;
  found->capacity = capacity;
  return NULL;
}

static ryft_error *add(const search *s, ryft_found_plugin item) {
  if (listed(s, item.path)) return NULL;
  ryft__discover_log(s->platform, "%s: found (%s)", item.path, item.source);
  RYFT_TRY(reserve(s->found));
  const size_t path_size = strlen(item.path) + 1, version_size = strlen(item.version) + 1;
  item_block *block = ryft__alloc(sizeof *block + path_size + version_size);
  RYFT__TRY_ALLOC(block);
  block->item = item;
  block->item.name = s->platform->name;
  block->item.path = memcpy(block->texts, item.path, path_size);
  block->item.version = memcpy(block->texts + path_size, item.version, version_size);
  s->found->items[s->found->count++] = &block->item;
  return NULL;
}

static bool is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Adds a file that must be there to count. */
static ryft_error *add_file(const search *s, const char *path, const char *source) {
  struct stat status;
  if (stat(path, &status) != 0) {
    ryft__discover_log(s->platform, "%s: there is no such file", path);
    return NULL;
  }
  if (!S_ISREG(status.st_mode)) {
    ryft__discover_log(s->platform, "%s: no regular file", path);
    return NULL;
  }
  return add(s,
             (ryft_found_plugin){.path = path, .version = "", .source = source, .pjrt_minor = -1});
}

/* ---- Directories. */

static int newest_first(const struct dirent **left, const struct dirent **right) {
  return versionsort(right, left);
}

static int no_dots(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

/* Visits what `directory` holds, names with higher numbers first. One that cannot be read is
 * logged. */
static ryft_error *walk(const search *s, const char *directory, visit each) {
  struct dirent **entries = NULL;
  ryft_error *error = NULL;
  const int count = scandir(directory, &entries, no_dots, newest_first);
  if (count < 0) {
    ryft__discover_log(
        s->platform, "%s: there is no such directory, or it cannot be read", directory);
    return NULL;
  }
  for (int i = 0; i < count; ++i) {
    if (error == NULL) {
      ryft__text path = {.data = NULL};
      ryft__text_format(&path, "%s/%s", directory, entries[i]->d_name);
      error = path.failed ? ryft__out_of_memory() : each(s, path.data);
      ryft__text_free(&path);
    }
    free(entries[i]); /* tidy: allow banned-calls: scandir's, not the hook's */
  }
  free(entries); /* tidy: allow banned-calls: scandir's too */
  return error;
}

/* ---- Places, in order. */

static ryft_error *from_variable(const search *s, const char *name) {
  if (name == NULL) return NULL;
  const char *path = ryft__variable(name);
  if (path == NULL) {
    ryft__discover_log(s->platform, "%s is not set", name);
    return NULL;
  }
  return add_file(s, path, "environment");
}

/* Files in directories are taken by their names. */
static ryft_error *add_by_name(const search *s, const char *path, const char *source) {
  if (ryft__platform_owns(s->platform, path)) return add_file(s, path, source);
  ryft__discover_log(s->platform, "%s: not a plugin for %s, by its name", path, s->platform->name);
  return NULL;
}

static ryft_error *visit_path_file(const search *s, const char *path) {
  return add_by_name(s, path, "path");
}

/* A file that is listed itself counts whatever its name is: who lists it knows what it is. */
static ryft_error *add_place(const search *s, const char *place) {
  return is_directory(place) ? walk(s, place, visit_path_file) : add_file(s, place, "path");
}

static ryft_error *from_list(const search *s) {
  const char *list = ryft__variable("RYFT_PLUGIN_PATH");
  ryft_error *error = NULL;
  if (list == NULL) ryft__discover_log(s->platform, "RYFT_PLUGIN_PATH is not set");
  while (list != NULL && *list != '\0' && error == NULL) {
    const size_t size = strcspn(list, ":");
    char *place = ryft__copy_text(list, size);
    if (place == NULL) return ryft__out_of_memory();
    if (size != 0) error = add_place(s, place);
    ryft__free(place);
    list += size + (list[size] == ':');
  }
  return error;
}

static ryft_error *add_installed(const search *s,
                                 const ryft_catalogue_entry *entry,
                                 const char *directory) {
  const char *slash = strrchr(entry->library, '/');
  ryft__text path = {.data = NULL};
  struct stat status;
  ryft_error *error = NULL;
  ryft__text_format(&path, "%s/%s", directory, slash == NULL ? entry->library : slash + 1);
  if (path.failed) {
    error = ryft__out_of_memory();
  } else if (stat(path.data, &status) != 0) {
    ryft__discover_log(s->platform, "%s: not installed", path.data);
  } else {
    error = add(s,
                (ryft_found_plugin){.path = path.data,
                                    .version = entry->version,
                                    .source = "installed",
                                    .pjrt_minor = entry->pjrt_minor});
  }
  ryft__text_free(&path);
  return error;
}

static ryft_error *from_installed(const search *s) {
  size_t count = 0;
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  for (size_t i = 0; i < count; ++i) {
    char *directory = NULL;
    if (strcmp(entries[i]->name, s->platform->name) != 0) continue;
    ryft_error *error =
        ryft__error_stamp(ryft_catalogue_directory(entries[i], &directory), s->where);
    if (ryft_error_code(error) == RYFT_FAILED_PRECONDITION) {
      ryft__discover_log(s->platform, "%s", ryft_error_message(error));
      ryft_error_destroy(error);
      return NULL;
    }
    if (error == NULL) error = add_installed(s, entries[i], directory);
    ryft_host_free(directory);
    if (error != NULL) return error;
  }
  return NULL;
}

/* ---- Python installations. */

static ryft_error *visit_python_file(const search *s, const char *path) {
  return add_by_name(s, path, "python");
}

static ryft_error *visit_jax_plugin(const search *s, const char *path) {
  return is_directory(path) ? walk(s, path, visit_python_file) : NULL;
}

static ryft_error *add_vendor_library(const search *s, const char *packages, const char *library) {
  ryft__text path = {.data = NULL};
  if (library == NULL) return NULL;
  ryft__text_format(&path, "%s/%s", packages, library);
  ryft_error *error = path.failed ? ryft__out_of_memory() : add_file(s, path.data, "python");
  ryft__text_free(&path);
  return error;
}

static ryft_error *visit_packages(const search *s, const char *packages) {
  size_t count = 0;
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  ryft__text plugins = {.data = NULL};
  if (!is_directory(packages)) return NULL;
  ryft__text_format(&plugins, "%s/jax_plugins", packages);
  ryft_error *error =
      plugins.failed ? ryft__out_of_memory() : walk(s, plugins.data, visit_jax_plugin);
  ryft__text_free(&plugins);
  for (size_t i = 0; i < count && error == NULL; ++i) {
    if (strcmp(entries[i]->name, s->platform->name) != 0) continue;
    error = add_vendor_library(s, packages, entries[i]->library);
  }
  if (error == NULL) error = add_vendor_library(s, packages, s->platform->vendor_library);
  return error;
}

static ryft_error *visit_packages_below(const search *s, const char *directory, const char *name) {
  ryft__text path = {.data = NULL};
  ryft__text_format(&path, "%s/%s", directory, name);
  ryft_error *error = path.failed ? ryft__out_of_memory() : visit_packages(s, path.data);
  ryft__text_free(&path);
  return error;
}

static ryft_error *visit_python(const search *s, const char *path) {
  const char *slash = strrchr(path, '/');
  if (strncmp(slash + 1, "python3", strlen("python3")) != 0) return NULL;
  RYFT_TRY(visit_packages_below(s, path, "site-packages"));
  return visit_packages_below(s, path, "dist-packages");
}

static ryft_error *from_prefix(const search *s, const char *prefix, const char *below) {
  ryft__text path = {.data = NULL};
  ryft__text_format(&path, "%s%s", prefix, below);
  ryft_error *error = path.failed ? ryft__out_of_memory() : walk(s, path.data, visit_python);
  ryft__text_free(&path);
  return error;
}

static ryft_error *from_prefix_variable(const search *s, const char *name, const char *below) {
  const char *prefix = ryft__variable(name);
  if (prefix != NULL) return from_prefix(s, prefix, below);
  ryft__discover_log(s->platform, "%s is not set", name);
  return NULL;
}

static ryft_error *from_python(const search *s) {
  RYFT_TRY(from_prefix_variable(s, "VIRTUAL_ENV", "/lib"));
  RYFT_TRY(from_prefix_variable(s, "CONDA_PREFIX", "/lib"));
  RYFT_TRY(from_prefix_variable(s, "HOME", "/.local/lib"));
  RYFT_TRY(from_prefix(s, "/usr/local", "/lib"));
  return from_prefix(s, "/usr", "/lib");
}

ryft_error *ryft__discover(const ryft__platform *platform,
                           ryft_found_plugins *found,
                           const char *where) {
  const search s = {platform, found, where};
  RYFT_TRY(from_variable(&s, platform->variable));
  RYFT_TRY(from_list(&s));
  RYFT_TRY(from_variable(&s, platform->vendor_variable));
  RYFT_TRY(from_installed(&s));
  return from_python(&s);
}

/* ---- The public list. */

static ryft_error *discover_all(ryft_found_plugins *found, const char *where) {
  size_t count = 0;
  const ryft__platform *platforms = ryft__platforms(&count);
  for (size_t i = 0; i < count; ++i) RYFT_TRY(ryft__discover(&platforms[i], found, where));
  return NULL;
}

ryft_error *ryft_plugins_find(const char *name, ryft_found_plugins **out) {
  const ryft__platform *platform = NULL;
  RYFT__REQUIRE(out);
  *out = NULL;
  if (name != NULL) RYFT_TRY(ryft__platform_find(name, &platform, __func__));
  ryft_found_plugins *found = ryft__alloc_zero(sizeof *found);
  RYFT__TRY_ALLOC(found);
  ryft__object_born(RYFT__LIVE_FOUND_PLUGINS);
  ryft_error *error =
      platform == NULL ? discover_all(found, __func__) : ryft__discover(platform, found, __func__);
  if (error != NULL) {
    ryft_found_plugins_destroy(found);
    return error;
  }
  *out = found;
  return NULL;
}

const ryft_found_plugin *const *ryft_found_plugins_items(const ryft_found_plugins *found,
                                                         size_t *out_count) {
  if (out_count != NULL) *out_count = found == NULL ? 0 : found->count;
  return found == NULL ? NULL : found->items;
}

void ryft_found_plugins_destroy(ryft_found_plugins *found) {
  if (found == NULL) return;
  ryft__found_plugins_clear(found);
  ryft__free(found);
  ryft__object_gone(RYFT__LIVE_FOUND_PLUGINS);
}
