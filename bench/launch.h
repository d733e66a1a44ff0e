/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One execution of a program with any number of arguments and results, on any number of devices:
 * straight at the plugin and through the library. */
#ifndef RYFT_BENCH_LAUNCH_H
#define RYFT_BENCH_LAUNCH_H

#include "bench.h"

typedef struct bench_launch {
  const PJRT_Api *api;
  ryft_loaded_executable *executable;
  PJRT_LoadedExecutable *raw_executable;
  size_t devices;
  size_t arguments;
  size_t results;
  ryft_buffer **argument_buffers; /* one device's after the other's, as all of these */
  ryft_buffer **result_buffers;
  ryft_buffer ***result_lists;
  PJRT_Buffer **raw_arguments;
  PJRT_Buffer **raw_results;
  PJRT_Buffer ***raw_result_lists;
  ryft_buffer *const **argument_lists;
  PJRT_Buffer *const **raw_argument_lists;
} bench_launch;

/* Compiles `program` for `devices` and makes its arguments, all of one shape and zero. */
void bench_launch_open(bench_launch *self,
                       const bench *with,
                       const char *program,
                       ryft_shape shape,
                       size_t devices,
                       size_t arguments,
                       size_t results);

/* The same with a program of scalars, whose results are all its first argument. */
void bench_launch_open_scalars(bench_launch *self,
                               const bench *with,
                               size_t devices,
                               size_t arguments,
                               size_t results);
void bench_launch_close(bench_launch *self);

/* Starts it and destroys the results; nobody waits. `arg` is a bench_launch. */
void bench_launch_raw(void *arg, size_t count);
void bench_launch_ours(void *arg, size_t count);

/* The same with an event, which is waited for. One device. */
void bench_launch_raw_await(void *arg, size_t count);
void bench_launch_ours_await(void *arg, size_t count);

#endif /* RYFT_BENCH_LAUNCH_H */
