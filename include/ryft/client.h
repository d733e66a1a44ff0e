/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file client.h
 * Clients: a plugin at work, with its devices and memories.
 *
 * Everything made from a client holds it, so objects may be destroyed in any order; the plugin's
 * client ends when the last of them is gone. Different threads may use one client at the same time;
 * destroying it while another thread passes the same handle to a call is the caller's error.
 *
 * A plugin's threads do not survive fork: in the child of a process that has or had a client, or an
 * event from ryft_event_create, every call that would reach a plugin answers FAILED_PRECONDITION,
 * ryft_client_create too. Fork before making either, or exec.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_CLIENT_H
#define RYFT_CLIENT_H

#include "ryft/base.h"
#include "ryft/device.h"
#include "ryft/error.h"
#include "ryft/memory.h"
#include "ryft/named_value.h"
#include "ryft/plugin.h"

RYFT_BEGIN_DECLS

struct PJRT_Client;

/** What CPU plugins understand. */
typedef struct ryft_cpu_options {
  size_t struct_size;
  int64_t device_count;     /**< simulated devices, 1 to 4096; 0: the plugin's default (4 on known
                               builds) */
  int64_t process_id;       /**< shifts the device numbers; process n has devices from n * 2048 */
  ryft_choice asynchronous; /**< whether executions may run on other threads */
  uint32_t reserved;        /**< zero */
} ryft_cpu_options;

/** How to make a client. What it points to is only read during the call. */
typedef struct ryft_client_options {
  size_t struct_size;
  const ryft_cpu_options *cpu;    /**< typed options for CPU plugins, or NULL */
  const ryft_named_value *values; /**< further options, passed on as they are */
  size_t value_count;
} ryft_client_options;

/**
 * Makes a client. An option given twice, typed and free-form or both free-form, is
 * INVALID_ARGUMENT.
 *
 * Owns: the caller owns `*out`. Errors: INVALID_ARGUMENT for options that the library or the plugin
 * refuses; UNIMPLEMENTED for options that the plugin is known to ignore (CPU before API 0.107:
 * process_id and asynchronous, typed or not); FAILED_PRECONDITION in a fork's child (see above);
 * whatever the plugin answers when it finds no device; INTERNAL when it gives NULL for what it
 * ought to have. Threads: any; creations are serialised process-wide. Blocks: while the plugin
 * starts its devices. Since: 0.1. PJRT: PJRT_Client_Create.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_client_create(ryft_plugin *plugin,
                                                      const ryft_client_options *options,
                                                      ryft_client **out);

/** Gives up the caller's handle; the plugin's client ends with the last object made from it. NULL
 * is fine.
 *
 * Owns: takes `client`. Errors: none. Blocks: when last, until the plugin's threads have ended.
 * Since: 0.1. PJRT: PJRT_Client_Destroy.
 */
RYFT_API void ryft_client_destroy(ryft_client *client);

/** The plugin that the client came from.
 *
 * Owns: borrowed, lives as long as the process. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API ryft_plugin *ryft_client_plugin(const ryft_client *client);

/** The platform's name, such as "cpu", "cuda" or "tpu".
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Client_PlatformName.
 */
RYFT_API const char *ryft_client_platform_name(const ryft_client *client);

/** The platform's version, in the vendor's words.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Client_PlatformVersion.
 */
RYFT_API const char *ryft_client_platform_version(const ryft_client *client);

/** This process's number among the processes of the client; 0 in single-process programs.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Client_ProcessIndex.
 */
RYFT_API int ryft_client_process_index(const ryft_client *client);

/** All devices of all processes.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Client_Devices.
 */
RYFT_API ryft_device_list ryft_client_devices(const ryft_client *client);

/** The devices that this process can use.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT:
 * PJRT_Client_AddressableDevices.
 */
RYFT_API ryft_device_list ryft_client_addressable_devices(const ryft_client *client);

/** The memories that this process can use.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT:
 * PJRT_Client_AddressableMemories.
 */
RYFT_API ryft_memory_list ryft_client_addressable_memories(const ryft_client *client);

/** The device numbered `id`.
 *
 * Owns: `*out` lives as long as the client. Errors: NOT_FOUND or INVALID_ARGUMENT, as the plugin
 * words it, when there is none. Since: 0.1. PJRT: PJRT_Client_LookupDevice.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_client_lookup_device(const ryft_client *client,
                                                             int id,
                                                             const ryft_device **out);

/** The addressable device with the local hardware id `id`.
 *
 * Owns: `*out` lives as long as the client. Errors: as ryft_client_lookup_device. Since: 0.1. PJRT:
 * PJRT_Client_LookupAddressableDevice.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_client_lookup_local_device(const ryft_client *client,
                                                                   int id,
                                                                   const ryft_device **out);

/**
 * Which device the plugin would give to each replica and partition.
 *
 * @param out_ids receives replicas * partitions device numbers, replica by replica: what
 * ryft_compile_options.device_ids takes.
 * @param count room in `out_ids`; must be at least replicas * partitions.
 * Owns: the caller keeps `out_ids`. Errors: INVALID_ARGUMENT for counts below 1, a product above
 * 2^20, too little room, or more than the plugin has devices for. Since: 0.1. PJRT:
 * PJRT_Client_DefaultDeviceAssignment.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_client_default_assignment(const ryft_client *client,
                                                                  size_t replicas,
                                                                  size_t partitions,
                                                                  int *out_ids,
                                                                  size_t count);

/** The plugin's own client, for calls that the library does not make.
 *
 * Owns: lives as long as the client. Errors: none. Since: 0.1. PJRT: PJRT_Client.
 */
RYFT_API struct PJRT_Client *ryft_client_raw(const ryft_client *client);

RYFT_DEFINE_CLEANUP(client)

RYFT_END_DECLS

#endif /* RYFT_CLIENT_H */
