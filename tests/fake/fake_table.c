/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The table of functions, cut to what the variant's API minor has, and what is done before each
 * call. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_base.h"
#include "tests/fake/fake_extensions.h"

typedef void (*any_function)(void);

enum { EXTRA_MAX = 16 };

typedef struct size_row {
  const char *type;
  int since;
  size_t size;
} size_row;

static const size_row size_rows[] = {
#define RYFT_SIZE(type, since, size) {#type, since, size},
#include "tests/fake/gen/sizes.inc"
#undef RYFT_SIZE
};

static struct {
  PJRT_Api api;
  any_function extra[EXTRA_MAX];
} table;
static size_t args_sizes[FAKE_SLOT_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

bool fake_knows(int since) {
  return fake_the_variant.minor >= since;
}

size_t fake_compiled_size(const char *type) {
  size_t size = 0;
  for (size_t i = 0; i < sizeof size_rows / sizeof size_rows[0]; ++i) {
    const size_row *row = &size_rows[i];
    if (strcmp(row->type, type) == 0 && (size == 0 || fake_knows(row->since))) size = row->size;
  }
  return size;
}

/* In a plugin newer than any that was tried, every struct has grown. */
static size_t growth(void) {
  return fake_knows(118) ? 24 : 0;
}

/* Nobody may write behind the fields that they know: what lies there are fields of the plugin's. */
static PJRT_Error *check_tail(const void *sized, const char *type, size_t known) {
  size_t size;
  memcpy(&size, sized, sizeof size);
  FAKE_REQUIRE(size >= known + growth(),
               "%s has %zu bytes, and a plugin of 0.%d needs %zu",
               type,
               size,
               fake_the_variant.minor,
               known + growth());
  for (size_t i = known; growth() != 0 && i < size; ++i) {
    if (((const char *)sized)[i] != 0) fake_misuse("%s is not zero behind its fields", type);
  }
  return NULL;
}

PJRT_Error *fake_check_size(const void *sized, const char *type) {
  return check_tail(sized, type, fake_compiled_size(type));
}

/* Real plugins refuse structs smaller than the ones they were compiled with and take larger ones
 * without a word. */
PJRT_Error *fake_enter(int slot, const char *name, const char *type, const void *args) {
  fake_slot_name = name;
  if (args == NULL) fake_misuse("the arguments are NULL");
  PJRT_Error *error = type == NULL ? NULL : check_tail(args, type, args_sizes[slot]);
  return error != NULL ? error : fake_fault(slot, name);
}

/* Args that give a list all have it in the same place. */
static void give_nulls(void *args) {
  static PJRT_Device *const nulls[256];
  PJRT_Client_Devices_Args *list = args;
  if (list->num_devices > sizeof nulls / sizeof *nulls) fake_misuse("too long a list to lie about");
  list->devices = nulls;
}
#define SAME_PLACE(name, list, count)                                                      \
  _Static_assert(offsetof(name, list) == offsetof(PJRT_Client_Devices_Args, devices), ""); \
  _Static_assert(offsetof(name, count) == offsetof(PJRT_Client_Devices_Args, num_devices), "")
SAME_PLACE(PJRT_Client_AddressableDevices_Args, addressable_devices, num_addressable_devices);
SAME_PLACE(PJRT_Client_AddressableMemories_Args, addressable_memories, num_addressable_memories);
SAME_PLACE(PJRT_Device_AddressableMemories_Args, memories, num_memories);
SAME_PLACE(PJRT_Memory_AddressableByDevices_Args, devices, num_devices);
SAME_PLACE(PJRT_LoadedExecutable_AddressableDevices_Args,
           addressable_devices,
           num_addressable_devices);

#define RYFT_SLOT(index, name, since)                                    \
  static PJRT_Error *slot_##name(name##_Args *args) {                    \
    PJRT_Error *error = fake_enter(index, #name, #name "_Args", args);   \
    if (error != NULL) return error;                                     \
    const int lie = fake_lie_now(index);                                 \
    if (lie != FAKE_LIE_DONE) error = fake_##name(args);                 \
    if (lie == FAKE_LIE_NULL_ENTRIES && error == NULL) give_nulls(args); \
    return error;                                                        \
  }
#include "tests/fake/gen/slots.inc"
#undef RYFT_SLOT

/* However it ends, the event is complete then, and callers take their memory back: real plugins
 * have no other way to fail here. */
static PJRT_Error *slot_await(PJRT_Event_Await_Args *args) {
  PJRT_Error *error = slot_PJRT_Event_Await(args);
  if (error == NULL || args->struct_size < PJRT_Event_Await_Args_STRUCT_SIZE) return error;
  PJRT_Event_Await_Args again = {.event = args->event};
  PJRT_Error_Destroy_Args own = {.error = fake_PJRT_Event_Await(&again)};
  if (own.error != NULL) (void)fake_PJRT_Error_Destroy(&own);
  return error;
}

static void void_Error_Destroy(PJRT_Error_Destroy_Args *args) {
  if (slot_PJRT_Error_Destroy(args) != NULL) fake_misuse("the arguments are too small");
}

static void void_Error_Message(PJRT_Error_Message_Args *args) {
  if (slot_PJRT_Error_Message(args) != NULL) fake_misuse("the arguments are too small");
}

static PJRT_Error *from_the_future(void) {
  fake_misuse("a slot behind the table that the caller can know was called");
}

bool fake_is_null(const char *name) {
  const char *const *names = fake_the_variant.null_slots;
  for (; names != NULL && *names != NULL; ++names) {
    if (strcmp(*names, name) == 0) return true;
  }
  return false;
}

static void put(size_t offset, any_function function) {
  memcpy((char *)&table.api + offset, &function, sizeof function);
}

static void build(void) {
  const int minor = fake_the_variant.minor;
  size_t end = offsetof(PJRT_Api, PJRT_Error_Destroy);
/* Nobody knows the tables before 0.40; claiming that one's is enough to be refused for the version.
 */
#define RYFT_SLOT(index, name, since)                                                   \
  args_sizes[index] = fake_compiled_size(#name "_Args");                                \
  if ((since) <= minor || (since) == 40) {                                              \
    if (!fake_is_null(#name)) put(offsetof(PJRT_Api, name), (any_function)slot_##name); \
    end = offsetof(PJRT_Api, name) + sizeof(any_function);                              \
  }
#include "tests/fake/gen/slots.inc"
#undef RYFT_SLOT
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) \
  args_sizes[FAKE_SLOT_##name] = fake_compiled_size(#name "_Args");
#define RYFT_EXT_VOID(owner, table, field, name, since, sized) \
  args_sizes[FAKE_SLOT_##name] = fake_compiled_size(#name "_Args");
#include "tests/fake/gen/extensions.inc"
  put(offsetof(PJRT_Api, PJRT_Error_Destroy), (any_function)void_Error_Destroy);
  put(offsetof(PJRT_Api, PJRT_Error_Message), (any_function)void_Error_Message);
  put(offsetof(PJRT_Api, PJRT_Event_Await), (any_function)slot_await);
  for (size_t i = 0; i < fake_the_variant.extra_slots; ++i)
    table.extra[i] = (any_function)from_the_future;

  PJRT_Api *api = &table.api;
  api->struct_size = end + fake_the_variant.extra_slots * sizeof(any_function);
  if (fake_the_variant.struct_size != 0) api->struct_size = fake_the_variant.struct_size;
  api->extension_start = fake_extensions();
  api->pjrt_api_version.struct_size = PJRT_Api_Version_STRUCT_SIZE;
  api->pjrt_api_version.major_version = fake_the_variant.major;
  api->pjrt_api_version.minor_version = minor;
}

const PJRT_Api *fake_table(void) {
  pthread_once(&once, build);
  return &table.api;
}
