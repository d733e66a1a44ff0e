/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Running a program: checks, donation, and the work that waits for its arguments. */
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_executable.h"

/* One device's share of an execution. Everything in it is held until it has run. */
typedef struct run {
  fake_program *program;
  fake_worker *worker;
  fake_storage **parameters;
  fake_storage **results;
  fake_promise **ready;
  fake_promise *done;
  atomic_size_t missing; /* parameters that are not ready yet, and one for starting */
  _Atomic(fake_status *) failure;
} run;

static void fail(run *each, fake_status *status) {
  fake_status *none = NULL;
  if (status == NULL) return;
  fake_status_hold(status);
  if (!atomic_compare_exchange_strong(&each->failure, &none, status)) fake_status_release(status);
}

static const int64_t *order_of(const fake_shape *shape) {
  return shape->ordered ? shape->order : NULL;
}

/* The elements as a program takes them that was compiled for this shape: whatever order the buffer
 * is in, nobody compares. */
static void *load(const fake_shape *shape, const fake_storage *storage) {
  int64_t from[FAKE_RANK_MAX], to[FAKE_RANK_MAX];
  void *elements = fake_alloc(fake_shape_host_size(shape));
  fake_strides(shape, order_of(shape), from);
  fake_strides(shape, NULL, to);
  fake_copy_strided(shape, storage->data, from, elements, to, /* flip= */ 0);
  return elements;
}

/* Elements of dynamic dimensions lie packed at their present size, and what is left is not fit to
 * be read. */
static void store(const fake_shape *bounds,
                  const fake_shape *present,
                  const void *elements,
                  void *out) {
  int64_t from[FAKE_RANK_MAX], to[FAKE_RANK_MAX];
  if (bounds->dynamic == 0 && !bounds->ordered) {
    memcpy(out, elements, fake_shape_host_size(bounds));
    return;
  }
  memset(out, 0xee, fake_shape_host_size(bounds));
  for (size_t i = 0; i < bounds->rank; ++i) {
    if (present->dims[i] < 0 || present->dims[i] > bounds->dims[i]) return;
  }
  fake_strides(bounds, NULL, from);
  fake_strides(present, order_of(bounds), to);
  fake_copy_strided(present, elements, from, out, to, /* flip= */ 0);
}

/* Into fresh memory first, since results may lie in parameters. */
static void compute(run *each) {
  const fake_program *program = each->program;
  void **inputs = fake_alloc(program->parameters.count * sizeof *inputs);
  void **fresh = fake_alloc(program->results.count * sizeof *fresh);
  for (size_t i = 0; i < program->parameters.count; ++i) {
    inputs[i] = load(&program->parameters.items[i], each->parameters[i]);
  }
  for (size_t i = 0; i < program->results.count; ++i) {
    fresh[i] = fake_alloc(fake_shape_host_size(&program->results.items[i]));
    fake_program_compute(program, i, (const void *const *)inputs, fresh[i]);
  }
  for (size_t i = 0; i < program->results.count; ++i) {
    store(&program->results.items[i], &program->present[i], fresh[i], each->results[i]->data);
    free(fresh[i]);
  }
  for (size_t i = 0; i < program->parameters.count; ++i) free(inputs[i]);
  free(fresh);
  free(inputs);
}

static void finish(void *arg) {
  run *each = arg;
  const fake_program *program = each->program;
  if (program->later != 0) {
    fake_status *asked =
        fake_status_format(program->later, "the program asked for this while running");
    fail(each, asked);
    fake_status_release(asked);
  }
  fake_status *status = atomic_load(&each->failure);
  if (status == NULL) compute(each);
  for (size_t i = 0; i < program->parameters.count; ++i) fake_storage_release(each->parameters[i]);
  for (size_t i = 0; i < program->results.count; ++i) {
    fake_storage_release(each->results[i]);
    fake_promise_set(each->ready[i], fake_status_hold(status));
    fake_promise_release(each->ready[i]);
  }
  fake_promise_set(each->done, fake_status_hold(status));
  fake_promise_release(each->done);
  fake_status_release(status);
  fake_program_release(each->program);
  free(each->parameters);
  free(each->results);
  free(each->ready);
  free(each);
}

static void one_less(fake_status *status, void *arg) {
  run *each = arg;
  fail(each, status);
  if (atomic_fetch_sub(&each->missing, 1) != 1) return;
  fake_worker_add_expected(
      each->worker, fake_latency() + each->program->sleep_ms * 1000, finish, each);
}

/* ---- Checks */

static PJRT_Error *check_argument(const PJRT_LoadedExecutable *executable,
                                  const PJRT_Device *device,
                                  PJRT_Buffer *argument,
                                  size_t index) {
  const fake_shape *wanted = &executable->program->parameters.items[index];
  fake_check(argument, FAKE_BUFFER);
  FAKE_REQUIRE(
      argument->client == executable->client, "argument %zu belongs to another client", index);
  FAKE_REQUIRE(argument->memory->device == device, "argument %zu is on another device", index);
  /* As real plugins do: neither type nor dimensions. */
  FAKE_REQUIRE(fake_shape_host_size(&argument->shape) == fake_shape_host_size(wanted),
               "argument %zu has %zu bytes, and the program wants %zu",
               index,
               fake_shape_host_size(&argument->shape),
               fake_shape_host_size(wanted));
  return NULL;
}

static bool is_donated(const fake_program *program,
                       const PJRT_ExecuteOptions *options,
                       size_t index) {
  for (size_t i = 0; i < options->num_non_donatable_input_indices; ++i) {
    if (options->non_donatable_input_indices[i] == (int64_t)index) return false;
  }
  return program->aliases[index] >= 0 || program->donors[index];
}

static PJRT_Error *check_donations(const fake_program *program,
                                   const PJRT_ExecuteOptions *options,
                                   PJRT_Buffer *const *arguments) {
  const size_t count = program->parameters.count;
  for (size_t i = 0; i < count; ++i) {
    if (!is_donated(program, options, i)) continue;
    for (size_t other = 0; other < count; ++other) {
      FAKE_REQUIRE(other == i || arguments[other] != arguments[i],
                   "argument %zu is donated and used again as argument %zu",
                   i,
                   other);
    }
  }
  return NULL;
}

static PJRT_Error *check_devices(const PJRT_LoadedExecutable *executable,
                                 const PJRT_LoadedExecutable_Execute_Args *args) {
  if (args->execute_device == NULL) {
    FAKE_REQUIRE(!executable->build.portable, "a portable executable needs a device to run on");
    FAKE_REQUIRE(args->num_devices == executable->device_count,
                 "arguments for %zu devices, of %zu",
                 args->num_devices,
                 executable->device_count);
    return NULL;
  }
  fake_check(args->execute_device, FAKE_DEVICE);
  FAKE_REQUIRE(args->num_devices == 1,
               "one device runs it, and there are arguments for %zu",
               args->num_devices);
  FAKE_REQUIRE(args->execute_device->client == executable->client,
               "the device belongs to another client");
  if (executable->build.portable) return NULL;
  for (size_t i = 0; i < executable->device_count; ++i) {
    if (executable->devices[i] == args->execute_device) return NULL;
  }
  return fake_error(PJRT_Error_Code_INVALID_ARGUMENT, "the executable does not run on that device");
}

static PJRT_Device *device_at(const PJRT_LoadedExecutable_Execute_Args *args, size_t index) {
  return args->execute_device != NULL ? args->execute_device : args->executable->devices[index];
}

/* A task that is named twice would have two incarnations. */
static PJRT_Error *check_tasks(const PJRT_ExecuteOptions *options) {
  if (!fake_knows(78) || options->num_tasks == 0) return NULL;
  if (options->task_ids == NULL || options->incarnation_ids == NULL)
    fake_misuse("tasks without ids");
  for (size_t i = 1; i < options->num_tasks; ++i) {
    FAKE_REQUIRE(options->task_ids[i] != options->task_ids[i - 1],
                 "task %d has the incarnations %lld and %lld",
                 options->task_ids[i],
                 (long long)options->incarnation_ids[i - 1],
                 (long long)options->incarnation_ids[i]);
  }
  return NULL;
}

static PJRT_Error *check_call(const PJRT_LoadedExecutable_Execute_Args *args) {
  fake_check(args->executable, FAKE_LOADED_EXECUTABLE);
  const PJRT_LoadedExecutable *executable = args->executable;
  const fake_program *program = executable->program;
  const size_t wanted = program->parameters.count;
  if (args->options == NULL) fake_misuse("the options are NULL");
  PJRT_Error *error = fake_check_size(args->options, "PJRT_ExecuteOptions");
  if (error != NULL) return error;
  FAKE_REQUIRE(!atomic_load(&executable->deleted), "the executable was deleted");
  FAKE_REQUIRE(
      args->num_args == wanted, "%zu arguments for %zu parameters", args->num_args, wanted);
  error = check_devices(executable, args);
  if (error == NULL) error = check_tasks(args->options);
  for (size_t d = 0; error == NULL && d < args->num_devices; ++d) {
    if (program->results.count != 0 && args->output_lists[d] == NULL)
      fake_misuse("no room for results");
    for (size_t i = 0; error == NULL && i < wanted; ++i) {
      error = check_argument(executable, device_at(args, d), args->argument_lists[d][i], i);
    }
    if (error == NULL && wanted != 0)
      error = check_donations(program, args->options, args->argument_lists[d]);
  }
  return error;
}

/* ---- Starting */

static run *new_run(fake_program *program, fake_worker *worker) {
  run *each = fake_alloc(sizeof *each);
  each->program = fake_program_hold(program);
  each->worker = worker;
  each->parameters = fake_alloc(program->parameters.count * sizeof(fake_storage *));
  each->results = fake_alloc(program->results.count * sizeof(fake_storage *));
  each->ready = fake_alloc(program->results.count * sizeof(fake_promise *));
  each->done = fake_promise_new();
  return each;
}

/* All arguments' contents, held; nothing is donated yet. */
static PJRT_Error *hold_arguments(run *each, PJRT_Buffer *const *arguments) {
  for (size_t i = 0; i < each->program->parameters.count; ++i) {
    each->parameters[i] = fake_buffer_storage(arguments[i]);
    FAKE_REQUIRE(each->parameters[i] != NULL, "argument %zu was deleted or donated", i);
  }
  return NULL;
}

static void drop_run(run *each) {
  for (size_t i = 0; i < each->program->parameters.count; ++i)
    fake_storage_release(each->parameters[i]);
  fake_promise_release(each->done);
  fake_program_release(each->program);
  free(each->parameters);
  free(each->results);
  free(each->ready);
  free(each);
}

static void donate(run *each, const PJRT_ExecuteOptions *options, PJRT_Buffer *const *arguments) {
  for (size_t i = 0; i < each->program->parameters.count; ++i) {
    if (!is_donated(each->program, options, i)) continue;
    fake_storage *given = fake_buffer_donate(arguments[i]);
    const int64_t alias = each->program->aliases[i];
    if (given != NULL && alias >= 0 && given->writable)
      each->results[alias] = fake_storage_hold(given);
    fake_storage_release(given);
  }
}

static void make_results(run *each, PJRT_Device *device, PJRT_Buffer **outputs) {
  fake_memory *memory = fake_memory_of(device->memories[0]);
  for (size_t i = 0; i < each->program->results.count; ++i) {
    const fake_shape *shape = &each->program->results.items[i];
    if (each->results[i] == NULL) each->results[i] = fake_storage_new(fake_shape_host_size(shape));
    each->ready[i] = fake_promise_new();
    outputs[i] = fake_buffer_new(memory,
                                 shape,
                                 order_of(shape),
                                 fake_storage_hold(each->results[i]),
                                 fake_promise_hold(each->ready[i]));
    fake_buffer_set_present(outputs[i], &each->program->present[i]);
  }
}

static void start(run *each, PJRT_Buffer *const *arguments) {
  const size_t count = each->program->parameters.count;
  atomic_init(&each->missing, count + 1);
  fake_worker_expect(each->worker);
  for (size_t i = 0; i < count; ++i) fake_promise_then(arguments[i]->ready, one_less, each);
  one_less(NULL, each);
}

static void start_device(const PJRT_LoadedExecutable_Execute_Args *args, size_t index, run *each) {
  PJRT_Buffer *const *arguments =
      each->program->parameters.count == 0 ? NULL : args->argument_lists[index];
  donate(each, args->options, arguments);
  make_results(each,
               device_at(args, index),
               each->program->results.count == 0 ? NULL : args->output_lists[index]);
  if (args->device_complete_events != NULL) {
    args->device_complete_events[index] = fake_event_new(fake_promise_hold(each->done));
  }
  start(each, arguments);
}

PJRT_Error *fake_PJRT_LoadedExecutable_Execute(PJRT_LoadedExecutable_Execute_Args *args) {
  PJRT_Error *error = check_call(args);
  if (error != NULL) return error;
  fake_program *program = args->executable->program;
  fake_program_misbehave(program);
  if (program->error != 0)
    return fake_error(program->error, "the program asked for this when executed");
  run **runs = fake_alloc(args->num_devices * sizeof *runs);
  size_t made = 0;
  for (; error == NULL && made < args->num_devices; ++made) {
    runs[made] = new_run(program, args->executable->client->worker);
    if (program->parameters.count != 0)
      error = hold_arguments(runs[made], args->argument_lists[made]);
  }
  for (size_t i = 0; i < made; ++i) {
    if (error == NULL) {
      start_device(args, i, runs[i]);
    } else {
      drop_run(runs[i]);
    }
  }
  free(runs);
  return error;
}
