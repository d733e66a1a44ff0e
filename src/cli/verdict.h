/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What became of the supervised work: the exit status and the line that says why. */
#ifndef RYFT_SRC_CLI_VERDICT_H
#define RYFT_SRC_CLI_VERDICT_H

#include "src/cli/chatter.h"
#include "src/cli/cli.h"

typedef struct cli_ending {
  char phase[128]; /* what the work was doing last */
  char last_words[CLI_CHATTER_LINE];
  bool finished; /* the work said so, with `status` */
  int status;
  bool ended; /* the process is gone, with `wait_status` */
  int wait_status;
  bool timed_out;
  int interrupted; /* by this signal; 0: not */
} cli_ending;

/* Reports what has to be, and gives the exit status. */
int cli_verdict(const cli_context *context, const cli_ending *ending);

#endif /* RYFT_SRC_CLI_VERDICT_H */
