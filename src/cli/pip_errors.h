/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* pip explains itself in paragraphs; a user of this tool wants a line with the remedy. */
#ifndef RYFT_SRC_CLI_PIP_ERRORS_H
#define RYFT_SRC_CLI_PIP_ERRORS_H

#include "ryft/catalogue.h"

/* What went wrong when `python -m pip download` gave `status` (-1: it did not start, for
 * `system_error`) after printing `said`, which may be NULL. `wheel` is the local file it was given,
 * or NULL. Never NULL. */
RYFT_MUST_USE ryft_error *cli_pip_error(const ryft_catalogue_entry *entry,
                                        const char *python,
                                        int status,
                                        int system_error,
                                        const char *said,
                                        const char *wheel);

#endif /* RYFT_SRC_CLI_PIP_ERRORS_H */
