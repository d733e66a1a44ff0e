/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What it costs to run a program that does next to nothing: an addition of four floats. */
#include "launch.h"

static const char ADD[] =
    "module @add {\n"
    "  func.func public @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {\n"
    "    %0 = stablehlo.add %a, %b : tensor<4xf32>\n"
    "    return %0 : tensor<4xf32>\n"
    "  }\n"
    "}\n";

/* Rank and first dimension, as a binding asks for them again and again. */
static void raw_shape(void *arg, size_t count) {
  const bench_launch *self = arg;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Buffer_ElementType_Args type = {
        .struct_size = PJRT_Buffer_ElementType_Args_STRUCT_SIZE,
        .buffer = ryft_buffer_raw(self->argument_buffers[0]),
    };
    PJRT_Buffer_Dimensions_Args dims = {
        .struct_size = PJRT_Buffer_Dimensions_Args_STRUCT_SIZE,
        .buffer = ryft_buffer_raw(self->argument_buffers[0]),
    };
    bench_raw_ok(self->api, self->api->PJRT_Buffer_ElementType(&type));
    bench_raw_ok(self->api, self->api->PJRT_Buffer_Dimensions(&dims));
  }
}

static void our_shape(void *arg, size_t count) {
  const bench_launch *self = arg;
  for (size_t i = 0; i < count; ++i) {
    ryft_shape shape;
    bench_ok(ryft_buffer_shape(self->argument_buffers[0], &shape));
  }
}

static void raw_device(void *arg, size_t count) {
  const bench_launch *self = arg;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Buffer_Device_Args args = {
        .struct_size = PJRT_Buffer_Device_Args_STRUCT_SIZE,
        .buffer = ryft_buffer_raw(self->argument_buffers[0]),
    };
    bench_raw_ok(self->api, self->api->PJRT_Buffer_Device(&args));
  }
}

static void our_device(void *arg, size_t count) {
  const bench_launch *self = arg;
  for (size_t i = 0; i < count; ++i) {
    const ryft_device *device = NULL;
    bench_ok(ryft_buffer_device(self->argument_buffers[0], &device));
  }
}

int main(int argc, char **argv) {
  bench self;
  bench_launch add;
  bench_open(&self, argc, argv);
  bench_launch_open(&add, &self, ADD, RYFT_SHAPE(RYFT_F32, 4), 1, 2, 1);
  bench_compare(&self, "execute_await", bench_launch_raw_await, bench_launch_ours_await, &add);
  bench_compare(&self, "dispatch", bench_launch_raw, bench_launch_ours, &add);
  bench_compare(&self, "buffer_shape", raw_shape, our_shape, &add);
  bench_compare(&self, "buffer_device", raw_device, our_device, &add);
  bench_launch_close(&add);
  bench_close(&self);
  return 0;
}
