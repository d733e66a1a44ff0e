/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Memory for handles, which come and go with every execution. What was freed is kept for the next
 * one, a little on each thread. Under an allocation hook or a sanitizer nothing is kept: the hook
 * sees every handle, and the sanitizer every use of one that is gone. */
#ifndef RYFT_SRC_BASE_POOL_H
#define RYFT_SRC_BASE_POOL_H

#include <stdatomic.h>

#include "src/base/base.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RYFT__SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define RYFT__SANITIZED 1
#endif
#endif
#ifndef RYFT__SANITIZED
#define RYFT__SANITIZED 0
#endif

/* The size of every piece; no handle that comes from here is larger. */
enum { RYFT__POOL_PIECE = 56 };

typedef struct ryft__piece {
  struct ryft__piece *next;
} ryft__piece;

/* Each thread's own pieces. Zero on a thread that has not met a handle yet. */
typedef struct ryft__shelf {
  ryft__piece *first;
  unsigned room; /* how many more fit; 0 also while it is not in use */
  bool open;
  bool closed; /* the thread is ending */
} ryft__shelf;

/* Found without a call where the loader has room for such storage in libraries loaded late, too. */
#ifdef __GLIBC__
#define RYFT__SHELF_MODEL visibility("hidden"), tls_model("initial-exec")
#else
#define RYFT__SHELF_MODEL visibility("hidden")
#endif
extern __attribute__((RYFT__SHELF_MODEL)) _Thread_local ryft__shelf ryft__own_shelf;
extern __attribute__((visibility("hidden"))) atomic_bool ryft__pool_keeping;

/* What the two functions below do when the shelf is of no help. */
RYFT_MUST_USE RYFT__COLD void *ryft__pool_take_elsewhere(ryft__shelf *shelf);
RYFT__COLD void ryft__pool_give_elsewhere(ryft__shelf *shelf, void *memory);

/* Not cleared; NULL when memory is out. */
static inline RYFT_MUST_USE void *ryft__pool_take(void) {
  ryft__shelf *shelf = &ryft__own_shelf;
  ryft__piece *taken = shelf->first;
  if (RYFT__UNLIKELY(taken == NULL ||
                     !atomic_load_explicit(&ryft__pool_keeping, memory_order_relaxed))) {
    return ryft__pool_take_elsewhere(shelf);
  }
  shelf->first = taken->next;
  ++shelf->room;
  return taken;
}

/* Any thread may give back what another took. */
static inline void ryft__pool_give(void *memory) {
  ryft__shelf *shelf = &ryft__own_shelf;
  ryft__piece *given = memory;
  if (RYFT__UNLIKELY(shelf->room == 0 ||
                     !atomic_load_explicit(&ryft__pool_keeping, memory_order_relaxed))) {
    ryft__pool_give_elsewhere(shelf, memory);
    return;
  }
  given->next = shelf->first;
  shelf->first = given;
  --shelf->room;
}

/* To be called while no handle exists: whether to keep anything from now on. Frees what was kept,
 * except on other threads, which do so when they end. */
void ryft__pool_keep(bool keep);

#endif /* RYFT_SRC_BASE_POOL_H */
