/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What tests of compiling and executing share, on top of the client that tests of buffers share. */
#ifndef RYFT_TESTS_CORE_PROGRAM_SUPPORT_H
#define RYFT_TESTS_CORE_PROGRAM_SUPPORT_H

#include <stdio.h>
#include <string.h>

#include "core/buffer_support.h"
#include "ryft/ryft.h"
#include "src/base/base.h"
#include "support/temp.h"

#define ADD_TEXT                                                                             \
  "module @adder { func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {" \
  "  %0 = stablehlo.add %a, %b : tensor<4xf32>  return %0 : tensor<4xf32> } }"

/* Adds, and gives the first argument's memory to the result. */
#define DONATE_TEXT                                                                               \
  "module { func.func @main(%a: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %b: tensor<4xf32>)" \
  " -> tensor<4xf32> { %0 = stablehlo.add %a, %b : tensor<4xf32>  return %0 : tensor<4xf32> } }"

static inline ryft_program text_program(const char *text) {
  return (ryft_program){RYFT_SIZED(ryft_program), .format = "mlir", .code = {text, strlen(text)}};
}

static inline ryft_loaded_executable *compile(const fixture *self,
                                              const char *text,
                                              const ryft_compile_options *options) {
  ryft_loaded_executable *executable = NULL;
  const ryft_program program = text_program(text);
  assert_ok(ryft_client_compile(self->client, &program, options, &executable));
  assert_non_null(executable);
  return executable;
}

/* first, first + 1, first + 2, first + 3 as f32[4] on one of the client's devices. */
static inline ryft_buffer *four(const fixture *self, size_t device, float first) {
  const ryft_device_list devices = ryft_client_addressable_devices(self->client);
  const float data[4] = {first, first + 1, first + 2, first + 3};
  ryft_buffer *buffer = NULL;
  assert_true(device < devices.count);
  assert_ok(ryft_buffer_from_host(
      devices.items[device], data, sizeof data, RYFT_SHAPE(RYFT_F32, 4), NULL, &buffer, NULL));
  return buffer;
}

/* That the buffer holds first, first + step, … and gives it up. */
static inline void expect_four(ryft_buffer *buffer, float first, float step) {
  const float wanted[4] = {first, first + step, first + 2 * step, first + 3 * step};
  assert_non_null(buffer);
  expect_contents(buffer, wanted, sizeof wanted);
  ryft_buffer_destroy(buffer);
}

#endif /* RYFT_TESTS_CORE_PROGRAM_SUPPORT_H */
