/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files that appear complete or not at all. */
#ifndef RYFT_SRC_CLI_OUTPUT_H
#define RYFT_SRC_CLI_OUTPUT_H

#include "ryft/io/npy.h"
#include "src/cli/cli.h"

/* One file to write. */
typedef struct cli_output {
  const char *name;      /* as given; "-" is standard output */
  ryft_host_array array; /* set before writing */
  char *target;          /* links followed; NULL: written through, not replaced */
  char *temporary;       /* NULL when there is none now */
  int unnamed;           /* what was written, open and in no directory yet; below 0: none */
  unsigned mode;         /* permissions of what is replaced; 0: there is nothing yet */
} cli_output;

/* Looks at what is there and whether it can be written, before anything is. CLI_OK, or the status
 * after failing. Free it in any case. */
int cli_output_prepare(const cli_context *context, const char *name, cli_output *out);

/* Whether both would replace the same file. */
bool cli_output_same(const cli_output *left, const cli_output *right);

/* Writes all of them beside their targets, then those that are written through, and only then
 * renames. */
int cli_outputs_write(const cli_context *context, cli_output *outputs, size_t count);

void cli_output_free(cli_output *output);

#endif /* RYFT_SRC_CLI_OUTPUT_H */
