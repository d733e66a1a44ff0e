/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/execute.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/sized.h"
#include "src/core/buffer.h"
#include "src/core/event.h"
#include "src/core/loaded_executable.h"
#include "src/core/require.h"

/* Up to these, the tables that the plugin reads and fills lie on the stack. */
enum { STACK_DEVICES = 8, STACK_BUFFERS = 256, STACK_KEPT = 64 };

typedef struct stack_tables {
  PJRT_Buffer *buffers[STACK_BUFFERS];
  PJRT_Buffer **lists[2 * STACK_DEVICES];
  PJRT_Event *events[STACK_DEVICES];
  int64_t kept[STACK_KEPT];
} stack_tables;

/* One call, as the caller gave it, and the tables that the plugin takes. */
typedef struct launch {
  ryft_loaded_executable *executable;
  const ryft_execute_options *options; /* the library's own size */
  ryft_buffer *const *const *arguments;
  ryft_buffer **const *outputs;
  ryft_event **done; /* may be NULL */
  size_t device_count;
  size_t argument_count, output_count; /* of each device */
  size_t kept_count;
  /* Not side by side: two pointers that were just stored are slow to load in one piece, which is
   * how compilers would copy them into `lists`. */
  PJRT_Buffer **raw_arguments; /* device_count times argument_count */
  PJRT_Buffer ***lists;        /* where each device's arguments begin, then where its outputs do */
  PJRT_Buffer **raw_outputs;   /* device_count times output_count */
  PJRT_Event **events;         /* NULL when nobody needs them */
  int64_t *kept;
  const char *where;
  bool one; /* ryft_execute was called */
} launch;

/* The steps of an execution take the number of devices beside the launch: where it is one, which
 * is nearly always, the compiler sees that and drops the loops over devices. */
#define STEP static inline __attribute__((always_inline))

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

/* Of several devices or one, an error names the device too. */
static void name_argument(const launch *l, size_t device, size_t argument, char *out, size_t size) {
  if (l->device_count == 1) {
    snprintf(out, size, "argument %zu", argument);
  } else {
    snprintf(out, size, "argument %zu on device %zu of %zu", argument, device, l->device_count);
  }
}

static RYFT__COLD ryft_error *bad_argument(const launch *l,
                                           size_t device,
                                           size_t argument,
                                           const char *problem) {
  char name[96];
  name_argument(l, device, argument, name, sizeof name);
  return ryft__error(RYFT_INVALID_ARGUMENT, l->where, NULL, "%s %s", name, problem);
}

static RYFT__COLD ryft_error *bad_shape(const launch *l,
                                        size_t device,
                                        size_t argument,
                                        const ryft__known_shape *given,
                                        const ryft__known_shape *wanted) {
  char name[96], given_text[256], wanted_text[256];
  name_argument(l, device, argument, name, sizeof name);
  (void)ryft_shape_format(given->shape, given_text, sizeof given_text);
  (void)ryft_shape_format(wanted->shape, wanted_text, sizeof wanted_text);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     l->where,
                     NULL,
                     "%s is %s, the program takes %s",
                     name,
                     given_text,
                     wanted_text);
}

/* For a buffer that has not the pointer that was looked for: its shape may not be known yet. */
static RYFT__COLD ryft_error *check_shape(const launch *l,
                                          size_t device,
                                          size_t argument,
                                          const ryft_buffer *buffer) {
  const ryft__known_shape *wanted = l->executable->parameters[argument], *given = NULL;
  RYFT_TRY(ryft__buffer_known_shape(buffer, &given, l->where));
  return given == wanted ? NULL : bad_shape(l, device, argument, given, wanted);
}

static inline bool has_shape(const ryft_buffer *buffer, const ryft__known_shape *wanted) {
  return wanted == NULL || atomic_load_explicit(&buffer->shape, memory_order_relaxed) == wanted;
}

/* Once per argument: what does not change is read before. */
STEP ryft_error *gather_list(const launch *l, size_t device) {
  const ryft_loaded_executable *executable = l->executable;
  const ryft_client *client = executable->client;
  const ryft__known_shape *const *wanted = l->options->unchecked ? NULL : executable->parameters;
  ryft_buffer *const *list = l->arguments[device];
  PJRT_Buffer **raw = l->raw_arguments + device * l->argument_count;
  const size_t count = l->argument_count;
  for (size_t i = 0; i < count; ++i) {
    const ryft_buffer *buffer = list[i];
    if (RYFT__UNLIKELY(buffer == NULL)) return bad_argument(l, device, i, "is NULL");
    if (RYFT__UNLIKELY(buffer->client != client)) {
      return bad_argument(l, device, i, "belongs to another client");
    }
    if (wanted != NULL && RYFT__UNLIKELY(!has_shape(buffer, wanted[i]))) {
      RYFT_TRY(check_shape(l, device, i, buffer));
    }
    raw[i] = buffer->raw;
  }
  return NULL;
}

static ryft_error *gather_kept(launch *l) {
  const ryft_execute_options *options = l->options;
  if (!options->keep_all && options->keep == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT, l->where, NULL, "keep is NULL, keep_count is not 0");
  }
  for (size_t i = 0; i < l->kept_count; ++i) {
    const int64_t position = options->keep_all ? (int64_t)i : options->keep[i];
    if (position < 0 || (uint64_t)position >= l->argument_count) {
      return ryft__error(RYFT_INVALID_ARGUMENT,
                         l->where,
                         NULL,
                         "keep names argument %" PRId64 " of %zu",
                         position,
                         l->argument_count);
    }
    l->kept[i] = position;
  }
  return NULL;
}

STEP ryft_error *gather(launch *l, size_t devices) {
  for (size_t device = 0; device < devices; ++device) {
    l->lists[device] = l->raw_arguments + device * l->argument_count;
    l->lists[devices + device] = l->raw_outputs + device * l->output_count;
    RYFT_TRY(gather_list(l, device));
  }
  return RYFT__LIKELY(l->kept_count == 0) ? NULL : gather_kept(l);
}

/* One block for all tables. */
static void use_block(launch *l, void *block, size_t buffers) {
  l->raw_arguments = block;
  l->lists = (PJRT_Buffer ***)(l->raw_arguments + buffers);
  l->events = (PJRT_Event **)(l->lists + 2 * l->device_count);
  l->kept = (int64_t *)(l->events + l->device_count);
}

/* Fails when memory is out or the counts are absurd. */
static RYFT__COLD ryft_error *use_heap(launch *l, size_t buffers, void **heap) {
  size_t bytes = 0;
  if (!ryft__execute_room(l->device_count, buffers, l->kept_count, &bytes)) {
    return ryft__out_of_memory();
  }
  *heap = ryft__alloc(bytes);
  RYFT__TRY_ALLOC(*heap);
  use_block(l, *heap, buffers);
  return NULL;
}

/* Points the tables at `room` if there is one, else at the stack or, when there is too much for it,
 * at a block of their own. */
STEP ryft_error *lay_out(launch *l, size_t devices, void *room, stack_tables *stack, void **heap) {
  size_t per_device = 0, buffers = 0;
  l->kept_count = l->options->keep_count;
  if (RYFT__UNLIKELY(l->options->keep_all)) l->kept_count = l->argument_count;
  if (__builtin_add_overflow(l->argument_count, l->output_count, &per_device) ||
      __builtin_mul_overflow(per_device, devices, &buffers)) {
    return ryft__out_of_memory();
  }
  if (room != NULL) {
    use_block(l, room, buffers);
  } else if (RYFT__LIKELY(buffers <= STACK_BUFFERS && devices <= STACK_DEVICES &&
                          l->kept_count <= STACK_KEPT)) {
    l->raw_arguments = stack->buffers;
    l->lists = stack->lists;
    l->events = stack->events;
    l->kept = stack->kept;
  } else {
    RYFT_TRY(use_heap(l, buffers, heap));
  }
  l->raw_outputs = l->raw_arguments + devices * l->argument_count;
  forget_raw(l->raw_outputs, devices * l->output_count);
  /* A program without results has no other way to tell that it failed. */
  if (l->done == NULL && l->output_count != 0) l->events = NULL;
  for (size_t i = 0; l->events != NULL && i < devices; ++i) l->events[i] = NULL;
  return NULL;
}

/* Which device to name to the plugin: none when the executable already stands for it. */
static ryft_error *choose_device(const launch *l, PJRT_Device **out) {
  const ryft_loaded_executable *executable = l->executable;
  const ryft_device *device = l->options->device;
  *out = NULL;
  if (executable->portable) {
    if (device != NULL && device->client == executable->client) {
      *out = device->raw;
      return NULL;
    }
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       l->where,
                       NULL,
                       "the executable is portable: name a device of its client in "
                       "ryft_execute_options");
  }
  if (device == NULL || (executable->device_count == 1 && executable->devices[0] == device)) {
    return NULL;
  }
  /* Running one device's part of several leaves CPU plugins after 0.81 waiting for the others for
   * ever. */
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     l->where,
                     NULL,
                     "the executable was not compiled for device %d alone; compile it portable to "
                     "choose a device",
                     ryft_device_id(device));
}

STEP ryft_error *check_counts(const launch *l) {
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
    return ryft__execute_wrong_devices(l->one, l->device_count, executable->list_count, l->where);
  }
  if (RYFT__UNLIKELY(l->output_count != executable->output_count)) {
    return ryft__execute_wrong_count(
        "outputs", l->output_count, executable->output_count, l->where);
  }
  if (RYFT__UNLIKELY(l->argument_count != executable->parameter_count &&
                     executable->parameter_count != SIZE_MAX)) {
    return ryft__execute_wrong_count(
        "arguments", l->argument_count, executable->parameter_count, l->where);
  }
  return NULL;
}

/* In two pieces that are small enough to be cleared without a loop. */
STEP void forget_options(PJRT_ExecuteOptions *options) {
  enum { FIRST = 80 };
  memset(options, 0, FIRST);
  memset((char *)options + FIRST, 0, sizeof *options - FIRST);
}

STEP ryft_error *start(const launch *l, size_t devices, PJRT_Device *device) {
  PJRT_ExecuteOptions options;
  forget_options(&options);
  options.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE;
  options.launch_id = l->options->launch_id;
  options.non_donatable_input_indices = l->kept;
  options.num_non_donatable_input_indices = l->kept_count;
  options.call_location = l->options->call_location;
  options.num_tasks = l->options->task_count;
  options.task_ids = (int *)(uintptr_t)l->options->task_ids;
  options.incarnation_ids = (int64_t *)(uintptr_t)l->options->incarnation_ids;
  PJRT_LoadedExecutable_Execute_Args args = {
      .executable = l->executable->raw,
      .options = &options,
      .argument_lists = (PJRT_Buffer *const *const *)l->lists,
      .num_devices = devices,
      .num_args = l->argument_count,
      .output_lists = l->lists + devices,
      .device_complete_events = l->events,
      .execute_device = device,
  };
  return ryft__PJRT_LoadedExecutable_Execute(l->executable->client->table, &args, l->where);
}

static RYFT__COLD ryft_error *missing_result(const launch *l, size_t result) {
  return ryft__error(RYFT_INTERNAL,
                     l->where,
                     "PJRT_LoadedExecutable_Execute",
                     "the plugin gave no buffer for result %zu",
                     result);
}

/* Making a handle takes the plugin's object, and a hold on the client, also when it fails, so each
 * object is forgotten here before, and `*held` counts the holds that are left. */
STEP ryft_error *adopt_outputs(const launch *l, size_t device, size_t *held) {
  ryft_client *client = l->executable->client;
  const ryft__known_shape *const *shapes = l->executable->results;
  PJRT_Buffer **raw = l->raw_outputs + device * l->output_count;
  ryft_buffer **outputs = l->outputs[device];
  const size_t count = l->output_count;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Buffer *each = raw[i];
    if (RYFT__UNLIKELY(each == NULL)) return missing_result(l, i);
    raw[i] = NULL;
    --*held;
    RYFT_TRY(ryft__buffer_make(client, each, shapes == NULL ? NULL : shapes[i], &outputs[i]));
  }
  return NULL;
}

STEP ryft_error *adopt_event(const launch *l, size_t device, size_t *held) {
  PJRT_Event *raw = l->events[device];
  l->events[device] = NULL;
  --*held;
  return ryft__event_make(l->executable->client, raw, &l->done[device]);
}

/* Nobody will ever look at these events, so their errors are waited for here. */
static ryft_error *await_events(const launch *l) {
  const ryft__table *table = l->executable->client->table;
  ryft_error *error = NULL;
  for (size_t i = 0; i < l->device_count; ++i) {
    error = ryft__error_first(error, ryft__event_await_raw(table, l->events[i], l->where));
    ryft__event_destroy_raw(table, l->events[i]);
    l->events[i] = NULL;
  }
  return error;
}

STEP ryft_error *adopt_all(const launch *l, size_t devices, size_t *held) {
  for (size_t device = 0; device < devices; ++device) {
    RYFT_TRY(adopt_outputs(l, device, held));
    if (l->done != NULL) RYFT_TRY(adopt_event(l, device, held));
  }
  return NULL;
}

/* Gives back the handles, and what the plugin made and no handle took, and `held`. */
static RYFT__COLD void take_back(const launch *l, size_t held) {
  ryft_client *client = l->executable->client;
  for (size_t device = 0; device < l->device_count; ++device) {
    for (size_t i = 0; i < l->output_count; ++i) {
      ryft__buffer_destroy_raw(client->table, l->raw_outputs[device * l->output_count + i]);
      ryft_buffer_destroy(l->outputs[device][i]);
      l->outputs[device][i] = NULL;
    }
    if (l->events != NULL) ryft__event_destroy_raw(client->table, l->events[device]);
    if (l->done == NULL) continue;
    ryft_event_destroy(l->done[device]);
    l->done[device] = NULL;
  }
  if (held != 0) ryft__client_release_objects(client, held);
}

/* The client is held for all handles at once: each step costs as much as making a handle. */
STEP ryft_error *adopt(const launch *l, size_t devices) {
  size_t held = devices * (l->output_count + (l->done != NULL));
  ryft__client_hold_objects(l->executable->client, held);
  ryft_error *error = adopt_all(l, devices, &held);
  if (RYFT__LIKELY(error == NULL)) {
    if (RYFT__LIKELY(l->done != NULL || l->events == NULL)) return NULL;
    error = await_events(l);
  }
  if (error != NULL) take_back(l, held);
  return error;
}

STEP void forget_outputs(const launch *l, size_t devices) {
  for (size_t device = 0; device < devices; ++device) {
    if (RYFT__LIKELY(l->outputs[device] != NULL))
      forget_handles(l->outputs[device], l->output_count);
    if (l->done != NULL) l->done[device] = NULL;
  }
}

/* `stack` lives as long as `l`, which points into it. What a call that failed left in the tables is
 * not to be trusted. */
STEP ryft_error *run(launch *l, size_t devices, void *room, stack_tables *stack) {
  PJRT_Device *device = NULL;
  void *heap = NULL;
  RYFT_TRY(check_counts(l));
  if (RYFT__UNLIKELY(l->options->device != NULL || l->executable->portable)) {
    RYFT_TRY(choose_device(l, &device));
  }
  RYFT_TRY(lay_out(l, devices, room, stack, &heap));
  ryft_error *error = gather(l, devices);
  if (RYFT__LIKELY(error == NULL)) error = start(l, devices, device);
  if (RYFT__LIKELY(error == NULL)) error = adopt(l, devices);
  if (RYFT__UNLIKELY(heap != NULL)) ryft__free(heap);
  return error;
}

/* Options of the library's own size are used where they lie, others are read into `room`. */
STEP ryft_error *take_options(const ryft_execute_options *given,
                              ryft_execute_options *room,
                              const ryft_execute_options **out,
                              const char *where) {
  static const ryft_execute_options defaults = {RYFT_SIZED(ryft_execute_options)};
  *out = given == NULL ? &defaults : given;
  if (RYFT__UNLIKELY((*out)->struct_size != sizeof *room)) {
    *out = room;
    RYFT_TRY(ryft__read_sized(given, room, sizeof *room, "ryft_execute_options", where));
  }
  if (RYFT__LIKELY((*out)->reserved == 0 && (*out)->task_count == 0)) return NULL;
  return ryft__execute_options_check(*out, where);
}

/* Field by field: an initializer would clear the whole launch first. The tables are laid out later.
 */
STEP void prepare(launch *l,
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
  stack_tables stack;
  launch l;
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
  return run(&l, device_count, room, &stack);
}

ryft_error *ryft_execute_all(ryft_loaded_executable *executable,
                             ryft_buffer *const *const *arguments,
                             size_t device_count,
                             size_t argument_count,
                             const ryft_execute_options *options,
                             ryft_buffer **const *outputs,
                             size_t output_count,
                             ryft_event **done) {
  ryft_execute_options own;
  stack_tables stack;
  launch l;
  prepare(&l,
          executable,
          arguments,
          device_count,
          argument_count,
          outputs,
          output_count,
          done,
          __func__);
  if (outputs != NULL) forget_outputs(&l, device_count);
  RYFT_TRY(ryft__execute_lists_check(
      arguments, device_count, argument_count, outputs, output_count, __func__));
  RYFT__REQUIRE(executable);
  RYFT_TRY(take_options(options, &own, &l.options, __func__));
  return run(&l, device_count, /* room= */ NULL, &stack);
}

ryft_error *ryft_execute(ryft_loaded_executable *executable,
                         ryft_buffer *const *arguments,
                         size_t argument_count,
                         const ryft_execute_options *options,
                         ryft_buffer **outputs,
                         size_t output_count,
                         ryft_event **done) {
  ryft_execute_options own;
  stack_tables stack;
  launch l;
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
  const char *missing = ryft__execute_missing(arguments, argument_count, outputs, output_count);
  forget_outputs(&l, 1);
  if (RYFT__UNLIKELY(missing != NULL)) return ryft__execute_null(missing, __func__);
  RYFT__REQUIRE(executable);
  RYFT_TRY(take_options(options, &own, &l.options, __func__));
  return run(&l, 1, /* room= */ NULL, &stack);
}
