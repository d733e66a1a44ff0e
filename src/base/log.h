/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* RYFT_LOG: what the library says on stderr, as words joined by commas. Silent without it. */
#ifndef RYFT_SRC_BASE_LOG_H
#define RYFT_SRC_BASE_LOG_H

#include "src/base/base.h"

/* Whether RYFT_LOG has the word now. */
bool ryft__log_has(const char *word);

#endif /* RYFT_SRC_BASE_LOG_H */
