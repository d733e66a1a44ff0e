/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_BASE_ENVIRONMENT_H
#define RYFT_SRC_BASE_ENVIRONMENT_H

/* As secure_getenv, and NULL for empty ones: for variables that name what is loaded into the
 * process. */
const char *ryft__variable(const char *name);

#endif /* RYFT_SRC_BASE_ENVIRONMENT_H */
