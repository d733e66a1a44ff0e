/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A session that goes on in steps, on a real plugin. */
#ifndef RYFT_TESTS_CORE_SESSION_STEPS_H
#define RYFT_TESTS_CORE_SESSION_STEPS_H

#include "core/program_support.h"
#include "core/session_support.h"

/* The state x goes on by dx, and their product is shown. */
#define STEP_TEXT                                                                                  \
  "module { func.func @main(%x: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %dx: tensor<4xf32>)" \
  " -> (tensor<4xf32>, tensor<4xf32>) { %0 = stablehlo.add %x, %dx : tensor<4xf32> "               \
  " %1 = stablehlo.multiply %0, %dx : tensor<4xf32> "                                              \
  " return %0, %1 : tensor<4xf32>, tensor<4xf32> } }"

static inline ryft_session *step_session(const fixture *self, const char *text) {
  ryft_loaded_executable *step = compile(self, text, NULL);
  ryft_session *session = new_session(step, NAMES("x", "dx"), NAMES("x", "product"));
  ryft_loaded_executable_destroy(step); /* the session holds it */
  return session;
}

#endif /* RYFT_TESTS_CORE_SESSION_STEPS_H */
