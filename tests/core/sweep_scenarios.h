/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One scenario for each public function that can fail: see test_sweep.c. */
#ifndef RYFT_TESTS_CORE_SWEEP_SCENARIOS_H
#define RYFT_TESTS_CORE_SWEEP_SCENARIOS_H

#include <stdatomic.h>
#include <time.h>

#include "ryft/ryft.h"
#include "tests/fake/fake.h"

/* The program of the scene donates its first argument to its second result. */
#define SWEEP_PROGRAM \
  FAKE_PROGRAM("(s32[2,3], s32[2,3]) -> (s32[2,3], s32[2,3]) = add donate(0->1)")
#define SWEEP_MATRIX RYFT_SHAPE(RYFT_S32, 2, 3)
static const int32_t sweep_numbers[6] = {1, 2, 3, 4, 5, 6};

/* What a scenario may use: made anew for each point, so that nothing is cached from the last one.
 */
typedef struct scene {
  ryft_plugin *plugin;
  ryft_client *client;
  const ryft_device *devices[2];
  ryft_buffer *left, *right;
  ryft_loaded_executable *executable; /* donates its first argument */
  ryft_event *event;                  /* made by the user, not set */
  ryft_event *ready;                  /* left's, complete */
  ryft_session *session;              /* of `executable`, with slots of its own; has run once */
} scene;

typedef struct scenario {
  const char *name;
  ryft_error *(*run)(const scene *s);
  /* Entry points whose failure the function is documented to do without; separated by spaces. */
  const char *optional;
} scenario;

/* Clients, buffers, events, programs, executables. */
extern const scenario sweep_scenarios[];
extern const size_t sweep_scenario_count;

/* Plugins, places, host memory, sessions. */
extern const scenario sweep_more_scenarios[];
extern const size_t sweep_more_scenario_count;

/* The slots of the scene's session: inputs, then results, of which the second is fed back. */
#define SWEEP_INPUTS ((const char *const[]){"left", "right"})
#define SWEEP_OUTPUTS ((const char *const[]){"sum", "left"})

/* Entry points that readers of small results do without: they copy instead. */
#define SWEEP_FAST_READ                                                 \
  "PJRT_Buffer_IsOnCpu PJRT_Buffer_Memory PJRT_Buffer_GetMemoryLayout " \
  "PJRT_Buffer_OnDeviceSizeInBytes "                                    \
  "PJRT_Buffer_IncreaseExternalReferenceCount PJRT_Buffer_OpaqueDeviceMemoryDataPointer"

/* Not NULL, so that a function which forgets an output is found out. */
static inline void *sweep_poison(void) {
  static char somewhere;
  return &somewhere;
}

/* Waits until what ends on another thread got so far. */
static inline void sweep_wait(const atomic_int *count) {
  const struct timespec pause = {.tv_nsec = 100000};
  for (int i = 0; i < 50000 && atomic_load(count) == 0; ++i) (void)nanosleep(&pause, NULL);
}

#endif /* RYFT_TESTS_CORE_SWEEP_SCENARIOS_H */
