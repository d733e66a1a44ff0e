/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Who holds a client, and how it ends. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/core/client.h"

static pthread_mutex_t lifecycle = PTHREAD_MUTEX_INITIALIZER;

/* How many callbacks deep this thread is. */
static _Thread_local unsigned callback_depth;

void ryft__callback_enter(void) {
  ++callback_depth;
}

void ryft__callback_leave(void) {
  --callback_depth;
}

ryft_error *ryft__client_lifecycle_lock(const char *where) {
  return ryft__lock(&lifecycle, where);
}

void ryft__client_lifecycle_unlock(void) {
  ryft__unlock(&lifecycle);
}

/* There is nobody to tell of an error. */
static void end_raw(const ryft_client *client, const char *where) {
  PJRT_Client_Destroy_Args args = {.client = client->raw};
  ryft_error *error = ryft__client_lifecycle_lock(where);
  if (error == NULL) {
    error = ryft__PJRT_Client_Destroy(client->table, &args, where);
    ryft__client_lifecycle_unlock();
  }
  ryft_error_destroy(error);
}

static void end(ryft_client *client) {
  end_raw(client, "ryft_client_destroy");
  ryft__holders_end(&client->holders);
  ryft__client_free(client);
  ryft__object_gone(RYFT__LIVE_CLIENT);
}

/* ---- Ending on a thread of ours. */

/* Guards what follows. */
static pthread_mutex_t enders_lock = PTHREAD_MUTEX_INITIALIZER;
static size_t enders; /* threads that end a client */
static pthread_cond_t enders_gone;
static bool can_wait;    /* the condition could be made */
static size_t exits = 1; /* counts the times that an exit waited for them, from 1 */

/* For all these times together: better to crash than to hang. */
static int64_t patience = INT64_C(10000000000); /* 10 s */

/* Clients that nobody holds and no thread could be had to end: the next caller who may block does
 * it. */
static ryft_client *put_off;

static void make_condition(void) {
  can_wait = ryft__condition_init(&enders_gone);
}

/* Exit handlers and the destructors of statics run in the opposite order to their registration, so
 * this one comes before those of the plugin, whose threads may still need what they destroy. */
static void await_enders(void) {
  const int64_t begin = ryft__now();
  int result = 0;
  if (ryft__forked()) return; /* the parent's */
  (void)pthread_mutex_lock(&enders_lock);
  ++exits;
  const struct timespec deadline = ryft__deadline(patience);
  while (enders != 0 && result != ETIMEDOUT) {
    result = pthread_cond_timedwait(&enders_gone, &enders_lock, &deadline);
  }
  patience -= ryft__now() - begin;
  (void)pthread_mutex_unlock(&enders_lock);
}

/* Whether the process will wait when it exits: once for each plugin, since it must be registered
 * after the plugin was loaded. */
static bool is_awaited(ryft_plugin *plugin) {
  if (plugin->awaited_at_exit == exits) return true;
  if (!can_wait || atexit(await_enders) != 0) return false;
  plugin->awaited_at_exit = exits;
  return true;
}

static void *end_on_thread(void *client) {
  end(client);
  (void)pthread_mutex_lock(&enders_lock);
  if (--enders == 0) (void)pthread_cond_broadcast(&enders_gone);
  (void)pthread_mutex_unlock(&enders_lock);
  return NULL;
}

static bool start_ender(ryft_client *client) {
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) != 0) return false;
  (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const bool started = pthread_create(&thread, &attributes, end_on_thread, client) == 0;
  (void)pthread_attr_destroy(&attributes);
  return started;
}

static void end_elsewhere(ryft_client *client) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, make_condition);
  (void)pthread_mutex_lock(&enders_lock);
  if (is_awaited(client->plugin) && start_ender(client)) {
    ++enders;
  } else {
    client->next_ended = put_off;
    put_off = client;
  }
  (void)pthread_mutex_unlock(&enders_lock);
}

static void end_what_was_put_off(void) {
  (void)pthread_mutex_lock(&enders_lock);
  ryft_client *client = put_off;
  put_off = NULL;
  (void)pthread_mutex_unlock(&enders_lock);
  while (client != NULL) {
    ryft_client *next = client->next_ended;
    end(client);
    client = next;
  }
}

/* ---- Holding. */

ryft_client *ryft__client_hold(ryft_client *client) {
  atomic_fetch_add_explicit(&client->holders.sum, RYFT__OTHER, memory_order_relaxed);
  return client;
}

void ryft__client_unheld(ryft_client *client) {
  const bool forked = ryft__forked(); /* then no plugin is called, and nothing blocks */
  if (callback_depth != 0 && !forked) {
    end_elsewhere(client);
    return;
  }
  end(client);
  if (!forked) end_what_was_put_off();
}

void ryft__client_release(ryft_client *client) {
  if (client == NULL) return;
  const uint64_t before =
      atomic_fetch_sub_explicit(&client->holders.sum, RYFT__OTHER, memory_order_acq_rel);
  if (before == RYFT__OTHER) ryft__client_unheld(client);
}
