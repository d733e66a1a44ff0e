/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What an install leaves beside the library, to tell a good one from a damaged one. */
#ifndef RYFT_SRC_CLI_INSTALL_RECORD_H
#define RYFT_SRC_CLI_INSTALL_RECORD_H

#include "src/cli/cli.h"

/* Records the size of the library at `library` in `path`. CLI_OK, or the status after failing. */
int cli_install_record_write(const cli_context *context, const char *library, const char *path);

/* Whether the library is there and has the size in the record `path`. Without a record, as another
 * installer or an older version leaves it: whether it is an ELF file that is not cut short. */
bool cli_install_record_fits(const char *library, const char *path);

#endif /* RYFT_SRC_CLI_INSTALL_RECORD_H */
