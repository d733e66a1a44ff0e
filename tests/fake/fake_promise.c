/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_promise.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct waiter {
  fake_continuation run;
  void *arg;
  struct waiter *next;
} waiter;

struct fake_promise {
  atomic_size_t holders;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool set;
  fake_status *status;
  waiter *first;
  waiter **end;
};

fake_promise *fake_promise_new(void) {
  fake_promise *promise = fake_alloc(sizeof *promise);
  atomic_init(&promise->holders, 1);
  pthread_mutex_init(&promise->lock, NULL);
  pthread_cond_init(&promise->changed, NULL);
  promise->end = &promise->first;
  return promise;
}

fake_promise *fake_promise_done(fake_status *status) {
  fake_promise *promise = fake_promise_new();
  promise->set = true;
  promise->status = status;
  return promise;
}

fake_promise *fake_promise_hold(fake_promise *promise) {
  atomic_fetch_add(&promise->holders, 1);
  return promise;
}

void fake_promise_release(fake_promise *promise) {
  if (promise == NULL || atomic_fetch_sub(&promise->holders, 1) != 1) return;
  if (promise->first != NULL)
    fake_misuse("something still waits for what nobody can complete any more");
  fake_status_release(promise->status);
  pthread_cond_destroy(&promise->changed);
  pthread_mutex_destroy(&promise->lock);
  free(promise);
}

void fake_promise_set(fake_promise *promise, fake_status *status) {
  pthread_mutex_lock(&promise->lock);
  if (promise->set) fake_misuse("it was set before");
  promise->set = true;
  promise->status = status;
  waiter *each = promise->first;
  promise->first = NULL;
  pthread_cond_broadcast(&promise->changed);
  pthread_mutex_unlock(&promise->lock);
  while (each != NULL) {
    waiter *next = each->next;
    each->run(status, each->arg);
    free(each);
    each = next;
  }
}

bool fake_promise_is_set(fake_promise *promise) {
  pthread_mutex_lock(&promise->lock);
  const bool set = promise->set;
  pthread_mutex_unlock(&promise->lock);
  return set;
}

bool fake_promise_has_waiters(fake_promise *promise) {
  pthread_mutex_lock(&promise->lock);
  const bool waited_for = promise->first != NULL;
  pthread_mutex_unlock(&promise->lock);
  return waited_for;
}

fake_status *fake_promise_await(fake_promise *promise) {
  pthread_mutex_lock(&promise->lock);
  while (!promise->set) pthread_cond_wait(&promise->changed, &promise->lock);
  fake_status *status = fake_status_hold(promise->status);
  pthread_mutex_unlock(&promise->lock);
  return status;
}

void fake_promise_then(fake_promise *promise, fake_continuation run, void *arg) {
  pthread_mutex_lock(&promise->lock);
  const bool set = promise->set;
  if (!set) {
    waiter *added = fake_alloc(sizeof *added);
    *added = (waiter){run, arg, NULL};
    /* After a set promise's list was taken, `end` is stale, but then nothing is added any more. */
    *promise->end = added;
    promise->end = &added->next;
  }
  pthread_mutex_unlock(&promise->lock);
  if (set) run(promise->status, arg);
}
