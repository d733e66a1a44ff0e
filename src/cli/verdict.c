/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/verdict.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "src/cli/interrupt.h"
#include "src/cli/report.h"

enum { MIB = 1 << 20 };

static const char *signal_name(int number, char *room, size_t size) {
  static const struct {
    int number;
    const char *name;
  } NAMES[] = {{SIGABRT, "SIGABRT"},
               {SIGSEGV, "SIGSEGV"},
               {SIGBUS, "SIGBUS"},
               {SIGFPE, "SIGFPE"},
               {SIGILL, "SIGILL"},
               {SIGTRAP, "SIGTRAP"},
               {SIGSYS, "SIGSYS"},
               {SIGKILL, "SIGKILL"},
               {SIGTERM, "SIGTERM"},
               {SIGHUP, "SIGHUP"},
               {SIGQUIT, "SIGQUIT"},
               {SIGINT, "SIGINT"},
               {SIGXCPU, "SIGXCPU"},
               {SIGXFSZ, "SIGXFSZ"},
               {SIGPIPE, "SIGPIPE"},
               {SIGALRM, "SIGALRM"}};
  for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); ++i) {
    if (NAMES[i].number == number) return NAMES[i].name;
  }
  (void)snprintf(room, size, "signal %d", number);
  return room;
}

static RYFT_PRINTF(4, 5) int tell(const cli_context *context,
                                  int status,
                                  ryft_code code,
                                  const char *format,
                                  ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  cli_report(context, code, text, "", /* show= */ false);
  return status;
}

static int interrupted(const cli_context *context, const cli_ending *ending, int number) {
  return tell(
      context, cli_interrupt_status(number), RYFT_CANCELLED, "interrupted while %s", ending->phase);
}

/* Plugins die of memory that they do not get. The work's process had the same limit. */
static const char *memory_limit(char *room, size_t size) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "";
  const unsigned long long mib = (unsigned long long)(limit.rlim_cur + MIB - 1) / MIB;
  (void)snprintf(room, size, "; memory is limited to %llu MiB (ulimit -v)", mib);
  return room;
}

static int killed(const cli_context *context, const cli_ending *ending, int number) {
  char room[32], limit[64];
  const char *name = signal_name(number, room, sizeof room);
  if (number == SIGINT) return interrupted(context, ending, number);
  if (number == SIGKILL) {
    return tell(context,
                CLI_CRASHED,
                RYFT_ABORTED,
                "%s was killed (SIGKILL, possibly out of memory) while %s",
                context->subject,
                ending->phase);
  }
  return tell(context,
              CLI_CRASHED,
              RYFT_ABORTED,
              "%s crashed (%s) while %s%s%s%s",
              context->subject,
              name,
              ending->phase,
              memory_limit(limit, sizeof limit),
              *ending->last_words == '\0' ? "" : "; it last printed: ",
              ending->last_words);
}

static int exited(const cli_context *context, const cli_ending *ending, int code) {
  char limit[64];
  if (ending->finished && code == ending->status) return code;
  return tell(context,
              CLI_CRASHED,
              RYFT_ABORTED,
              "%s crashed (exit status %d) while %s%s%s%s",
              context->subject,
              code,
              ending->phase,
              memory_limit(limit, sizeof limit),
              *ending->last_words == '\0' ? "" : "; it last printed: ",
              ending->last_words);
}

int cli_verdict(const cli_context *context, const cli_ending *ending) {
  bool normal = ending->ended && WIFEXITED(ending->wait_status);
  if (normal && ending->finished) return exited(context, ending, WEXITSTATUS(ending->wait_status));
  if (ending->interrupted != 0) return interrupted(context, ending, ending->interrupted);
  if (ending->timed_out) {
    return tell(context,
                CLI_TIMEOUT,
                RYFT_DEADLINE_EXCEEDED,
                "--timeout of %g s passed while %s",
                context->timeout,
                ending->phase);
  }
  if (normal) return exited(context, ending, WEXITSTATUS(ending->wait_status));
  if (ending->ended) return killed(context, ending, WTERMSIG(ending->wait_status));
  return tell(
      context, CLI_CRASHED, RYFT_INTERNAL, "lost sight of the work while %s", ending->phase);
}
