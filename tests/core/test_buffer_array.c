/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Buffers from a ryft_host_array: what it says of the memory holds, whoever keeps it. */
#include "core/buffer_support.h"

static const int32_t SIX[] = {1, 2, 3, 4, 5, 6}, BY_COLUMNS[] = {1, 3, 5, 2, 4, 6};
static const int64_t DIMS[] = {2, 3}, STRIDES[] = {4, 8};

typedef struct owner {
  atomic_int held, released;
} owner;

static void hold(void *who) {
  atomic_fetch_add(&((owner *)who)->held, 1);
}

static void release(void *who) {
  atomic_fetch_add(&((owner *)who)->released, 1);
}

static ryft_host_array six(const void *data) {
  return (ryft_host_array){
      RYFT_SIZED(ryft_host_array), .shape = {RYFT_S32, 2, DIMS}, .data = data, .size = sizeof SIX};
}

static void expect_released(owner *who, int count) {
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 5000 && atomic_load(&who->released) < count; ++i) {
    (void)nanosleep(&pause, NULL);
  }
  assert_int_equal(atomic_load(&who->released), count);
}

static void buf_01_an_array_is_copied(void **state) {
  const fixture *self = *state;
  ryft_host_array array = six(SIX);
  ryft_buffer *buffer = NULL;
  ryft_event *done = NULL;
  assert_ok(ryft_buffer_from_host_array(self->device, &array, NULL, &buffer, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  array.byte_strides = STRIDES;
  assert_ok(ryft_buffer_from_host_array(self->device, &array, NULL, &buffer, NULL));
  expect_contents(buffer, BY_COLUMNS, sizeof BY_COLUMNS);
  ryft_buffer_destroy(buffer);
}

/* By whoever has it, and by the options' `release` where they have one. */
static void buf_06_an_array_is_held(void **state) {
  const fixture *self = *state;
  owner who = {0, 0}, other = {0, 0};
  void *memory = NULL;
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_host_alloc(sizeof SIX, &memory));
  memcpy(memory, SIX, sizeof SIX);
  ryft_host_array array = six(memory);
  array.hold = hold;
  array.release = release;
  array.owner = &who;
  assert_ok(ryft_buffer_from_host_array(self->device, &array, NULL, &buffer, NULL));
  assert_int_equal(atomic_load(&who.held), 1);
  assert_int_equal(atomic_load(&who.released), 0); /* it lies there */
  expect_contents(buffer, SIX, sizeof SIX);
  ryft_buffer_destroy(buffer);
  expect_released(&who, 1);
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options), .release = release, .release_arg = &other};
  assert_ok(ryft_buffer_from_host_array(self->device, &array, &options, &buffer, NULL));
  ryft_buffer_destroy(buffer);
  expect_released(&other, 1);
  assert_int_equal(atomic_load(&who.held), 1);
  ryft_host_free(memory);
}

static void refuse(const fixture *self,
                   const ryft_host_array *array,
                   ryft_from_host_options options,
                   const char *part) {
  owner who = {0, 0};
  ryft_buffer *buffer = (ryft_buffer *)&buffer;
  options.release = release;
  options.release_arg = &who;
  assert_code(ryft_buffer_from_host_array(self->device, array, &options, &buffer, NULL),
              RYFT_INVALID_ARGUMENT,
              part);
  assert_null(buffer);
  assert_int_equal(atomic_load(&who.released), 1);
}

static void buf_06_refusals_give_the_memory_back(void **state) {
  const fixture *self = *state;
  const ryft_from_host_options defaults = {RYFT_SIZED(ryft_from_host_options)};
  ryft_from_host_options options = defaults;
  ryft_host_array array = six(SIX);
  refuse(self, NULL, defaults, "`array` is NULL");
  array.size = 20;
  refuse(self, &array, defaults, "20 are given");
  array.size = sizeof SIX;
  array.hold = hold;
  refuse(self, &array, defaults, "hold and release");
  array.hold = NULL;
  array.struct_size = 0;
  refuse(self, &array, defaults, "ryft_host_array.struct_size is 0");
  array.struct_size = sizeof array;
  options.byte_strides = STRIDES;
  refuse(self, &array, options, "set the array's");
  options = defaults;
  options.byte_offset = 4;
  refuse(self, &array, options, "set the array's");
}

/* Held for the call, and let go of by it. */
static void buf_06_a_refused_array_is_let_go_of(void **state) {
  const fixture *self = *state;
  owner who = {0, 0};
  ryft_host_array array = six(SIX);
  ryft_buffer *buffer = NULL;
  array.hold = hold;
  array.release = release;
  array.owner = &who;
  array.size = 20;
  assert_code(ryft_buffer_from_host_array(self->device, &array, NULL, &buffer, NULL),
              RYFT_INVALID_ARGUMENT,
              "20 are given");
  assert_int_equal(atomic_load(&who.held), atomic_load(&who.released));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(buf_01_an_array_is_copied),
      BUFFER_TEST(buf_06_an_array_is_held),
      BUFFER_TEST(buf_06_refusals_give_the_memory_back),
      BUFFER_TEST(buf_06_a_refused_array_is_let_go_of),
  };
  return cmocka_run_group_tests_name("buffer_array", tests, fixture_open, fixture_close);
}
