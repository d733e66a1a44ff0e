/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file loaded_executable.h
 * Loaded executables: compiled programs on the devices that will run them. Different threads may
 * use one at the same time, also to run it; destroying it while another thread passes the same
 * handle to a call is the caller's error.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_LOADED_EXECUTABLE_H
#define RYFT_LOADED_EXECUTABLE_H

#include "ryft/base.h"
#include "ryft/client.h"
#include "ryft/compile_options.h"
#include "ryft/error.h"
#include "ryft/executable.h"
#include "ryft/program.h"

RYFT_BEGIN_DECLS

typedef struct ryft_loaded_executable ryft_loaded_executable;
struct PJRT_LoadedExecutable;

/** Where a device stands in a computation. */
typedef struct ryft_logical_id {
  size_t replica;
  size_t partition;
} ryft_logical_id;

/**
 * Compiles a program for the devices of a client.
 *
 * Owns: the caller owns `*out`. Errors: as ryft_program_check and ryft_compile_options_encode;
 * UNIMPLEMENTED, with both versions, for options that the plugin would ignore; INVALID_ARGUMENT for
 * more replicas and partitions than the client has devices; whatever the plugin answers. Threads:
 * any, also several compilations at once. Blocks: while compiling. Since: 0.1. PJRT:
 * PJRT_Client_Compile.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_client_compile(ryft_client *client,
                                                       const ryft_program *program,
                                                       const ryft_compile_options *options,
                                                       ryft_loaded_executable **out);

/**
 * Loads an executable that was compiled before, perhaps for another client of the same plugin.
 *
 * Of use with plugins that keep what loading needs in the executable. CPU plugins reject the
 * executable of a loaded one ("Missing shared_executable").
 *
 * @param options may be NULL. Only what differs from compilation needs to be set, where the plugin
 * tells what the executable was compiled with (PJRT_Executable_GetCompileOptions); else what is not
 * set is the default, unless `options` is NULL.
 * Owns: the caller owns `*out` and keeps `executable`. Errors: UNIMPLEMENTED on plugins before API
 * 0.95; as ryft_client_compile for `options`; INVALID_ARGUMENT for an executable of another plugin;
 * whatever the plugin answers. Blocks: while loading. Since: 0.1. PJRT: PJRT_Client_Load.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_client_load(ryft_client *client,
                                                    const ryft_executable *executable,
                                                    const ryft_compile_options *options,
                                                    ryft_loaded_executable **out);

/** Gives up the executable; executions under way go on. NULL is fine.
 *
 * Owns: takes `executable`. Errors: none. Blocks: no; but as ryft_client_destroy when it is the
 * last object of its client. Since: 0.1. PJRT: PJRT_LoadedExecutable_Destroy.
 */
RYFT_API void ryft_loaded_executable_destroy(ryft_loaded_executable *executable);

/** The compiled program itself, apart from devices.
 *
 * Owns: borrowed, lives as long as the loaded executable. Errors: none. Since: 0.1. PJRT:
 * PJRT_LoadedExecutable_GetExecutable.
 */
RYFT_API const ryft_executable *ryft_loaded_executable_executable(
    const ryft_loaded_executable *executable);

/** How many results one device gives. Read once, when loaded.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Executable_NumOutputs.
 */
RYFT_API size_t ryft_loaded_executable_output_count(const ryft_loaded_executable *executable);

/**
 * What the program takes and gives on each device.
 *
 * Owns: `*out` lives as long as the executable. Errors: FAILED_PRECONDITION when it was compiled
 * with `signature` RYFT_NO; as ryft_executable_signature. Since: 0.1. PJRT:
 * PJRT_Executable_OptimizedProgram.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_loaded_executable_signature(
    const ryft_loaded_executable *executable,
    const ryft_signature **out);

/** The devices of this process that it runs on, in the order in which executions take arguments;
 * none for portable executables, whose every execution names its device.
 *
 * Owns: lives as long as the executable. Errors: none. Since: 0.1. PJRT:
 * PJRT_LoadedExecutable_AddressableDevices.
 */
RYFT_API ryft_device_list ryft_loaded_executable_devices(const ryft_loaded_executable *executable);

/**
 * Replica and partition of each of ryft_loaded_executable_devices, in the same order.
 *
 * Owns: `*out` lives as long as the executable. Errors: UNIMPLEMENTED before the API minor that
 * brought it. Since: 0.1. PJRT: PJRT_LoadedExecutable_AddressableDeviceLogicalIds.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_loaded_executable_logical_ids(
    const ryft_loaded_executable *executable,
    const ryft_logical_id **out,
    size_t *out_count);

/**
 * The number of the device in every place of the computation, those of other processes too: replica
 * by replica, as ryft_compile_options.device_ids takes them, `*out_replicas` times
 * `*out_partitions` of them; none for portable executables.
 *
 * Owns: `*out_ids` lives as long as the executable. Errors: UNIMPLEMENTED before API 0.79;
 * DATA_LOSS when the plugin's answer is malformed; whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_LoadedExecutable_GetDeviceAssignment.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_loaded_executable_assignment(
    const ryft_loaded_executable *executable,
    const int **out_ids,
    size_t *out_replicas,
    size_t *out_partitions);

/** Frees what the plugin holds for it as soon as running executions allow; the handle stays.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_LoadedExecutable_Delete.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_loaded_executable_delete(
    ryft_loaded_executable *executable);

/** Whether it was deleted.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_LoadedExecutable_IsDeleted.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_loaded_executable_is_deleted(
    const ryft_loaded_executable *executable,
    bool *out);

/** The client that it was compiled for.
 *
 * Owns: borrowed, lives as long as the executable. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API ryft_client *ryft_loaded_executable_client(const ryft_loaded_executable *executable);

/** The plugin's own loaded executable, for calls that the library does not make.
 *
 * Owns: lives as long as the executable. Errors: none. Since: 0.1. PJRT: PJRT_LoadedExecutable.
 */
RYFT_API struct PJRT_LoadedExecutable *ryft_loaded_executable_raw(
    const ryft_loaded_executable *executable);

RYFT_DEFINE_CLEANUP(loaded_executable)

RYFT_END_DECLS

#endif /* RYFT_LOADED_EXECUTABLE_H */
