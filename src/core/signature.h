/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a compiled program takes and gives, read from its optimised HLO with a reader that skips all
 * else. */
#ifndef RYFT_SRC_CORE_SIGNATURE_H
#define RYFT_SRC_CORE_SIGNATURE_H

#include "ryft/executable.h"

/* One allocation; `visible` points into it. */
typedef struct ryft__signature {
  ryft_signature visible;
  /* For each parameter, then each output, its dynamic dimensions as ryft__dynamic_bit has them. */
  const uint64_t *dynamic;
  bool tupled; /* the one parameter is a tuple, whose elements are given here */
} ryft__signature;

/* Reads `code`, in `format` "hlo" or "hlo_with_config", both hostile. Freed with ryft__free. */
RYFT_MUST_USE ryft_error *ryft__signature_read(const char *format,
                                               ryft_bytes code,
                                               ryft__signature **out,
                                               const char *where);

#endif /* RYFT_SRC_CORE_SIGNATURE_H */
