/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each keeps a descriptor until all are written. */
enum { MOST_UNNAMED = 256 };

static int fail_write(const cli_context *context, const char *name, int number) {
  const ryft_code code = number == EACCES || number == EPERM ? RYFT_PERMISSION_DENIED
                         : number == ENOENT                  ? RYFT_NOT_FOUND
                                                             : RYFT_UNAVAILABLE;
  return cli_fail(
      context, CLI_USAGE, ryft_error_format(code, "cannot write %s: %s", name, strerror(number)));
}

/* The directory of `path`, which belongs to the caller. */
static char *directory_of(const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL) return strdup(".");
  return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* "DIRECTORY/NAME", which belongs to the caller. */
static char *joined(const char *directory, const char *name) {
  char *path = NULL;
  const bool rooted = strcmp(directory, "/") == 0;
  return asprintf(&path, "%s/%s", rooted ? "" : directory, name) < 0 ? NULL : path;
}

/* As many links as the kernel follows. */
enum { LINKS_MAX = 40 };

/* Where the link at `path` leads, or NULL: it is none, or memory is out. */
static char *follow_link(const char *path) {
  char leads[PATH_MAX];
  const ssize_t size = readlink(path, leads, sizeof leads - 1);
  if (size <= 0) return NULL;
  leads[size] = '\0';
  if (*leads == '/') return strdup(leads);
  char *directory = directory_of(path);
  char *out = directory == NULL ? NULL : joined(directory, leads);
  free(directory);
  return out;
}

/* The one name of a file that does not exist yet: its directory, without links, and its own name.
 * NULL with errno. */
static char *absent_name(const char *path) {
  char *at = strdup(path);
  for (int links = 0; at != NULL && links < LINKS_MAX; ++links) {
    char *next = follow_link(at);
    if (next == NULL) break;
    free(at);
    at = next;
  }
  char *directory = at == NULL ? NULL : directory_of(at);
  char *resolved = directory == NULL ? NULL : realpath(directory, NULL);
  const char *slash = at == NULL ? NULL : strrchr(at, '/');
  char *out = resolved == NULL ? NULL : joined(resolved, slash == NULL ? at : slash + 1);
  const int failed = errno;
  free(resolved);
  free(directory);
  free(at);
  errno = failed;
  return out;
}

/* A file that does not exist yet: its directory must, and take it. */
static int prepare_new(const cli_context *context, cli_output *out) {
  if (out->name[0] == '\0' || out->name[strlen(out->name) - 1] == '/') {
    return fail_write(context, out->name, ENOENT);
  }
  out->target = absent_name(out->name);
  if (out->target == NULL) return fail_write(context, out->name, errno);
  char *directory = directory_of(out->target);
  if (directory == NULL) return cli_fail_memory(context);
  const int denied = access(directory, W_OK | X_OK) == 0 ? 0 : errno;
  free(directory);
  return denied == 0 ? CLI_OK : fail_write(context, out->name, denied);
}

/* Replacing a file asks the directory, and would get around a file that must not be written. */
static int prepare_existing(const cli_context *context, cli_output *out, mode_t mode) {
  if (S_ISDIR(mode)) return fail_write(context, out->name, EISDIR);
  if (access(out->name, W_OK) != 0) return fail_write(context, out->name, errno);
  if (!S_ISREG(mode)) return CLI_OK;
  out->target = realpath(out->name, NULL);
  if (out->target == NULL) return fail_write(context, out->name, errno);
  out->mode = (unsigned)mode & 07777U;
  char *directory = directory_of(out->target);
  if (directory == NULL) return cli_fail_memory(context);
  const int denied = access(directory, W_OK | X_OK) == 0 ? 0 : errno;
  free(directory);
  return denied == 0 ? CLI_OK : fail_write(context, out->name, denied);
}

int cli_output_prepare(const cli_context *context, const char *name, cli_output *out) {
  *out = (cli_output){.name = name, .unnamed = -1};
  if (strcmp(name, "-") == 0) return CLI_OK;
  struct stat file;
  if (stat(name, &file) == 0) return prepare_existing(context, out, file.st_mode);
  if (errno != ENOENT) return fail_write(context, name, errno);
  return prepare_new(context, out);
}

bool cli_output_same(const cli_output *left, const cli_output *right) {
  return left->target != NULL && right->target != NULL && strcmp(left->target, right->target) == 0;
}

static ryft_error *write_descriptor(const void *data, size_t size, void *arg) {
  const char *bytes = data;
  while (size != 0) {
    const ssize_t done = write(*(const int *)arg, bytes, size);
    if (done < 0 && errno != EINTR) return ryft_error_create(RYFT_UNAVAILABLE, strerror(errno));
    if (done > 0) {
      bytes += done;
      size -= (size_t)done;
    }
  }
  return NULL;
}

/* A failure shows when the stream is flushed, at the latest. */
static ryft_error *write_stream(const void *data, size_t size, void *arg) {
  (void)fwrite(data, 1, size, arg);
  return NULL;
}

static int fail_array(const cli_context *context, const cli_output *output, ryft_error *error) {
  const int status = cli_fail(
      context,
      CLI_USAGE,
      ryft_error_format(
          ryft_error_code(error), "cannot write %s: %s", output->name, ryft_error_message(error)));
  ryft_error_destroy(error);
  return status;
}

/* In the target's own directory, since only there renaming is sure to work; hidden while it is not
 * complete. */
static char *temporary_name(const cli_output *output, size_t number) {
  char *directory = directory_of(output->target);
  char *name = NULL;
  if (directory == NULL ||
      asprintf(&name, "%s/.ryft-%ld-%zu.tmp", directory, (long)getpid(), number) < 0) {
    name = NULL;
  }
  free(directory);
  return name;
}

/* A file in the target's directory without a name, which goes away with this process whatever ends
 * it; below 0 where the file system has none. */
static int open_unnamed(const cli_output *output, size_t number) {
  if (number >= MOST_UNNAMED || access("/proc/self/fd", X_OK) != 0) return -1;
  char *directory = directory_of(output->target);
  if (directory == NULL) return -1;
  const int file = open(directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  free(directory);
  return file;
}

/* Gives what has no name its temporary one. */
static int name_unnamed(const cli_context *context, cli_output *output) {
  char place[64];
  (void)snprintf(place, sizeof place, "/proc/self/fd/%d", output->unnamed);
  cli_temporary(output->temporary);
  const bool linked = linkat(AT_FDCWD, place, AT_FDCWD, output->temporary, AT_SYMLINK_FOLLOW) == 0;
  int failed = linked ? 0 : errno;
  if (close(output->unnamed) != 0 && failed == 0) failed = errno;
  output->unnamed = -1;
  return failed == 0 ? CLI_OK : fail_write(context, output->name, failed);
}

static int write_temporary(const cli_context *context, cli_output *output, size_t number) {
  output->temporary = temporary_name(output, number);
  if (output->temporary == NULL) return cli_fail_memory(context);
  int file = output->unnamed = open_unnamed(output, number);
  if (file < 0) {
    cli_temporary(output->temporary);
    file = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  }
  if (file < 0) return fail_write(context, output->name, errno);
  ryft_error *error = ryft_npy_write(&output->array, write_descriptor, &file);
  int failed = 0;
  /* Not every file system keeps permissions or can sync; a complete file is worth having all the
   * same. */
  if (error == NULL && output->mode != 0) (void)fchmod(file, (mode_t)output->mode);
  if (error == NULL && fsync(file) != 0 && errno == EIO) failed = errno;
  if (output->unnamed < 0 && close(file) != 0 && failed == 0) failed = errno;
  if (error != NULL) return fail_array(context, output, error);
  return failed == 0 ? CLI_OK : fail_write(context, output->name, failed);
}

static int write_through(const cli_context *context, const cli_output *output) {
  if (strcmp(output->name, "-") == 0) {
    ryft_error *error = ryft_npy_write(&output->array, write_stream, context->out);
    return error == NULL ? CLI_OK : fail_array(context, output, error);
  }
  int file = open(output->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
  if (file < 0) return fail_write(context, output->name, errno);
  ryft_error *error = ryft_npy_write(&output->array, write_descriptor, &file);
  const int failed = close(file) == 0 ? 0 : errno;
  if (error != NULL) return fail_array(context, output, error);
  return failed == 0 ? CLI_OK : fail_write(context, output->name, failed);
}

static int put_in_place(const cli_context *context, cli_output *output) {
  const int status = output->unnamed < 0 ? CLI_OK : name_unnamed(context, output);
  if (status != CLI_OK) return status;
  if (rename(output->temporary, output->target) != 0) {
    return fail_write(context, output->name, errno);
  }
  cli_temporary_done(output->temporary);
  free(output->temporary);
  output->temporary = NULL;
  return CLI_OK;
}

int cli_outputs_write(const cli_context *context, cli_output *outputs, size_t count) {
  int status = CLI_OK;
  for (size_t i = 0; i < count && status == CLI_OK; ++i) {
    if (outputs[i].target != NULL) status = write_temporary(context, &outputs[i], i);
  }
  for (size_t i = 0; i < count && status == CLI_OK; ++i) {
    if (outputs[i].target == NULL) status = write_through(context, &outputs[i]);
  }
  for (size_t i = 0; i < count && status == CLI_OK; ++i) {
    if (outputs[i].target != NULL) status = put_in_place(context, &outputs[i]);
  }
  return status;
}

void cli_output_free(cli_output *output) {
  if (output->unnamed >= 0) (void)close(output->unnamed);
  if (output->temporary != NULL) {
    (void)unlink(output->temporary);
    cli_temporary_done(output->temporary);
  }
  free(output->temporary);
  free(output->target);
  *output = (cli_output){.unnamed = -1};
}
