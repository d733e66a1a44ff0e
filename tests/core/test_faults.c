/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the fake plugin promises to the other tests, seen through the library: it computes, it fails
 * when told to, and it notices misuse. */
#include <signal.h>
#include <string.h>

#include "src/abi/gen/calls.h"
#include "src/core/plugin.h"
#include "support/child.h"
#include "support/fake_scene.h"

static const int32_t ones[4] = {1, 1, 1, 1};
static const int32_t steps[4] = {0, 1, 2, 3};

static void expect(const ryft_buffer *buffer, const int32_t values[4]) {
  int32_t read[4] = {-1, -1, -1, -1};
  assert_ok(ryft_buffer_read(buffer, read, sizeof read));
  assert_memory_equal(read, values, sizeof read);
}

static ryft_loaded_executable *compile(const fake_scene *s, const char *text) {
  ryft_loaded_executable *executable = NULL;
  assert_ok(fake_scene_compile(s, text, /* options= */ NULL, &executable));
  return executable;
}

/* Two s32[4] in, two out. */
typedef struct pair {
  ryft_buffer *in[2], *out[2];
} pair;

static ryft_error *run_pair(const fake_scene *s, const char *text, pair *p) {
  ryft_loaded_executable *executable = compile(s, text);
  *p = (pair){.in = {fake_scene_upload(s, RYFT_S32, ones), fake_scene_upload(s, RYFT_S32, steps)}};
  ryft_error *error =
      ryft_execute(executable, p->in, 2, /* options= */ NULL, p->out, 2, /* done= */ NULL);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static void free_pair(pair *p) {
  for (int i = 0; i < 2; ++i) {
    ryft_buffer_destroy(p->in[i]);
    ryft_buffer_destroy(p->out[i]);
  }
}

#define PAIR "(s32[4], s32[4]) -> (s32[4], s32[4]) = "

static void cnf_03_programs_compute(void **state) {
  static const int32_t sums[4] = {1, 2, 3, 4};
  pair p;
  assert_ok(run_pair(*state, FAKE_PROGRAM(PAIR "swap"), &p));
  expect(p.out[0], steps);
  expect(p.out[1], ones);
  free_pair(&p);
  assert_ok(run_pair(*state, FAKE_PROGRAM(PAIR "add"), &p));
  expect(p.out[0], sums);
  expect(p.out[1], sums);
  free_pair(&p);
  assert_ok(run_pair(*state, FAKE_PROGRAM(PAIR "iota"), &p));
  expect(p.out[0], steps);
  expect(p.out[1], sums);
  free_pair(&p);
}

static void cnf_03_donation_takes_the_argument(void **state) {
  bool deleted[2];
  pair p;
  assert_ok(run_pair(*state, FAKE_PROGRAM(PAIR "swap donate(0->0)"), &p));
  expect(p.out[0], steps);
  expect(p.out[1], ones);
  assert_ok(ryft_buffer_is_deleted(p.in[0], &deleted[0]));
  assert_ok(ryft_buffer_is_deleted(p.in[1], &deleted[1]));
  assert_true(deleted[0]);
  assert_false(deleted[1]);
  free_pair(&p);
}

static void cnf_03_errors_at_each_stage(void **state) {
  fake_scene *s = *state;
  pair p;
  assert_code(
      run_pair(s, FAKE_PROGRAM(PAIR "add error(14)"), &p), RYFT_UNAVAILABLE, "when executed");
  assert_null(p.out[0]);
  free_pair(&p);
  assert_ok(run_pair(s, FAKE_PROGRAM(PAIR "add later(15)"), &p));
  assert_code(ryft_buffer_await(p.out[1]), RYFT_DATA_LOSS, "while running");
  free_pair(&p);
  ryft_loaded_executable *executable = NULL;
  assert_code(
      fake_scene_compile(
          s, FAKE_PROGRAM("() -> () = compile_error(12)"), /* options= */ NULL, &executable),
      RYFT_UNIMPLEMENTED,
      "while compiling");
  assert_null(executable);
}

/* An error that a result carries goes on to what is computed from it. */
static void cnf_03_errors_travel(void **state) {
  fake_scene *s = *state;
  pair p;
  assert_ok(run_pair(s, FAKE_PROGRAM(PAIR "add later(15)"), &p));
  ryft_loaded_executable *next = compile(s, FAKE_PROGRAM("(s32[4]) -> (s32[4]) = identity"));
  ryft_buffer *result = NULL;
  assert_ok(ryft_execute(next, &p.out[0], 1, /* options= */ NULL, &result, 1, /* done= */ NULL));
  assert_code(ryft_buffer_await(result), RYFT_DATA_LOSS, "while running");
  ryft_buffer_destroy(result);
  ryft_loaded_executable_destroy(next);
  free_pair(&p);
}

static void err_01_every_code_arrives(void **state) {
  fake_scene *s = *state;
  for (int code = 1; code <= 16; ++code) {
    ryft_client *client = NULL;
    s->fake.fake_fail_next("PJRT_Client_Create", 1, code, "no client today");
    assert_code(ryft_client_create(s->plugin, NULL, &client), (ryft_code)code, "no client today");
    assert_null(client);
    s->fake.fake_reset();
  }
}

static void err_02_payloads_arrive(void **state) {
  fake_scene *s = *state;
  ryft_client *client = NULL;
  ryft_bytes value;
  s->fake.fake_add_payload("type.example/detail", "\0\1\2", 3);
  s->fake.fake_fail_next("PJRT_Client_Create", 1, RYFT_INTERNAL, NULL);
  ryft_error *error = ryft_client_create(s->plugin, NULL, &client);
  assert_int_equal(ryft_error_payload_count(error), 1);
  assert_true(ryft_error_payload_find(error, "type.example/detail", &value));
  assert_int_equal(value.size, 3);
  assert_memory_equal(value.data, "\0\1\2", 3);
  ryft_error_destroy(error);
}

static void err_03_no_payloads_before_0_99(void **state) {
  (void)state;
  fake_control fake;
  ryft_client *client = NULL;
  ryft_plugin *plugin = fake_load("fake_090", &fake);
  fake.fake_add_payload("type.example/detail", "x", 1);
  fake.fake_fail_next("PJRT_Client_Create", 1, RYFT_INTERNAL, NULL);
  ryft_error *error = ryft_client_create(plugin, NULL, &client);
  assert_int_equal(ryft_error_code(error), RYFT_INTERNAL);
  assert_int_equal(ryft_error_payload_count(error), 0);
  ryft_error_destroy(error);
  fake.fake_reset();
  ryft_plugin_destroy(plugin);
  assert_int_equal(fake.fake_live_objects(), 0);
}

/* The scene's latency makes work complete on the plugin's thread, as fake_async does by itself. */
static void cnf_03_latency(void **state) {
  fake_scene *s = *state;
  bool ready = true;
  ryft_event *done = NULL;
  ryft_loaded_executable *slow = compile(s, FAKE_PROGRAM("() -> (s32[4]) = iota sleep(30)"));
  ryft_buffer *result = NULL;
  s->fake.fake_set_latency(1000);
  assert_ok(ryft_execute(slow, NULL, 0, /* options= */ NULL, &result, 1, &done));
  assert_ok(ryft_event_is_ready(done, &ready));
  assert_false(ready);
  expect(result, steps);
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  ryft_buffer_destroy(result);
  ryft_loaded_executable_destroy(slow);
}

/* ---- Misuse: the raw calls of a caller without the library's care, in a child. */

static const ryft__table *raw_scene(PJRT_Client **out_client, PJRT_Buffer **out_buffer) {
  ryft_plugin *plugin = fake_load("fake", NULL);
  const ryft__table *table = &plugin->table;
  PJRT_Client_Create_Args create = {0};
  assert_ok(ryft__PJRT_Client_Create(table, &create, __func__));
  PJRT_Client_BufferFromHostBuffer_Args upload_args = {.client = create.client,
                                                       .data = ones,
                                                       .type = PJRT_Buffer_Type_S32,
                                                       .dims = (int64_t[]){4},
                                                       .num_dims = 1};
  PJRT_Client_AddressableMemories_Args memories = {.client = create.client};
  assert_ok(ryft__PJRT_Client_AddressableMemories(table, &memories, __func__));
  upload_args.memory = memories.addressable_memories[0];
  assert_ok(ryft__PJRT_Client_BufferFromHostBuffer(table, &upload_args, __func__));
  *out_client = create.client;
  *out_buffer = upload_args.buffer;
  return table;
}

static void destroy_client_first(void *arg) {
  (void)arg;
  PJRT_Client *client;
  PJRT_Buffer *buffer;
  const ryft__table *table = raw_scene(&client, &buffer);
  PJRT_Client_Destroy_Args args = {.client = client};
  ryft_error_destroy(ryft__PJRT_Client_Destroy(table, &args, __func__));
}

static void destroy_twice(void *arg) {
  (void)arg;
  PJRT_Client *client;
  PJRT_Buffer *buffer;
  const ryft__table *table = raw_scene(&client, &buffer);
  PJRT_Buffer_Destroy_Args args = {.buffer = buffer};
  ryft_error_destroy(ryft__PJRT_Buffer_Destroy(table, &args, __func__));
  ryft_error_destroy(ryft__PJRT_Buffer_Destroy(table, &args, __func__));
}

static void wrong_handle(void *arg) {
  (void)arg;
  PJRT_Client *client;
  PJRT_Buffer *buffer;
  const ryft__table *table = raw_scene(&client, &buffer);
  PJRT_Buffer_Delete_Args args = {.buffer = (PJRT_Buffer *)(void *)client};
  ryft_error_destroy(ryft__PJRT_Buffer_Delete(table, &args, __func__));
}

static void keep_external_reference(void *arg) {
  (void)arg;
  PJRT_Client *client;
  PJRT_Buffer *buffer;
  const ryft__table *table = raw_scene(&client, &buffer);
  PJRT_Buffer_IncreaseExternalReferenceCount_Args more = {.buffer = buffer};
  PJRT_Buffer_Destroy_Args args = {.buffer = buffer};
  ryft_error_destroy(ryft__PJRT_Buffer_IncreaseExternalReferenceCount(table, &more, __func__));
  ryft_error_destroy(ryft__PJRT_Buffer_Destroy(table, &args, __func__));
}

static void set_twice(void *arg) {
  (void)arg;
  PJRT_Client *client;
  PJRT_Buffer *buffer;
  const ryft__table *table = raw_scene(&client, &buffer);
  PJRT_Event_Create_Args create = {0};
  ryft_error_destroy(ryft__PJRT_Event_Create(table, &create, __func__));
  PJRT_Event_Set_Args args = {.event = create.event};
  ryft_error_destroy(ryft__PJRT_Event_Set(table, &args, __func__));
  ryft_error_destroy(ryft__PJRT_Event_Set(table, &args, __func__));
}

static void cnf_03_misuse_is_noticed(void **state) {
  (void)state;
  static const struct {
    void (*misuse)(void *arg);
    const char *says;
  } cases[] = {
      {destroy_client_first, "misuse in PJRT_Client_Destroy: 1 buffers and executables"},
      {destroy_twice, "misuse in PJRT_Buffer_Destroy: the buffer was destroyed"},
      {wrong_handle, "misuse in PJRT_Buffer_Delete: expected a buffer, got a client"},
      {keep_external_reference, "misuse in PJRT_Buffer_Destroy: 1 external references"},
      {set_twice, "misuse in PJRT_Event_Set: it was set before"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    const child_result result = child_run(cases[i].misuse, NULL, 30);
    if (strstr(result.output, cases[i].says) == NULL) print_error("said: %s\n", result.output);
    assert_non_null(strstr(result.output, cases[i].says));
    assert_int_equal(result.signal, SIGABRT);
  }
}

int main(void) {
  const struct CMUnitTest misuse[] = {cmocka_unit_test(cnf_03_misuse_is_noticed)};
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(cnf_03_programs_compute),
      FAKE_SCENE_TEST(cnf_03_donation_takes_the_argument),
      FAKE_SCENE_TEST(cnf_03_errors_at_each_stage),
      FAKE_SCENE_TEST(cnf_03_errors_travel),
      FAKE_SCENE_TEST(cnf_03_latency),
      FAKE_SCENE_TEST(err_01_every_code_arrives),
      FAKE_SCENE_TEST(err_02_payloads_arrive),
      cmocka_unit_test(err_03_no_payloads_before_0_99),
  };
  /* Children first: they are forked, and want to load their plugin themselves. */
  return cmocka_run_group_tests(misuse, NULL, NULL) + cmocka_run_group_tests(tests, NULL, NULL);
}
