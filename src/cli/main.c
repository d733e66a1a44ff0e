/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The command line tool: finds the command and calls it. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/cli.h"
#include "src/cli/interrupt.h"
#include "src/cli/nearest.h"
#include "src/cli/options.h"
#include "src/cli/report.h"

static const char HELP[] =
    "ryft: load PJRT plugins and run StableHLO programs\n"
    "\n"
    "  ryft run PROGRAM [--input SPEC]... [--output FILE]...   compile and run a program\n"
    "  ryft devices                                            the devices of a plugin\n"
    "  ryft plugin list                                        the plugins on this machine\n"
    "  ryft plugin install NAME                                fetch a plugin, such as cpu\n"
    "  ryft plugin inspect NAME|PATH                           what a plugin can do\n"
    "  ryft help COMMAND                                       all about one command\n"
    "  ryft --version\n"
    "\n"
    "Exit status: 0 fine, 1 a comparison failed, 2 wrong usage or input, 3 the plugin answered "
    "with an error,\n"
    "4 the plugin crashed, 5 --timeout passed, 130 interrupted.\n";

static const char PLUGIN_HELP[] =
    "ryft plugin: the plugins on this machine\n"
    "\n"
    "  ryft plugin list [--json]\n"
    "  ryft plugin install NAME [--version V] [--force]\n"
    "  ryft plugin inspect NAME|PATH [--json]\n";

typedef struct command {
  const char *group; /* NULL, or the word before the name */
  const char *name;
  const char *full_name;
  const char *help;
  int (*run)(cli_context *context, int argc, char **argv);
} command;

static const command COMMANDS[] = {
    {NULL, "run", "run", ryft_cli_run_help, ryft_cli_run},
    {NULL, "devices", "devices", ryft_cli_devices_help, ryft_cli_devices},
    {"plugin", "list", "plugin list", ryft_cli_plugin_list_help, ryft_cli_plugin_list},
    {"plugin", "install", "plugin install", ryft_cli_plugin_install_help, ryft_cli_plugin_install},
    {"plugin", "inspect", "plugin inspect", ryft_cli_plugin_inspect_help, ryft_cli_plugin_inspect},
};
enum { COMMAND_COUNT = sizeof(COMMANDS) / sizeof(COMMANDS[0]) };

static bool same_group(const char *left, const char *right) {
  return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static const command *find(const char *group, const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; ++i) {
    bool same = same_group(COMMANDS[i].group, group) && strcmp(COMMANDS[i].name, name) == 0;
    if (same) return &COMMANDS[i];
  }
  return NULL;
}

static int unknown_command(const cli_context *context, const char *group, const char *name) {
  cli_nearest nearest = cli_nearest_to(name, strlen(name));
  for (size_t i = 0; i < COMMAND_COUNT; ++i) {
    if (same_group(COMMANDS[i].group, group)) cli_nearest_offer(&nearest, COMMANDS[i].name);
  }
  if (group == NULL) {
    cli_nearest_offer(&nearest, "plugin");
    cli_nearest_offer(&nearest, "help");
  }
  const char *hint = cli_nearest_best(&nearest);
  const char *gap = group == NULL ? "" : " ";
  if (group == NULL) group = "";
  if (hint == NULL)
    return cli_fail_usage(context, "unknown command %s%s%s; see ryft --help", group, gap, name);
  return cli_fail_usage(context,
                        "unknown command %s%s%s; did you mean ryft %s%s%s?",
                        group,
                        gap,
                        name,
                        group,
                        gap,
                        hint);
}

static bool asks_for_help(const char *argument) {
  return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0 ||
         strcmp(argument, "help") == 0;
}

static int print(const cli_context *context, const char *text) {
  fputs(text, context->out);
  return CLI_OK;
}

static int run(const command *chosen, cli_context *context, int argc, char **argv) {
  context->command = chosen->full_name;
  context->help = chosen->help;
  return chosen->run(context, argc, argv);
}

/* `ryft plugin …` */
static int run_group(cli_context *context, int argc, char **argv, bool help_only) {
  context->command = "plugin";
  if (argc == 0 && help_only) return print(context, PLUGIN_HELP);
  if (argc == 0) return cli_fail_usage(context, "list, install or inspect? See ryft plugin --help");
  if (asks_for_help(argv[0])) return print(context, PLUGIN_HELP);
  const command *chosen = find("plugin", argv[0]);
  if (chosen == NULL) {
    context->command = NULL;
    return unknown_command(context, "plugin", argv[0]);
  }
  if (help_only) return print(context, chosen->help);
  return run(chosen, context, argc - 1, argv + 1);
}

/* `ryft help …` */
static int help(cli_context *context, int argc, char **argv) {
  if (argc == 0 || strcmp(argv[0], "--help") == 0) return print(context, HELP);
  if (strcmp(argv[0], "plugin") == 0)
    return run_group(context, argc - 1, argv + 1, /* help_only= */ true);
  const command *chosen = find(/* group= */ NULL, argv[0]);
  return chosen == NULL ? unknown_command(context, NULL, argv[0]) : print(context, chosen->help);
}

static int print_version(const cli_context *context) {
  int api = ryft_pjrt_version();
  fprintf(context->out, "ryft %s (PJRT API %d.%d)\n", ryft_version_text(), api / 1000, api % 1000);
  return CLI_OK;
}

/* --json decides how errors are printed, whatever they are about and wherever it stands. */
static bool wants_json(int argc, char **argv) {
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; ++i) {
    if (strcmp(argv[i], "--json") == 0) return true;
  }
  return false;
}

static int dispatch(cli_context *context, int argc, char **argv) {
  if (argc == 0) return cli_fail_usage(context, "no command given; see ryft --help");
  if (strcmp(argv[0], "--version") == 0) return print_version(context);
  if (asks_for_help(argv[0])) return help(context, argc - 1, argv + 1);
  if (argv[0][0] == '-') {
    return cli_fail_usage(context, "%s: the command comes first; see ryft --help", argv[0]);
  }
  if (strcmp(argv[0], "plugin") == 0)
    return run_group(context, argc - 1, argv + 1, /* help_only= */ false);
  const command *chosen = find(/* group= */ NULL, argv[0]);
  if (chosen == NULL) return unknown_command(context, NULL, argv[0]);
  return run(chosen, context, argc - 1, argv + 1);
}

/* Started with a standard descriptor closed, a file we open would take its number. What is written
 * to one of these then fails, as it should. */
static void fill_standard_descriptors(void) {
  for (int descriptor = 0; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) _exit(CLI_USAGE);
  }
}

int main(int argc, char **argv) {
  fill_standard_descriptors();
  (void)signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough is no error */
  if (argc > 0) {
    --argc;
    ++argv;
  }
  cli_interrupts_catch(wants_json(argc, argv));
  const char *plugin = getenv("RYFT_PLUGIN");
  const bool chosen = plugin != NULL && *plugin != '\0';
  cli_context context = {.subject = "plugin",
                         .json = wants_json(argc, argv),
                         .plugin = chosen ? plugin : "cpu",
                         .plugin_variable = chosen ? "RYFT_PLUGIN" : NULL,
                         .out = stdout,
                         .err = stderr};
  int status = dispatch(&context, argc, argv);
  status = cli_finish_output(&context, status);
  cli_options_free(&context);
  return status;
}
