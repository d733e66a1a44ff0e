/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What belongs to the plugin as a whole. */
#include <string.h>

#include "tests/fake/fake_client.h"

static atomic_bool was_initialized;

PJRT_Error *fake_PJRT_Plugin_Initialize(PJRT_Plugin_Initialize_Args *args) {
  (void)args;
  const bool again = atomic_exchange(&was_initialized, true);
  if (again || !fake_the_variant.fails_first_initialize) return NULL;
  return fake_error(PJRT_Error_Code_UNAVAILABLE, "the plugin is not ready yet");
}

PJRT_Error *fake_PJRT_Plugin_Attributes(PJRT_Plugin_Attributes_Args *args) {
  static const int64_t current[] = {1, 13, 3}, minimum[] = {0, 9, 0};
  static PJRT_NamedValue attributes[4] = {{.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                                           .name = "xla_version~",
                                           .name_size = 11,
                                           .type = PJRT_NamedValue_kInt64,
                                           .int64_value = 2,
                                           .value_size = 1},
                                          {.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                                           .name = "stablehlo_current_version~",
                                           .name_size = 25,
                                           .type = PJRT_NamedValue_kInt64List,
                                           .int64_array_value = current,
                                           .value_size = 3},
                                          {.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                                           .name = "stablehlo_minimum_version~",
                                           .name_size = 25,
                                           .type = PJRT_NamedValue_kInt64List,
                                           .int64_array_value = minimum,
                                           .value_size = 3},
                                          /* Only the plugin from the future knows what this is. */
                                          {.struct_size = PJRT_NamedValue_STRUCT_SIZE,
                                           .name = "from_the_future~",
                                           .name_size = 15,
                                           .type = (PJRT_NamedValue_Type)9,
                                           .value_size = 1}};
  args->attributes = attributes;
  args->num_attributes = fake_knows(115) ? 4 : 3;
  return NULL;
}
