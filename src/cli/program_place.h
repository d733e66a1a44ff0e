/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Errors that are about a place in a program's text, shown as compilers show theirs. */
#ifndef RYFT_SRC_CLI_PROGRAM_PLACE_H
#define RYFT_SRC_CLI_PROGRAM_PLACE_H

#include "src/cli/cli.h"

/* As cli_fail_library, for an error about `program`, which was read from `path`: where the message
 * begins with a line of it, the file is named, and the line is shown below with a caret. Takes
 * `error`. */
int cli_fail_program(const cli_context *context,
                     const char *path,
                     const ryft_program *program,
                     ryft_error *error);

#endif /* RYFT_SRC_CLI_PROGRAM_PLACE_H */
