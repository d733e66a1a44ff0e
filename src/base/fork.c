/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/fork.h"

/* How many reasons there are now to refuse a child. */
static atomic_size_t reasons;

static void in_child(void) {
  if (atomic_load(&reasons) != 0) (void)atomic_fetch_or(&ryft__watch, RYFT__WATCH_FORKED);
}

static void install(void) {
  (void)pthread_atfork(/* prepare= */ NULL, /* parent= */ NULL, in_child);
}

void ryft__watch_forks(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, install);
  (void)atomic_fetch_add(&reasons, 1);
}

void ryft__unwatch_forks(void) {
  (void)atomic_fetch_sub(&reasons, 1);
}

ryft_error *ryft__fork_error(const char *where, const char *entry_point) {
  return ryft__error_refusal(
      RYFT_FAILED_PRECONDITION,
      where,
      entry_point,
      "this process was forked from one that has a client or an event, or was "
      "loading a plugin, whose threads do not survive that; fork before, or exec");
}
