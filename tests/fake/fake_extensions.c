/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The chain of extensions, sound and unsound. Tables and what is done before each call follow from
 * the registry; whoever writes a fake_NAME takes the place of the one here that says UNIMPLEMENTED.
 */
#include "tests/fake/fake_extensions.h"

#define UNSUPPORTED(name)                                                                   \
  __attribute__((weak)) PJRT_Error *fake_##name(name##_Args *args) {                        \
    (void)args;                                                                             \
    return fake_error(PJRT_Error_Code_UNIMPLEMENTED, "the fake plugin does not do " #name); \
  }
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) UNSUPPORTED(name)
#define RYFT_EXT_VOID(owner, table, field, name, since, sized) UNSUPPORTED(name)
#include "tests/fake/gen/extensions.inc"

/* Extensions have errors of their own types, which here are all one object. */
#define CALL(name, sized)                                                                          \
  static PJRT_Error *call_##name(name##_Args *args) {                                              \
    PJRT_Error *error = fake_enter(FAKE_SLOT_##name, #name, (sized) ? #name "_Args" : NULL, args); \
    if (error == NULL && fake_lie_now(FAKE_SLOT_##name) != FAKE_LIE_DONE)                          \
      error = fake_##name(args);                                                                   \
    return error;                                                                                  \
  }
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) \
  CALL(name, sized)                                                   \
  static error *slot_##name(name##_Args *args) {                      \
    return (error *)(void *)call_##name(args);                        \
  }
#define RYFT_EXT_VOID(owner, table, field, name, since, sized)                   \
  CALL(name, sized)                                                              \
  static void slot_##name(name##_Args *args) {                                   \
    if (call_##name(args) != NULL) fake_misuse(#name " cannot say what failed"); \
  }
#include "tests/fake/gen/extensions.inc"

#define RYFT_EXT(owner, table, type, since) static table the_##table;
#define RYFT_EXT_INNER(owner, outer, field, inner) static inner the_##inner;
#include "tests/fake/gen/extensions.inc"

static void fill_tables(void) {
#define RYFT_EXT_INNER(owner, outer, field, inner)      \
  the_##inner.struct_size = fake_compiled_size(#inner); \
  the_##outer.field = &the_##inner;
#define FILL(table, field, name, since) \
  if (fake_knows(since) && !fake_is_null(#name)) the_##table.field = slot_##name;
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) \
  FILL(table, field, name, since)
#define RYFT_EXT_VOID(owner, table, field, name, since, sized) FILL(table, field, name, since)
#include "tests/fake/gen/extensions.inc"
}

static PJRT_Extension_Base *chain_tables(PJRT_Extension_Base *tail) {
  PJRT_Extension_Base *first = tail;
#define RYFT_EXT(owner, table, kind, since)                                            \
  if (fake_knows(since)) {                                                             \
    the_##table.base = (PJRT_Extension_Base){fake_compiled_size(#table), kind, first}; \
    first = &the_##table.base;                                                         \
  }
#include "tests/fake/gen/extensions.inc"
  return first;
}

enum { UNKNOWN_TYPE = 4711 };

PJRT_Extension_Base *fake_extensions(void) {
  static PJRT_Extension_Base tail;
  tail = (PJRT_Extension_Base){sizeof tail, PJRT_Extension_Type_Example, NULL};
  fill_tables();
  PJRT_Extension_Base *first = chain_tables(&tail);
  if (fake_the_variant.chain == FAKE_CHAIN_CYCLE) tail.next = first;
  if (fake_the_variant.chain == FAKE_CHAIN_UNKNOWN) {
    /* Behind the sound ones: a type from the future, and one with too small a size. */
    static PJRT_Extension_Base tiny = {8, (PJRT_Extension_Type)(UNKNOWN_TYPE + 1), NULL};
    static struct {
      PJRT_Extension_Base base;
      char more[32];
    } unknown = {.base = {sizeof unknown, (PJRT_Extension_Type)UNKNOWN_TYPE, &tiny}};
    tail.next = &unknown.base;
  }
  return first;
}
