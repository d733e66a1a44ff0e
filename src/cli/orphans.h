/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* No process that the work started outlives the tool, not even one that left its process group. */
#ifndef RYFT_SRC_CLI_ORPHANS_H
#define RYFT_SRC_CLI_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Starts zeroed. */
typedef struct cli_orphans {
  pid_t *strangers; /* children that this process had before, as when a shell called exec: none of
                       ours */
  size_t count;
  bool killed; /* somebody, in the last round */
} cli_orphans;

/* From here on, a descendant whose parent dies becomes a child of this process. */
void cli_orphans_adopt(cli_orphans *orphans);

/* Kills every child but the strangers, then those they leave behind, and waits for them. */
void cli_orphans_kill(cli_orphans *orphans);

#endif /* RYFT_SRC_CLI_ORPHANS_H */
