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

/* A word that commands stand behind, as in `ryft plugin list`. What there is in it is read off
 * COMMANDS. */
typedef struct group {
  const char *name;
  const char *about; /* what its --help begins with, after the name */
} group;

typedef struct command {
  const char *group; /* NULL, or the word before the name */
  const char *name;
  const char *full_name;
  const char *synopsis; /* in a group's help: what follows the full name, or "" */
  const char *help;
  int (*run)(cli_context *context, int argc, char **argv);
} command;

static const group GROUPS[] = {
    {"plugin", "the plugins on this machine"},
};

/* A new command is a row, in the order in which help shows it; a new group is one more above. */
static const command COMMANDS[] = {
    {NULL, "run", "run", "", ryft_cli_run_help, ryft_cli_run},
    {NULL, "devices", "devices", "", ryft_cli_devices_help, ryft_cli_devices},
    {"plugin", "list", "plugin list", "[--json]", ryft_cli_plugin_list_help, ryft_cli_plugin_list},
    {"plugin",
     "install",
     "plugin install",
     "NAME [--version V] [--force]",
     ryft_cli_plugin_install_help,
     ryft_cli_plugin_install},
    {"plugin",
     "inspect",
     "plugin inspect",
     "NAME|PATH [--json]",
     ryft_cli_plugin_inspect_help,
     ryft_cli_plugin_inspect},
};
enum {
  GROUP_COUNT = sizeof(GROUPS) / sizeof(GROUPS[0]),
  COMMAND_COUNT = sizeof(COMMANDS) / sizeof(COMMANDS[0]),
};

static bool is_in(const command *it, const group *of) {
  if (of == NULL || it->group == NULL) return of == NULL && it->group == NULL;
  return strcmp(it->group, of->name) == 0;
}

static const group *find_group(const char *name) {
  for (size_t i = 0; i < GROUP_COUNT; ++i) {
    if (strcmp(GROUPS[i].name, name) == 0) return &GROUPS[i];
  }
  return NULL;
}

/* `of` is NULL for commands of one word. */
static const command *find(const group *of, const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; ++i) {
    if (is_in(&COMMANDS[i], of) && strcmp(COMMANDS[i].name, name) == 0) return &COMMANDS[i];
  }
  return NULL;
}

static int unknown_command(const cli_context *context, const group *of, const char *name) {
  cli_nearest nearest = cli_nearest_to(name, strlen(name));
  for (size_t i = 0; i < COMMAND_COUNT; ++i) {
    if (is_in(&COMMANDS[i], of)) cli_nearest_offer(&nearest, COMMANDS[i].name);
  }
  for (size_t i = 0; of == NULL && i < GROUP_COUNT; ++i) {
    cli_nearest_offer(&nearest, GROUPS[i].name);
  }
  if (of == NULL) cli_nearest_offer(&nearest, "help");
  const char *hint = cli_nearest_best(&nearest);
  const char *word = of == NULL ? "" : of->name, *gap = of == NULL ? "" : " ";
  if (hint == NULL)
    return cli_fail_usage(context, "unknown command %s%s%s; see ryft --help", word, gap, name);
  return cli_fail_usage(context,
                        "unknown command %s%s%s; did you mean ryft %s%s%s?",
                        word,
                        gap,
                        name,
                        word,
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

static int print_group_help(const cli_context *context, const group *of) {
  fprintf(context->out, "ryft %s: %s\n\n", of->name, of->about);
  for (size_t i = 0; i < COMMAND_COUNT; ++i) {
    const command *it = &COMMANDS[i];
    if (is_in(it, of)) fprintf(context->out, "  ryft %s %s\n", it->full_name, it->synopsis);
  }
  return CLI_OK;
}

/* "list, install or inspect" */
static int ask_which(const cli_context *context, const group *of) {
  char names[256] = "";
  size_t size = 0, left = 0;
  for (size_t i = 0; i < COMMAND_COUNT; ++i) left += is_in(&COMMANDS[i], of);
  for (size_t i = 0; i < COMMAND_COUNT && size < sizeof names; ++i) {
    if (!is_in(&COMMANDS[i], of)) continue;
    --left;
    const char *gap = left == 0 ? "" : left == 1 ? " or " : ", ";
    size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", COMMANDS[i].name, gap);
  }
  return cli_fail_usage(context, "%s? See ryft %s --help", names, of->name);
}

/* `ryft plugin …` */
static int run_group(cli_context *context, const group *of, int argc, char **argv, bool help_only) {
  context->command = of->name;
  if (argc == 0) return help_only ? print_group_help(context, of) : ask_which(context, of);
  if (asks_for_help(argv[0])) return print_group_help(context, of);
  const command *chosen = find(of, argv[0]);
  if (chosen == NULL) {
    context->command = NULL;
    return unknown_command(context, of, argv[0]);
  }
  if (help_only) return print(context, chosen->help);
  return run(chosen, context, argc - 1, argv + 1);
}

/* `ryft help …` */
static int help(cli_context *context, int argc, char **argv) {
  if (argc == 0 || strcmp(argv[0], "--help") == 0) return print(context, HELP);
  const group *of = find_group(argv[0]);
  if (of != NULL) return run_group(context, of, argc - 1, argv + 1, /* help_only= */ true);
  const command *chosen = find(/* of= */ NULL, argv[0]);
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
  const group *of = find_group(argv[0]);
  if (of != NULL) return run_group(context, of, argc - 1, argv + 1, /* help_only= */ false);
  const command *chosen = find(/* of= */ NULL, argv[0]);
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
