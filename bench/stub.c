/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "stub.h"

#include <stdlib.h>
#include <string.h>

/* Only the addresses matter: nobody looks inside. */
static char results[BENCH_STUB_OUTPUTS], completion;

static PJRT_Api real, stub;
static size_t output_count = 1;

static PJRT_Event *the_event(void) {
  return (PJRT_Event *)(void *)&completion;
}

static PJRT_Error *execute(PJRT_LoadedExecutable_Execute_Args *args) {
  for (size_t device = 0; device < args->num_devices; ++device) {
    for (size_t i = 0; i < output_count; ++i) {
      args->output_lists[device][i] = (PJRT_Buffer *)(void *)&results[i];
    }
    if (args->device_complete_events != NULL) args->device_complete_events[device] = the_event();
  }
  return NULL;
}

static PJRT_Error *destroy_buffer(PJRT_Buffer_Destroy_Args *args) {
  const uintptr_t address = (uintptr_t)args->buffer, first = (uintptr_t)results;
  if (address - first < sizeof results) return NULL;
  return real.PJRT_Buffer_Destroy(args);
}

static PJRT_Error *destroy_event(PJRT_Event_Destroy_Args *args) {
  return args->event == the_event() ? NULL : real.PJRT_Event_Destroy(args);
}

static PJRT_Error *await_event(PJRT_Event_Await_Args *args) {
  return args->event == the_event() ? NULL : real.PJRT_Event_Await(args);
}

static PJRT_Error *is_event_ready(PJRT_Event_IsReady_Args *args) {
  args->is_ready = true;
  return args->event == the_event() ? NULL : real.PJRT_Event_IsReady(args);
}

void bench_stub_open(bench *self, const ryft_client_options *options) {
  if (stub.struct_size == 0) {
    const PJRT_Api *found = self->api;
    memcpy(&real, found, found->struct_size < sizeof real ? found->struct_size : sizeof real);
    stub = real;
    if (stub.struct_size > sizeof stub) stub.struct_size = sizeof stub;
    stub.PJRT_Plugin_Initialize = NULL; /* it was */
    stub.PJRT_LoadedExecutable_Execute = execute;
    stub.PJRT_Buffer_Destroy = destroy_buffer;
    stub.PJRT_Event_Destroy = destroy_event;
    stub.PJRT_Event_Await = await_event;
    stub.PJRT_Event_IsReady = is_event_ready;
  }
  ryft_client_destroy(self->client);
  ryft_plugin_destroy(self->plugin);
  self->api = &stub;
  bench_ok(ryft_plugin_attach(&stub, /* options= */ NULL, &self->plugin));
  bench_ok(ryft_client_create(self->plugin, options, &self->client));
  self->device = ryft_client_addressable_devices(self->client).items[0];
}

void bench_stub_set_outputs(size_t count) {
  if (count > BENCH_STUB_OUTPUTS) abort();
  output_count = count;
}
