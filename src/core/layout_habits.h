/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Some plugins take a layout other than row-major, report it back, and leave the bytes as they
 * came, which changes the array's meaning without a word; where a plugin does that the library
 * arranges the elements itself. */
#ifndef RYFT_SRC_CORE_LAYOUT_HABITS_H
#define RYFT_SRC_CORE_LAYOUT_HABITS_H

#include "src/core/client.h"

/* What a plugin can be trusted with. */
typedef struct ryft__layout_habits {
  bool uploads; /* elements go where the layout of a new buffer says */
  bool reads;   /* and come back as a host layout says */
} ryft__layout_habits;

/* Found out with a tiny buffer, once per client. Blocks for that. */
RYFT_MUST_USE ryft_error *ryft__layout_habits_of(ryft_client *client,
                                                 ryft__layout_habits *out,
                                                 const char *where);

#endif /* RYFT_SRC_CORE_LAYOUT_HABITS_H */
