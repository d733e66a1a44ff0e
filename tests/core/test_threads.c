/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Many threads on one plugin whose work completes on threads of its own. Under the thread sanitizer
 * this is the test of what the headers say under "Threads". */
#include <pthread.h>
#include <stdatomic.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

enum { THREADS = 8, ROUNDS = 40 };

#define SUM FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

typedef struct shared {
  ryft_plugin *plugin;
  ryft_client *client;
  ryft_loaded_executable *executable;
  ryft_buffer *buffer; /* 1 2 3 4 */
  ryft_event *event;
  atomic_int callbacks;
  atomic_int drops;
  atomic_int failures; /* cmocka's assertions are for the main thread only */
} shared;

typedef struct worker {
  pthread_t thread;
  shared *all;
  int number;
} worker;

static void count_drop(void *arg) {
  atomic_fetch_add(&((shared *)arg)->drops, 1);
}

static void count_callback(const ryft_error *error, void *arg) {
  shared *all = arg;
  if (error != NULL) atomic_fetch_add(&all->failures, 1);
  atomic_fetch_add(&all->callbacks, 1);
}

static bool failed(shared *all, ryft_error *error) {
  if (error == NULL) return false;
  print_error("%s: %s\n", ryft_error_where(error), ryft_error_message(error));
  ryft_error_destroy(error);
  atomic_fetch_add(&all->failures, 1);
  return true;
}

static ryft_error *upload(ryft_client *client, const int32_t values[4], ryft_buffer **out) {
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = RYFT_HOST_UNTIL_TRANSFERRED};
  ryft_event *done = NULL;
  ryft_error *error = ryft_buffer_from_host(ryft_client_devices(client).items[0],
                                            values,
                                            4 * sizeof *values,
                                            RYFT_SHAPE(RYFT_S32, 4),
                                            &options,
                                            out,
                                            &done);
  if (error == NULL) error = ryft_event_await(done);
  ryft_event_destroy(done);
  return error;
}

/* values + 1 2 3 4, by way of the device. */
static ryft_error *add_shared(shared *all, ryft_loaded_executable *executable, int32_t values[4]) {
  ryft_buffer *mine = NULL, *sum = NULL;
  ryft_event *done = NULL;
  ryft_error *error = upload(all->client, values, &mine);
  ryft_buffer *arguments[] = {mine, all->buffer};
  if (error == NULL) error = ryft_execute(executable, arguments, 2, NULL, &sum, 1, &done);
  ryft_buffer_destroy(mine); /* the execution keeps what it needs */
  if (error == NULL) error = ryft_event_on_ready(done, count_callback, all, count_drop);
  ryft_event_destroy(done);
  if (error == NULL) error = ryft_buffer_read(sum, values, 4 * sizeof *values);
  ryft_buffer_destroy(sum);
  return error;
}

static void *run_shared(void *arg) {
  worker *self = arg;
  for (int round = 0; round < ROUNDS; ++round) {
    int32_t values[4] = {self->number, round, 0, -1};
    if (failed(self->all, add_shared(self->all, self->all->executable, values))) break;
    const bool right =
        values[0] == self->number + 1 && values[1] == round + 2 && values[2] == 3 && values[3] == 3;
    if (!right) atomic_fetch_add(&self->all->failures, 1);
  }
  return NULL;
}

static void *run_compiling(void *arg) {
  worker *self = arg;
  for (int round = 0; round < ROUNDS; ++round) {
    int32_t values[4] = {0, 0, 0, 0};
    ryft_loaded_executable *own = NULL;
    const ryft_signature *signature = NULL;
    if (failed(self->all,
               ryft_client_compile(self->all->client, RYFT_PROGRAM_TEXT(SUM), NULL, &own)))
      break;
    failed(self->all, ryft_loaded_executable_signature(own, &signature));
    failed(self->all, add_shared(self->all, own, values));
    ryft_loaded_executable_destroy(own);
    if (values[3] != 4) atomic_fetch_add(&self->all->failures, 1);
  }
  return NULL;
}

/* Everybody asks the same objects the same things, whose answers are cached on first use. */
static void *run_asking(void *arg) {
  worker *self = arg;
  ryft_shape shape;
  const ryft_device *device = NULL;
  const ryft_memory *memory = NULL;
  const ryft_signature *signature = NULL;
  const char *name = NULL;
  failed(self->all, ryft_buffer_shape(self->all->buffer, &shape));
  failed(self->all, ryft_buffer_device(self->all->buffer, &device));
  failed(self->all, ryft_buffer_memory(self->all->buffer, &memory));
  failed(self->all, ryft_loaded_executable_signature(self->all->executable, &signature));
  failed(self->all,
         ryft_executable_name(ryft_loaded_executable_executable(self->all->executable), &name));
  const bool right = shape.rank == 1 && shape.dims[0] == 4 && signature->parameter_count == 2 &&
                     device == ryft_client_devices(self->all->client).items[0] && memory != NULL &&
                     name[0] == 'f';
  if (!right) atomic_fetch_add(&self->all->failures, 1);
  return NULL;
}

static void *run_reading(void *arg) {
  worker *self = arg;
  for (int round = 0; round < ROUNDS; ++round) {
    int32_t read[4] = {0};
    if (failed(self->all, ryft_buffer_read(self->all->buffer, read, sizeof read))) break;
    if (read[0] != 1 || read[3] != 4) atomic_fetch_add(&self->all->failures, 1);
  }
  return NULL;
}

static void *run_waiting(void *arg) {
  worker *self = arg;
  failed(self->all, ryft_event_await(self->all->event));
  failed(self->all, ryft_event_await_for(self->all->event, RYFT_SECONDS(60)));
  return NULL;
}

static void *run_clients(void *arg) {
  worker *self = arg;
  for (int round = 0; round < 5; ++round) {
    ryft_client *client = NULL;
    ryft_buffer *buffer = NULL;
    const int32_t values[4] = {4, 3, 2, 1};
    int32_t read[4] = {0};
    if (failed(self->all, ryft_client_create(self->all->plugin, NULL, &client))) break;
    failed(self->all, upload(client, values, &buffer));
    ryft_client_destroy(client);
    failed(self->all, ryft_buffer_read(buffer, read, sizeof read));
    ryft_buffer_destroy(buffer);
    if (read[0] != 4) atomic_fetch_add(&self->all->failures, 1);
  }
  return NULL;
}

static void run_threads(shared *all, void *(*run)(void *arg)) {
  worker workers[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    workers[i] = (worker){.all = all, .number = i};
    assert_int_equal(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
  }
  /* For those who wait for it. */
  assert_ok(ryft_event_set(all->event, NULL));
  for (int i = 0; i < THREADS; ++i) pthread_join(workers[i].thread, NULL);
  assert_int_equal(atomic_load(&all->failures), 0);
}

static fake_control fake;

static int set_up(void **state) {
  static shared all;
  static const int32_t values[4] = {1, 2, 3, 4};
  all = (shared){.plugin = fake_load("fake_async", &fake)};
  assert_ok(ryft_client_create(all.plugin, NULL, &all.client));
  assert_ok(ryft_client_compile(all.client, RYFT_PROGRAM_TEXT(SUM), NULL, &all.executable));
  assert_ok(upload(all.client, values, &all.buffer));
  assert_ok(ryft_event_create(all.plugin, &all.event));
  *state = &all;
  return 0;
}

static int tear_down(void **state) {
  shared *all = *state;
  ryft_event_destroy(all->event);
  ryft_buffer_destroy(all->buffer);
  ryft_loaded_executable_destroy(all->executable);
  ryft_client_destroy(all->client);
  ryft_plugin_destroy(all->plugin);
  assert_nothing_alive(&fake);
  assert_int_equal(atomic_load(&all->callbacks), atomic_load(&all->drops));
  return 0;
}

/* In memory of the host, which is read without the plugin's help. */
static void thr_01_readers_of_one_buffer(void **state) {
  shared *all = *state;
  ryft_buffer *elsewhere = all->buffer;
  const ryft_device *device = ryft_client_devices(all->client).items[0];
  const ryft_memory *pinned = ryft_device_memories(device).items[1];
  assert_string_equal(ryft_memory_kind(pinned), "pinned_host");
  assert_ok(ryft_buffer_copy_to_memory(elsewhere, pinned, &all->buffer));
  ryft_buffer_destroy(elsewhere);
  run_threads(all, run_reading);
  assert_int_not_equal(fake.fake_call_count("PJRT_Buffer_IncreaseExternalReferenceCount"), 0);
}

static void thr_01_one_executable(void **state) {
  shared *all = *state;
  run_threads(all, run_shared);
}

static void thr_01_compiling(void **state) {
  run_threads(*state, run_compiling);
}
static void thr_01_caches(void **state) {
  run_threads(*state, run_asking);
}
static void thr_01_waiting(void **state) {
  run_threads(*state, run_waiting);
}
static void thr_01_clients(void **state) {
  run_threads(*state, run_clients);
}

int main(void) {
#define SHARED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      SHARED(thr_01_one_executable),
      SHARED(thr_01_readers_of_one_buffer),
      SHARED(thr_01_compiling),
      SHARED(thr_01_caches),
      SHARED(thr_01_waiting),
      SHARED(thr_01_clients),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
