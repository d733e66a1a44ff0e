/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Named values as a plugin may report them: the copies must be whole, end with a NUL, be found by
 * their names, and go back to the plugin as they came. */
#include "args.h"
#include "src/abi/table.h"
#include "src/core/named_value.h"

enum { VALUES_MAX = 24 };

static void check_text(const char *copy, size_t copy_size, const char *raw, size_t raw_size) {
  FUZZ_CHECK(copy != NULL && copy[copy_size] == '\0');
  FUZZ_CHECK(copy_size == (raw == NULL ? 0 : raw_size));
  FUZZ_CHECK(copy_size == 0 || memcmp(copy, raw, copy_size) == 0);
}

static void check_value(const ryft_named_value *copy, const PJRT_NamedValue *raw) {
  check_text(copy->name, raw->name == NULL ? 0 : raw->name_size, raw->name, raw->name_size);
  FUZZ_CHECK((int)copy->type == (int)raw->type);
  switch (copy->type) {
    case RYFT_VALUE_STRING:
      check_text(copy->as.string, copy->count, raw->string_value, raw->value_size);
      break;
    case RYFT_VALUE_INT64:
      FUZZ_CHECK(copy->as.integer == raw->int64_value);
      break;
    case RYFT_VALUE_INT64_LIST:
      FUZZ_CHECK(copy->count == (raw->int64_array_value == NULL ? 0 : raw->value_size));
      for (size_t i = 0; i < copy->count; ++i) {
        FUZZ_CHECK(copy->as.integers[i] == raw->int64_array_value[i]);
      }
      break;
    case RYFT_VALUE_FLOAT:
      FUZZ_CHECK(memcmp(&copy->as.number, &raw->float_value, sizeof(float)) == 0);
      break;
    case RYFT_VALUE_BOOL:
      FUZZ_CHECK(copy->as.boolean == raw->bool_value);
      break;
  }
}

/* The plugin's form again, which takes no value without a name or of a type that is not known. */
static void check_back(const ryft_named_value *copy) {
  PJRT_NamedValue raw;
  const bool known = (int)copy->type >= RYFT_VALUE_STRING && copy->type <= RYFT_VALUE_BOOL;
  if (fuzz_refused(ryft__named_value_to_raw(copy, &raw, "fuzz"),
                   RYFT_INVALID_ARGUMENT,
                   RYFT_INVALID_ARGUMENT)) {
    FUZZ_CHECK(!known || copy->name[0] == '\0');
    return;
  }
  FUZZ_CHECK(known && strlen(copy->name) == raw.name_size);
  ryft_named_value again = *copy;
  if (strlen(raw.name) == raw.name_size) check_value(&again, &raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  ryft_named_values copies = {.items = (ryft_named_value *)(uintptr_t)1, .count = 7};
  fuzz_begin(/* largest= */ 1 << 18);
  const size_t count = fuzz_byte(&input) % (VALUES_MAX + 1);
  fuzz_args *made = fuzz_args_start(&input);
  const PJRT_NamedValue *raw = fuzz_args_make(made, RYFT__STRUCT_NamedValue, count);
  fuzz_fail_allocation(fuzz_byte(&input) == 0xff ? 1 : 0);
  if (fuzz_refused(ryft__named_values_copy(raw, count, &copies),
                   RYFT_RESOURCE_EXHAUSTED,
                   RYFT_RESOURCE_EXHAUSTED)) {
    FUZZ_CHECK(fuzz_allocation_failed() && copies.items == NULL && copies.count == 0);
  }
  fuzz_fail_allocation(0);
  for (size_t i = 0; i < copies.count; ++i) {
    const ryft_named_value *found = ryft_named_values_find(copies, copies.items[i].name);
    check_value(&copies.items[i], &raw[i]);
    FUZZ_CHECK(found != NULL && found <= &copies.items[i] &&
               strcmp(found->name, copies.items[i].name) == 0);
    check_back(&copies.items[i]);
  }
  ryft__named_values_free(&copies);
  FUZZ_CHECK(copies.items == NULL && copies.count == 0);
  fuzz_args_free(made);
  fuzz_end();
  return 0;
}
