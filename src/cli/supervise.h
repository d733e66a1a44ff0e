/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Between the supervisor and the process that does the work: they share one socket, whose messages
 * are one letter and a text, and one pipe for what the plugin prints. */
#ifndef RYFT_SRC_CLI_SUPERVISE_H
#define RYFT_SRC_CLI_SUPERVISE_H

#include <limits.h>
#include <signal.h>

#include "src/cli/cli.h"

enum {
  CLI_SAYS_PHASE = 'P',
  CLI_SAYS_TEMPORARY = 'T',
  CLI_SAYS_TEMPORARY_DONE = 'D',
  CLI_SAYS_STATUS = 'S', /* the work is finished; the text is its exit status */
  CLI_MESSAGE_SIZE = PATH_MAX + 2,
};

/* What the child needs to know. */
typedef struct cli_worker {
  int report;  /* the socket */
  int chatter; /* where the plugin's output goes */
  pid_t parent;
  sigset_t mask; /* the signal mask to restore */
} cli_worker;

/* The child's whole life; never returns. */
_Noreturn void cli_worker_run(const cli_worker *worker,
                              cli_context *context,
                              int (*work)(cli_context *context, void *data),
                              void *data);

#endif /* RYFT_SRC_CLI_SUPERVISE_H */
