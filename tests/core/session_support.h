/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What tests of sessions share. */
#ifndef RYFT_TESTS_CORE_SESSION_SUPPORT_H
#define RYFT_TESTS_CORE_SESSION_SUPPORT_H

#include "ryft/session.h"
#include "support/assert.h"

/* A list of names, and how many there are, as two arguments. */
#define NAMES(...)                      \
  ((const char *const[]){__VA_ARGS__}), \
      (sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static inline ryft_session *new_session(ryft_loaded_executable *executable,
                                        const char *const *inputs,
                                        size_t input_count,
                                        const char *const *outputs,
                                        size_t output_count) {
  ryft_session *session = NULL;
  assert_ok(ryft_session_create(
      executable, inputs, input_count, outputs, output_count, /* options= */ NULL, &session));
  assert_non_null(session);
  return session;
}

/* first, first + 1, first + 2, first + 3 as f32[4]; copied by whoever takes it. */
static inline void set_four(ryft_session *session, const char *name, float first) {
  const float data[4] = {first, first + 1, first + 2, first + 3};
  const ryft_host_array array = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(RYFT_F32, 4),
                                 .data = data,
                                 .size = sizeof data};
  assert_ok(ryft_session_set_host(session, name, &array));
}

/* That a slot holds first, first + step, … */
static inline void get_four(const ryft_session *session,
                            const char *name,
                            float first,
                            float step) {
  float found[4] = {0};
  assert_ok(ryft_session_get(session, name, found, sizeof found));
  for (int i = 0; i < 4; ++i) assert_float_equal(found[i], first + (float)i * step, 0);
}

static inline void get_code(const ryft_session *session,
                            const char *name,
                            ryft_code code,
                            const char *part) {
  float found[4] = {0};
  assert_code(ryft_session_get(session, name, found, sizeof found), code, part);
}

#endif /* RYFT_TESTS_CORE_SESSION_SUPPORT_H */
