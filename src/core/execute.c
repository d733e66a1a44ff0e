/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The usual path of an execution; what leaves it is in launch.c. */
#include "src/core/execute.h"

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/event.h"
#include "src/core/launch.h"

/* Up to these, the tables that the plugin reads and fills lie on the stack. */
enum { STACK_DEVICES = 8, STACK_BUFFERS = 256, STACK_KEPT = 64 };

typedef struct stack_tables {
  PJRT_Buffer *buffers[STACK_BUFFERS];
  PJRT_Buffer **lists[2 * STACK_DEVICES];
  PJRT_Event *events[STACK_DEVICES];
  int64_t kept[STACK_KEPT];
} stack_tables;

/* The steps of an execution take the number of devices beside the launch: where it is one, which
 * is nearly always, the compiler sees that and drops the loops over devices. */
#define STEP static inline __attribute__((always_inline))

/* Functions elsewhere are given a copy: a launch whose address never leaves stays in registers, and
 * the path of most executions is a third shorter. */
#define APART(launch) ((ryft__launch[]){*(launch)})

/* What most executions say, so that the compiler knows what it need not look for. */
static const ryft_execute_options defaults = {RYFT_SIZED(ryft_execute_options)};

/* Mostly there is one, for which the loop, which becomes a call of memset, takes too long. */
static inline void forget_handles(ryft_buffer **list, size_t count) {
  if (RYFT__LIKELY(count == 1)) {
    list[0] = NULL;
    return;
  }
  for (size_t i = 0; i < count; ++i) list[i] = NULL;
}

static inline void forget_raw(PJRT_Buffer **list, size_t count) {
  if (RYFT__LIKELY(count == 1)) {
    list[0] = NULL;
    return;
  }
  for (size_t i = 0; i < count; ++i) list[i] = NULL;
}

static inline bool has_shape(const ryft_buffer *buffer, const ryft__known_shape *wanted) {
  return wanted == NULL || atomic_load_explicit(&buffer->shape, memory_order_relaxed) == wanted;
}

STEP ryft_error *check_lists(const ryft__launch *l, size_t devices) {
  for (size_t device = 0; device < devices; ++device) {
    if (RYFT__UNLIKELY(l->arguments[device] == NULL) && l->argument_count != 0) {
      return ryft__launch_null_list(APART(l), "arguments", device);
    }
    if (RYFT__UNLIKELY(l->outputs[device] == NULL) && l->output_count != 0) {
      return ryft__launch_null_list(APART(l), "outputs", device);
    }
  }
  return NULL;
}

/* Once per argument: what does not change is read before. */
STEP ryft_error *gather_list(const ryft__launch *l, size_t device, size_t devices) {
  const ryft_loaded_executable *executable = l->executable;
  const ryft_client *client = executable->client;
  /* Of several devices, one that gets the wrong shape may end the process or stop the others. */
  const bool unchecked = l->options->unchecked && devices == 1;
  const ryft__known_shape *const *wanted = unchecked ? NULL : executable->parameters;
  ryft_buffer *const *list = l->arguments[device];
  PJRT_Buffer **raw = l->raw_arguments + device * l->argument_count;
  const size_t count = l->argument_count;
  for (size_t i = 0; i < count; ++i) {
    const ryft_buffer *buffer = list[i];
    if (RYFT__UNLIKELY(buffer == NULL))
      return ryft__launch_bad_argument(APART(l), device, i, "is NULL");
    if (RYFT__UNLIKELY(buffer->client != client)) {
      return ryft__launch_bad_argument(APART(l), device, i, "belongs to another client");
    }
    if (wanted != NULL && RYFT__UNLIKELY(!has_shape(buffer, wanted[i]))) {
      RYFT_TRY(ryft__launch_check_shape(APART(l), device, i));
    }
    raw[i] = buffer->raw;
  }
  return devices == 1 ? NULL : ryft__launch_check_places(APART(l), device);
}

STEP ryft_error *gather(ryft__launch *l, size_t devices, bool in_session) {
  for (size_t device = 0; device < devices; ++device) {
    l->lists[device] = l->raw_arguments + device * l->argument_count;
    l->lists[devices + device] = l->raw_outputs + device * l->output_count;
    RYFT_TRY(gather_list(l, device, devices));
  }
  if (RYFT__UNLIKELY(l->kept_count != 0)) RYFT_TRY(ryft__launch_keep(APART(l)));
  if (devices == 1 || in_session || l->executable->donations == NULL) return NULL;
  return ryft__launch_check_twice(APART(l));
}

/* Points the tables at `room` if there is one, else at the stack or, when there is too much for it,
 * at a block of their own. */
STEP ryft_error *lay_out(ryft__launch *l,
                         size_t devices,
                         void *room,
                         stack_tables *stack,
                         void **heap) {
  size_t per_device = 0, buffers = 0;
  l->kept_count = l->options->keep_count;
  if (RYFT__UNLIKELY(l->options->keep_all)) l->kept_count = l->argument_count;
  if (__builtin_add_overflow(l->argument_count, l->output_count, &per_device) ||
      __builtin_mul_overflow(per_device, devices, &buffers)) {
    return ryft__out_of_memory();
  }
  if (room != NULL) {
    ryft__launch_use_block(l, room, buffers);
  } else if (RYFT__LIKELY(buffers <= STACK_BUFFERS && devices <= STACK_DEVICES &&
                          l->kept_count <= STACK_KEPT)) {
    l->raw_arguments = stack->buffers;
    l->lists = stack->lists;
    l->events = stack->events;
    l->kept = stack->kept;
  } else {
    ryft__launch *copy = APART(l);
    RYFT_TRY(ryft__launch_use_heap(copy, buffers, heap));
    *l = *copy;
  }
  l->raw_outputs = l->raw_arguments + devices * l->argument_count;
  forget_raw(l->raw_outputs, devices * l->output_count);
  /* A program without results has no other way to tell that it failed. */
  if (l->done == NULL && l->output_count != 0) l->events = NULL;
  for (size_t i = 0; l->events != NULL && i < devices; ++i) l->events[i] = NULL;
  return NULL;
}

STEP ryft_error *check_counts(const ryft__launch *l) {
  const ryft_loaded_executable *executable = l->executable;
  if (RYFT__UNLIKELY(atomic_load_explicit(&executable->deleted, memory_order_relaxed))) {
    return ryft__error(RYFT_FAILED_PRECONDITION, l->where, NULL, "the executable was deleted");
  }
  if (RYFT__UNLIKELY(executable->takes_tuples)) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       l->where,
                       NULL,
                       "the program takes a tuple, which no argument can be");
  }
  if (RYFT__UNLIKELY(l->device_count != executable->list_count)) {
    return ryft__launch_wrong_devices(APART(l));
  }
  if (RYFT__UNLIKELY(l->output_count != executable->output_count)) {
    return ryft__launch_wrong_outputs(APART(l));
  }
  if (RYFT__UNLIKELY(l->argument_count != executable->parameter_count &&
                     executable->parameter_count != SIZE_MAX)) {
    return ryft__launch_wrong_arguments(APART(l));
  }
  return NULL;
}

static void say_options(const ryft__launch *l, PJRT_ExecuteOptions *out) {
  *out = (PJRT_ExecuteOptions){
      .struct_size = PJRT_ExecuteOptions_STRUCT_SIZE,
      .launch_id = l->options->launch_id,
      .non_donatable_input_indices = l->kept_count == 0 ? NULL : l->kept,
      .num_non_donatable_input_indices = l->kept_count,
      .call_location = l->options->call_location,
      .num_tasks = l->options->task_count,
      .task_ids = ryft__unconst(l->options->task_ids),
      .incarnation_ids = ryft__unconst(l->options->incarnation_ids),
  };
}

STEP ryft_error *start(const ryft__launch *l, size_t devices, PJRT_Device *device) {
  PJRT_ExecuteOptions said;
  PJRT_ExecuteOptions *options = &l->executable->no_options;
  if (RYFT__UNLIKELY(l->options != &defaults)) {
    options = &said;
    say_options(APART(l), options);
  }
  PJRT_LoadedExecutable_Execute_Args args = {
      .executable = l->executable->raw,
      .options = options,
      .argument_lists = (PJRT_Buffer *const *const *)l->lists,
      .num_devices = devices,
      .num_args = l->argument_count,
      .output_lists = l->lists + devices,
      .device_complete_events = l->events,
      .execute_device = device,
  };
  return ryft__PJRT_LoadedExecutable_Execute(l->executable->client->table, &args, l->where);
}

/* A session donates only what nobody else has: its handles are not marked. */
STEP void count_execution(const ryft__launch *l, bool in_session) {
  ryft_loaded_executable *executable = l->executable;
  if (RYFT__LIKELY(executable->donations == NULL)) return;
  const unsigned before =
      atomic_fetch_add_explicit(&executable->executions, 1, memory_order_relaxed);
  if (!in_session) ryft__launch_mark_donated(APART(l), before + 1);
}

/* Making a handle takes the plugin's object, and a hold on the client, also when it fails, so each
 * object is forgotten here before, and `*held` counts the holds that are left. */
STEP ryft_error *adopt_outputs(const ryft__launch *l, size_t device, size_t devices, size_t *held) {
  ryft_client *client = l->executable->client;
  const ryft__known_shape *const *shapes = l->executable->results;
  PJRT_Buffer **raw = l->raw_outputs + device * l->output_count;
  ryft_buffer **outputs = l->outputs[device];
  const size_t count = l->output_count;
  const unsigned place = devices > 1 ? ryft__device_number(l->executable->devices[device]) : 0;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Buffer *each = raw[i];
    if (RYFT__UNLIKELY(each == NULL)) return ryft__launch_missing_output(APART(l), i);
    raw[i] = NULL;
    --*held;
    const ryft__known_shape *shape = shapes == NULL ? NULL : shapes[i];
    RYFT_TRY(ryft__buffer_make(client, each, shape, place, &outputs[i]));
  }
  return NULL;
}

STEP ryft_error *adopt_event(const ryft__launch *l, size_t device, size_t *held) {
  PJRT_Event *raw = l->events[device];
  RYFT_TRY(ryft__check_given(raw, "event", "PJRT_LoadedExecutable_Execute", l->where));
  l->events[device] = NULL;
  --*held;
  return ryft__event_make(l->executable->client, raw, &l->done[device]);
}

STEP ryft_error *adopt_all(const ryft__launch *l, size_t devices, size_t *held) {
  for (size_t device = 0; device < devices; ++device) {
    RYFT_TRY(adopt_outputs(l, device, devices, held));
    if (l->done != NULL) RYFT_TRY(adopt_event(l, device, held));
  }
  return NULL;
}

/* The client is held for all handles at once: each step costs as much as making a handle. */
STEP ryft_error *adopt(const ryft__launch *l, size_t devices) {
  size_t held = devices * (l->output_count + (l->done != NULL));
  ryft__client_hold_objects(l->executable->client, held);
  ryft_error *error = adopt_all(l, devices, &held);
  if (RYFT__LIKELY(error == NULL)) {
    if (RYFT__LIKELY(l->done != NULL || l->events == NULL)) return NULL;
    error = ryft__launch_await(APART(l));
  }
  if (error != NULL) ryft__launch_take_back(APART(l), held);
  return error;
}

STEP void forget_outputs(const ryft__launch *l, size_t devices) {
  for (size_t device = 0; device < devices; ++device) {
    if (RYFT__LIKELY(l->outputs != NULL && l->outputs[device] != NULL)) {
      forget_handles(l->outputs[device], l->output_count);
    }
    if (l->done != NULL) l->done[device] = NULL;
  }
}

/* `stack` lives as long as `l`, which points into it. What a call that failed left in the tables is
 * not to be trusted. */
STEP ryft_error *run(ryft__launch *l, size_t devices, void *room, stack_tables *stack) {
  PJRT_Device *device = NULL;
  void *heap = NULL;
  RYFT_TRY(check_counts(l));
  if (RYFT__UNLIKELY(l->options->device != NULL || l->executable->portable)) {
    RYFT_TRY(ryft__launch_device(
        l->executable, l->options->device, "ryft_execute_options", &device, l->where));
  }
  RYFT_TRY(lay_out(l, devices, room, stack, &heap));
  ryft_error *error = gather(l, devices, /* in_session= */ room != NULL);
  if (RYFT__LIKELY(error == NULL)) {
    error = start(l, devices, device);
    if (RYFT__LIKELY(error == NULL)) {
      count_execution(l, /* in_session= */ room != NULL);
      error = adopt(l, devices);
    } else {
      error = ryft__launch_explain(APART(l), error);
    }
  }
  if (RYFT__UNLIKELY(heap != NULL)) ryft__free(heap);
  return error;
}

/* Has its own tables; the launch may change. */
static ryft_error *run_any(ryft__launch *l, void *room) {
  stack_tables stack;
  if (l->device_count == 1) return run(l, 1, room, &stack);
  return run(l, l->device_count, room, &stack);
}

/* Options of the library's own size are used where they lie, others are read. */
static ryft_error *run_with_options(const ryft__launch *asked, const ryft_execute_options *given) {
  ryft_execute_options own;
  ryft__launch l = *asked;
  if (given != NULL && RYFT__UNLIKELY(given->struct_size != sizeof own)) {
    RYFT_TRY(ryft__read_sized(given, &own, sizeof own, "ryft_execute_options", l.where));
    given = &own;
  }
  l.options = given == NULL ? &defaults : given;
  if (RYFT__UNLIKELY(l.options->reserved != 0 || l.options->task_count != 0)) {
    RYFT_TRY(ryft__launch_check_options(l.options, l.where));
  }
  return run_any(&l, /* room= */ NULL);
}

/* Field by field: an initializer would clear the whole launch first. The tables are laid out later.
 */
STEP void prepare(ryft__launch *l,
                  ryft_loaded_executable *executable,
                  ryft_buffer *const *const *arguments,
                  size_t device_count,
                  size_t argument_count,
                  ryft_buffer **const *outputs,
                  size_t output_count,
                  ryft_event **done,
                  const char *where) {
  l->executable = executable;
  l->arguments = arguments;
  l->outputs = outputs;
  l->done = done;
  l->device_count = device_count;
  l->argument_count = argument_count;
  l->output_count = output_count;
  l->where = where;
  l->one = false;
}

ryft_error *ryft__execute_in(void *room,
                             ryft_loaded_executable *executable,
                             ryft_buffer *const *const *arguments,
                             size_t device_count,
                             size_t argument_count,
                             const ryft_execute_options *options,
                             ryft_buffer **const *outputs,
                             size_t output_count,
                             const char *where) {
  ryft__launch l;
  prepare(&l,
          executable,
          arguments,
          device_count,
          argument_count,
          outputs,
          output_count,
          /* done= */ NULL,
          where);
  l.options = options;
  forget_outputs(&l, device_count);
  return run_any(&l, room);
}

ryft_error *ryft_execute_all(ryft_loaded_executable *executable,
                             ryft_buffer *const *const *arguments,
                             size_t device_count,
                             size_t argument_count,
                             const ryft_execute_options *options,
                             ryft_buffer **const *outputs,
                             size_t output_count,
                             ryft_event **done) {
  ryft__launch l;
  prepare(&l,
          executable,
          arguments,
          device_count,
          argument_count,
          outputs,
          output_count,
          done,
          __func__);
  forget_outputs(&l, device_count);
  if (device_count != 0) RYFT__REQUIRE(arguments);
  if (device_count != 0) RYFT__REQUIRE(outputs);
  RYFT_TRY(check_lists(&l, device_count));
  RYFT__REQUIRE(executable);
  return run_with_options(&l, options);
}

RYFT__HOT ryft_error *ryft_execute(ryft_loaded_executable *executable,
                                   ryft_buffer *const *arguments,
                                   size_t argument_count,
                                   const ryft_execute_options *options,
                                   ryft_buffer **outputs,
                                   size_t output_count,
                                   ryft_event **done) {
  stack_tables stack;
  ryft__launch l;
  prepare(&l,
          executable,
          &arguments,
          /* device_count= */ 1,
          argument_count,
          &outputs,
          output_count,
          done,
          __func__);
  l.one = true;
  forget_outputs(&l, 1);
  RYFT_TRY(check_lists(&l, 1));
  RYFT__REQUIRE(executable);
  if (RYFT__UNLIKELY(options != NULL)) {
    const ryft__launch apart = l;
    return run_with_options(&apart, options);
  }
  l.options = &defaults;
  return run(&l, 1, /* room= */ NULL, &stack);
}
