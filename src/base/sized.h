/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading and writing structs that start with `struct_size` and may be older or newer than the
 * library's. */
#ifndef RYFT_SRC_BASE_SIZED_H
#define RYFT_SRC_BASE_SIZED_H

#include "ryft/error.h"
#include "src/base/base.h"

/**
 * Copies the caller's options into `*out`, the library's own size of `size` bytes: all zero when
 * `given` is NULL, a zero tail when it is smaller, INVALID_ARGUMENT when it is larger and its tail
 * holds anything but zero, or when `struct_size` was left 0. `type` names the struct in messages.
 */
RYFT__SHARED RYFT_MUST_USE ryft_error *ryft__read_sized(const void *given,
                                                        void *out,
                                                        size_t size,
                                                        const char *type,
                                                        const char *where);

/**
 * The other direction, for results: copies `size` bytes of `source` into the caller's struct, as
 * much as its struct_size has room for, zeroes what the library does not know, and keeps
 * struct_size.
 */
RYFT__SHARED RYFT_MUST_USE ryft_error *ryft__write_sized(void *out,
                                                         const void *source,
                                                         size_t size,
                                                         const char *type,
                                                         const char *where);

#define RYFT__READ_OPTIONS(type, given, out) \
  ryft__read_sized((given), (out), sizeof(type), #type, __func__)
#define RYFT__WRITE_RESULT(type, out, source) \
  ryft__write_sized((out), (source), sizeof(type), #type, __func__)

#endif /* RYFT_SRC_BASE_SIZED_H */
