/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* `ryft run`: reads everything, compiles, runs, compares, writes. */
#include "src/cli/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ryft/io/program.h"
#include "src/cli/bytes.h"

enum { MOST_BASE = 64 << 20 }; /* bytes of --compile-options */

const char ryft_cli_run_help[] =
    "usage: ryft run PROGRAM [option]...\n"
    "\n"
    "Compiles a program (StableHLO text or bytecode, or HLO), runs it, and prints, saves or "
    "compares its results.\n"
    "\n"
    "  --input SPEC                the next argument of every device, or with D: of device D. SPEC "
    "is one of\n"
    "                                [D:]FILE.npy\n"
    "                                [D:]TYPE[DIMS]=VALUE,VALUE,...     f32[2,2]=1,2.5,nan,-inf   "
    "s32[]=7\n"
    "                                [D:]TYPE[DIMS]=@FILE               .npy or raw little-endian "
    "bytes\n"
    "                                [D:]TYPE[DIMS]=zeros|iota|random[:SEED]\n"
    "  --output [D:]FILE           write the next result of device D (0) as .npy; - is standard "
    "output\n"
    "  --expect [D:]FILE           compare the next result of device D (0) with a .npy; status 1 "
    "if it differs\n"
    "  --tolerance T               exact (default), ulp:N, abs:X, rel:X or rel:X,abs:Y\n"
    "  --replicas N, --partitions N\n"
    "                              devices to run on: N replicas of N partitions\n"
    "  --spmd, --shardy            partition with SPMD; use the Shardy partitioner\n"
    "                              (default for all four: what the program itself says)\n"
    "  --compile-option NAME=VALUE an XLA flag, or with .path.to.field any field of "
    "CompileOptionsProto\n"
    "  --compile-options FILE      a serialized CompileOptionsProto to start from\n"
    "  --repeat N                  run N times; all times are reported\n"
    "  --threads N                 let a CPU plugin compute on N threads (default: one per CPU)\n"
    "  --plugin NAME|PATH          the plugin (default: RYFT_PLUGIN, else cpu)\n"
    "  --option K=V                an option for the plugin's client\n"
    "  --timeout SECONDS           give up after that long\n"
    "  --json, --quiet, --verbose, --help\n"
    "\n"
    "TYPE: pred s2 s4 s8 s16 s32 s64 u2 u4 u8 u16 u32 u64 f16 bf16 f32 f64 c64 c128 f4e2m1fn "
    "f6e2m3fn f6e3m2fn\n"
    "      f8e3m4 f8e4m3 f8e4m3fn f8e4m3b11fnuz f8e4m3fnuz f8e5m2 f8e5m2fnuz f8e8m0fnu\n"
    "Status: 0 fine, 1 a comparison failed, 2 wrong usage or input, 3 the plugin's error, 4 it "
    "crashed, 5 timeout.\n"
    "JSON: values in row-major order; complex numbers, nan, inf and integers beyond 64 bits with "
    "sign are strings.\n";

double cli_now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

size_t cli_item_of(const cli_items *items, int64_t other, size_t device, size_t nth) {
  for (size_t i = 0; i < items->count; ++i) {
    const int64_t given = items->list[i].device == CLI_EVERY_DEVICE ? other : items->list[i].device;
    const bool counts = given == CLI_EVERY_DEVICE || given == (int64_t)device;
    if (counts && nth-- == 0) return i;
  }
  return items->count;
}

static int read_inputs(cli_run *run) {
  const cli_items *items = &run->options->inputs;
  run->inputs = calloc(items->count + 1, sizeof *run->inputs);
  if (run->inputs == NULL) return cli_fail_memory(run->context);
  for (size_t i = 0; i < items->count; ++i) {
    const int status = cli_spec_read(run->context, items->list[i].text, &run->inputs[i]);
    if (status != CLI_OK) return status;
  }
  return CLI_OK;
}

static int read_expected(cli_run *run) {
  const cli_items *items = &run->options->expects;
  run->expects = calloc(items->count + 1, sizeof(ryft_npy *));
  if (run->expects == NULL) return cli_fail_memory(run->context);
  for (size_t i = 0; i < items->count; ++i) {
    ryft_error *error = ryft_npy_map(items->list[i].text, &run->expects[i]);
    if (error != NULL) return cli_fail(run->context, CLI_USAGE, error);
  }
  return CLI_OK;
}

static int prepare_outputs(cli_run *run) {
  const cli_items *items = &run->options->outputs;
  run->outputs = calloc(items->count + 1, sizeof *run->outputs);
  if (run->outputs == NULL) return cli_fail_memory(run->context);
  for (size_t i = 0; i < items->count; ++i) run->outputs[i].unnamed = -1;
  for (size_t i = 0; i < items->count; ++i) {
    cli_output *output = &run->outputs[i];
    const int status = cli_output_prepare(run->context, items->list[i].text, output);
    if (status != CLI_OK) return status;
    for (size_t j = 0; j < i; ++j) {
      if (cli_output_same(output, &run->outputs[j])) {
        return cli_fail_usage(
            run->context, "two results cannot both be written to %s", output->name);
      }
    }
  }
  return CLI_OK;
}

static int read_base(cli_run *run) {
  const char *path = run->options->compile_options;
  const int status = cli_read_bytes(run->context, path, MOST_BASE, &run->base, &run->base_size);
  if (status != CLI_OK) return status;
  if (run->base_size == MOST_BASE) {
    return cli_fail_usage(run->context, "%s is too large for a CompileOptionsProto", path);
  }
  const ryft_compile_options alone = {
      RYFT_SIZED(ryft_compile_options),
      .base = {.data = run->base, .size = run->base_size},
  };
  void *encoded = NULL;
  size_t size = 0;
  ryft_error *error = ryft_compile_options_encode(&alone, &encoded, &size);
  ryft_host_free(encoded);
  if (error == NULL) return CLI_OK;
  const int failed = cli_fail_usage(run->context, "%s: %s", path, ryft_error_message(error));
  ryft_error_destroy(error);
  return failed;
}

/* How many devices the program is to run on. A file of compile options, or a field set, may hold
 * other counts. */
static int count_devices(cli_run *run) {
  const cli_run_options *options = run->options;
  ryft_program_facts facts = RYFT_DEFAULTS(ryft_program_facts);
  ryft_error *error = ryft_program_describe(run->program, &facts);
  if (error != NULL) return cli_fail(run->context, CLI_USAGE, error);
  const int64_t given[] = {options->replicas, options->partitions};
  const size_t told[] = {facts.replicas, facts.partitions};
  int64_t count = 1;
  for (size_t i = 0; i < 2; ++i) {
    const int64_t factor = given[i] != 0 ? given[i] : told[i] == 0 ? 1 : (int64_t)told[i];
    /* Compiling then says what is wrong with them. */
    if (factor < 0 || __builtin_mul_overflow(count, factor, &count)) return CLI_OK;
  }
  run->wanted = count;
  if (options->compile_options != NULL || options->field_count != 0) return CLI_OK;
  return cli_run_options_check_devices(run->context, options, count);
}

int cli_run_read(cli_run *run) {
  const cli_run_options *options = run->options;
  cli_phase("reading the program");
  ryft_error *error = ryft_program_read(options->program, &run->program);
  if (error != NULL) return cli_fail(run->context, CLI_USAGE, error);
  int status = count_devices(run);
  if (status != CLI_OK) return status;
  cli_phase("reading the inputs");
  if (options->compile_options != NULL) status = read_base(run);
  if (status == CLI_OK) status = read_inputs(run);
  if (status == CLI_OK) status = read_expected(run);
  return status == CLI_OK ? prepare_outputs(run) : status;
}

/* Device 0's results are meant where no device is named. */
static int write_outputs(cli_run *run) {
  const cli_items *items = &run->options->outputs;
  if (items->count == 0) return CLI_OK;
  cli_phase("writing the results");
  for (size_t i = 0; i < run->device_count * run->result_count; ++i) {
    const cli_result *result = &run->results[i];
    const size_t item = cli_item_of(items, /* other= */ 0, result->device, result->index);
    if (item == items->count) continue;
    if (result->data == NULL) {
      return cli_fail_usage(run->context,
                            "cannot write %s: result %zu is a token",
                            run->outputs[item].name,
                            result->index);
    }
    run->outputs[item].array = result->array;
  }
  return cli_outputs_write(run->context, run->outputs, items->count);
}

/* The comparison's answer comes last: what was computed is worth having above all when it is wrong.
 */
static int finish(cli_run *run) {
  int status = write_outputs(run);
  if (status != CLI_OK) return status;
  status = cli_run_print(run);
  return status == CLI_OK ? cli_run_compare(run) : status;
}

static int work(cli_context *context, void *data) {
  cli_run run = {.context = context, .options = data};
  int status = cli_run_read(&run);
  if (status == CLI_OK) status = cli_run_compile(&run);
  if (status == CLI_OK) status = cli_run_upload(&run);
  if (status == CLI_OK) status = cli_run_execute(&run);
  if (status == CLI_OK) status = finish(&run);
  cli_phase("cleaning up");
  cli_run_free(&run);
  return status;
}

static void free_buffers(ryft_buffer **buffers, size_t count) {
  for (size_t i = 0; buffers != NULL && i < count; ++i) ryft_buffer_destroy(buffers[i]);
  free(buffers);
}

void cli_run_free(cli_run *run) {
  const cli_run_options *options = run->options;
  const size_t result_total = run->device_count * run->result_count;
  for (size_t i = 0; run->results != NULL && i < result_total; ++i)
    ryft_host_free(run->results[i].data);
  free(run->results);
  free_buffers(run->buffers, result_total);
  free_buffers(run->arguments, run->device_count * run->argument_count);
  ryft_loaded_executable_destroy(run->executable);
  ryft_client_destroy(run->client);
  for (size_t i = 0; run->inputs != NULL && i < options->inputs.count; ++i)
    cli_spec_free(&run->inputs[i]);
  for (size_t i = 0; run->expects != NULL && i < options->expects.count; ++i)
    ryft_npy_destroy(run->expects[i]);
  for (size_t i = 0; run->outputs != NULL && i < options->outputs.count; ++i)
    cli_output_free(&run->outputs[i]);
  free(run->inputs);
  free(run->expects);
  free(run->outputs);
  free(run->places);
  free(run->execute_ms);
  ryft_program_destroy(run->program);
  ryft_host_free(run->base);
}

int ryft_cli_run(cli_context *context, int argc, char **argv) {
  cli_run_options options;
  bool stop = false;
  int status = cli_run_options_read(context, argc, argv, &options, &stop);
  if (status == CLI_OK && !stop) status = cli_supervise(context, work, &options);
  cli_run_options_free(&options);
  return status;
}
