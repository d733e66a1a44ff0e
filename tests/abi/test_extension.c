/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The chain of extensions, well-behaved and hostile. */
#include "table_support.h"

static ryft__extensions found;

static void read_chain(int minor, PJRT_Extension_Base *first) {
  PJRT_Api api;
  ryft__table table;
  make_api(&api, minor);
  api.extension_start = first;
  expect_success(ryft__table_init(&table, &api, "plugin.so", "test"));
  ryft__extensions_read(&found, &table);
}

static void plg_14_chain_is_read_in_order(void **state) {
  (void)state;
  PJRT_Extension_Base last = {24, PJRT_Extension_Type_FFI, NULL};
  PJRT_Extension_Base middle = {40, (PJRT_Extension_Type)4711, &last};
  PJRT_Extension_Base first = {80, PJRT_Extension_Type_Layouts, &middle};
  read_chain(114, &first);
  assert_null(found.problem);
  assert_int_equal(found.count, 3);
  assert_int_equal(found.list[1].type, 4711);
  assert_int_equal(found.list[1].struct_size, 40);
  assert_ptr_equal(found.list[0].base, &first);
  assert_ptr_equal(found.list[2].base, &last);
}

static void plg_14_no_chain_is_fine(void **state) {
  (void)state;
  read_chain(114, NULL);
  assert_int_equal(found.count, 0);
  assert_null(found.problem);
}

static void plg_14_known_types_have_names(void **state) {
  (void)state;
  assert_string_equal(ryft__extension_name(PJRT_Extension_Type_Layouts), "Layouts");
  assert_string_equal(ryft__extension_name(PJRT_Extension_Type_Gpu_Custom_Call), "Gpu_Custom_Call");
  assert_null(ryft__extension_name(4711));
  assert_null(ryft__extension_name(-1));
}

static void plg_14_circle_ends(void **state) {
  (void)state;
  PJRT_Extension_Base a = {24, PJRT_Extension_Type_FFI, NULL};
  PJRT_Extension_Base b = {24, PJRT_Extension_Type_Stream, &a};
  a.next = &b;
  read_chain(114, &b);
  assert_int_equal(found.count, 2);
  assert_non_null(strstr(found.problem, "circle"));
  a.next = &a;
  read_chain(114, &a);
  assert_int_equal(found.count, 1);
}

static void plg_14_node_smaller_than_its_header_ends_the_chain(void **state) {
  (void)state;
  PJRT_Extension_Base after = {24, PJRT_Extension_Type_FFI, NULL};
  PJRT_Extension_Base tiny = {0, PJRT_Extension_Type_Stream, &after};
  PJRT_Extension_Base first = {24, PJRT_Extension_Type_Layouts, &tiny};
  for (size_t size = 0; size < sizeof tiny; ++size) {
    tiny.struct_size = size;
    read_chain(114, &first);
    assert_int_equal(found.count, 1);
    assert_non_null(strstr(found.problem, "smaller"));
  }
}

static void plg_14_endless_chain_ends(void **state) {
  (void)state;
  static PJRT_Extension_Base many[RYFT__EXTENSIONS_MAX + 1];
  for (size_t i = 0; i <= RYFT__EXTENSIONS_MAX; ++i) {
    many[i] = (PJRT_Extension_Base){24, (PJRT_Extension_Type)i, NULL};
    if (i != 0) many[i - 1].next = &many[i];
  }
  read_chain(114, many);
  assert_int_equal(found.count, RYFT__EXTENSIONS_MAX);
  assert_non_null(strstr(found.problem, "longer than 64"));
  many[RYFT__EXTENSIONS_MAX - 1].next = NULL;
  read_chain(114, many);
  assert_int_equal(found.count, RYFT__EXTENSIONS_MAX);
  assert_null(found.problem);
}

static void plg_14_nodes_without_sizes_are_left_alone(void **state) {
  (void)state;
  PJRT_Extension_Base first = {24, PJRT_Extension_Type_Layouts, NULL};
  read_chain(44, &first);
  assert_int_equal(found.count, 0);
  assert_non_null(strstr(found.problem, "0.45"));
}

/* Whatever becomes of the chain, what was read stays. */
static void plg_15_the_chain_is_walked_once(void **state) {
  (void)state;
  PJRT_Extension_Base last = {24, PJRT_Extension_Type_FFI, NULL};
  PJRT_Extension_Base first = {80, PJRT_Extension_Type_Layouts, &last};
  read_chain(114, &first);
  first = (PJRT_Extension_Base){0, PJRT_Extension_Type_Stream, NULL};
  last = (PJRT_Extension_Base){0, PJRT_Extension_Type_Stream, NULL};
  assert_int_equal(found.count, 2);
  assert_int_equal(found.list[0].type, PJRT_Extension_Type_Layouts);
  assert_int_equal(found.list[0].struct_size, 80);
  assert_int_equal(found.list[1].type, PJRT_Extension_Type_FFI);
  assert_ptr_equal(found.list[1].base, &last);
}

static void plg_14_copy_is_bounded_both_ways(void **state) {
  (void)state;
  struct {
    PJRT_Extension_Base base;
    uint64_t words[4];
  } theirs = {{sizeof theirs, PJRT_Extension_Type_Example, NULL}, {1, 2, 3, 4}};
  unsigned char ours[64];
  ryft__extension_copy(ours, 32, &theirs.base);
  assert_memory_equal(ours, &theirs, 32);
  theirs.base.struct_size = 32;
  ryft__extension_copy(ours, sizeof ours, &theirs.base);
  assert_memory_equal(ours, &theirs, 32);
  for (size_t i = 32; i < sizeof ours; ++i) assert_int_equal(ours[i], 0);
  theirs.base.struct_size = 37; /* the fifth word is not whole */
  ryft__extension_copy(ours, sizeof ours, &theirs.base);
  for (size_t i = 32; i < sizeof ours; ++i) assert_int_equal(ours[i], 0);
  ryft__extension_copy(ours, 33, &theirs.base); /* ours ends within it, and theirs has it all */
  assert_memory_equal(ours, &theirs, 33);
  ryft__extension_copy(ours, sizeof ours, NULL);
  for (size_t i = 0; i < sizeof ours; ++i) assert_int_equal(ours[i], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plg_14_chain_is_read_in_order),
      cmocka_unit_test(plg_14_no_chain_is_fine),
      cmocka_unit_test(plg_14_known_types_have_names),
      cmocka_unit_test(plg_14_circle_ends),
      cmocka_unit_test(plg_14_node_smaller_than_its_header_ends_the_chain),
      cmocka_unit_test(plg_14_endless_chain_ends),
      cmocka_unit_test(plg_14_nodes_without_sizes_are_left_alone),
      cmocka_unit_test(plg_15_the_chain_is_walked_once),
      cmocka_unit_test(plg_14_copy_is_bounded_both_ways),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
