/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Executing, waiting, polling and asking allocate nothing once handles have been used before.
 * Linked so that the library's own calls of malloc come by here first; the plugin's do not, and no
 * hook is set, under which nothing would be kept. */
#include <stdatomic.h>

#include "core/program_support.h"
#include "ryft/abi/pjrt.h"
#include "ryft/execute.h"
#include "src/base/pool.h"

enum { WARM_UP = 20, TIMES = 200, DEVICES = 2 };

static atomic_size_t allocations;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __real_realloc(memory, size);
}

typedef struct job {
  const fixture *fixture;
  ryft_loaded_executable *executable;
  ryft_buffer *arguments[2];
  ryft_buffer *result;
} job;

static void job_open(job *self, const fixture *with) {
  *self = (job){.fixture = with, .executable = compile(with, ADD_TEXT, NULL)};
  self->arguments[0] = four(with, 0, 1);
  self->arguments[1] = four(with, 0, 10);
  assert_ok(ryft_execute(self->executable, self->arguments, 2, NULL, &self->result, 1, NULL));
}

static void job_close(job *self) {
  ryft_buffer_destroy(self->arguments[0]);
  ryft_buffer_destroy(self->arguments[1]);
  ryft_loaded_executable_destroy(self->executable);
  expect_four(self->result, 11, 2);
}

/* Does it until nothing is new any more, then counts. Sanitizers see every handle come and go:
 * `handles` says how many there are. */
static void expect_no_allocation(void (*body)(job *), job *self, size_t handles) {
  for (int i = 0; i < WARM_UP; ++i) body(self);
  const size_t before = atomic_load(&allocations);
  for (int i = 0; i < TIMES; ++i) body(self);
  assert_int_equal(atomic_load(&allocations) - before, RYFT__SANITIZED ? handles * TIMES : 0);
}

static void execute_and_drop(job *self) {
  ryft_buffer *sum = NULL;
  assert_ok(ryft_execute(self->executable, self->arguments, 2, NULL, &sum, 1, NULL));
  ryft_buffer_destroy(sum);
}

static void execute_and_await(job *self) {
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options), .keep_all = true};
  ryft_buffer *sum = NULL;
  ryft_event *done = NULL;
  bool ready = false;
  assert_ok(ryft_execute(self->executable, self->arguments, 2, &options, &sum, 1, &done));
  assert_ok(ryft_event_is_ready(done, &ready));
  assert_ok(ryft_event_await(done));
  assert_ok(ryft_event_await_for(done, RYFT_SECONDS(1)));
  assert_ok(ryft_event_error(done));
  ryft_event_destroy(done);
  assert_ok(ryft_buffer_await(sum));
  ryft_buffer_destroy(sum);
}

static void ask(job *self) {
  const ryft_device *device = NULL;
  const ryft_memory *memory = NULL;
  ryft_shape shape;
  bool yes = false;
  size_t size = 0;
  assert_ok(ryft_buffer_shape(self->result, &shape));
  assert_ok(ryft_buffer_host_size(self->result, &size));
  assert_ok(ryft_buffer_device(self->result, &device));
  assert_ok(ryft_buffer_memory(self->result, &memory));
  assert_ok(ryft_buffer_is_on_cpu(self->result, &yes));
  assert_int_equal(ryft_device_id(device), ryft_device_id(self->fixture->device));
}

static void read_back(job *self) {
  float found[4];
  assert_ok(ryft_buffer_read(self->result, found, sizeof found));
  assert_true(found[0] == 11 && found[3] == 17);
}

static void poll_ready(job *self) {
  ryft_event *ready = NULL;
  bool yes = false;
  assert_ok(ryft_buffer_ready(self->result, &ready));
  assert_ok(ryft_event_is_ready(ready, &yes));
  ryft_event_destroy(ready);
}

static void run(void **state, void (*body)(job *), size_t handles) {
  job self;
  job_open(&self, *state);
  expect_no_allocation(body, &self, handles);
  job_close(&self);
}

static void new_09_execute_allocates_nothing(void **state) {
  run(state, execute_and_drop, 1);
}

static void new_09_await_and_poll_allocate_nothing(void **state) {
  run(state, execute_and_await, 2);
  run(state, poll_ready, 1);
}

static void new_09_accessors_and_reading_allocate_nothing(void **state) {
  run(state, ask, 0);
  run(state, read_back, 0);
}

static void execute_on_all(job *self) {
  ryft_buffer *results[DEVICES] = {NULL};
  ryft_buffer *const *const lists[DEVICES] = {&self->arguments[0], &self->arguments[1]};
  ryft_buffer **const outputs[DEVICES] = {&results[0], &results[1]};
  assert_ok(ryft_execute_all(self->executable, lists, DEVICES, 1, NULL, outputs, 1, NULL));
  for (int i = 0; i < DEVICES; ++i) ryft_buffer_destroy(results[i]);
}

static void new_09_many_devices_allocate_nothing(void **state) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  const fixture *with = *state;
  job self = {.fixture = with};
  self.executable =
      compile(with,
              "func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> { return %a : tensor<4xf32> }",
              &options);
  for (size_t i = 0; i < DEVICES; ++i) self.arguments[i] = four(with, i, 1);
  expect_no_allocation(execute_on_all, &self, DEVICES);
  for (size_t i = 0; i < DEVICES; ++i) ryft_buffer_destroy(self.arguments[i]);
  ryft_loaded_executable_destroy(self.executable);
}

/* Where the plugin has a buffer's contents. */
static const void *device_pointer(const fixture *self, ryft_buffer *buffer) {
  PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args args = {
      .struct_size = PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args_STRUCT_SIZE,
      .buffer = ryft_buffer_raw(buffer),
  };
  const PJRT_Api *api = ryft_plugin_api(self->plugin);
  assert_null(api->PJRT_Buffer_OpaqueDeviceMemoryDataPointer(&args));
  return args.device_memory_ptr;
}

static void buf_08_host_memory_is_the_devices(void **state) {
  const fixture *self = *state;
  const size_t sizes[] = {64, 4096, (size_t)3 << 20};
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = RYFT_HOST_ZERO_COPY};
  for (size_t i = 0; i < RYFT__COUNT(sizes); ++i) {
    void *memory = NULL;
    ryft_buffer *buffer = NULL;
    const ryft_shape shape = RYFT_SHAPE(RYFT_U8, (int64_t)sizes[i]);
    assert_ok(ryft_host_alloc(sizes[i], &memory));
    memset(memory, (int)i + 1, sizes[i]);
    assert_ok(ryft_buffer_from_host(
        self->device, memory, sizes[i], shape, &options, &buffer, /* done= */ NULL));
    assert_ptr_equal(device_pointer(self, buffer), memory);
    expect_contents(buffer, memory, sizes[i]);
    ryft_buffer_destroy(buffer);
    ryft_host_free(memory);
  }
}

static void new_09_large_host_memory_begins_with_a_huge_page(void **state) {
  (void)state;
  void *memory = NULL;
  assert_ok(ryft_host_alloc(((size_t)2 << 20) + 1, &memory));
  assert_int_equal((uintptr_t)memory % ((size_t)2 << 20), 0);
  memset(memory, 1, ((size_t)2 << 20) + 1);
  ryft_host_free(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(new_09_execute_allocates_nothing),
      BUFFER_TEST(new_09_await_and_poll_allocate_nothing),
      BUFFER_TEST(new_09_accessors_and_reading_allocate_nothing),
      BUFFER_TEST(new_09_many_devices_allocate_nothing),
      BUFFER_TEST(buf_08_host_memory_is_the_devices),
      BUFFER_TEST(new_09_large_host_memory_begins_with_a_huge_page),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
