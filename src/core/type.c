/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/type.h"

#include "src/base/base.h"

typedef struct type_facts {
  const char *name;
  size_t bits; /* 0: has no host form */
} type_facts;

/* By PJRT's number. */
static const type_facts TYPES[] = {
    {"invalid", 0},    {"pred", 8},   {"s8", 8},       {"s16", 16},          {"s32", 32},
    {"s64", 64},       {"u8", 8},     {"u16", 16},     {"u32", 32},          {"u64", 64},
    {"f16", 16},       {"f32", 32},   {"f64", 64},     {"bf16", 16},         {"c64", 64},
    {"c128", 128},     {"f8e5m2", 8}, {"f8e4m3fn", 8}, {"f8e4m3b11fnuz", 8}, {"f8e5m2fnuz", 8},
    {"f8e4m3fnuz", 8}, {"s4", 4},     {"u4", 4},       {"token", 0},         {"s2", 2},
    {"u2", 2},         {"f8e4m3", 8}, {"f8e3m4", 8},   {"f8e8m0fnu", 8},     {"f4e2m1fn", 4},
    {"s1", 1},         {"u1", 1},     {"f6e2m3fn", 6}, {"f6e3m2fn", 6},
};

static const type_facts UNKNOWN = {"unknown", 0};

static const type_facts *facts_of(ryft_type type) {
  return (unsigned)type < RYFT__COUNT(TYPES) ? &TYPES[type] : &UNKNOWN;
}

const char *ryft_type_name(ryft_type type) {
  return facts_of(type)->name;
}

/* The C locale's tolower: the caller's locale must not change which names there are. */
static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *known, const char *name, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    if (known[i] == '\0' || known[i] != lower(name[i])) return false;
  }
  return known[size] == '\0';
}

ryft_type ryft_type_from_name(const char *name, size_t size) {
  if (name == NULL) return RYFT_INVALID_TYPE;
  for (size_t i = RYFT_INVALID_TYPE + 1; i < RYFT__COUNT(TYPES); ++i) {
    if (same_name(TYPES[i].name, name, size)) return (ryft_type)i;
  }
  return RYFT_INVALID_TYPE;
}

size_t ryft_type_bits(ryft_type type) {
  return facts_of(type)->bits;
}

size_t ryft_type_host_size(ryft_type type) {
  return (facts_of(type)->bits + 7) / 8;
}
