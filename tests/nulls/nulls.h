/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the generated tests of NULL use: tools/apilists/nulls.py writes them. */
#ifndef RYFT_TESTS_NULLS_NULLS_H
#define RYFT_TESTS_NULLS_NULLS_H

#include "ryft/io/npy.h"
#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

/* One of each noun, on the fake plugin. */
typedef struct scene {
  fake_control fake;
  ryft_plugin *plugin;
  ryft_client *client;
  const ryft_device *device;
  const ryft_memory *memory;
  ryft_buffer *buffer;                /* s32[4] */
  ryft_event *event;                  /* buffer's */
  ryft_program program;               /* adds two of them */
  ryft_loaded_executable *executable; /* of `program` */
  ryft_session *session;              /* of `executable`; has run */
  ryft_error *error;
  ryft_found_plugins *found;
  ryft_npy *npy;
  ryft_bytes npy_bytes;
  ryft_host_array array; /* four numbers */
  int32_t room[4];
  char text[64];
  size_t output_slot;
  const char *input_names[2];
  const char *output_names[1];
  ryft_buffer *arguments[2];
  ryft_buffer *outputs[1];
  ryft_buffer *const *all_arguments[1];
  ryft_buffer **all_outputs[1];
} scene;

/* What an output holds before the call, so that a function which forgets it is found out. */
#define POISON ((void *)s)

/* The parameter called so is NULL, and the answer says so. */
void refused(const char *name, ryft_error *error);

/* It may be: the answer is about something else, if anything. */
void taken(const char *name, ryft_error *error);

/* NULL or "". */
#define assert_no_text(text) assert_true((text) == NULL || *(text) == '\0')

/* Callbacks. */
ryft_error *write_nothing(const void *data, size_t size, void *arg);
void ignore(const ryft_error *error, void *arg);

extern const struct CMUnitTest null_tests[];
extern const size_t null_test_count;

#endif /* RYFT_TESTS_NULLS_NULLS_H */
