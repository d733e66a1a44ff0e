/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How the library's own cost of an execution grows with what there is of everything: arguments,
 * results, devices, buffers alive, threads. The plugin's part is a stub that does nothing. */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "launch.h"
#include "stub.h"

enum { DEVICES_MAX = 8, THREADS_MAX = 4, ALIVE_MAX = 1000000 };

static void print_own(bench *self, const char *what, size_t count, const bench_figures *figures) {
  char name[64];
  (void)snprintf(name, sizeof name, "%s_%zu", what, count);
  bench_begin(self, name);
  bench_number("raw_ns", figures->raw_ns);
  bench_number("ours_ns", figures->ours_ns);
  bench_number("own_ns", figures->own_ns);
  bench_end();
}

static void measure(bench *self,
                    const char *what,
                    size_t devices,
                    size_t arguments,
                    size_t results) {
  bench_launch launch;
  bench_figures figures;
  const size_t count = devices > 1 ? devices : arguments > results ? arguments : results;
  bench_stub_set_outputs(results);
  bench_launch_open_scalars(&launch, self, devices, arguments, results);
  bench_measure(self, bench_launch_raw, bench_launch_ours, &launch, &figures);
  print_own(self, what, count, &figures);
  bench_launch_close(&launch);
  bench_stub_set_outputs(1);
}

/* ---- Buffers alive. */

static size_t bytes_in_use(void) {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/* Makes as many more as are missing; each is the result of an execution. */
static void grow_to(const bench_launch *launch,
                    ryft_buffer **buffers,
                    size_t *alive,
                    size_t count) {
  for (; *alive < count; ++*alive) {
    bench_ok(ryft_execute(launch->executable,
                          launch->argument_buffers,
                          launch->arguments,
                          /* options= */ NULL,
                          &buffers[*alive],
                          1,
                          /* done= */ NULL));
  }
}

static void measure_alive(bench *self) {
  ryft_buffer **buffers = calloc(ALIVE_MAX, sizeof *buffers);
  bench_launch launch;
  bench_figures figures;
  size_t alive = 0;
  if (buffers == NULL) abort();
  bench_launch_open_scalars(&launch, self, 1, 1, 1);
  bench_launch_ours(&launch, 1);
  const size_t before = bytes_in_use();
  for (size_t count = 1; count <= ALIVE_MAX; count *= 100) {
    grow_to(&launch, buffers, &alive, count);
    bench_measure(self, bench_launch_raw, bench_launch_ours, &launch, &figures);
    print_own(self, "alive", count, &figures);
  }
  bench_begin(self, "handle");
  bench_number("bytes", (double)(bytes_in_use() - before) / (double)alive);
  const double start = bench_now();
  for (size_t i = 0; i < alive; ++i) ryft_buffer_destroy(buffers[i]);
  bench_number("destroy_ns", (bench_now() - start) / (double)alive);
  bench_end();
  bench_launch_close(&launch);
  free(buffers);
}

/* ---- Threads, all with one executable. */

typedef struct worker {
  const bench_launch *shared;
  bench_body body;
  pthread_barrier_t *start;
  size_t count;
  double begun; /* filled in by the thread */
  double ended;
  pthread_t thread;
} worker;

static void *work(void *arg) {
  worker *self = arg;
  bench_launch own = *self->shared;
  ryft_buffer *result = NULL, **results = &result;
  PJRT_Buffer *raw_result = NULL, **raw_results = &raw_result;
  own.result_buffers = results;
  own.result_lists = &results;
  own.raw_results = raw_results;
  own.raw_result_lists = &raw_results;
  self->body(&own, 100);
  (void)pthread_barrier_wait(self->start);
  self->begun = bench_now();
  self->body(&own, self->count);
  self->ended = bench_now();
  return NULL;
}

/* Nanoseconds that pass for each execution of all threads. */
static double run_threads(const bench_launch *launch,
                          bench_body body,
                          size_t threads,
                          size_t count) {
  worker workers[THREADS_MAX];
  pthread_barrier_t barrier;
  double begun = 0, ended = 0;
  if (pthread_barrier_init(&barrier, NULL, (unsigned)threads) != 0) abort();
  for (size_t i = 0; i < threads; ++i) {
    workers[i] = (worker){.shared = launch, .body = body, .start = &barrier, .count = count};
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) abort();
  }
  for (size_t i = 0; i < threads; ++i) {
    (void)pthread_join(workers[i].thread, NULL);
    if (i == 0 || workers[i].begun < begun) begun = workers[i].begun;
    if (workers[i].ended > ended) ended = workers[i].ended;
  }
  (void)pthread_barrier_destroy(&barrier);
  return (ended - begun) / (double)(count * threads);
}

static void measure_threads(bench *self, size_t threads) {
  enum { ROUNDS = 7 };
  const size_t count = self->quick ? 300000 : 3000000;
  bench_launch launch;
  bench_figures best = {.raw_ns = 1e9, .ours_ns = 1e9};
  bench_launch_open_scalars(&launch, self, 1, 1, 1);
  for (int i = 0; i < ROUNDS; ++i) {
    const double raw = run_threads(&launch, bench_launch_raw, threads, count);
    const double ours = run_threads(&launch, bench_launch_ours, threads, count);
    if (raw < best.raw_ns) best.raw_ns = raw;
    if (ours < best.ours_ns) best.ours_ns = ours;
  }
  best.own_ns = best.ours_ns - best.raw_ns;
  print_own(self, "threads", threads, &best);
  bench_launch_close(&launch);
}

int main(int argc, char **argv) {
  const ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = DEVICES_MAX};
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &cpu};
  bench self;
  bench_open(&self, argc, argv);
  bench_stub_open(&self, &options);
  for (size_t count = 1; count <= 1024; count *= 4) measure(&self, "arguments", 1, count, 1);
  for (size_t count = 1; count <= 256; count *= 4) measure(&self, "results", 1, 1, count);
  for (size_t count = 1; count <= DEVICES_MAX; count *= 2) measure(&self, "devices", count, 1, 1);
  measure_alive(&self);
  for (size_t count = 1; count <= THREADS_MAX; count *= 2) measure_threads(&self, count);
  bench_close(&self);
  return 0;
}
