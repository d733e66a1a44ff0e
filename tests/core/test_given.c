/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A plugin that says that all is well and gives nothing, wherever something is to be given: an
 * error that names the entry point, and nothing left behind. */
#include "ryft/host_memory.h"
#include "support/fake_scene.h"

#define ADD FAKE_PROGRAM("(s32[4], s32[4]) -> (s32[4]) = add")

static const int32_t numbers[4] = {1, 2, 3, 4};

/* One call of the library's; `buffer` and `add` are there already. */
typedef struct given {
  const fake_scene *s;
  ryft_buffer *buffer;
  ryft_loaded_executable *add;
} given;

static ryft_error *create_client(const given *g) {
  ryft_client *client = (ryft_client *)g->buffer;
  ryft_error *error = ryft_client_create(g->s->plugin, /* options= */ NULL, &client);
  assert_true((client == NULL) == (error != NULL));
  ryft_client_destroy(client);
  return error;
}

static ryft_error *compile(const given *g) {
  ryft_loaded_executable *executable = g->add;
  ryft_error *error = fake_scene_compile(g->s, ADD, /* options= */ NULL, &executable);
  assert_true((executable == NULL) == (error != NULL));
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *load(const given *g) {
  ryft_loaded_executable *executable = g->add;
  ryft_error *error = ryft_client_load(
      g->s->client, ryft_loaded_executable_executable(g->add), /* options= */ NULL, &executable);
  assert_true((executable == NULL) == (error != NULL));
  ryft_loaded_executable_destroy(executable);
  return error;
}

static ryft_error *upload_with(const given *g, ryft_host_semantics semantics) {
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .semantics = semantics};
  ryft_buffer *buffer = g->buffer;
  ryft_event *done = (ryft_event *)g->buffer;
  ryft_error *error = ryft_buffer_from_host(ryft_client_devices(g->s->client).items[0],
                                            numbers,
                                            sizeof numbers,
                                            RYFT_SHAPE(RYFT_S32, 4),
                                            &options,
                                            &buffer,
                                            &done);
  assert_true((buffer == NULL) == (error != NULL));
  assert_true((done == NULL) == (error != NULL));
  ryft_event_destroy(done);
  ryft_buffer_destroy(buffer);
  return error;
}

static ryft_error *upload(const given *g) {
  return upload_with(g, RYFT_HOST_DURING_CALL);
}

static ryft_error *upload_later(const given *g) {
  return upload_with(g, RYFT_HOST_UNTIL_TRANSFERRED);
}

static ryft_error *copy_to_device(const given *g) {
  ryft_buffer *copy = g->buffer;
  ryft_error *error =
      ryft_buffer_copy_to_device(g->buffer, ryft_client_devices(g->s->client).items[1], &copy);
  assert_true((copy == NULL) == (error != NULL));
  ryft_buffer_destroy(copy);
  return error;
}

static ryft_error *copy_to_memory(const given *g) {
  ryft_buffer *copy = g->buffer;
  ryft_error *error = ryft_buffer_copy_to_memory(
      g->buffer, ryft_client_addressable_memories(g->s->client).items[1], &copy);
  assert_true((copy == NULL) == (error != NULL));
  ryft_buffer_destroy(copy);
  return error;
}

static ryft_error *ready(const given *g) {
  ryft_event *event = (ryft_event *)g->buffer;
  ryft_error *error = ryft_buffer_ready(g->buffer, &event);
  assert_true((event == NULL) == (error != NULL));
  ryft_event_destroy(event);
  return error;
}

static ryft_error *await(const given *g) {
  return ryft_buffer_await(g->buffer);
}

static ryft_error *copy_to_host(const given *g) {
  int32_t out[4];
  ryft_event *done = (ryft_event *)g->buffer;
  ryft_error *error =
      ryft_buffer_copy_to_host(g->buffer, /* layout= */ NULL, out, sizeof out, &done);
  assert_true((done == NULL) == (error != NULL));
  if (done != NULL) assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  return error;
}

static ryft_error *make_event(const given *g) {
  ryft_event *event = (ryft_event *)g->buffer;
  ryft_error *error = ryft_event_create(g->s->plugin, &event);
  assert_true((event == NULL) == (error != NULL));
  ryft_event_destroy(event);
  return error;
}

static ryft_error *execute(const given *g) {
  ryft_buffer *arguments[] = {g->buffer, g->buffer}, *sum = g->buffer;
  ryft_event *done = (ryft_event *)g->buffer;
  ryft_error *error = ryft_execute(g->add, arguments, 2, /* options= */ NULL, &sum, 1, &done);
  assert_true((sum == NULL) == (error != NULL));
  assert_true((done == NULL) == (error != NULL));
  ryft_event_destroy(done);
  ryft_buffer_destroy(sum);
  return error;
}

static ryft_error *logical_ids(const given *g) {
  const ryft_logical_id *ids = NULL;
  size_t count = 0;
  return ryft_loaded_executable_logical_ids(g->add, &ids, &count);
}

static const struct {
  const char *slot;
  fake_lie lie;
  ryft_error *(*call)(const given *g);
  const char *what;
} rows[] = {
    {"PJRT_Client_Create", FAKE_LIE_DONE, create_client, "no client"},
    {"PJRT_Client_Devices", FAKE_LIE_NULL_ENTRIES, create_client, "no device"},
    {"PJRT_Client_AddressableDevices", FAKE_LIE_NULL_ENTRIES, create_client, "no device"},
    {"PJRT_Client_AddressableMemories", FAKE_LIE_NULL_ENTRIES, create_client, "no memory"},
    {"PJRT_Device_AddressableMemories", FAKE_LIE_NULL_ENTRIES, create_client, "no memory"},
    {"PJRT_Device_GetDescription", FAKE_LIE_DONE, create_client, "no description"},
    {"PJRT_Memory_AddressableByDevices", FAKE_LIE_NULL_ENTRIES, create_client, "no device"},
    {"PJRT_Client_Compile", FAKE_LIE_DONE, compile, "no loaded executable"},
    {"PJRT_LoadedExecutable_GetExecutable", FAKE_LIE_DONE, compile, "no executable"},
    {"PJRT_LoadedExecutable_AddressableDevices", FAKE_LIE_NULL_ENTRIES, compile, "no device"},
    {"PJRT_Client_Load", FAKE_LIE_DONE, load, "no loaded executable"},
    {"PJRT_Client_BufferFromHostBuffer", FAKE_LIE_DONE, upload, "no buffer"},
    {"PJRT_Client_BufferFromHostBuffer", FAKE_LIE_DONE, upload_later, "no event"},
    {"PJRT_Buffer_CopyToDevice", FAKE_LIE_DONE, copy_to_device, "no buffer"},
    {"PJRT_Buffer_CopyToMemory", FAKE_LIE_DONE, copy_to_memory, "no buffer"},
    {"PJRT_Buffer_ReadyEvent", FAKE_LIE_DONE, ready, "no event"},
    {"PJRT_Buffer_ReadyEvent", FAKE_LIE_DONE, await, "no event"},
    {"PJRT_Buffer_ToHostBuffer", FAKE_LIE_DONE, copy_to_host, "no event"},
    {"PJRT_Event_Create", FAKE_LIE_DONE, make_event, "no event"},
    {"PJRT_LoadedExecutable_Execute", FAKE_LIE_DONE, execute, "no buffer"},
};

static void new_03_nothing_is_made_of_nothing(void **state) {
  given g = {.s = *state, .buffer = fake_scene_upload(*state, RYFT_S32, numbers)};
  assert_ok(fake_scene_compile(g.s, ADD, /* options= */ NULL, &g.add));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
    assert_ok(rows[i].call(&g));
    g.s->fake.fake_lie_next(rows[i].slot, 1, rows[i].lie);
    ryft_error *error = rows[i].call(&g);
    const bool named = strstr(ryft_error_where(error), rows[i].slot) != NULL;
    if (!named) print_error("%s: %s\n", rows[i].slot, ryft_error_where(error));
    assert_true(named);
    assert_code(error, RYFT_INTERNAL, rows[i].what);
    assert_ok(rows[i].call(&g));
  }
  ryft_loaded_executable_destroy(g.add);
  ryft_buffer_destroy(g.buffer);
}

/* An empty list of logical ids is what a portable executable has. */
static void exe_11_no_logical_ids_are_no_error(void **state) {
  given g = {.s = *state};
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .portable = RYFT_YES};
  assert_ok(fake_scene_compile(g.s, ADD, &options, &g.add));
  assert_ok(logical_ids(&g));
  ryft_loaded_executable_destroy(g.add);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FAKE_SCENE_TEST(new_03_nothing_is_made_of_nothing),
      FAKE_SCENE_TEST(exe_11_no_logical_ids_are_no_error),
  };
  return cmocka_run_group_tests_name("given", tests, NULL, NULL);
}
