/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ryft plugin install: fetches a build of the catalogue into the user's data directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/cli.h"
#include "src/cli/install_record.h"
#include "src/cli/nearest.h"
#include "src/cli/plugin_entry.h"
#include "src/cli/report.h"
#include "src/cli/staging.h"
#include "src/cli/wheel.h"

const char ryft_cli_plugin_install_help[] =
    "ryft plugin install NAME [--version V] [--force] [--json]\n"
    "\n"
    "Fetches a plugin, such as cpu, with pip, and keeps its library in $XDG_DATA_HOME/ryft/plugins "
    "(default\n"
    "~/.local/share/ryft/plugins). Every wheel's sha256 is checked. `ryft plugin list` shows what "
    "there is.\n"
    "\n"
    "  --version V          the wheel's version (default: the one with the newest PJRT API); "
    "several can be\n"
    "                       installed side by side\n"
    "  --force              install anew what is installed already: the library may be damaged\n"
    "  --json               print JSON\n"
    "  --timeout SECONDS    give up after that long (exit status 5)\n"
    "  --verbose            show what pip prints\n"
    "  --quiet              print nothing but errors\n"
    "\n"
    "RYFT_WHEELHOUSE=DIR takes the wheel from a directory, without the network, where it is there; "
    "else pip's own\n"
    "configuration says which index is asked. RYFT_PYTHON names the Python to use (default: "
    "python3).\n";

/* Where things go. */
typedef struct places {
  char *directory; /* DATA/ryft/plugins/NAME/VERSION, from the library */
  char *parent;
  char *target; /* the library in the directory */
  char *record; /* beside it */
} places;

static void free_places(places *where) {
  ryft_host_free(where->directory);
  free(where->parent);
  free(where->target);
  free(where->record);
}

/* directory/name; NULL when memory is out. The caller frees it. */
static char *join(const char *directory, const char *name) {
  char *path = NULL;
  return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

static int find_places(const cli_context *context,
                       const ryft_catalogue_entry *entry,
                       places *where) {
  ryft_error *error = ryft_catalogue_directory(entry, &where->directory);
  if (error != NULL) return cli_fail_library(context, error);
  const char *slash = strrchr(entry->library, '/');
  const char *end = strrchr(where->directory, '/');
  where->target = join(where->directory, slash == NULL ? entry->library : slash + 1);
  where->record = join(where->directory, "installed");
  where->parent = strndup(where->directory, end == NULL ? 0 : (size_t)(end - where->directory));
  const bool good = where->target != NULL && where->record != NULL && where->parent != NULL;
  return good ? CLI_OK : cli_fail_memory(context);
}

/* The directory and all above it. */
static int make_directories(const cli_context *context, char *path) {
  for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    bool good = mkdir(path, 0777) == 0 || errno == EEXIST;
    int status = good ? CLI_OK : cli_fail_system(context, "make", path);
    *slash = '/';
    if (!good) return status;
  }
  if (mkdir(path, 0777) == 0 || errno == EEXIST) return CLI_OK;
  return cli_fail_system(context, "make", path);
}

static int flush_file(const cli_context *context, const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  int status = CLI_OK;
  if (file < 0 || fsync(file) != 0) status = cli_fail_system(context, "write", path);
  if (file >= 0) close(file);
  return status;
}

static int move(const cli_context *context, const char *from, const char *to) {
  return rename(from, to) == 0 ? CLI_OK : cli_fail_system(context, "make", to);
}

/* The bytes reach the disk before the name does, so that a power cut leaves no half library. The
 * record goes first: a damaged library then stays one that does not fit it. */
static int move_into_place(const cli_context *context,
                           const places *where,
                           const char *library,
                           const char *record) {
  int status = flush_file(context, library);
  if (status == CLI_OK) status = cli_install_record_write(context, library, record);
  if (status == CLI_OK) status = make_directories(context, where->directory);
  if (status == CLI_OK) status = move(context, record, where->record);
  if (status == CLI_OK) status = move(context, library, where->target);
  return status;
}

static int fetch_into(const cli_context *context,
                      const ryft_catalogue_entry *entry,
                      const places *where,
                      const char *staging) {
  char *library = join(staging, "library"), *record = join(staging, "installed");
  int status = CLI_OK;
  if (library == NULL || record == NULL) status = cli_fail_memory(context);
  if (status == CLI_OK) status = cli_wheel_fetch(context, entry, staging);
  cli_phase("installing the library");
  if (status == CLI_OK) status = move_into_place(context, where, library, record);
  free(library);
  free(record);
  return status;
}

static int fetch(const cli_context *context,
                 const ryft_catalogue_entry *entry,
                 const places *where) {
  char *staging = NULL;
  int lock = -1;
  int status = make_directories(context, where->parent);
  if (status != CLI_OK) return status;
  status = cli_staging_make(context, where->parent, &staging, &lock);
  if (status == CLI_OK) {
    status = fetch_into(context, entry, where, staging);
    cli_staging_remove(staging, lock);
    cli_temporary_done(staging);
  }
  free(staging);
  return status;
}

static int report(const cli_context *context,
                  const ryft_catalogue_entry *entry,
                  const char *path,
                  bool already) {
  if (context->json) {
    return cli_print_json(
        context,
        cli_plugin_entry(entry->name, entry->version, entry->pjrt_minor, path, "installed"));
  }
  if (context->quiet) return CLI_OK;
  fprintf(context->out,
          "%s %s (PJRT API 0.%d) %s: %s\n",
          entry->name,
          entry->version,
          entry->pjrt_minor,
          already ? "is already installed" : "installed",
          path);
  return CLI_OK;
}

typedef struct request {
  const ryft_catalogue_entry *entry;
  bool force; /* also when it is there already */
} request;

static int work(cli_context *context, void *data) {
  const request *wanted = data;
  const ryft_catalogue_entry *entry = wanted->entry;
  places where = {0};
  int status = find_places(context, entry, &where);
  if (status == CLI_OK) {
    const bool already = !wanted->force && cli_install_record_fits(where.target, where.record);
    if (!already) {
      if (!context->quiet && !context->json && isatty(fileno(context->err))) {
        fprintf(context->err,
                "fetching %s %s, %.0f MB\n",
                entry->package,
                entry->version,
                (double)entry->wheel_bytes / 1e6);
      }
      status = fetch(context, entry, &where);
    }
    if (status == CLI_OK) status = report(context, entry, where.target, already);
  }
  free_places(&where);
  return status;
}

/* "0.11.2, 2026.6.23, ..."; the caller frees it. */
static char *versions_of(const char *name) {
  char *text = NULL;
  size_t size = 0, count = 0;
  FILE *file = open_memstream(&text, &size);
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  if (file == NULL) return NULL;
  const char *gap = "";
  for (size_t i = 0; i < count; ++i) {
    if (strcmp(entries[i]->name, name) != 0) continue;
    fprintf(file, "%s%s", gap, entries[i]->version);
    gap = ", ";
  }
  fclose(file);
  return text;
}

static int unknown_build(const cli_context *context, const char *name, const char *version) {
  char *versions = versions_of(name);
  if (versions == NULL) return cli_fail_memory(context);
  int status;
  if (*versions != '\0') {
    status = cli_fail_usage(
        context, "the catalogue has no build %s of %s; it has %s", version, name, versions);
  } else {
    cli_nearest nearest = cli_nearest_to(name, strlen(name));
    size_t count = 0;
    const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
    for (size_t i = 0; i < count; ++i) cli_nearest_offer(&nearest, entries[i]->name);
    const char *hint = cli_nearest_best(&nearest);
    status =
        cli_fail_usage(context,
                       "the catalogue has no build of %s; %s%s%s",
                       name,
                       hint == NULL ? "see ryft plugin list, or give the library's path to --plugin"
                                    : "did you mean ",
                       hint == NULL ? "" : hint,
                       hint == NULL ? "" : "?");
  }
  free(versions);
  return status;
}

static const ryft_catalogue_entry *choose(const char *name, const char *version) {
  size_t count = 0;
  const ryft_catalogue_entry *const *entries = ryft_catalogue(&count);
  for (size_t i = 0; i < count; ++i) {
    bool same = strcmp(entries[i]->name, name) == 0 &&
                (version == NULL || strcmp(entries[i]->version, version) == 0);
    if (same) return entries[i]; /* the newest comes first */
  }
  return NULL;
}

int ryft_cli_plugin_install(cli_context *context, int argc, char **argv) {
  enum { INSTALL_VERSION, INSTALL_FORCE };
  static const cli_option OPTIONS[] = {{"version", INSTALL_VERSION, true},
                                       {"force", INSTALL_FORCE, false},
                                       CLI_OPTIONS_COMMON,
                                       {NULL, 0, false}};
  cli_arguments arguments = {.context = context, .options = OPTIONS, .argc = argc, .argv = argv};
  const char *name = NULL, *version = NULL;
  request wanted = {.force = false};
  for (int found; (found = cli_arguments_next(&arguments)) != CLI_END;) {
    if (found == CLI_STOP) return arguments.status;
    if (found == INSTALL_VERSION) {
      version = arguments.value;
    } else if (found == INSTALL_FORCE) {
      wanted.force = true;
    } else {
      if (name != NULL) return cli_arguments_refuse(&arguments);
      name = arguments.value;
    }
  }
  if (name == NULL) return cli_fail_usage(context, "which plugin? Give a name such as cpu");
  wanted.entry = choose(name, version);
  if (wanted.entry == NULL) return unknown_build(context, name, version);
  context->subject = "the installer";
  return cli_supervise(context, work, &wanted);
}
