/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Fetching a wheel of the catalogue with the user's own pip, and taking the library out of it. */
#ifndef RYFT_SRC_CLI_WHEEL_H
#define RYFT_SRC_CLI_WHEEL_H

#include "src/cli/cli.h"

/* Puts the library of `entry` at `directory`/library. `directory` is there, empty, and the caller's
 * to remove, with all that is left in it. CLI_OK, or the status after failing. */
int cli_wheel_fetch(const cli_context *context,
                    const ryft_catalogue_entry *entry,
                    const char *directory);

#endif /* RYFT_SRC_CLI_WHEEL_H */
