/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Programs from files, with a limit for those that need not end. */
#ifndef RYFT_SRC_IO_PROGRAM_READ_H
#define RYFT_SRC_IO_PROGRAM_READ_H

#include "ryft/program.h"
#include "src/base/base.h"

/* As ryft_program_read, which chooses 4 GiB for `most_mib`: no more is read from a pipe. */
RYFT_MUST_USE ryft_error *ryft__program_read(const char *path,
                                             size_t most_mib,
                                             ryft_program **out,
                                             const char *where);

#endif /* RYFT_SRC_IO_PROGRAM_READ_H */
