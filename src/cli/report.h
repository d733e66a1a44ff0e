/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The one line (or JSON object) that says what went wrong, and what printing can meet. */
#ifndef RYFT_SRC_CLI_REPORT_H
#define RYFT_SRC_CLI_REPORT_H

#include "src/cli/cli.h"
#include "src/cli/json.h"

/* `show` adds code and place to the line for people, which --verbose does always. */
void cli_report(const cli_context *context,
                ryft_code code,
                const char *message,
                const char *where,
                bool show);

/* Flushes context->out and gives `status`, or CLI_USAGE after failing when what was printed could
 * not be written. A reader that closed its pipe has seen enough: no failure. */
int cli_finish_output(cli_context *context, int status);

/* Prints `root` on context->out and frees it: CLI_OK, or the status after failing, as it does for
 * NULL (memory is out). */
int cli_print_json(const cli_context *context, json_t *root);

#endif /* RYFT_SRC_CLI_REPORT_H */
