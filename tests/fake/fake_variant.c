/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Compiled once for each variant: what makes it one. CMakeLists.txt lists them. */
#include "tests/fake/fake_base.h"

#ifndef FAKE_MAJOR
#define FAKE_MAJOR 0
#endif
#ifndef FAKE_MINOR
#define FAKE_MINOR 114
#endif
#ifndef FAKE_EXTRA_SLOTS
#define FAKE_EXTRA_SLOTS 0
#endif
#ifndef FAKE_STRUCT_SIZE
#define FAKE_STRUCT_SIZE 0
#endif
#ifndef FAKE_CHAIN
#define FAKE_CHAIN FAKE_CHAIN_LAYOUTS
#endif
#ifndef FAKE_FAILS_FIRST_INITIALIZE
#define FAKE_FAILS_FIRST_INITIALIZE false
#endif
#ifndef FAKE_ASYNCHRONOUS
#define FAKE_ASYNCHRONOUS false
#endif
#ifndef FAKE_NULL_SLOTS
#define FAKE_NULL_SLOTS NULL
#endif

static const char *const null_slots[] = {FAKE_NULL_SLOTS, NULL};

const fake_variant fake_the_variant = {.major = FAKE_MAJOR,
                                       .minor = FAKE_MINOR,
                                       .extra_slots = FAKE_EXTRA_SLOTS,
                                       .struct_size = FAKE_STRUCT_SIZE,
                                       .null_slots = null_slots,
                                       .chain = FAKE_CHAIN,
                                       .fails_first_initialize = FAKE_FAILS_FIRST_INITIALIZE,
                                       .asynchronous = FAKE_ASYNCHRONOUS};

#ifndef FAKE_NO_SYMBOL
__attribute__((visibility("default"))) const PJRT_Api *GetPjrtApi(void);

const PJRT_Api *GetPjrtApi(void) {
#ifdef FAKE_NULL_API
  return NULL;
#else
  return fake_table();
#endif
}
#endif
