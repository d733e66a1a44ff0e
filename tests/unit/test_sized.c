/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/sized.h"

#include <string.h>

#include "support/assert.h"

/* One struct in three ages of the library. */
typedef struct thing_old {
  size_t struct_size;
  int64_t a;
} thing_old;

typedef struct thing {
  size_t struct_size;
  int64_t a;
  int64_t b;
} thing;

typedef struct thing_new {
  size_t struct_size;
  int64_t a;
  int64_t b;
  int64_t c;
} thing_new;

static ryft_error *read_thing(const void *given, thing *out) {
  return RYFT__READ_OPTIONS(thing, given, out);
}

static ryft_error *write_thing(void *out, const thing *source) {
  return RYFT__WRITE_RESULT(thing, out, source);
}

static void null_means_defaults(void **state) {
  (void)state;
  thing out = {1, 2, 3};
  assert_ok(read_thing(NULL, &out));
  assert_int_equal(out.struct_size, sizeof out);
  assert_int_equal(out.a, 0);
  assert_int_equal(out.b, 0);
}

static void the_same_size_is_copied(void **state) {
  (void)state;
  const thing given = {RYFT_SIZED(thing), .a = 5, .b = 6};
  thing out;
  assert_ok(read_thing(&given, &out));
  assert_memory_equal(&out, &given, sizeof out);
}

static void smaller_structs_get_a_zero_tail(void **state) {
  (void)state;
  const thing_old given = {RYFT_SIZED(thing_old), .a = 5};
  thing out = {0, 0, 9};
  assert_ok(read_thing(&given, &out));
  assert_int_equal(out.struct_size, sizeof(thing));
  assert_int_equal(out.a, 5);
  assert_int_equal(out.b, 0);
  const size_t least = sizeof least;
  assert_ok(read_thing(&least, &out));
  assert_int_equal(out.a, 0);
}

static void larger_structs_need_a_zero_tail(void **state) {
  (void)state;
  thing_new given = {RYFT_SIZED(thing_new), .a = 5, .b = 6};
  thing out;
  assert_ok(read_thing(&given, &out));
  assert_int_equal(out.b, 6);
  assert_int_equal(out.struct_size, sizeof(thing));
  given.c = INT64_C(1) << 56;
  assert_code(read_thing(&given, &out), RYFT_INVALID_ARGUMENT, "byte 31 of thing");
}

static void a_forgotten_size_is_told(void **state) {
  (void)state;
  const thing given = {.a = 1};
  thing out;
  assert_code(read_thing(&given, &out), RYFT_INVALID_ARGUMENT, "RYFT_SIZED(thing)");
  thing result = {.struct_size = 7};
  assert_code(write_thing(&result, &given), RYFT_INVALID_ARGUMENT, "struct_size is 7");
}

static void results_fit_the_callers_size(void **state) {
  (void)state;
  const thing source = {RYFT_SIZED(thing), .a = 5, .b = 6};
  thing_old small[2] = {{RYFT_SIZED(thing_old), .a = 0}, {77, 78}};
  assert_ok(write_thing(&small[0], &source));
  assert_int_equal(small[0].struct_size, sizeof(thing_old));
  assert_int_equal(small[0].a, 5);
  assert_int_equal(small[1].struct_size, 77);
  thing_new large = {RYFT_SIZED(thing_new), .c = 9};
  assert_ok(write_thing(&large, &source));
  assert_int_equal(large.struct_size, sizeof(thing_new));
  assert_int_equal(large.b, 6);
  assert_int_equal(large.c, 0);
}

/* Options with a field of each kind. */
typedef struct rich {
  size_t struct_size;
  const int *items;
  size_t item_count;
  ryft_choice choice;
  uint16_t reserved;
} rich;

static const ryft__field_rule RULES[] = {
    RYFT__LIST_FIELD(rich, items, item_count),
    RYFT__CHOICE_FIELD(rich, choice),
    RYFT__ZERO_FIELD(rich, reserved),
};
static const ryft__options_type RICH = RYFT__OPTIONS_TYPE(rich, RULES);

static ryft_error *read_rich(const rich *given) {
  rich out;
  ryft_error *error = ryft__read_options(given, &out, &RICH, "test");
  assert_int_equal(out.struct_size, sizeof out);
  return error;
}

static void sound_options_are_read(void **state) {
  (void)state;
  const int items[1] = {0};
  const rich given = {RYFT_SIZED(rich), .items = items, .item_count = 1, .choice = RYFT_NO};
  assert_ok(read_rich(NULL));
  assert_ok(read_rich(&given));
}

static void each_rule_names_its_field(void **state) {
  (void)state;
  rich given = {RYFT_SIZED(rich), .item_count = 3};
  assert_code(read_rich(&given), RYFT_INVALID_ARGUMENT, "rich.items is NULL, its count is 3");
  given = (rich){RYFT_SIZED(rich), .choice = (ryft_choice)3};
  assert_code(read_rich(&given), RYFT_INVALID_ARGUMENT, "choice is 3, which is not a valid ryft_");
  given.choice = (ryft_choice)-1;
  assert_code(read_rich(&given), RYFT_INVALID_ARGUMENT, "rich.choice is -1, which");
  given = (rich){RYFT_SIZED(rich), .reserved = 256};
  assert_code(read_rich(&given), RYFT_INVALID_ARGUMENT, "rich.reserved is not zero");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(null_means_defaults),
      cmocka_unit_test(the_same_size_is_copied),
      cmocka_unit_test(smaller_structs_get_a_zero_tail),
      cmocka_unit_test(larger_structs_need_a_zero_tail),
      cmocka_unit_test(a_forgotten_size_is_told),
      cmocka_unit_test(results_fit_the_callers_size),
      cmocka_unit_test(sound_options_are_read),
      cmocka_unit_test(each_rule_names_its_field),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
