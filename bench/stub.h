/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A plugin between the library and a real one: executions, their results and their events are made
 * of nothing and take no time, and all other calls go through. What a call through the library
 * costs more than the same call straight at this plugin is the library's own. */
#ifndef RYFT_BENCH_STUB_H
#define RYFT_BENCH_STUB_H

#include "bench.h"

/* Results that one execution can have on one device. */
enum { BENCH_STUB_OUTPUTS = 256 };

/* Puts the stub between: from now on, `self` has a client of it, made with `options`, which may be
 * NULL. */
void bench_stub_open(bench *self, const ryft_client_options *options);

/* How many results each execution gives on each device. */
void bench_stub_set_outputs(size_t count);

#endif /* RYFT_BENCH_STUB_H */
