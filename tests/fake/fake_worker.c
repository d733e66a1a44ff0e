/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "tests/fake/fake_promise.h"

typedef struct task {
  struct timespec due;
  void (*run)(void *arg);
  void *arg;
  struct task *next;
} task;

struct fake_worker {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  task *first;
  task **end;
  size_t unfinished; /* tasks queued or running */
  size_t expected;
  bool started;
  bool stopping;
  pthread_t thread;
};

fake_worker *fake_worker_new(void) {
  fake_worker *worker = fake_alloc(sizeof *worker);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&worker->lock, NULL);
  pthread_cond_init(&worker->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  worker->end = &worker->first;
  return worker;
}

/* The next task once it is due; NULL when there is none left and the worker ends. Called with the
 * lock held. */
static task *next_task(fake_worker *worker) {
  while (worker->first == NULL) {
    if (worker->stopping) return NULL;
    pthread_cond_wait(&worker->changed, &worker->lock);
  }
  task *next = worker->first;
  worker->first = next->next;
  if (worker->first == NULL) worker->end = &worker->first;
  while (pthread_cond_timedwait(&worker->changed, &worker->lock, &next->due) != ETIMEDOUT) continue;
  return next;
}

static void *work(void *arg) {
  fake_worker *worker = arg;
  fake_slot_name = "work on the plugin's own thread";
  pthread_mutex_lock(&worker->lock);
  for (task *each = next_task(worker); each != NULL; each = next_task(worker)) {
    pthread_mutex_unlock(&worker->lock);
    each->run(each->arg);
    free(each);
    pthread_mutex_lock(&worker->lock);
    --worker->unfinished;
  }
  pthread_mutex_unlock(&worker->lock);
  return NULL;
}

void fake_worker_end(fake_worker *worker) {
  pthread_mutex_lock(&worker->lock);
  worker->stopping = true;
  const bool started = worker->started;
  pthread_cond_broadcast(&worker->changed);
  pthread_mutex_unlock(&worker->lock);
  if (started && pthread_equal(pthread_self(), worker->thread)) {
    fake_misuse("a client cannot join the thread that destroys it");
  }
  if (started) pthread_join(worker->thread, NULL);
  if (worker->expected != 0) fake_misuse("%zu pieces of work wait for ever", worker->expected);
  pthread_cond_destroy(&worker->changed);
  pthread_mutex_destroy(&worker->lock);
  free(worker);
}

static struct timespec due_in(unsigned microseconds) {
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  due.tv_sec += microseconds / 1000000;
  due.tv_nsec += (long)(microseconds % 1000000) * 1000;
  if (due.tv_nsec >= 1000000000) {
    due.tv_nsec -= 1000000000;
    ++due.tv_sec;
  }
  return due;
}

static void add(fake_worker *worker,
                unsigned microseconds,
                void (*run)(void *arg),
                void *arg,
                bool was_expected) {
  pthread_mutex_lock(&worker->lock);
  if (was_expected) --worker->expected;
  const bool now = microseconds == 0 && worker->unfinished == 0;
  if (!now) {
    task *added = fake_alloc(sizeof *added);
    *added = (task){due_in(microseconds), run, arg, NULL};
    *worker->end = added;
    worker->end = &added->next;
    ++worker->unfinished;
    if (!worker->started) {
      worker->started = true;
      if (pthread_create(&worker->thread, NULL, work, worker) != 0) abort();
    }
    pthread_cond_broadcast(&worker->changed);
  }
  pthread_mutex_unlock(&worker->lock);
  if (now) run(arg);
}

void fake_worker_add(fake_worker *worker,
                     unsigned microseconds,
                     void (*run)(void *arg),
                     void *arg) {
  add(worker, microseconds, run, arg, /* was_expected= */ false);
}

void fake_worker_expect(fake_worker *worker) {
  pthread_mutex_lock(&worker->lock);
  ++worker->expected;
  pthread_mutex_unlock(&worker->lock);
}

void fake_worker_add_expected(fake_worker *worker,
                              unsigned microseconds,
                              void (*run)(void *arg),
                              void *arg) {
  add(worker, microseconds, run, arg, /* was_expected= */ true);
}

typedef struct dependent {
  fake_worker *worker;
  fake_promise *promise;
  unsigned microseconds;
  fake_continuation run;
  void *arg;
} dependent;

static void run_dependent(void *arg) {
  dependent *each = arg;
  fake_status *status = fake_promise_await(each->promise);
  each->run(status, each->arg);
  fake_status_release(status);
  fake_promise_release(each->promise);
  free(each);
}

static void on_set(fake_status *status, void *arg) {
  (void)status;
  dependent *each = arg;
  fake_worker_add_expected(each->worker, each->microseconds, run_dependent, each);
}

void fake_worker_after(fake_worker *worker,
                       fake_promise *promise,
                       unsigned microseconds,
                       fake_continuation run,
                       void *arg) {
  dependent *added = fake_alloc(sizeof *added);
  *added = (dependent){worker, fake_promise_hold(promise), microseconds, run, arg};
  fake_worker_expect(worker);
  fake_promise_then(promise, on_set, added);
}
