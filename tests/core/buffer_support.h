/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What tests of buffers share: one client of the plugin under test for all of a file's tests. */
#ifndef RYFT_TESTS_CORE_BUFFER_SUPPORT_H
#define RYFT_TESTS_CORE_BUFFER_SUPPORT_H

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ryft/ryft.h"
#include "support/allocator.h"
#include "support/assert.h"
#include "support/plugin.h"

typedef struct fixture {
  ryft_plugin *plugin;
  ryft_client *client;
  const ryft_device *device;
} fixture;

static inline int fixture_open(void **state) {
  static fixture self;
  *state = &self;
  self.plugin = test_plugin_load();
  assert_ok(ryft_client_create(self.plugin, /* options= */ NULL, &self.client));
  self.device = ryft_client_addressable_devices(self.client).items[0];
  return 0;
}

static inline int fixture_close(void **state) {
  fixture *self = *state;
  ryft_client_destroy(self->client);
  ryft_plugin_destroy(self->plugin);
  return 0;
}

/* Nothing may be left but the fixture's client. */
static inline int nothing_left(void **state) {
  (void)state;
  assert_int_equal(ryft_live_objects(), 1);
  return 0;
}

#define BUFFER_TEST(name) cmocka_unit_test_teardown(name, nothing_left)

/* A dense buffer on the fixture's device. */
static inline ryft_buffer *upload(const fixture *self, const void *data, ryft_shape shape) {
  ryft_buffer *buffer = NULL;
  size_t size = 0;
  assert_ok(ryft_shape_host_size(shape, &size));
  assert_ok(ryft_buffer_from_host(self->device, data, size, shape, NULL, &buffer, NULL));
  assert_non_null(buffer);
  return buffer;
}

static inline void expect_contents(const ryft_buffer *buffer, const void *data, size_t size) {
  void *found = NULL;
  size_t found_size = 0;
  assert_ok(ryft_buffer_read_alloc(buffer, &found, &found_size));
  assert_int_equal(found_size, size);
  assert_memory_equal(found, data, size);
  ryft_host_free(found);
}

/* Counts how often host memory was given back. */
static inline void count_release(void *arg) {
  atomic_fetch_add((atomic_int *)arg, 1);
}

/* Plugins may release on a thread of theirs, a little later. */
static inline void expect_released_once(atomic_int *count) {
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 5000 && atomic_load(count) == 0; ++i) nanosleep(&pause, NULL);
  assert_int_equal(atomic_load(count), 1);
}

#endif /* RYFT_TESTS_CORE_BUFFER_SUPPORT_H */
