/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/orphans.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool has_children(void) {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* The parent of `pid`: the second field after the command's name, which may itself hold blanks and
 * brackets. */
static pid_t parent_of(pid_t pid) {
  char path[64], text[512];
  (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE *file = fopen(path, "re");
  if (file == NULL) return -1;
  size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = '\0';
  const char *bracket = strrchr(text, ')');
  if (bracket == NULL || strlen(bracket) < 5) return -1;
  return (pid_t)strtol(bracket + 4, NULL, 10);
}

/* Calls `visit` for every child of this process. */
static void each_child(void (*visit)(cli_orphans *orphans, pid_t pid), cli_orphans *orphans) {
  if (!has_children()) return; /* the usual case, and cheap */
  DIR *directory = opendir("/proc");
  if (directory == NULL) return;
  pid_t self = getpid();
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
    if (pid > 0 && parent_of(pid) == self) visit(orphans, pid);
  }
  closedir(directory);
}

static void remember(cli_orphans *orphans, pid_t pid) {
  pid_t *grown = realloc(orphans->strangers, (orphans->count + 1) * sizeof(*grown));
  if (grown == NULL) return;
  orphans->strangers = grown;
  orphans->strangers[orphans->count++] = pid;
}

static bool is_stranger(const cli_orphans *orphans, pid_t pid) {
  for (size_t i = 0; i < orphans->count; ++i) {
    if (orphans->strangers[i] == pid) return true;
  }
  return false;
}

static void kill_own(cli_orphans *orphans, pid_t pid) {
  if (is_stranger(orphans, pid)) return;
  (void)kill(pid, SIGKILL);
  orphans->killed = true;
}

static void reap(void) {
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
}

void cli_orphans_adopt(cli_orphans *orphans) {
  each_child(remember, orphans);
  (void)prctl(PR_SET_CHILD_SUBREAPER, 1L);
}

void cli_orphans_kill(cli_orphans *orphans) {
  /* Killing one may leave us its children. A process stuck in a driver does not die: do not wait
   * for ever. */
  const struct timespec pause = {0, 1000000};
  for (int round = 0; round < 500; ++round) {
    reap();
    orphans->killed = false;
    each_child(kill_own, orphans);
    if (!orphans->killed) break;
    nanosleep(&pause, NULL);
  }
  (void)prctl(PR_SET_CHILD_SUBREAPER, 0L);
  free(orphans->strangers);
  *orphans = (cli_orphans){0};
}
