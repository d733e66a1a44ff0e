/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A process that exits while a thread of the library's ends a client. It must wait, though not for
 * ever, since what the plugin needs for that is torn down next. This program runs itself as such a
 * process: test_thread_exit PART. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ryft/abi/pjrt.h"
#include "ryft/event.h"
#include "src/base/clock.h"
#include "src/core/client.h"
#include "support/assert.h"
#include "support/child.h"
#include "support/plugin.h"

/* ---- The process that exits, with a plugin that takes its time. */

enum { SLOW_US = 300000 };

static const PJRT_Api *fake_api;
static atomic_int ending;
static atomic_bool torn_down;

static PJRT_Error *slow_destroy(PJRT_Client_Destroy_Args *args) {
  atomic_fetch_add(&ending, 1);
  (void)usleep(SLOW_US);
  PJRT_Error *error = fake_api->PJRT_Client_Destroy(args);
  if (atomic_load(&torn_down)) (void)fprintf(stderr, "the plugin was torn down underneath\n");
  atomic_fetch_sub(&ending, 1);
  return error;
}

static PJRT_Error *endless_destroy(PJRT_Client_Destroy_Args *args) {
  (void)args;
  atomic_fetch_add(&ending, 1);
  for (;;) (void)pause();
  return NULL;
}

static void tear_down(void) {
  atomic_store(&torn_down, true);
  if (atomic_load(&ending) != 0) (void)fprintf(stderr, "a client was still being ended\n");
}

/* Of a plugin that has statics to be torn down as soon as it is loaded. */
static ryft_client *make_client(PJRT_Api *api, PJRT_Client_Destroy *destroy, bool statics) {
  ryft_plugin *plugin = NULL;
  ryft_client *client = NULL;
  if (fake_api == NULL) fake_api = ryft_plugin_api(fake_load("fake", NULL));
  *api = *fake_api;
  api->PJRT_Client_Destroy = destroy;
  if (statics && atexit(tear_down) != 0) abort();
  assert_ok(ryft_plugin_attach(api, /* options= */ NULL, &plugin));
  assert_ok(ryft_client_create(plugin, /* options= */ NULL, &client));
  return client;
}

static void destroy_in_callback(ryft_client *client) {
  ryft__callback_enter();
  ryft_client_destroy(client);
  ryft__callback_leave();
}

static PJRT_Api first_api, second_api;

static int end_slowly(void) {
  destroy_in_callback(make_client(&first_api, slow_destroy, /* statics= */ true));
  return 0;
}

/* The second plugin is loaded after the first one's client is waited for. */
static int end_two_plugins(void) {
  destroy_in_callback(make_client(&first_api, slow_destroy, /* statics= */ true));
  destroy_in_callback(make_client(&second_api, slow_destroy, /* statics= */ true));
  return 0;
}

static ryft_client *late;

static void destroy_late(void) {
  destroy_in_callback(late);
}

/* By an exit handler of the program's own that comes after the library has waited once. */
static int end_at_exit(void) {
  late = make_client(&first_api, slow_destroy, /* statics= */ true);
  if (atexit(destroy_late) != 0) return 1;
  destroy_in_callback(make_client(&second_api, slow_destroy, /* statics= */ false));
  return 0;
}

/* Both are made first: nobody makes a client while another is being ended. */
static int end_never(void) {
  ryft_client *first = make_client(&first_api, endless_destroy, /* statics= */ true);
  ryft_client *second = make_client(&second_api, endless_destroy, /* statics= */ false);
  destroy_in_callback(first);
  destroy_in_callback(second);
  return 0;
}

static const struct {
  const char *name;
  int (*run)(void);
} parts[] = {
    {"slowly", end_slowly},
    {"two", end_two_plugins},
    {"late", end_at_exit},
    {"never", end_never},
};

static int run_part(const char *name) {
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
    if (strcmp(parts[i].name, name) == 0) return parts[i].run();
  }
  return 99;
}

/* ---- The tests. */

static char self[4096];

static child_result run(const char *part) {
  const char *argv[] = {self, part, NULL};
  const char *environment[] = {"RYFT_LOG=leaks", "ASAN_OPTIONS=detect_leaks=0", NULL};
  const child_result result = child_execute(argv, environment, /* seconds= */ 60);
  assert_int_equal(result.status, 0);
  return result;
}

static void cli_01_an_exit_waits_for_clients_that_end(void **state) {
  (void)state;
  assert_string_equal(run("slowly").output, "");
}

static void cli_01_an_exit_waits_for_each_plugin(void **state) {
  (void)state;
  assert_string_equal(run("two").output, "");
}

static void cli_01_exit_handlers_may_end_clients(void **state) {
  (void)state;
  assert_string_equal(run("late").output, "");
}

/* The library's patience is 10 s for the whole exit, not for each plugin. */
static void cli_01_an_exit_does_not_wait_for_ever(void **state) {
  (void)state;
  const int64_t begin = ryft__now();
  assert_string_equal(run("never").output,
                      "ryft: leaks: 2 clients\na client was still being ended\n");
  assert_true(ryft__now() - begin < RYFT_SECONDS(15));
}

int main(int argc, char **argv) {
  if (argc == 2) return run_part(argv[1]);
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
  if (size <= 0) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cli_01_an_exit_waits_for_clients_that_end),
      cmocka_unit_test(cli_01_an_exit_waits_for_each_plugin),
      cmocka_unit_test(cli_01_exit_handlers_may_end_clients),
      cmocka_unit_test(cli_01_an_exit_does_not_wait_for_ever),
  };
  return cmocka_run_group_tests_name("thread_exit", tests, NULL, NULL);
}
