/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Forks while other threads hold every lock that the library has: the child, in which nobody is
 * left to unlock them, must answer all the same. The locks are held by calls that the plugin keeps
 * from coming back. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ryft/abi/pjrt.h"
#include "ryft/ryft.h"
#include "src/core/client.h"
#include "support/assert.h"
#include "support/plugin.h"

#define SUM FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

/* ---- A plugin whose calls can be held. */

static const PJRT_Api *fake_api;
static PJRT_Api api, others[2], *other = others; /* each can be loaded once */
static fake_control fake;
static bool held; /* from now on; set before the threads that are to be held start */
static sem_t inside, may_leave;

static void stay(void) {
  if (!held) return;
  (void)sem_post(&inside);
  (void)sem_wait(&may_leave);
}

#define HELD(name)                                    \
  static PJRT_Error *held_##name(name##_Args *args) { \
    stay();                                           \
    return fake_api->name(args);                      \
  }
HELD(PJRT_Plugin_Initialize)
HELD(PJRT_Client_Destroy)
HELD(PJRT_Executable_Name)
HELD(PJRT_Event_OnReady)

static int load(void **state) {
  (void)state;
  fake_api = ryft_plugin_api(fake_load("fake", &fake));
  api = *fake_api;
  api.PJRT_Client_Destroy = held_PJRT_Client_Destroy;
  api.PJRT_Executable_Name = held_PJRT_Executable_Name;
  api.PJRT_Event_OnReady = held_PJRT_Event_OnReady;
  for (size_t i = 0; i < 2; ++i) {
    others[i] = *fake_api;
    others[i].PJRT_Plugin_Initialize = held_PJRT_Plugin_Initialize;
  }
  return sem_init(&inside, 0, 0) | sem_init(&may_leave, 0, 0);
}

/* ---- What is there when the process forks. */

typedef struct family {
  ryft_plugin *plugin;
  ryft_client *client, *leaving;
  ryft_buffer *buffer;
  ryft_loaded_executable *executable;
  ryft_event *event;
} family;

static void open_family(family *f) {
  static const int32_t numbers[4] = {1, 2, 3, 4};
  *f = (family){.plugin = NULL};
  assert_ok(ryft_plugin_attach(&api, /* options= */ NULL, &f->plugin));
  assert_ok(ryft_client_create(f->plugin, /* options= */ NULL, &f->client));
  assert_ok(ryft_client_create(f->plugin, /* options= */ NULL, &f->leaving));
  assert_ok(ryft_buffer_from_host(ryft_client_devices(f->client).items[0],
                                  numbers,
                                  sizeof numbers,
                                  RYFT_SHAPE(RYFT_S32, 4),
                                  /* options= */ NULL,
                                  &f->buffer,
                                  /* done= */ NULL));
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  assert_ok(ryft_client_compile(f->client, RYFT_PROGRAM_TEXT(SUM), &options, &f->executable));
  assert_ok(ryft_event_create(f->plugin, &f->event));
}

static void close_family(family *f) {
  ryft_event_destroy(f->event);
  ryft_buffer_destroy(f->buffer);
  ryft_loaded_executable_destroy(f->executable);
  ryft_client_destroy(f->client);
}

/* ---- The threads that hold a lock each. */

static void *hold_shapes(void *arg) {
  ryft_client *client = ((family *)arg)->client;
  (void)pthread_mutex_lock(&client->shapes.lock);
  stay();
  (void)pthread_mutex_unlock(&client->shapes.lock);
  return NULL;
}

static void *hold_executable(void *arg) {
  const char *name = NULL;
  return ryft_executable_name(ryft_loaded_executable_executable(((family *)arg)->executable),
                              &name);
}

static void *hold_event(void *arg) {
  return ryft_event_await_for(((family *)arg)->event, RYFT_MILLISECONDS(1));
}

static void *hold_lifecycle(void *arg) {
  ryft_client_destroy(((family *)arg)->leaving);
  return NULL;
}

static void *hold_plugins(void *arg) {
  ryft_plugin *plugin = NULL;
  (void)arg;
  return ryft_plugin_attach(other++, /* options= */ NULL, &plugin);
}

typedef void *(*holder)(void *arg);

static void hold(const holder *holders, size_t count, pthread_t *threads, family *f) {
  held = true;
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(pthread_create(&threads[i], NULL, holders[i], f), 0);
    assert_int_equal(sem_wait(&inside), 0);
  }
}

/* What the holders' calls answered is then in `answers`. */
static void let_go(size_t count, const pthread_t *threads, ryft_error **answers) {
  for (size_t i = 0; i < count; ++i) (void)sem_post(&may_leave);
  for (size_t i = 0; i < count; ++i) {
    void *answer = NULL;
    assert_int_equal(pthread_join(threads[i], &answer), 0);
    answers[i] = answer;
  }
  held = false;
}

/* ---- The child. */

static int wrong; /* calls that did not answer as they should */

static void expect_refused(ryft_error *error, const char *call) {
  const bool right = ryft_error_code(error) == RYFT_FAILED_PRECONDITION &&
                     strstr(ryft_error_message(error), "was forked from") != NULL;
  if (!right) fprintf(stderr, "%s: %s\n", call, ryft_error_message(error));
  wrong += !right;
  ryft_error_destroy(error);
}
#define REFUSED(call) expect_refused((call), #call)

static void call_in_child(family *f) {
  static const int32_t numbers[4] = {0};
  const ryft_device *device = ryft_client_devices(f->client).items[0];
  const ryft_executable *executable = ryft_loaded_executable_executable(f->executable);
  ryft_plugin *plugin = NULL;
  ryft_client *client = NULL;
  ryft_buffer *buffer = NULL;
  const ryft_signature *signature = NULL;
  const ryft_logical_id *places = NULL;
  const int *ids = NULL;
  const char *name = NULL;
  size_t count = 0, partitions = 0;
  REFUSED(ryft_buffer_from_host(
      device, numbers, sizeof numbers, RYFT_SHAPE(RYFT_S32, 4), NULL, &buffer, NULL));
  REFUSED(ryft_executable_name(executable, &name));
  REFUSED(ryft_executable_signature(executable, &signature));
  REFUSED(ryft_loaded_executable_logical_ids(f->executable, &places, &count));
  REFUSED(ryft_loaded_executable_assignment(f->executable, &ids, &count, &partitions));
  REFUSED(ryft_event_await_for(f->event, RYFT_SECONDS(5)));
  REFUSED(ryft_client_create(f->plugin, /* options= */ NULL, &client));
  REFUSED(ryft_plugin_attach(&api, /* options= */ NULL, &plugin));
  REFUSED(ryft_plugin_load(fake_path("fake"), /* options= */ NULL, &plugin));
}

/* The last client goes in a callback, where a thread would be had to end it. */
static int live_in_child(void *arg) {
  family *f = arg;
  call_in_child(f);
  ryft__callback_enter();
  close_family(f);
  ryft__callback_leave();
  if (ryft_live_objects() != 1) { /* the client that another thread was ending */
    fprintf(stderr, "%zu objects are alive\n", ryft_live_objects());
    ++wrong;
  }
  return wrong;
}

static int load_in_child(void *arg) {
  ryft_plugin *plugin = NULL;
  (void)arg;
  REFUSED(ryft_plugin_load(fake_path("fake"), /* options= */ NULL, &plugin));
  REFUSED(ryft_plugin_attach(&api, /* options= */ NULL, &plugin));
  return wrong;
}

static int wait_in_child(void *arg) {
  ryft_event *event = ((family *)arg)->event;
  REFUSED(ryft_event_await_for(event, RYFT_SECONDS(5)));
  ryft_event_destroy(event);
  return wrong;
}

static int use_in_child(void *arg) {
  ryft_client *client = NULL;
  assert_ok(ryft_client_create(arg, /* options= */ NULL, &client));
  ryft_client_destroy(client);
  return 0;
}

/* alarm() tells a child that hangs from one that works. */
static void fork_once(int (*live)(void *arg), void *arg) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    alarm(20);
    _exit(live(arg));
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) fail_msg("the child ended with signal %d", WTERMSIG(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- The tests, of which the last makes the process's first client. */

/* There is no client yet, only half a plugin. */
static void thr_01_a_fork_while_a_plugin_is_loaded(void **state) {
  static const holder holders[] = {hold_plugins};
  pthread_t thread;
  ryft_error *answer = NULL;
  (void)state;
  hold(holders, 1, &thread, NULL);
  fork_once(load_in_child, NULL);
  let_go(1, &thread, &answer);
  assert_ok(answer);
}

/* A plugin that lies there whole, without a client, can be used on either side. An event that could
 * not be made changes nothing. */
static void thr_01_a_fork_between_loading_and_the_first_client(void **state) {
  ryft_plugin *plugin = NULL;
  ryft_event *event = NULL;
  (void)state;
  assert_ok(ryft_plugin_load(fake_path("fake"), /* options= */ NULL, &plugin));
  fake.fake_fail_next("PJRT_Event_Create", 1, RYFT_UNIMPLEMENTED, "no");
  assert_code(ryft_event_create(plugin, &event), RYFT_UNIMPLEMENTED, NULL);
  fork_once(use_in_child, plugin);
}

/* So does a client that could not be made, whoever refused it. */
static void thr_01_a_fork_after_a_client_was_refused(void **state) {
  const ryft_named_value count[] = {ryft_named_int64("cpu_device_count", -1)};
  const ryft_client_options options = {
      RYFT_SIZED(ryft_client_options), .values = count, .value_count = 1};
  ryft_plugin *plugin = NULL;
  ryft_client *client = NULL;
  (void)state;
  assert_ok(ryft_plugin_load(fake_path("fake"), /* options= */ NULL, &plugin));
  assert_code(
      ryft_client_create(plugin, &options, &client), RYFT_INVALID_ARGUMENT, "cpu_device_count");
  fork_once(use_in_child, plugin);
  fake.fake_fail_next("PJRT_Client_Create", 1, RYFT_UNAVAILABLE, "no");
  assert_code(ryft_client_create(plugin, NULL, &client), RYFT_UNAVAILABLE, NULL);
  fork_once(use_in_child, plugin);
}

/* An event of the user's needs none. */
static void thr_01_a_fork_while_an_event_is_waited_for(void **state) {
  static const holder holders[] = {hold_event};
  pthread_t thread;
  ryft_error *answer = NULL;
  family f = {.plugin = NULL};
  (void)state;
  assert_ok(ryft_plugin_attach(&api, /* options= */ NULL, &f.plugin));
  assert_ok(ryft_event_create(f.plugin, &f.event));
  hold(holders, 1, &thread, &f);
  fork_once(wait_in_child, &f);
  let_go(1, &thread, &answer);
  assert_code(answer, RYFT_DEADLINE_EXCEEDED, NULL);
  ryft_event_destroy(f.event);
}

static void thr_01_a_fork_while_others_hold_every_lock(void **state) {
  static const holder holders[] = {
      hold_shapes, hold_executable, hold_event, hold_lifecycle, hold_plugins};
  enum { COUNT = sizeof holders / sizeof holders[0] };
  pthread_t threads[COUNT];
  ryft_error *answers[COUNT];
  family f;
  (void)state;
  open_family(&f);
  hold(holders, COUNT, threads, &f);
  fork_once(live_in_child, &f);
  let_go(COUNT, threads, answers);
  for (size_t i = 0; i < COUNT; ++i) {
    if (ryft_error_code(answers[i]) == RYFT_DEADLINE_EXCEEDED) {
      ryft_error_destroy(answers[i]); /* the event's */
    } else {
      assert_ok(answers[i]);
    }
  }
  close_family(&f);
  assert_nothing_alive(&fake);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(thr_01_a_fork_while_a_plugin_is_loaded),
      cmocka_unit_test(thr_01_a_fork_between_loading_and_the_first_client),
      cmocka_unit_test(thr_01_a_fork_after_a_client_was_refused),
      cmocka_unit_test(thr_01_a_fork_while_an_event_is_waited_for),
      cmocka_unit_test(thr_01_a_fork_while_others_hold_every_lock),
  };
  return cmocka_run_group_tests_name("fork", tests, load, NULL);
}
