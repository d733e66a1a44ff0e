/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/arguments.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/cli.h"
#include "src/cli/nearest.h"
#include "src/cli/options.h"

static int stop(cli_arguments *arguments, int status) {
  arguments->status = status;
  return CLI_STOP;
}

static int unknown_option(cli_arguments *arguments, const char *name, size_t size) {
  cli_nearest nearest = cli_nearest_to(name, size);
  for (const cli_option *option = arguments->options; option->name != NULL; ++option) {
    cli_nearest_offer(&nearest, option->name);
  }
  cli_nearest_offer(&nearest, "help");
  const char *hint = cli_nearest_best(&nearest);
  if (hint != NULL) {
    return stop(arguments,
                cli_fail_usage(arguments->context,
                               "unknown option --%.*s; did you mean --%s?",
                               (int)size,
                               name,
                               hint));
  }
  return stop(arguments,
              cli_fail_usage(arguments->context,
                             "unknown option --%.*s; see ryft %s --help",
                             (int)size,
                             name,
                             arguments->context->command));
}

static int read_timeout(cli_arguments *arguments) {
  char *end = NULL;
  errno = 0;
  double seconds = strtod(arguments->value, &end);
  bool whole = end != arguments->value && *end == '\0';
  if (!whole || errno != 0 || !isfinite(seconds) || seconds <= 0 || seconds > 1e9) {
    return cli_fail_usage(arguments->context,
                          "--timeout wants seconds above 0, such as 30 or 0.5, not \"%s\"",
                          arguments->value);
  }
  arguments->context->timeout = seconds;
  return CLI_OK;
}

static void read_shared_flag(cli_context *context, int id) {
  if (id == CLI_SHARED_JSON) context->json = true;
  if (id == CLI_SHARED_VERBOSE) context->verbose = true;
  if (id == CLI_SHARED_QUIET) context->quiet = true;
}

static int read_shared_value(cli_arguments *arguments, int id) {
  cli_context *context = arguments->context;
  if (id == CLI_SHARED_TIMEOUT) return read_timeout(arguments);
  if (id == CLI_SHARED_OPTION) return cli_options_add(context, arguments->value);
  if (*arguments->value == '\0') return cli_fail_usage(context, "--plugin wants a name or a path");
  context->plugin = arguments->value;
  context->plugin_variable = NULL;
  return CLI_OK;
}

/* The value after "=", or the next argument, whatever it looks like: "--option -1" is a value, too.
 * False after failing. */
static bool take_value(cli_arguments *arguments, const cli_option *option, const char *equals) {
  if (!option->takes_value) {
    if (equals == NULL) return true;
    arguments->status = cli_fail_usage(arguments->context, "--%s takes no value", option->name);
    return false;
  }
  if (equals != NULL) {
    arguments->value = equals + 1;
    return true;
  }
  if (arguments->next == arguments->argc) {
    arguments->status = cli_fail_usage(arguments->context, "--%s wants a value", option->name);
    return false;
  }
  arguments->value = arguments->argv[arguments->next++];
  return true;
}

static int print_help(cli_arguments *arguments, const char *equals) {
  if (equals != NULL) {
    return stop(arguments, cli_fail_usage(arguments->context, "--help takes no value"));
  }
  fputs(arguments->context->help, arguments->context->out);
  return stop(arguments, CLI_OK);
}

/* One option; CLI_END here means that it was a shared one and is dealt with. */
static int read_option(cli_arguments *arguments, const char *text) {
  const char *equals = strchr(text, '=');
  size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
  if (size == 4 && memcmp(text, "help", 4) == 0) return print_help(arguments, equals);
  const cli_option *option = arguments->options;
  while (option->name != NULL &&
         (strlen(option->name) != size || memcmp(option->name, text, size) != 0)) {
    ++option;
  }
  if (option->name == NULL) return unknown_option(arguments, text, size);
  arguments->option = option->name;
  if (!take_value(arguments, option, equals)) return CLI_STOP;
  if (option->id >= 0) return option->id;
  int status = CLI_OK;
  if (option->takes_value) {
    status = read_shared_value(arguments, option->id);
  } else {
    read_shared_flag(arguments->context, option->id);
  }
  return status == CLI_OK ? CLI_END : stop(arguments, status);
}

int cli_arguments_next(cli_arguments *arguments) {
  while (arguments->next < arguments->argc) {
    const char *text = arguments->argv[arguments->next++];
    arguments->option = NULL;
    arguments->value = NULL;
    if (arguments->only_operands || text[0] != '-' || text[1] == '\0') {
      arguments->value = text;
      return CLI_OPERAND;
    }
    if (strcmp(text, "--") == 0) {
      arguments->only_operands = true;
      continue;
    }
    if (strcmp(text, "-h") == 0) return print_help(arguments, /* equals= */ NULL);
    if (text[1] != '-') {
      return stop(
          arguments,
          cli_fail_usage(
              arguments->context, "unknown option %s: options begin with two dashes", text));
    }
    int found = read_option(arguments, text + 2);
    if (found != CLI_END) return found;
  }
  return CLI_END;
}

int cli_arguments_refuse(const cli_arguments *arguments) {
  return cli_fail_usage(arguments->context,
                        "\"%s\" is one argument too many; see ryft %s --help",
                        arguments->value,
                        arguments->context->command);
}
