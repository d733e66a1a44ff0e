/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the tests use that tools/apilists writes. */
#ifndef RYFT_TESTS_DECLARED_SCENE_H
#define RYFT_TESTS_DECLARED_SCENE_H

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

/* What an output holds before a call, so that a function which forgets it is found out. */
#define POISON ((void *)s)

int open_scene(void **state);
int close_scene(void **state);

/* Of `outputs`. */
void give_outputs_back(void);

/* Callbacks. */
ryft_error *write_nothing(const void *data, size_t size, void *arg);
void ignore(const ryft_error *error, void *arg);

#endif /* RYFT_TESTS_DECLARED_SCENE_H */
