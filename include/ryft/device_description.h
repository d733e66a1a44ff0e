/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file device_description.h
 * Descriptions: what a device is, apart from any client; they exist in topologies too. Borrowed
 * views that live as long as the client (or topology) they came from. All they report was read when
 * that was made, so that these calls cannot fail, and different threads may make them at the same
 * time.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_DEVICE_DESCRIPTION_H
#define RYFT_DEVICE_DESCRIPTION_H

#include "ryft/base.h"
#include "ryft/named_value.h"

RYFT_BEGIN_DECLS

typedef struct ryft_device_description ryft_device_description;

/** The described device's number.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_DeviceDescription_Id.
 */
RYFT_API int ryft_device_description_id(const ryft_device_description *description);

/** The described device's process.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_DeviceDescription_ProcessIndex.
 */
RYFT_API int ryft_device_description_process_index(const ryft_device_description *description);

/** The described device's kind.
 *
 * Owns: lives as long as the description. Errors: none. Since: 0.1. PJRT:
 * PJRT_DeviceDescription_Kind.
 */
RYFT_API const char *ryft_device_description_kind(const ryft_device_description *description);

/** A short text for users, such as "CpuDevice(id=0)".
 *
 * Owns: lives as long as the description. Errors: none. Since: 0.1. PJRT:
 * PJRT_DeviceDescription_ToString.
 */
RYFT_API const char *ryft_device_description_text(const ryft_device_description *description);

/** A longer text for logs.
 *
 * Owns: lives as long as the description. Errors: none. Since: 0.1. PJRT:
 * PJRT_DeviceDescription_DebugString.
 */
RYFT_API const char *ryft_device_description_debug_text(const ryft_device_description *description);

/** The description's attributes.
 *
 * Owns: lives as long as the description. Errors: none. Since: 0.1. PJRT:
 * PJRT_DeviceDescription_Attributes.
 */
RYFT_API ryft_named_values
ryft_device_description_attributes(const ryft_device_description *description);

RYFT_END_DECLS

#endif /* RYFT_DEVICE_DESCRIPTION_H */
