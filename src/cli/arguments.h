/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One grammar for the arguments of every command: `--name=value` equals `--name value`, `--help`
 * anywhere, `--` ends the options, options and operands in any order. */
#ifndef RYFT_SRC_CLI_ARGUMENTS_H
#define RYFT_SRC_CLI_ARGUMENTS_H

#include <stdbool.h>

struct cli_context;

/* What cli_arguments_next gives besides an option's own id (which is 0 or more). */
enum {
  CLI_END = -1,     /* no more arguments */
  CLI_OPERAND = -2, /* not an option: see `value` */
  CLI_STOP = -3,    /* help was printed, or an error reported: return `status` */
};

/* Ids of the options that cli_arguments_next handles by itself and that never reach the command. */
enum {
  CLI_SHARED_JSON = -10,
  CLI_SHARED_VERBOSE,
  CLI_SHARED_QUIET,
  CLI_SHARED_PLUGIN,
  CLI_SHARED_OPTION,
  CLI_SHARED_TIMEOUT
};

typedef struct cli_option {
  const char *name; /* without the dashes; NULL ends a table */
  int id;
  bool takes_value;
} cli_option;

/* For the tables of commands: the first line for all, the second for those that make a client. */
#define CLI_OPTIONS_COMMON                                                  \
  {"json", CLI_SHARED_JSON, false}, {"verbose", CLI_SHARED_VERBOSE, false}, \
      {"quiet", CLI_SHARED_QUIET, false}, {                                 \
    "timeout", CLI_SHARED_TIMEOUT, true                                     \
  }
#define CLI_OPTIONS_CLIENT               \
  {"plugin", CLI_SHARED_PLUGIN, true}, { \
    "option", CLI_SHARED_OPTION, true    \
  }

/*  static const cli_option OPTIONS[] = {
 *      {"input", RUN_INPUT, true}, CLI_OPTIONS_COMMON, CLI_OPTIONS_CLIENT, {NULL, 0, false}};
 *  cli_arguments arguments = {context, OPTIONS, argc, argv};
 *  for (int found; (found = cli_arguments_next(&arguments)) != CLI_END;) {
 *    switch (found) {
 *      case RUN_INPUT: add_input(arguments.value); break;
 *      case CLI_OPERAND: program = arguments.value; break;
 *      case CLI_STOP: return arguments.status;
 *    }
 *  }
 */
typedef struct cli_arguments {
  struct cli_context *context;
  const cli_option *options;
  int argc; /* arguments after the command's name */
  char **argv;
  int next;           /* zero at the start, like all that follow */
  bool only_operands; /* "--" was seen */
  const char *option; /* the option just found, without dashes, for messages */
  const char *value;  /* of the option or operand, points into argv; NULL when it takes none */
  int status;         /* with CLI_STOP */
} cli_arguments;

int cli_arguments_next(cli_arguments *arguments);

/* Reports one operand too many: CLI_USAGE. */
int cli_arguments_refuse(const cli_arguments *arguments);

#endif /* RYFT_SRC_CLI_ARGUMENTS_H */
