/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The time since some moment in the past, by a clock that nobody sets. */
#ifndef RYFT_SRC_BASE_CLOCK_H
#define RYFT_SRC_BASE_CLOCK_H

#include <pthread.h>
#include <time.h>

#include "src/base/base.h"

/* In nanoseconds. */
int64_t ryft__now(void);

/* So many nanoseconds from now, or the latest time there is; for conditions made below. */
struct timespec ryft__deadline(int64_t nanoseconds);

/* A condition whose waits end by this clock. */
RYFT_MUST_USE bool ryft__condition_init(pthread_cond_t *out);

#endif /* RYFT_SRC_BASE_CLOCK_H */
