/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Events: the plugin's own, and those that users make and set. Most never get a handle: an upload
 * or a fetch waits for a plugin's event and destroys it, so each step exists for the bare event,
 * and the handle's functions are one call to it. NULL stands for an event that has come about:
 * plugins may give none for what is done at once. Awaiting and destroying belong to every
 * execution, so they are inlined, and all that can fail lies behind a branch that is seldom taken.
 */
#include "src/core/event.h"

#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/fork.h"
#include "src/base/pool.h"
#include "src/base/require.h"

/* ---- Events without a handle. */

static inline ryft_error *await_raw(const ryft__table *table, PJRT_Event *raw, const char *where) {
  if (RYFT__UNLIKELY(raw == NULL)) return NULL;
  PJRT_Event_Await_Args args = {.event = raw};
  return ryft__PJRT_Event_Await(table, &args, where);
}

ryft_error *ryft__event_await_raw(const ryft__table *table, PJRT_Event *raw, const char *where) {
  return await_raw(table, raw, where);
}

static inline void destroy_raw(const ryft__table *table, PJRT_Event *raw) {
  if (RYFT__UNLIKELY(raw == NULL)) return;
  ryft__PJRT_Event_drop(table, raw, "ryft_event_destroy");
}

void ryft__event_destroy_raw(const ryft__table *table, PJRT_Event *raw) {
  destroy_raw(table, raw);
}

static ryft_error *is_ready_raw(const ryft__table *table,
                                PJRT_Event *raw,
                                bool *out,
                                const char *where) {
  *out = true;
  if (raw == NULL) return NULL;
  PJRT_Event_IsReady_Args args = {.event = raw};
  ryft_error *error = ryft__PJRT_Event_IsReady(table, &args, where);
  *out = error == NULL && args.is_ready;
  return error;
}

/* ---- Callbacks. */

typedef struct pending {
  const ryft__table *table;
  ryft_client *client; /* held; may be NULL */
  ryft_event_callback callback;
  void *arg;
  ryft_drop drop;
} pending;

static void run(const pending *call, ryft_error *error) {
  ryft__callback_enter();
  call->callback(error, call->arg);
  if (call->drop != NULL) call->drop(call->arg);
  ryft_error_destroy(error);
  ryft__client_release(call->client);
  ryft__callback_leave();
}

/* The plugin gives the error away, and may be on any thread of its own. Its memory is freed before
 * the callback runs, which may destroy all there is. */
static void completed(PJRT_Error *error, void *arg) {
  pending *memory = arg;
  const pending call = *memory;
  ryft__free(memory);
  run(&call,
      error == NULL
          ? NULL
          : ryft__plugin_error(call.table, error, RYFT__FN_Event_OnReady, "ryft_event_on_ready"));
}

static ryft_error *register_callback(const pending *call, PJRT_Event *raw, const char *where) {
  pending *memory = ryft__alloc(sizeof *memory);
  RYFT__TRY_ALLOC(memory);
  *memory = *call;
  if (call->client != NULL) ryft__client_hold(call->client);
  PJRT_Event_OnReady_Args args = {.event = raw, .callback = completed, .user_arg = memory};
  ryft_error *error = ryft__PJRT_Event_OnReady(call->table, &args, where);
  if (error != NULL) {
    ryft__free(memory);
    ryft__client_release(call->client);
  }
  return error;
}

ryft_error *ryft__event_on_ready_raw(const ryft__table *table,
                                     ryft_client *client,
                                     PJRT_Event *raw,
                                     ryft_event_callback callback,
                                     void *arg,
                                     ryft_drop drop,
                                     const char *where) {
  const pending call = {table, client, callback, arg, drop};
  if (raw == NULL) {
    if (client != NULL) ryft__client_hold(client);
    run(&call, /* error= */ NULL);
    return NULL;
  }
  ryft_error *error = register_callback(&call, raw, where);
  if (error != NULL && drop != NULL) drop(arg);
  return error;
}

/* ---- Handles. */

ryft_error *ryft__event_unmade(ryft_client *client, PJRT_Event *raw) {
  ryft__event_destroy_raw(client->table, raw);
  ryft__client_release_objects(client, 1);
  return ryft__out_of_memory();
}

ryft_error *ryft__event_adopt(ryft_client *client, PJRT_Event *raw, ryft_event **out) {
  ryft__client_hold_objects(client, 1);
  return ryft__event_make(client, raw, out);
}

static ryft_error *create(ryft_plugin *plugin, ryft_event **out, const char *where) {
  PJRT_Event_Create_Args args = {0};
  RYFT_TRY(ryft__PJRT_Event_Create(&plugin->table, &args, where));
  *out = ryft__pool_take();
  if (RYFT__UNLIKELY(*out == NULL)) {
    ryft__event_destroy_raw(&plugin->table, args.event);
    return ryft__out_of_memory();
  }
  ryft__event_init(*out, &plugin->table, args.event, /* client= */ NULL, RYFT__EVENT_UNSET);
  ryft__object_born(RYFT__LIVE_EVENT);
  return NULL;
}

/* There need not be a client that has forks watched. */
ryft_error *ryft_event_create(ryft_plugin *plugin, ryft_event **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(plugin);
  RYFT_TRY(ryft__check_forked(__func__));
  ryft__watch_forks();
  ryft_error *error = create(plugin, out, __func__);
  if (error != NULL) ryft__unwatch_forks();
  return error;
}

static ryft_error *set_raw(const ryft_event *event,
                           ryft_code code,
                           const char *message,
                           const char *where) {
  PJRT_Event_Set_Args args = {
      .event = event->raw,
      .error_code = (PJRT_Error_Code)code,
      .error_message = message,
      .error_message_size = strlen(message),
  };
  return ryft__PJRT_Event_Set(event->table, &args, where);
}

/* Plugins abort when an event is set twice, so of several callers only one gets through. Where the
 * plugin refuses, the event is as it was; where it does not, whoever waited may have destroyed it.
 */
ryft_error *ryft_event_set(ryft_event *event, const ryft_error *error) {
  RYFT__REQUIRE(event);
  int state = RYFT__EVENT_UNSET;
  if (!atomic_compare_exchange_strong(&event->state, &state, RYFT__EVENT_SET)) {
    return ryft__error(
        RYFT_FAILED_PRECONDITION,
        __func__,
        NULL,
        state == RYFT__EVENT_SET ? "the event was set before" : "the event is the plugin's own");
  }
  ryft_error *refused = set_raw(event, ryft_error_code(error), ryft_error_message(error), __func__);
  if (refused != NULL) atomic_store(&event->state, RYFT__EVENT_UNSET);
  return refused;
}

RYFT__HOT void ryft_event_destroy(ryft_event *event) {
  if (RYFT__UNLIKELY(event == NULL)) return;
  if (RYFT__UNLIKELY(atomic_load_explicit(&event->state, memory_order_acquire) ==
                     RYFT__EVENT_UNSET)) {
    ryft_error_destroy(
        set_raw(event, RYFT_CANCELLED, "the event was destroyed before it was set", __func__));
  }
  destroy_raw(event->table, event->raw);
  ryft__waiter *waiter = atomic_load_explicit(&event->waiter, memory_order_acquire);
  if (RYFT__UNLIKELY(waiter != NULL)) ryft__waiter_release(waiter);
  ryft_client *client = event->client;
  ryft__pool_give(event);
  if (RYFT__LIKELY(client != NULL)) {
    ryft__client_release_objects(client, 1);
  } else {
    ryft__object_gone(RYFT__LIVE_EVENT);
  }
}

PJRT_Event *ryft_event_raw(const ryft_event *event) {
  return event == NULL ? NULL : event->raw;
}

/* ---- Asking and waiting. */

RYFT__HOT ryft_error *ryft_event_await(ryft_event *event) {
  RYFT__REQUIRE(event);
  return await_raw(event->table, event->raw, __func__);
}

ryft_error *ryft_event_await_for(ryft_event *event, int64_t nanoseconds) {
  bool ready = false;
  RYFT__REQUIRE(event);
  RYFT_TRY(is_ready_raw(event->table, event->raw, &ready, __func__));
  if (!ready && nanoseconds > 0) RYFT_TRY(ryft__event_sleep(event, nanoseconds, &ready, __func__));
  if (ready) return ryft__event_await_raw(event->table, event->raw, __func__);
  return ryft__error(RYFT_DEADLINE_EXCEEDED,
                     __func__,
                     NULL,
                     "not complete after %lld ms",
                     (long long)(nanoseconds < 0 ? 0 : nanoseconds / RYFT_MILLISECONDS(1)));
}

ryft_error *ryft_event_is_ready(ryft_event *event, bool *out_ready) {
  RYFT__REQUIRE(out_ready);
  *out_ready = false;
  RYFT__REQUIRE(event);
  return is_ready_raw(event->table, event->raw, out_ready, __func__);
}

ryft_error *ryft_event_error(ryft_event *event) {
  bool ready = false;
  RYFT__REQUIRE(event);
  RYFT_TRY(is_ready_raw(event->table, event->raw, &ready, __func__));
  if (!ready)
    return ryft__error(RYFT_FAILED_PRECONDITION, __func__, NULL, "the event is not complete yet");
  if (event->raw == NULL) return NULL;
  if (!ryft__table_has(event->table, RYFT__FN_Event_Error)) {
    return ryft__event_await_raw(event->table, event->raw, __func__);
  }
  PJRT_Event_Error_Args args = {.event = event->raw};
  return ryft__PJRT_Event_Error(event->table, &args, __func__);
}

ryft_error *ryft_event_on_ready(ryft_event *event,
                                ryft_event_callback callback,
                                void *arg,
                                ryft_drop drop) {
  if (event == NULL || callback == NULL) {
    if (drop != NULL) drop(arg);
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       __func__,
                       NULL,
                       "`%s` is NULL",
                       event == NULL ? "event" : "callback");
  }
  return ryft__event_on_ready_raw(
      event->table, event->client, event->raw, callback, arg, drop, __func__);
}
