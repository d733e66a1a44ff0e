/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/launch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/abi/answer.h"
#include "src/base/alloc.h"
#include "src/base/sized.h"
#include "src/core/donation.h"
#include "src/core/event.h"

/* Long enough for what name_argument writes. */
enum { NAME_SIZE = 96 };

/* Of several devices or one, an error names the device too. */
static void name_argument(const ryft__launch *l, size_t device, size_t argument, char *out) {
  if (l->device_count == 1) {
    snprintf(out, NAME_SIZE, "argument %zu", argument);
  } else {
    snprintf(
        out, NAME_SIZE, "argument %zu on device %zu of %zu", argument, device, l->device_count);
  }
}

/* ---- Before the plugin is called. */

static const ryft__field_rule RULES[] = {
    RYFT__LIST_FIELD(ryft_execute_options, keep, keep_count),
    RYFT__ZERO_FIELD(ryft_execute_options, reserved),
    RYFT__LIST_FIELD(ryft_execute_options, task_ids, task_count),
    RYFT__LIST_FIELD(ryft_execute_options, incarnation_ids, task_count),
};
static const ryft__options_type OPTIONS = RYFT__OPTIONS_TYPE(ryft_execute_options, RULES);

ryft_error *ryft__launch_check_options(const ryft_execute_options *options, const char *where) {
  return ryft__check_options(options, &OPTIONS, where);
}

ryft_error *ryft__launch_null_list(const ryft__launch *l, const char *name, size_t device) {
  if (l->one) return ryft__error(RYFT_INVALID_ARGUMENT, l->where, NULL, "`%s` is NULL", name);
  return ryft__error(RYFT_INVALID_ARGUMENT, l->where, NULL, "`%s[%zu]` is NULL", name, device);
}

static ryft_error *wrong_count(const ryft__launch *l,
                               const char *what,
                               size_t wanted,
                               size_t given) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     l->where,
                     NULL,
                     "expected %zu %s%s, got %zu",
                     wanted,
                     what,
                     wanted == 1 ? "" : "s",
                     given);
}

ryft_error *ryft__launch_wrong_arguments(const ryft__launch *l) {
  return wrong_count(l, "argument", l->executable->parameter_count, l->argument_count);
}

ryft_error *ryft__launch_wrong_outputs(const ryft__launch *l) {
  return wrong_count(l, "output", l->executable->output_count, l->output_count);
}

ryft_error *ryft__launch_wrong_devices(const ryft__launch *l) {
  const size_t wanted = l->executable->list_count;
  if (l->one) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       l->where,
                       NULL,
                       "the executable runs on %zu devices: use ryft_execute_all",
                       wanted);
  }
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     l->where,
                     NULL,
                     "arguments for %zu devices, the executable runs on %zu",
                     l->device_count,
                     wanted);
}

ryft_error *ryft__launch_bad_argument(const ryft__launch *l,
                                      size_t device,
                                      size_t argument,
                                      const char *problem) {
  char name[NAME_SIZE];
  name_argument(l, device, argument, name);
  return ryft__error(RYFT_INVALID_ARGUMENT, l->where, NULL, "%s %s", name, problem);
}

static ryft_error *bad_shape(const ryft__launch *l,
                             size_t device,
                             size_t argument,
                             const ryft__known_shape *given,
                             const ryft__known_shape *wanted) {
  char name[NAME_SIZE], given_text[256], wanted_text[256];
  name_argument(l, device, argument, name);
  (void)ryft__known_shape_format(given, given_text, sizeof given_text);
  (void)ryft__known_shape_format(wanted, wanted_text, sizeof wanted_text);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     l->where,
                     NULL,
                     "%s is %s, the program takes %s",
                     name,
                     given_text,
                     wanted_text);
}

static ryft_error *bad_order(const ryft__launch *l,
                             size_t device,
                             size_t argument,
                             const ryft__known_shape *given,
                             const ryft__known_shape *wanted) {
  char name[NAME_SIZE], what[256], given_text[128], wanted_text[128];
  name_argument(l, device, argument, name);
  (void)ryft_shape_format(given->shape, what, sizeof what);
  (void)ryft__known_shape_order_format(given, given_text, sizeof given_text);
  (void)ryft__known_shape_order_format(wanted, wanted_text, sizeof wanted_text);
  return ryft__error(
      RYFT_INVALID_ARGUMENT,
      l->where,
      NULL,
      "%s, %s, has the layout %s, and the program reads %s: make it with that layout "
      "(ryft_from_host_options), or set it through a session",
      name,
      what,
      given_text,
      wanted_text);
}

ryft_error *ryft__launch_check_shape(const ryft__launch *l, size_t device, size_t argument) {
  const ryft__known_shape *wanted = l->executable->parameters[argument], *given = NULL;
  RYFT_TRY(ryft__buffer_known_shape(l->arguments[device][argument], &given, l->where));
  if (ryft__known_shape_fits(given, wanted)) return NULL;
  if (!ryft__known_shape_same_array(given, wanted)) {
    return bad_shape(l, device, argument, given, wanted);
  }
  return bad_order(l, device, argument, given, wanted);
}

static ryft_error *misplaced(const ryft__launch *l,
                             size_t device,
                             size_t argument,
                             const ryft_device *there) {
  char name[NAME_SIZE];
  name_argument(l, device, argument, name);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     l->where,
                     NULL,
                     "%s lies on the device with id %d, and must be on the one with id %d",
                     name,
                     ryft_device_id(there),
                     ryft_device_id(l->executable->devices[device]));
}

static ryft_error *gone(const ryft__launch *l, size_t device, size_t argument) {
  char name[NAME_SIZE];
  name_argument(l, device, argument, name);
  ryft_error *error = ryft__error(RYFT_INVALID_ARGUMENT, l->where, NULL, "its contents are gone");
  return ryft__donation_explain(error, l->arguments[device][argument], name);
}

static ryft_error *check_place(const ryft__launch *l, size_t device, size_t argument) {
  const ryft_buffer *buffer = l->arguments[device][argument];
  const ryft_device *there = NULL;
  RYFT_TRY(ryft__buffer_device(buffer, &there, l->where));
  if (there != l->executable->devices[device]) return misplaced(l, device, argument, there);
  if ((ryft__buffer_facts(buffer) & RYFT__MAY_BE_GONE) == 0) return NULL;
  return ryft__buffer_is_gone(buffer) ? gone(l, device, argument) : NULL;
}

ryft_error *ryft__launch_check_places(const ryft__launch *l, size_t device) {
  for (size_t i = 0; i < l->argument_count; ++i) RYFT_TRY(check_place(l, device, i));
  return NULL;
}

static int compare_positions(const void *left, const void *right) {
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

ryft_error *ryft__launch_keep(const ryft__launch *l) {
  bool sorted = true;
  const ryft_execute_options *options = l->options;
  if (!options->keep_all && options->keep == NULL) {
    return ryft__launch_check_options(options, l->where);
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
    sorted = sorted && (i == 0 || l->kept[i - 1] <= position);
  }
  if (!sorted) qsort(l->kept, l->kept_count, sizeof *l->kept, compare_positions);
  return NULL;
}

static bool is_kept(const ryft__launch *l, size_t argument) {
  const int64_t position = (int64_t)argument;
  return l->kept_count != 0 &&
         bsearch(&position, l->kept, l->kept_count, sizeof position, compare_positions) != NULL;
}

/* Without an output of its own, a donor may or may not be taken; given twice, it is not. */
static bool is_taken(const ryft__launch *l, const ryft__donation *donation) {
  return donation->output >= 0 && !is_kept(l, donation->argument);
}

/* Marks the buffers that one device's arguments donate, or clears the marks. The number of an
 * argument whose buffer was marked already, else the count of arguments. */
static size_t mark(const ryft__launch *l, size_t device, bool clear) {
  const ryft__donations *donations = l->executable->donations;
  size_t again = l->argument_count;
  for (size_t i = 0; i < donations->count; ++i) {
    const size_t argument = donations->items[i].argument;
    atomic_uint *facts = &l->arguments[device][argument]->facts;
    if (clear) {
      atomic_fetch_and_explicit(facts, ~(unsigned)RYFT__MARKED, memory_order_relaxed);
    } else if (is_taken(l, &donations->items[i]) &&
               (atomic_fetch_or_explicit(facts, RYFT__MARKED, memory_order_relaxed) &
                RYFT__MARKED) != 0) {
      again = argument;
    }
  }
  return again;
}

/* An argument that is not donated, and yet marked; else the count of arguments. */
static size_t find_marked(const ryft__launch *l, size_t device) {
  const ryft__donations *donations = l->executable->donations;
  size_t next = 0;
  for (size_t i = 0; i < l->argument_count; ++i) {
    const bool donated = next < donations->count && donations->items[next].argument == i;
    if (donated && is_taken(l, &donations->items[next++])) continue;
    if ((ryft__buffer_facts(l->arguments[device][i]) & RYFT__MARKED) != 0) return i;
  }
  return l->argument_count;
}

ryft_error *ryft__launch_check_twice(const ryft__launch *l) {
  if (l->options->keep_all) return NULL;
  for (size_t device = 0; device < l->device_count; ++device) {
    size_t again = mark(l, device, /* clear= */ false);
    if (again == l->argument_count) again = find_marked(l, device);
    (void)mark(l, device, /* clear= */ true);
    if (again == l->argument_count) continue;
    return ryft__launch_bad_argument(
        l, device, again, "is a buffer that another argument donates in the same execution");
  }
  return NULL;
}

bool ryft__launch_room(size_t devices, size_t buffers, size_t kept, size_t *out_size) {
  size_t lists = 0, positions = 0;
  return !__builtin_mul_overflow(buffers, sizeof(PJRT_Buffer *), out_size) &&
         !__builtin_mul_overflow(devices, 3 * sizeof(void *), &lists) &&
         !__builtin_mul_overflow(kept, sizeof(int64_t), &positions) &&
         !__builtin_add_overflow(*out_size, lists, out_size) &&
         !__builtin_add_overflow(*out_size, positions, out_size);
}

ryft_error *ryft__launch_use_heap(ryft__launch *l, size_t buffers, void **out_heap) {
  size_t bytes = 0;
  if (!ryft__launch_room(l->device_count, buffers, l->kept_count, &bytes)) {
    return ryft__out_of_memory();
  }
  *out_heap = ryft__alloc(bytes);
  RYFT__TRY_ALLOC(*out_heap);
  ryft__launch_use_block(l, *out_heap, buffers);
  return NULL;
}

static ryft_error *refuse_portable(const char *options_name, const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "the executable is portable: name a device in %s",
                     options_name);
}

ryft_error *ryft__launch_device(const ryft_loaded_executable *executable,
                                const ryft_device *device,
                                const char *options_name,
                                PJRT_Device **out,
                                const char *where) {
  *out = NULL;
  if (device != NULL && device->client != executable->client) {
    return ryft__error(
        RYFT_INVALID_ARGUMENT, where, NULL, "%s names a device of another client", options_name);
  }
  if (executable->portable) {
    if (device == NULL) return refuse_portable(options_name, where);
    *out = device->raw;
    return NULL;
  }
  if (device == NULL || (executable->device_count == 1 && executable->devices[0] == device)) {
    return NULL;
  }
  /* Running one device's part of several leaves CPU plugins after 0.81 waiting for the others for
   * ever. */
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "the executable was not compiled for device %d alone; compile it portable to "
                     "choose a device",
                     ryft_device_id(device));
}

/* ---- After. */

/* What might be gone and is; of those that are, one of which it is known who took it comes first.
 */
static const ryft_buffer *find_gone(const ryft__launch *l,
                                    size_t *out_device,
                                    size_t *out_argument) {
  const ryft_buffer *found = NULL;
  for (size_t device = 0; device < l->device_count; ++device) {
    for (size_t i = 0; i < l->argument_count; ++i) {
      const ryft_buffer *buffer = l->arguments[device][i];
      if ((ryft__buffer_facts(buffer) & RYFT__MAY_BE_GONE) == 0) continue;
      if (!ryft__buffer_is_gone(buffer)) continue;
      const bool known = ryft__donation_of(buffer) != NULL;
      if (found != NULL && !known) continue;
      found = buffer;
      *out_device = device;
      *out_argument = i;
      if (known) return found;
    }
  }
  return found;
}

/* Any of the arguments may have been taken. */
static void doubt_all(const ryft__launch *l) {
  for (size_t device = 0; device < l->device_count; ++device) {
    for (size_t i = 0; i < l->argument_count; ++i) {
      ryft__buffer_may_be_gone(l->arguments[device][i]);
    }
  }
}

ryft_error *ryft__launch_explain(const ryft__launch *l, ryft_error *error) {
  char name[NAME_SIZE];
  size_t device = 0, argument = 0;
  const ryft_buffer *gone = find_gone(l, &device, &argument);
  doubt_all(l); /* a plugin may fail after it took some */
  if (gone == NULL) return error;
  name_argument(l, device, argument, name);
  return ryft__donation_explain(error, gone, name);
}

void ryft__launch_mark_donated(const ryft__launch *l, unsigned execution) {
  const ryft__donations *donations = l->executable->donations;
  if (l->options->keep_all) return;
  if (donations == &ryft__donations_unknown) doubt_all(l);
  for (size_t device = 0; device < l->device_count; ++device) {
    ryft_buffer *const *list = l->arguments[device];
    for (size_t i = 0; i < donations->count; ++i) {
      const ryft__donation *each = &donations->items[i];
      if (!is_kept(l, each->argument)) ryft__donation_mark(list[each->argument], each, execution);
    }
  }
}

ryft_error *ryft__launch_missing_output(const ryft__launch *l, size_t output) {
  return ryft__error(RYFT_INTERNAL,
                     l->where,
                     "PJRT_LoadedExecutable_Execute",
                     "the plugin gave no buffer for output %zu",
                     output);
}

ryft_error *ryft__launch_await(const ryft__launch *l) {
  const ryft__table *table = l->executable->client->table;
  ryft_error *error = NULL;
  for (size_t i = 0; i < l->device_count; ++i) {
    error = ryft__error_first(
        error, ryft__check_given(l->events[i], "event", "PJRT_LoadedExecutable_Execute", l->where));
    error = ryft__error_first(error, ryft__event_await_raw(table, l->events[i], l->where));
    ryft__event_destroy_raw(table, l->events[i]);
    l->events[i] = NULL;
  }
  return error;
}

void ryft__launch_take_back(const ryft__launch *l, size_t held) {
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
