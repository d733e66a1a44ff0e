/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A training step exported from JAX, run by a session and by hand. */
#include <stdio.h>
#include <stdlib.h>

#include "core/buffer_support.h"
#include "core/session_support.h"
#include "ryft/execute.h"
#include "ryft/io/npy.h"
#include "ryft/io/program.h"
#include "src/abi/gen/calls.h"
#include "src/core/buffer.h"

enum { PARAMETERS = 4, INPUTS = 6, OUTPUTS = 5, BATCH = 32, PIXELS = 64, STEPS = 45 };

static const char *const NAMES_IN[] = {"w1", "b1", "w2", "b2", "images", "labels"};
static const char *const NAMES_OUT[] = {"w1", "b1", "w2", "b2", "loss"};

static const char *digits_path(const char *name, const char *suffix) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/examples/digits/%s%s", getenv("RYFT_SOURCE_DIR"), name, suffix);
  return path;
}

static ryft_npy *map(const char *name) {
  ryft_npy *npy = NULL;
  assert_ok(ryft_npy_map(digits_path(name, ".npy"), &npy));
  return npy;
}

static ryft_loaded_executable *compile_step(const fixture *self) {
  ryft_program *program = NULL;
  ryft_loaded_executable *step = NULL;
  assert_ok(ryft_program_read(digits_path("train_step", ".mlir"), &program));
  assert_ok(ryft_client_compile(self->client, program, NULL, &step));
  ryft_program_destroy(program);
  return step;
}

/* The rows of one step. */
static ryft_host_array batch(const ryft_npy *npy, int step, size_t rank, const int64_t *dims) {
  ryft_host_array array = *ryft_npy_host_array(npy);
  array.size = BATCH * (rank == 2 ? (size_t)PIXELS : 1);
  array.shape = (ryft_shape){RYFT_U8, rank, dims};
  array.data = (const char *)array.data + (size_t)step * array.size;
  return array;
}

typedef struct data {
  ryft_npy *images;
  ryft_npy *labels;
} data;

static void set_batch(ryft_session *session, const data *d, int step) {
  const int64_t dims[] = {BATCH, PIXELS};
  const ryft_host_array images = batch(d->images, step, 2, dims);
  const ryft_host_array labels = batch(d->labels, step, 1, dims);
  assert_ok(ryft_session_set_host(session, "images", &images));
  assert_ok(ryft_session_set_host(session, "labels", &labels));
}

static const void *address_of(const ryft_session *session, const char *name) {
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_session_output(session, name, &buffer));
  assert_ok(ryft_buffer_await(buffer));
  PJRT_Buffer_OpaqueDeviceMemoryDataPointer_Args args = {.buffer = buffer->raw};
  assert_ok(
      ryft__PJRT_Buffer_OpaqueDeviceMemoryDataPointer(buffer->client->table, &args, "ryft_test"));
  ryft_buffer_destroy(buffer);
  return args.device_memory_ptr;
}

static ryft_buffer *upload_array(const fixture *self, ryft_host_array array) {
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_buffer_from_host(
      self->device, array.data, array.size, array.shape, NULL, &buffer, NULL));
  return buffer;
}

/* The losses of an epoch, as somebody gets them who has no session. */
static void train_by_hand(const fixture *self,
                          ryft_loaded_executable *executable,
                          const data *d,
                          float *losses) {
  const int64_t dims[] = {BATCH, PIXELS};
  ryft_buffer *arguments[INPUTS] = {NULL}, *outputs[OUTPUTS];
  for (size_t i = 0; i < PARAMETERS; ++i) {
    ryft_npy *npy = map(NAMES_IN[i]);
    arguments[i] = upload_array(self, *ryft_npy_host_array(npy));
    ryft_npy_destroy(npy);
  }
  for (int step = 0; step < STEPS; ++step) {
    arguments[PARAMETERS] = upload_array(self, batch(d->images, step, 2, dims));
    arguments[PARAMETERS + 1] = upload_array(self, batch(d->labels, step, 1, dims));
    assert_ok(ryft_execute(executable, arguments, INPUTS, NULL, outputs, OUTPUTS, NULL));
    assert_ok(ryft_buffer_read(outputs[PARAMETERS], &losses[step], sizeof losses[step]));
    for (size_t i = 0; i < INPUTS; ++i) ryft_buffer_destroy(arguments[i]);
    for (size_t i = 0; i < PARAMETERS; ++i) arguments[i] = outputs[i];
    ryft_buffer_destroy(outputs[PARAMETERS]);
  }
  for (size_t i = 0; i < PARAMETERS; ++i) ryft_buffer_destroy(arguments[i]);
}

static ryft_session *open_session(ryft_loaded_executable *executable) {
  ryft_session *session = new_session(executable, NAMES_IN, INPUTS, NAMES_OUT, OUTPUTS);
  for (size_t i = 0; i < PARAMETERS; ++i) {
    ryft_npy *npy = map(NAMES_IN[i]);
    assert_ok(ryft_session_set_host(session, NAMES_IN[i], ryft_npy_host_array(npy)));
    ryft_npy_destroy(npy);
  }
  return session;
}

static void expect_eventually_alone(void) {
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int i = 0; i < 5000 && ryft_live_objects() > 1; ++i) nanosleep(&pause, NULL);
}

static void exe_13_digits_train_as_by_hand(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = compile_step(self);
  ryft_session *session = open_session(executable);
  const data d = {map("images"), map("labels")};
  float wanted[STEPS], first = 0, loss = 0;
  train_by_hand(self, executable, &d, wanted);
  for (int step = 0; step < STEPS; ++step) {
    set_batch(session, &d, step);
    assert_ok(ryft_session_run(session));
    assert_ok(ryft_session_get(session, "loss", &loss, sizeof loss));
    assert_float_equal(loss, wanted[step], 0);
    if (step == 0) first = loss;
  }
  assert_true(loss < first / 4);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(executable);
  ryft_npy_destroy(d.images);
  ryft_npy_destroy(d.labels);
  expect_eventually_alone();
}

/* The files are used in place and preserved, so the first step finds memory for the parameters, and
 * all others stay in it. */
static void exe_13_digits_stay_where_they_are(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = compile_step(self);
  ryft_session *session = open_session(executable);
  const data d = {map("images"), map("labels")};
  const void *places[PARAMETERS];
  for (int step = 0; step < STEPS; ++step) {
    set_batch(session, &d, step);
    assert_ok(ryft_session_run(session));
    for (size_t i = 0; i < PARAMETERS; ++i) {
      const void *place = address_of(session, NAMES_IN[i]);
      if (step == 0) places[i] = place;
      assert_ptr_equal(place, places[i]);
    }
  }
  ryft_session_destroy(session);
  ryft_session *again = open_session(executable);
  float loss = 0;
  set_batch(again, &d, 0);
  assert_ok(ryft_session_run(again));
  assert_ok(ryft_session_get(again, "loss", &loss, sizeof loss));
  assert_true(loss > 2); /* the files hold what they held */
  ryft_session_destroy(again);
  ryft_loaded_executable_destroy(executable);
  ryft_npy_destroy(d.images);
  ryft_npy_destroy(d.labels);
  expect_eventually_alone();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_13_digits_train_as_by_hand),
      BUFFER_TEST(exe_13_digits_stay_where_they_are),
  };
  return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
