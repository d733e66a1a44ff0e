/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What is known of plugins that their table does not tell: by platform and minor, measured, in one
 * place. Two tables of the same kind are larger and stand alone: which compile options a plugin
 * knows (core/option_age.c), and which minors are refused altogether (abi/pjrt.abi). What can be
 * tried out is tried, not looked up (core/layout_habits.c). */
#ifndef RYFT_SRC_ABI_QUIRKS_H
#define RYFT_SRC_ABI_QUIRKS_H

#include "src/base/base.h"

/* A set of them is an unsigned. What each is about is said in its row. */
typedef enum ryft__quirk {
  RYFT__QUIRK_EXTENSIONS_UNSIZED = 1 << 0,
  RYFT__QUIRK_OPTIONS_IGNORED = 1 << 1,
  RYFT__QUIRK_HUGE_ARRAYS_ABORT = 1 << 2,
  RYFT__QUIRK_F6_CONSTANTS_ABORT = 1 << 3,
  RYFT__QUIRK_TUPLE_NEEDS_OPTION = 1 << 4,
  RYFT__QUIRK_MEMORY_IS_HOSTS = 1 << 5,
  RYFT__QUIRK_ROW_MAJOR = 1 << 6,
  RYFT__QUIRK_SUB_BYTE_ROW_MAJOR = 1 << 7,
  RYFT__QUIRK_COPIES_FORGET_ORDER = 1 << 8
} ryft__quirk;

enum { RYFT__QUIRK_NO_END = 0x7fffffff };

typedef struct ryft__quirk_row {
  ryft__quirk quirk;
  const char *platform; /* as the client names it; NULL: whatever it is */
  int first, last;      /* minors; RYFT__QUIRK_NO_END: still so in the latest that was met */
  const char *what;
  const char *seen; /* where, or why it is so */
} ryft__quirk_row;

const ryft__quirk_row *ryft__quirk_rows(size_t *out_count);

/* The set for a plugin of this minor. Only a client knows its platform: before there is one it is
 * NULL, which finds what holds for all. */
unsigned ryft__quirks_of(const char *platform, int minor);

/* The last minor that has the quirk. */
int ryft__quirk_last(ryft__quirk quirk);

#endif /* RYFT_SRC_ABI_QUIRKS_H */
