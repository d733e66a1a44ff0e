/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What lies in the slots of a session. */
#include <stdio.h>

#include "src/base/require.h"
#include "src/core/buffer.h"
#include "src/core/donation.h"
#include "src/core/host_array.h"
#include "src/core/session.h"

/* Of several devices or one, an error names the device too. */
static void name_slot(const ryft_session *session,
                      size_t slot,
                      size_t device,
                      char *out,
                      size_t size) {
  const char *kind = slot < session->input_count ? "input" : "output";
  const char *name = session->slots[slot].name;
  if (session->device_count == 1) {
    snprintf(out, size, "%s \"%s\"", kind, name);
  } else {
    snprintf(
        out, size, "%s \"%s\" on device %zu of %zu", kind, name, device, session->device_count);
  }
}

ryft_error *ryft__session_empty(const ryft_session *session,
                                size_t slot,
                                size_t device,
                                const char *where) {
  char name[256];
  const char *problem = "is not set";
  if (slot >= session->input_count) problem = "is there only after a run";
  if (session->slots[slot].lost) problem = "was donated to a run that failed: set it anew";
  name_slot(session, slot, device, name, sizeof name);
  return ryft__error(RYFT_FAILED_PRECONDITION, where, NULL, "%s %s", name, problem);
}

/* `relation` says how the buffer and the slot belong together, `advice` what to do. */
static ryft_error *refuse_gone(const ryft_session *session,
                               size_t slot,
                               size_t device,
                               const ryft_buffer *buffer,
                               const char *relation,
                               const char *advice,
                               const char *where) {
  char name[256], subject[288];
  name_slot(session, slot, device, name, sizeof name);
  (void)snprintf(subject, sizeof subject, "the buffer %s %s", relation, name);
  ryft_error *error = ryft__error(RYFT_FAILED_PRECONDITION, where, NULL, "%s", advice);
  return ryft__donation_explain(error, buffer, subject);
}

ryft_error *ryft__session_deleted(const ryft_session *session,
                                  size_t slot,
                                  size_t device,
                                  const char *where) {
  const ryft_buffer *buffer = session->arguments[device][slot];
  return refuse_gone(session, slot, device, buffer, "in", "set the slot anew", where);
}

/* ---- Which slot. */

static RYFT__COLD ryft_error *out_of_range(const char *what,
                                           size_t given,
                                           size_t count,
                                           const char *where) {
  return ryft__error(RYFT_OUT_OF_RANGE, where, NULL, "%s %zu of %zu", what, given, count);
}

static ryft_error *check_place(const ryft_session *session,
                               size_t slot,
                               size_t device,
                               const char *where) {
  if (RYFT__UNLIKELY(slot >= session->slot_count)) {
    return out_of_range("slot", slot, session->slot_count, where);
  }
  if (RYFT__UNLIKELY(device >= session->device_count)) {
    return out_of_range("device", device, session->device_count, where);
  }
  return NULL;
}

/* A name alone says which buffer is meant only where there is one device. */
static ryft_error *find_only(const ryft_session *session,
                             const char *name,
                             size_t *out_slot,
                             const char *where) {
  RYFT_TRY(ryft__session_find(session, name, out_slot, where));
  if (RYFT__LIKELY(session->device_count == 1)) return NULL;
  return ryft__error(RYFT_FAILED_PRECONDITION,
                     where,
                     NULL,
                     "\"%s\" lies on each of %zu devices: name one with %s_at",
                     name,
                     session->device_count,
                     where);
}

/* ---- Setting. */

static ryft_error *check_is_input(const ryft_session *session, size_t slot, const char *where) {
  if (RYFT__LIKELY(slot < session->input_count)) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "\"%s\" is an output and cannot be set",
                     session->slots[slot].name);
}

static RYFT__COLD ryft_error *bad_shape(const ryft_session *session,
                                        size_t slot,
                                        size_t device,
                                        ryft_shape given,
                                        const char *where) {
  char name[256], given_text[256], wanted_text[256];
  name_slot(session, slot, device, name, sizeof name);
  (void)ryft_shape_format(given, given_text, sizeof given_text);
  (void)ryft__known_shape_format(session->slots[slot].shape, wanted_text, sizeof wanted_text);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s is given %s, the program takes %s",
                     name,
                     given_text,
                     wanted_text);
}

/* Takes `buffer`, which may be NULL. */
static void put(ryft_session *session, size_t slot, size_t device, ryft_buffer *buffer) {
  ryft_buffer **place = ryft__session_place(session, slot, device);
  ryft_buffer *old = *place;
  *place = buffer;
  session->slots[slot].lost = false;
  ryft_buffer_destroy(old);
}

static ryft_error *check_array(const ryft_session *session,
                               size_t slot,
                               size_t device,
                               const ryft_host_array *array,
                               const char *where) {
  const ryft__known_shape *wanted = session->slots[slot].shape;
  RYFT_TRY(check_is_input(session, slot, where));
  if (wanted == NULL || ryft_shape_equal(array->shape, wanted->shape)) return NULL;
  return bad_shape(session, slot, device, array->shape, where);
}

static ryft_error *upload(const ryft_session *session,
                          size_t slot,
                          size_t device,
                          const ryft_host_array *array,
                          ryft_buffer **out,
                          const char *where) {
  const ryft__known_shape *wanted = session->slots[slot].shape;
  ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = array->shape.rank};
  ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  if (wanted != NULL && wanted->order != NULL) {
    layout.minor_to_major = wanted->order;
    options.layout = &layout;
  }
  return ryft__buffer_from_array(
      session->devices[device], array, &options, out, /* done= */ NULL, where);
}

ryft_error *ryft_session_set_host_at(ryft_session *session,
                                     size_t slot,
                                     size_t device,
                                     const ryft_host_array *array) {
  RYFT__REQUIRE(session);
  RYFT__REQUIRE(array);
  ryft_buffer *buffer = NULL;
  ryft_host_array own;
  RYFT_TRY(check_place(session, slot, device, __func__));
  RYFT_TRY(ryft__host_array_read(array, &own, __func__));
  RYFT_TRY(check_array(session, slot, device, &own, __func__));
  RYFT_TRY(upload(session, slot, device, &own, &buffer, __func__));
  put(session, slot, device, buffer);
  return NULL;
}

ryft_error *ryft_session_set_host(ryft_session *session,
                                  const char *name,
                                  const ryft_host_array *array) {
  RYFT__REQUIRE(session);
  RYFT__REQUIRE(name);
  RYFT__REQUIRE(array);
  ryft_host_array own;
  size_t slot = 0;
  ryft_error *error = NULL;
  RYFT_TRY(ryft__session_find(session, name, &slot, __func__));
  RYFT_TRY(ryft__host_array_read(array, &own, __func__));
  RYFT_TRY(check_array(session, slot, /* device= */ 0, &own, __func__));
  size_t done = 0;
  while (error == NULL && done < session->device_count) {
    error = upload(session, slot, done, &own, &session->uploads[done], __func__);
    if (error == NULL) ++done;
  }
  for (size_t i = 0; i < done; ++i) {
    if (error == NULL) {
      put(session, slot, i, session->uploads[i]);
    } else {
      ryft_buffer_destroy(session->uploads[i]);
    }
  }
  return error;
}

static ryft_error *check_owner(const ryft_session *session,
                               size_t slot,
                               size_t device,
                               const ryft_buffer *buffer,
                               const char *where) {
  char name[256];
  const ryft_device *there = NULL;
  if (buffer->client == session->executable->client)
    RYFT_TRY(ryft__buffer_device(buffer, &there, where));
  if (RYFT__LIKELY(there == session->devices[device])) return NULL;
  name_slot(session, slot, device, name, sizeof name);
  if (there == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "%s is given a buffer that belongs to another client",
                       name);
  }
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s is given a buffer on device %d, the program takes it on device %d",
                     name,
                     ryft_device_id(there),
                     ryft_device_id(session->devices[device]));
}

static ryft_error *check_contents(const ryft_session *session,
                                  size_t slot,
                                  size_t device,
                                  const ryft_buffer *buffer,
                                  const char *where) {
  bool deleted = false;
  const ryft__known_shape *given = NULL, *wanted = session->slots[slot].shape;
  RYFT_TRY(ryft__buffer_known_shape(buffer, &given, where));
  if (wanted != NULL && !ryft__known_shape_fits(given, wanted)) {
    return bad_shape(session, slot, device, given->shape, where);
  }
  RYFT_TRY(ryft__buffer_is_deleted(buffer, &deleted, where));
  if (RYFT__LIKELY(!deleted)) return NULL;
  return refuse_gone(session, slot, device, buffer, "for", "the slot is as it was", where);
}

static ryft_error *set(ryft_session *session,
                       size_t slot,
                       size_t device,
                       ryft_buffer *buffer,
                       const char *where) {
  RYFT_TRY(check_is_input(session, slot, where));
  if (buffer != NULL) {
    RYFT_TRY(check_owner(session, slot, device, buffer, where));
    RYFT_TRY(check_contents(session, slot, device, buffer, where));
    ryft__buffer_hold(buffer);
  }
  put(session, slot, device, buffer);
  return NULL;
}

ryft_error *ryft_session_set(ryft_session *session, const char *name, ryft_buffer *buffer) {
  RYFT__REQUIRE(session);
  RYFT__REQUIRE(name);
  size_t slot = 0;
  RYFT_TRY(find_only(session, name, &slot, __func__));
  return set(session, slot, /* device= */ 0, buffer, __func__);
}

ryft_error *ryft_session_set_at(ryft_session *session,
                                size_t slot,
                                size_t device,
                                ryft_buffer *buffer) {
  RYFT__REQUIRE(session);
  RYFT_TRY(check_place(session, slot, device, __func__));
  return set(session, slot, device, buffer, __func__);
}

/* ---- Getting. */

static ryft_error *get(const ryft_session *session,
                       size_t slot,
                       size_t device,
                       void *out,
                       size_t size,
                       const char *where) {
  const ryft_buffer *buffer = *ryft__session_place(session, slot, device);
  if (buffer == NULL) return ryft__session_empty(session, slot, device, where);
  return ryft__buffer_read(buffer, out, size, where);
}

ryft_error *ryft_session_get(const ryft_session *session,
                             const char *name,
                             void *out,
                             size_t size) {
  RYFT__REQUIRE(session);
  RYFT__REQUIRE(name);
  if (size != 0) RYFT__REQUIRE(out);
  size_t slot = 0;
  RYFT_TRY(find_only(session, name, &slot, __func__));
  return get(session, slot, /* device= */ 0, out, size, __func__);
}

ryft_error *ryft_session_get_at(const ryft_session *session,
                                size_t slot,
                                size_t device,
                                void *out,
                                size_t size) {
  RYFT__REQUIRE(session);
  if (size != 0) RYFT__REQUIRE(out);
  RYFT_TRY(check_place(session, slot, device, __func__));
  return get(session, slot, device, out, size, __func__);
}

static ryft_error *output(const ryft_session *session,
                          size_t slot,
                          size_t device,
                          ryft_buffer **out,
                          const char *where) {
  ryft_buffer *buffer = *ryft__session_place(session, slot, device);
  if (buffer == NULL) return ryft__session_empty(session, slot, device, where);
  *out = ryft__buffer_hold(buffer);
  return NULL;
}

ryft_error *ryft_session_output(const ryft_session *session, const char *name, ryft_buffer **out) {
  size_t slot = 0;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(session);
  RYFT__REQUIRE(name);
  RYFT_TRY(find_only(session, name, &slot, __func__));
  return output(session, slot, /* device= */ 0, out, __func__);
}

ryft_error *ryft_session_output_at(const ryft_session *session,
                                   size_t slot,
                                   size_t device,
                                   ryft_buffer **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(session);
  RYFT_TRY(check_place(session, slot, device, __func__));
  return output(session, slot, device, out, __func__);
}
