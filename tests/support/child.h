/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Running what may crash in another process. */
#ifndef RYFT_TESTS_SUPPORT_CHILD_H
#define RYFT_TESTS_SUPPORT_CHILD_H

#include <stdbool.h>

typedef struct child_result {
  int status;        /* exit status; -1 when a signal ended it */
  int signal;        /* 0 when it exited */
  bool timed_out;    /* it was killed after `seconds` */
  char output[8192]; /* what it wrote on stdout and stderr, cut, with a NUL */
} child_result;

/* Forks and runs `function(arg)`, whose return ends the child with status 0. A plugin's threads do
 * not survive a fork, so call this before any plugin is loaded and let the function load its own.
 */
child_result child_run(void (*function)(void *arg), void *arg, unsigned seconds);

/* The same for a program; `argv` ends with NULL. `environment` holds further NAME=VALUE strings and
 * ends with NULL, or is NULL. */
child_result child_execute(const char *const *argv,
                           const char *const *environment,
                           unsigned seconds);

#endif /* RYFT_TESTS_SUPPORT_CHILD_H */
