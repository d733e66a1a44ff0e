/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Refusals that can be foreseen, with the cause and the remedy that plugins do not name. */
#ifndef RYFT_SRC_CORE_COMPILE_ADVICE_H
#define RYFT_SRC_CORE_COMPILE_ADVICE_H

#include "ryft/plugin.h"
#include "ryft/program.h"

/* `error`, which compiling `program` came to, reworded where it is the plugin's and its cause is
 * known. What the plugin said is kept as the payload RYFT_PLUGIN_MESSAGE. Takes `error`; gives it
 * back as it was when there is nothing to say, or when memory is out. */
RYFT_MUST_USE ryft_error *ryft__compile_advise(ryft_error *error,
                                               const ryft_program *program,
                                               const ryft_plugin *plugin,
                                               const char *where);

#endif /* RYFT_SRC_CORE_COMPILE_ADVICE_H */
