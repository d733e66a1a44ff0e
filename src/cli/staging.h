/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The hidden directory that an install works in, beside where the library goes: renaming needs the
 * same file system. */
#ifndef RYFT_SRC_CLI_STAGING_H
#define RYFT_SRC_CLI_STAGING_H

#include "src/cli/cli.h"

/* Removes what killed installs left in `parent`, then makes a new directory there and locks it for
 * as long as this process lives or `*out_lock` (-1 where locks do not work) is open. The path goes
 * to `*out_path`, also after failing when memory sufficed; the caller frees it. CLI_OK, or the
 * status after failing. */
int cli_staging_make(const cli_context *context,
                     const char *parent,
                     char **out_path,
                     int *out_lock);

/* Removes the directory. */
void cli_staging_remove(const char *path, int lock);

#endif /* RYFT_SRC_CLI_STAGING_H */
