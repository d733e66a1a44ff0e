/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which device stands where in a loaded executable's computation. */
#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/core/loaded_executable.h"
#include "src/core/require.h"
#include "src/proto/gen/compile_options.pb-c.h"
#include "src/proto/scan.h"

typedef Ryft__Xla__DeviceAssignmentProto assignment_proto;

static ryft_error *malformed(const char *where) {
  return ryft__error(RYFT_DATA_LOSS,
                     where,
                     "PJRT_LoadedExecutable_GetDeviceAssignment",
                     "the plugin's device assignment is malformed");
}

/* Whether every place has a device, so that the counts are those of lists that are there. */
static bool is_whole(const assignment_proto *assignment) {
  if (assignment->replica_count < 0 || assignment->computation_count < 0) return false;
  const size_t replicas = (size_t)assignment->replica_count;
  if (assignment->n_computation_devices != (size_t)assignment->computation_count) return false;
  for (size_t i = 0; i < assignment->n_computation_devices; ++i) {
    if (assignment->computation_devices[i]->n_replica_device_ids != replicas) return false;
  }
  return true;
}

/* The message goes partition by partition. */
static ryft_error *store(ryft_loaded_executable *executable,
                         const assignment_proto *assignment,
                         const char *where) {
  if (!is_whole(assignment)) return malformed(where);
  const size_t replicas = (size_t)assignment->replica_count;
  const size_t partitions = assignment->n_computation_devices;
  size_t count = 0;
  if (__builtin_mul_overflow(replicas, partitions, &count)) return malformed(where);
  int64_t *ids = ryft__alloc_array(count, sizeof *ids);
  RYFT__TRY_ALLOC(ids);
  for (size_t partition = 0; partition < partitions; ++partition) {
    const int64_t *list = assignment->computation_devices[partition]->replica_device_ids;
    for (size_t replica = 0; replica < replicas; ++replica) {
      ids[replica * partitions + partition] = list[replica];
    }
  }
  executable->assignment = ids;
  executable->replica_count = replicas;
  executable->partition_count = partitions;
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
                                              const int64_t **out_ids,
                                              size_t *out_replicas,
                                              size_t *out_partitions) {
  ryft_error *error = NULL;
  RYFT__REQUIRE(out_ids);
  RYFT__REQUIRE(out_replicas);
  RYFT__REQUIRE(out_partitions);
  *out_ids = NULL;
  *out_replicas = *out_partitions = 0;
  RYFT__REQUIRE(executable);
  ryft_loaded_executable *cache = (ryft_loaded_executable *)(uintptr_t)executable;
  pthread_mutex_lock(&cache->program->lock);
  if (cache->assignment == NULL) error = make_assignment(cache, __func__);
  pthread_mutex_unlock(&cache->program->lock);
  if (error != NULL) return error;
  *out_ids = cache->assignment;
  *out_replicas = cache->replica_count;
  *out_partitions = cache->partition_count;
  return NULL;
}
