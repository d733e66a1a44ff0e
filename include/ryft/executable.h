/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file executable.h
 * Executables: compiled programs, not bound to a client's devices. See loaded_executable.h for
 * those that run. Different threads may use one executable at the same time; destroying it while
 * another thread passes the same handle to a call is the caller's error.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_EXECUTABLE_H
#define RYFT_EXECUTABLE_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

typedef struct ryft_executable ryft_executable;
struct PJRT_Executable;

/** One parameter or output of a compiled program. The library makes these, and later versions may
 * add to their end. */
typedef struct ryft_signature_item {
  const char *name; /**< parameters only; "" where the program names none */
  ryft_shape
      shape;     /**< type RYFT_INVALID_TYPE for tuples and opaque values, RYFT_TOKEN for tokens */
  int64_t alias; /**< parameters: the output that reuses its memory when it is donated, or -1 */
  bool donor;    /**< parameters: may be donated without being any particular output */
  /** The order of the dimensions on the device, `shape.rank` of them from the one that varies
   * fastest to the slowest, as in ryft_layout; NULL where the program does not say, or says more
   * than an order (tiles). An argument that lies in another order is refused by ryft_execute. */
  const int64_t *minor_to_major;
} ryft_signature_item;

/** What a compiled program takes and gives, per device: shapes after partitioning. */
typedef struct ryft_signature {
  const ryft_signature_item *const *parameters;
  size_t parameter_count;
  const ryft_signature_item *const *outputs;
  size_t output_count;
} ryft_signature;

/** The module's name.
 *
 * Owns: `*out` lives as long as the executable. Errors: whatever the plugin answers. Since: 0.1.
 * PJRT: PJRT_Executable_Name.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_executable_name(const ryft_executable *executable,
                                                        const char **out);

/** How many replicas and partitions it was compiled for. Either output may be NULL.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_Executable_NumReplicas, PJRT_Executable_NumPartitions.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_executable_replicas(const ryft_executable *executable,
                                                            size_t *out_replicas,
                                                            size_t *out_partitions);

/** How many results it gives on each device.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT: PJRT_Executable_NumOutputs.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_executable_output_count(const ryft_executable *executable,
                                                                size_t *out_count);

/**
 * The program after optimisation.
 *
 * Owns: the caller owns `*out_data`, freed with ryft_host_free; `*out_format` is static where known
 * ("hlo", "hlo_with_config", "mlir"), else "". Errors: whatever the plugin answers. Since: 0.1.
 * PJRT: PJRT_Executable_OptimizedProgram.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_executable_optimized_program(
    const ryft_executable *executable,
    const char **out_format,
    void **out_data,
    size_t *out_size);

/**
 * What the program takes and gives, read from the optimised program once and kept.
 *
 * Owns: `*out` lives as long as the executable. Errors: whatever reading the optimised program
 * answers; UNIMPLEMENTED when it comes in a format that does not tell; DATA_LOSS when it is
 * malformed. Since: 0.1. PJRT: PJRT_Executable_OptimizedProgram.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_executable_signature(const ryft_executable *executable,
                                                             const ryft_signature **out);

/** Gives up the executable. NULL is fine.
 *
 * Owns: takes `executable`. Errors: none. Blocks: no; but as ryft_client_destroy when it is the
 * last object of its client. Since: 0.1. PJRT: PJRT_Executable_Destroy.
 */
RYFT_API void ryft_executable_destroy(ryft_executable *executable);

/** The plugin's own executable, for calls that the library does not make.
 *
 * Owns: lives as long as the executable. Errors: none. Since: 0.1. PJRT: PJRT_Executable.
 */
RYFT_API struct PJRT_Executable *ryft_executable_raw(const ryft_executable *executable);

RYFT_DEFINE_CLEANUP(executable)

RYFT_END_DECLS

#endif /* RYFT_EXECUTABLE_H */
