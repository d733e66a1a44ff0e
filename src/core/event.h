/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_EVENT_H
#define RYFT_SRC_CORE_EVENT_H

#include <stdatomic.h>

#include "ryft/event.h"
#include "src/base/pool.h"
#include "src/core/client.h"

typedef struct ryft__waiter ryft__waiter;

struct ryft_event {
  const ryft__table *table;
  PJRT_Event *raw;     /* NULL: complete and without error */
  ryft_client *client; /* held; NULL for user-made events */
  atomic_int state;    /* user-made events: whether they were set */
  /* Made by the first wait with a timeout that has to sleep, and used by all that follow. */
  _Atomic(ryft__waiter *) waiter;
};
_Static_assert(sizeof(struct ryft_event) <= RYFT__POOL_PIECE, "handles come from the pool");

/* Zero for the plugin's own events. */
enum { RYFT__EVENT_OF_PLUGIN, RYFT__EVENT_UNSET, RYFT__EVENT_SET };

static inline void ryft__event_init(ryft_event *event,
                                    const ryft__table *table,
                                    PJRT_Event *raw,
                                    ryft_client *client,
                                    int state) {
  event->table = table;
  event->raw = raw;
  event->client = client;
  atomic_init(&event->state, state);
  atomic_init(&event->waiter, NULL);
}

/* Memory is out: gives back what ryft__event_make was given. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__event_unmade(ryft_client *client, PJRT_Event *raw);

/* Takes the plugin's event, also when it fails, and a hold on the client that is there already:
 * see ryft__client_hold_objects. */
static inline RYFT_MUST_USE ryft_error *ryft__event_make(ryft_client *client,
                                                         PJRT_Event *raw,
                                                         ryft_event **out) {
  ryft_event *event = ryft__pool_take();
  *out = event;
  if (RYFT__UNLIKELY(event == NULL)) return ryft__event_unmade(client, raw);
  ryft__event_init(event, client->table, raw, client, RYFT__EVENT_OF_PLUGIN);
  return NULL;
}

/* The same with a hold of its own. */
RYFT_MUST_USE ryft_error *ryft__event_adopt(ryft_client *client, PJRT_Event *raw, ryft_event **out);

/* For events of the plugin's that need no handle. A NULL `raw` is complete and without error. */
RYFT_MUST_USE ryft_error *ryft__event_await_raw(const ryft__table *table,
                                                PJRT_Event *raw,
                                                const char *where);
void ryft__event_destroy_raw(const ryft__table *table, PJRT_Event *raw);

/* ryft_event_on_ready for the plugin's event; `client`, which may be NULL, is held until the
 * callback ran. */
RYFT_MUST_USE ryft_error *ryft__event_on_ready_raw(const ryft__table *table,
                                                   ryft_client *client,
                                                   PJRT_Event *raw,
                                                   ryft_event_callback callback,
                                                   void *arg,
                                                   ryft_drop drop,
                                                   const char *where);

/* Sleeps until the event completes, for `nanoseconds` at most; `*out_ready` says which it was. */
RYFT_MUST_USE ryft_error *ryft__event_sleep(ryft_event *event,
                                            int64_t nanoseconds,
                                            bool *out_ready,
                                            const char *where);

/* One owner less: the event, or its callback that has run. NULL is fine. */
void ryft__waiter_release(ryft__waiter *waiter);

#endif /* RYFT_SRC_CORE_EVENT_H */
