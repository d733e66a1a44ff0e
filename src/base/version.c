/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/base.h"

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

const char *ryft_version_text(void) {
  return TEXT(RYFT_VERSION_MAJOR) "." TEXT(RYFT_VERSION_MINOR) "." TEXT(RYFT_VERSION_PATCH);
}
