/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/describe.h"

#include <stddef.h>

const char *ryft__enum_name(int enum_id, int number) {
  const ryft__enum *kind = &ryft__enums[enum_id];
  for (unsigned i = 0; i < kind->values; ++i) {
    const ryft__enumerator *value = &ryft__enumerators[kind->first_value + i];
    if (value->number == number) return ryft__name(value->name);
  }
  return NULL;
}

size_t ryft__element_size(const ryft__field *field) {
  switch (field->kind) {
    case RYFT__KIND_BOOL:
      return 1;
    case RYFT__KIND_SIGNED:
    case RYFT__KIND_UNSIGNED:
    case RYFT__KIND_FLOAT:
      return field->ref;
    case RYFT__KIND_ENUM:
      return sizeof(int);
    case RYFT__KIND_STRUCT:
      return ryft__structs[field->ref].size;
    default:
      return sizeof(void *);
  }
}
