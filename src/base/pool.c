/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Each thread has a shelf of its own. A full one passes half of its pieces on to the depot, an
 * empty one takes as many from there, so that a thread that only makes handles and one that only
 * destroys them get along. Both are bounded; what does not fit is freed. */
#include "src/base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/alloc.h"

enum { SHELF = 128, BATCH = SHELF / 2, DEPOT_BATCHES = 32 };

atomic_bool ryft__pool_keeping = !RYFT__SANITIZED;
_Thread_local ryft__shelf ryft__own_shelf;

/* Always tried, never waited for: whoever finds it taken goes on without, and so does a fork's
 * child in which nobody is left to unlock it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ryft__piece *depot[DEPOT_BATCHES];
static size_t depot_count;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

static bool is_keeping(void) {
  return atomic_load_explicit(&ryft__pool_keeping, memory_order_relaxed);
}

static void free_all(ryft__piece *first) {
  while (first != NULL) {
    ryft__piece *next = first->next;
    free(first);
    first = next;
  }
}

/* Other destructors of the thread's may yet destroy handles, whose memory is then freed. */
static void close_shelf(void *arg) {
  ryft__shelf *self = arg;
  ryft__piece *pieces = self->first;
  *self = (ryft__shelf){.closed = true};
  free_all(pieces);
}

static void make_key(void) {
  has_key = pthread_key_create(&key, close_shelf) == 0;
}

/* Without a way to learn of the thread's end nothing is kept on it. */
static bool open_shelf(ryft__shelf *self) {
  if (self->closed || pthread_once(&once, make_key) != 0) return false;
  self->open = has_key && pthread_setspecific(key, self) == 0;
  self->closed = !self->open;
  self->room = self->open ? SHELF : 0;
  return self->open;
}

/* ---- The depot. */

static ryft__piece *take_batch(void) {
  ryft__piece *batch = NULL;
  if (pthread_mutex_trylock(&lock) != 0) return NULL;
  if (depot_count != 0) batch = depot[--depot_count];
  (void)pthread_mutex_unlock(&lock);
  return batch;
}

static bool give_batch(ryft__piece *batch) {
  if (pthread_mutex_trylock(&lock) != 0) return false;
  const bool fits = depot_count < DEPOT_BATCHES;
  if (fits) depot[depot_count++] = batch;
  (void)pthread_mutex_unlock(&lock);
  return fits;
}

/* Takes the first BATCH pieces off a full shelf. */
static void make_room(ryft__shelf *self) {
  ryft__piece *batch = self->first, *last = batch;
  for (unsigned i = 1; i < BATCH; ++i) last = last->next;
  self->first = last->next;
  self->room = BATCH;
  last->next = NULL;
  if (!give_batch(batch)) free_all(batch);
}

/* ---- Taking and giving. */

void *ryft__pool_take_elsewhere(ryft__shelf *self) {
  if (!is_keeping()) return ryft__alloc(RYFT__POOL_PIECE);
  ryft__piece *batch = self->open || open_shelf(self) ? take_batch() : NULL;
  if (batch == NULL) return malloc(RYFT__POOL_PIECE);
  self->first = batch->next;
  self->room = SHELF - BATCH + 1;
  return batch;
}

void ryft__pool_give_elsewhere(ryft__shelf *self, void *memory) {
  ryft__piece *given = memory;
  if (!is_keeping()) {
    ryft__free(given);
    return;
  }
  if (self->open) {
    make_room(self);
  } else if (!open_shelf(self)) {
    free(given);
    return;
  }
  given->next = self->first;
  self->first = given;
  --self->room;
}

/* ---- Switching it off. */

static void empty(void) {
  ryft__piece *pieces = ryft__own_shelf.first;
  ryft__own_shelf.first = NULL;
  ryft__own_shelf.room = ryft__own_shelf.open ? SHELF : 0;
  free_all(pieces);
  for (ryft__piece *batch = take_batch(); batch != NULL; batch = take_batch()) free_all(batch);
}

void ryft__pool_keep(bool keep) {
  atomic_store_explicit(&ryft__pool_keeping, keep && !RYFT__SANITIZED, memory_order_relaxed);
  if (!keep) empty();
}

/* When the library is unloaded, threads must not come back to it as they end. */
static __attribute__((destructor)) void retire(void) {
  if (has_key) (void)pthread_key_delete(key);
  empty();
}
