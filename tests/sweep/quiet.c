/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What gives a value and no error cannot fail, so it may neither allocate nor ask the plugin. */
#include <string.h>

#include "io/npy_support.h"
#include "ryft/catalogue.h"
#include "ryft/found_plugins.h"
#include "ryft/io/value_text.h"
#include "ryft/live_objects.h"
#include "support/allocator.h"
#include "sweep/sweep.h"

/* What was done before. */
typedef struct silence {
  const fake_control *fake;
  size_t allocations, calls;
} silence;

static silence keep_silent(const fake_control *fake) {
  return (silence){fake, test_allocator_calls(), fake->fake_calls_total()};
}

static void expect_silence(const silence *before, const char *call) {
  if (test_allocator_calls() == before->allocations &&
      before->fake->fake_calls_total() == before->calls) {
    return;
  }
  fail_msg("%s allocated or called the plugin", call);
}

#define QUIET(call)                 \
  do {                              \
    (void)(call);                   \
    expect_silence(&before, #call); \
  } while (0)

static void library(const fake_control *fake) {
  const silence before = keep_silent(fake);
  size_t count = 0;
  QUIET(ryft_version_text());
  QUIET(ryft_live_objects());
  QUIET(ryft_pjrt_version());
  QUIET(ryft_code_name(RYFT_OK));
  QUIET(ryft_exit_status(/* error= */ NULL));
  QUIET(ryft_catalogue(&count));
  QUIET(ryft_catalogue_names(&count));
  QUIET(ryft_entry_point_count());
  QUIET(ryft_entry_point_name(0));
}

static void values(const fake_control *fake) {
  static const int64_t list[] = {1, 2};
  const silence before = keep_silent(fake);
  const ryft_named_value one = ryft_named_int64("one", 1);
  char text[RYFT_VALUE_TEXT_SIZE];
  QUIET(ryft_type_name(RYFT_F32));
  QUIET(ryft_type_from_name("f32", 3));
  QUIET(ryft_type_bits(RYFT_F32));
  QUIET(ryft_type_host_size(RYFT_F32));
  QUIET(ryft_shape_equal(SWEEP_MATRIX, SWEEP_MATRIX));
  QUIET(ryft_shape_format(SWEEP_MATRIX, text, sizeof text));
  QUIET(ryft_named_string("name", "value"));
  QUIET(ryft_named_int64("name", 1));
  QUIET(ryft_named_int64_list("name", list, 2));
  QUIET(ryft_named_float("name", 1));
  QUIET(ryft_named_bool("name", true));
  QUIET(ryft_named_values_find((ryft_named_values){&one, 1}, "one"));
  QUIET(ryft_value_format(RYFT_S32, sweep_numbers, text));
}

static void error_parts(const fake_control *fake) {
  ryft_error *error = ryft_error_create(RYFT_NOT_FOUND, "no such luck");
  const silence before = keep_silent(fake);
  ryft_bytes value;
  QUIET(ryft_error_code(error));
  QUIET(ryft_error_message(error));
  QUIET(ryft_error_where(error));
  QUIET(ryft_error_is_from_plugin(error));
  QUIET(ryft_error_payload_count(error));
  QUIET(ryft_error_payload_at(error, 0));
  QUIET(ryft_error_payload_find(error, "name", &value));
  ryft_error_destroy(error);
}

static void plugin_parts(const fake_control *fake, const ryft_plugin *plugin) {
  const silence before = keep_silent(fake);
  size_t count = 0;
  QUIET(ryft_plugin_path(plugin));
  QUIET(ryft_plugin_version_major(plugin));
  QUIET(ryft_plugin_version_minor(plugin));
  QUIET(ryft_plugin_version_text(plugin));
  QUIET(ryft_plugin_attributes(plugin));
  QUIET(ryft_plugin_extensions(plugin, &count));
  QUIET(ryft_plugin_has(plugin, "PJRT_Client_Load"));
  QUIET(ryft_plugin_api(plugin));
}

static void client_parts(const fake_control *fake, const ryft_client *client) {
  const silence before = keep_silent(fake);
  QUIET(ryft_client_plugin(client));
  QUIET(ryft_client_platform_name(client));
  QUIET(ryft_client_platform_version(client));
  QUIET(ryft_client_process_index(client));
  QUIET(ryft_client_devices(client).count);
  QUIET(ryft_client_addressable_devices(client).count);
  QUIET(ryft_client_addressable_memories(client).count);
  QUIET(ryft_client_raw(client));
}

static void device_parts(const fake_control *fake, const ryft_device *device) {
  const silence before = keep_silent(fake);
  const ryft_device_description *description = ryft_device_describe(device);
  QUIET(ryft_device_id(device));
  QUIET(ryft_device_kind(device));
  QUIET(ryft_device_process_index(device));
  QUIET(ryft_device_local_hardware_id(device));
  QUIET(ryft_device_is_addressable(device));
  QUIET(ryft_device_describe(device));
  QUIET(ryft_device_attributes(device).count);
  QUIET(ryft_device_memories(device).count);
  QUIET(ryft_device_default_memory(device));
  QUIET(ryft_device_client(device));
  QUIET(ryft_device_raw(device));
  QUIET(ryft_device_description_id(description));
  QUIET(ryft_device_description_process_index(description));
  QUIET(ryft_device_description_kind(description));
  QUIET(ryft_device_description_text(description));
  QUIET(ryft_device_description_debug_text(description));
  QUIET(ryft_device_description_attributes(description).count);
}

static void memory_parts(const fake_control *fake, const ryft_memory *memory) {
  const silence before = keep_silent(fake);
  QUIET(ryft_memory_id(memory));
  QUIET(ryft_memory_kind(memory));
  QUIET(ryft_memory_kind_id(memory));
  QUIET(ryft_memory_text(memory));
  QUIET(ryft_memory_debug_text(memory));
  QUIET(ryft_memory_devices(memory).count);
  QUIET(ryft_memory_raw(memory));
}

static void object_parts(const fake_control *fake, const scene *s) {
  const silence before = keep_silent(fake);
  QUIET(ryft_buffer_client(s->left));
  QUIET(ryft_buffer_raw(s->left));
  QUIET(ryft_event_raw(s->event));
  QUIET(ryft_loaded_executable_executable(s->executable));
  QUIET(ryft_loaded_executable_output_count(s->executable));
  QUIET(ryft_loaded_executable_devices(s->executable).count);
  QUIET(ryft_loaded_executable_client(s->executable));
  QUIET(ryft_loaded_executable_raw(s->executable));
  QUIET(ryft_executable_raw(ryft_loaded_executable_executable(s->executable)));
}

static void found_parts(const fake_control *fake) {
  ryft_found_plugins *found = NULL;
  size_t count = 0;
  assert_ok(ryft_plugins_find(/* name= */ NULL, &found));
  const silence before = keep_silent(fake);
  QUIET(ryft_found_plugins_items(found, &count));
  ryft_found_plugins_destroy(found);
}

static void npy_parts(const fake_control *fake) {
  static const char header[] = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
  const npy_bytes bytes = npy_make(1, header, 64, sweep_numbers, sizeof sweep_numbers);
  ryft_npy *npy = NULL;
  assert_ok(npy_parse(&bytes, &npy));
  const silence before = keep_silent(fake);
  QUIET(ryft_npy_host_array(npy)->size);
  ryft_npy_destroy(npy);
}

static void cnf_03_quiet_functions(void **state) {
  fake_control fake;
  scene s = {.plugin = fake_load("fake", &fake)};
  (void)state;
  scene_open_client(&s);
  scene_open_buffers(&s);
  scene_open_executables(&s);
  scene_open_events(&s);
  library(&fake);
  values(&fake);
  error_parts(&fake);
  plugin_parts(&fake, s.plugin);
  client_parts(&fake, s.client);
  device_parts(&fake, s.devices[0]);
  memory_parts(&fake, ryft_device_memories(s.devices[0]).items[0]);
  object_parts(&fake, &s);
  found_parts(&fake);
  npy_parts(&fake);
  ryft_plugin *plugin = s.plugin;
  scene_close(&s);
  ryft_plugin_destroy(plugin);
  assert_nothing_alive(&fake);
}

static int open_places(void **state) {
  (void)state;
  sweep_places_open();
  test_allocator_install();
  return 0;
}

static int close_places(void **state) {
  (void)state;
  sweep_places_close();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(cnf_03_quiet_functions)};
  return cmocka_run_group_tests_name("sweep_quiet", tests, open_places, close_places);
}
