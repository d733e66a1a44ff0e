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

/* What holds for single fields of an options struct, whatever else the call looks at. */
typedef enum ryft__field_rule_kind {
  RYFT__FIELD_ZERO, /* kept for later */
  RYFT__FIELD_ENUM, /* counted from 0 to `last` */
  RYFT__FIELD_LIST  /* not NULL where its count is not zero */
} ryft__field_rule_kind;

typedef struct ryft__field_rule {
  ryft__field_rule_kind kind;
  const char *name;
  size_t offset;
  size_t size; /* of a list: where its count lies */
  const char *type;
  int last;
} ryft__field_rule;

#define RYFT__ZERO_FIELD(type, field) \
  { RYFT__FIELD_ZERO, #field, offsetof(type, field), sizeof(((type *)0)->field), NULL, 0 }
#define RYFT__ENUM_FIELD(type, field, enumeration, last)                                       \
  {                                                                                            \
    RYFT__FIELD_ENUM, #field, offsetof(type, field), sizeof(((type *)0)->field), #enumeration, \
        last                                                                                   \
  }
#define RYFT__CHOICE_FIELD(type, field) RYFT__ENUM_FIELD(type, field, ryft_choice, RYFT_NO)
#define RYFT__LIST_FIELD(type, field, count) \
  { RYFT__FIELD_LIST, #field, offsetof(type, field), offsetof(type, count), NULL, 0 }

/* One for each options struct, beside the code that knows what the options mean. */
typedef struct ryft__options_type {
  const char *name;
  size_t size;
  const ryft__field_rule *rules;
  size_t rule_count;
} ryft__options_type;

#define RYFT__OPTIONS_TYPE(type, rules) \
  { #type, sizeof(type), (rules), RYFT__COUNT(rules) }

/* INVALID_ARGUMENT, with the field's name and contents, for `options` of the library's own size
 * that break a rule. */
RYFT_MUST_USE ryft_error *ryft__check_options(const void *options,
                                              const ryft__options_type *type,
                                              const char *where);

/* ryft__read_sized, and the check. `*out` is read also where the check fails. */
RYFT_MUST_USE ryft_error *ryft__read_options(const void *given,
                                             void *out,
                                             const ryft__options_type *type,
                                             const char *where);

#define RYFT__READ_OPTIONS(type, given, out) \
  ryft__read_sized((given), (out), sizeof(type), #type, __func__)
#define RYFT__WRITE_RESULT(type, out, source) \
  ryft__write_sized((out), (source), sizeof(type), #type, __func__)

#endif /* RYFT_SRC_BASE_SIZED_H */
