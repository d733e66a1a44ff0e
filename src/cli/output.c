/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A file that does not exist yet: its directory must, and take it. */
static int prepare_new(const cli_context *context, cli_output *out) {
  struct stat link;
  if (lstat(out->name, &link) == 0) return CLI_OK; /* a link to nowhere is written through */
  char *directory = directory_of(out->name);
  if (directory == NULL) return cli_fail_memory(context);
  const int denied = access(directory, W_OK | X_OK) == 0 ? 0 : errno;
  free(directory);
  if (denied != 0) return fail_write(context, out->name, denied);
  out->target = strdup(out->name);
  return out->target == NULL ? cli_fail_memory(context) : CLI_OK;
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
  *out = (cli_output){.name = name};
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

static int write_temporary(const cli_context *context, cli_output *output, size_t number) {
  output->temporary = temporary_name(output, number);
  if (output->temporary == NULL) return cli_fail_memory(context);
  cli_temporary(output->temporary);
  int file = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return fail_write(context, output->name, errno);
  ryft_error *error = ryft_npy_write(output->array, write_descriptor, &file);
  int failed = 0;
  /* Not every file system keeps permissions or can sync; a complete file is worth having all the
   * same. */
  if (error == NULL && output->mode != 0) (void)fchmod(file, (mode_t)output->mode);
  if (error == NULL && fsync(file) != 0 && errno == EIO) failed = errno;
  if (close(file) != 0 && failed == 0) failed = errno;
  if (error != NULL) return fail_array(context, output, error);
  return failed == 0 ? CLI_OK : fail_write(context, output->name, failed);
}

static int write_through(const cli_context *context, const cli_output *output) {
  if (strcmp(output->name, "-") == 0) {
    ryft_error *error = ryft_npy_write(output->array, write_stream, context->out);
    return error == NULL ? CLI_OK : fail_array(context, output, error);
  }
  int file = open(output->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
  if (file < 0) return fail_write(context, output->name, errno);
  ryft_error *error = ryft_npy_write(output->array, write_descriptor, &file);
  const int failed = close(file) == 0 ? 0 : errno;
  if (error != NULL) return fail_array(context, output, error);
  return failed == 0 ? CLI_OK : fail_write(context, output->name, failed);
}

static int put_in_place(const cli_context *context, cli_output *output) {
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
  if (output->temporary != NULL) {
    (void)unlink(output->temporary);
    cli_temporary_done(output->temporary);
  }
  free(output->temporary);
  free(output->target);
  *output = (cli_output){.name = NULL};
}
