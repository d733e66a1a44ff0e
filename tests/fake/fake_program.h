/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Programs in the little language of fake.h, and the forms in which a compiled one is shown. */
#ifndef RYFT_TESTS_FAKE_FAKE_PROGRAM_H
#define RYFT_TESTS_FAKE_FAKE_PROGRAM_H

#include "tests/fake/fake_type.h"

typedef enum fake_op { FAKE_OP_IOTA, FAKE_OP_ADD, FAKE_OP_IDENTITY, FAKE_OP_SWAP } fake_op;

typedef struct fake_shapes {
  fake_shape *items;
  size_t count;
} fake_shapes;

typedef struct fake_program {
  atomic_size_t holders;
  char *text; /* from "fake:" to the end of its line */
  fake_shapes parameters;
  fake_shapes results;
  fake_shape *present; /* the results with dynamic dimensions at their present size */
  int64_t *aliases;    /* for each parameter the result that takes its memory, or -1 */
  bool *donors;
  fake_op op;
  unsigned sleep_ms, compile_sleep_ms;
  int error, later, compile_error; /* codes, or 0 */
  bool crash, abort, hang, babble, compile_crash;
  bool tupled;
} fake_program;

PJRT_Error *fake_program_parse(const char *code, size_t size, fake_program **out);
fake_program *fake_program_hold(fake_program *program);
void fake_program_release(fake_program *program);

/* What the program does to the process before it computes anything. */
void fake_program_misbehave(const fake_program *program);

/* Writes result `index`, dense, from dense parameters. */
void fake_program_compute(const fake_program *program,
                          size_t index,
                          const void *const *parameters,
                          void *out);

/* A serialized HloModuleProtoWithConfig, which the caller frees. */
char *fake_hlo_encode(const fake_program *program, size_t *out_size);

/* What the fake understands of a CompileOptionsProto. */
typedef struct fake_build {
  int64_t replicas;
  int64_t partitions;
  bool portable;
  int64_t *device_ids; /* replica by replica; NULL: the first ones */
  size_t device_id_count;
} fake_build;

PJRT_Error *fake_build_read(const char *options, size_t size, fake_build *out);
void fake_build_free(fake_build *build);

#endif /* RYFT_TESTS_FAKE_FAKE_PROGRAM_H */
