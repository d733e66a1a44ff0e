/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What MLIR's parser and verifier say of a program, in one line: "-:3:25: error: …" and the notes
 * that follow it, as plugins pass them on. */
#ifndef RYFT_SRC_CORE_DIAGNOSTIC_H
#define RYFT_SRC_CORE_DIAGNOSTIC_H

#include "src/base/text.h"

/* Whether `message` begins as diagnostics do. */
bool ryft__diagnostic_is(const char *message);

/* Adds them to `out`: first the error, then notes, places as "line 3, column 25", operations cut
 * short. `placed` says that "-" is the text that was compiled, so that its lines are worth naming.
 */
void ryft__diagnostic_add(ryft__text *out, const char *message, bool placed);

#endif /* RYFT_SRC_CORE_DIAGNOSTIC_H */
