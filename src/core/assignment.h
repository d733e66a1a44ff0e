/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Device assignments: which device stands where among replicas and partitions. */
#ifndef RYFT_SRC_CORE_ASSIGNMENT_H
#define RYFT_SRC_CORE_ASSIGNMENT_H

#include "src/base/error.h"
#include "src/proto/gen/compile_options.pb-c.h"

/* Above this, plugins run out of memory or abort while they make one. */
enum { RYFT__DEVICES_MAX = 1 << 20 };

/* INVALID_ARGUMENT when a count is below 1 or their product is above RYFT__DEVICES_MAX. */
RYFT_MUST_USE ryft_error *ryft__assignment_check_counts(int64_t replicas,
                                                        int64_t partitions,
                                                        const char *where);

/* INVALID_ARGUMENT when that takes more devices than there are. The counts are checked. */
RYFT_MUST_USE ryft_error *ryft__assignment_check_devices(size_t replicas,
                                                         size_t partitions,
                                                         size_t devices,
                                                         const char *where);

/* Whether every place has a device, so that the counts are those of lists that are there. */
bool ryft__assignment_is_whole(const Ryft__Xla__DeviceAssignmentProto *assignment);

#endif /* RYFT_SRC_CORE_ASSIGNMENT_H */
