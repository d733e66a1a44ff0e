/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file memory_list.h
 * Lists of memories, borrowed from what they are asked of.
 */
#ifndef RYFT_MEMORY_LIST_H
#define RYFT_MEMORY_LIST_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

typedef struct ryft_memory ryft_memory;

/** A borrowed list of memories. */
typedef struct ryft_memory_list {
  const ryft_memory *const *items;
  size_t count;
} ryft_memory_list;

RYFT_END_DECLS

#endif /* RYFT_MEMORY_LIST_H */
