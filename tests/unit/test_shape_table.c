/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/shape_table.h"

#include "support/allocator.h"
#include "support/assert.h"

static ryft_error *get(ryft__shape_table *table, ryft_shape shape, const ryft__known_shape **out) {
  return ryft__shape_table_get(table, shape, out, "test");
}

static void equal_shapes_are_equal_pointers(void **state) {
  (void)state;
  ryft__shape_table table;
  assert_ok(ryft__shape_table_init(&table));
  const ryft__known_shape *first[1000];
  for (int64_t i = 0; i < 1000; ++i) {
    const ryft_shape shape = RYFT_SHAPE(RYFT_F32, i, 1000 - i);
    assert_ok(get(&table, shape, &first[i]));
    assert_true(ryft_shape_equal(first[i]->shape, shape));
    assert_ptr_not_equal(first[i]->shape.dims, shape.dims);
    assert_int_equal(first[i]->host_size, (size_t)(i * (1000 - i) * 4));
  }
  assert_int_equal(table.count, 1000);
  for (int64_t i = 0; i < 1000; ++i) {
    const ryft__known_shape *again = NULL;
    assert_ok(get(&table, RYFT_SHAPE(RYFT_F32, i, 1000 - i), &again));
    assert_ptr_equal(again, first[i]);
  }
  const ryft__known_shape *other = NULL;
  assert_ok(get(&table, RYFT_SHAPE(RYFT_S32, 0, 1000), &other));
  assert_ptr_not_equal(other, first[0]);
  ryft__shape_table_free(&table);
  ryft__shape_table_free(&table);
}

static void shapes_without_a_host_form_are_kept(void **state) {
  (void)state;
  ryft__shape_table table;
  const ryft__known_shape *known = NULL;
  assert_ok(ryft__shape_table_init(&table));
  assert_ok(get(&table, RYFT_SCALAR(RYFT_TOKEN), &known));
  assert_true(known->host_size == SIZE_MAX);
  assert_ok(get(&table, RYFT_SCALAR(RYFT_F64), &known));
  assert_int_equal(known->host_size, 8);
  ryft__shape_table_free(&table);
}

static void it_fails_only_without_memory(void **state) {
  (void)state;
  ryft__shape_table table;
  const ryft__known_shape *known = NULL;
  const size_t live = test_allocator_live();
  test_allocator_fail(1);
  assert_code(ryft__shape_table_init(&table), RYFT_RESOURCE_EXHAUSTED, "");
  ryft__shape_table_free(&table);
  assert_ok(ryft__shape_table_init(&table));
  for (int64_t i = 0; i < 64; ++i) {
    assert_ok(get(&table, RYFT_SHAPE(RYFT_F32, i), &known));
  }
  /* The 65th shape finds no memory for more heads, and does without. */
  test_allocator_fail(2);
  assert_ok(get(&table, RYFT_SHAPE(RYFT_F32, 64), &known));
  assert_true(test_allocator_failed());
  test_allocator_fail(1);
  assert_code(get(&table, RYFT_SHAPE(RYFT_F32, 65), &known), RYFT_RESOURCE_EXHAUSTED, "");
  assert_null(known);
  test_allocator_fail(0);
  assert_ok(get(&table, RYFT_SHAPE(RYFT_F32, 64), &known));
  assert_int_equal(table.count, 65);
  ryft__shape_table_free(&table);
  assert_int_equal(test_allocator_live(), live);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_shapes_are_equal_pointers),
      cmocka_unit_test(shapes_without_a_host_form_are_kept),
      cmocka_unit_test(it_fails_only_without_memory),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
