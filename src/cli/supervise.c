/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The parent of the process that does the work. It loads nothing, so nothing can take it down. */
#include "src/cli/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/cli/chatter.h"
#include "src/cli/interrupt.h"
#include "src/cli/orphans.h"
#include "src/cli/report.h"
#include "src/cli/temporary.h"
#include "src/cli/verdict.h"

enum { GRACE_MS = 10000 };

typedef struct supervisor {
  pid_t child;
  int signals; /* a signalfd */
  int report;
  int chatter;
  int64_t deadline; /* milliseconds on the monotonic clock; 0: none */
  sigset_t mask;    /* before ours */
  cli_ending ending;
  cli_temporaries temporaries;
  cli_orphans orphans;
  cli_chatter tail;
} supervisor;

static int64_t now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Blocks what we answer ourselves. */
static int watch_signals(sigset_t *out_old) {
  sigset_t watched;
  sigemptyset(&watched);
  (void)signal(SIGCHLD, SIG_DFL);
  sigaddset(&watched, SIGCHLD);
  cli_interrupts_add(&watched);
  if (sigprocmask(SIG_BLOCK, &watched, out_old) != 0) return -1;
  return signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void close_all(supervisor *watch) {
  const int descriptors[] = {watch->signals, watch->report, watch->chatter};
  for (size_t i = 0; i < 3; ++i) {
    if (descriptors[i] >= 0) close(descriptors[i]);
  }
}

/* Forks. In the child `work` runs and nothing returns. */
static bool start(supervisor *watch,
                  cli_context *context,
                  int (*work)(cli_context *, void *),
                  void *data) {
  int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
  watch->report = watch->chatter = -1;
  watch->signals = watch_signals(&watch->mask);
  if (watch->signals < 0) return false;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) return false;
  watch->report = sockets[0];
  bool piped = pipe2(pipes, O_CLOEXEC) == 0;
  watch->chatter = pipes[0];
  cli_worker worker = {sockets[1], pipes[1], getpid(), watch->mask};
  fflush(NULL);
  watch->child = piped ? fork() : -1;
  if (watch->child == 0) {
    close_all(watch);
    cli_worker_run(&worker, context, work, data);
  }
  int reason = errno;
  close(sockets[1]);
  if (piped) {
    close(pipes[1]);
    (void)fcntl(watch->chatter, F_SETFL, O_NONBLOCK);
  }
  errno = reason;
  return watch->child > 0;
}

/* Anything but a number leaves the work unfinished. */
static bool read_status(const char *text, int *out) {
  char *end = NULL;
  const long status = strtol(text, &end, 10);
  if (end == text || *end != '\0' || status < 0 || status > UINT8_MAX) return false;
  *out = (int)status;
  return true;
}

static void hear(supervisor *watch, char kind, const char *text) {
  cli_ending *ending = &watch->ending;
  switch (kind) {
    case CLI_SAYS_PHASE:
      (void)snprintf(ending->phase, sizeof ending->phase, "%.127s", text);
      break;
    case CLI_SAYS_TEMPORARY:
      cli_temporaries_add(&watch->temporaries, text);
      break;
    case CLI_SAYS_TEMPORARY_DONE:
      cli_temporaries_drop(&watch->temporaries, text);
      break;
    case CLI_SAYS_STATUS:
      ending->finished = read_status(text, &ending->status);
      break;
    default:
      break;
  }
}

static void read_reports(supervisor *watch) {
  char message[CLI_MESSAGE_SIZE + 1];
  ssize_t size;
  while ((size = recv(watch->report, message, sizeof message - 1, MSG_DONTWAIT)) > 0) {
    message[size] = '\0';
    hear(watch, message[0], message + 1);
  }
  if (size == 0) {
    close(watch->report);
    watch->report = -1;
  }
}

static void read_chatter(supervisor *watch) {
  if (cli_chatter_read(&watch->tail, watch->chatter)) return;
  close(watch->chatter);
  watch->chatter = -1;
}

static void stop_child(supervisor *watch) {
  (void)kill(watch->child, SIGKILL);
  watch->deadline = now_ms() + GRACE_MS; /* a process stuck in a driver does not die */
}

/* Takes every child that ended, adopted ones too. */
static void reap(supervisor *watch) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != watch->child) continue;
    watch->ending.ended = true;
    watch->ending.wait_status = status;
  }
}

static void read_signals(supervisor *watch) {
  struct signalfd_siginfo info;
  while (read(watch->signals, &info, sizeof info) == (ssize_t)sizeof info) {
    if (info.ssi_signo == SIGCHLD || watch->ending.interrupted != 0) continue;
    watch->ending.interrupted = (int)info.ssi_signo;
    if (!watch->ending.timed_out) stop_child(watch);
  }
  reap(watch);
}

/* Milliseconds until the deadline; -1 for none. */
static int time_left(const supervisor *watch) {
  if (watch->deadline == 0) return -1;
  int64_t left = watch->deadline - now_ms();
  return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* The deadline has passed: false when it was that of the last grace. */
static bool run_out(supervisor *watch) {
  if (watch->ending.timed_out || watch->ending.interrupted != 0) return false;
  watch->ending.timed_out = true;
  stop_child(watch);
  return true;
}

static void supervise(supervisor *watch) {
  while (!watch->ending.ended) {
    struct pollfd polled[] = {
        {watch->signals, POLLIN, 0}, {watch->report, POLLIN, 0}, {watch->chatter, POLLIN, 0}};
    int ready = poll(polled, 3, time_left(watch));
    if (ready < 0 && errno != EINTR) break;
    if (polled[1].revents != 0) read_reports(watch);
    if (polled[2].revents != 0) read_chatter(watch);
    if (ready > 0 && polled[0].revents != 0) read_signals(watch);
    if (!watch->ending.ended && time_left(watch) == 0 && !run_out(watch)) break;
  }
}

/* What was said until the end; nobody is left who could go on. */
static void read_rest(supervisor *watch) {
  if (watch->report >= 0) read_reports(watch);
  if (watch->chatter >= 0) read_chatter(watch);
}

int cli_supervise(cli_context *context, int (*work)(cli_context *context, void *data), void *data) {
  supervisor *watch = calloc(1, sizeof(*watch));
  if (watch == NULL) return cli_fail_memory(context);
  int status;
  (void)snprintf(watch->ending.phase, sizeof watch->ending.phase, "starting");
  cli_orphans_adopt(&watch->orphans);
  if (start(watch, context, work, data)) {
    if (context->timeout > 0) watch->deadline = now_ms() + (int64_t)(context->timeout * 1000) + 1;
    supervise(watch);
    cli_orphans_kill(&watch->orphans);
    read_rest(watch);
    cli_chatter_telling_line(&watch->tail, watch->ending.last_words);
    status = cli_verdict(context, &watch->ending);
  } else {
    status = cli_fail_usage(context, "cannot start a process: %s", strerror(errno));
    cli_orphans_kill(&watch->orphans);
  }
  cli_temporaries_remove(&watch->temporaries);
  /* The signals stay blocked: the tool only exits from here on, and a second Ctrl-C must not take
   * the status away. */
  close_all(watch);
  free(watch);
  return status;
}
