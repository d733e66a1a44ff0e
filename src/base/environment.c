/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/environment.h"

#include <stdlib.h>

const char *ryft__variable(const char *name) {
  const char *value = secure_getenv(name); /* tidy: allow banned-calls: this is the one place */
  return value == NULL || value[0] == '\0' ? NULL : value;
}
