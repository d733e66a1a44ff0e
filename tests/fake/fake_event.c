/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdlib.h>

#include "tests/fake/fake_promise.h"

struct PJRT_Event {
  fake_object object;
  fake_promise *promise;
  bool by_user;
};

typedef struct listener {
  PJRT_Event_OnReadyCallback callback;
  void *arg;
} listener;

static PJRT_Event *checked(PJRT_Event *event) {
  fake_check(event, FAKE_EVENT);
  return event;
}

PJRT_Event *fake_event_new(fake_promise *promise) {
  PJRT_Event *event = fake_object_new(FAKE_EVENT, sizeof *event);
  event->promise = promise;
  return event;
}

PJRT_Error *fake_PJRT_Event_Destroy(PJRT_Event_Destroy_Args *args) {
  PJRT_Event *event = checked(args->event);
  if (event->by_user && fake_promise_has_waiters(event->promise) &&
      !fake_promise_is_set(event->promise)) {
    fake_misuse("the event was never set, and somebody waits for it");
  }
  fake_promise_release(event->promise);
  fake_object_end(&event->object);
  return NULL;
}

PJRT_Error *fake_PJRT_Event_IsReady(PJRT_Event_IsReady_Args *args) {
  args->is_ready = fake_promise_is_set(checked(args->event)->promise);
  return NULL;
}

PJRT_Error *fake_PJRT_Event_Error(PJRT_Event_Error_Args *args) {
  fake_promise *promise = checked(args->event)->promise;
  if (!fake_promise_is_set(promise)) fake_misuse("the event is not complete");
  return fake_error_from(fake_promise_await(promise));
}

PJRT_Error *fake_PJRT_Event_Await(PJRT_Event_Await_Args *args) {
  return fake_error_from(fake_promise_await(checked(args->event)->promise));
}

static void tell(fake_status *status, void *arg) {
  listener *told = arg;
  told->callback(fake_error_from(fake_status_hold(status)), told->arg);
  free(told);
}

PJRT_Error *fake_PJRT_Event_OnReady(PJRT_Event_OnReady_Args *args) {
  fake_promise *promise = checked(args->event)->promise;
  if (args->callback == NULL) fake_misuse("there is no callback");
  listener *added = fake_alloc(sizeof *added);
  *added = (listener){args->callback, args->user_arg};
  fake_promise_then(promise, tell, added);
  return NULL;
}

PJRT_Error *fake_PJRT_Event_Create(PJRT_Event_Create_Args *args) {
  args->event = fake_event_new(fake_promise_new());
  args->event->by_user = true;
  return NULL;
}

PJRT_Error *fake_PJRT_Event_Set(PJRT_Event_Set_Args *args) {
  PJRT_Event *event = checked(args->event);
  if (!event->by_user) fake_misuse("the event is not the caller's to set");
  if (args->error_message_size != 0 && args->error_message == NULL)
    fake_misuse("the message is NULL");
  fake_status *status = NULL;
  if (args->error_code != PJRT_Error_Code_OK) {
    status = fake_status_new((int)args->error_code, args->error_message, args->error_message_size);
  }
  /* A callback may destroy the event. */
  fake_promise *promise = fake_promise_hold(event->promise);
  fake_promise_set(promise, status);
  fake_promise_release(promise);
  return NULL;
}
