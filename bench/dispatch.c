/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What it costs to run a program that does next to nothing: an addition of four floats. */
#include "bench.h"

static const char ADD[] =
    "module @add {\n"
    "  func.func public @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {\n"
    "    %0 = stablehlo.add %a, %b : tensor<4xf32>\n"
    "    return %0 : tensor<4xf32>\n"
    "  }\n"
    "}\n";

typedef struct run {
  const PJRT_Api *api;
  ryft_loaded_executable *executable;
  ryft_buffer *arguments[2];
} run;

static PJRT_Buffer *raw_execute(const run *self, PJRT_Event **done) {
  PJRT_ExecuteOptions options = {.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE};
  PJRT_Buffer *arguments[2] = {
      ryft_buffer_raw(self->arguments[0]),
      ryft_buffer_raw(self->arguments[1]),
  };
  PJRT_Buffer *output = NULL;
  PJRT_Buffer *const *argument_list = arguments;
  PJRT_Buffer **output_list = &output;
  PJRT_LoadedExecutable_Execute_Args args = {
      .struct_size = PJRT_LoadedExecutable_Execute_Args_STRUCT_SIZE,
      .executable = ryft_loaded_executable_raw(self->executable),
      .options = &options,
      .argument_lists = &argument_list,
      .num_devices = 1,
      .num_args = 2,
      .output_lists = &output_list,
      .device_complete_events = done,
  };
  bench_raw_ok(self->api, self->api->PJRT_LoadedExecutable_Execute(&args));
  return output;
}

static void raw_execute_await(void *arg, size_t count) {
  const run *self = arg;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Event *done = NULL;
    PJRT_Buffer *output = raw_execute(self, &done);
    bench_raw_await(self->api, done);
    bench_raw_destroy_event(self->api, done);
    bench_raw_destroy_buffer(self->api, output);
  }
}

static void our_execute_await(void *arg, size_t count) {
  const run *self = arg;
  for (size_t i = 0; i < count; ++i) {
    ryft_buffer *output = NULL;
    ryft_event *done = NULL;
    bench_ok(
        ryft_execute(self->executable, self->arguments, 2, /* options= */ NULL, &output, 1, &done));
    bench_ok(ryft_event_await(done));
    ryft_event_destroy(done);
    ryft_buffer_destroy(output);
  }
}

/* Nobody asks for the end of the execution, as in a chain of them. */
static void raw_dispatch(void *arg, size_t count) {
  const run *self = arg;
  for (size_t i = 0; i < count; ++i) {
    bench_raw_destroy_buffer(self->api, raw_execute(self, NULL));
  }
}

static void our_dispatch(void *arg, size_t count) {
  const run *self = arg;
  for (size_t i = 0; i < count; ++i) {
    ryft_buffer *output = NULL;
    bench_ok(
        ryft_execute(self->executable, self->arguments, 2, NULL, &output, 1, /* done= */ NULL));
    ryft_buffer_destroy(output);
  }
}

/* Rank and first dimension, as a binding asks for them again and again. */
static void raw_shape(void *arg, size_t count) {
  const run *self = arg;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Buffer_ElementType_Args type = {
        .struct_size = PJRT_Buffer_ElementType_Args_STRUCT_SIZE,
        .buffer = ryft_buffer_raw(self->arguments[0]),
    };
    PJRT_Buffer_Dimensions_Args dims = {
        .struct_size = PJRT_Buffer_Dimensions_Args_STRUCT_SIZE,
        .buffer = ryft_buffer_raw(self->arguments[0]),
    };
    bench_raw_ok(self->api, self->api->PJRT_Buffer_ElementType(&type));
    bench_raw_ok(self->api, self->api->PJRT_Buffer_Dimensions(&dims));
  }
}

static void our_shape(void *arg, size_t count) {
  const run *self = arg;
  for (size_t i = 0; i < count; ++i) {
    ryft_shape shape;
    bench_ok(ryft_buffer_shape(self->arguments[0], &shape));
  }
}

int main(int argc, char **argv) {
  static const float left[4] = {1, 2, 3, 4}, right[4] = {10, 20, 30, 40};
  const ryft_shape shape = RYFT_SHAPE(RYFT_F32, 4);
  bench self;
  bench_open(&self, argc, argv);
  run arg = {.api = self.api};
  bench_ok(ryft_client_compile(self.client, RYFT_PROGRAM_TEXT(ADD), NULL, &arg.executable));
  bench_ok(
      ryft_buffer_from_host(self.device, left, sizeof left, shape, NULL, &arg.arguments[0], NULL));
  bench_ok(ryft_buffer_from_host(
      self.device, right, sizeof right, shape, NULL, &arg.arguments[1], NULL));

  bench_compare(&self, "execute_await", raw_execute_await, our_execute_await, &arg);
  bench_compare(&self, "dispatch", raw_dispatch, our_dispatch, &arg);
  bench_compare(&self, "buffer_shape", raw_shape, our_shape, &arg);

  ryft_buffer_destroy(arg.arguments[0]);
  ryft_buffer_destroy(arg.arguments[1]);
  ryft_loaded_executable_destroy(arg.executable);
  bench_close(&self);
  return 0;
}
