/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What programs compute, and what they do to the process. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fake/fake_program.h"

/* Enough of them, and of room, that whoever reads hardly ever finds the pipe empty. They end with
 * its reader. */
static void babble(void) {
  enum { PROCESSES = 4, ROOM = 1 << 20 };
  static char words[ROOM];
  (void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, ROOM);
  for (int i = 0; i < PROCESSES; ++i) {
    if (fork() != 0) continue;
    (void)signal(SIGPIPE, SIG_DFL);
    while (write(STDOUT_FILENO, words, sizeof words) > 0) continue;
    _exit(1);
  }
}

void fake_program_misbehave(const fake_program *program) {
  if (program->babble) babble();
  if (program->abort) abort();
  if (program->crash) {
    /* By the default action, whatever a sanitizer or a test framework has installed. */
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
  }
  while (program->hang) pause();
}

/* Integers wrap, as they do in XLA. */
static void add_integers(size_t size,
                         size_t count,
                         const uint8_t *left,
                         const uint8_t *right,
                         uint8_t *out) {
  for (size_t i = 0; i < count; ++i) {
    uint64_t a = 0, b = 0;
    memcpy(&a, left + i * size, size);
    memcpy(&b, right + i * size, size);
    a += b;
    memcpy(out + i * size, &a, size);
  }
}

static void add_floats(size_t count, const float *left, const float *right, float *out) {
  for (size_t i = 0; i < count; ++i) out[i] = left[i] + right[i];
}

static void add_doubles(size_t count, const double *left, const double *right, double *out) {
  for (size_t i = 0; i < count; ++i) out[i] = left[i] + right[i];
}

static void add(const fake_shape *shape, const void *left, const void *right, void *out) {
  const size_t count = fake_shape_count(shape);
  switch (shape->type) {
    case PJRT_Buffer_Type_F32:
      add_floats(count, left, right, out);
      break;
    case PJRT_Buffer_Type_F64:
      add_doubles(count, left, right, out);
      break;
    default:
      add_integers(fake_type_host_size((int)shape->type), count, left, right, out);
  }
}

static void iota(const fake_shape *shape, size_t start, uint8_t *out) {
  const size_t size = fake_type_host_size((int)shape->type);
  for (size_t i = 0; i < fake_shape_count(shape); ++i) {
    const uint64_t integer[2] = {start + i, 0};
    const float single[2] = {(float)(start + i), 0};
    const double whole[2] = {(double)(start + i), 0};
    const void *value = integer;
    if (shape->type == PJRT_Buffer_Type_F32 || shape->type == PJRT_Buffer_Type_C64) value = single;
    if (shape->type == PJRT_Buffer_Type_F64 || shape->type == PJRT_Buffer_Type_C128) value = whole;
    memcpy(out + i * size, value, size);
    if (shape->type == PJRT_Buffer_Type_PRED) out[i] &= 1;
    /* What the device keeps for these is not what the host sees. */
    if (fake_type_bits((int)shape->type) < 8) out[i] ^= 0x5a;
  }
}

void fake_program_compute(const fake_program *program,
                          size_t index,
                          const void *const *parameters,
                          void *out) {
  const fake_shape *shape = &program->results.items[index];
  const size_t size = fake_shape_host_size(shape);
  switch (program->op) {
    case FAKE_OP_ADD:
      add(shape, parameters[0], parameters[1], out);
      break;
    case FAKE_OP_IDENTITY:
      memmove(out, parameters[index], size);
      break;
    case FAKE_OP_SWAP:
      memmove(out, parameters[1 - index], size);
      break;
    case FAKE_OP_IOTA:
      iota(shape, index, out);
      break;
  }
}
