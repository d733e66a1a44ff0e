/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file program.h
 * Programs in files.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_IO_PROGRAM_H
#define RYFT_IO_PROGRAM_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/program.h"

RYFT_BEGIN_DECLS

/**
 * Reads a program: StableHLO text, MLIR bytecode, HLO or HLO with config, recognised from the
 * bytes. From a pipe no more than 4 GiB are read.
 *
 * Owns: the caller owns `*out`, freed with ryft_program_destroy. Errors: NOT_FOUND,
 * PERMISSION_DENIED or UNAVAILABLE for the file; INVALID_ARGUMENT for a directory, an empty file, a
 * pipe that goes on after that, or anything else that is not a program. Blocks: on the file. Since:
 * 0.1. PJRT: PJRT_Program.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_program_read(const char *path, ryft_program **out);

RYFT_END_DECLS

#endif /* RYFT_IO_PROGRAM_H */
