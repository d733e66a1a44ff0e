/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The plugin's part before anything runs: client, compilation, what the program takes. */
#include <stdlib.h>

#include "src/cli/program_place.h"
#include "src/cli/run.h"

static ryft_error *compile(cli_run *run) {
  const cli_run_options *options = run->options;
  const ryft_compile_options how = {
      RYFT_SIZED(ryft_compile_options),
      .base = {.data = run->base, .size = run->base_size},
      .replicas = (size_t)options->replicas,
      .partitions = (size_t)options->partitions,
      .spmd = options->spmd ? RYFT_YES : RYFT_DEFAULT,
      .shardy = options->shardy ? RYFT_YES : RYFT_DEFAULT,
      .overrides = options->overrides,
      .override_count = options->override_count,
      .fields = options->fields,
      .field_count = options->field_count,
  };
  return ryft_client_compile(run->client, run->program, &how, &run->executable);
}

/* A plugin may keep its optimised program to itself; then only the count of arguments is checked.
 */
static int read_signature(cli_run *run) {
  ryft_error *error = ryft_loaded_executable_signature(run->executable, &run->signature);
  if (ryft_error_code(error) == RYFT_UNIMPLEMENTED) {
    ryft_error_destroy(error);
    run->signature = NULL;
    return CLI_OK;
  }
  return error == NULL ? CLI_OK : cli_fail_library(run->context, error);
}

/* Devices are numbered replica by replica. A plugin too old to say which stands where lists them in
 * that order. */
static int find_places(cli_run *run) {
  run->device_count = ryft_loaded_executable_devices(run->executable).count;
  run->places = calloc(run->device_count + 1, sizeof *run->places);
  if (run->places == NULL) return cli_fail_memory(run->context);
  for (size_t i = 0; i < run->device_count; ++i) run->places[i] = i;
  const ryft_logical_id *ids = NULL;
  size_t count = 0, replicas = 0, partitions = 0;
  ryft_error *error = ryft_executable_replicas(
      ryft_loaded_executable_executable(run->executable), &replicas, &partitions);
  if (error == NULL) error = ryft_loaded_executable_logical_ids(run->executable, &ids, &count);
  const bool known = error == NULL && count == run->device_count;
  ryft_error_destroy(error);
  for (size_t i = 0; known && i < count; ++i) {
    const size_t device = ids[i].replica * partitions + ids[i].partition;
    if (device < run->device_count) run->places[device] = i;
  }
  return CLI_OK;
}

/* Now that the devices are known for certain. */
static int check_devices(const cli_run *run, const cli_items *items, const char *option) {
  for (size_t i = 0; i < items->count; ++i) {
    if (items->list[i].device >= (int64_t)run->device_count) {
      return cli_fail_usage(run->context,
                            "--%s %.80s: the program runs on %zu device%s, numbered from 0",
                            option,
                            items->list[i].given,
                            run->device_count,
                            run->device_count == 1 ? "" : "s");
    }
  }
  return CLI_OK;
}

/* Of --output or --expect, which name results of device 0 unless they name another. */
static int check_results(const cli_run *run, const cli_items *items, const char *option) {
  const int status = check_devices(run, items, option);
  if (status != CLI_OK) return status;
  for (size_t device = 0; device < run->device_count; ++device) {
    const size_t item = cli_item_of(items, /* other= */ 0, device, run->result_count);
    if (item != items->count) {
      return cli_fail_usage(run->context,
                            "--%s %s: the program has only %zu result%s on each device",
                            option,
                            items->list[item].text,
                            run->result_count,
                            run->result_count == 1 ? "" : "s");
    }
  }
  return CLI_OK;
}

int cli_run_compile(cli_run *run) {
  const cli_run_options *options = run->options;
  int status = cli_open_client(run->context, run->wanted, &run->client);
  if (status != CLI_OK) return status;
  cli_phase("compiling");
  const double start = cli_now_ms();
  ryft_error *error = compile(run);
  run->compile_ms = cli_now_ms() - start;
  if (error != NULL) {
    return cli_fail_program(run->context, options->program, run->program, error);
  }
  cli_phase("reading the program's signature");
  status = find_places(run);
  if (status == CLI_OK) status = read_signature(run);
  if (status != CLI_OK) return status;
  run->result_count = ryft_loaded_executable_output_count(run->executable);
  status = check_devices(run, &options->inputs, "input");
  if (status == CLI_OK) status = check_results(run, &options->outputs, "output");
  return status == CLI_OK ? check_results(run, &options->expects, "expect") : status;
}
