/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_SESSION_H
#define RYFT_SRC_CORE_SESSION_H

#include "ryft/execute.h"
#include "ryft/session.h"
#include "src/core/client.h"
#include "src/core/loaded_executable.h"

/* Inputs come first, then the outputs that are not fed back. */
typedef struct ryft__session_slot {
  const char *name;
  const ryft__known_shape *shape; /* NULL: not known, hence not checked */
  bool fed_back;
  bool lost; /* a failed run had donated what lay here */
} ryft__session_slot;

/* All that a run needs is laid out when the session is made. */
struct ryft_session {
  ryft_loaded_executable *executable; /* held */
  const ryft_device *const *devices;
  size_t device_count;
  size_t input_count;
  size_t output_count;
  size_t slot_count;
  char *names; /* every slot's, each with its NUL */
  ryft__session_slot *slots;
  const ryft__session_slot **by_name; /* sorted */
  size_t *homes;                      /* each result's slot */
  ryft_buffer **buffers;              /* for each device, what lies in each slot; NULL: nothing */
  ryft_buffer **fresh;                /* for each device, results on their way to their slots */
  ryft_buffer **uploads;              /* one input's on each device, on their way to its slot */
  ryft_buffer *const **arguments;     /* each device's inputs in `buffers` */
  ryft_buffer ***outputs;             /* each device's part of `fresh` */
  size_t *donated;                    /* inputs that a run may give away */
  size_t donated_count;
  int64_t *keep; /* inputs that it must not give away: those of every run, and room for the rest */
  size_t keep_count;
  void *room; /* see ryft__execute_in */
  ryft_execute_options options;
};

/* Where a slot's buffer on one device is. */
static inline ryft_buffer **ryft__session_place(const ryft_session *session,
                                                size_t slot,
                                                size_t device) {
  return &session->buffers[device * session->slot_count + slot];
}

/* NOT_FOUND, with the names there are. */
RYFT_MUST_USE ryft_error *ryft__session_find(const ryft_session *session,
                                             const char *name,
                                             size_t *out_slot,
                                             const char *where);

/* FAILED_PRECONDITION that says why nothing lies in a slot. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__session_empty(const ryft_session *session,
                                                         size_t slot,
                                                         size_t device,
                                                         const char *where);

/* FAILED_PRECONDITION: what lies in a slot was deleted or donated outside the session. */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__session_deleted(const ryft_session *session,
                                                           size_t slot,
                                                           size_t device,
                                                           const char *where);

#endif /* RYFT_SRC_CORE_SESSION_H */
