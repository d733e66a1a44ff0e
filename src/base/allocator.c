/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/allocator.h"

#include "ryft/live_objects.h"
#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/base/pool.h"
#include "src/base/sized.h"

/* What is alive would be released through the wrong hook. */
static ryft_error *check_nothing_alive(const char *where) {
  const size_t objects = ryft_live_objects();
  if (objects != 0) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "%zu objects are alive; set the allocator before making any",
                       objects);
  }
  const size_t pieces = ryft__loose_count();
  if (pieces == 0) return NULL;
  return ryft__error(RYFT_FAILED_PRECONDITION,
                     where,
                     NULL,
                     "%zu errors or pieces of host memory are alive; set the allocator before "
                     "there are any",
                     pieces);
}

ryft_error *ryft_allocator_set(const ryft_allocator *allocator) {
  ryft_allocator chosen;
  RYFT_TRY(RYFT__READ_OPTIONS(ryft_allocator, allocator, &chosen));
  if (allocator != NULL &&
      (chosen.allocate == NULL || chosen.reallocate == NULL || chosen.release == NULL)) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       __func__,
                       NULL,
                       "an allocator needs allocate, reallocate and release");
  }
  RYFT_TRY(check_nothing_alive(__func__));
  ryft__alloc_through(allocator == NULL ? NULL : &chosen);
  ryft__pool_keep(!ryft__alloc_is_hooked());
  return NULL;
}
