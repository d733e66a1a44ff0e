/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_DEVICE_DESCRIPTION_H
#define RYFT_SRC_CORE_DEVICE_DESCRIPTION_H

#include "ryft/device_description.h"
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

/* Fills a description from the plugin's; the caller frees it, also after a failure, with the
 * second. */
RYFT_MUST_USE ryft_error *ryft__device_description_init(ryft_device_description *out,
                                                        const ryft__table *table,
                                                        PJRT_DeviceDescription *raw,
                                                        const char *where);
void ryft__device_description_free(ryft_device_description *description);

#endif /* RYFT_SRC_CORE_DEVICE_DESCRIPTION_H */
