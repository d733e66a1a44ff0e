/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* "Did you mean": the known name that is closest to a mistyped one. */
#ifndef RYFT_SRC_CLI_NEAREST_H
#define RYFT_SRC_CLI_NEAREST_H

#include <stddef.h>

typedef struct cli_nearest {
  const char *wanted;
  size_t size;
  const char *best;
  size_t distance;
} cli_nearest;

/* Looks for `size` bytes at `wanted`. */
cli_nearest cli_nearest_to(const char *wanted, size_t size);

void cli_nearest_offer(cli_nearest *nearest, const char *name);

/* The closest of the names offered, or NULL when none is close enough to be a slip of the fingers.
 */
const char *cli_nearest_best(const cli_nearest *nearest);

#endif /* RYFT_SRC_CLI_NEAREST_H */
