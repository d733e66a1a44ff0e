/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The Layouts extension of real plugins, whose size differs between them, through its callers. */
#include "core/buffer_support.h"
#include "src/abi/gen/calls_layouts.h"
#include "src/core/client.h"
#include "src/core/plugin.h"

static const ryft__extension *find(const fixture *self) {
  const ryft__extensions *all = &self->plugin->extensions;
  size_t i = 0;
  while (i < all->count && all->list[i].type != PJRT_Extension_Type_Layouts) ++i;
  assert_true(i < all->count);
  return &all->list[i];
}

static void lay_01_the_extension_has_the_size_of_its_age(void **state) {
  const ryft__extension *found = find(*state);
  assert_int_equal(found->struct_size, test_plugin_minor() == 81 ? 72 : 80);
}

static void lay_01_a_default_layout_is_serialized_and_destroyed(void **state) {
  const fixture *self = *state;
  static const int64_t dims[] = {2, 3};
  ryft__ext_layouts layouts;
  ryft__ext_layouts_init(&layouts, self->client->table, find(self)->base);
  PJRT_Layouts_PJRT_Client_GetDefaultLayout_Args made = {
      .client = self->client->raw, .type = PJRT_Buffer_Type_F32, .dims = dims, .num_dims = 2};
  assert_ok(ryft__PJRT_Layouts_PJRT_Client_GetDefaultLayout(&layouts, &made, __func__));
  assert_non_null(made.layout);
  PJRT_Layouts_MemoryLayout_Serialize_Args text = {.layout = made.layout};
  assert_ok(ryft__PJRT_Layouts_MemoryLayout_Serialize(&layouts, &text, __func__));
  assert_int_equal(text.serialized_bytes_size, 5);
  assert_memory_equal(text.serialized_bytes, "{1,0}", 5);
  assert_non_null(text.serialized_layout_deleter);
  text.serialized_layout_deleter(text.serialized_layout);
  PJRT_Layouts_MemoryLayout_Destroy_Args gone = {.layout = made.layout};
  assert_ok(ryft__PJRT_Layouts_MemoryLayout_Destroy(&layouts, &gone, __func__));
}

/* What a shorter extension lacks is missing, not read from behind its end. */
static void lay_02_parameter_layouts_by_age(void **state) {
  const fixture *self = *state;
  ryft__ext_layouts layouts;
  ryft__ext_layouts_init(&layouts, self->client->table, find(self)->base);
  assert_int_equal(layouts.api.PJRT_Layouts_PJRT_Executable_GetParameterLayouts != NULL,
                   test_plugin_minor() != 81);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(lay_01_the_extension_has_the_size_of_its_age),
      BUFFER_TEST(lay_01_a_default_layout_is_serialized_and_destroyed),
      BUFFER_TEST(lay_02_parameter_layouts_by_age),
  };
  return cmocka_run_group_tests_name("layouts", tests, fixture_open, fixture_close);
}
