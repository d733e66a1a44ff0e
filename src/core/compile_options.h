/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_COMPILE_OPTIONS_H
#define RYFT_SRC_CORE_COMPILE_OPTIONS_H

#include "ryft/compile_options.h"

/* Above this, plugins run out of memory or abort while they make device assignments. */
enum { RYFT__DEVICES_MAX = 1 << 20 };

/* What of the options the caller needs to know, too. */
typedef struct ryft__compile_facts {
  int64_t replicas;
  int64_t partitions;
  bool portable;
  bool tupled; /* the program takes its arguments as one tuple that executions make */
} ryft__compile_facts;

/* ryft_compile_options_encode, with `where` and facts, which may be NULL. */
RYFT_MUST_USE ryft_error *ryft__compile_options_encode(const ryft_compile_options *options,
                                                       void **out_data,
                                                       size_t *out_size,
                                                       ryft__compile_facts *out_facts,
                                                       const char *where);

#endif /* RYFT_SRC_CORE_COMPILE_OPTIONS_H */
