/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Two ways to do one thing, timed side by side in one process, and the figures as one JSON object.
 */
#ifndef RYFT_BENCH_BENCH_H
#define RYFT_BENCH_BENCH_H

#include "ryft/abi/pjrt.h"
#include "ryft/ryft.h"

/* What the command line asked for, and a client of that plugin. */
typedef struct bench {
  ryft_plugin *plugin;
  const PJRT_Api *api; /* for the raw side */
  ryft_client *client;
  const ryft_device *device;
  bool quick;
  size_t measures; /* printed so far */
} bench;

/* In nanoseconds, from some point in the past. */
double bench_now(void);

/* Does the thing `count` times. */
typedef void (*bench_body)(void *arg, size_t count);

/* Reads `[--quick] [PLUGIN]`, makes the client, and starts the JSON object. Ends the process when
 * it cannot. */
void bench_open(bench *self, int argc, char **argv);

typedef struct bench_figures {
  double raw_ns; /* for one operation; medians, all of them */
  double ours_ns;
  double own_ns; /* of the differences between neighbouring batches */
  double ratio;  /* of their ratios */
  size_t pairs;
  size_t per_batch;
} bench_figures;

/* Times `raw` and `ours` in turns. */
void bench_measure(const bench *self,
                   bench_body raw,
                   bench_body ours,
                   void *arg,
                   bench_figures *out);

/* One entry of the JSON object, put together number by number. */
void bench_begin(bench *self, const char *name);
void bench_number(const char *name, double value);
void bench_end(void);

/* Measures and prints an entry. */
void bench_compare(bench *self, const char *name, bench_body raw, bench_body ours, void *arg);

/* Ends the JSON object. */
void bench_close(bench *self);

/* End the process on an error: a benchmark has nothing else to do with one. */
void bench_ok(ryft_error *error);
void bench_raw_ok(const PJRT_Api *api, PJRT_Error *error);

/* On the raw side. */
void bench_raw_await(const PJRT_Api *api, PJRT_Event *event);
void bench_raw_destroy_event(const PJRT_Api *api, PJRT_Event *event);
void bench_raw_destroy_buffer(const PJRT_Api *api, PJRT_Buffer *buffer);

#endif /* RYFT_BENCH_BENCH_H */
