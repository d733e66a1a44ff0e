/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Memory for handles, which come and go with every execution. What was freed is kept for the next
 * one, a little on each thread. Under an allocation hook or a sanitizer nothing is kept: the hook
 * sees every handle, and the sanitizer every use of one that is gone. */
#ifndef RYFT_SRC_BASE_POOL_H
#define RYFT_SRC_BASE_POOL_H

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

/* Not cleared; NULL when memory is out. */
RYFT_MUST_USE void *ryft__pool_take(void);

/* Any thread may give back what another took. */
void ryft__pool_give(void *piece);

/* To be called while no handle exists: whether to keep anything from now on. Frees what was kept,
 * except on other threads, which do so when they end. */
void ryft__pool_keep(bool keep);

#endif /* RYFT_SRC_BASE_POOL_H */
