/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* --input's SPEC: an array from a file, from values or from a rule. */
#ifndef RYFT_SRC_CLI_SPEC_H
#define RYFT_SRC_CLI_SPEC_H

#include "ryft/io/npy.h"
#include "src/cli/cli.h"

typedef struct cli_spec {
  const char *text; /* as given, without the device */
  ryft_type type;   /* RYFT_INVALID_TYPE for a bare file, which says it itself as far as it can */
  ryft_host_array array;
  int64_t *dims;
  void *memory;  /* from ryft_host_alloc, or NULL */
  ryft_npy *npy; /* what `array` is in, or NULL */
} cli_spec;

/* Makes the array of `text`, from which the device was taken off. CLI_OK, or the status after
 * failing. Free it in any case. */
int cli_spec_read(const cli_context *context, const char *text, cli_spec *out);

/* The array as one of `type`, which a bare file may hold without saying so; its own type otherwise.
 * Fails where the file's elements cannot be of that type. */
ryft_error *cli_spec_array(const cli_spec *spec, ryft_type type, ryft_host_array *out);

void cli_spec_free(cli_spec *spec);

#endif /* RYFT_SRC_CLI_SPEC_H */
