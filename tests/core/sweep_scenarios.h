/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* One scenario for each public function that can fail: see test_sweep.c. */
#ifndef RYFT_TESTS_CORE_SWEEP_SCENARIOS_H
#define RYFT_TESTS_CORE_SWEEP_SCENARIOS_H

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
} scene;

typedef struct scenario {
  const char *name;
  ryft_error *(*run)(const scene *s);
  /* Entry points whose failure the function is documented to do without; separated by spaces. */
  const char *optional;
} scenario;

extern const scenario sweep_scenarios[];
extern const size_t sweep_scenario_count;

#endif /* RYFT_TESTS_CORE_SWEEP_SCENARIOS_H */
