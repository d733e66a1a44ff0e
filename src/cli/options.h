/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `--option K=V`: options for the plugin's client, typed by their look. */
#ifndef RYFT_SRC_CLI_OPTIONS_H
#define RYFT_SRC_CLI_OPTIONS_H

#include "src/cli/cli.h"

/* Adds one option to context->options; a later one of the same name takes its place. `text` must
 * live as long as the context. CLI_OK, or the status after failing. */
int cli_options_add(cli_context *context, const char *text);

void cli_options_free(cli_context *context);

#endif /* RYFT_SRC_CLI_OPTIONS_H */
