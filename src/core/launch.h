/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One execution under way. Here is what lies off its usual path, which is execute.c: refusals, and
 * what only some executions need. */
#ifndef RYFT_SRC_CORE_LAUNCH_H
#define RYFT_SRC_CORE_LAUNCH_H

#include "ryft/execute.h"
#include "src/core/buffer.h"
#include "src/core/loaded_executable.h"

/* The call, as the caller gave it, and the tables that the plugin takes. */
typedef struct ryft__launch {
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
} ryft__launch;

/* ---- Before the plugin is called. */

/* What few options give, and no plugin checks. */
RYFT_MUST_USE ryft_error *ryft__launch_check_options(const ryft_execute_options *options,
                                                     const char *where);

/* That one device's list called `name` is NULL though it has a count. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_null_list(const ryft__launch *l,
                                                            const char *name,
                                                            size_t device);

/* That there are not as many arguments or outputs as the program has, or lists of them. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_wrong_arguments(const ryft__launch *l);
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_wrong_outputs(const ryft__launch *l);
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_wrong_devices(const ryft__launch *l);

/* What is wrong with one argument, as in "is NULL". */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_bad_argument(const ryft__launch *l,
                                                               size_t device,
                                                               size_t argument,
                                                               const char *problem);

/* For an argument that has not the shape's pointer that was looked for: its shape may not be known
 * yet. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_check_shape(const ryft__launch *l,
                                                              size_t device,
                                                              size_t argument);

/* Of an execution on several devices: that the arguments of one are there, and not deleted. Plugins
 * find that out on a thread of each device, and then one of them (API 0.106) crashes. What a plugin
 * does not tell is left to it. */
RYFT_MUST_USE ryft_error *ryft__launch_check_places(const ryft__launch *l, size_t device);

/* Fills `kept`. */
RYFT_MUST_USE ryft_error *ryft__launch_keep(const ryft__launch *l);

/* Of an execution on several devices, for the same reason: that no argument that is donated is
 * given twice. To be called when `kept` is filled. */
RYFT_MUST_USE ryft_error *ryft__launch_check_twice(const ryft__launch *l);

/* Has the tables lie in one block of ryft__launch_room. */
static inline void ryft__launch_use_block(ryft__launch *l, void *block, size_t buffers) {
  l->raw_arguments = block;
  l->lists = (PJRT_Buffer ***)(l->raw_arguments + buffers);
  l->events = (PJRT_Event **)(l->lists + 2 * l->device_count);
  l->kept = (int64_t *)(l->events + l->device_count);
}

/* The same in a block of its own, to be freed by the caller. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_use_heap(ryft__launch *l,
                                                           size_t buffers,
                                                           void **out_heap);

/* Which device to name to the plugin when the options, called `options_name`, name `device`: none
 * where the executable already stands for it. INVALID_ARGUMENT when it cannot run there, or
 * `device` is NULL and it has none of its own. */
RYFT_MUST_USE ryft_error *ryft__launch_device(const ryft_loaded_executable *executable,
                                              const ryft_device *device,
                                              const char *options_name,
                                              PJRT_Device **out,
                                              const char *where);

/* How many bytes the tables of an execution take, of `buffers` arguments and outputs over all
 * devices and `kept` arguments that are not donated; false on overflow. */
RYFT_MUST_USE bool ryft__launch_room(size_t devices, size_t buffers, size_t kept, size_t *out_size);

/* ---- After. */

/* The plugin would not start: says whether that is for an argument that is gone, which not all
 * plugins name. Takes `error`. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_explain(const ryft__launch *l, ryft_error *error);

/* The program took what it was not told to keep: said in the handles, for whoever uses them again.
 */
RYFT__COLD void ryft__launch_mark_donated(const ryft__launch *l, unsigned execution);

RYFT_MUST_USE RYFT__COLD ryft_error *ryft__launch_missing_output(const ryft__launch *l,
                                                                 size_t output);

/* Waits for events that nobody will ever look at, and gives the first error. */
RYFT_MUST_USE ryft_error *ryft__launch_await(const ryft__launch *l);

/* Gives back all handles, what the plugin made and no handle took, and `held` holds of the client.
 */
RYFT__COLD void ryft__launch_take_back(const ryft__launch *l, size_t held);

#endif /* RYFT_SRC_CORE_LAUNCH_H */
