/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_COMPILE_OPTIONS_H
#define RYFT_SRC_CORE_COMPILE_OPTIONS_H

#include "ryft/compile_options.h"
#include "ryft/program.h"
#include "src/abi/table.h"

/* What of the options the caller needs to know, too. */
typedef struct ryft__compile_facts {
  size_t replicas;
  size_t partitions;
  ryft_choice portable; /* runs on whatever single device an execution names; else not known */
  bool tupled;          /* the program takes its arguments as one tuple that executions make */
  bool signature_off;   /* nobody wants to know what it takes */
} ryft__compile_facts;

/* What options are encoded for, and what speaks where they are silent. */
typedef struct ryft__compile_case {
  const ryft__table *table; /* the plugin's; NULL: for none in particular */
  /* Unless its data is NULL, stands in for a `base` that the options do not have; it is the
   * plugin's own word, so no option in it is too old or too new. */
  ryft_bytes former;
  const ryft_program_facts *program; /* what the program says; may be NULL */
} ryft__compile_case;

/* ryft_compile_options_encode for `about`. Also tells the facts, unless `out_facts` is NULL. */
RYFT_MUST_USE ryft_error *ryft__compile_options_encode(const ryft_compile_options *options,
                                                       const ryft__compile_case *about,
                                                       void **out_data,
                                                       size_t *out_size,
                                                       ryft__compile_facts *out_facts,
                                                       const char *where);

#endif /* RYFT_SRC_CORE_COMPILE_OPTIONS_H */
