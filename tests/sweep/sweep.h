/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * What the sweeps do, as tables: docs/design/testing.md tells how, check_sweeps.py demands that
 * every public function has its place here.
 */
#ifndef RYFT_TESTS_SWEEP_SWEEP_H
#define RYFT_TESTS_SWEEP_SWEEP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"

/* ---- What a step may use: made anew for each point, so that nothing is cached from the last one.
 */

/* Donates its first argument to its second result. */
#define SWEEP_PROGRAM \
  FAKE_PROGRAM("(s32[2,3], s32[2,3]) -> (s32[2,3], s32[2,3]) = add donate(0->1)")
#define SWEEP_PLAIN FAKE_PROGRAM("(s32[2,3], s32[2,3]) -> (s32[2,3], s32[2,3]) = swap")
#define SWEEP_MATRIX RYFT_SHAPE(RYFT_S32, 2, 3)
static const int32_t sweep_numbers[6] = {1, 2, 3, 4, 5, 6};

#define SWEEP_ARRAY                                                 \
  (&(const ryft_host_array){.struct_size = sizeof(ryft_host_array), \
                            .shape = SWEEP_MATRIX,                  \
                            .data = sweep_numbers,                  \
                            .size = sizeof sweep_numbers})

/* The slots of sessions: inputs, then results, of which the second is fed back. */
#define SWEEP_INPUTS ((const char *const[]){"left", "right"})
#define SWEEP_OUTPUTS ((const char *const[]){"sum", "left"})

/* A table opens what its steps use, so that a point costs no more than that. */
typedef struct scene {
  ryft_plugin *plugin;

  /* scene_open_client: */
  ryft_client *client;
  const ryft_device *devices[2];

  /* scene_open_buffers: */
  ryft_buffer *left, *right;             /* sweep_numbers on the first device */
  ryft_buffer *other_left, *other_right; /* and on the second */
  ryft_buffer *empty;                    /* no elements, on the first */

  /* scene_open_executables: */
  ryft_loaded_executable *executable; /* SWEEP_PROGRAM on the first device */
  ryft_loaded_executable *wide;       /* the same, a replica on each device */

  /* scene_open_untold, needs buffers: */
  ryft_loaded_executable *untold; /* as `executable`, but nobody read its signature */
  ryft_buffer *result;            /* of `untold`, so the plugin must be asked for its shape */

  /* scene_open_events, needs buffers: */
  ryft_event *event; /* made by the user, not set */
  ryft_event *ready; /* left's, complete */

  /* scene_open_sessions, needs executables: */
  ryft_session *session;      /* of `executable`; has run once */
  ryft_session *wide_session; /* of `wide`, too */
} scene;

/* Each needs the client, and what is said above. */
void scene_open_client(scene *s);
void scene_open_buffers(scene *s);
void scene_open_executables(scene *s);
void scene_open_untold(scene *s);
void scene_open_events(scene *s);
void scene_open_sessions(scene *s);
void scene_close(scene *s);

/* A directory with links to the fake plugin, which is where plugins are searched for, and files
 * that are read. */
extern char *sweep_places;
void sweep_places_open(void);
void sweep_places_close(void);

/* ---- Steps: one call of a public function. All that it makes is destroyed again, and its error is
 * the step's result. */

typedef struct sweep_step {
  const char *function;
  const char *name;
  ryft_error *(*run)(const scene *s);
  /* Entry points whose failure the function is documented to do without, and codes of failures that
   * it takes for a plugin's way to say that it lacks something; separated by spaces. */
  const char *optional;
  /* Neither allocates nor calls the plugin, as long as there is nothing to complain about. */
  bool calm;
  /* Calls other public functions besides, whose errors name those. */
  bool mixed;
} sweep_step;

#define SWEEP(function, run, optional) \
  { #function, #run, run, optional, false, false }
#define SWEEP_MIXED(function, run, optional) \
  { #function, #run, run, optional, false, true }
#define SWEEP_CALM(function, run) \
  { #function, #run, run, "", true, false }

/* The steps of a domain. Each steps_*.c holds one and becomes a program, which runs beside others.
 */
typedef struct sweep_table {
  const sweep_step *steps;
  size_t count;
  void (*open)(scene *s); /* NULL: needs no plugin, so `s` is empty */
} sweep_table;

#define SWEEP_TABLE(steps, open) \
  { (steps), sizeof(steps) / sizeof((steps)[0]), (open) }

extern const sweep_table sweep_domain;

/* Entry points that readers of small results do without: they copy instead. */
#define SWEEP_FAST_READ                                                 \
  "PJRT_Buffer_IsOnCpu PJRT_Buffer_Memory PJRT_Buffer_GetMemoryLayout " \
  "PJRT_Buffer_OnDeviceSizeInBytes "                                    \
  "PJRT_Buffer_IncreaseExternalReferenceCount PJRT_Buffer_OpaqueDeviceMemoryDataPointer"
#define SWEEP_ATTRIBUTES \
  "PJRT_DeviceDescription_Attributes PJRT_Device_GetAttributes PJRT_Device_DefaultMemory"
#define SWEEP_SIGNATURE "PJRT_Executable_OptimizedProgram"

/* What an output holds before the call, so that a function which forgets it is found out. */
#define POISON sweep_poison()
static inline void *sweep_poison(void) {
  static char somewhere;
  return &somewhere;
}

/* After a failure a pointer is NULL, a number 0, a truth false. */
#define CLEARED(error, output)                                                  \
  do {                                                                          \
    if ((error) != NULL && (output)) fail_msg("the failed call left " #output); \
  } while (0)

/* Waits until what ends on another thread got so far. */
void sweep_wait(const atomic_int *count);

/* ---- Points: a step with one failure in it. */

typedef struct sweep_rig {
  fake_control fake;
  ryft_plugin *plugin;
  bool few_codes;
} sweep_rig;

/* Fails each allocation once, then each call of the plugin with each code; `open` as the table's.
 */
void sweep_run(const sweep_rig *rig, const sweep_step *step, void (*open)(scene *s));

/* Whether `name` is one of the words of `list`, which spaces separate. */
bool sweep_lists(const char *list, const char *name);

/* After a failed assertion too, so that it does not make all steps behind it fail. */
void sweep_clean_up(const sweep_rig *rig);

#endif /* RYFT_TESTS_SWEEP_SWEEP_H */
