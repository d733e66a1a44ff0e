/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file base.h
 * What every other header needs: export and attribute macros, byte views, sized option structs.
 *
 * NULL, in every header: a function that returns `ryft_error *` answers INVALID_ARGUMENT, naming
 * the argument, when an object, a required output or an array with a non-zero count is NULL. A
 * function that returns a value gives 0, NULL or "" (or an empty list) for a NULL object, and does
 * not write to a NULL output. Destroy functions take NULL. Where anything else may be NULL, its
 * comment says so.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_BASE_H
#define RYFT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RYFT_VERSION_MAJOR 0
#define RYFT_VERSION_MINOR 1
#define RYFT_VERSION_PATCH 0

#ifdef __cplusplus
#define RYFT_BEGIN_DECLS extern "C" {
#define RYFT_END_DECLS }
#else
#define RYFT_BEGIN_DECLS
#define RYFT_END_DECLS
#endif

#if defined(__GNUC__)
#define RYFT_API __attribute__((visibility("default")))
#define RYFT_MUST_USE __attribute__((warn_unused_result))
#define RYFT_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define RYFT_API
#define RYFT_MUST_USE
#define RYFT_PRINTF(text, first)
#endif

/**
 * Option and result structs start with `struct_size`, so that they can grow: a smaller struct than
 * the library's is read as if its tail were zero; a larger one is INVALID_ARGUMENT when the tail
 * the library does not know holds anything but zero. All other fields zero mean "default", and NULL
 * for the whole struct too.
 *
 *     ryft_cpu_options cpu = {RYFT_SIZED(ryft_cpu_options), .device_count = 8};
 *     ryft_compile_options options = RYFT_DEFAULTS(ryft_compile_options);
 */
#ifdef __cplusplus
template <typename T>
inline T ryft_defaults() {
  T value = T();
  value.struct_size = sizeof(T);
  return value;
}
#define RYFT_DEFAULTS(type) (ryft_defaults<type>())
#else
#define RYFT_SIZED(type) .struct_size = sizeof(type)
#define RYFT_DEFAULTS(type) ((type){.struct_size = sizeof(type)})
#endif

/** Gives a noun its cleanup function for RYFT_AUTO (see auto.h); every noun's header ends with one.
 */
#define RYFT_DEFINE_CLEANUP(noun)                                \
  static inline void ryft_##noun##_cleanup(ryft_##noun **held) { \
    ryft_##noun##_destroy(*held);                                \
  }

RYFT_BEGIN_DECLS

/** A view of bytes owned by somebody else. Carries no terminating NUL. */
typedef struct ryft_bytes {
  const void *data;
  size_t size;
} ryft_bytes;

/** A setting with three states, so that zero can mean "the plugin's own default". */
typedef enum ryft_choice {
  RYFT_DEFAULT = 0,
  RYFT_YES = 1,
  RYFT_NO = 2,
} ryft_choice;

/**
 * The version of the library that is running, such as "0.1.0" (RYFT_VERSION_* is the one compiled
 * against).
 *
 * Owns: a static string. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const char *ryft_version_text(void);

RYFT_END_DECLS

#endif /* RYFT_BASE_H */
