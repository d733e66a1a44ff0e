/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file error.h
 * Errors: what every call that can fail returns.
 *
 * NULL is success. An error is an immutable object owned by whoever received it; it may be moved
 * to, read from and destroyed on any thread. Running out of memory while making an error yields a
 * shared static object, so that an error is never lost and destroying one never fails.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_ERROR_H
#define RYFT_ERROR_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

/** What kind of failure: the canonical codes, with the numbers that PJRT uses. */
typedef enum ryft_code {
  RYFT_OK = 0,
  RYFT_CANCELLED = 1,
  RYFT_UNKNOWN = 2,
  RYFT_INVALID_ARGUMENT = 3,
  RYFT_DEADLINE_EXCEEDED = 4,
  RYFT_NOT_FOUND = 5,
  RYFT_ALREADY_EXISTS = 6,
  RYFT_PERMISSION_DENIED = 7,
  RYFT_RESOURCE_EXHAUSTED = 8,
  RYFT_FAILED_PRECONDITION = 9,
  RYFT_ABORTED = 10,
  RYFT_OUT_OF_RANGE = 11,
  RYFT_UNIMPLEMENTED = 12,
  RYFT_INTERNAL = 13,
  RYFT_UNAVAILABLE = 14,
  RYFT_DATA_LOSS = 15,
  RYFT_UNAUTHENTICATED = 16,
} ryft_code;

typedef struct ryft_error ryft_error;

/** One piece of machine-readable detail that a plugin attached to an error, or RYFT_PLUGIN_MESSAGE.
 * Lives as long as the error. */
typedef struct ryft_error_payload {
  const char *name;
  ryft_bytes value;
} ryft_error_payload;

/** The payload that holds what a plugin said of a program that it refused to compile, where
 * ryft_error_message names the cause instead. The library adds it, so it is there for plugins of
 * any age. */
#define RYFT_PLUGIN_MESSAGE "ryft.plugin_message"

/** Returns from the calling function with the error, if `expression` gives one. */
#define RYFT_TRY(expression)                             \
  do {                                                   \
    ryft_error *ryft_try_error_ = (expression);          \
    if (ryft_try_error_ != NULL) return ryft_try_error_; \
  } while (0)

/**
 * Makes an error of the caller's own, for callbacks and for code built on top of the library.
 *
 * @param message one line without a full stop or newline at its end; copied.
 * Owns: the caller owns the result. Errors: never NULL; the shared out-of-memory error when memory
 * is short. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_error_create(ryft_code code, const char *message);

/** As ryft_error_create, with the message formatted as by printf in the C locale.
 *
 * Owns: the caller owns the result. Errors: never NULL; the shared out-of-memory error when memory
 * is short. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_error_format(ryft_code code, const char *format, ...)
    RYFT_PRINTF(2, 3);

/**
 * Another owner of the same error; errors are immutable, so nothing is copied.
 *
 * @param error may be NULL, which gives NULL.
 * Owns: the caller owns the result. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_error_copy(const ryft_error *error);

/** Gives up the caller's ownership. NULL is fine.
 *
 * Owns: takes `error`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_error_destroy(ryft_error *error);

/** The code; RYFT_OK for NULL.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Error_GetCode.
 */
RYFT_API ryft_code ryft_error_code(const ryft_error *error);

/** What went wrong and, where we know it, what to do; "" for NULL.
 *
 * Owns: borrowed from `error`. Errors: none. Since: 0.1. PJRT: PJRT_Error_Message.
 */
RYFT_API const char *ryft_error_message(const ryft_error *error);

/**
 * Where it went wrong: our function and, if a plugin's entry point was involved, that too, as in
 * "ryft_client_compile (PJRT_Client_Compile)"; "" when unknown.
 *
 * Owns: borrowed from `error`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const char *ryft_error_where(const ryft_error *error);

/**
 * Whether a plugin was asked and this is what came of it: an error that it answered, or an answer
 * that the library cannot use. False for errors of the library's own and of the caller's, also
 * where the library refused to make a call that ryft_error_where names.
 *
 * Owns: nothing. Errors: none; false for NULL. Since: 0.1. PJRT: none.
 */
RYFT_API bool ryft_error_is_from_plugin(const ryft_error *error);

/** How many payloads there are; plugins older than API 0.99 cannot attach any.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Error_ForEachPayload.
 */
RYFT_API size_t ryft_error_payload_count(const ryft_error *error);

/** Payload number `index`, in order of names; {NULL, {NULL, 0}} when out of range.
 *
 * Owns: borrowed from `error`. Errors: none. Since: 0.1. PJRT: PJRT_Error_ForEachPayload.
 */
RYFT_API ryft_error_payload ryft_error_payload_at(const ryft_error *error, size_t index);

/** The value of the payload called `name`; false, and `*out_value` empty, when there is none.
 *
 * Owns: borrowed from `error`. Errors: none. Since: 0.1. PJRT: PJRT_Error_ForEachPayload.
 */
RYFT_API bool ryft_error_payload_find(const ryft_error *error,
                                      const char *name,
                                      ryft_bytes *out_value);

/** The code's canonical name, such as "INVALID_ARGUMENT"; "UNKNOWN" for any other number.
 *
 * Owns: a static string. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const char *ryft_code_name(ryft_code code);

/**
 * For the end of main: prints the error as one line on stderr, frees it, and gives 1; gives 0 for
 * NULL.
 *
 * Owns: takes `error`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API int ryft_exit_status(ryft_error *error);

RYFT_DEFINE_CLEANUP(error)

RYFT_END_DECLS

#endif /* RYFT_ERROR_H */
