/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What executions need before they start: options looked at, room counted. */
#include <inttypes.h>

#include "ryft/abi/pjrt.h"
#include "src/base/error.h"
#include "src/core/execute.h"

ryft_error *ryft__execute_options_check(const ryft_execute_options *options, const char *where) {
  if (options->reserved != 0) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "ryft_execute_options.reserved is %" PRIu16 ", not zero",
                       options->reserved);
  }
  if (options->task_count != 0 && (options->task_ids == NULL || options->incarnation_ids == NULL)) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "task_count is %zu, but %s is NULL",
                       options->task_count,
                       options->task_ids == NULL ? "task_ids" : "incarnation_ids");
  }
  return NULL;
}

bool ryft__execute_room(size_t devices, size_t buffers, size_t kept, size_t *out_size) {
  size_t lists = 0, positions = 0;
  return !__builtin_mul_overflow(buffers, sizeof(PJRT_Buffer *), out_size) &&
         !__builtin_mul_overflow(devices, 3 * sizeof(void *), &lists) &&
         !__builtin_mul_overflow(kept, sizeof(int64_t), &positions) &&
         !__builtin_add_overflow(*out_size, lists, out_size) &&
         !__builtin_add_overflow(*out_size, positions, out_size);
}
