/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Messages are formatted as by printf, and checked as such. */
/* expect: -Wformat|-Werror=format */
#include "ryft/ryft.h"

ryft_error *program(size_t count) {
#ifdef RIGHT
  return ryft_error_format(RYFT_OUT_OF_RANGE, "%zu is too many", count);
#else
  return ryft_error_format(RYFT_OUT_OF_RANGE, "%s is too many", count);
#endif
}
