/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file device_list.h
 * Lists of devices, borrowed from what they are asked of.
 */
#ifndef RYFT_DEVICE_LIST_H
#define RYFT_DEVICE_LIST_H

#include "ryft/base.h"

RYFT_BEGIN_DECLS

typedef struct ryft_device ryft_device;

/** A borrowed list of devices. */
typedef struct ryft_device_list {
  const ryft_device *const *items;
  size_t count;
} ryft_device_list;

RYFT_END_DECLS

#endif /* RYFT_DEVICE_LIST_H */
