/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/clock.h"

#include <errno.h>

#include "support/assert.h"

static void the_clock_goes_forward(void **state) {
  (void)state;
  const int64_t before = ryft__now();
  const struct timespec deadline = ryft__deadline(0);
  const int64_t after = ryft__now();
  const int64_t between = (int64_t)deadline.tv_sec * 1000000000 + deadline.tv_nsec;
  assert_true(before > 0 && before <= between && between <= after);
}

static void far_deadlines_end_at_the_latest_time(void **state) {
  (void)state;
  const struct timespec deadline = ryft__deadline(INT64_MAX);
  assert_int_equal(deadline.tv_sec, INT64_MAX / 1000000000);
  assert_int_equal(deadline.tv_nsec, INT64_MAX % 1000000000);
}

static void conditions_wait_by_the_same_clock(void **state) {
  (void)state;
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition;
  assert_true(ryft__condition_init(&condition));
  const int64_t start = ryft__now();
  const struct timespec deadline = ryft__deadline(20000000);
  int result = 0;
  (void)pthread_mutex_lock(&lock);
  while (result == 0) result = pthread_cond_timedwait(&condition, &lock, &deadline);
  (void)pthread_mutex_unlock(&lock);
  (void)pthread_cond_destroy(&condition);
  assert_int_equal(result, ETIMEDOUT);
  assert_true(ryft__now() - start >= 20000000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_clock_goes_forward),
      cmocka_unit_test(far_deadlines_end_at_the_latest_time),
      cmocka_unit_test(conditions_wait_by_the_same_clock),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
