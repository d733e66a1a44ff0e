/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Counts what exists, for ryft_live_objects and for the report at exit that RYFT_LOG=leaks asks
 * for. */
#ifndef RYFT_SRC_BASE_LIVE_H
#define RYFT_SRC_BASE_LIVE_H

#include <stdatomic.h>

#include "src/base/base.h"

/* Buffers and the events of executions and transfers come and go too often to be counted one by
 * one: see ryft__holders. */
typedef enum ryft__live {
  RYFT__LIVE_CLIENT,
  RYFT__LIVE_EXECUTABLE,
  RYFT__LIVE_LOADED_EXECUTABLE,
  RYFT__LIVE_SESSION,
  RYFT__LIVE_EVENT, /* made by users */
  RYFT__LIVE_PROGRAM,
  RYFT__LIVE_NPY,
  RYFT__LIVE_FOUND_PLUGINS,
  RYFT__LIVE_COUNT
} ryft__live;

RYFT__SHARED void ryft__object_born(ryft__live kind);
RYFT__SHARED void ryft__object_gone(ryft__live kind);

/* Whoever holds a thing, in one number, so that holding and counting are one step: objects that
 * ryft_live_objects counts add RYFT__OBJECT, and all others RYFT__OTHER. */
typedef struct ryft__holders {
  atomic_uint_fast64_t sum;
  struct ryft__holders *next;
} ryft__holders;

#define RYFT__OBJECT UINT64_C(1)
#define RYFT__OTHER (UINT64_C(1) << 40)

/* Has ryft_live_objects look at it from now on. Starts with one other holder. */
void ryft__holders_begin(ryft__holders *holders);

/* To be called before its memory is freed. */
void ryft__holders_end(ryft__holders *holders);

#endif /* RYFT_SRC_BASE_LIVE_H */
