/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_BUFFER_H
#define RYFT_SRC_CORE_BUFFER_H

#include <stdatomic.h>

#include "ryft/buffer.h"
#include "src/abi/quirks.h"
#include "src/base/pool.h"
#include "src/base/unconst.h"
#include "src/core/client.h"

/* Answers that do not change in a buffer's life; each comes with a bit that says it is known. */
enum {
  RYFT__HOST_KNOWN = 1,
  RYFT__HOST_YES = 2, /* lies in memory that the host can address */
  RYFT__ORDER_KNOWN = 4,
  RYFT__ORDER_ROW_MAJOR = 8, /* and without tiles */
  RYFT__DIRECT_KNOWN = 16,
  RYFT__DIRECT_YES = 32,  /* device memory holds what a reader wants, byte by byte */
  RYFT__MAY_BE_GONE = 64, /* was deleted, or given to a program that may have taken it */
  RYFT__MARKED = 128,     /* for a moment, while an execution looks for its arguments' likes */
  RYFT__ORDER_OURS = 256, /* the plugin was given the elements in the known shape's order and takes
                             it for the usual one */
};

/* What is asked of the plugin at most once is zero until then. */
struct ryft_buffer {
  PJRT_Buffer *raw;
  ryft_client *client; /* held */
  _Atomic(const ryft__known_shape *) shape;
  _Atomic(const struct ryft__donation *) donation; /* what took its contents: see donation.h */
  atomic_uint execution;                           /* which execution that was */
  atomic_uint device;                              /* see ryft__device_number */
  atomic_uint memory;                              /* likewise */
  atomic_uint facts;
  atomic_uint holders; /* the user's handle and every session that the buffer was given to */
  unsigned readers;    /* who share one reference to the plugin's memory: see buffer_read.c */
};
_Static_assert(sizeof(struct ryft_buffer) <= RYFT__POOL_PIECE, "handles come from the pool");

/* Memory is out: gives back what ryft__buffer_make was given. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__buffer_unmade(ryft_client *client, PJRT_Buffer *raw);

/* Takes the plugin's buffer, also when it fails, and a hold on the client that is there already:
 * see ryft__client_hold_objects. `shape` and `device`, its number, may be zero when unknown. */
static inline RYFT_MUST_USE ryft_error *ryft__buffer_make(ryft_client *client,
                                                          PJRT_Buffer *raw,
                                                          const ryft__known_shape *shape,
                                                          unsigned device,
                                                          ryft_buffer **out) {
  ryft_buffer *buffer = ryft__pool_take();
  *out = buffer;
  if (RYFT__UNLIKELY(buffer == NULL)) return ryft__buffer_unmade(client, raw);
  buffer->raw = raw;
  buffer->client = client;
  atomic_init(&buffer->shape, shape);
  atomic_init(&buffer->donation, NULL);
  atomic_init(&buffer->execution, 0);
  atomic_init(&buffer->device, device);
  atomic_init(&buffer->memory, 0);
  atomic_init(&buffer->facts, 0);
  atomic_init(&buffer->holders, 1);
  buffer->readers = 0;
  return NULL;
}

/* The same with a hold of its own. */
RYFT_MUST_USE ryft_error *ryft__buffer_adopt(ryft_client *client,
                                             PJRT_Buffer *raw,
                                             const ryft__known_shape *shape,
                                             ryft_buffer **out);

/* One more holder; gives `buffer` back. ryft_buffer_destroy is one less. */
ryft_buffer *ryft__buffer_hold(ryft_buffer *buffer);

/* Whether anybody but the one holder that asks would miss the contents. */
static inline bool ryft__buffer_is_shared(ryft_buffer *buffer) {
  return atomic_load_explicit(&buffer->holders, memory_order_acquire) != 1;
}

/* For buffers of the plugin's that need no handle. */
void ryft__buffer_destroy_raw(const ryft__table *table, PJRT_Buffer *raw);

/* The buffer's shape in its client's table; asks the plugin the first time. */
RYFT_MUST_USE ryft_error *ryft__buffer_known_shape(const ryft_buffer *buffer,
                                                   const ryft__known_shape **out,
                                                   const char *where);

/* Whether an array that nobody gave a layout lies with its last dimension fastest: to be asked
 * otherwise, when it matters. */
static inline bool ryft__usual_order(const ryft_client *client, const ryft__known_shape *shape) {
  return shape->order == NULL &&
         (shape->shape.rank < 2 || (client->quirks & RYFT__QUIRK_ROW_MAJOR) != 0);
}

/* As the public functions without the second underscore, on behalf of `where`. */
RYFT_MUST_USE ryft_error *ryft__buffer_from_host(const ryft_device *device,
                                                 const void *data,
                                                 size_t size,
                                                 ryft_shape shape,
                                                 const ryft_from_host_options *options,
                                                 ryft_buffer **out,
                                                 ryft_event **done,
                                                 const char *where);
/* `options` are the caller's to change. */
RYFT_MUST_USE ryft_error *ryft__buffer_from_array(const ryft_device *device,
                                                  const ryft_host_array *array,
                                                  ryft_from_host_options *options,
                                                  ryft_buffer **out,
                                                  ryft_event **done,
                                                  const char *where);
RYFT_MUST_USE ryft_error *ryft__buffer_device(const ryft_buffer *buffer,
                                              const ryft_device **out,
                                              const char *where);
RYFT_MUST_USE ryft_error *ryft__buffer_is_deleted(const ryft_buffer *buffer,
                                                  bool *out,
                                                  const char *where);
RYFT_MUST_USE ryft_error *ryft__buffer_read(const ryft_buffer *buffer,
                                            void *out,
                                            size_t size,
                                            const char *where);

/* Waits until the contents exist. */
RYFT_MUST_USE ryft_error *ryft__buffer_await(const ryft_buffer *buffer, const char *where);

/* Whether the buffer lies in memory that the host can address. */
RYFT_MUST_USE ryft_error *ryft__buffer_on_host(const ryft_buffer *buffer,
                                               bool *out,
                                               const char *where);

/* The plugin's description of the layout, which points into its buffer, or ours where the plugin
 * does not know better. */
RYFT_MUST_USE ryft_error *ryft__buffer_raw_layout(const ryft_buffer *buffer,
                                                  PJRT_Buffer_MemoryLayout *out,
                                                  const char *where);

/* What the handle remembers may change although the buffer does not. */
static inline ryft_buffer *ryft__buffer_memo(const ryft_buffer *buffer) {
  return ryft__unconst(buffer);
}

static inline unsigned ryft__buffer_facts(const ryft_buffer *buffer) {
  return atomic_load_explicit(&buffer->facts, memory_order_relaxed);
}

static inline void ryft__buffer_order_is_ours(ryft_buffer *buffer) {
  atomic_fetch_or_explicit(&buffer->facts, RYFT__ORDER_OURS, memory_order_relaxed);
}

/* Said of every argument by every execution of a program that nobody read, so mostly not for the
 * first time. */
static inline void ryft__buffer_may_be_gone(const ryft_buffer *buffer) {
  if ((ryft__buffer_facts(buffer) & RYFT__MAY_BE_GONE) != 0) return;
  atomic_fetch_or_explicit(
      &ryft__buffer_memo(buffer)->facts, RYFT__MAY_BE_GONE, memory_order_relaxed);
}

/* Remembers the answer to one question: its `known` bit, and the next one where the answer is
 * yes. */
static inline void ryft__buffer_remember(const ryft_buffer *buffer, unsigned known, bool yes) {
  atomic_fetch_or_explicit(
      &ryft__buffer_memo(buffer)->facts, yes ? known | known << 1 : known, memory_order_relaxed);
}

/* ---- The shape that a buffer has now. Where a dimension is dynamic, its entry in the known shape
 * is a bound, and only the buffer itself, once computed, knows how much of it there is. */

/* For a buffer with dynamic dimensions: waits for it, asks, and fills `room`, whose dimensions live
 * as long as the buffer. Refuses sizes that the bounds do not allow. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__buffer_ask_present(const ryft_buffer *buffer,
                                                              const ryft__known_shape *bounds,
                                                              ryft__known_shape *room,
                                                              const char *where);

/* Mostly the known shape; `room` is there for those that have to be asked. */
static inline RYFT_MUST_USE ryft_error *ryft__buffer_present_shape(const ryft_buffer *buffer,
                                                                   ryft__known_shape *room,
                                                                   const ryft__known_shape **out,
                                                                   const char *where) {
  RYFT_TRY(ryft__buffer_known_shape(buffer, out, where));
  if (RYFT__LIKELY((*out)->dynamic == 0)) return NULL;
  RYFT_TRY(ryft__buffer_ask_present(buffer, *out, room, where));
  *out = room;
  return NULL;
}

#endif /* RYFT_SRC_CORE_BUFFER_H */
