/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A plugin's table and its chain of extensions, made from the input: any size, version, empty
 * slots, any types, sizes and order of extensions, circles included. Every block has the size that
 * it says it has, so that a read beyond is seen. */
#include "fuzz.h"
#include "ryft/abi/layouts.h"
#include "src/abi/call.h"

enum { NODES_MAX = 80, BLOCK_MAX = 4096, NODE_HEAD = sizeof(PJRT_Extension_Base) };

typedef struct chain {
  size_t count;
  void *nodes[NODES_MAX];
} chain;

static PJRT_Error *never_called(void *args) {
  (void)args;
  abort();
}

/* Sizes at which something changes, and any other. */
static size_t read_size(fuzz_input *input, size_t usual) {
  const uint8_t kind = fuzz_byte(input);
  switch (kind) {
    case 0:
      return usual;
    case 1:
      return SIZE_MAX;
    case 2:
      return NODE_HEAD;
    case 3:
      return NODE_HEAD - 1;
    case 4:
      return (size_t)fuzz_number(input, 8);
    case 5:
      return (size_t)fuzz_number(input, 2);
    case 6:
      return usual + fuzz_byte(input);
    default:
      return kind;
  }
}

static void *block_of(size_t said) {
  const size_t size = said < sizeof(size_t) ? sizeof(size_t) : said > BLOCK_MAX ? BLOCK_MAX : said;
  void *block = calloc(1, size);
  FUZZ_CHECK(block != NULL);
  memcpy(block, &said, sizeof said);
  return block;
}

static void set(void *block, size_t said, size_t offset, const void *value, size_t size) {
  if (offset + size <= said) memcpy((char *)block + offset, value, size);
}

static void read_chain(fuzz_input *input, chain *out) {
  size_t sizes[NODES_MAX];
  out->count = fuzz_byte(input) % (NODES_MAX + 1);
  for (size_t i = 0; i < out->count; ++i) {
    sizes[i] = read_size(input, sizeof(PJRT_Layouts_Extension));
    out->nodes[i] = block_of(sizes[i]);
  }
  for (size_t i = 0; i < out->count; ++i) {
    const uint8_t to = fuzz_byte(input);
    const int32_t type = to % 2 == 0 ? (int32_t)i : (int32_t)fuzz_integer(input);
    void *next =
        to < 200 ? (i + 1 < out->count ? out->nodes[i + 1] : NULL) : out->nodes[to % out->count];
    set(out->nodes[i], sizes[i], offsetof(PJRT_Extension_Base, type), &type, sizeof type);
    set(out->nodes[i], sizes[i], offsetof(PJRT_Extension_Base, next), &next, sizeof next);
  }
}

/* Every slot leads to a function, but for those that the input names. */
static void fill_slots(fuzz_input *input, void *block, size_t said) {
  PJRT_Error *(*const function)(void *) = never_called;
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    set(block, said, ryft__fns[fn].offset, &function, sizeof function);
  }
  const void *const nothing = NULL;
  for (size_t empty = fuzz_byte(input) % 8; empty != 0; --empty) {
    const size_t fn = fuzz_byte(input) % RYFT__FN_CORE_COUNT;
    set(block, said, ryft__fns[fn].offset, &nothing, sizeof nothing);
  }
}

static PJRT_Api *read_api(fuzz_input *input, const chain *extensions) {
  const size_t said = read_size(input, sizeof(PJRT_Api));
  void *block = block_of(said);
  const uint8_t version = fuzz_byte(input);
  const PJRT_Api_Version sized = {
      .struct_size = PJRT_Api_Version_STRUCT_SIZE,
      .major_version = version == 255 ? (int)fuzz_integer(input) : 0,
      .minor_version = version == 254 ? (int)fuzz_integer(input) : version};
  void *first = extensions->count == 0 ? NULL : extensions->nodes[0];
  set(block, said, offsetof(PJRT_Api, pjrt_api_version), &sized, sizeof sized);
  set(block, said, offsetof(PJRT_Api, extension_start), &first, sizeof first);
  fill_slots(input, block, said);
  return block;
}

static void check_extension(const ryft__extensions *found, size_t index) {
  const ryft__extension *one = &found->list[index];
  FUZZ_CHECK(one->base != NULL && one->struct_size >= PJRT_Extension_Base_STRUCT_SIZE);
  for (size_t i = 0; i < index; ++i) FUZZ_CHECK(found->list[i].base != one->base);
  const char *name = ryft__extension_name(one->type);
  FUZZ_CHECK(name == NULL || name[0] != '\0');
  for (size_t size = NODE_HEAD; size <= 256; size *= 2) {
    unsigned char *copy = malloc(size);
    FUZZ_CHECK(copy != NULL);
    memset(copy, 0xff, size);
    ryft__extension_copy(copy, size, one->base);
    for (size_t i = one->struct_size; i < size; ++i) FUZZ_CHECK(copy[i] == 0);
    free(copy);
  }
}

static void check_table(const ryft__table *table, const PJRT_Api *api, size_t nodes) {
  ryft__extensions found;
  FUZZ_CHECK(table->major == PJRT_API_MAJOR && table->minor >= RYFT__MINOR_FLOOR &&
             table->original == api);
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    const bool inside = ryft__fns[fn].offset + sizeof(void *) <= api->struct_size;
    const bool required = (ryft__fns[fn].flags & RYFT__FN_REQUIRED) != 0;
    FUZZ_CHECK(ryft__table_has(table, fn) ? inside : !required);
    if (!ryft__table_has(table, fn)) FUZZ_CHECK(fuzz_failed(ryft__slot_missing(table, fn, "fuzz")));
  }
  FUZZ_CHECK(!ryft__table_has(table, -1) && !ryft__table_has(table, RYFT__FN_CORE_COUNT));
  ryft__extensions_read(&found, table);
  FUZZ_CHECK(found.count <= RYFT__EXTENSIONS_MAX && found.count <= nodes);
  for (size_t i = 0; i < found.count; ++i) check_extension(&found, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  chain extensions;
  ryft__table table;
  fuzz_begin(/* largest= */ 4096);
  read_chain(&input, &extensions);
  PJRT_Api *api = read_api(&input, &extensions);
  if (!fuzz_refused(ryft__table_init(&table, api, "plugin.so", "fuzz"),
                    RYFT_FAILED_PRECONDITION,
                    RYFT_FAILED_PRECONDITION)) {
    check_table(&table, api, extensions.count);
  }
  free(api);
  for (size_t i = 0; i < extensions.count; ++i) free(extensions.nodes[i]);
  fuzz_end();
  return 0;
}
