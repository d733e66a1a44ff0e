/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Promises: what events, buffers and executions wait for. And the thread on which work completes.
 */
#ifndef RYFT_TESTS_FAKE_FAKE_PROMISE_H
#define RYFT_TESTS_FAKE_FAKE_PROMISE_H

#include "tests/fake/fake_base.h"

typedef struct fake_promise fake_promise;

/* `status` is lent; NULL is success. */
typedef void (*fake_continuation)(fake_status *status, void *arg);

fake_promise *fake_promise_new(void);
fake_promise *fake_promise_done(fake_status *status); /* takes `status` */
fake_promise *fake_promise_hold(fake_promise *promise);
void fake_promise_release(fake_promise *promise);

/* Takes `status`. Setting a promise twice ends the process, as it does in real plugins. */
void fake_promise_set(fake_promise *promise, fake_status *status);
bool fake_promise_is_set(fake_promise *promise);
bool fake_promise_has_waiters(fake_promise *promise);

/* Waits, and gives a status that the caller owns. */
fake_status *fake_promise_await(fake_promise *promise);

/* Runs when set: on the setting thread, or now. */
void fake_promise_then(fake_promise *promise, fake_continuation run, void *arg);

/* A handle for callers; takes `promise`. */
PJRT_Event *fake_event_new(fake_promise *promise);

/* ---- Work of a client, run in order by one thread that starts when it is first needed. */

typedef struct fake_worker fake_worker;

fake_worker *fake_worker_new(void);

/* Runs what is left and joins the thread. Ends the process when called by that thread or when work
 * is stuck. */
void fake_worker_end(fake_worker *worker);

/* Runs `run(arg)` now when `microseconds` is 0 and nothing is queued, else later on the worker's
 * thread. */
void fake_worker_add(fake_worker *worker, unsigned microseconds, void (*run)(void *arg), void *arg);

/* The first says that work will come once something else has; the second adds it. */
void fake_worker_expect(fake_worker *worker);
void fake_worker_add_expected(fake_worker *worker,
                              unsigned microseconds,
                              void (*run)(void *arg),
                              void *arg);

/* Once `promise` is set, adds work that is told how. */
void fake_worker_after(fake_worker *worker,
                       fake_promise *promise,
                       unsigned microseconds,
                       fake_continuation run,
                       void *arg);

#endif /* RYFT_TESTS_FAKE_FAKE_PROMISE_H */
