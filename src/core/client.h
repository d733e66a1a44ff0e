/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_CLIENT_H
#define RYFT_SRC_CORE_CLIENT_H

#include <stdatomic.h>

#include "ryft/client.h"
#include "src/base/alloc.h"
#include "src/core/device.h"
#include "src/core/memory.h"
#include "src/core/plugin.h"
#include "src/core/shape_table.h"

typedef struct ryft__donations ryft__donations;

struct ryft_client {
  const ryft__table *table; /* the plugin's, one step nearer */
  PJRT_Client *raw;
  ryft_plugin *plugin;
  ryft__holders holders; /* the user's handle and every object made from the client */
  char *platform_name;
  char *platform_version;
  int process_index;
  unsigned quirks; /* see src/abi/quirks.h */
  /* Views are made once, when the client is. They lie in the order of the plugin's pointers, by
   * which they are found; the lists have the plugin's own order. */
  ryft_device *devices;
  size_t device_count;
  ryft_memory *memories;
  size_t memory_count;
  const ryft_device **device_list;
  const ryft_device **addressable_list;
  size_t addressable_count;
  const ryft_memory **memory_list;
  ryft__shape_table shapes;
  _Atomic(ryft__donations *) donations; /* of all programs loaded so far: see donation.h */
  atomic_uint layout_habits;            /* zero until asked for: see layout_habits.h */
  ryft_client *next_ended;              /* see ryft__client_release */
};

/* One more holder; gives `client` back. */
ryft_client *ryft__client_hold(ryft_client *client);

/* One holder less. The last one ends the plugin's client; on a plugin's own thread, inside a
 * callback, that is handed to a thread of ours, since plugins join their threads while they end. */
void ryft__client_release(ryft_client *client);

/* What the last holder does. */
RYFT__COLD void ryft__client_unheld(ryft_client *client);

/* The same for objects that come and go with every execution: these count as alive by holding. */
static inline void ryft__client_hold_objects(ryft_client *client, size_t count) {
  atomic_fetch_add_explicit(&client->holders.sum, count * RYFT__OBJECT, memory_order_relaxed);
}
static inline void ryft__client_release_objects(ryft_client *client, size_t count) {
  const uint64_t units = count * RYFT__OBJECT;
  if (atomic_fetch_sub_explicit(&client->holders.sum, units, memory_order_acq_rel) == units) {
    ryft__client_unheld(client);
  }
}

/* Frees the client's memory; the plugin's client is not touched. */
void ryft__client_free(ryft_client *client);

/* Around a plugin's creation and end of clients: one at a time in the whole process. */
RYFT_MUST_USE ryft_error *ryft__client_lifecycle_lock(const char *where);
void ryft__client_lifecycle_unlock(void);

/* Our view of the plugin's device or memory; NULL for one it never listed. */
const ryft_device *ryft__client_device(const ryft_client *client, const PJRT_Device *raw);
const ryft_memory *ryft__client_memory(const ryft_client *client, const PJRT_Memory *raw);

/* Counted from 1, so that zero can mean none. */
static inline unsigned ryft__device_number(const ryft_device *device) {
  return (unsigned)(device - device->client->devices) + 1;
}

/* The plugin's form of the options, which borrows their texts and lists. Freed with ryft__free. */
RYFT_MUST_USE ryft_error *ryft__client_options_to_raw(const ryft__table *table,
                                                      const ryft_client_options *options,
                                                      PJRT_NamedValue **out,
                                                      size_t *out_count,
                                                      const char *where);

/* UNIMPLEMENTED for free-form options that the plugin, as its client shows, ignored. */
RYFT_MUST_USE ryft_error *ryft__client_options_check_taken(const ryft_client *client,
                                                           const ryft_client_options *options,
                                                           const char *where);

/* Brackets around every callback that runs on a plugin's thread: see ryft__client_release. */
void ryft__callback_enter(void);
void ryft__callback_leave(void);

#endif /* RYFT_SRC_CORE_CLIENT_H */
