/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Hints and small helpers that every source file may use. */
#ifndef RYFT_SRC_BASE_BASE_H
#define RYFT_SRC_BASE_BASE_H

#include "ryft/base.h"

#define RYFT__LIKELY(condition) __builtin_expect(!!(condition), 1)
#define RYFT__UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define RYFT__COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RYFT__COLD __attribute__((cold, noinline))
/* What every execution passes: side by side, each from the beginning of a cache line. */
#define RYFT__HOT __attribute__((hot, aligned(64)))

/* Shared with our own other libraries (libryft-io), which must use one allocator and one count of
 * objects: exported under the version RYFT_PRIVATE, for nobody else to use. */
#define RYFT__SHARED __attribute__((visibility("default")))

/* The ABI is described for machines like this one only. */
_Static_assert(sizeof(void *) == 8 && sizeof(long) == 8 && sizeof(int) == 4, "LP64 is assumed");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian is assumed");

#endif /* RYFT_SRC_BASE_BASE_H */
