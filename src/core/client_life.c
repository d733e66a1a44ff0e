/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Who holds a client, and how it ends. */
#include <pthread.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/core/client.h"

static pthread_mutex_t lifecycle = PTHREAD_MUTEX_INITIALIZER;

/* Clients that nobody holds and no thread could be had to end: the next caller who may block does
 * it. */
static pthread_mutex_t ended_lock = PTHREAD_MUTEX_INITIALIZER;
static ryft_client *ended;

/* How many callbacks deep this thread is. */
static _Thread_local unsigned callback_depth;

void ryft__callback_enter(void) {
  ++callback_depth;
}

void ryft__callback_leave(void) {
  --callback_depth;
}

/* A fork's child calls no plugin, and the thread that holds the lock may not exist in it. */
void ryft__client_lifecycle_lock(void) {
  if (!ryft__forked()) (void)pthread_mutex_lock(&lifecycle);
}

void ryft__client_lifecycle_unlock(void) {
  if (!ryft__forked()) (void)pthread_mutex_unlock(&lifecycle);
}

static void end(ryft_client *client) {
  PJRT_Client_Destroy_Args args = {.client = client->raw};
  ryft__client_lifecycle_lock();
  ryft_error_destroy(ryft__PJRT_Client_Destroy(client->table, &args, "ryft_client_destroy"));
  ryft__client_lifecycle_unlock();
  ryft__holders_end(&client->holders);
  ryft__client_free(client);
  ryft__object_gone(RYFT__LIVE_CLIENT);
}

static void *end_on_thread(void *client) {
  end(client);
  return NULL;
}

static void put_off(ryft_client *client) {
  (void)pthread_mutex_lock(&ended_lock);
  client->next_ended = ended;
  ended = client;
  (void)pthread_mutex_unlock(&ended_lock);
}

static void end_elsewhere(ryft_client *client) {
  pthread_attr_t attributes;
  pthread_t thread;
  bool started = false;
  if (pthread_attr_init(&attributes) == 0) {
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    started = pthread_create(&thread, &attributes, end_on_thread, client) == 0;
    (void)pthread_attr_destroy(&attributes);
  }
  if (!started) put_off(client);
}

static void end_what_was_put_off(void) {
  (void)pthread_mutex_lock(&ended_lock);
  ryft_client *client = ended;
  ended = NULL;
  (void)pthread_mutex_unlock(&ended_lock);
  while (client != NULL) {
    ryft_client *next = client->next_ended;
    end(client);
    client = next;
  }
}

ryft_client *ryft__client_hold(ryft_client *client) {
  atomic_fetch_add_explicit(&client->holders.sum, RYFT__OTHER, memory_order_relaxed);
  return client;
}

void ryft__client_unheld(ryft_client *client) {
  if (callback_depth != 0) {
    end_elsewhere(client);
    return;
  }
  end(client);
  if (!ryft__forked()) end_what_was_put_off();
}

void ryft__client_release(ryft_client *client) {
  if (client == NULL) return;
  const uint64_t before =
      atomic_fetch_sub_explicit(&client->holders.sum, RYFT__OTHER, memory_order_acq_rel);
  if (before == RYFT__OTHER) ryft__client_unheld(client);
}
