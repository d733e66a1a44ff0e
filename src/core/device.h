/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_DEVICE_H
#define RYFT_SRC_CORE_DEVICE_H

#include "ryft/device.h"
#include "src/abi/table.h"

struct ryft_device_description {
  PJRT_DeviceDescription *raw;
  int id;
  int process_index;
  char *kind;
  char *text;
  char *debug_text;
  ryft_named_values attributes;
};

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

/* Fills a description from the plugin's; the caller frees it, also after a failure, with the
 * second. */
RYFT_MUST_USE ryft_error *ryft__device_description_init(ryft_device_description *out,
                                                        const ryft__table *table,
                                                        PJRT_DeviceDescription *raw,
                                                        const char *where);
void ryft__device_description_free(ryft_device_description *description);

/* Fills a device, apart from its memories, which the client binds once it has made them. */
RYFT_MUST_USE ryft_error *ryft__device_init(ryft_device *out,
                                            ryft_client *client,
                                            PJRT_Device *raw,
                                            const char *where);
RYFT_MUST_USE ryft_error *ryft__device_bind_memories(ryft_device *device, const char *where);
void ryft__device_free(ryft_device *device);

#endif /* RYFT_SRC_CORE_DEVICE_H */
