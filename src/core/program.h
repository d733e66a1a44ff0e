/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_PROGRAM_H
#define RYFT_SRC_CORE_PROGRAM_H

#include "ryft/program.h"

/* What programs must keep to; docs/design/guards.md has the measurements behind each. */
typedef struct ryft__program_limits {
  uint64_t tensor_bytes; /* the largest tensor */
  bool no_f6_constants;  /* the plugin aborts on constants and empty arrays of the 6-bit types */
} ryft__program_limits;

/* What every plugin aborts beyond. */
#define RYFT__PROGRAM_LIMITS \
  ((ryft__program_limits){.tensor_bytes = INT64_MAX, .no_f6_constants = false})

/* The library's own name for a program format of PJRT's, `name` of `size` bytes; NULL when it is
 * none. */
const char *ryft__program_format(const char *name, size_t size);

/* A program in the library's own size: its format is known, and it is not empty. */
RYFT_MUST_USE ryft_error *ryft__program_view(const ryft_program *program,
                                             ryft_program *out,
                                             const char *where);

/* MLIR bytecode and StableHLO's portable artifacts, which nobody here can read. */
bool ryft__program_is_bytecode(ryft_bytes code);

/* ryft_program_describe with `where`, into a struct of the library's own size. */
RYFT_MUST_USE ryft_error *ryft__program_facts(const ryft_program *program,
                                              ryft_program_facts *out,
                                              const char *where);

/* ryft_program_check with `where` and limits; `*out` receives the program in the library's own
 * size. */
RYFT_MUST_USE ryft_error *ryft__program_check(const ryft_program *program,
                                              const ryft__program_limits *limits,
                                              ryft_program *out,
                                              const char *where);

/* Looks through MLIR text. */
RYFT_MUST_USE ryft_error *ryft__program_text_check(const char *text,
                                                   size_t size,
                                                   const ryft__program_limits *limits,
                                                   const char *where);

/* Looks through a serialized HloModuleProto, or one with its config. */
RYFT_MUST_USE ryft_error *ryft__program_hlo_check(ryft_bytes code,
                                                  bool with_config,
                                                  const ryft__program_limits *limits,
                                                  const char *where);

#endif /* RYFT_SRC_CORE_PROGRAM_H */
