/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Host memory comes back exactly once and never while it is in use, whatever the plugin refuses. */
#include "core/buffer_support.h"
#include "ryft/ryft.h"

static const float SIX[6] = {0, 1, 2, 3, 4, 5};

typedef struct rig {
  fake_control fake;
  ryft_plugin *plugin;
  ryft_client *client;
  const ryft_device *device;
} rig;

static void rig_open(rig *self, const char *variant) {
  self->plugin = fake_load(variant, &self->fake);
  self->fake.fake_reset();
  assert_ok(ryft_client_create(self->plugin, NULL, &self->client));
  self->device = ryft_client_addressable_devices(self->client).items[0];
}

static void rig_close(rig *self) {
  self->fake.fake_reset();
  ryft_client_destroy(self->client);
  ryft_plugin_destroy(self->plugin);
  assert_nothing_alive(&self->fake);
}

static ryft_error *from_host(const rig *self,
                             ryft_host_semantics semantics,
                             const void *data,
                             atomic_int *released,
                             ryft_buffer **out) {
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options),
      .semantics = semantics,
      .release = count_release,
      .release_arg = released,
  };
  return ryft_buffer_from_host(
      self->device, data, sizeof SIX, RYFT_SHAPE(RYFT_F32, 2, 3), &options, out, NULL);
}

/* The plugin took the memory and then refused to say when it is free. */
static void buf_06_an_unheard_event_is_waited_for(void **state) {
  const char *variant = *state;
  for (int semantics = RYFT_HOST_UNTIL_TRANSFERRED; semantics <= RYFT_HOST_ZERO_COPY_MUTABLE;
       ++semantics) {
    rig self;
    atomic_int released = 0;
    ryft_buffer *buffer = NULL;
    void *data = NULL;
    rig_open(&self, variant);
    assert_ok(ryft_host_alloc(sizeof SIX, &data));
    memcpy(data, SIX, sizeof SIX);
    self.fake.fake_fail_next("PJRT_Event_OnReady", 1, RYFT_UNAVAILABLE, "deaf");
    assert_code(from_host(&self, (ryft_host_semantics)semantics, data, &released, &buffer),
                RYFT_UNAVAILABLE,
                "deaf");
    assert_null(buffer);
    assert_int_equal(atomic_load(&released), 1);
    assert_int_equal(self.fake.fake_live(FAKE_BUFFER), 0);
    ryft_host_free(data);
    rig_close(&self);
    assert_int_equal(atomic_load(&released), 1);
  }
}

static void destroy_client(void *arg) {
  ryft_client_destroy(arg);
}

/* The last handle of the client goes while the buffer is being made. */
static void buf_06_release_may_give_up_the_client(void **state) {
  const char *variant = *state;
  for (int semantics = 0; semantics <= RYFT_HOST_ZERO_COPY_MUTABLE; ++semantics) {
    rig self;
    ryft_buffer *buffer = NULL;
    rig_open(&self, variant);
    const ryft_from_host_options options = {
        RYFT_SIZED(ryft_from_host_options),
        .semantics = (ryft_host_semantics)semantics,
        .release = destroy_client,
        .release_arg = self.client,
    };
    self.client = NULL;
    assert_ok(ryft_buffer_from_host(
        self.device, SIX, sizeof SIX, RYFT_SHAPE(RYFT_F32, 2, 3), &options, &buffer, NULL));
    expect_contents(buffer, SIX, sizeof SIX);
    ryft_buffer_destroy(buffer);
    rig_close(&self);
  }
}

static void buf_06_a_refused_upload_releases(void **state) {
  const char *variant = *state;
  for (int semantics = 0; semantics <= RYFT_HOST_ZERO_COPY_MUTABLE; ++semantics) {
    rig self;
    atomic_int released = 0;
    ryft_buffer *buffer = NULL;
    rig_open(&self, variant);
    self.fake.fake_fail_next(
        "PJRT_Client_BufferFromHostBuffer", 1, RYFT_RESOURCE_EXHAUSTED, "full");
    assert_code(from_host(&self, (ryft_host_semantics)semantics, SIX, &released, &buffer),
                RYFT_RESOURCE_EXHAUSTED,
                "full");
    assert_null(buffer);
    assert_int_equal(atomic_load(&released), 1);
    rig_close(&self);
  }
}

/* Destroying the buffer while the transfer is under way leaves the memory alone until it is over.
 */
static void buf_06_slow_transfers_keep_the_memory(void **state) {
  const char *variant = *state;
  rig self;
  atomic_int released = 0;
  ryft_buffer *buffer = NULL;
  rig_open(&self, variant);
  self.fake.fake_set_latency(200000);
  assert_ok(from_host(&self, RYFT_HOST_UNTIL_TRANSFERRED, SIX, &released, &buffer));
  ryft_buffer_destroy(buffer);
  assert_int_equal(atomic_load(&released), 0);
  expect_released_once(&released);
  rig_close(&self);
  assert_int_equal(atomic_load(&released), 1);
}

/* Whatever the plugin refuses on the way, a read gives the array or that error, and nothing leaks.
 */
static void new_08_every_refused_call_is_survived(void **state) {
  const char *variant = *state;
  for (size_t nth = 1;; ++nth) {
    rig self;
    ryft_buffer *buffer = NULL;
    float out[6] = {0};
    atomic_int released = 0;
    rig_open(&self, variant);
    assert_ok(from_host(&self, RYFT_HOST_DURING_CALL, SIX, &released, &buffer));
    self.fake.fake_fail_nth_call(nth, RYFT_UNAVAILABLE);
    ryft_error *error = ryft_buffer_read(buffer, out, sizeof out);
    const bool fired = self.fake.fake_faults_fired() != 0;
    self.fake.fake_reset();
    if (error == NULL) {
      assert_memory_equal(out, SIX, sizeof SIX);
    } else {
      assert_code(error, RYFT_UNAVAILABLE, "");
    }
    expect_contents(buffer, SIX, sizeof SIX);
    ryft_buffer_destroy(buffer);
    rig_close(&self);
    if (!fired) break;
  }
}

#define RELEASE_TEST(name, variant) \
  { #name " " variant, name, NULL, NULL, (void *)(uintptr_t)(variant) }

int main(void) {
  const struct CMUnitTest tests[] = {
      RELEASE_TEST(buf_06_an_unheard_event_is_waited_for, "fake"),
      RELEASE_TEST(buf_06_an_unheard_event_is_waited_for, "fake_async"),
      RELEASE_TEST(buf_06_a_refused_upload_releases, "fake"),
      RELEASE_TEST(buf_06_release_may_give_up_the_client, "fake"),
      RELEASE_TEST(buf_06_slow_transfers_keep_the_memory, "fake"),
      RELEASE_TEST(buf_06_slow_transfers_keep_the_memory, "fake_async"),
      RELEASE_TEST(new_08_every_refused_call_is_survived, "fake"),
      RELEASE_TEST(new_08_every_refused_call_is_survived, "fake_081"),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
