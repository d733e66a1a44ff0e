/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/sized.h"

#include <string.h>

#include "src/base/error.h"

static ryft_error *given_size(const void *given, const char *type, const char *where, size_t *out) {
  memcpy(out, given, sizeof *out);
  if (*out >= sizeof(size_t)) return NULL;
  return ryft__error(
      RYFT_INVALID_ARGUMENT,
      where,
      NULL,
      "%s.struct_size is %zu; start the struct with RYFT_SIZED(%s) or RYFT_DEFAULTS(%s)",
      type,
      *out,
      type,
      type);
}

ryft_error *ryft__read_sized(const void *given,
                             void *out,
                             size_t size,
                             const char *type,
                             const char *where) {
  memset(out, 0, size);
  memcpy(out, &size, sizeof size);
  if (given == NULL) return NULL;
  size_t theirs = 0;
  RYFT_TRY(given_size(given, type, where, &theirs));
  for (size_t i = size; i < theirs; ++i) {
    if (((const unsigned char *)given)[i] == 0) continue;
    return ryft__error(
        RYFT_INVALID_ARGUMENT,
        where,
        NULL,
        "byte %zu of %s is set, but this library knows only %zu bytes of it: it is older than the "
        "header that the program was compiled with",
        i,
        type,
        size);
  }
  const size_t both = theirs < size ? theirs : size;
  memcpy((char *)out + sizeof(size_t), (const char *)given + sizeof(size_t), both - sizeof(size_t));
  return NULL;
}

ryft_error *ryft__write_sized(void *out,
                              const void *source,
                              size_t size,
                              const char *type,
                              const char *where) {
  size_t theirs = 0;
  RYFT_TRY(given_size(out, type, where, &theirs));
  const size_t both = theirs < size ? theirs : size;
  memcpy(
      (char *)out + sizeof(size_t), (const char *)source + sizeof(size_t), both - sizeof(size_t));
  memset((char *)out + both, 0, theirs - both);
  return NULL;
}
