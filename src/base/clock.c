/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/clock.h"

enum { SECOND = 1000000000 };

int64_t ryft__now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

struct timespec ryft__deadline(int64_t nanoseconds) {
  int64_t at = 0;
  if (__builtin_add_overflow(ryft__now(), nanoseconds, &at)) at = INT64_MAX;
  return (struct timespec){.tv_sec = at / SECOND, .tv_nsec = at % SECOND};
}

bool ryft__condition_init(pthread_cond_t *out) {
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes) != 0) return false;
  const bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                    pthread_cond_init(out, &attributes) == 0;
  (void)pthread_condattr_destroy(&attributes);
  return made;
}
