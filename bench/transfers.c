/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Host memory to device and back, at three sizes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

typedef struct transfer {
  const bench *bench;
  size_t size;
  int64_t dims[1];
  void *host; /* aligned as zero-copy needs it */
  void *room;
  ryft_buffer *buffer; /* for reading */
  ryft_host_semantics semantics;
} transfer;

static ryft_shape shape_of(const transfer *self) {
  return (ryft_shape){RYFT_U8, 1, self->dims};
}

static void raw_upload(void *arg, size_t count) {
  const transfer *self = arg;
  const PJRT_Api *api = self->bench->api;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Client_BufferFromHostBuffer_Args args = {
        .struct_size = PJRT_Client_BufferFromHostBuffer_Args_STRUCT_SIZE,
        .client = ryft_client_raw(self->bench->client),
        .data = self->host,
        .type = PJRT_Buffer_Type_U8,
        .dims = self->dims,
        .num_dims = 1,
        .host_buffer_semantics = (PJRT_HostBufferSemantics)self->semantics,
        .device = ryft_device_raw(self->bench->device),
    };
    bench_raw_ok(api, api->PJRT_Client_BufferFromHostBuffer(&args));
    bench_raw_destroy_event(api, args.done_with_host_buffer);
    bench_raw_destroy_buffer(api, args.buffer);
  }
}

static void our_upload(void *arg, size_t count) {
  const transfer *self = arg;
  const ryft_from_host_options options = {
      RYFT_SIZED(ryft_from_host_options),
      .semantics = self->semantics,
  };
  for (size_t i = 0; i < count; ++i) {
    ryft_buffer *buffer = NULL;
    bench_ok(ryft_buffer_from_host(self->bench->device,
                                   self->host,
                                   self->size,
                                   shape_of(self),
                                   &options,
                                   &buffer,
                                   /* done= */ NULL));
    ryft_buffer_destroy(buffer);
  }
}

/* Against the copy that a program makes that knows no better. */
static void raw_upload_copy(void *arg, size_t count) {
  transfer copy = *(const transfer *)arg;
  copy.semantics = RYFT_HOST_DURING_CALL;
  raw_upload(&copy, count);
}

/* The compiler would leave out what nobody looks at. */
static void use(void *memory) {
  __asm__ volatile("" : : "r"(memory) : "memory");
}

/* New memory, used for the first time: what a read into it costs on top. */
static void raw_touch(void *arg, size_t count) {
  const transfer *self = arg;
  for (size_t i = 0; i < count; ++i) {
    void *memory = aligned_alloc(64, self->size);
    if (memory == NULL) abort();
    memset(memory, 1, self->size);
    use(memory);
    free(memory);
  }
}

static void our_touch(void *arg, size_t count) {
  const transfer *self = arg;
  for (size_t i = 0; i < count; ++i) {
    void *memory = NULL;
    bench_ok(ryft_host_alloc(self->size, &memory));
    memset(memory, 1, self->size);
    use(memory);
    ryft_host_free(memory);
  }
}

static void raw_read(void *arg, size_t count) {
  const transfer *self = arg;
  const PJRT_Api *api = self->bench->api;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Buffer_ToHostBuffer_Args args = {
        .struct_size = PJRT_Buffer_ToHostBuffer_Args_STRUCT_SIZE,
        .src = ryft_buffer_raw(self->buffer),
        .dst = self->room,
        .dst_size = self->size,
    };
    bench_raw_ok(api, api->PJRT_Buffer_ToHostBuffer(&args));
    bench_raw_await(api, args.event);
    bench_raw_destroy_event(api, args.event);
  }
}

static void our_read(void *arg, size_t count) {
  const transfer *self = arg;
  for (size_t i = 0; i < count; ++i) {
    bench_ok(ryft_buffer_read(self->buffer, self->room, self->size));
  }
}

static void compare(bench *self,
                    const char *what,
                    const char *size,
                    bench_body raw,
                    bench_body ours,
                    void *arg) {
  char name[64];
  (void)snprintf(name, sizeof name, "%s_%s", what, size);
  bench_compare(self, name, raw, ours, arg);
}

static void measure(bench *self, size_t size, const char *name) {
  transfer arg = {.bench = self, .size = size, .dims = {(int64_t)size}};
  bench_ok(ryft_host_alloc(size, &arg.host));
  bench_ok(ryft_host_alloc(size, &arg.room));
  memset(arg.host, 1, size);
  memset(arg.room, 2, size);
  bench_ok(
      ryft_buffer_from_host(self->device, arg.host, size, shape_of(&arg), NULL, &arg.buffer, NULL));

  compare(self, "upload_copy", name, raw_upload, our_upload, &arg);
  arg.semantics = RYFT_HOST_ZERO_COPY;
  compare(self, "upload_zero_copy", name, raw_upload, our_upload, &arg);
  compare(self, "upload_in_place", name, raw_upload_copy, our_upload, &arg);
  compare(self, "read", name, raw_read, our_read, &arg);
  compare(self, "first_use", name, raw_touch, our_touch, &arg);

  ryft_buffer_destroy(arg.buffer);
  ryft_host_free(arg.room);
  ryft_host_free(arg.host);
}

int main(int argc, char **argv) {
  bench self;
  bench_open(&self, argc, argv);
  measure(&self, 64, "64B");
  measure(&self, (size_t)1 << 20, "1MiB");
  measure(&self, (size_t)64 << 20, "64MiB");
  bench_close(&self);
  return 0;
}
