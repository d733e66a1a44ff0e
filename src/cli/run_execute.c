/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>

#include "src/cli/run.h"

/* The tables that ryft_execute_all takes. */
typedef struct tables {
  ryft_buffer *const **arguments;
  ryft_buffer ***results;
  ryft_event **done;
} tables;

static bool make_tables(const cli_run *run, tables *out) {
  const size_t count = run->device_count + 1;
  out->arguments = calloc(count, sizeof *out->arguments);
  out->results = calloc(count, sizeof *out->results);
  out->done = calloc(count, sizeof *out->done);
  if (out->arguments == NULL || out->results == NULL || out->done == NULL) return false;
  for (size_t i = 0; i < run->device_count; ++i) {
    out->arguments[i] = run->arguments + i * run->argument_count;
    out->results[i] = run->buffers + i * run->result_count;
  }
  return true;
}

static void free_tables(tables *made) {
  free(made->arguments);
  free(made->results);
  free(made->done);
}

/* The error that is kept is the first. */
static ryft_error *first_of(ryft_error *first, ryft_error *second) {
  if (first == NULL) return second;
  ryft_error_destroy(second);
  return first;
}

static ryft_error *await_all(const cli_run *run, ryft_event **done) {
  ryft_error *error = NULL;
  for (size_t i = 0; i < run->device_count; ++i) {
    error = first_of(error, ryft_event_await(done[i]));
    ryft_event_destroy(done[i]);
    done[i] = NULL;
  }
  const size_t total = run->device_count * run->result_count;
  for (size_t i = 0; i < total && error == NULL; ++i) error = ryft_buffer_await(run->buffers[i]);
  return error;
}

static void drop_results(const cli_run *run) {
  for (size_t i = 0; i < run->device_count * run->result_count; ++i) {
    ryft_buffer_destroy(run->buffers[i]);
    run->buffers[i] = NULL;
  }
}

static ryft_error *execute_once(const cli_run *run, const tables *with, double *out_ms) {
  /* Donated inputs would be gone the second time. */
  const ryft_execute_options how = {RYFT_SIZED(ryft_execute_options),
                                    .keep_all = run->options->repeat > 1};
  drop_results(run);
  const double start = cli_now_ms();
  ryft_error *error = ryft_execute_all(run->executable,
                                       with->arguments,
                                       run->device_count,
                                       run->argument_count,
                                       &how,
                                       with->results,
                                       run->result_count,
                                       with->done);
  if (error == NULL) error = await_all(run, with->done);
  *out_ms = cli_now_ms() - start;
  return error;
}

static ryft_error *read_result(ryft_buffer *buffer, cli_result *out) {
  out->array = RYFT_DEFAULTS(ryft_host_array);
  RYFT_TRY(ryft_buffer_unpadded_shape(buffer, &out->array.shape));
  if (ryft_type_host_size(out->array.shape.type) == 0) return NULL;
  RYFT_TRY(ryft_buffer_read_alloc(buffer, &out->data, &out->array.size));
  out->array.data = out->data;
  return NULL;
}

static int read_results(cli_run *run) {
  cli_phase("reading the results");
  run->results = calloc(run->device_count * run->result_count + 1, sizeof *run->results);
  if (run->results == NULL) return cli_fail_memory(run->context);
  cli_result *result = run->results;
  for (size_t device = 0; device < run->device_count; ++device) {
    for (size_t i = 0; i < run->result_count; ++i, ++result) {
      result->device = device;
      result->index = i;
      ryft_buffer *const buffer = run->buffers[run->places[device] * run->result_count + i];
      ryft_error *error = read_result(buffer, result);
      if (error != NULL) return cli_fail_library(run->context, error);
    }
  }
  return CLI_OK;
}

int cli_run_execute(cli_run *run) {
  const size_t repeat = (size_t)run->options->repeat;
  tables made = {.arguments = NULL};
  run->buffers = calloc(run->device_count * run->result_count + 1, sizeof(ryft_buffer *));
  run->execute_ms = calloc(repeat, sizeof *run->execute_ms);
  if (run->buffers == NULL || run->execute_ms == NULL || !make_tables(run, &made)) {
    free_tables(&made);
    return cli_fail_memory(run->context);
  }
  cli_phase("running");
  ryft_error *error = NULL;
  for (size_t i = 0; i < repeat && error == NULL; ++i) {
    error = execute_once(run, &made, &run->execute_ms[i]);
  }
  free_tables(&made);
  return error == NULL ? read_results(run) : cli_fail_library(run->context, error);
}
