/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What an execution costs inside the library alone, in time and in allocations: the plugin's part
 * is a stub that does nothing. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launch.h"
#include "stub.h"

/* The library's calls of malloc come here first, as those of the whole process do. */
static atomic_size_t allocations;

void *malloc(size_t size) {
  static _Atomic(void *) found;
  void *(*next)(size_t) = NULL;
  void *symbol = atomic_load_explicit(&found, memory_order_relaxed);
  if (symbol == NULL) {
    symbol = dlsym(RTLD_NEXT, "malloc");
    atomic_store_explicit(&found, symbol, memory_order_relaxed);
  }
  memcpy(&next, &symbol, sizeof next);
  atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
  return next(size);
}

static double count_allocations(bench_body ours, void *arg) {
  enum { TIMES = 1000 };
  ours(arg, TIMES); /* pools are filled */
  const size_t before = atomic_load(&allocations);
  ours(arg, TIMES);
  return (double)(atomic_load(&allocations) - before) / TIMES;
}

static void measure(bench *self, const char *name, bench_body raw, bench_body ours, void *arg) {
  bench_figures figures;
  const double per_operation = count_allocations(ours, arg);
  bench_measure(self, raw, ours, arg, &figures);
  bench_begin(self, name);
  bench_number("raw_ns", figures.raw_ns);
  bench_number("ours_ns", figures.ours_ns);
  bench_number("own_ns", figures.own_ns);
  bench_number("allocations", per_operation);
  bench_end();
}

static void execute(bench *self, size_t arguments) {
  bench_launch launch;
  char name[32];
  (void)snprintf(name, sizeof name, "execute_%zu_arguments", arguments);
  bench_launch_open_scalars(&launch, self, 1, arguments, 1);
  measure(self, name, bench_launch_raw, bench_launch_ours, &launch);
  if (arguments == 1) {
    measure(self, "execute_await", bench_launch_raw_await, bench_launch_ours_await, &launch);
  }
  bench_launch_close(&launch);
}

int main(int argc, char **argv) {
  bench self;
  bench_open(&self, argc, argv);
  bench_stub_open(&self, /* options= */ NULL);
  execute(&self, 1);
  execute(&self, 16);
  execute(&self, 128);
  bench_close(&self);
  return 0;
}
