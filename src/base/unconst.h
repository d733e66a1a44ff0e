/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_BASE_UNCONST_H
#define RYFT_SRC_BASE_UNCONST_H

#include <stdint.h>

/* What `view` points to, for writing: an object may remember answers although it does not change,
 * memory is freed that was const for those it was lent to, and PJRT asks for pointers through which
 * plugins only read. The one place where the library's const goes. */
static inline void *ryft__unconst(const void *view) {
  return (void *)(uintptr_t)view;
}

#endif /* RYFT_SRC_BASE_UNCONST_H */
