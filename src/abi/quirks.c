/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/quirks.h"

#include <string.h>

/* Minors between two that were met go with the newer. */
static const ryft__quirk_row ROWS[] = {
    {.quirk = RYFT__QUIRK_EXTENSIONS_UNSIZED,
     .first = 0,
     .last = 44,
     .what = "extensions have no struct_size, so that the chain cannot be read",
     .seen = "the header of 0.45, the first with PJRT_Extension_Base.struct_size"},
    {.quirk = RYFT__QUIRK_OPTIONS_IGNORED,
     .platform = "cpu",
     .first = 0,
     .last = 106,
     .what = "options of a client other than cpu_device_count are ignored without a word",
     .seen = "0.81 and 0.106 know cpu_device_count only; 0.115 knows all"},
    {.quirk = RYFT__QUIRK_HUGE_ARRAYS_ABORT,
     .platform = "cpu",
     .first = 107,
     .last = RYFT__QUIRK_NO_END,
     .what = "compiling for one partition divides by zero on arrays of 512 GiB and more",
     .seen = "0.115; 0.81 and 0.106 compile them. Programs for several partitions are cut before"},
    {.quirk = RYFT__QUIRK_F6_CONSTANTS_ABORT,
     .platform = "cpu",
     .first = 107,
     .last = RYFT__QUIRK_NO_END,
     .what = "compiling f6 constants aborts",
     .seen = "0.115; 0.81 and 0.106 report an error"},
    {.quirk = RYFT__QUIRK_TUPLE_NEEDS_OPTION,
     .platform = "cpu",
     .first = 0,
     .last = RYFT__QUIRK_NO_END,
     .what = "one parameter that is a tuple is the arguments together only where the option "
             "parameter_is_tupled_arguments says so; without it running aborts, or is refused",
     .seen = "0.81 aborts, 0.106 and 0.115 refuse; what other platforms make of it is not known"},
    {.quirk = RYFT__QUIRK_MEMORY_IS_HOSTS,
     .platform = "cpu",
     .first = 0,
     .last = RYFT__QUIRK_NO_END,
     .what = "memory of any kind is the host's, where the plugin says that it is",
     .seen =
         "0.81, 0.106 and 0.115; of other platforms pinned_host and unpinned_host are believed"},
    {.quirk = RYFT__QUIRK_ROW_MAJOR,
     .platform = "cpu",
     .first = 0,
     .last = RYFT__QUIRK_NO_END,
     .what = "an array that is given no layout lies with its last dimension fastest, and so do "
             "copies of it; elsewhere the plugin is asked",
     .seen = "0.81, 0.106 and 0.115, all types"},
    {.quirk = RYFT__QUIRK_SUB_BYTE_ROW_MAJOR,
     .platform = "cpu",
     .first = 0,
     .last = RYFT__QUIRK_NO_END,
     .what = "programs take arrays of types below a byte in any order of dimensions, but the "
             "plugin does not make them in another than the usual one",
     .seen = "0.106 and 0.115 answer UNIMPLEMENTED; 0.81 makes them, and reads them back wrongly"},
    {.quirk = RYFT__QUIRK_COPIES_FORGET_ORDER,
     .platform = "cpu",
     .first = 0,
     .last = 105,
     .what = "a copy of an array in another order of dimensions than the usual one has the same "
             "bytes, and the plugin takes them for the usual order",
     .seen = "0.81; 0.106 and 0.115 copy rightly"},
};

const ryft__quirk_row *ryft__quirk_rows(size_t *out_count) {
  *out_count = RYFT__COUNT(ROWS);
  return ROWS;
}

static bool applies(const ryft__quirk_row *row, const char *platform, int minor) {
  if (minor < row->first || minor > row->last) return false;
  return row->platform == NULL || (platform != NULL && strcmp(row->platform, platform) == 0);
}

unsigned ryft__quirks_of(const char *platform, int minor) {
  unsigned quirks = 0;
  for (size_t i = 0; i < RYFT__COUNT(ROWS); ++i) {
    if (applies(&ROWS[i], platform, minor)) quirks |= ROWS[i].quirk;
  }
  return quirks;
}

int ryft__quirk_last(ryft__quirk quirk) {
  int last = 0;
  for (size_t i = 0; i < RYFT__COUNT(ROWS); ++i) {
    if (ROWS[i].quirk == quirk && ROWS[i].last > last) last = ROWS[i].last;
  }
  return last;
}
