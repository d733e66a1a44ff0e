/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file type.h
 * Element types of arrays.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_TYPE_H
#define RYFT_TYPE_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

/** Element types, with PJRT's numbers. Numbers beyond these come from newer plugins and are passed
 * through. */
typedef enum ryft_type {
  RYFT_INVALID_TYPE = 0,
  RYFT_PRED = 1,
  RYFT_S8 = 2,
  RYFT_S16 = 3,
  RYFT_S32 = 4,
  RYFT_S64 = 5,
  RYFT_U8 = 6,
  RYFT_U16 = 7,
  RYFT_U32 = 8,
  RYFT_U64 = 9,
  RYFT_F16 = 10,
  RYFT_F32 = 11,
  RYFT_F64 = 12,
  RYFT_BF16 = 13,
  RYFT_C64 = 14,
  RYFT_C128 = 15,
  RYFT_F8E5M2 = 16,
  RYFT_F8E4M3FN = 17,
  RYFT_F8E4M3B11FNUZ = 18,
  RYFT_F8E5M2FNUZ = 19,
  RYFT_F8E4M3FNUZ = 20,
  RYFT_S4 = 21,
  RYFT_U4 = 22,
  RYFT_TOKEN = 23,
  RYFT_S2 = 24,
  RYFT_U2 = 25,
  RYFT_F8E4M3 = 26,
  RYFT_F8E3M4 = 27,
  RYFT_F8E8M0FNU = 28,
  RYFT_F4E2M1FN = 29,
  RYFT_S1 = 30,
  RYFT_U1 = 31,
  RYFT_F6E2M3FN = 32,
  RYFT_F6E3M2FN = 33,
} ryft_type;

/** The type's name in lower case, such as "f32"; "token"; "invalid"; "unknown" for numbers not
 * listed.
 *
 * Owns: a static string. Errors: none. Since: 0.1. PJRT: PJRT_Buffer_Type.
 */
RYFT_API const char *ryft_type_name(ryft_type type);

/** The type called `name` (`size` bytes, any case), or RYFT_INVALID_TYPE.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Buffer_Type.
 */
RYFT_API ryft_type ryft_type_from_name(const char *name, size_t size);

/** Significant bits of one element: 32 for f32, 4 for s4, 8 for pred; 0 for tokens and unknown
 * types.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_type_bits(ryft_type type);

/** Bytes that one element takes in host memory: sub-byte types take a whole byte; 0 as for
 * ryft_type_bits.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_type_host_size(ryft_type type);

RYFT_END_DECLS

#endif /* RYFT_TYPE_H */
