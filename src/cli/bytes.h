/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files as plain bytes. */
#ifndef RYFT_SRC_CLI_BYTES_H
#define RYFT_SRC_CLI_BYTES_H

#include "src/cli/cli.h"

/* Reads a file whole, or its first `most` bytes; `*out_data` is freed with ryft_host_free. CLI_OK,
 * or the status after failing. */
int cli_read_bytes(const cli_context *context,
                   const char *path,
                   size_t most,
                   void **out_data,
                   size_t *out_size);

#endif /* RYFT_SRC_CLI_BYTES_H */
