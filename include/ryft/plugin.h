/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file plugin.h
 * Plugins: the shared libraries that speak PJRT.
 *
 * A plugin is loaded once per process and never unloaded; loading the same file again, by whatever
 * name, gives the same object. Several plugins live side by side. In the child of a process that
 * has or had a client, loading and attaching answer FAILED_PRECONDITION (see client.h). Different
 * threads may use one plugin at the same time.
 *
 * The environment variable RYFT_TRACE shows each call of a plugin, RYFT_LOG where plugins were
 * looked for and which objects were never destroyed: see docs/guide/tracing.md.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_PLUGIN_H
#define RYFT_PLUGIN_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/named_value.h"

RYFT_BEGIN_DECLS

typedef struct ryft_plugin ryft_plugin;
struct PJRT_Api;

/** How to load a plugin. Zero is the default for all. */
typedef struct ryft_plugin_options {
  size_t struct_size;
  /** For loading by name: use exactly this file and search nowhere. NULL for ryft_plugin_load and
   * ryft_plugin_attach, which refuse it. */
  const char *path;
  /** Refuse plugins that speak an older PJRT API than 0.`minimum_minor`. Not negative. */
  int64_t minimum_minor;
} ryft_plugin_options;

/**
 * Loads the plugin in the shared library `path`.
 *
 * Owns: the caller owns `*out`, released with ryft_plugin_destroy; the library stays loaded.
 * Errors: INVALID_ARGUMENT for options that it refuses; NOT_FOUND when there is no such file;
 * RESOURCE_EXHAUSTED where this process's own limit on memory (RLIMIT_AS) leaves no room for it;
 * FAILED_PRECONDITION when it cannot be loaded, exports no GetPjrtApi, or speaks an API that the
 * library does not support; whatever the plugin's initialisation answers. Threads: any; loads are
 * serialised. Blocks: while loading. Since: 0.1. PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load(const char *path,
                                                    const ryft_plugin_options *options,
                                                    ryft_plugin **out);

/**
 * Loads the plugin for a platform: "cpu", "cuda12", "cuda13", "rocm7", "tpu", "neuron", "metal" or
 * "oneapi".
 *
 * Searched in this order: `options->path`; the variable RYFT_PLUGIN_<NAME> (a file);
 * RYFT_PLUGIN_PATH (colon-separated; from a directory, the files whose names say that they are for
 * the platform; a file listed itself whatever its name is, for every platform); TPU_LIBRARY_PATH
 * for "tpu"; what `ryft plugin install` installed, newest PJRT API first; the jax_plugins and
 * vendor packages of Python installations; the dynamic loader's own path. With RYFT_LOG=discover in
 * the environment each place, and why it was passed over, is printed on stderr. Owns: as
 * ryft_plugin_load. Errors: INVALID_ARGUMENT for an unknown name; NOT_FOUND naming the remedy; else
 * as ryft_plugin_load. Blocks: while loading. Since: 0.1. PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_named(const char *name,
                                                          const ryft_plugin_options *options,
                                                          ryft_plugin **out);

/** ryft_plugin_load_named for "cpu".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_cpu(const ryft_plugin_options *options,
                                                        ryft_plugin **out);

/** ryft_plugin_load_named for "cuda12".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_cuda12(const ryft_plugin_options *options,
                                                           ryft_plugin **out);

/** ryft_plugin_load_named for "cuda13".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_cuda13(const ryft_plugin_options *options,
                                                           ryft_plugin **out);

/** ryft_plugin_load_named for "rocm7".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_rocm7(const ryft_plugin_options *options,
                                                          ryft_plugin **out);

/** ryft_plugin_load_named for "tpu".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_tpu(const ryft_plugin_options *options,
                                                        ryft_plugin **out);

/** ryft_plugin_load_named for "neuron".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_neuron(const ryft_plugin_options *options,
                                                           ryft_plugin **out);

/** ryft_plugin_load_named for "metal".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_metal(const ryft_plugin_options *options,
                                                          ryft_plugin **out);

/** ryft_plugin_load_named for "oneapi".
 *
 * Owns, Errors, Threads, Blocks: as ryft_plugin_load_named. Since: 0.1.
 * PJRT: GetPjrtApi, PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_load_oneapi(const ryft_plugin_options *options,
                                                           ryft_plugin **out);

/**
 * Takes a plugin that is linked into the program or was loaded by other means.
 *
 * @param api what its GetPjrtApi returned; must stay valid for the rest of the process.
 * Owns: as ryft_plugin_load. Errors: as ryft_plugin_load. Blocks: while initialising. Since: 0.1.
 * PJRT: PJRT_Plugin_Initialize.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_attach(const struct PJRT_Api *api,
                                                      const ryft_plugin_options *options,
                                                      ryft_plugin **out);

/** Gives up the caller's handle; the plugin itself stays loaded. NULL is fine.
 *
 * Owns: takes `plugin`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_plugin_destroy(ryft_plugin *plugin);

/** The canonical path of the plugin's library; "" when it was attached, unless it had been loaded
 * by its path before.
 *
 * Owns: lives as long as the process. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const char *ryft_plugin_path(const ryft_plugin *plugin);

/** The major number of the PJRT API that the plugin speaks.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Api.pjrt_api_version.
 */
RYFT_API int ryft_plugin_version_major(const ryft_plugin *plugin);

/** The minor number of the PJRT API that the plugin speaks.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Api.pjrt_api_version.
 */
RYFT_API int ryft_plugin_version_minor(const ryft_plugin *plugin);

/** The PJRT API version as text, such as "0.115".
 *
 * Owns: lives as long as the process. Errors: none. Since: 0.1. PJRT: PJRT_Api.pjrt_api_version.
 */
RYFT_API const char *ryft_plugin_version_text(const ryft_plugin *plugin);

/** The newest PJRT API version that this library knows, as major * 1000 + minor: 114 for 0.114.
 * Newer plugins work too, older ones as far as they go.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API int ryft_pjrt_version(void);

/**
 * The plugin's attributes, such as "xla_version" and "stablehlo_current_version" (an int64 list of
 * three).
 *
 * Owns: lives as long as the process. Errors: none: an empty list where the plugin reports none.
 * Since: 0.1. PJRT: PJRT_Plugin_Attributes.
 */
RYFT_API ryft_named_values ryft_plugin_attributes(const ryft_plugin *plugin);

/** A version of StableHLO. */
typedef struct ryft_stablehlo_version {
  int64_t major, minor, patch;
} ryft_stablehlo_version;

/**
 * The oldest and newest StableHLO versions that the plugin takes. Either output may be NULL.
 *
 * Owns: nothing. Errors: NOT_FOUND when the plugin does not say. Since: 0.1. PJRT:
 * PJRT_Plugin_Attributes.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_plugin_stablehlo_versions(
    const ryft_plugin *plugin,
    ryft_stablehlo_version *out_minimum,
    ryft_stablehlo_version *out_current);

/** One extension in the plugin's chain. `name` is "unknown" for types newer than the library. */
typedef struct ryft_extension_info {
  int32_t type;
  const char *name;
  size_t size; /**< bytes of the plugin's table */
} ryft_extension_info;

/**
 * The plugin's extensions, in its own order.
 *
 * @param out_count receives how many there are.
 * Owns: lives as long as the process. Errors: none. Since: 0.1. PJRT: PJRT_Api.extension_start.
 */
RYFT_API const ryft_extension_info *const *ryft_plugin_extensions(const ryft_plugin *plugin,
                                                                  size_t *out_count);

/** How many entry points of the core table the library knows: 138 as of PJRT 0.114.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Api.
 */
RYFT_API size_t ryft_entry_point_count(void);

/** The name of entry point `index`, such as "PJRT_Client_Load"; NULL when out of range.
 *
 * Owns: a static string. Errors: none. Since: 0.1. PJRT: PJRT_Api.
 */
RYFT_API const char *ryft_entry_point_name(size_t index);

/** Whether the plugin has the entry point called `name`; false for unknown names.
 *
 * Owns: nothing. Errors: none. Since: 0.1. PJRT: PJRT_Api.
 */
RYFT_API bool ryft_plugin_has(const ryft_plugin *plugin, const char *name);

/** The plugin's own table, for calls that the library does not make: see ryft/abi/pjrt.h.
 *
 * Owns: lives as long as the process. Errors: none. Since: 0.1. PJRT: GetPjrtApi.
 */
RYFT_API const struct PJRT_Api *ryft_plugin_api(const ryft_plugin *plugin);

RYFT_DEFINE_CLEANUP(plugin)

RYFT_END_DECLS

#endif /* RYFT_PLUGIN_H */
