/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The fake plugin: a PJRT plugin that keeps state, checks what it is given, counts what is alive
 * and fails when told to. This header is what tests see of it: how to write its programs, and the
 * functions that every variant exports besides GetPjrtApi (support/plugin.h finds them).
 * docs/design/testing.md tells the whole story.
 */
#ifndef RYFT_TESTS_FAKE_FAKE_H
#define RYFT_TESTS_FAKE_FAKE_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
/*
 * A program's text, as a string literal:
 *
 *     FAKE_PROGRAM("(s32[2,1], s32[2,1]) -> (s32[2,1]) = add")
 *
 * Shapes are as ryft_shape_format writes them; `300*f32[4]` stands for 300 equal ones, and
 * `f32[2,3]{0,1}` lies with its first dimension fastest. Behind the
 * equals sign:
 *
 *   add            every result is the sum of the first two parameters (integers, f32, f64)
 *   identity       result i is a copy of parameter i
 *   swap           result 0 is parameter 1, result 1 is parameter 0
 *   iota           element e of result k is e + k (the default)
 *
 * and, separated by spaces, any of
 *
 *   donate(i->j)   parameter i gives its memory to result j when it may
 *   donor(i)       parameter i may be donated without being any particular result
 *   size(i.d=N)    dimension d of result i is dynamic, bounded by the result's shape, and N is its
 *                  present size; one below zero or beyond the bound is reported and never copied
 *   sleep(MS)      results become ready that much later, on another thread
 *   error(CODE)    the execution is refused
 *   later(CODE)    the execution starts, and its results and its event carry the error
 *   crash  abort  hang   what the plugin does to the process when executed; hang never returns
 *   babble         before that, starts processes that print without end
 *   compile_error(CODE)  compile_crash  compile_sleep(MS)   the same while compiling
 *
 * The module around it is there for whoever looks at programs before the plugin does.
 */
/* clang-format on */
#define FAKE_PROGRAM(signature) \
  "module @fake {\n  // fake: " signature "\n  func.func public @main() {\n    return\n  }\n}\n"

typedef enum fake_kind {
  FAKE_ERROR,
  FAKE_EVENT,
  FAKE_CLIENT,
  FAKE_BUFFER,
  FAKE_EXECUTABLE,
  FAKE_LOADED_EXECUTABLE,
  FAKE_TOPOLOGY,
  FAKE_CONTEXT,
  FAKE_SERIALIZED,
  FAKE_LAYOUT,
  FAKE_KIND_COUNT,
  /* Parts of a client, which are not counted. */
  FAKE_DEVICE = FAKE_KIND_COUNT,
  FAKE_DESCRIPTION,
  FAKE_MEMORY,
  FAKE_ALL_KINDS,
} fake_kind;

/* What a call may be told to answer although it is not so. */
typedef enum fake_lie {
  FAKE_LIE_DONE = 1,     /* that all is well, having done nothing: what it should give stays NULL */
  FAKE_LIE_NULL_ENTRIES, /* a list, of devices or memories, that is full of NULLs */
} fake_lie;

/* clang-format off */
/*
 * The functions, named as RYFT_FAKE(return type, name, parameters) so that one list serves the
 * declarations here and the pointers in support/plugin.h.
 *
 *   fake_live_objects     handles that the plugin gave out and did not get back
 *   fake_live             the same for one fake_kind
 *   fake_fail_next        the nth call (from now, from 1) of slot "PJRT_..." answers `code`;
 *                         message may be NULL
 *   fake_fail_nth_call    the nth call (from now, from 1) of any slot that can fail answers `code`.
 *                         Slots that destroy or release cannot fail, nor can those that read errors
 *   fake_faults_fired     failures injected since the last reset
 *   fake_fault_slot       where the last of them was; "" when there was none
 *   fake_add_payload      attaches a payload to every injected error, until reset
 *   fake_call_count       calls of one slot since the last reset
 *   fake_calls_total      calls of all slots that can fail since the last reset
 *   fake_set_latency      from now on work completes on another thread after so many
 *                         microseconds; 0: as the variant does by itself
 *   fake_stall_next       the next call of a slot waits for fake_go_on
 *   fake_is_stalled       whether it does
 *   fake_reset            forgets faults, payloads, counts and latency; objects stay
 */
/* clang-format on */
#define RYFT_FAKE_FUNCTIONS                                                                      \
  RYFT_FAKE(size_t, fake_live_objects, (void))                                                   \
  RYFT_FAKE(size_t, fake_live, (int kind))                                                       \
  RYFT_FAKE(void, fake_fail_next, (const char *slot, size_t nth, int code, const char *message)) \
  RYFT_FAKE(void, fake_fail_nth_call, (size_t nth, int code))                                    \
  RYFT_FAKE(void, fake_lie_next, (const char *slot, size_t nth, fake_lie lie))                   \
  RYFT_FAKE(size_t, fake_faults_fired, (void))                                                   \
  RYFT_FAKE(const char *, fake_fault_slot, (void))                                               \
  RYFT_FAKE(void, fake_add_payload, (const char *name, const void *value, size_t size))          \
  RYFT_FAKE(size_t, fake_call_count, (const char *slot))                                         \
  RYFT_FAKE(size_t, fake_calls_total, (void))                                                    \
  RYFT_FAKE(void, fake_set_latency, (unsigned microseconds))                                     \
  RYFT_FAKE(void, fake_stall_next, (const char *slot))                                           \
  RYFT_FAKE(bool, fake_is_stalled, (void))                                                       \
  RYFT_FAKE(void, fake_go_on, (void))                                                            \
  RYFT_FAKE(void, fake_reset, (void))

#define RYFT_FAKE(type, name, parameters) \
  __attribute__((visibility("default"))) type name parameters;
RYFT_FAKE_FUNCTIONS
#undef RYFT_FAKE

#endif /* RYFT_TESTS_FAKE_FAKE_H */
