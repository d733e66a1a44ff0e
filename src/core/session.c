/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Making sessions: names, checks, and the tables that runs go by. Slots' contents are in
 * session_slots.c, runs in session_run.c. */
#include "src/core/session.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/base/text.h"
#include "src/core/launch.h"

/* What ryft_session_create was given. */
typedef struct plan {
  const char *const *inputs;
  const char *const *outputs;
  const ryft_device *device;
  const char *where;
} plan;

static RYFT__COLD ryft_error *bad_count(const char *what,
                                        size_t given,
                                        size_t wanted,
                                        const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%zu %s names are given, the program has %zu %ss",
                     given,
                     what,
                     wanted,
                     what);
}

static ryft_error *check_counts(const ryft_session *session, const char *where) {
  const ryft_loaded_executable *executable = session->executable;
  if (executable->parameter_count != SIZE_MAX &&
      session->input_count != executable->parameter_count) {
    return bad_count("input", session->input_count, executable->parameter_count, where);
  }
  if (session->output_count != executable->output_count) {
    return bad_count("output", session->output_count, executable->output_count, where);
  }
  return NULL;
}

/* ---- Devices. */

/* A device that is named is the only one. */
static ryft_error *choose_devices(ryft_session *session, const plan *given) {
  const ryft_loaded_executable *executable = session->executable;
  PJRT_Device *raw = NULL;
  session->options = (ryft_execute_options){
      RYFT_SIZED(ryft_execute_options), .device = given->device, .unchecked = true};
  session->devices = given->device == NULL ? executable->devices : &session->options.device;
  session->device_count = executable->list_count;
  return ryft__launch_device(executable, given->device, "ryft_session_options", &raw, given->where);
}

/* ---- Names. */

static int compare_slots(const void *left, const void *right) {
  const ryft__session_slot *const *a = left, *const *b = right;
  return strcmp((*a)->name, (*b)->name);
}

static int compare_name(const void *name, const void *slot) {
  const ryft__session_slot *const *each = slot;
  return strcmp(name, (*each)->name);
}

static ryft_error *check_names(const char *what,
                               const char *const *names,
                               size_t count,
                               size_t *size,
                               const char *where) {
  for (size_t i = 0; i < count; ++i) {
    if (names[i] == NULL || names[i][0] == '\0') {
      return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "%s %zu has no name", what, i);
    }
    *size += strlen(names[i]) + 1;
  }
  return NULL;
}

static const char *copy_name(char **room, const char *name) {
  const size_t size = strlen(name) + 1;
  const char *copy = memcpy(*room, name, size);
  *room += size;
  return copy;
}

static ryft_error *named_twice(const char *what, const char *name, const char *where) {
  return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "two %ss are named \"%s\"", what, name);
}

/* Sorts the first `count` names. */
static ryft_error *sort_names(ryft_session *session,
                              size_t count,
                              const char *what,
                              const char *where) {
  const ryft__session_slot **sorted = session->by_name;
  if (count != 0) qsort(sorted, count, sizeof *sorted, compare_slots);
  for (size_t i = 1; i < count; ++i) {
    if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
      return named_twice(what, sorted[i]->name, where);
    }
  }
  return NULL;
}

/* The slot of that name among the first `count` sorted; NULL: there is none. */
static const ryft__session_slot *find(const ryft_session *session, size_t count, const char *name) {
  if (count == 0) return NULL;
  const ryft__session_slot *const *found =
      bsearch(name, session->by_name, count, sizeof *session->by_name, compare_name);
  return found == NULL ? NULL : *found;
}

static size_t add_slot(ryft_session *session, char **room, const char *name) {
  const size_t index = session->slot_count++;
  session->slots[index].name = copy_name(room, name);
  session->by_name[index] = &session->slots[index];
  return index;
}

/* Each result's slot: its own, or that of the input whose name it has. */
static ryft_error *place_outputs(ryft_session *session, char **room, const plan *given) {
  for (size_t i = 0; i < session->output_count; ++i) {
    const ryft__session_slot *input = find(session, session->input_count, given->outputs[i]);
    if (input == NULL) {
      session->homes[i] = add_slot(session, room, given->outputs[i]);
      continue;
    }
    session->homes[i] = (size_t)(input - session->slots);
    if (input->fed_back) return named_twice("output", input->name, given->where);
    session->slots[session->homes[i]].fed_back = true;
  }
  return sort_names(session, session->slot_count, "output", given->where);
}

static ryft_error *make_slots(ryft_session *session, const plan *given) {
  const size_t inputs = session->input_count, outputs = session->output_count;
  size_t size = 0;
  RYFT_TRY(check_names("input", given->inputs, inputs, &size, given->where));
  RYFT_TRY(check_names("output", given->outputs, outputs, &size, given->where));
  session->names = ryft__alloc(size);
  session->slots = ryft__alloc_array(inputs + outputs, sizeof *session->slots);
  session->by_name = ryft__alloc_array(inputs + outputs, sizeof *session->by_name);
  session->homes = ryft__alloc_array(outputs, sizeof *session->homes);
  RYFT__TRY_ALLOC(session->names);
  RYFT__TRY_ALLOC(session->slots);
  RYFT__TRY_ALLOC(session->by_name);
  RYFT__TRY_ALLOC(session->homes);
  char *room = session->names;
  for (size_t i = 0; i < inputs; ++i) (void)add_slot(session, &room, given->inputs[i]);
  RYFT_TRY(sort_names(session, inputs, "input", given->where));
  return place_outputs(session, &room, given);
}

ryft_error *ryft__session_find(const ryft_session *session,
                               const char *name,
                               size_t *out_slot,
                               const char *where) {
  const ryft__session_slot *slot = find(session, session->slot_count, name);
  if (RYFT__LIKELY(slot != NULL)) {
    *out_slot = (size_t)(slot - session->slots);
    return NULL;
  }
  enum { SHOWN = 40 };
  ryft__text names = {.data = NULL};
  for (size_t i = 0; i < session->slot_count && i < SHOWN; ++i) {
    ryft__text_format(&names, i == 0 ? "%s" : ", %s", session->slots[i].name);
  }
  if (session->slot_count > SHOWN) ryft__text_format(&names, ", …");
  ryft_error *error = ryft__error(RYFT_NOT_FOUND,
                                  where,
                                  NULL,
                                  "no slot is named \"%s\"; there are %s",
                                  name,
                                  names.data == NULL ? "none" : names.data);
  ryft__text_free(&names);
  return error;
}

/* ---- Shapes and donation. */

static ryft_error *bad_feedback(const ryft__session_slot *slot,
                                const ryft__known_shape *given,
                                const char *where) {
  char given_text[256], wanted_text[256];
  (void)ryft__known_shape_format(given, given_text, sizeof given_text);
  (void)ryft__known_shape_format(slot->shape, wanted_text, sizeof wanted_text);
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "output \"%s\" is %s and cannot be fed back: input \"%s\" is %s",
                     slot->name,
                     given_text,
                     slot->name,
                     wanted_text);
}

static ryft_error *know_shapes(ryft_session *session, const char *where) {
  const ryft_loaded_executable *executable = session->executable;
  for (size_t i = 0; executable->parameters != NULL && i < session->input_count; ++i) {
    session->slots[i].shape = executable->parameters[i];
  }
  for (size_t i = 0; executable->results != NULL && i < session->output_count; ++i) {
    ryft__session_slot *slot = &session->slots[session->homes[i]];
    const ryft__known_shape *result = executable->results[i];
    if (slot->shape == NULL) slot->shape = result;
    if (result != NULL && !ryft__known_shape_fits(result, slot->shape))
      return bad_feedback(slot, result, where);
  }
  return NULL;
}

/* An execution donates whatever the program lets it, unless it is told to keep it. */
static ryft_error *plan_donation(ryft_session *session, const char *where) {
  const ryft_signature *signature = NULL;
  if (session->executable->parameter_count != SIZE_MAX) {
    RYFT_TRY(ryft__executable_signature(session->executable->program, &signature, where));
  }
  for (size_t i = 0; i < session->input_count; ++i) {
    const ryft_signature_item *item = signature == NULL ? NULL : signature->parameters[i];
    if (item != NULL && item->alias < 0 && !item->donor) continue;
    if (session->slots[i].fed_back) {
      session->donated[session->donated_count++] = i;
    } else {
      session->keep[session->keep_count++] = (int64_t)i;
    }
  }
  return NULL;
}

/* ---- Tables. */

static ryft_error *make_room(ryft_session *session) {
  size_t per_device = 0, buffers = 0, size = 0;
  if (__builtin_add_overflow(session->input_count, session->output_count, &per_device) ||
      __builtin_mul_overflow(per_device, session->device_count, &buffers) ||
      !ryft__launch_room(session->device_count, buffers, session->input_count, &size)) {
    return ryft__out_of_memory();
  }
  session->room = ryft__alloc(size);
  session->buffers = ryft__alloc_array(buffers, sizeof *session->buffers);
  session->fresh = ryft__alloc_array(buffers, sizeof *session->fresh);
  session->uploads = ryft__alloc_array(session->device_count, sizeof *session->uploads);
  session->arguments = ryft__alloc_array(session->device_count, sizeof *session->arguments);
  session->outputs = ryft__alloc_array(session->device_count, sizeof *session->outputs);
  session->donated = ryft__alloc_array(session->input_count, sizeof *session->donated);
  session->keep = ryft__alloc_array(session->input_count, sizeof *session->keep);
  RYFT__TRY_ALLOC(session->room);
  RYFT__TRY_ALLOC(session->buffers);
  RYFT__TRY_ALLOC(session->fresh);
  RYFT__TRY_ALLOC(session->uploads);
  RYFT__TRY_ALLOC(session->arguments);
  RYFT__TRY_ALLOC(session->outputs);
  RYFT__TRY_ALLOC(session->donated);
  RYFT__TRY_ALLOC(session->keep);
  for (size_t i = 0; i < session->device_count; ++i) {
    session->arguments[i] = ryft__session_place(session, 0, i);
    session->outputs[i] = &session->fresh[i * session->output_count];
  }
  return NULL;
}

static ryft_error *build(ryft_session *session, const plan *given) {
  RYFT_TRY(choose_devices(session, given));
  RYFT_TRY(check_counts(session, given->where));
  RYFT_TRY(make_slots(session, given));
  RYFT_TRY(know_shapes(session, given->where));
  RYFT_TRY(make_room(session));
  return plan_donation(session, given->where);
}

ryft_error *ryft_session_create(ryft_loaded_executable *executable,
                                const char *const *input_names,
                                size_t input_count,
                                const char *const *output_names,
                                size_t output_count,
                                const ryft_session_options *options,
                                ryft_session **out) {
  ryft_session_options own;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(executable);
  if (input_count != 0) RYFT__REQUIRE(input_names);
  if (output_count != 0) RYFT__REQUIRE(output_names);
  RYFT_TRY(RYFT__READ_OPTIONS(ryft_session_options, options, &own));
  ryft_session *session = ryft__alloc_zero(sizeof *session);
  RYFT__TRY_ALLOC(session);
  session->executable = ryft__loaded_executable_hold(executable);
  session->input_count = input_count;
  session->output_count = output_count;
  ryft__object_born(RYFT__LIVE_SESSION);
  const plan given = {input_names, output_names, own.device, __func__};
  ryft_error *error = build(session, &given);
  if (error == NULL) {
    *out = session;
  } else {
    ryft_session_destroy(session);
  }
  return error;
}

void ryft_session_destroy(ryft_session *session) {
  if (session == NULL) return;
  if (session->buffers != NULL) {
    const size_t count = session->device_count * session->slot_count;
    for (size_t i = 0; i < count; ++i) ryft_buffer_destroy(session->buffers[i]);
  }
  ryft__free(session->names);
  ryft__free(session->slots);
  ryft__free(session->by_name);
  ryft__free(session->homes);
  ryft__free(session->buffers);
  ryft__free(session->fresh);
  ryft__free(session->uploads);
  ryft__free(session->arguments);
  ryft__free(session->outputs);
  ryft__free(session->donated);
  ryft__free(session->keep);
  ryft__free(session->room);
  ryft_loaded_executable_destroy(session->executable);
  ryft__free(session);
  ryft__object_gone(RYFT__LIVE_SESSION);
}

ryft_error *ryft_session_slot(const ryft_session *session, const char *name, size_t *out_slot) {
  RYFT__REQUIRE(out_slot);
  *out_slot = SIZE_MAX;
  RYFT__REQUIRE(session);
  RYFT__REQUIRE(name);
  return ryft__session_find(session, name, out_slot, __func__);
}
