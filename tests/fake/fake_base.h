/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What every part of the fake plugin stands on: objects that know whether they are alive, errors,
 * faults. */
#ifndef RYFT_TESTS_FAKE_FAKE_BASE_H
#define RYFT_TESTS_FAKE_FAKE_BASE_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ryft/abi/pjrt.h"
#include "tests/fake/fake.h"
#include "tests/fake/gen/extensions.h"

/* ---- Variants: what tells one shared object from another (fake_variant.c is compiled once for
 * each). */

typedef enum fake_chain {
  FAKE_CHAIN_LAYOUTS, /* the Layouts extension and one that is only a header */
  FAKE_CHAIN_UNKNOWN, /* types nobody knows, and at the end one smaller than its header */
  FAKE_CHAIN_CYCLE,
} fake_chain;

typedef struct fake_variant {
  int major;
  int minor;
  size_t extra_slots;            /* behind the table that we know */
  size_t struct_size;            /* what the table claims; 0: the truth */
  const char *const *null_slots; /* names, ending with NULL; may be NULL */
  fake_chain chain;
  bool fails_first_initialize;
  bool asynchronous;
} fake_variant;

extern const fake_variant fake_the_variant;

/* Whether this variant knows what came with minor `since`. */
bool fake_knows(int since);

/* The STRUCT_SIZE of `type` that a plugin of the variant's minor was compiled with. */
size_t fake_compiled_size(const char *type);

/* INVALID_ARGUMENT when a struct of this type is smaller than such a plugin needs it. */
PJRT_Error *fake_check_size(const void *sized, const char *type);

/* Whether the variant leaves this entry point empty. */
bool fake_is_null(const char *name);

const PJRT_Api *fake_table(void);

/* ---- Objects */

/* Errors and memories start with a table of functions since 0.107 and 0.105, so room for one comes
 * first. */
typedef struct fake_object {
  const void *vtable;
  uint64_t magic;
  fake_kind kind;
} fake_object;

/* Zeroed memory for an object of `size` bytes that starts with a fake_object. */
void *fake_object_new(fake_kind kind, size_t size);

/* The end of an object. Its memory is kept aside for a while, so that using it is noticed. */
void fake_object_end(fake_object *object);

/* Ends the process with a message when the handle is NULL, was destroyed, or is something else. */
void fake_check(const void *handle, fake_kind kind);

/* Ends the process: the caller broke a rule whose breaking would crash a real plugin, perhaps much
 * later. */
_Noreturn void fake_misuse(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* malloc and friends that never fail. */
void *fake_alloc(size_t size);
void *fake_realloc(void *memory, size_t size);
char *fake_copy(const void *bytes, size_t size); /* and a NUL behind them */

/* ---- Errors: a status is shared and immutable, PJRT_Error is a handle to one. NULL is success. */

typedef struct fake_payload {
  char *name;
  char *value;
  size_t size;
} fake_payload;

typedef struct fake_status {
  atomic_size_t holders;
  int code;
  char *message;
  fake_payload *payloads;
  size_t payload_count;
} fake_status;

fake_status *fake_status_new(int code, const char *message, size_t size);
fake_status *fake_status_format(int code, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
void fake_status_add_payload(fake_status *status,
                             const char *name,
                             size_t name_size,
                             const void *value,
                             size_t size);
fake_status *fake_status_hold(fake_status *status);
void fake_status_release(fake_status *status);

PJRT_Error *fake_error_from(fake_status *status); /* takes `status`; NULL for NULL */
PJRT_Error *fake_error(int code, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* ---- Faults and counts */

/* Every entry point, the core's first. */
enum {
#define RYFT_SLOT(index, name, since) FAKE_SLOT_##name,
#include "tests/fake/gen/slots.inc"
#undef RYFT_SLOT
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) FAKE_SLOT_##name,
#define RYFT_EXT_VOID(owner, table, field, name, since, sized) FAKE_SLOT_##name,
#include "tests/fake/gen/extensions.inc"
  FAKE_SLOT_COUNT
};

/* Before every call: looks at the size of the args, counts, and gives the error that a test asked
 * for. `type` is that of the args, NULL where they do not say their size. */
PJRT_Error *fake_enter(int slot, const char *name, const char *type, const void *args);
PJRT_Error *fake_fault(int slot, const char *name);

/* The lie that a test asked for in this call of the slot, or 0. */
int fake_lie_now(int slot);
unsigned fake_latency(void);

/* The entry point that this thread is in, for messages. */
extern _Thread_local const char *fake_slot_name;

/* ---- Slots: fake_NAME implements NAME; the table's wrappers look at struct_size first. */

#define RYFT_SLOT(index, name, since) PJRT_Error *fake_##name(name##_Args *args);
#include "tests/fake/gen/slots.inc"
#undef RYFT_SLOT
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) \
  PJRT_Error *fake_##name(name##_Args *args);
#define RYFT_EXT_VOID(owner, table, field, name, since, sized) \
  PJRT_Error *fake_##name(name##_Args *args);
#include "tests/fake/gen/extensions.inc"

#define FAKE_REQUIRE(condition, ...)                                                    \
  do {                                                                                  \
    if (!(condition)) return fake_error(PJRT_Error_Code_INVALID_ARGUMENT, __VA_ARGS__); \
  } while (0)

#endif /* RYFT_TESTS_FAKE_FAKE_BASE_H */
