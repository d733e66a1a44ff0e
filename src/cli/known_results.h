/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Wrong results that plugins are known to give: docs/design/known-results.md has the programs. */
#ifndef RYFT_SRC_CLI_KNOWN_RESULTS_H
#define RYFT_SRC_CLI_KNOWN_RESULTS_H

#include "ryft/plugin.h"
#include "src/cli/json.h"

/* As `[{"what", "remedy"}]`; NULL when memory is out. `name` is what the plugin was asked for by.
 */
json_t *cli_json_known_results(const ryft_plugin *plugin, const char *name);

/* One line each, under a heading; nothing where nothing is known. */
void cli_print_known_results(FILE *out, const ryft_plugin *plugin, const char *name);

#endif /* RYFT_SRC_CLI_KNOWN_RESULTS_H */
