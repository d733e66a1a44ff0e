/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_SHAPE_H
#define RYFT_SRC_CORE_SHAPE_H

#include "ryft/shape.h"

/* ryft_shape_host_size on behalf of `where`. */
RYFT_MUST_USE ryft_error *ryft__shape_host_size(ryft_shape shape,
                                                size_t *out_size,
                                                const char *where);

/* That host memory of `given` bytes is not what the shape takes. */
RYFT_MUST_USE ryft_error *ryft__shape_size_error(ryft_shape shape,
                                                 size_t needed,
                                                 size_t given,
                                                 const char *where);

#endif /* RYFT_SRC_CORE_SHAPE_H */
