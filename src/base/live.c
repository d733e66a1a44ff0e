/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/live.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ryft/live_objects.h"
#include "src/base/log.h"
#include "src/base/sink.h"

static atomic_size_t counts[RYFT__LIVE_COUNT];

static pthread_mutex_t holders_lock = PTHREAD_MUTEX_INITIALIZER;
static ryft__holders *all_holders;

/* ---- Those who hold something. */

static void lock_holders(void) {
  (void)pthread_mutex_lock(&holders_lock);
}

static void unlock_holders(void) {
  (void)pthread_mutex_unlock(&holders_lock);
}

/* A fork waits for the lock, or its child might find it taken for ever. */
static void guard_forks(void) {
  (void)pthread_atfork(lock_holders, unlock_holders, unlock_holders);
}

void ryft__holders_begin(ryft__holders *holders) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, guard_forks);
  atomic_init(&holders->sum, RYFT__OTHER);
  lock_holders();
  holders->next = all_holders;
  all_holders = holders;
  unlock_holders();
}

void ryft__holders_end(ryft__holders *holders) {
  lock_holders();
  ryft__holders **link = &all_holders;
  while (*link != holders) link = &(*link)->next;
  *link = holders->next;
  unlock_holders();
}

static size_t count_holding(void) {
  uint64_t count = 0;
  lock_holders();
  for (ryft__holders *each = all_holders; each != NULL; each = each->next) {
    count += atomic_load_explicit(&each->sum, memory_order_relaxed) % RYFT__OTHER;
  }
  unlock_holders();
  return count;
}

static size_t count_of(ryft__live kind) {
  return atomic_load_explicit(&counts[kind], memory_order_relaxed);
}

size_t ryft_live_objects(void) {
  size_t sum = count_holding();
  for (int kind = 0; kind < RYFT__LIVE_COUNT; ++kind) sum += count_of((ryft__live)kind);
  return sum;
}

/* ---- The report. */

static pid_t reporter;

static void add(ryft__sink *report, size_t count, const char *one, const char *many) {
  if (count == 0) return;
  ryft__sink_format(
      report, "%s %zu %s", report->length == 0 ? "" : ",", count, count == 1 ? one : many);
}

static void tell_leaks(void) {
  static const char *const names[RYFT__LIVE_COUNT][2] = {
      [RYFT__LIVE_CLIENT] = {"client", "clients"},
      [RYFT__LIVE_EXECUTABLE] = {"executable", "executables"},
      [RYFT__LIVE_LOADED_EXECUTABLE] = {"loaded executable", "loaded executables"},
      [RYFT__LIVE_SESSION] = {"session", "sessions"},
      [RYFT__LIVE_EVENT] = {"user event", "user events"},
      [RYFT__LIVE_PROGRAM] = {"program", "programs"},
      [RYFT__LIVE_NPY] = {"npy array", "npy arrays"},
      [RYFT__LIVE_FOUND_PLUGINS] = {"list of found plugins", "lists of found plugins"},
  };
  char text[512]; /* more than all kinds with the largest counts add up to */
  ryft__sink report;
  ryft__sink_init(&report, text, sizeof text);
  if (getpid() != reporter) return; /* a fork's child did not make them */
  add(&report, count_holding(), "buffer or event", "buffers or events");
  for (int kind = 0; kind < RYFT__LIVE_COUNT; ++kind) {
    add(&report, count_of((ryft__live)kind), names[kind][0], names[kind][1]);
  }
  if (report.length != 0) (void)fprintf(stderr, "ryft: leaks:%s\n", text);
}

static void start(void) {
  if (!ryft__log_has("leaks")) return;
  reporter = getpid();
  (void)atexit(tell_leaks);
}

void ryft__object_born(ryft__live kind) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, start);
  atomic_fetch_add_explicit(&counts[kind], 1, memory_order_relaxed);
}

void ryft__object_gone(ryft__live kind) {
  atomic_fetch_sub_explicit(&counts[kind], 1, memory_order_relaxed);
}
