/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What every command of the tool shares: its context, how it reads arguments, fails, and does its
 * work.
 *
 * A command is `int ryft_cli_<name>(cli_context *, int argc, char **argv)` and returns the exit
 * status. It reads its arguments first, in the tool's own process (cli_arguments, below), then
 * calls cli_supervise, which runs the real work in a child: nothing before that may load a plugin.
 */
#ifndef RYFT_SRC_CLI_CLI_H
#define RYFT_SRC_CLI_CLI_H

#include <stdio.h>

#include "ryft/ryft.h"
#include "src/cli/arguments.h"

/* Exit statuses: a published contract. */
enum {
  CLI_OK = 0,
  CLI_DIFFERENT = 1,    /* the program ran and a comparison failed */
  CLI_USAGE = 2,        /* wrong usage or unusable input */
  CLI_PLUGIN_ERROR = 3, /* the plugin answered with an error */
  CLI_CRASHED = 4,      /* the plugin took its process down */
  CLI_TIMEOUT = 5,      /* --timeout passed */
  CLI_INTERRUPTED = 130,
};

typedef struct cli_context {
  const char *command; /* as typed: "run", "plugin list" */
  const char *help;    /* what --help prints */
  const char *subject; /* what crashes: "plugin" */

  /* Filled from the shared options while arguments are read. */
  bool json, verbose, quiet;
  const char *plugin;          /* --plugin, else RYFT_PLUGIN, else "cpu" */
  const char *plugin_variable; /* the variable that `plugin` is from, or NULL */
  double timeout;              /* seconds; 0: none */
  int64_t threads;             /* --threads; 0: the plugin's own choice */
  ryft_named_value *options;   /* --option K=V, for the client */
  size_t option_count;

  /* Write here, never to stdout or stderr: in the work's process those belong to the plugin's
   * chatter. */
  FILE *out;
  FILE *err;
} cli_context;

/* The commands, and what `--help` says of them. */
int ryft_cli_devices(cli_context *context, int argc, char **argv);
int ryft_cli_run(cli_context *context, int argc, char **argv);
int ryft_cli_plugin_list(cli_context *context, int argc, char **argv);
int ryft_cli_plugin_install(cli_context *context, int argc, char **argv);
int ryft_cli_plugin_inspect(cli_context *context, int argc, char **argv);
extern const char ryft_cli_devices_help[];
extern const char ryft_cli_run_help[];
extern const char ryft_cli_plugin_list_help[];
extern const char ryft_cli_plugin_install_help[];
extern const char ryft_cli_plugin_inspect_help[];

/* ---- Failing: one line on context->err (a JSON object under --json); all return the status. */

/* Takes `error`. */
int cli_fail(const cli_context *context, int status, ryft_error *error);

/* As cli_fail, with the status that the error's origin asks for: CLI_PLUGIN_ERROR when it is
 * the plugin's answer, CLI_USAGE otherwise. */
int cli_fail_library(const cli_context *context, ryft_error *error);

/* Wrong usage or unusable input: CLI_USAGE, INVALID_ARGUMENT. */
int cli_fail_usage(const cli_context *context, const char *format, ...) RYFT_PRINTF(2, 3);

/* The system refused to `what` (a verb and what goes before the path); errno says why. */
int cli_fail_system(const cli_context *context, const char *what, const char *path);

void cli_report_memory(const cli_context *context);

/* The tool's own memory has run out. Inline, so that analysis sees that this is never CLI_OK. */
static inline int cli_fail_memory(const cli_context *context) {
  cli_report_memory(context);
  return CLI_USAGE;
}

/* ---- Work. */

/* Runs `work(context, data)` in a child process and gives the exit status: what `work` returned, or
 * what became of the child (crash, --timeout, interruption), which is then reported. In the child
 * context->out and context->err are the real stdout and stderr; file descriptors 1 and 2 take what
 * the plugin prints. `data` is the child's own copy: what `work` changes there is not seen by the
 * caller. `context->out` is flushed and checked after `work`, so a full disk behind stdout is
 * CLI_USAGE and a closed pipe ends the tool quietly. */
int cli_supervise(cli_context *context, int (*work)(cli_context *context, void *data), void *data);

/* Says what the work does now, for messages such as "plugin crashed (SIGSEGV) while compiling":
 * call it before each step with a verb in -ing, "compiling", "running", "reading the results".
 * Cheap; `what` is copied. */
void cli_phase(const char *what);

/* Announces a file or directory that must not stay when the work ends in whatever way; call it
 * before making the file. cli_temporary_done withdraws that, after the file was renamed or removed.
 * Paths are copied and should be absolute or relative to the directory the tool was started in. */
void cli_temporary(const char *path);
void cli_temporary_done(const char *path);

/* ---- The plugin. Call these in the work only. */

/* Loads `name`: a platform of the catalogue, or a path (anything with a '/', or the name of a file
 * that is there). CLI_OK, or the status after failing; sets the phase. */
int cli_open_plugin(const cli_context *context, const char *name, ryft_plugin **out);

/* Loads context->plugin and makes a client with context->options and context->threads, which only
 * CPU plugins take. On CPU, when neither the user nor the plugin's default gives as many, the
 * device count is raised to `devices` (0: no wish). CLI_OK, or the status after failing; sets the
 * phases. The caller owns `*out`. */
int cli_open_client(const cli_context *context, int64_t devices, ryft_client **out);

#endif /* RYFT_SRC_CLI_CLI_H */
