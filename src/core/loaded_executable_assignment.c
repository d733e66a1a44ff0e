/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The device assignment that a loaded executable has: read once, then remembered. */
#include <limits.h>

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/unconst.h"
#include "src/core/assignment.h"
#include "src/core/loaded_executable.h"
#include "src/proto/message.h"

typedef Ryft__Xla__DeviceAssignmentProto assignment_proto;

static ryft_error *malformed(const char *where) {
  return ryft__error(RYFT_DATA_LOSS,
                     where,
                     "PJRT_LoadedExecutable_GetDeviceAssignment",
                     "the plugin's device assignment is malformed");
}

/* The message goes partition by partition. False when an id is not one. */
static bool copy_ids(const assignment_proto *assignment, int *out) {
  const size_t replicas = (size_t)assignment->replica_count;
  const size_t partitions = assignment->n_computation_devices;
  for (size_t partition = 0; partition < partitions; ++partition) {
    const int64_t *list = assignment->computation_devices[partition]->replica_device_ids;
    for (size_t replica = 0; replica < replicas; ++replica) {
      if (list[replica] < INT_MIN || list[replica] > INT_MAX) return false;
      out[replica * partitions + partition] = (int)list[replica];
    }
  }
  return true;
}

static ryft_error *store(ryft_loaded_executable *executable,
                         const assignment_proto *assignment,
                         const char *where) {
  size_t count = 0;
  if (!ryft__assignment_is_whole(assignment) ||
      __builtin_mul_overflow(
          (size_t)assignment->replica_count, assignment->n_computation_devices, &count)) {
    return malformed(where);
  }
  int *ids = ryft__alloc_array(count, sizeof *ids);
  RYFT__TRY_ALLOC(ids);
  if (!copy_ids(assignment, ids)) {
    ryft__free(ids);
    return malformed(where);
  }
  executable->assignment = ids;
  executable->replica_count = (size_t)assignment->replica_count;
  executable->partition_count = assignment->n_computation_devices;
  return NULL;
}

static ryft_error *decode(ryft_loaded_executable *executable, ryft_bytes bytes, const char *where) {
  ProtobufCMessage *message = NULL;
  ryft_error *error = ryft__proto_unpack(
      &ryft__xla__device_assignment_proto__descriptor, bytes, "the answer", &message, where);
  if (ryft_error_code(error) == RYFT_INVALID_ARGUMENT) {
    ryft_error_destroy(error);
    return malformed(where); /* the argument was none of the caller's */
  }
  if (error != NULL) return error;
  error = store(executable, (const assignment_proto *)message, where);
  ryft__proto_free(message);
  return error;
}

/* The plugin lends the bytes until its own deleter is called. */
static ryft_error *make_assignment(ryft_loaded_executable *executable, const char *where) {
  PJRT_LoadedExecutable_GetDeviceAssignment_Args args = {.executable = executable->raw};
  RYFT_TRY(
      ryft__PJRT_LoadedExecutable_GetDeviceAssignment(executable->client->table, &args, where));
  ryft_error *error =
      decode(executable, (ryft_bytes){args.serialized_bytes, args.serialized_bytes_size}, where);
  if (args.serialized_device_assignment_deleter != NULL) {
    args.serialized_device_assignment_deleter(args.serialized_device_assignment);
  }
  return error;
}

ryft_error *ryft_loaded_executable_assignment(const ryft_loaded_executable *executable,
                                              const int **out_ids,
                                              size_t *out_replicas,
                                              size_t *out_partitions) {
  ryft_error *error = NULL;
  RYFT__REQUIRE(out_ids);
  RYFT__REQUIRE(out_replicas);
  RYFT__REQUIRE(out_partitions);
  *out_ids = NULL;
  *out_replicas = *out_partitions = 0;
  RYFT__REQUIRE(executable);
  ryft_loaded_executable *memo = ryft__unconst(executable);
  RYFT_TRY(ryft__lock(&memo->program->lock, __func__));
  if (memo->assignment == NULL) error = make_assignment(memo, __func__);
  ryft__unlock(&memo->program->lock);
  if (error != NULL) return error;
  *out_ids = memo->assignment;
  *out_replicas = memo->replica_count;
  *out_partitions = memo->partition_count;
  return NULL;
}
