/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file event.h
 * Events: the completion of asynchronous work.
 *
 * An event completes once, with success or an error, and stays complete. Destroying an event early
 * is always safe: the work goes on, registered callbacks still run, and memory in flight stays
 * alive. Different threads may use one event at the same time, waiting for it included; destroying
 * it while another thread passes the same handle to a call is the caller's error.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_EVENT_H
#define RYFT_EVENT_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/plugin.h"

RYFT_BEGIN_DECLS

typedef struct ryft_event ryft_event;
struct PJRT_Event;

/** Nanoseconds in `n` seconds or milliseconds, for timeouts. */
#define RYFT_SECONDS(n) ((int64_t)(n)*INT64_C(1000000000))
#define RYFT_MILLISECONDS(n) ((int64_t)(n)*INT64_C(1000000))

/** Runs when an event completes. `error` is NULL on success and lent for the call only. */
typedef void (*ryft_event_callback)(const ryft_error *error, void *arg);

/** Runs when a callback's argument is no longer needed. */
typedef void (*ryft_drop)(void *arg);

/**
 * Waits until the event completes.
 *
 * Owns: the caller owns the result. Errors: the event's own. Threads: any, also several at once.
 * Blocks: until complete. Since: 0.1. PJRT: PJRT_Event_Await.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_await(ryft_event *event);

/**
 * Waits until the event completes, but no longer than `nanoseconds` (0: not at all).
 *
 * Owns: the caller owns the result. Errors: the event's own; DEADLINE_EXCEEDED when it is not
 * complete in time, and the event may be awaited again. Blocks: for `nanoseconds` at most. Since:
 * 0.1. PJRT: PJRT_Event_IsReady, PJRT_Event_OnReady.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_await_for(ryft_event *event, int64_t nanoseconds);

/**
 * Whether the event is complete, with success or an error.
 *
 * Owns: nothing. Errors: of the query itself, not the event's. Since: 0.1. PJRT:
 * PJRT_Event_IsReady.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_is_ready(ryft_event *event, bool *out_ready);

/**
 * The error of a complete event; NULL when it succeeded.
 *
 * Owns: the caller owns the result. Errors: the event's own; FAILED_PRECONDITION when it is not
 * complete yet. Since: 0.1. PJRT: PJRT_Event_Error.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_error(ryft_event *event);

/**
 * Calls `callback(error, arg)` exactly once when the event completes: on any thread, perhaps before
 * this call returns. Then, or when registering fails, calls `drop(arg)`, exactly once. The callback
 * must not block on the plugin's work.
 *
 * @param drop may be NULL.
 * Owns: `arg` is borrowed until `drop`. Errors: whatever registering answers; the callback does not
 * run then. Since: 0.1. PJRT: PJRT_Event_OnReady.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_on_ready(ryft_event *event,
                                                       ryft_event_callback callback,
                                                       void *arg,
                                                       ryft_drop drop);

/**
 * Makes an event that the caller completes with ryft_event_set. Destroying it unset completes it
 * with CANCELLED, so that nobody waits forever.
 *
 * Owns: the caller owns `*out`. Errors: UNIMPLEMENTED on plugins before API 0.89. Since: 0.1. PJRT:
 * PJRT_Event_Create.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_create(ryft_plugin *plugin, ryft_event **out);

/**
 * Completes a user-made event.
 *
 * @param error NULL for success; only read.
 * Owns: nothing. Errors: FAILED_PRECONDITION when it was set before or is not user-made (plugins
 * abort on the former). Blocks: no; callbacks may run inside. Since: 0.1. PJRT: PJRT_Event_Set.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_event_set(ryft_event *event, const ryft_error *error);

/** Gives up the event. NULL is fine.
 *
 * Owns: takes `event`. Errors: none. Blocks: no; but as ryft_client_destroy when it is the last
 * object of its client. Since: 0.1. PJRT: PJRT_Event_Destroy.
 */
RYFT_API void ryft_event_destroy(ryft_event *event);

/** The plugin's own event, for calls that the library does not make; NULL when the event never
 * needed one.
 *
 * Owns: lives as long as the event. Errors: none. Since: 0.1. PJRT: PJRT_Event.
 */
RYFT_API struct PJRT_Event *ryft_event_raw(const ryft_event *event);

RYFT_DEFINE_CLEANUP(event)

RYFT_END_DECLS

#endif /* RYFT_EVENT_H */
