/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/cli/orphans.h"

/* Sends `number` to this process when its parent dies, in whatever way. */
static void follow(pid_t parent, int number) {
  (void)prctl(PR_SET_PDEATHSIG, number);
  if (getppid() != parent) _exit(127); /* it was killed before the line above */
}

/* Returns only after failing, with errno. */
static void become(char *const argv[], const char *directory, int output) {
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  bool good = input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
              dup2(output, STDERR_FILENO) >= 0 && chdir(directory) == 0;
  if (good) execvp(argv[0], argv);
}

/* Waits for the program and gives its wait status, then ends whatever it left behind. When the
 * parent is killed, ends the program and all below it at once. */
static int keep(pid_t program, const sigset_t *awaited, cli_orphans *orphans) {
  int status = 0, number = 0;
  while (waitpid(program, &status, WNOHANG) == 0) {
    if (sigwait(awaited, &number) != 0 || number != SIGTERM) continue;
    status = SIGTERM;
    break;
  }
  cli_orphans_kill(orphans);
  return status;
}

/* The process between this one and the program. A program dies with its parent if it is told to,
 * but what it started itself would live on: here it has an heir who ends it. */
static _Noreturn void guard(char *const argv[],
                            const char *directory,
                            int output,
                            int reasons,
                            pid_t parent) {
  cli_orphans orphans = {0};
  sigset_t awaited, before;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGCHLD);
  (void)sigprocmask(SIG_BLOCK, &awaited, &before);
  follow(parent, SIGTERM);
  cli_orphans_adopt(&orphans);
  const pid_t self = getpid(), program = fork();
  if (program == 0) {
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    follow(self, SIGKILL);
    become(argv, directory, output);
  }
  if (program <= 0) {
    const int reason = errno;
    (void)!write(reasons, &reason, sizeof reason);
    _exit(127);
  }
  (void)close(reasons);
  const int status = keep(program, &awaited, &orphans);
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* 0, or why the program could not be started: that comes through a pipe which starting it closes.
 */
static int spawn(char *const argv[], const char *directory, int output, pid_t *out_pid) {
  int reasons[2], reason = 0;
  if (pipe2(reasons, O_CLOEXEC) != 0) return errno;
  const pid_t parent = getpid();
  *out_pid = fork();
  if (*out_pid == 0) guard(argv, directory, output, reasons[1], parent);
  if (*out_pid < 0) reason = errno;
  close(reasons[1]);
  while (*out_pid > 0 && read(reasons[0], &reason, sizeof reason) < 0 && errno == EINTR) {
  }
  close(reasons[0]);
  if (*out_pid > 0 && reason != 0) (void)waitpid(*out_pid, NULL, 0);
  return reason;
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
