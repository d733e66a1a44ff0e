/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Making errors inside the library. */
#ifndef RYFT_SRC_BASE_ERROR_H
#define RYFT_SRC_BASE_ERROR_H

#include <stdarg.h>

#include "ryft/error.h"
#include "src/base/base.h"

/**
 * An error that says where it arose: `where` is our public function (usually __func__), `entry_point` the
 * plugin's, such as "PJRT_Client_Compile", or NULL. Both must be static strings or are copied all the same.
 * Never NULL: when memory is out, the shared out-of-memory error.
 */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error(ryft_code code, const char *where, const char *entry_point,
                                                 const char *format, ...) RYFT_PRINTF(4, 5);

/** As ryft__error, with a message of `size` bytes that carries no NUL, and payloads, which are copied. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error_with(ryft_code code, const char *where, const char *entry_point,
                                                      const char *message, size_t size,
                                                      const ryft_error_payload *payloads, size_t count);

/** Memory is out: the shared error. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__out_of_memory(void);

/** Returns the shared out-of-memory error from the calling function when `pointer` is NULL. */
#define RYFT__TRY_ALLOC(pointer) \
  do {                           \
    if (RYFT__UNLIKELY((pointer) == NULL)) return ryft__out_of_memory(); \
  } while (0)

/** Keeps the first of two errors and destroys the other. */
RYFT_MUST_USE ryft_error *ryft__error_first(ryft_error *first, ryft_error *second);

#endif /* RYFT_SRC_BASE_ERROR_H */
