/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file compile_options.h
 * Options of compilation. Plugins take them as a serialized CompileOptionsProto; this struct covers
 * what people use, `fields` reaches every other field of that message by its path, and `base` takes
 * a whole message.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_COMPILE_OPTIONS_H
#define RYFT_COMPILE_OPTIONS_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/named_value.h"

RYFT_BEGIN_DECLS

/** Sets one field of CompileOptionsProto: "executable_build_options.device_memory_size" to
 * "1000000". */
typedef struct ryft_field_setting {
  /** Names of fields from the message down, joined by dots; `[N]` picks, or appends, an element of
   * a repeated field and `["KEY"]` an entry of a map. */
  const char *path;
  /** The value as text: a number, true or false, an enum value's name or number, a string, or for a
   * bytes field hexadecimal digits after 0x. */
  const char *value;
} ryft_field_setting;

/**
 * How to compile. Zero is the default for all. What it points to, and what that points to, is only
 * read during the call.
 *
 * Plugins skip what they do not know of a CompileOptionsProto, so options that the plugin is known
 * to be too old, or too new, for are refused with UNIMPLEMENTED. Not so, in `base`, XLA's flags and
 * what target_config says of a GPU and of autotuning: there they come all together, as the XLA that
 * wrote it has them. Set by `fields`, they are refused like all others.
 */
typedef struct ryft_compile_options {
  size_t struct_size;
  /** A serialized CompileOptionsProto to start from; none where `data` is NULL and `size` 0. */
  ryft_bytes base;
  /** 0: what `base` says, else what the program says (ryft_program_describe), else 1. */
  size_t replicas;
  size_t partitions; /**< 0: likewise */
  /** Partition one program over the partitions' devices; default: what `base` or `fields` say,
   * else when there are several partitions, whichever of these set them. */
  ryft_choice spmd;
  /** Use the Shardy partitioner, which programs in the `sdy` dialect need; default: what `base` or
   * `fields` say, else whether the program uses that dialect. */
  ryft_choice shardy;
  /** Device numbers, replica by replica, replicas * partitions of them; NULL: the plugin's default.
   */
  const int *device_ids;
  size_t device_id_count;
  /** Compile for whatever single device each execution names (ryft_execute_options.device). */
  ryft_choice portable;
  /** Whether the parameters' types and shapes are read from the compiled program, so that
   * executions can be checked. Costs a copy of the optimised program once; say RYFT_NO for huge
   * models. Programs for several devices are read, and checked, all the same. */
  ryft_choice signature;
  /** Entries of env_option_overrides: XLA flags by name. */
  const ryft_named_value *overrides;
  size_t override_count;
  /** Any other field. Where one field of a message is set, all its others are what `base` and the
   * rest of `fields` say, or zero: XLA's own defaults no longer count. So `overrides` suit XLA
   * flags better. */
  const ryft_field_setting *fields;
  size_t field_count;
} ryft_compile_options;

/**
 * Encodes options as plugins take them, whatever their age, for no particular program.
 *
 * Applied in this order: `base`, the named members, `overrides`, `fields`.
 * Owns: the caller owns `*out_data`, freed with ryft_host_free. Errors: INVALID_ARGUMENT for a base
 * that is not a CompileOptionsProto, an unknown field or a value that does not fit it, counts that
 * plugins are known to abort on (below 1, or a product above 2^20), a device_ordinal below -1,
 * device numbers that do not match them. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_compile_options_encode(const ryft_compile_options *options,
                                                               void **out_data,
                                                               size_t *out_size);

RYFT_END_DECLS

#endif /* RYFT_COMPILE_OPTIONS_H */
