/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_BASE_ENVIRONMENT_H
#define RYFT_SRC_BASE_ENVIRONMENT_H

/* The one way to ask for a variable. As secure_getenv, so that nobody has a setuid program load,
 * write or say anything; NULL for empty ones, too. */
const char *ryft__variable(const char *name);

#endif /* RYFT_SRC_BASE_ENVIRONMENT_H */
