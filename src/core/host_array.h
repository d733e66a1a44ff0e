/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_HOST_ARRAY_H
#define RYFT_SRC_CORE_HOST_ARRAY_H

#include "ryft/host_array.h"

/* The caller's array, which is not NULL, with all fields that this library knows. */
RYFT_MUST_USE ryft_error *ryft__host_array_read(const ryft_host_array *given,
                                                ryft_host_array *out,
                                                const char *where);

#endif /* RYFT_SRC_CORE_HOST_ARRAY_H */
