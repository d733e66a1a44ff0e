/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_MEMORY_H
#define RYFT_SRC_CORE_MEMORY_H

#include "ryft/device.h"
#include "ryft/memory.h"
#include "src/abi/table.h"

struct ryft_memory {
  PJRT_Memory *raw;
  ryft_client *client;
  int id;
  int kind_id;
  char *kind;
  char *text;
  char *debug_text;
  const ryft_device **devices;
  size_t device_count;
};

RYFT_MUST_USE ryft_error *ryft__memory_init(ryft_memory *out,
                                            ryft_client *client,
                                            PJRT_Memory *raw,
                                            const char *where);
void ryft__memory_free(ryft_memory *memory);

#endif /* RYFT_SRC_CORE_MEMORY_H */
