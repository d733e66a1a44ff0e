/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_MEMO_H
#define RYFT_SRC_CORE_MEMO_H

#include <stdint.h>

/* What `view` points to, for writing: an object may remember answers although it does not change,
 * and PJRT asks for pointers through which plugins only read. The one place where const goes. */
static inline void *ryft__unconst(const void *view) {
  return (void *)(uintptr_t)view;
}

#endif /* RYFT_SRC_CORE_MEMO_H */
