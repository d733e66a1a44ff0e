/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* How one plugin on this machine reads in JSON, for `plugin list` and `plugin install`. */
#ifndef RYFT_SRC_CLI_PLUGIN_ENTRY_H
#define RYFT_SRC_CLI_PLUGIN_ENTRY_H

#include "src/cli/json.h"

/* `pjrt_minor` below 0: only loading would tell, null. Unknown names and versions are null, too. */
json_t *cli_plugin_entry(const char *name,
                         const char *version,
                         int pjrt_minor,
                         const char *path,
                         const char *source);

#endif /* RYFT_SRC_CLI_PLUGIN_ENTRY_H */
