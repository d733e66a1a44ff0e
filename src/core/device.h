/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_DEVICE_H
#define RYFT_SRC_CORE_DEVICE_H

#include "ryft/device.h"
#include "src/core/device_description.h"

struct ryft_device {
  PJRT_Device *raw;
  ryft_client *client;
  ryft_device_description description;
  int local_hardware_id;
  bool addressable;
  ryft_named_values live_attributes;
  bool has_live_attributes;
  const ryft_memory **memories;
  size_t memory_count;
  const ryft_memory *default_memory;
};

/* Fills a device, apart from its memories, which the client binds once it has made them. */
RYFT_MUST_USE ryft_error *ryft__device_init(ryft_device *out,
                                            ryft_client *client,
                                            PJRT_Device *raw,
                                            const char *where);
RYFT_MUST_USE ryft_error *ryft__device_bind_memories(ryft_device *device, const char *where);
void ryft__device_free(ryft_device *device);

#endif /* RYFT_SRC_CORE_DEVICE_H */
