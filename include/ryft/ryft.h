/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file ryft.h
 * Everything in the core library. Reading order: plugin, client, buffer, program,
 * loaded_executable, execute, session.
 */
#ifndef RYFT_RYFT_H
#define RYFT_RYFT_H

#include "ryft/allocator.h"
#include "ryft/base.h"
#include "ryft/buffer.h"
#include "ryft/catalogue.h"
#include "ryft/client.h"
#include "ryft/compile_options.h"
#include "ryft/device.h"
#include "ryft/device_description.h"
#include "ryft/device_list.h"
#include "ryft/error.h"
#include "ryft/event.h"
#include "ryft/executable.h"
#include "ryft/execute.h"
#include "ryft/found_plugins.h"
#include "ryft/host_array.h"
#include "ryft/host_memory.h"
#include "ryft/layout.h"
#include "ryft/live_objects.h"
#include "ryft/loaded_executable.h"
#include "ryft/memory.h"
#include "ryft/memory_list.h"
#include "ryft/named_value.h"
#include "ryft/plugin.h"
#include "ryft/program.h"
#include "ryft/session.h"
#include "ryft/shape.h"
#include "ryft/type.h"

#endif /* RYFT_RYFT_H */
