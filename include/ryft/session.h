/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file session.h
 * Sessions: a program that runs again and again, its arguments and results in slots with names.
 *
 * Inputs are set once, and again before any run that needs other values. An output with the name of
 * an input is fed back: it becomes that input of the next run, and where the program allows it the
 * old one is donated, so that the new one lies in the same memory. All other inputs stay as they
 * were set. Everything that can be checked is checked when the session is made or a slot is set; a
 * run only starts the execution.
 *
 * Setting an input while the previous run is still computing neither waits nor disturbs it: every
 * set uploads into memory of its own.
 *
 * A slot shares its buffer with whoever else has a handle of it: the caller, or other sessions. A
 * run donates no buffer that somebody else has, so no buffer vanishes while someone else holds it.
 *
 * One thread at a time may use a session. Different sessions are independent, also of one
 * executable.
 *
 * Unless a declaration says otherwise: Threads: one at a time per session. Blocks: no.
 */
#ifndef RYFT_SESSION_H
#define RYFT_SESSION_H

#include "ryft/base.h"
#include "ryft/buffer.h"
#include "ryft/device.h"
#include "ryft/error.h"
#include "ryft/host_array.h"
#include "ryft/loaded_executable.h"

RYFT_BEGIN_DECLS

typedef struct ryft_session ryft_session;

/** How to make a session. Zero is the default for all. */
typedef struct ryft_session_options {
  size_t struct_size;
  /** Run on this device alone, as ryft_execute_options.device; portable executables need it. NULL:
   * on all devices of the executable. */
  const ryft_device *device;
} ryft_session_options;

/**
 * Makes a session with empty slots: one for each of `input_names`, in the order of the program's
 * parameters, and one for each of `output_names`, in the order of its results, that is not the name
 * of an input. Names are copied.
 *
 * Owns: the caller owns `*out`, which holds the executable. Errors: INVALID_ARGUMENT when the
 * counts are not the program's, for names that are missing or given twice, and when an output that
 * is fed back has another type, shape or layout than the input, both sides shown; for a device that
 * the executable cannot run on, and for a portable one without a device. Programs whose signature
 * is not known (ryft_loaded_executable_signature) leave shapes unchecked. Threads: any. Since: 0.1.
 * PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_create(ryft_loaded_executable *executable,
                                                       const char *const *input_names,
                                                       size_t input_count,
                                                       const char *const *output_names,
                                                       size_t output_count,
                                                       const ryft_session_options *options,
                                                       ryft_session **out);

/** Gives up the session and its share of what lies in its slots; a run under way goes on. NULL is
 * fine.
 *
 * Owns: takes `session`. Errors: none. Blocks: no; but as ryft_client_destroy when it is the last
 * object of its client. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_session_destroy(ryft_session *session);

/**
 * Number of a slot, for the functions that end in `_at`: inputs from 0 in their order, then the
 * outputs that are not fed back.
 *
 * Owns: nothing. Errors: NOT_FOUND, with the names there are. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_slot(const ryft_session *session,
                                                     const char *name,
                                                     size_t *out_slot);

/**
 * Sets an input from host memory, on each device of the session.
 *
 * Memory that can be held (ryft_host_array) is held as long as needed and used in place where the
 * device can; other memory is copied during the call.
 *
 * Owns: the caller keeps `array`, whose own handle may be destroyed right after the call. Errors:
 * NOT_FOUND for the name; INVALID_ARGUMENT for an output, another type or shape than the program's,
 * both sides shown, or a wrong size; as ryft_buffer_from_host. The slot is left unchanged then.
 * Blocks: no, apart from copying. Since: 0.1. PJRT: PJRT_Client_BufferFromHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_set_host(ryft_session *session,
                                                         const char *name,
                                                         const ryft_host_array *array);

/** As ryft_session_set_host, for a slot by its number and on one device.
 *
 * @param device position in ryft_loaded_executable_devices; 0 for a session on one device.
 * Owns: as ryft_session_set_host. Errors: OUT_OF_RANGE for slot and device; as
 * ryft_session_set_host. Blocks: no, apart from copying. Since: 0.1. PJRT:
 * PJRT_Client_BufferFromHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_set_host_at(ryft_session *session,
                                                            size_t slot,
                                                            size_t device,
                                                            const ryft_host_array *array);

/**
 * Sets an input to a buffer, which the session shares from then on; `buffer` may be NULL, which
 * empties the slot.
 *
 * Where the input is donated, the first run takes the buffer's memory, provided that nobody else
 * has a handle: a caller who destroys `buffer` right after the call gives it away, one who keeps it
 * keeps the contents.
 *
 * Owns: the caller keeps `buffer` and may destroy it at any time. Errors: NOT_FOUND for the name;
 * INVALID_ARGUMENT for an output, another type or shape than the program's, both sides shown,
 * another client or another device; FAILED_PRECONDITION for a deleted buffer, and for a session on
 * several devices. The slot is left unchanged then. Since: 0.1. PJRT: PJRT_Buffer_IsDeleted.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_set(ryft_session *session,
                                                    const char *name,
                                                    ryft_buffer *buffer);

/** As ryft_session_set, for a slot by its number and on one device; `buffer` may be NULL here too.
 *
 * @param device position in ryft_loaded_executable_devices; 0 for a session on one device.
 * Owns: as ryft_session_set. Errors: OUT_OF_RANGE for slot and device; as ryft_session_set. Since:
 * 0.1. PJRT: PJRT_Buffer_IsDeleted.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_set_at(ryft_session *session,
                                                       size_t slot,
                                                       size_t device,
                                                       ryft_buffer *buffer);

/**
 * Starts the program on what lies in the slots, and puts the results there. Nothing is allocated
 * but the handles of the results.
 *
 * A run that is refused leaves all slots as they were. One that failed after the plugin had taken
 * donated inputs empties their slots, and says so when they are used. Errors of the computation
 * itself come with its results: the slots fed back carry them on until they are set anew.
 *
 * Owns: nothing. Errors: FAILED_PRECONDITION, naming the slot, for an input that is not set or was
 * lost; whatever the plugin answers. Blocks: no, except for programs without results. Since: 0.1.
 * PJRT: PJRT_LoadedExecutable_Execute.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_run(ryft_session *session);

/** Waits until all results of the last run exist; the first error that took the place of one.
 *
 * Owns: the caller owns the result. Errors: of the computation. Blocks: until ready. Since: 0.1.
 * PJRT: PJRT_Buffer_ReadyEvent, PJRT_Event_Await.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_await(const ryft_session *session);

/**
 * Copies what lies in a slot to host memory: an output of the last run, or an input.
 *
 * @param size exactly the bytes of a dense copy.
 * Owns: the caller keeps `out`. Errors: NOT_FOUND for the name; FAILED_PRECONDITION for an empty
 * slot, and for a session on several devices; as ryft_buffer_read. Blocks: until copied. Since:
 * 0.1. PJRT: PJRT_Buffer_ToHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_get(const ryft_session *session,
                                                    const char *name,
                                                    void *out,
                                                    size_t size);

/** As ryft_session_get, for a slot by its number and on one device.
 *
 * @param device position in ryft_loaded_executable_devices; 0 for a session on one device.
 * Owns: as ryft_session_get. Errors: OUT_OF_RANGE for slot and device; as ryft_session_get. Blocks:
 * until copied. Since: 0.1. PJRT: PJRT_Buffer_ToHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_get_at(const ryft_session *session,
                                                       size_t slot,
                                                       size_t device,
                                                       void *out,
                                                       size_t size);

/**
 * The buffer in a slot: to copy it elsewhere, or to set it in another session without a copy.
 *
 * The session goes on using it, but while the caller has the handle no run donates it: destroy it
 * before the next run where the memory is to be reused.
 *
 * Owns: the caller owns `*out`. Errors: NOT_FOUND for the name; FAILED_PRECONDITION for an empty
 * slot, and for a session on several devices. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_output(const ryft_session *session,
                                                       const char *name,
                                                       ryft_buffer **out);

/** As ryft_session_output, for a slot by its number and on one device.
 *
 * @param device position in ryft_loaded_executable_devices; 0 for a session on one device.
 * Owns: the caller owns `*out`. Errors: OUT_OF_RANGE for slot and device; as ryft_session_output.
 * Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_session_output_at(const ryft_session *session,
                                                          size_t slot,
                                                          size_t device,
                                                          ryft_buffer **out);

RYFT_DEFINE_CLEANUP(session)

RYFT_END_DECLS

#endif /* RYFT_SESSION_H */
