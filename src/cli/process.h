/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Running another program and reading what it says. */
#ifndef RYFT_SRC_CLI_PROCESS_H
#define RYFT_SRC_CLI_PROCESS_H

#include <stdio.h>

/* Runs `argv`, looked up in PATH, in `directory`, without input, and waits. What it started in turn
 * ends with it, and all of them end with this process, even when that is killed outright. Gives its
 * exit status, 128 + the signal that ended it, or -1 with errno when it cannot be started.
 * `*out_text` (the caller frees it; NULL when memory is out) is what it printed on stdout and
 * stderr, which goes to `echo`, too, unless that is NULL. */
int cli_process_run(char *const argv[], const char *directory, FILE *echo, char **out_text);

#endif /* RYFT_SRC_CLI_PROCESS_H */
