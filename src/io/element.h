/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Integer elements in host memory, where sub-byte types take a byte. */
#ifndef RYFT_SRC_IO_ELEMENT_H
#define RYFT_SRC_IO_ELEMENT_H

#include <string.h>

#include "ryft/type.h"
#include "src/base/base.h"

static inline bool ryft__type_is_signed(ryft_type type) {
  switch (type) {
    case RYFT_S1:
    case RYFT_S2:
    case RYFT_S4:
    case RYFT_S8:
    case RYFT_S16:
    case RYFT_S32:
    case RYFT_S64:
      return true;
    default:
      return false;
  }
}

static inline bool ryft__type_is_unsigned(ryft_type type) {
  switch (type) {
    case RYFT_U1:
    case RYFT_U2:
    case RYFT_U4:
    case RYFT_U8:
    case RYFT_U16:
    case RYFT_U32:
    case RYFT_U64:
      return true;
    default:
      return false;
  }
}

static inline bool ryft__type_is_integer(ryft_type type) {
  return ryft__type_is_signed(type) || ryft__type_is_unsigned(type);
}

static inline bool ryft__type_is_complex(ryft_type type) {
  return type == RYFT_C64 || type == RYFT_C128;
}

/* The low `bits` bits of `value`, sign-extended for signed types. */
static inline uint64_t ryft__integer_wrap(ryft_type type, uint64_t value) {
  const size_t bits = ryft_type_bits(type);
  if (bits == 0 || bits >= 64) return value;
  const uint64_t sign = UINT64_C(1) << (bits - 1);
  value &= (sign << 1) - 1;
  return ryft__type_is_signed(type) ? (value ^ sign) - sign : value;
}

/* An integer element as 64 bits, sign-extended for signed types; bits above the type's own are
 * ignored. */
static inline uint64_t ryft__integer_load(ryft_type type, const void *element) {
  uint64_t value = 0;
  memcpy(&value, element, ryft_type_host_size(type));
  return ryft__integer_wrap(type, value);
}

static inline void ryft__integer_store(ryft_type type, uint64_t value, void *element) {
  value = ryft__integer_wrap(type, value);
  memcpy(element, &value, ryft_type_host_size(type));
}

#endif /* RYFT_SRC_IO_ELEMENT_H */
