/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Moves the code that follows by a few cache lines. */
#ifdef BENCH_PLACE
#define TEXT_OF(macro) #macro
#define TEXT(macro) TEXT_OF(macro)
__asm__(".text\n.skip 8 + 208 * " TEXT(BENCH_PLACE) ", 0x90\n");
#endif

static char *write_scalar_program(size_t arguments, size_t results) {
  enum { ROOM = 32 }; /* more than any item takes */
  const size_t size = (arguments + 3 * results + 8) * ROOM;
  char *text = malloc(size), *end = text;
  if (text == NULL) abort();
  end += snprintf(end, ROOM, "func.func public @main(");
  for (size_t i = 0; i < arguments; ++i) {
    end += snprintf(end, ROOM, "%s%%a%zu: tensor<f32>", i == 0 ? "" : ", ", i);
  }
  end += snprintf(end, ROOM, ") -> (");
  for (size_t i = 0; i < results; ++i)
    end += snprintf(end, ROOM, "%stensor<f32>", i == 0 ? "" : ", ");
  end += snprintf(end, ROOM, ") {\nreturn ");
  for (size_t i = 0; i < results; ++i) end += snprintf(end, ROOM, "%s%%a0", i == 0 ? "" : ", ");
  end += snprintf(end, ROOM, " : ");
  for (size_t i = 0; i < results; ++i)
    end += snprintf(end, ROOM, "%stensor<f32>", i == 0 ? "" : ", ");
  (void)snprintf(end, ROOM, "\n}\n");
  return text;
}

static void *make_list(size_t count) {
  void *list = calloc(count, sizeof(void *));
  if (list == NULL) abort();
  return list;
}

static void fill(bench_launch *self, ryft_shape shape) {
  const ryft_device_list devices = ryft_loaded_executable_devices(self->executable);
  size_t size = 0;
  bench_ok(ryft_shape_host_size(shape, &size));
  void *zeros = calloc(1, size);
  if (zeros == NULL) abort();
  for (size_t device = 0; device < self->devices; ++device) {
    const size_t first = device * self->arguments;
    for (size_t i = first; i < first + self->arguments; ++i) {
      bench_ok(ryft_buffer_from_host(devices.items[device],
                                     zeros,
                                     size,
                                     shape,
                                     /* options= */ NULL,
                                     &self->argument_buffers[i],
                                     /* done= */ NULL));
      self->raw_arguments[i] = ryft_buffer_raw(self->argument_buffers[i]);
    }
    self->argument_lists[device] = &self->argument_buffers[first];
    self->raw_argument_lists[device] = &self->raw_arguments[first];
    self->result_lists[device] = &self->result_buffers[device * self->results];
    self->raw_result_lists[device] = &self->raw_results[device * self->results];
  }
  free(zeros);
}

void bench_launch_open(bench_launch *self,
                       const bench *with,
                       const char *program,
                       ryft_shape shape,
                       size_t devices,
                       size_t arguments,
                       size_t results) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = devices};
  *self = (bench_launch){
      .api = with->api,
      .devices = devices,
      .arguments = arguments,
      .results = results,
      .argument_buffers = make_list(devices * arguments),
      .result_buffers = make_list(devices * results),
      .result_lists = make_list(devices),
      .raw_arguments = make_list(devices * arguments),
      .raw_results = make_list(devices * results),
      .raw_result_lists = make_list(devices),
      .argument_lists = make_list(devices),
      .raw_argument_lists = make_list(devices),
  };
  bench_ok(
      ryft_client_compile(with->client, RYFT_PROGRAM_TEXT(program), &options, &self->executable));
  self->raw_executable = ryft_loaded_executable_raw(self->executable);
  fill(self, shape);
}

void bench_launch_open_scalars(bench_launch *self,
                               const bench *with,
                               size_t devices,
                               size_t arguments,
                               size_t results) {
  char *program = write_scalar_program(arguments, results);
  bench_launch_open(self, with, program, RYFT_SCALAR(RYFT_F32), devices, arguments, results);
  free(program);
}

void bench_launch_close(bench_launch *self) {
  for (size_t i = 0; i < self->devices * self->arguments; ++i) {
    ryft_buffer_destroy(self->argument_buffers[i]);
  }
  ryft_loaded_executable_destroy(self->executable);
  free(self->argument_buffers);
  free(self->result_buffers);
  free(self->result_lists);
  free(self->raw_arguments);
  free(self->raw_results);
  free(self->raw_result_lists);
  free(self->argument_lists);
  free(self->raw_argument_lists);
}

/* ---- Straight at the plugin. */

static void raw_execute(const bench_launch *self, PJRT_Event **events) {
  PJRT_ExecuteOptions options = {.struct_size = PJRT_ExecuteOptions_STRUCT_SIZE};
  PJRT_LoadedExecutable_Execute_Args args = {
      .struct_size = PJRT_LoadedExecutable_Execute_Args_STRUCT_SIZE,
      .executable = self->raw_executable,
      .options = &options,
      .argument_lists = (PJRT_Buffer *const *const *)self->raw_argument_lists,
      .num_devices = self->devices,
      .num_args = self->arguments,
      .output_lists = self->raw_result_lists,
      .device_complete_events = events,
  };
  bench_raw_ok(self->api, self->api->PJRT_LoadedExecutable_Execute(&args));
}

static void raw_drop(const bench_launch *self) {
  for (size_t i = 0; i < self->devices * self->results; ++i) {
    bench_raw_destroy_buffer(self->api, self->raw_results[i]);
  }
}

void bench_launch_raw(void *arg, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    raw_execute(arg, /* events= */ NULL);
    raw_drop(arg);
  }
}

void bench_launch_raw_await(void *arg, size_t count) {
  const bench_launch *self = arg;
  for (size_t i = 0; i < count; ++i) {
    PJRT_Event *done = NULL;
    raw_execute(self, &done);
    bench_raw_await(self->api, done);
    bench_raw_destroy_event(self->api, done);
    raw_drop(self);
  }
}

/* ---- Through the library. */

static void execute(const bench_launch *self, ryft_event **done) {
  if (self->devices == 1) {
    bench_ok(ryft_execute(self->executable,
                          self->argument_buffers,
                          self->arguments,
                          /* options= */ NULL,
                          self->result_buffers,
                          self->results,
                          done));
  } else {
    bench_ok(ryft_execute_all(self->executable,
                              (ryft_buffer *const *const *)self->argument_lists,
                              self->devices,
                              self->arguments,
                              /* options= */ NULL,
                              self->result_lists,
                              self->results,
                              done));
  }
}

static void drop(const bench_launch *self) {
  for (size_t i = 0; i < self->devices * self->results; ++i) {
    ryft_buffer_destroy(self->result_buffers[i]);
  }
}

void bench_launch_ours(void *arg, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    execute(arg, /* done= */ NULL);
    drop(arg);
  }
}

void bench_launch_ours_await(void *arg, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    ryft_event *done = NULL;
    execute(arg, &done);
    bench_ok(ryft_event_await(done));
    ryft_event_destroy(done);
    drop(arg);
  }
}
