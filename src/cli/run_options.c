/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/run_options.h"

#include <stdlib.h>
#include <string.h>

#include "ryft/io/value_text.h"

enum {
  RUN_INPUT,
  RUN_OUTPUT,
  RUN_EXPECT,
  RUN_TOLERANCE,
  RUN_REPLICAS,
  RUN_PARTITIONS,
  RUN_SPMD,
  RUN_SHARDY,
  RUN_COMPILE_OPTION,
  RUN_COMPILE_OPTIONS,
  RUN_REPEAT,
  RUN_THREADS,
};

static const cli_option OPTIONS[] = {
    {"input", RUN_INPUT, true},
    {"output", RUN_OUTPUT, true},
    {"expect", RUN_EXPECT, true},
    {"tolerance", RUN_TOLERANCE, true},
    {"replicas", RUN_REPLICAS, true},
    {"partitions", RUN_PARTITIONS, true},
    {"spmd", RUN_SPMD, false},
    {"shardy", RUN_SHARDY, false},
    {"compile-option", RUN_COMPILE_OPTION, true},
    {"compile-options", RUN_COMPILE_OPTIONS, true},
    {"repeat", RUN_REPEAT, true},
    {"threads", RUN_THREADS, true},
    CLI_OPTIONS_COMMON,
    CLI_OPTIONS_CLIENT,
    {NULL, 0, false},
};

/* Plugins abort on more, and nobody has as many devices. */
enum { MOST_DEVICES = 1 << 20, MOST_REPEATS = 1000000000, MOST_THREADS = 4096 };

void *cli_grow(void *list, size_t count, size_t element_size) {
  if (count >= SIZE_MAX / element_size - 1) return NULL;
  return realloc(list, (count + 1) * element_size);
}

int64_t cli_take_device(const char **text) {
  const char *at = *text;
  int64_t device = 0;
  while (*at >= '0' && *at <= '9') {
    if (device <= MOST_DEVICES) device = device * 10 + (*at - '0');
    ++at;
  }
  if (at == *text || *at != ':') return CLI_EVERY_DEVICE;
  *text = at + 1;
  return device;
}

static int add_item(cli_arguments *arguments, cli_items *items) {
  cli_item item = {.text = arguments->value};
  item.given = item.text;
  item.device = cli_take_device(&item.text);
  if (*item.text == '\0') {
    return cli_fail_usage(arguments->context, "--%s wants a name", arguments->option);
  }
  cli_item *list = cli_grow(items->list, items->count, sizeof *list);
  if (list == NULL) return cli_fail_memory(arguments->context);
  items->list = list;
  list[items->count++] = item;
  return CLI_OK;
}

static int read_count(cli_arguments *arguments, int64_t most, int64_t *out) {
  int64_t value = 0;
  const char *text = arguments->value;
  ryft_error *error = ryft_value_parse(RYFT_S64, text, strlen(text), &value);
  const bool good = error == NULL && value >= 1 && value <= most;
  ryft_error_destroy(error);
  if (!good) {
    return cli_fail_usage(arguments->context,
                          "--%s wants a number from 1 to %lld, not \"%s\"",
                          arguments->option,
                          (long long)most,
                          text);
  }
  *out = value;
  return CLI_OK;
}

/* A bound of 0 or more; the text ends at a comma or at its end. */
static bool read_bound(const char *text, size_t size, double *out) {
  ryft_error *error = ryft_value_parse(RYFT_F64, text, size, out);
  const bool good = error == NULL && *out >= 0;
  ryft_error_destroy(error);
  return good;
}

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool parse_tolerance(const char *text, ryft_tolerance *out) {
  *out = RYFT_DEFAULTS(ryft_tolerance);
  if (strcmp(text, "exact") == 0) return true;
  if (starts_with(text, "ulp:")) {
    ryft_error *error = ryft_value_parse(RYFT_U64, text + 4, strlen(text + 4), &out->ulp);
    const bool good = error == NULL;
    ryft_error_destroy(error);
    return good;
  }
  if (starts_with(text, "abs:")) return read_bound(text + 4, strlen(text + 4), &out->absolute);
  if (!starts_with(text, "rel:")) return false;
  const char *number = text + 4, *comma = strchr(number, ',');
  const size_t size = comma == NULL ? strlen(number) : (size_t)(comma - number);
  if (!read_bound(number, size, &out->relative)) return false;
  if (comma == NULL) return true;
  return starts_with(comma, ",abs:") && read_bound(comma + 5, strlen(comma + 5), &out->absolute);
}

static int read_tolerance(cli_arguments *arguments, cli_run_options *options) {
  options->tolerance_text = arguments->value;
  if (parse_tolerance(arguments->value, &options->tolerance)) return CLI_OK;
  return cli_fail_usage(arguments->context,
                        "--tolerance wants exact, ulp:N, abs:X, rel:X or rel:X,abs:Y, not \"%s\"",
                        arguments->value);
}

/* A copy of the part before "=", kept with the options. */
static char *keep_name(cli_run_options *options, const char *text, size_t size) {
  char **texts = cli_grow(options->texts, options->text_count, sizeof *texts);
  if (texts == NULL) return NULL;
  options->texts = texts;
  char *copy = strndup(text, size);
  if (copy != NULL) texts[options->text_count++] = copy;
  return copy;
}

/* true and false are bools, all else is a string, unless a prefix says which. */
static bool type_override(const char *name, const char *value, ryft_named_value *out) {
  ryft_error *error = NULL;
  *out = ryft_named_string(name, value);
  if (starts_with(value, "str:")) {
    *out = ryft_named_string(name, value + 4);
  } else if (starts_with(value, "int:")) {
    int64_t number = 0;
    error = ryft_value_parse(RYFT_S64, value + 4, strlen(value + 4), &number);
    *out = ryft_named_int64(name, number);
  } else if (starts_with(value, "float:")) {
    float number = 0;
    error = ryft_value_parse(RYFT_F32, value + 6, strlen(value + 6), &number);
    *out = ryft_named_float(name, number);
  } else {
    const bool forced = starts_with(value, "bool:");
    const char *word = forced ? value + 5 : value;
    const bool yes = strcmp(word, "true") == 0, no = strcmp(word, "false") == 0;
    if (yes || no)
      *out = ryft_named_bool(name, yes);
    else if (forced)
      return false;
  }
  const bool good = error == NULL;
  ryft_error_destroy(error);
  return good;
}

static int add_field(cli_context *context,
                     cli_run_options *options,
                     const char *path,
                     const char *value) {
  ryft_field_setting *fields = cli_grow(options->fields, options->field_count, sizeof *fields);
  if (fields == NULL) return cli_fail_memory(context);
  options->fields = fields;
  fields[options->field_count++] = (ryft_field_setting){.path = path, .value = value};
  return CLI_OK;
}

/* NAME=VALUE. A path's ["KEY"] may hold an equals sign itself. */
static const char *find_equals(const char *text) {
  bool quoted = false;
  for (; *text != '\0'; ++text) {
    if (*text == '"') quoted = !quoted;
    if (*text == '=' && !quoted) return text;
  }
  return NULL;
}

static int add_compile_option(cli_arguments *arguments, cli_run_options *options) {
  cli_context *const context = arguments->context;
  const char *text = arguments->value, *equals = find_equals(text);
  const bool field = *text == '.';
  if (equals == NULL || equals == text + field) {
    return cli_fail_usage(context, "--compile-option wants NAME=VALUE, not \"%s\"", text);
  }
  const char *name = keep_name(options, text + field, (size_t)(equals - text) - field);
  if (name == NULL) return cli_fail_memory(context);
  if (field) return add_field(context, options, name, equals + 1);
  ryft_named_value value;
  if (!type_override(name, equals + 1, &value)) {
    return cli_fail_usage(
        context, "--compile-option %s: \"%s\" is not what its prefix says", name, equals + 1);
  }
  ryft_named_value *overrides = cli_grow(options->overrides, options->override_count, sizeof value);
  if (overrides == NULL) return cli_fail_memory(context);
  options->overrides = overrides;
  overrides[options->override_count++] = value;
  return CLI_OK;
}

static int read_operand(cli_arguments *arguments, cli_run_options *options) {
  if (options->program != NULL) return cli_arguments_refuse(arguments);
  options->program = arguments->value;
  return CLI_OK;
}

static int read_one(cli_arguments *arguments, int found, cli_run_options *options) {
  switch (found) {
    case RUN_INPUT:
      return add_item(arguments, &options->inputs);
    case RUN_OUTPUT:
      return add_item(arguments, &options->outputs);
    case RUN_EXPECT:
      return add_item(arguments, &options->expects);
    case RUN_TOLERANCE:
      return read_tolerance(arguments, options);
    case RUN_REPLICAS:
      return read_count(arguments, MOST_DEVICES, &options->replicas);
    case RUN_PARTITIONS:
      return read_count(arguments, MOST_DEVICES, &options->partitions);
    case RUN_REPEAT:
      return read_count(arguments, MOST_REPEATS, &options->repeat);
    case RUN_THREADS:
      return read_count(arguments, MOST_THREADS, &arguments->context->threads);
    case RUN_COMPILE_OPTION:
      return add_compile_option(arguments, options);
    case RUN_SPMD:
      options->spmd = true;
      return CLI_OK;
    case RUN_SHARDY:
      options->shardy = true;
      return CLI_OK;
    case RUN_COMPILE_OPTIONS:
      options->compile_options = arguments->value;
      return CLI_OK;
    default:
      return read_operand(arguments, options);
  }
}

static int check_devices(cli_context *context,
                         const cli_items *items,
                         const char *option,
                         int64_t count) {
  for (size_t i = 0; i < items->count; ++i) {
    if (items->list[i].device >= count) {
      return cli_fail_usage(context,
                            "--%s %.80s: there %s %lld device%s, numbered from 0; see --replicas "
                            "and --partitions",
                            option,
                            items->list[i].given,
                            count == 1 ? "is" : "are",
                            (long long)count,
                            count == 1 ? "" : "s");
    }
  }
  return CLI_OK;
}

/* What no single option shows to be wrong. */
static int check_together(cli_context *context, const cli_run_options *options) {
  if (options->program == NULL) {
    return cli_fail_usage(context, "which program? see ryft %s --help", context->command);
  }
  if (options->tolerance_text != NULL && options->expects.count == 0) {
    return cli_fail_usage(context, "--tolerance needs something to compare with: --expect FILE");
  }
  for (size_t i = 0; i < options->outputs.count && context->json; ++i) {
    if (strcmp(options->outputs.list[i].text, "-") == 0) {
      return cli_fail_usage(context, "--json and --output - would mix on standard output");
    }
  }
  const int64_t replicas = options->replicas == 0 ? 1 : options->replicas;
  const int64_t partitions = options->partitions == 0 ? 1 : options->partitions;
  if (replicas * partitions > MOST_DEVICES) {
    return cli_fail_usage(context,
                          "%lld replicas of %lld partitions are too many devices",
                          (long long)replicas,
                          (long long)partitions);
  }
  return CLI_OK;
}

int cli_run_options_check_devices(cli_context *context,
                                  const cli_run_options *options,
                                  int64_t count) {
  int status = check_devices(context, &options->inputs, "input", count);
  if (status == CLI_OK) status = check_devices(context, &options->outputs, "output", count);
  return status == CLI_OK ? check_devices(context, &options->expects, "expect", count) : status;
}

int cli_run_options_read(cli_context *context,
                         int argc,
                         char **argv,
                         cli_run_options *out,
                         bool *out_stop) {
  *out = (cli_run_options){.repeat = 1, .tolerance = RYFT_DEFAULTS(ryft_tolerance)};
  *out_stop = false;
  cli_arguments arguments = {.context = context, .options = OPTIONS, .argc = argc, .argv = argv};
  for (int found; (found = cli_arguments_next(&arguments)) != CLI_END;) {
    if (found == CLI_STOP) {
      *out_stop = true;
      return arguments.status;
    }
    const int status = read_one(&arguments, found, out);
    if (status != CLI_OK) return status;
  }
  return check_together(context, out);
}

void cli_run_options_free(cli_run_options *options) {
  for (size_t i = 0; i < options->text_count; ++i) free(options->texts[i]);
  free(options->texts);
  free(options->overrides);
  free(options->fields);
  free(options->inputs.list);
  free(options->outputs.list);
  free(options->expects.list);
  *options = (cli_run_options){.program = NULL};
}
