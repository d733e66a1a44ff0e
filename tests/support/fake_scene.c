/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/fake_scene.h"

int fake_scene_open(void **state) {
  static fake_scene s;
  s.plugin = fake_load("fake", &s.fake);
  s.fake.fake_reset();
  assert_ok(ryft_client_create(s.plugin, /* options= */ NULL, &s.client));
  *state = &s;
  return 0;
}

int fake_scene_close(void **state) {
  fake_scene *s = *state;
  ryft_client_destroy(s->client);
  ryft_plugin_destroy(s->plugin);
  s->fake.fake_reset();
  assert_nothing_alive(&s->fake);
  return 0;
}

ryft_buffer *fake_scene_upload(const fake_scene *s, ryft_type type, const void *values) {
  enum { SIZE = 16 };
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_buffer_from_host(ryft_client_devices(s->client).items[0],
                                  values,
                                  SIZE,
                                  RYFT_SHAPE(type, 4),
                                  /* options= */ NULL,
                                  &buffer,
                                  /* done= */ NULL));
  return buffer;
}

ryft_error *fake_scene_compile(const fake_scene *s,
                               const char *text,
                               const ryft_compile_options *options,
                               ryft_loaded_executable **out) {
  return ryft_client_compile(s->client, RYFT_PROGRAM_TEXT(text), options, out);
}
