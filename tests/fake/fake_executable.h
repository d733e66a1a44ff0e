/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_TESTS_FAKE_FAKE_EXECUTABLE_H
#define RYFT_TESTS_FAKE_FAKE_EXECUTABLE_H

#include "tests/fake/fake_buffer.h"
#include "tests/fake/fake_program.h"

/* The numbers and texts that the accessors lend are made with the executable. */
struct PJRT_Executable {
  fake_object object;
  PJRT_Client *client; /* NULL when it was compiled without one */
  fake_program *program;
  size_t replicas, partitions;
  char *options;
  size_t options_size;
  char *fingerprint;
  PJRT_Buffer_Type *types;
  int64_t *dims;
  size_t *ranks;
  const char **parameter_kinds, **result_kinds;
  size_t *parameter_kind_sizes, *result_kind_sizes;
  PJRT_NamedValue cost;
  PJRT_Layouts_MemoryLayout *
      *layout_lists[2]; /* of results and of parameters, for the Layouts extension */
};

struct PJRT_LoadedExecutable {
  fake_object object;
  PJRT_Client *client;
  fake_program *program;
  fake_build build;
  char *options;
  size_t options_size;
  PJRT_Device **devices; /* the addressable ones, in order of their places */
  PJRT_LogicalDeviceIds *logical_ids;
  size_t device_count;
  atomic_bool deleted;
};

/* Takes `program`; copies `options`. */
PJRT_Executable *fake_executable_new(PJRT_Client *client,
                                     fake_program *program,
                                     const fake_build *build,
                                     const char *options,
                                     size_t options_size);

/* The other direction of Serialize: the program's text and the options. */
PJRT_Error *fake_serialized_read(const char *bytes,
                                 size_t size,
                                 const char **out_text,
                                 size_t *out_text_size,
                                 const char **out_options,
                                 size_t *out_options_size);

#endif /* RYFT_TESTS_FAKE_FAKE_EXECUTABLE_H */
