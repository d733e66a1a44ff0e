/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/assignment.h"

#include <inttypes.h>

typedef Ryft__Xla__DeviceAssignmentProto assignment_proto;

ryft_error *ryft__assignment_check_counts(int64_t replicas, int64_t partitions, const char *where) {
  if (replicas >= 1 && partitions >= 1 && replicas <= RYFT__DEVICES_MAX &&
      partitions <= RYFT__DEVICES_MAX && replicas * partitions <= RYFT__DEVICES_MAX) {
    return NULL;
  }
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%" PRId64 " replicas of %" PRId64
                     " partitions: both must be at least 1, and their product at most 2^20",
                     replicas,
                     partitions);
}

ryft_error *ryft__assignment_check_devices(size_t replicas,
                                           size_t partitions,
                                           size_t devices,
                                           const char *where) {
  const size_t needed = replicas * partitions;
  if (needed <= devices) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%zu replicas of %zu partitions need %zu devices, the client has %zu",
                     replicas,
                     partitions,
                     needed,
                     devices);
}

bool ryft__assignment_is_whole(const assignment_proto *assignment) {
  if (assignment->replica_count < 0 || assignment->computation_count < 0) return false;
  const size_t replicas = (size_t)assignment->replica_count;
  if (assignment->n_computation_devices != (size_t)assignment->computation_count) return false;
  for (size_t i = 0; i < assignment->n_computation_devices; ++i) {
    if (assignment->computation_devices[i]->n_replica_device_ids != replicas) return false;
  }
  return true;
}
