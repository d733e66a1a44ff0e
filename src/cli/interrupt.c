/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/interrupt.h"

#include <string.h>
#include <unistd.h>

#include "src/cli/cli.h"

static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { SIGNAL_COUNT = sizeof(SIGNALS) / sizeof(SIGNALS[0]) };

static const char *line; /* to be printed on an interruption */

int cli_interrupt_status(int number) {
  return number == SIGINT ? CLI_INTERRUPTED : 128 + number;
}

static bool is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void end(int number) {
  (void)!write(STDERR_FILENO, line, strlen(line));
  _exit(cli_interrupt_status(number));
}

static void handle(void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler};
  sigfillset(&action.sa_mask); /* one line is enough */
  for (int i = 0; i < SIGNAL_COUNT; ++i) {
    if (!is_ignored(SIGNALS[i])) (void)sigaction(SIGNALS[i], &action, NULL);
  }
}

void cli_interrupts_catch(bool json) {
  line = json ? "{\"error\":{\"code\":\"CANCELLED\",\"message\":\"interrupted while starting\","
                "\"where\":\"\"}}\n"
              : "ryft: interrupted while starting\n";
  handle(end);
}

void cli_interrupts_add(sigset_t *set) {
  for (int i = 0; i < SIGNAL_COUNT; ++i) {
    if (!is_ignored(SIGNALS[i])) sigaddset(set, SIGNALS[i]);
  }
}

void cli_interrupts_release(void) {
  handle(SIG_DFL);
}
