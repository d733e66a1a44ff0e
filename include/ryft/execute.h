/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file execute.h
 * Running loaded executables.
 *
 * An execution is started and the call returns; outputs are buffers that become ready later.
 * Arguments are only borrowed for the call: destroying them right after it is safe. Where the
 * program aliases a parameter to an output (see ryft_signature_item), that argument is donated: its
 * memory becomes the output's and the buffer can no longer be used, unless the options say to keep
 * it. Whoever uses it all the same is told which execution took it.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_EXECUTE_H
#define RYFT_EXECUTE_H

#include "ryft/base.h"
#include "ryft/buffer.h"
#include "ryft/error.h"
#include "ryft/event.h"
#include "ryft/loaded_executable.h"

RYFT_BEGIN_DECLS

/** How to execute. Zero is the default for all. */
typedef struct ryft_execute_options {
  size_t struct_size;
  /** Positions of arguments that must not be donated although the program would. */
  const int64_t *keep;
  size_t keep_count;
  /** Run on this device. Portable executables (ryft_compile_options.portable) need it. Others run
   * where they were compiled for, and one that was compiled for several devices cannot run on a
   * single one of them. Borrowed for the call, as all that options point to. */
  const ryft_device *device;
  /** Where in the user's program this is, for the plugin's messages; NUL-terminated. Needs API
   * 0.76. */
  const char *call_location;
  /** Numbers launches that belong together across processes; 0 for none. */
  int launch_id;
  /** Keep all arguments: nothing is donated. */
  bool keep_all;
  /** Skip the check of the arguments' types, shapes and layouts against the program's: what differs
   * is computed wrongly. On several devices all is checked all the same, since a plugin may crash.
   */
  bool unchecked;
  uint16_t reserved; /**< zero */
  /** For distributed jobs, `task_count` of each: the tasks' numbers, and a number for each task
   * that changes when it is started anew, by which the plugin notices. Needs API 0.78. */
  const int *task_ids;
  const int64_t *incarnation_ids;
  size_t task_count;
} ryft_execute_options;

/**
 * Runs on one device.
 *
 * @param arguments `argument_count` buffers, one for each parameter.
 * @param outputs receives `output_count` new buffers; all NULL on failure.
 * @param done receives an event for the end of the execution; or NULL.
 * Owns: the caller keeps `arguments` and owns `outputs` and `*done`. Errors: INVALID_ARGUMENT when
 * counts, types, shapes or layouts do not match the program's, both sides shown, when a buffer
 * belongs to another client, lies on the wrong device, was deleted or donated before (to which
 * execution is said), or is donated and given twice, and when `reserved` is not zero;
 * FAILED_PRECONDITION when the executable runs on several devices or was deleted; UNIMPLEMENTED for
 * options newer than the plugin; whatever the plugin answers. Errors of the computation itself come
 * through `outputs` and
 * `*done`. Threads: any, also several executions at once. Blocks: no; but a program without outputs
 * is waited for when `done` is NULL, and its error returned. Since: 0.1. PJRT:
 * PJRT_LoadedExecutable_Execute.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_execute(ryft_loaded_executable *executable,
                                                ryft_buffer *const *arguments,
                                                size_t argument_count,
                                                const ryft_execute_options *options,
                                                ryft_buffer **outputs,
                                                size_t output_count,
                                                ryft_event **done);

/**
 * Runs on all devices of the executable.
 *
 * @param arguments for each of `device_count` devices, in the order of
 * ryft_loaded_executable_devices, a list of `argument_count` buffers.
 * @param outputs for each device a list that receives `output_count` new buffers; all NULL on
 * failure.
 * @param done receives one event per device; or NULL.
 * Owns, Errors, Threads, Blocks: as ryft_execute, but INVALID_ARGUMENT when the executable does not
 * run on `device_count` devices. Since: 0.1. PJRT: PJRT_LoadedExecutable_Execute.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_execute_all(ryft_loaded_executable *executable,
                                                    ryft_buffer *const *const *arguments,
                                                    size_t device_count,
                                                    size_t argument_count,
                                                    const ryft_execute_options *options,
                                                    ryft_buffer **const *outputs,
                                                    size_t output_count,
                                                    ryft_event **done);

RYFT_END_DECLS

#endif /* RYFT_EXECUTE_H */
