/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file program.h
 * Programs: what a plugin compiles. The library never changes one: different threads may check and
 * compile the same program at the same time, as long as nobody changes or destroys it.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_PROGRAM_H
#define RYFT_PROGRAM_H

#include <string.h>

#include "ryft/base.h"
#include "ryft/error.h"

RYFT_BEGIN_DECLS

/**
 * A program: bytes in one of PJRT's formats. Fill one in place to lend bytes to a call, or let
 * ryft_program_create or ryft_program_read (ryft/io/program.h) make one that owns its bytes.
 *
 * Formats: "mlir" (a StableHLO or CHLO module as text, as MLIR bytecode, or as a portable
 * artifact), "hlo" (a serialized HloModuleProto), "hlo_with_config" (a serialized
 * HloModuleProtoWithConfig).
 */
typedef struct ryft_program {
  size_t struct_size;
  const char *format;
  ryft_bytes code;
} ryft_program;

/* C++ has no compound literals: there, fill the struct, starting from RYFT_DEFAULTS. */
#ifndef __cplusplus
/** A `const ryft_program *` for a module's text, NUL-terminated; it lives as long as the enclosing
 * block. */
#define RYFT_PROGRAM_TEXT(text) \
  (&(const ryft_program){       \
      RYFT_SIZED(ryft_program), .format = "mlir", .code = {(text), strlen(text)}})
#endif

/**
 * Makes a program with its own copy of `code`.
 *
 * @param format "mlir", "hlo" or "hlo_with_config"; NULL: recognised from the bytes ("mlir" for
 * text and for MLIR bytecode, else by the shape of the protocol buffer).
 * Owns: the caller owns `*out`, freed with ryft_program_destroy. Errors: INVALID_ARGUMENT for an
 * unknown format, or for bytes in no known format. Since: 0.1. PJRT: PJRT_Program.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_program_create(const char *format,
                                                       ryft_bytes code,
                                                       ryft_program **out);

/**
 * Looks for what is known to take a plugin's process down while compiling: no program at all,
 * brackets nested thousands deep, `@main` without a body, constants and shapes whose element count
 * or size is absurd. Every compile does this first, with limits for what the client's plugin is
 * known for.
 *
 * What is looked for depends on the format: all of it in MLIR text; sizes, and tuples nested too
 * deep, in "hlo" and "hlo_with_config"; nothing in MLIR bytecode and portable artifacts, which the
 * library does not read: only the command line, which compiles in a process of its own,
 * survives such a program when it takes the plugin down.
 *
 * Owns: nothing. Errors: INVALID_ARGUMENT saying what was found, with the line or the instruction
 * where there is one. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_program_check(const ryft_program *program);

/** What a program says of how it is to be compiled. */
typedef struct ryft_program_facts {
  size_t struct_size;
  size_t replicas;    /**< 0: it does not say */
  size_t partitions;  /**< 0: it does not say */
  ryft_choice spmd;   /**< RYFT_YES, or RYFT_DEFAULT: it does not say */
  ryft_choice shardy; /**< RYFT_YES when it uses the `sdy` dialect; else RYFT_DEFAULT */
} ryft_program_facts;

/**
 * Reads what a program says of how it is to be compiled: of MLIR text, the module's
 * `mhlo.num_replicas` and `mhlo.num_partitions` and whether the `sdy` dialect is used anywhere; of
 * "hlo", its device assignment; of "hlo_with_config", the configuration too. ryft_client_compile
 * does this by itself, for what its options leave open.
 *
 * Of MLIR bytecode and portable artifacts nothing is known, since the library does not read them:
 * everything is 0.
 * Owns: nothing. Errors: INVALID_ARGUMENT for an empty program and for an unknown format. Since:
 * 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_program_describe(const ryft_program *program,
                                                         ryft_program_facts *out);

/** Frees a program made by ryft_program_create or ryft_program_read. NULL is fine.
 *
 * Owns: takes `program`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_program_destroy(ryft_program *program);

RYFT_DEFINE_CLEANUP(program)

RYFT_END_DECLS

#endif /* RYFT_PROGRAM_H */
