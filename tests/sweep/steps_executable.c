/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "declared_steps.h"
#include "sweep/sweep.h"

/* ---- What an executable is. */

static const ryft_executable *program_of(const scene *s) {
  return ryft_loaded_executable_executable(s->executable);
}

static ryft_error *executable_name(const scene *s) {
  const char *name = POISON;
  ryft_error *error = ryft_executable_name(ryft_loaded_executable_executable(s->untold), &name);
  CLEARED(error, name);
  return error;
}

static ryft_error *executable_optimized_program(const scene *s) {
  const char *format = POISON;
  void *data = POISON;
  size_t size = 7;
  ryft_error *error = ryft_executable_optimized_program(program_of(s), &format, &data, &size);
  CLEARED(error, format[0]);
  CLEARED(error, data);
  CLEARED(error, size);
  ryft_host_free(data);
  return error;
}

/* Read when it was compiled, and kept. */
static ryft_error *executable_signature(const scene *s) {
  const ryft_signature *signature = POISON;
  ryft_error *error = ryft_executable_signature(program_of(s), &signature);
  assert_int_equal(signature->parameter_count, 2);
  return error;
}

/* Where reading it was left out, the first call does. */
static ryft_error *executable_signature_late(const scene *s) {
  const ryft_signature *signature = POISON;
  ryft_error *error =
      ryft_executable_signature(ryft_loaded_executable_executable(s->untold), &signature);
  CLEARED(error, signature);
  return error;
}

static ryft_error *loaded_executable_signature(const scene *s) {
  const ryft_signature *signature = POISON;
  ryft_error *error = ryft_loaded_executable_signature(s->executable, &signature);
  assert_int_equal(signature->output_count, 2);
  return error;
}

static ryft_error *loaded_executable_logical_ids(const scene *s) {
  const ryft_logical_id *ids = POISON;
  size_t count = 7;
  ryft_error *error = ryft_loaded_executable_logical_ids(s->wide, &ids, &count);
  CLEARED(error, ids);
  CLEARED(error, count);
  if (error == NULL) assert_int_equal(ids[1].replica, 1);
  return error;
}

static ryft_error *loaded_executable_assignment(const scene *s) {
  const int *ids = POISON;
  size_t replicas = 7, partitions = 7;
  ryft_error *error = ryft_loaded_executable_assignment(s->wide, &ids, &replicas, &partitions);
  CLEARED(error, ids);
  CLEARED(error, replicas);
  CLEARED(error, partitions);
  if (error == NULL) assert_int_equal(ids[1], 1);
  return error;
}

static ryft_error *loaded_executable_is_deleted(const scene *s) {
  bool deleted = true;
  ryft_error *error = ryft_loaded_executable_is_deleted(s->executable, &deleted);
  assert_false(deleted);
  return error;
}

/* ---- Executing. */

static ryft_error *execute_with(const scene *s,
                                const ryft_execute_options *options,
                                bool with_event) {
  ryft_buffer *arguments[] = {s->left, s->right};
  ryft_buffer *outputs[2] = {POISON, POISON};
  ryft_event *done = with_event ? POISON : NULL;
  ryft_error *error =
      ryft_execute(s->executable, arguments, 2, options, outputs, 2, with_event ? &done : NULL);
  CLEARED(error, outputs[0]);
  CLEARED(error, outputs[1]);
  CLEARED(error, done);
  ryft_event_destroy(done);
  ryft_buffer_destroy(outputs[0]);
  ryft_buffer_destroy(outputs[1]);
  return error;
}

static ryft_error *execute(const scene *s) {
  return execute_with(s, /* options= */ NULL, /* with_event= */ false);
}

static ryft_error *execute_event(const scene *s) {
  return execute_with(s, /* options= */ NULL, /* with_event= */ true);
}

static ryft_error *execute_options(const scene *s) {
  static const int64_t keep[] = {0}, incarnations[] = {5, 6};
  static const int tasks[] = {0, 1};
  const ryft_execute_options options = {RYFT_SIZED(ryft_execute_options),
                                        .keep = keep,
                                        .keep_count = 1,
                                        .call_location = "here",
                                        .task_ids = tasks,
                                        .incarnation_ids = incarnations,
                                        .task_count = 2};
  return execute_with(s, &options, /* with_event= */ true);
}

static ryft_error *execute_on_all(const scene *s, bool with_events) {
  ryft_buffer *first[] = {s->left, s->right}, *second[] = {s->other_left, s->other_right};
  ryft_buffer *const *arguments[] = {first, second};
  ryft_buffer *results[4] = {POISON, POISON, POISON, POISON};
  ryft_buffer **const outputs[] = {&results[0], &results[2]};
  ryft_event *done[2] = {with_events ? POISON : NULL, with_events ? POISON : NULL};
  ryft_error *error = ryft_execute_all(
      s->wide, arguments, 2, 2, /* options= */ NULL, outputs, 2, with_events ? done : NULL);
  for (int i = 0; i < 4; ++i) {
    CLEARED(error, results[i]);
    ryft_buffer_destroy(results[i]);
  }
  for (int i = 0; i < 2; ++i) {
    CLEARED(error, done[i]);
    ryft_event_destroy(done[i]);
  }
  return error;
}

static ryft_error *execute_all(const scene *s) {
  return execute_on_all(s, /* with_events= */ false);
}

static ryft_error *execute_all_events(const scene *s) {
  return execute_on_all(s, /* with_events= */ true);
}

static const sweep_step steps[] = {
    SWEEP(ryft_executable_name, executable_name, ""),
    SWEEP(ryft_executable_replicas, declared_ryft_executable_replicas, ""),
    SWEEP(ryft_executable_output_count, declared_ryft_executable_output_count, ""),
    SWEEP(ryft_executable_optimized_program, executable_optimized_program, ""),
    SWEEP_CALM(ryft_executable_signature, executable_signature),
    SWEEP(ryft_executable_signature, executable_signature_late, ""),
    SWEEP_CALM(ryft_loaded_executable_signature, loaded_executable_signature),
    SWEEP(ryft_loaded_executable_logical_ids, loaded_executable_logical_ids, ""),
    SWEEP(ryft_loaded_executable_assignment, loaded_executable_assignment, ""),
    SWEEP(ryft_loaded_executable_delete, declared_ryft_loaded_executable_delete, ""),
    SWEEP(ryft_loaded_executable_is_deleted, loaded_executable_is_deleted, ""),
    SWEEP(ryft_execute, execute, ""),
    SWEEP(ryft_execute, execute_event, ""),
    SWEEP(ryft_execute, execute_options, ""),
    SWEEP(ryft_execute_all, execute_all, "PJRT_Buffer_IsDeleted"),
    SWEEP(ryft_execute_all, execute_all_events, "PJRT_Buffer_IsDeleted"),
};

static void open_scene(scene *s) {
  scene_open_client(s);
  scene_open_buffers(s);
  scene_open_executables(s);
  scene_open_untold(s);
}

const sweep_table sweep_domain = SWEEP_TABLE(steps, open_scene);
