/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/fetch.h"

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/core/event.h"

ryft_error *ryft__fetch(const ryft__table *table,
                        PJRT_Buffer *raw,
                        PJRT_Buffer_MemoryLayout *layout,
                        void *out,
                        size_t size,
                        const char *where) {
  PJRT_Buffer_ToHostBuffer_Args args = {
      .src = raw,
      .host_layout = layout,
      .dst = out,
      .dst_size = size,
  };
  RYFT_TRY(ryft__PJRT_Buffer_ToHostBuffer(table, &args, where));
  RYFT_TRY(ryft__check_given(args.event, "event", "PJRT_Buffer_ToHostBuffer", where));
  ryft_error *error = ryft__event_await_raw(table, args.event, where);
  ryft__event_destroy_raw(table, args.event);
  return error;
}
