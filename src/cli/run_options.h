/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What `ryft run` was asked to do, as far as the words alone tell. */
#ifndef RYFT_SRC_CLI_RUN_OPTIONS_H
#define RYFT_SRC_CLI_RUN_OPTIONS_H

#include "ryft/io/comparison.h"
#include "src/cli/cli.h"

enum { CLI_EVERY_DEVICE = -1 };

/* The text of an --input, --output or --expect without its "D:". */
typedef struct cli_item {
  int64_t device; /* CLI_EVERY_DEVICE when not given */
  const char *text;
  const char *given; /* with it */
} cli_item;

typedef struct cli_items {
  cli_item *list;
  size_t count;
} cli_items;

typedef struct cli_run_options {
  const char *program;
  cli_items inputs, outputs, expects;
  ryft_tolerance tolerance;
  const char *tolerance_text;
  int64_t replicas, partitions; /* 0: not given */
  bool spmd, shardy;
  int64_t repeat;
  const char *compile_options; /* a file, or NULL */
  ryft_named_value *overrides; /* names and strings are in `texts` */
  size_t override_count;
  ryft_field_setting *fields;
  size_t field_count;
  char **texts;
  size_t text_count;
} cli_run_options;

/* Reads the command's arguments. CLI_OK, or the status after failing. `*out_stop` says that there
 * is nothing more to do, as after --help. Free it in any case. */
int cli_run_options_read(cli_context *context,
                         int argc,
                         char **argv,
                         cli_run_options *out,
                         bool *out_stop);
void cli_run_options_free(cli_run_options *options);

/* Whether all "D:" name one of `count` devices. CLI_OK, or the status after failing. */
int cli_run_options_check_devices(cli_context *context,
                                  const cli_run_options *options,
                                  int64_t count);

/* Takes "D:" off the start of `text`; CLI_EVERY_DEVICE when there is none. */
int64_t cli_take_device(const char **text);

/* Room for one more element of a list that starts out NULL; NULL when memory is out. */
void *cli_grow(void *list, size_t count, size_t element_size);

#endif /* RYFT_SRC_CLI_RUN_OPTIONS_H */
