/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One `ryft run`, from its words to its results. */
#ifndef RYFT_SRC_CLI_RUN_H
#define RYFT_SRC_CLI_RUN_H

#include "ryft/io/npy.h"
#include "src/cli/output.h"
#include "src/cli/run_options.h"
#include "src/cli/spec.h"

/* One result of one device, in host memory. `data` is NULL where it has no host form (tokens). */
typedef struct cli_result {
  size_t device;
  size_t index;
  ryft_host_array array;
  void *data; /* from ryft_host_alloc */
} cli_result;

/* Starts zeroed; freed by cli_run_free whatever of it was made. Lists by device have devices one
 * after another. */
typedef struct cli_run {
  cli_context *context;
  const cli_run_options *options;

  /* Read before the plugin is loaded. */
  ryft_program *program;
  int64_t wanted; /* devices: what the options say, else what the program says; 0: neither */
  void *base;     /* --compile-options */
  size_t base_size;
  cli_spec *inputs;
  ryft_npy **expects;
  cli_output *outputs;

  ryft_client *client;
  ryft_loaded_executable *executable;
  const ryft_signature *signature; /* NULL when the plugin does not tell */
  size_t device_count;
  size_t *places; /* where device D of the assignment stands among the executable's devices */
  size_t argument_count;
  size_t result_count; /* on each device */
  ryft_buffer **arguments;
  ryft_buffer **buffers; /* results */
  cli_result *results;   /* device_count * result_count of them */
  double compile_ms;
  double *execute_ms; /* one for each of --repeat */
} cli_run;

/* The steps, in this order. CLI_OK, or the status after failing. */
int cli_run_read(cli_run *run);    /* files and inputs */
int cli_run_compile(cli_run *run); /* plugin, client, program, signature */
int cli_run_upload(cli_run *run);  /* inputs against parameters, to the devices */
int cli_run_execute(cli_run *run); /* as often as asked, and back to the host */
int cli_run_compare(const cli_run *run);
int cli_run_print(const cli_run *run);

void cli_run_free(cli_run *run);

/* The Nth item for `device` among items without "D:" for `other` (CLI_EVERY_DEVICE: those count for
 * every device); the item's index, or `items->count` when there are fewer. */
size_t cli_item_of(const cli_items *items, int64_t other, size_t device, size_t nth);

/* Milliseconds on a clock that never goes back. */
double cli_now_ms(void);

#endif /* RYFT_SRC_CLI_RUN_H */
