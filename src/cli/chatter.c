/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/chatter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void cli_chatter_add(cli_chatter *chatter, const char *bytes, size_t size) {
  if (size > CLI_CHATTER_SIZE) {
    bytes += size - CLI_CHATTER_SIZE;
    size = CLI_CHATTER_SIZE;
  }
  if (chatter->size + size > CLI_CHATTER_SIZE) {
    size_t keep = CLI_CHATTER_SIZE - size;
    memmove(chatter->bytes, chatter->bytes + chatter->size - keep, keep);
    chatter->size = keep;
  }
  memcpy(chatter->bytes + chatter->size, bytes, size);
  chatter->size += size;
}

bool cli_chatter_read(cli_chatter *chatter, int descriptor) {
  enum { PIECE = 16384, PIECES = 64 }; /* 1 MiB: Linux lets nobody but root have larger pipes */
  char bytes[PIECE];
  for (int i = 0; i < PIECES; ++i) {
    const ssize_t size = read(descriptor, bytes, sizeof bytes);
    if (size == 0) return false;
    if (size < 0) return true;
    cli_chatter_add(chatter, bytes, (size_t)size);
  }
  return true;
}

/* How much a line tells: 2 names the cause, 1 is something, 0 is a stack trace or no more than a
 * note. */
static int weight_of(const char *line) {
  while (isspace((unsigned char)*line)) ++line;
  if (*line == '\0' || *line == '@' || *line == '#' || strncmp(line, "***", 3) == 0) return 0;
  bool mere_log = (line[0] == 'I' || line[0] == 'W') && isdigit((unsigned char)line[1]);
  if (mere_log) return 0;
  bool fatal_log = line[0] == 'F' && isdigit((unsigned char)line[1]);
  bool cause = fatal_log || strstr(line, "Check failed") != NULL ||
               strstr(line, "terminate called") != NULL || strstr(line, "what():") != NULL ||
               strstr(line, "ssertion") != NULL;
  return cause ? 2 : 1;
}

/* "F0000 00:00:12.34 567 file.cc:89] Unknown flag" without what stands before the message. */
static const char *message_of(const char *line) {
  bool log = line[0] != '\0' && strchr("FEWI", line[0]) != NULL && isdigit((unsigned char)line[1]);
  const char *bracket = log ? strstr(line, "] ") : NULL;
  return bracket == NULL ? line : bracket + 2;
}

void cli_chatter_telling_line(cli_chatter *chatter, char out[CLI_CHATTER_LINE]) {
  int best = 0;
  out[0] = '\0';
  chatter->bytes[chatter->size] = '\0';
  for (size_t i = 0; i < chatter->size; ++i) {
    if (chatter->bytes[i] == '\0') chatter->bytes[i] = ' ';
  }
  char *rest = NULL;
  for (char *line = strtok_r(chatter->bytes, "\n", &rest); line != NULL;
       line = strtok_r(NULL, "\n", &rest)) {
    int weight = weight_of(line);
    if (weight == 0 || weight < best) continue;
    best = weight;
    (void)snprintf(out, CLI_CHATTER_LINE, "%s", message_of(line));
  }
  chatter->size = 0;
}
