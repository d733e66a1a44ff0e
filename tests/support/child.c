/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/assert.h"

typedef struct job {
  void (*function)(void *arg);
  void *arg;
  const char *const *argv;
  const char *const *environment;
} job;

static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL};

_Noreturn static void run_job(const job *wanted, int output) {
  /* cmocka catches crashes; here they are the result. */
  for (size_t i = 0; i < sizeof crash_signals / sizeof crash_signals[0]; ++i)
    signal(crash_signals[i], SIG_DFL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  close(output);
  if (wanted->function != NULL) {
    wanted->function(wanted->arg);
    fflush(NULL);
    _exit(0);
  }
  for (const char *const *each = wanted->environment; each != NULL && *each != NULL; ++each) {
    char *copy = strdup(*each);
    if (copy != NULL) putenv(copy);
  }
  char **argv;
  memcpy(
      &argv, &wanted->argv, sizeof argv); /* execvp changes nothing, but its type does not say so */
  execvp(argv[0], argv);
  perror(argv[0]);
  _exit(127);
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads until the child closes its end; false when the time is over first. */
static bool drain(int input, long long deadline, child_result *out) {
  size_t size = 0;
  for (;;) {
    char rest[1024];
    struct pollfd ready = {.fd = input, .events = POLLIN};
    const long long left = deadline - now_ms();
    if (left <= 0) return false;
    if (poll(&ready, 1, left > 1000 ? 1000 : (int)left) <= 0) continue;
    const size_t room = sizeof out->output - 1 - size;
    const ssize_t got =
        room != 0 ? read(input, out->output + size, room) : read(input, rest, sizeof rest);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    if (room != 0) size += (size_t)got;
  }
}

static child_result run(const job *wanted, unsigned seconds) {
  child_result result = {.status = -1};
  int ends[2];
  fflush(NULL);
  if (pipe(ends) != 0) fail_msg("pipe: %s", strerror(errno));
  const pid_t child = fork();
  if (child < 0) fail_msg("fork: %s", strerror(errno));
  if (child == 0) {
    close(ends[0]);
    run_job(wanted, ends[1]);
  }
  close(ends[1]);
  if (!drain(ends[0], now_ms() + (long long)seconds * 1000, &result)) {
    result.timed_out = true;
    kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

child_result child_run(void (*function)(void *arg), void *arg, unsigned seconds) {
  return run(&(job){.function = function, .arg = arg}, seconds);
}

child_result child_execute(const char *const *argv,
                           const char *const *environment,
                           unsigned seconds) {
  return run(&(job){.argv = argv, .environment = environment}, seconds);
}
