/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file memory.h
 * Memories: the memory spaces that devices can address. Borrowed views that live as long as their
 * client, and that different threads may use at the same time.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_MEMORY_H
#define RYFT_MEMORY_H

#include "ryft/base.h"
#include "ryft/device_list.h"
#include "ryft/memory_list.h"

RYFT_BEGIN_DECLS

struct PJRT_Memory;

/** The memory's number, unique among memories of its client.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Memory_Id.
 */
RYFT_API int ryft_memory_id(const ryft_memory *memory);

/** The kind's name, such as "device", "pinned_host" or "unpinned_host".
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Memory_Kind.
 */
RYFT_API const char *ryft_memory_kind(const ryft_memory *memory);

/** The kind's number within its platform; -1 where the plugin cannot tell (API before 0.49).
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Memory_Kind_Id.
 */
RYFT_API int ryft_memory_kind_id(const ryft_memory *memory);

/** A short text for users.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Memory_ToString.
 */
RYFT_API const char *ryft_memory_text(const ryft_memory *memory);

/** A longer text for logs.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Memory_DebugString.
 */
RYFT_API const char *ryft_memory_debug_text(const ryft_memory *memory);

/** The devices that can address the memory.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT:
 * PJRT_Memory_AddressableByDevices.
 */
RYFT_API ryft_device_list ryft_memory_devices(const ryft_memory *memory);

/** The plugin's own memory, for calls that the library does not make.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Memory.
 */
RYFT_API struct PJRT_Memory *ryft_memory_raw(const ryft_memory *memory);

RYFT_END_DECLS

#endif /* RYFT_MEMORY_H */
