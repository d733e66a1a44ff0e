/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The supervisor's list of files and directories that must not stay. */
#ifndef RYFT_SRC_CLI_TEMPORARY_H
#define RYFT_SRC_CLI_TEMPORARY_H

#include <stddef.h>

/* Starts zeroed. */
typedef struct cli_temporaries {
  char **paths;
  size_t count;
} cli_temporaries;

void cli_temporaries_add(cli_temporaries *list, const char *path);
void cli_temporaries_drop(cli_temporaries *list, const char *path);

/* Removes what is still listed, directories with all they hold, and frees the list. */
void cli_temporaries_remove(cli_temporaries *list);

/* Removes a file, or a directory with all it holds; what is not there is fine. Follows no symbolic
 * links. */
void cli_remove_tree(const char *path);

#endif /* RYFT_SRC_CLI_TEMPORARY_H */
