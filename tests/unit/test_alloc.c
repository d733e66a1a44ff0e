/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/alloc.h"

#include <stdlib.h>
#include <string.h>

#include "ryft/allocator.h"
#include "ryft/host_memory.h"
#include "ryft/live_objects.h"
#include "support/assert.h"

/* An allocator that counts and, once `left` allocations were made, gives nothing. */
typedef struct stingy {
  size_t left;
  size_t alive;
} stingy;

static void *stingy_reallocate(void *user, void *memory, size_t size) {
  stingy *self = user;
  if (self->left == 0) return NULL;
  --self->left;
  void *moved = realloc(memory, size);
  if (memory == NULL && moved != NULL) ++self->alive;
  return moved;
}

static void *stingy_allocate(void *user, size_t size) {
  return stingy_reallocate(user, NULL, size);
}

static void stingy_release(void *user, void *memory) {
  stingy *self = user;
  --self->alive;
  free(memory);
}

static void nothing_is_a_valid_pointer(void **state) {
  (void)state;
  void *memory = ryft__alloc(0);
  assert_non_null(memory);
  memory = ryft__realloc(memory, 0);
  assert_non_null(memory);
  ryft__free(memory);
  ryft__free(NULL);
}

static void arrays_are_zero_and_checked(void **state) {
  (void)state;
  unsigned char *array = ryft__alloc_array(7, 3);
  assert_non_null(array);
  for (size_t i = 0; i < 21; ++i) assert_int_equal(array[i], 0);
  ryft__free(array);
  assert_null(ryft__alloc_array(SIZE_MAX / 2, 3));
}

static void texts_end_in_nul(void **state) {
  (void)state;
  char *copy = ryft__copy_text("abcdef", 3);
  assert_string_equal(copy, "abc");
  ryft__free(copy);
  copy = ryft__copy_text(NULL, 0);
  assert_string_equal(copy, "");
  ryft__free(copy);
}

static void host_memory_is_aligned(void **state) {
  (void)state;
  for (size_t size = 0; size < 300; size += 13) {
    void *memory = NULL;
    assert_ok(ryft_host_alloc(size, &memory));
    assert_int_equal((uintptr_t)memory % 64, 0);
    memset(memory, 0xa5, size);
    ryft_host_free(memory);
  }
  ryft_host_free(NULL);
}

static void absurd_host_memory_is_refused(void **state) {
  (void)state;
  void *memory = &memory;
  assert_code(ryft_host_alloc(SIZE_MAX, &memory), RYFT_RESOURCE_EXHAUSTED, "host memory");
  assert_null(memory);
}

static void the_hook_sees_everything(void **state) {
  (void)state;
  stingy self = {.left = 3};
  const ryft_allocator allocator = {
      RYFT_SIZED(ryft_allocator),
      .allocate = stingy_allocate,
      .reallocate = stingy_reallocate,
      .release = stingy_release,
      .user = &self,
  };
  assert_ok(ryft_allocator_set(&allocator));
  void *memory = NULL;
  assert_ok(ryft_host_alloc(10, &memory));
  char *text = ryft__copy_text("x", 1);
  assert_non_null(text);
  assert_int_equal(self.alive, 2);
  text = ryft__realloc(text, 100);
  assert_non_null(text);
  assert_int_equal(self.alive, 2);
  assert_null(ryft__alloc(1));
  assert_null(ryft__alloc_zero(1));
  assert_null(ryft__copy_text("x", 1));
  ryft__free(text);
  ryft_host_free(memory);
  assert_int_equal(self.alive, 0);
  assert_ok(ryft_allocator_set(NULL));
}

static void hooks_must_be_whole(void **state) {
  (void)state;
  ryft_allocator half = {
      RYFT_SIZED(ryft_allocator),
      .allocate = stingy_allocate,
      .release = stingy_release,
  };
  assert_code(ryft_allocator_set(&half), RYFT_INVALID_ARGUMENT, "reallocate");
  half.struct_size = 0;
  assert_code(ryft_allocator_set(&half), RYFT_INVALID_ARGUMENT, "struct_size");
}

static void hooks_stay_while_objects_live(void **state) {
  (void)state;
  const size_t before = ryft_live_objects();
  ryft__object_born(RYFT__LIVE_PROGRAM);
  assert_int_equal(ryft_live_objects(), before + 1);
  assert_code(ryft_allocator_set(NULL), RYFT_FAILED_PRECONDITION, "alive");
  ryft__object_gone(RYFT__LIVE_PROGRAM);
  assert_int_equal(ryft_live_objects(), before);
  assert_ok(ryft_allocator_set(NULL));
}

static void hooks_stay_while_their_memory_lives(void **state) {
  (void)state;
  void *memory = NULL;
  ryft_error *error = ryft_error_create(RYFT_ABORTED, "kept");
  assert_code(ryft_allocator_set(NULL), RYFT_FAILED_PRECONDITION, "1 errors or");
  ryft_error_destroy(ryft_error_copy(error));
  assert_code(ryft_allocator_set(NULL), RYFT_FAILED_PRECONDITION, "1 errors or");
  ryft_error_destroy(error);
  assert_ok(ryft_host_alloc(1, &memory));
  assert_code(ryft_allocator_set(NULL), RYFT_FAILED_PRECONDITION, "host memory");
  ryft_host_free(memory);
  assert_ok(ryft_allocator_set(NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_a_valid_pointer),
      cmocka_unit_test(arrays_are_zero_and_checked),
      cmocka_unit_test(texts_end_in_nul),
      cmocka_unit_test(host_memory_is_aligned),
      cmocka_unit_test(absurd_host_memory_is_refused),
      cmocka_unit_test(the_hook_sees_everything),
      cmocka_unit_test(hooks_must_be_whole),
      cmocka_unit_test(hooks_stay_while_objects_live),
      cmocka_unit_test(hooks_stay_while_their_memory_lives),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
