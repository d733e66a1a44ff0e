/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The supervised child: it loads plugins, and may die of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/cli/interrupt.h"
#include "src/cli/report.h"
#include "src/cli/supervise.h"

/* The socket to the supervisor; -1 in processes that have none. */
static int report_socket = -1;

static void say(char kind, const char *text) {
  char message[CLI_MESSAGE_SIZE];
  size_t size = strlen(text);
  if (report_socket < 0) return;
  if (size > sizeof message - 1) size = sizeof message - 1;
  message[0] = kind;
  memcpy(message + 1, text, size);
  while (send(report_socket, message, size + 1, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

void cli_phase(const char *what) {
  say(CLI_SAYS_PHASE, what);
}
void cli_temporary(const char *path) {
  say(CLI_SAYS_TEMPORARY, path);
}
void cli_temporary_done(const char *path) {
  say(CLI_SAYS_TEMPORARY_DONE, path);
}

/* A limit of one byte stops core files and, other than 0, also core handlers behind a pipe. */
static void forbid_core_files(void) {
  struct rlimit limit = {1, 1};
  struct rlimit now;
  if (getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max < 1) limit.rlim_cur = limit.rlim_max = 0;
  (void)setrlimit(RLIMIT_CORE, &limit);
}

/* Dies with the supervisor, even when that is killed outright. */
static void follow_parent(pid_t parent) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(CLI_CRASHED); /* it was killed before the line above */
}

/* XLA reads these when it is loaded. What the user has set stays. */
static void silence_plugins(void) {
  (void)setenv("TF_CPP_MIN_LOG_LEVEL", "2", /* overwrite= */ 0);
  (void)setenv("TPU_MIN_LOG_LEVEL", "2", /* overwrite= */ 0);
}

/* A stream is only made of a descriptor that can be written to. The tool may have been started
 * with a closed one, and that is an error only when something is written: so the stream is made
 * first. */
static FILE *copy_of(int descriptor) {
  const int copy = open("/dev/null", O_WRONLY | O_CLOEXEC);
  FILE *file = copy < 0 ? NULL : fdopen(copy, "w");
  if (file == NULL && copy >= 0) close(copy);
  if (file == NULL || dup3(descriptor, copy, O_CLOEXEC) >= 0) return file;
  (void)fclose(file);
  return NULL;
}

/* Whether the user asked the library for a log, which goes to descriptor 2 like the plugin's
 * chatter. */
static bool log_wanted(void) {
  static const char *const VARIABLES[] = {"RYFT_LOG", "RYFT_TRACE"};
  for (size_t i = 0; i < sizeof(VARIABLES) / sizeof(VARIABLES[0]); ++i) {
    const char *value = getenv(VARIABLES[i]);
    if (value != NULL && *value != '\0') return true;
  }
  return false;
}

/* Our own output moves away from descriptors 1 and 2, which the plugin prints on. */
static bool divert_chatter(const cli_worker *worker, cli_context *context) {
  FILE *out = copy_of(STDOUT_FILENO);
  FILE *err = copy_of(STDERR_FILENO);
  if (out == NULL || err == NULL) return false;
  setvbuf(err, NULL, _IOLBF, BUFSIZ);
  context->out = out;
  context->err = err;
  int sink = context->verbose ? STDERR_FILENO : worker->chatter;
  if (dup2(sink, STDOUT_FILENO) < 0) return false;
  return log_wanted() || dup2(sink, STDERR_FILENO) >= 0;
}

#if defined(__SANITIZE_ADDRESS__)
#define CLI_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLI_SANITIZED 1
#endif
#endif

/* In a sanitized build the leak report, which is printed at exit, must be seen. */
static void show_leak_report(const cli_context *context) {
#ifdef CLI_SANITIZED
  (void)dup2(fileno(context->err), STDERR_FILENO);
#else
  (void)context;
#endif
}

_Noreturn void cli_worker_run(const cli_worker *worker,
                              cli_context *context,
                              int (*work)(cli_context *context, void *data),
                              void *data) {
  follow_parent(worker->parent);
  forbid_core_files();
  (void)signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit then fails, and says so */
  report_socket = worker->report;
  cli_interrupts_release();
  (void)sigprocmask(SIG_SETMASK, &worker->mask, NULL);
  int status = CLI_USAGE;
  if (divert_chatter(worker, context)) {
    if (!context->verbose) silence_plugins();
    status = work(context, data);
    status = cli_finish_output(context, status);
  } else {
    status = cli_fail_usage(context, "cannot set up output: %s", strerror(errno));
  }
  char text[16];
  (void)snprintf(text, sizeof text, "%d", status);
  say(CLI_SAYS_STATUS, text);
  cli_phase("exiting");
  show_leak_report(context);
  exit(status);
}
