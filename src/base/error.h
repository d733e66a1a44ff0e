/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Making errors inside the library. */
#ifndef RYFT_SRC_BASE_ERROR_H
#define RYFT_SRC_BASE_ERROR_H

#include <stdarg.h>

#include "ryft/error.h"
#include "src/base/base.h"

/**
 * An error that says where it arose: `where` is our public function (usually __func__),
 * `entry_point` the plugin's that was called, such as "PJRT_Client_Compile", or NULL. Both are
 * copied. Never NULL: when memory is out, the shared out-of-memory error.
 */
RYFT__SHARED RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error(ryft_code code,
                                                              const char *where,
                                                              const char *entry_point,
                                                              const char *format,
                                                              ...) RYFT_PRINTF(4, 5);

/** As ryft__error, about an entry point that was not called after all: the error is not the
 * plugin's. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error_refusal(ryft_code code,
                                                         const char *where,
                                                         const char *entry_point,
                                                         const char *format,
                                                         ...) RYFT_PRINTF(4, 5);

/** As ryft__error, with a message of `size` bytes that carries no NUL, and payloads, which are
 * copied. */
RYFT__SHARED RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error_with(
    ryft_code code,
    const char *where,
    const char *entry_point,
    const char *message,
    size_t size,
    const ryft_error_payload *payloads,
    size_t count);

/** Memory is out: the shared error. */
RYFT__SHARED RYFT_MUST_USE RYFT__COLD ryft_error *ryft__out_of_memory(void);

/** Returns the shared out-of-memory error from the calling function when `pointer` is NULL. */
#define RYFT__TRY_ALLOC(pointer)                                         \
  do {                                                                   \
    if (RYFT__UNLIKELY((pointer) == NULL)) return ryft__out_of_memory(); \
  } while (0)

/** The same error with a message that begins with what is formatted here; takes `error`, and gives
 * it back as it was when memory is out. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error_explain(ryft_error *error, const char *format, ...)
    RYFT_PRINTF(2, 3);

/** The same error as if it had arisen in our function `where`: for what a public function calls of
 * another. Takes `error`, and gives it back as it was when memory is out. */
RYFT__SHARED RYFT_MUST_USE RYFT__COLD ryft_error *ryft__error_restamp(ryft_error *error,
                                                                      const char *where);

/** That, for an answer, which is mostly NULL. */
static inline RYFT_MUST_USE ryft_error *ryft__error_stamp(ryft_error *answer, const char *where) {
  return RYFT__LIKELY(answer == NULL) ? NULL : ryft__error_restamp(answer, where);
}

/** Keeps the first of two errors and destroys the other. */
RYFT__SHARED RYFT_MUST_USE ryft_error *ryft__error_first(ryft_error *first, ryft_error *second);

/* What clang's analyzer cannot see from outside: these never give NULL, so failing is never
 * success. */
#if defined(__clang_analyzer__) && !defined(RYFT__ERROR_SOURCE)
#define RYFT__NEVER_NULL(call)                       \
  (__extension__({                                   \
    ryft_error *ryft__made = (call);                 \
    if (ryft__made == NULL) __builtin_unreachable(); \
    ryft__made;                                      \
  }))
#define ryft__error(...) RYFT__NEVER_NULL(ryft__error(__VA_ARGS__))
#define ryft__error_refusal(...) RYFT__NEVER_NULL(ryft__error_refusal(__VA_ARGS__))
#define ryft__error_with(...) RYFT__NEVER_NULL(ryft__error_with(__VA_ARGS__))
#define ryft__out_of_memory() RYFT__NEVER_NULL(ryft__out_of_memory())
#define ryft_error_create(code, message) RYFT__NEVER_NULL(ryft_error_create(code, message))
#define ryft_error_format(...) RYFT__NEVER_NULL(ryft_error_format(__VA_ARGS__))
#endif

#endif /* RYFT_SRC_BASE_ERROR_H */
