/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(char *const argv[], const char *directory, int output, pid_t *out_pid) {
  posix_spawn_file_actions_t actions;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure != 0) return failure;
  failure = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (failure == 0) failure = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (failure == 0) failure = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  if (failure == 0) failure = posix_spawn_file_actions_addchdir_np(&actions, directory);
  if (failure == 0) failure = posix_spawnp(out_pid, argv[0], &actions, NULL, argv, environ);
  (void)posix_spawn_file_actions_destroy(&actions);
  return failure;
}

static void copy_output(int from, FILE *text, FILE *echo) {
  char bytes[4096];
  for (;;) {
    ssize_t size = read(from, bytes, sizeof bytes);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    if (text != NULL) (void)fwrite(bytes, 1, (size_t)size, text);
    if (echo != NULL) {
      (void)fwrite(bytes, 1, (size_t)size, echo);
      (void)fflush(echo);
    }
  }
}

int cli_process_run(char *const argv[], const char *directory, FILE *echo, char **out_text) {
  int pipes[2], status = 0;
  size_t size = 0;
  pid_t pid = -1;
  *out_text = NULL;
  if (pipe2(pipes, O_CLOEXEC) != 0) return -1;
  int failure = spawn(argv, directory, pipes[1], &pid);
  close(pipes[1]);
  if (failure == 0) {
    FILE *text = open_memstream(out_text, &size);
    copy_output(pipes[0], text, echo);
    if (text != NULL) fclose(text);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  close(pipes[0]);
  errno = failure;
  if (failure != 0) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
