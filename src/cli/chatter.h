/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a plugin printed last, kept for the message when it crashes. */
#ifndef RYFT_SRC_CLI_CHATTER_H
#define RYFT_SRC_CLI_CHATTER_H

#include <stdbool.h>
#include <stddef.h>

/* A fatal log line may be followed by a long stack trace: room for both. */
enum { CLI_CHATTER_SIZE = 65536, CLI_CHATTER_LINE = 400 };

/* Starts with `size` zero. */
typedef struct cli_chatter {
  size_t size;
  char bytes[CLI_CHATTER_SIZE + 1];
} cli_chatter;

void cli_chatter_add(cli_chatter *chatter, const char *bytes, size_t size);

/* Adds what there is to read, but no more than a pipe holds, for whoever prints without end must
 * not keep the reader. False when nothing will ever come again. `descriptor` does not block. */
bool cli_chatter_read(cli_chatter *chatter, int descriptor);

/* The line that says most about a crash: a failed check, an uncaught exception, else the last one;
 * cut to fit.
 * "" when nothing was printed. */
void cli_chatter_telling_line(cli_chatter *chatter, char out[CLI_CHATTER_LINE]);

#endif /* RYFT_SRC_CLI_CHATTER_H */
