/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One word that is looked at before every call of a plugin, for all who want a say in some of them.
 * Zero, and so nearly free, unless calls are traced, this process is a fork's child, or a plugin
 * is newer than any that was tried. */
#ifndef RYFT_SRC_BASE_WATCH_H
#define RYFT_SRC_BASE_WATCH_H

#include <stdatomic.h>

#include "src/base/base.h"

enum {
  RYFT__WATCH_TRACE = 1,  /* src/abi/trace.h */
  RYFT__WATCH_FORKED = 2, /* src/base/fork.h */
  RYFT__WATCH_NEWER = 4   /* src/abi/grow.h */
};

extern __attribute__((visibility("hidden"))) atomic_int ryft__watch;
#define RYFT__WATCHED() (atomic_load_explicit(&ryft__watch, memory_order_relaxed) != 0)

#endif /* RYFT_SRC_BASE_WATCH_H */
