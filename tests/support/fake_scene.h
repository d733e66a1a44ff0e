/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A client of the fake plugin, made anew for each test, and the little that most do with it. */
#ifndef RYFT_TESTS_SUPPORT_FAKE_SCENE_H
#define RYFT_TESTS_SUPPORT_FAKE_SCENE_H

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

typedef struct fake_scene {
  fake_control fake;
  ryft_plugin *plugin;
  ryft_client *client;
} fake_scene;

/* The second sees that nothing is left alive. */
int fake_scene_open(void **state);
int fake_scene_close(void **state);

#define FAKE_SCENE_TEST(name) \
  cmocka_unit_test_setup_teardown(name, fake_scene_open, fake_scene_close)

/* Four elements of four bytes on the first device. */
ryft_buffer *fake_scene_upload(const fake_scene *s, ryft_type type, const void *values);

ryft_error *fake_scene_compile(const fake_scene *s,
                               const char *text,
                               const ryft_compile_options *options,
                               ryft_loaded_executable **out);

#endif /* RYFT_TESTS_SUPPORT_FAKE_SCENE_H */
