/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/staging.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/temporary.h"

#define PREFIX ".install-"

/* An open descriptor that holds the lock, or -1. */
static int lock_directory(const char *path, int operation) {
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory < 0 || flock(directory, operation) == 0) return directory;
  close(directory);
  return -1;
}

/* Whoever works in a directory holds its lock: a free one is a leftover. */
static void remove_if_stale(const char *path) {
  int lock = lock_directory(path, LOCK_EX | LOCK_NB);
  if (lock >= 0) cli_staging_remove(path, lock);
}

static void remove_stale(const char *parent) {
  DIR *listing = opendir(parent);
  if (listing == NULL) return;
  for (struct dirent *item; (item = readdir(listing)) != NULL;) {
    char *path = NULL;
    if (strncmp(item->d_name, PREFIX, strlen(PREFIX)) != 0) continue;
    if (asprintf(&path, "%s/%s", parent, item->d_name) < 0) continue;
    remove_if_stale(path);
    free(path);
  }
  closedir(listing);
}

static char *new_name(const char *parent) {
  uint64_t number = 0;
  char *path = NULL;
  (void)!getrandom(&number, sizeof number, 0);
  number ^= (uint64_t)getpid();
  return asprintf(&path, "%s/" PREFIX "%016" PRIx64, parent, number) < 0 ? NULL : path;
}

int cli_staging_make(const cli_context *context,
                     const char *parent,
                     char **out_path,
                     int *out_lock) {
  *out_lock = -1;
  *out_path = new_name(parent);
  if (*out_path == NULL) return cli_fail_memory(context);
  /* Held while ours is made, so that no other install meets it before it is locked. */
  int guard = lock_directory(parent, LOCK_EX);
  if (guard >= 0) remove_stale(parent);
  cli_temporary(*out_path);
  int status = CLI_OK;
  if (mkdir(*out_path, 0700) == 0) {
    *out_lock = lock_directory(*out_path, LOCK_EX | LOCK_NB);
  } else {
    status = cli_fail_system(context, "make", *out_path);
  }
  if (guard >= 0) close(guard);
  return status;
}

void cli_staging_remove(const char *path, int lock) {
  cli_remove_tree(path);
  if (lock >= 0) close(lock);
}
