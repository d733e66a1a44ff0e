/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Real plugins under many threads: what the headers say under "Threads", with a plugin's own thread
 * pools at work behind it; events given up while copies are in flight; and forks in the middle. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/event_support.h"
#include "core/program_support.h"

enum { THREADS = 8, SECONDS = 3, ROUNDS = 100, ROWS = 256, ELEMENTS = ROWS * 1024 };

/* ---- Threads that do a bit of everything. */

typedef struct shared {
  const fixture *self;
  ryft_loaded_executable *executable;
  ryft_buffer *buffer; /* 1 2 3 4 */
  struct timespec end;
  atomic_bool stop;
  atomic_int failures; /* cmocka's assertions are for the main thread only */
  atomic_size_t runs, compilations, clients;
  atomic_int callbacks, drops;
} shared;

typedef struct worker {
  pthread_t thread;
  shared *all;
  unsigned number;
  unsigned dice;
} worker;

static bool failed(shared *all, ryft_error *error) {
  if (error == NULL) return false;
  print_error("%s: %s\n", ryft_error_where(error), ryft_error_message(error));
  ryft_error_destroy(error);
  atomic_fetch_add(&all->failures, 1);
  return true;
}

static void require(shared *all, bool right, const char *what) {
  if (right) return;
  print_error("%s\n", what);
  atomic_fetch_add(&all->failures, 1);
}

static void count_callback(const ryft_error *error, void *arg) {
  shared *all = arg;
  if (error != NULL) atomic_fetch_add(&all->failures, 1);
  atomic_fetch_add(&all->callbacks, 1);
}

static void count_drop(void *arg) {
  atomic_fetch_add(&((shared *)arg)->drops, 1);
}

/* first + 1, first + 3, first + 5, first + 7, by way of the device. */
static void run_once(shared *all, ryft_loaded_executable *executable, float first) {
  const float data[4] = {first, first + 1, first + 2, first + 3};
  float read[4] = {0}, copied[4] = {0};
  ryft_buffer *mine = NULL, *sum = NULL;
  ryft_event *done = NULL, *copy = NULL;
  ryft_error *error = ryft_buffer_from_host(
      all->self->device, data, sizeof data, RYFT_SHAPE(RYFT_F32, 4), NULL, &mine, NULL);
  ryft_buffer *arguments[] = {mine, all->buffer};
  if (error == NULL) error = ryft_execute(executable, arguments, 2, NULL, &sum, 1, &done);
  ryft_buffer_destroy(mine); /* the execution keeps what it needs */
  if (error == NULL) error = ryft_event_on_ready(done, count_callback, all, count_drop);
  ryft_event_destroy(done);
  if (error == NULL) error = ryft_buffer_copy_to_host(sum, NULL, copied, sizeof copied, &copy);
  if (error == NULL) error = ryft_buffer_read(sum, read, sizeof read);
  ryft_buffer_destroy(sum);
  if (copy != NULL) {
    ryft_error *late = ryft_event_await(copy); /* `copied` must outlive it, whatever happened */
    ryft_event_destroy(copy);
    failed(all, late);
  }
  if (failed(all, error)) return;
  for (int i = 0; i < 4; ++i) {
    const float wanted = first + 1 + 2 * (float)i;
    require(all, read[i] == wanted && copied[i] == wanted, "a wrong sum");
  }
  atomic_fetch_add(&all->runs, 1);
}

static void compile_once(shared *all, float first) {
  ryft_loaded_executable *own = NULL;
  const ryft_signature *signature = NULL;
  if (failed(all, ryft_client_compile(all->self->client, RYFT_PROGRAM_TEXT(ADD_TEXT), NULL, &own)))
    return;
  failed(all, ryft_loaded_executable_signature(own, &signature));
  run_once(all, own, first);
  ryft_loaded_executable_destroy(own);
  atomic_fetch_add(&all->compilations, 1);
}

/* Of its own, and given up before the buffer that keeps it. */
static void client_once(shared *all) {
  ryft_client *client = NULL;
  ryft_buffer *buffer = NULL;
  const float data[4] = {1, 2, 3, 4};
  float read[4] = {0};
  if (failed(all, ryft_client_create(all->self->plugin, NULL, &client))) return;
  failed(all,
         ryft_buffer_from_host(ryft_client_devices(client).items[0],
                               data,
                               sizeof data,
                               RYFT_SHAPE(RYFT_F32, 4),
                               NULL,
                               &buffer,
                               NULL));
  ryft_client_destroy(client);
  if (buffer == NULL) return;
  failed(all, ryft_buffer_read(buffer, read, sizeof read));
  require(all, memcmp(read, data, sizeof read) == 0, "a client's contents changed");
  ryft_buffer_destroy(buffer);
  atomic_fetch_add(&all->clients, 1);
}

static bool is_over(const shared *all) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > all->end.tv_sec ||
         (now.tv_sec == all->end.tv_sec && now.tv_nsec >= all->end.tv_nsec);
}

static void *work(void *arg) {
  worker *self = arg;
  shared *all = self->all;
  while (!is_over(all) && !atomic_load(&all->stop) && atomic_load(&all->failures) == 0) {
    self->dice = self->dice * 1664525u + 1013904223u;
    const unsigned roll = (self->dice >> 16) % 64;
    const float first = (float)(roll + 100 * self->number);
    if (roll == 0) {
      client_once(all);
    } else if (roll < 4) {
      compile_once(all, first);
    } else {
      run_once(all, all->executable, first);
    }
  }
  return NULL;
}

static void start(shared *all, worker *workers, long seconds) {
  (void)clock_gettime(CLOCK_MONOTONIC, &all->end);
  all->end.tv_sec += seconds;
  for (unsigned i = 0; i < THREADS; ++i) {
    workers[i] = (worker){.all = all, .number = i, .dice = i + 1};
    assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
  }
}

static void join(shared *all, worker *workers) {
  for (int i = 0; i < THREADS; ++i) assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
  assert_int_equal(atomic_load(&all->failures), 0);
  const int runs = (int)atomic_load(&all->runs);
  for (int i = 0; i < 5000 && atomic_load(&all->drops) < runs; ++i) pause_ms(1);
  assert_int_equal(atomic_load(&all->callbacks), runs);
  assert_int_equal(atomic_load(&all->drops), runs);
}

static void open_shared(const fixture *self, shared *all) {
  *all = (shared){.self = self, .executable = compile(self, ADD_TEXT, NULL)};
  all->buffer = four(self, 0, 1);
}

static void close_shared(shared *all) {
  ryft_loaded_executable_destroy(all->executable);
  ryft_buffer_destroy(all->buffer);
}

static void thr_01_everything_at_once(void **state) {
  static shared all;
  worker workers[THREADS];
  open_shared(*state, &all);
  start(&all, workers, SECONDS);
  join(&all, workers);
  print_message("%zu executions, %zu compilations, %zu clients\n",
                atomic_load(&all.runs),
                atomic_load(&all.compilations),
                atomic_load(&all.clients));
  assert_true(atomic_load(&all.runs) > 100);
  assert_true(atomic_load(&all.compilations) > 0 && atomic_load(&all.clients) > 0);
  close_shared(&all);
}

/* ---- Events that nobody keeps. */

/* A copy on its way to `out`, which is read when the callback says that it arrived. */
typedef struct flight {
  witness seen;
  float *out;
  float first;
  bool right;
} flight;

static void land(const ryft_error *error, void *arg) {
  flight *f = arg;
  f->right = error == NULL;
  for (size_t i = 0; f->right && i < ELEMENTS; ++i) f->right = f->out[i] == f->first + (float)i;
  see(error, &f->seen);
}

static void drop_flight(void *arg) {
  drop(&((flight *)arg)->seen);
}

static ryft_buffer *many(const ryft_device *device, float first) {
  float *data = malloc(sizeof(float) * ELEMENTS);
  ryft_buffer *buffer = NULL;
  assert_non_null(data);
  for (size_t i = 0; i < ELEMENTS; ++i) data[i] = first + (float)i;
  /* Given up as soon as the plugin says so, perhaps on a thread of its own. */
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = RYFT_HOST_UNTIL_TRANSFERRED,
                                          .release = free,
                                          .release_arg = data};
  ryft_event *done = NULL;
  assert_ok(ryft_buffer_from_host(device,
                                  data,
                                  sizeof(float) * ELEMENTS,
                                  RYFT_SHAPE(RYFT_F32, ROWS, 1024),
                                  &options,
                                  &buffer,
                                  &done));
  ryft_event_destroy(done); /* at once; `data` is freed all the same, and not before */
  return buffer;
}

static void take_off(const ryft_device *device, flight *f, float first) {
  ryft_buffer *buffer = many(device, first);
  ryft_event *copied = NULL;
  *f = (flight){.out = calloc(ELEMENTS, sizeof(float)), .first = first};
  assert_non_null(f->out);
  assert_ok(ryft_buffer_copy_to_host(buffer, NULL, f->out, sizeof(float) * ELEMENTS, &copied));
  assert_ok(ryft_event_on_ready(copied, land, f, drop_flight));
  ryft_event_destroy(copied);
  ryft_buffer_destroy(buffer);
}

static void expect_landed(flight *f) {
  expect_seen_once(&f->seen, RYFT_OK);
  assert_true(f->right);
  free(f->out);
}

static void evt_07_events_dropped_with_copies_in_flight(void **state) {
  const fixture *self = *state;
  enum { FLIGHTS = 8 };
  flight flights[FLIGHTS];
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < FLIGHTS; ++i) take_off(self->device, &flights[i], (float)(round + i));
    for (int i = 0; i < FLIGHTS; ++i) expect_landed(&flights[i]);
  }
}

/* The callback's event was the last thing that kept the client. */
static void evt_07_clients_dropped_with_copies_in_flight(void **state) {
  const fixture *self = *state;
  for (int round = 0; round < 10; ++round) {
    ryft_client *client = NULL;
    flight f;
    assert_ok(ryft_client_create(self->plugin, /* options= */ NULL, &client));
    take_off(ryft_client_devices(client).items[0], &f, (float)round);
    ryft_client_destroy(client);
    expect_landed(&f);
  }
  for (int i = 0; i < 5000 && ryft_live_objects() != 1; ++i) pause_ms(1);
}

/* Results given up before they exist, with a callback on the execution. */
static void evt_07_executions_dropped(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = compile(self, ADD_TEXT, NULL);
  static witness seen[ROUNDS];
  for (int i = 0; i < ROUNDS; ++i) {
    ryft_buffer *arguments[] = {four(self, 0, 1), four(self, 0, 2)}, *sum = NULL;
    ryft_event *done = NULL, *ready = NULL;
    assert_ok(ryft_execute(executable, arguments, 2, NULL, &sum, 1, &done));
    ryft_buffer_destroy(arguments[0]);
    assert_ok(ryft_buffer_ready(sum, &ready));
    ryft_buffer_destroy(sum);
    ryft_buffer_destroy(arguments[1]);
    seen[i] = (witness){.calls = 0};
    assert_ok(ryft_event_on_ready(i % 2 == 0 ? done : ready, see, &seen[i], drop));
    ryft_event_destroy(done);
    ryft_event_destroy(ready);
  }
  ryft_loaded_executable_destroy(executable);
  for (int i = 0; i < ROUNDS; ++i) expect_seen_once(&seen[i], RYFT_OK);
}

/* ---- Readers of one buffer, who do nothing else: plugins do not guard its references. */

enum { READERS = 4, READS = 2000 };

static void *read_often(void *arg) {
  shared *all = arg;
  for (int i = 0; i < READS; ++i) {
    float read[4] = {0};
    if (failed(all, ryft_buffer_read(all->buffer, read, sizeof read))) break;
    require(all, read[0] == 1 && read[3] == 4, "a reader found something else");
  }
  return NULL;
}

static void thr_01_readers_of_one_buffer(void **state) {
  const fixture *self = *state;
  pthread_t threads[READERS];
  shared all = {.self = self, .buffer = four(self, 0, 1)};
  for (int i = 0; i < READERS; ++i) {
    assert_int_equal(pthread_create(&threads[i], NULL, read_often, &all), 0);
  }
  for (int i = 0; i < READERS; ++i) assert_int_equal(pthread_join(threads[i], NULL), 0);
  ryft_buffer_destroy(all.buffer);
  assert_int_equal(atomic_load(&all.failures), 0);
}

/* ---- Forks. The child has the objects but not the plugin's threads. */

typedef struct family {
  const fixture *self;
  ryft_loaded_executable *executable;
  ryft_buffer *left, *right;
  ryft_event *event;
  ryft_session *session;
} family;

static bool refused(ryft_error *error) {
  const bool right = ryft_error_code(error) == RYFT_FAILED_PRECONDITION &&
                     strstr(ryft_error_message(error), "fork") != NULL;
  if (!right) print_error("%s: %s\n", ryft_error_where(error), ryft_error_message(error));
  ryft_error_destroy(error);
  return right;
}

/* How many of a child's calls did not answer as they should. */
static int call_in_child(family *f) {
  const float data[4] = {0};
  float read[4];
  bool flag;
  int wrong = 0;
  ryft_client *client = NULL;
  ryft_plugin *plugin = NULL;
  ryft_buffer *buffer = NULL, *arguments[] = {f->left, f->right};
  ryft_loaded_executable *executable = NULL;
  ryft_event *event = NULL;
  const char *path = ryft_plugin_path(f->self->plugin);
  const ryft_program program = text_program(ADD_TEXT);
  wrong += !refused(ryft_plugin_load(path, NULL, &plugin)) || plugin != NULL;
  wrong += !refused(ryft_client_create(f->self->plugin, NULL, &client)) || client != NULL;
  wrong += !refused(ryft_buffer_from_host(
               f->self->device, data, sizeof data, RYFT_SHAPE(RYFT_F32, 4), NULL, &buffer, NULL)) ||
           buffer != NULL;
  wrong += !refused(ryft_buffer_read(f->left, read, sizeof read));
  wrong += !refused(ryft_buffer_await(f->left));
  wrong += !refused(ryft_buffer_delete(f->left));
  wrong += !refused(ryft_buffer_copy_to_host(f->left, NULL, read, sizeof read, &event));
  wrong += !refused(ryft_buffer_ready(f->left, &event)) || event != NULL;
  wrong += !refused(ryft_event_await(f->event));
  wrong += !refused(ryft_event_await_for(f->event, RYFT_SECONDS(5)));
  wrong += !refused(ryft_event_is_ready(f->event, &flag));
  wrong += !refused(ryft_client_compile(f->self->client, &program, NULL, &executable)) ||
           executable != NULL;
  wrong += !refused(ryft_execute(f->executable, arguments, 2, NULL, &buffer, 1, &event)) ||
           buffer != NULL || event != NULL;
  const ryft_logical_id *places = NULL;
  const int *ids = NULL;
  size_t count = 0, partitions = 0;
  wrong += !refused(ryft_loaded_executable_logical_ids(f->executable, &places, &count));
  wrong += !refused(ryft_loaded_executable_assignment(f->executable, &ids, &count, &partitions));
  wrong += !refused(ryft_session_run(f->session));
  wrong += !refused(ryft_session_get(f->session, "sum", read, sizeof read));
  return wrong;
}

static int live_in_child(family *f) {
  const int wrong = call_in_child(f);
  ryft_session_destroy(f->session);
  ryft_event_destroy(f->event);
  ryft_buffer_destroy(f->left);
  ryft_buffer_destroy(f->right);
  ryft_loaded_executable_destroy(f->executable);
  ryft_client_destroy(f->self->client);
  ryft_plugin_destroy(f->self->plugin);
  return wrong;
}

/* alarm() tells a child that hangs from one that works. */
static void fork_once(family *f) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    alarm(20);
    _exit(live_in_child(f));
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) fail_msg("the child ended with signal %d", WTERMSIG(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

static void open_family(const fixture *self, family *f) {
  static const char *const inputs[] = {"left", "right"};
  static const char *const outputs[] = {"sum"};
  *f = (family){.self = self, .executable = compile(self, ADD_TEXT, NULL)};
  f->left = four(self, 0, 1);
  f->right = four(self, 0, 2);
  assert_ok(ryft_buffer_ready(f->left, &f->event));
  assert_ok(ryft_session_create(f->executable, inputs, 2, outputs, 1, NULL, &f->session));
  assert_ok(ryft_session_set(f->session, "left", f->left));
  assert_ok(ryft_session_set(f->session, "right", f->right));
  assert_ok(ryft_session_run(f->session));
}

/* The parent's objects are as they were. */
static void close_family(family *f) {
  float read[4];
  assert_ok(ryft_session_run(f->session));
  assert_ok(ryft_session_get(f->session, "sum", read, sizeof read));
  assert_true(read[0] == 3 && read[3] == 9);
  assert_ok(ryft_event_await(f->event));
  ryft_session_destroy(f->session);
  ryft_event_destroy(f->event);
  expect_four(f->left, 1, 1);
  expect_four(f->right, 2, 1);
  ryft_loaded_executable_destroy(f->executable);
}

static void thr_01_forks_are_refused_everything(void **state) {
  family f;
  open_family(*state, &f);
  fork_once(&f);
  close_family(&f);
}

/* Other threads may be anywhere in the library, with its locks in their hands. */
static void thr_01_forks_while_others_work(void **state) {
  static shared all;
  worker workers[THREADS];
  family f;
  open_family(*state, &f);
  open_shared(*state, &all);
  start(&all, workers, /* seconds= */ 60);
  for (int i = 0; i < 20; ++i) {
    fork_once(&f);
    pause_ms(5);
  }
  atomic_store(&all.stop, true);
  join(&all, workers);
  close_shared(&all);
  close_family(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(thr_01_readers_of_one_buffer),
      BUFFER_TEST(thr_01_everything_at_once),
      BUFFER_TEST(evt_07_events_dropped_with_copies_in_flight),
      BUFFER_TEST(evt_07_clients_dropped_with_copies_in_flight),
      BUFFER_TEST(evt_07_executions_dropped),
      BUFFER_TEST(thr_01_forks_are_refused_everything),
      BUFFER_TEST(thr_01_forks_while_others_work),
  };
  return cmocka_run_group_tests_name("threads_real", tests, fixture_open, fixture_close);
}
