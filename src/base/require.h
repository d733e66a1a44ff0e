/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What may not be NULL: the rule is at the top of ryft/base.h. */
#ifndef RYFT_SRC_BASE_REQUIRE_H
#define RYFT_SRC_BASE_REQUIRE_H

#include "src/base/error.h"

/** Returns INVALID_ARGUMENT from the public function that it stands in when `argument`, which the
 * message names, is NULL. */
#define RYFT__REQUIRE(argument)                                                             \
  do {                                                                                      \
    if (RYFT__UNLIKELY((argument) == NULL)) {                                               \
      return ryft__error(RYFT_INVALID_ARGUMENT, __func__, NULL, "`%s` is NULL", #argument); \
    }                                                                                       \
  } while (0)

#endif /* RYFT_SRC_BASE_REQUIRE_H */
