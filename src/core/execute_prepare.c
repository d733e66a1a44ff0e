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

ryft_error *ryft__execute_null(const char *name, const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`%s` is NULL", name);
}

ryft_error *ryft__execute_wrong_count(const char *what,
                                      size_t given,
                                      size_t wanted,
                                      const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "the count of %s is %zu, the program has %zu",
                     what,
                     given,
                     wanted);
}

ryft_error *ryft__execute_lists_check(ryft_buffer *const *const *arguments,
                                      size_t device_count,
                                      size_t argument_count,
                                      ryft_buffer **const *outputs,
                                      size_t output_count,
                                      const char *where) {
  if (device_count != 0 && (arguments == NULL || outputs == NULL)) {
    return ryft__execute_null(arguments == NULL ? "arguments" : "outputs", where);
  }
  for (size_t i = 0; i < device_count; ++i) {
    const char *missing =
        ryft__execute_missing(arguments[i], argument_count, outputs[i], output_count);
    if (RYFT__LIKELY(missing == NULL)) continue;
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`%s[%zu]` is NULL", missing, i);
  }
  return NULL;
}

ryft_error *ryft__execute_wrong_devices(bool one, size_t given, size_t wanted, const char *where) {
  return ryft__error(one ? RYFT_FAILED_PRECONDITION : RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "arguments for %zu devices, the executable runs on %zu",
                     given,
                     wanted);
}

bool ryft__execute_room(size_t devices, size_t buffers, size_t kept, size_t *out_size) {
  size_t lists = 0, positions = 0;
  return !__builtin_mul_overflow(buffers, sizeof(PJRT_Buffer *), out_size) &&
         !__builtin_mul_overflow(devices, 3 * sizeof(void *), &lists) &&
         !__builtin_mul_overflow(kept, sizeof(int64_t), &positions) &&
         !__builtin_add_overflow(*out_size, lists, out_size) &&
         !__builtin_add_overflow(*out_size, positions, out_size);
}
