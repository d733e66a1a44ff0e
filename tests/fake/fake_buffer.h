/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Buffers, and the memory behind them, which outlives a handle while work needs it. */
#ifndef RYFT_TESTS_FAKE_FAKE_BUFFER_H
#define RYFT_TESTS_FAKE_FAKE_BUFFER_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/fake/fake_client.h"
#include "tests/fake/fake_type.h"

typedef struct fake_storage {
  atomic_size_t holders;
  uint8_t *data;
  bool borrowed; /* the caller's memory */
  bool writable;
  fake_promise *released; /* set when nobody needs the caller's memory any more; may be NULL */
} fake_storage;

fake_storage *fake_storage_new(size_t size);
fake_storage *fake_storage_hold(fake_storage *storage);
void fake_storage_release(fake_storage *storage);

struct PJRT_Buffer {
  fake_object object;
  PJRT_Client *client;
  fake_memory *memory;
  fake_shape shape;
  fake_shape present; /* of the elements, packed; may be nonsense: see fake_buffer_check */
  size_t dynamic[FAKE_RANK_MAX];
  size_t dynamic_count;
  int64_t minor_to_major[FAKE_RANK_MAX];
  int64_t strides[FAKE_RANK_MAX]; /* of the arrangement on the device */
  fake_promise *ready;
  pthread_mutex_t lock;
  fake_storage *storage;  /* NULL once deleted or donated */
  fake_storage *external; /* kept for outstanding external references */
  size_t external_count;
  atomic_int external_callers; /* never more than one: see begin_external */
};

/* What lies on a device for types below a byte is not what the host sees, so that nobody copies it
 * as it is. */
uint8_t fake_flip(const fake_shape *shape);

/* Takes `storage` and `ready`. A NULL layout: last dimension fastest. */
PJRT_Buffer *fake_buffer_new(fake_memory *memory,
                             const fake_shape *shape,
                             const int64_t *minor_to_major,
                             fake_storage *storage,
                             fake_promise *ready);

/* Gives dynamic dimensions their size. */
void fake_buffer_set_present(PJRT_Buffer *buffer, const fake_shape *present);

/* Whoever copies the contents of a buffer whose present size is beyond its bounds, as some real
 * plugins do, reads or writes what is not the buffer's: this ends the process instead. */
void fake_buffer_check(const PJRT_Buffer *buffer);

/* The contents, held for the caller; NULL once deleted or donated. */
fake_storage *fake_buffer_storage(PJRT_Buffer *buffer);

/* Takes the contents away from the buffer; NULL when they are gone or somebody outside refers to
 * them. */
fake_storage *fake_buffer_donate(PJRT_Buffer *buffer);

#endif /* RYFT_TESTS_FAKE_FAKE_BUFFER_H */
