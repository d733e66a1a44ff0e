/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file device.h
 * Devices of a client. Borrowed views: they live as long as the client they came from, and all they
 * report is read once, when the client is made, so that these calls cannot fail, and different
 * threads may make them at the same time.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_DEVICE_H
#define RYFT_DEVICE_H

#include "ryft/base.h"
#include "ryft/device_description.h"
#include "ryft/device_list.h"
#include "ryft/memory_list.h"
#include "ryft/named_value.h"

RYFT_BEGIN_DECLS

typedef struct ryft_client ryft_client;
struct PJRT_Device;

/** The device's number, unique among all devices of all processes.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_DeviceDescription_Id.
 */
RYFT_API int ryft_device_id(const ryft_device *device);

/** The vendor's name for this kind of device, such as "cpu" or "NVIDIA H200".
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_DeviceDescription_Kind.
 */
RYFT_API const char *ryft_device_kind(const ryft_device *device);

/** The number of the process that the device belongs to; 0 in single-process programs.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_DeviceDescription_ProcessIndex.
 */
RYFT_API int ryft_device_process_index(const ryft_device *device);

/** The device's number within its machine; -1 when the plugin does not know one.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Device_LocalHardwareId.
 */
RYFT_API int ryft_device_local_hardware_id(const ryft_device *device);

/** Whether this process can put buffers on the device and run programs there.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Device_IsAddressable.
 */
RYFT_API bool ryft_device_is_addressable(const ryft_device *device);

/** What the device is, apart from any client.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Device_GetDescription.
 */
RYFT_API const ryft_device_description *ryft_device_describe(const ryft_device *device);

/**
 * The device's attributes: those of the live device where the plugin offers them (API 0.92 and
 * later), those of its description otherwise.
 *
 * Owns: lives as long as the client. Errors: none: an empty list where there are none. Since: 0.1.
 * PJRT: PJRT_Device_GetAttributes, PJRT_DeviceDescription_Attributes.
 */
RYFT_API ryft_named_values ryft_device_attributes(const ryft_device *device);

/** The memories that the device can address; empty for devices of other processes.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT:
 * PJRT_Device_AddressableMemories.
 */
RYFT_API ryft_memory_list ryft_device_memories(const ryft_device *device);

/** The memory where buffers go unless told otherwise; NULL where the plugin names none.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Device_DefaultMemory.
 */
RYFT_API const ryft_memory *ryft_device_default_memory(const ryft_device *device);

/** The client that the device belongs to.
 *
 * Owns: borrowed. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API ryft_client *ryft_device_client(const ryft_device *device);

/** The plugin's own device, for calls that the library does not make.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Device.
 */
RYFT_API struct PJRT_Device *ryft_device_raw(const ryft_device *device);

RYFT_END_DECLS

#endif /* RYFT_DEVICE_H */
