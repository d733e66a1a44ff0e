/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Structs that start with struct_size, as programs compiled against an older or a newer header pass
 * them: each of them, through each function that takes it. tools/apilists/sizes.py writes the rows.
 */
#include "declared/sizes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAIL = 40 }; /* what a newer header may have added */

static const int32_t numbers[] = {1, 2, 3, 4};
static const int64_t four[] = {4};
const ryft_host_array valid_host_array = {RYFT_SIZED(ryft_host_array),
                                          .shape = {RYFT_S32, 1, four},
                                          .data = numbers,
                                          .size = sizeof numbers};

static const int64_t order[] = {0};
const ryft_layout valid_layout = {RYFT_SIZED(ryft_layout), .rank = 1, .minor_to_major = order};

#define SUM FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")
const ryft_program valid_program = {RYFT_SIZED(ryft_program),
                                    .format = "mlir",
                                    .code = {SUM, sizeof SUM - 1}};

static scene *the_scene;

/* ---- Rows. */

/* The struct in memory of exactly `size` bytes, so that reading past it is seen by a sanitizer. */
static void *given(const size_row *r, size_t size) {
  void *memory = malloc(size < sizeof(size_t) ? sizeof(size_t) : size);
  assert_non_null(memory);
  memset(memory, 0, size);
  memcpy(memory, r->valid, size < r->size ? size : r->size);
  memcpy(memory, &size, sizeof size);
  return memory;
}

/* With `at` not 0, that byte is set. */
static ryft_error *use(const size_row *r, size_t size, size_t at) {
  char *memory = given(r, size);
  if (at != 0) memory[at] = 1;
  ryft_error *error = r->use(the_scene, memory);
  if (error == NULL && r->result) {
    size_t kept = 0;
    memcpy(&kept, memory, sizeof kept);
    assert_int_equal(kept, size);
    for (size_t i = r->size; i < size; ++i) assert_int_equal(memory[i], 0);
  }
  free(memory);
  return error;
}

/* A struct's size is a multiple of a word. */
static void older_callers_are_served(const size_row *r) {
  for (size_t size = r->least; size <= r->size; size += sizeof(size_t)) {
    ryft_error *error = use(r, size, 0);
    if (error != NULL) print_error("%s: %s of %zu bytes was refused\n", r->place, r->type, size);
    assert_ok(error);
  }
  /* What is cut off is a matter of the caller's, but must be told, and nothing past it read. */
  for (size_t size = sizeof(size_t); size < r->least; size += sizeof(size_t)) {
    assert_code(use(r, size, 0), RYFT_INVALID_ARGUMENT, NULL);
  }
}

static void newer_callers_are_served(const size_row *r) {
  for (size_t tail = 1; tail <= TAIL; ++tail) assert_ok(use(r, r->size + tail, 0));
}

static void new_settings_are_not_ignored(const size_row *r) {
  char said[128];
  for (size_t at = r->size; at < r->size + TAIL; ++at) {
    (void)snprintf(said, sizeof said, "byte %zu of %s is set", at, r->type);
    if (r->result) {
      assert_ok(use(r, r->size + TAIL, at));
    } else {
      assert_code(use(r, r->size + TAIL, at), RYFT_INVALID_ARGUMENT, said);
    }
  }
}

static void a_forgotten_size_is_told(const size_row *r) {
  for (size_t size = 0; size < sizeof(size_t); ++size) {
    char *memory = given(r, r->size);
    memcpy(memory, &size, sizeof size);
    assert_code(r->use(the_scene, memory), RYFT_INVALID_ARGUMENT, r->type);
    free(memory);
  }
}

static void try_row(const size_row *r) {
  older_callers_are_served(r);
  newer_callers_are_served(r);
  new_settings_are_not_ignored(r);
  a_forgotten_size_is_told(r);
}

static void new_01_structs_of_other_ages(void **state) {
  the_scene = *state;
  for (size_t i = 0; i < size_row_count; ++i) try_row(&size_rows[i]);
}

/* ---- The allocator, which is taken only while nothing is alive. */

static void *allocate(void *user, size_t size) {
  (void)user;
  return malloc(size);
}

static void *reallocate(void *user, void *memory, size_t size) {
  (void)user;
  return realloc(memory, size);
}

static void release(void *user, void *memory) {
  (void)user;
  free(memory);
}

static const ryft_allocator an_allocator = {RYFT_SIZED(ryft_allocator),
                                            .allocate = allocate,
                                            .reallocate = reallocate,
                                            .release = release};
static ryft_error *use_allocator(scene *s, void *given) {
  (void)s;
  RYFT_TRY(ryft_allocator_set(given));
  return ryft_allocator_set(NULL);
}

static void new_01_allocators_of_other_ages(void **state) {
  (void)state;
  const size_row row = {"ryft_allocator",
                        "ryft_allocator_set.allocator",
                        sizeof(ryft_allocator),
                        END_OF(ryft_allocator, release),
                        use_allocator,
                        &an_allocator,
                        false};
  try_row(&row);
}

int main(void) {
  const struct CMUnitTest alone[] = {cmocka_unit_test(new_01_allocators_of_other_ages)};
  const struct CMUnitTest together[] = {cmocka_unit_test(new_01_structs_of_other_ages)};
  return cmocka_run_group_tests(alone, NULL, NULL) +
         cmocka_run_group_tests(together, open_scene, close_scene);
}
