/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file live_objects.h
 * The count of objects alive, for finding leaks.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_LIVE_OBJECTS_H
#define RYFT_LIVE_OBJECTS_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

/**
 * How many objects (clients, buffers, events, executables, …) exist now in this process: 0 when
 * nothing leaks. Plugins, devices and memories are not counted: they live as long as the process or
 * their client. With RYFT_LOG=leaks in the environment, what is left when the process exits is
 * printed on stderr.
 *
 * Owns: nothing. Errors: none. Threads: any; a snapshot. Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_live_objects(void);

RYFT_END_DECLS

#endif /* RYFT_LIVE_OBJECTS_H */
