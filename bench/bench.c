/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FEWEST_PAIRS = 11, MOST_PAIRS = 2001 };

/* In nanoseconds. Short batches, so that a change of the machine's speed meets both of a pair. */
static const double BATCH = 0.3e6, BUDGET = 1.5e9, QUICK_BUDGET = 0.1e9;

double bench_now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Nanoseconds for one of `count`. */
static double time_batch(bench_body body, void *arg, size_t count) {
  const double start = bench_now();
  body(arg, count);
  return (bench_now() - start) / (double)count;
}

static int compare_doubles(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

static double median(double *values, size_t count) {
  qsort(values, count, sizeof *values, compare_doubles);
  return values[count / 2];
}

/* The first power of two of them that takes `wanted` nanoseconds or more. */
static size_t enough(bench_body body, void *arg, double wanted) {
  size_t count = 1;
  while (time_batch(body, arg, count) * (double)count < wanted) count *= 2;
  return count;
}

/* The first round warms up: what comes first is much slower, and would pass for enough. */
static size_t batch_size(bench_body body, void *arg, double wanted) {
  (void)enough(body, arg, wanted);
  return enough(body, arg, wanted);
}

void bench_measure(const bench *self,
                   bench_body raw,
                   bench_body ours,
                   void *arg,
                   bench_figures *out) {
  double raws[MOST_PAIRS], our[MOST_PAIRS], owns[MOST_PAIRS], ratios[MOST_PAIRS];
  const size_t count = batch_size(raw, arg, BATCH);
  (void)time_batch(ours, arg, count);
  const double end = bench_now() + (self->quick ? QUICK_BUDGET : BUDGET);
  size_t pairs = 0;
  while (pairs < FEWEST_PAIRS || (pairs < MOST_PAIRS && bench_now() < end)) {
    /* Whoever goes second finds warmer caches, so they take turns. */
    const size_t i = pairs++;
    if (i % 2 == 0) raws[i] = time_batch(raw, arg, count);
    our[i] = time_batch(ours, arg, count);
    if (i % 2 != 0) raws[i] = time_batch(raw, arg, count);
    owns[i] = our[i] - raws[i];
    ratios[i] = our[i] / raws[i];
  }
  *out = (bench_figures){
      .raw_ns = median(raws, pairs),
      .ours_ns = median(our, pairs),
      .own_ns = median(owns, pairs),
      .ratio = median(ratios, pairs),
      .pairs = pairs,
      .per_batch = count,
  };
}

void bench_begin(bench *self, const char *name) {
  printf("%s\n    {\"name\": \"%s\"", self->measures++ == 0 ? "" : ",", name);
}

void bench_number(const char *name, double value) {
  printf(", \"%s\": %.*f", name, value < 10 && value > -10 ? 3 : 1, value);
}

void bench_end(void) {
  putchar('}');
  (void)fflush(stdout);
}

void bench_compare(bench *self, const char *name, bench_body raw, bench_body ours, void *arg) {
  bench_figures figures;
  bench_measure(self, raw, ours, arg, &figures);
  bench_begin(self, name);
  bench_number("raw_ns", figures.raw_ns);
  bench_number("ours_ns", figures.ours_ns);
  bench_number("ratio", figures.ratio);
  bench_end();
}

static void usage(const char *program) {
  (void)fprintf(stderr, "usage: %s [--quick] [PLUGIN]\n", program);
  exit(2);
}

/* A name such as "cpu", or the path of a library. */
static ryft_error *load(const char *plugin, ryft_plugin **out) {
  if (strchr(plugin, '/') != NULL || strstr(plugin, ".so") != NULL) {
    return ryft_plugin_load(plugin, /* options= */ NULL, out);
  }
  return ryft_plugin_load_named(plugin, /* options= */ NULL, out);
}

void bench_open(bench *self, int argc, char **argv) {
  const char *plugin = NULL;
  *self = (bench){.quick = false};
  for (int i = 1; i < argc; ++i) {
    if (strcmp(argv[i], "--quick") == 0) {
      self->quick = true;
    } else if (argv[i][0] == '-' || plugin != NULL) {
      usage(argv[0]);
    } else {
      plugin = argv[i];
    }
  }
  bench_ok(load(plugin == NULL ? "cpu" : plugin, &self->plugin));
  bench_ok(ryft_client_create(self->plugin, /* options= */ NULL, &self->client));
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  if (devices.count == 0) {
    bench_ok(ryft_error_create(RYFT_FAILED_PRECONDITION, "the client has no device to use"));
    return;
  }
  self->device = devices.items[0];
  self->api = ryft_plugin_api(self->plugin);
  printf("{\n  \"platform\": \"%s\",\n  \"pjrt\": \"%s\",\n  \"ryft\": \"%s\",\n  \"measures\": [",
         ryft_client_platform_name(self->client),
         ryft_plugin_version_text(self->plugin),
         ryft_version_text());
}

void bench_close(bench *self) {
  printf("\n  ]\n}\n");
  ryft_client_destroy(self->client);
  ryft_plugin_destroy(self->plugin);
}

void bench_ok(ryft_error *error) {
  if (error != NULL) exit(ryft_exit_status(error));
}

void bench_raw_ok(const PJRT_Api *api, PJRT_Error *error) {
  if (error == NULL) return;
  PJRT_Error_Message_Args message = {
      .struct_size = PJRT_Error_Message_Args_STRUCT_SIZE,
      .error = error,
  };
  api->PJRT_Error_Message(&message);
  (void)fprintf(stderr, "error: %.*s\n", (int)message.message_size, message.message);
  exit(1);
}

void bench_raw_await(const PJRT_Api *api, PJRT_Event *event) {
  PJRT_Event_Await_Args args = {
      .struct_size = PJRT_Event_Await_Args_STRUCT_SIZE,
      .event = event,
  };
  bench_raw_ok(api, api->PJRT_Event_Await(&args));
}

void bench_raw_destroy_event(const PJRT_Api *api, PJRT_Event *event) {
  PJRT_Event_Destroy_Args args = {
      .struct_size = PJRT_Event_Destroy_Args_STRUCT_SIZE,
      .event = event,
  };
  bench_raw_ok(api, api->PJRT_Event_Destroy(&args));
}

void bench_raw_destroy_buffer(const PJRT_Api *api, PJRT_Buffer *buffer) {
  PJRT_Buffer_Destroy_Args args = {
      .struct_size = PJRT_Buffer_Destroy_Args_STRUCT_SIZE,
      .buffer = buffer,
  };
  bench_raw_ok(api, api->PJRT_Buffer_Destroy(&args));
}
