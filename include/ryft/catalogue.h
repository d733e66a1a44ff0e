/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file catalogue.h
 * The catalogue: the builds of plugins that can be installed.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_CATALOGUE_H
#define RYFT_CATALOGUE_H

#include "ryft/base.h"
#include "ryft/error.h"

RYFT_BEGIN_DECLS

/** One build of a plugin that can be installed: a Python wheel, of which only the shared library is
 * used. */
typedef struct ryft_catalogue_entry {
  const char *name;     /**< platform name, such as "cpu" */
  const char *version;  /**< the wheel's version */
  const char *package;  /**< the wheel's project name */
  const char *library;  /**< path of the shared library inside the wheel */
  const char *sha256;   /**< of the wheel file, 64 lower-case hexadecimal digits */
  int pjrt_minor;       /**< the PJRT API it speaks: 0.`pjrt_minor` */
  uint64_t wheel_bytes; /**< size of the download */
  /** "PYTHON-ABI-PLATFORM" at the end of the wheel's file name, where there is one wheel per Python
   * and this one is meant; NULL when there is one for all. */
  const char *tag;
} ryft_catalogue_entry;

/** All installable builds; for one name the newest PJRT API comes first. Entries may grow in later
 * versions: read them through the pointers.
 *
 * Owns: static. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const ryft_catalogue_entry *const *ryft_catalogue(size_t *out_count);

/** The platform names that ryft_plugin_load_named takes.
 *
 * Owns: static. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const char *const *ryft_catalogue_names(size_t *out_count);

/**
 * The directory that a build of the catalogue is installed in: DATA/ryft/plugins/NAME/VERSION,
 * where DATA is $XDG_DATA_HOME or $HOME/.local/share.
 *
 * Owns: the caller owns `*out`, freed with ryft_host_free. Errors: FAILED_PRECONDITION when neither
 * variable is set. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_catalogue_directory(const ryft_catalogue_entry *entry,
                                                            char **out);

RYFT_END_DECLS

#endif /* RYFT_CATALOGUE_H */
