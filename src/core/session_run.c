/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A run of a session: all was checked when it was made, and the inputs were when they were set.
 * What can change between two runs without the session's knowing is asked each time, and no more:
 * whether an input is still there, and whether somebody else has come to share one that would be
 * donated, which the run then keeps. Results take the places of what they replace only after the
 * run was accepted: a refused run leaves the session as it was, but for what the plugin had already
 * taken. */
#include "src/base/require.h"
#include "src/core/buffer.h"
#include "src/core/execute.h"
#include "src/core/session.h"

/* Asked only of buffers of which something is known that may have ended them. */
static ryft_error *check_alive(const ryft_session *session,
                               size_t slot,
                               size_t device,
                               const char *where) {
  bool deleted = false;
  RYFT_TRY(ryft__buffer_is_deleted(session->arguments[device][slot], &deleted, where));
  return RYFT__LIKELY(!deleted) ? NULL : ryft__session_deleted(session, slot, device, where);
}

static ryft_error *check_inputs(const ryft_session *session, const char *where) {
  for (size_t device = 0; device < session->device_count; ++device) {
    ryft_buffer *const *inputs = session->arguments[device];
    for (size_t i = 0; i < session->input_count; ++i) {
      if (RYFT__UNLIKELY(inputs[i] == NULL)) return ryft__session_empty(session, i, device, where);
      if ((ryft__buffer_facts(inputs[i]) & RYFT__MAY_BE_GONE) == 0) continue;
      RYFT_TRY(check_alive(session, i, device, where));
    }
  }
  return NULL;
}

/* Whether somebody else would miss an input. Donation is chosen for all devices at once. */
static bool is_shared(const ryft_session *session, size_t input) {
  for (size_t device = 0; device < session->device_count; ++device) {
    if (ryft__buffer_is_shared(session->arguments[device][input])) return true;
  }
  return false;
}

/* Adds to the inputs that are always kept those that are shared now. */
static size_t choose_kept(const ryft_session *session) {
  size_t count = session->keep_count;
  for (size_t i = 0; i < session->donated_count; ++i) {
    const size_t input = session->donated[i];
    if (RYFT__UNLIKELY(is_shared(session, input))) session->keep[count++] = (int64_t)input;
  }
  return count;
}

/* Puts each result where it belongs. What lay there is donated, outdated, or used by the run under
 * way, which keeps its memory as long as it needs it. */
static void settle(const ryft_session *session) {
  for (size_t device = 0; device < session->device_count; ++device) {
    ryft_buffer **fresh = session->outputs[device];
    for (size_t i = 0; i < session->output_count; ++i) {
      ryft_buffer **place = ryft__session_place(session, session->homes[i], device);
      ryft_buffer *old = *place;
      *place = fresh[i];
      ryft_buffer_destroy(old);
    }
  }
}

/* After a run that failed: a plugin that had started it has taken what was donated. */
static RYFT__COLD void drop_lost(ryft_session *session) {
  for (size_t device = 0; device < session->device_count; ++device) {
    for (size_t i = 0; i < session->donated_count; ++i) {
      bool deleted = false;
      ryft_buffer **place = ryft__session_place(session, session->donated[i], device);
      /* Where the plugin does not tell, it will refuse the next run itself. */
      ryft_error_destroy(ryft_buffer_is_deleted(*place, &deleted));
      if (!deleted) continue;
      ryft_buffer_destroy(*place);
      *place = NULL;
      session->slots[session->donated[i]].lost = true;
    }
  }
}

ryft_error *ryft_session_run(ryft_session *session) {
  RYFT__REQUIRE(session);
  RYFT_TRY(check_inputs(session, __func__));
  session->options.keep = session->keep;
  session->options.keep_count = choose_kept(session);
  ryft_error *error = ryft__execute_in(session->room,
                                       session->executable,
                                       session->arguments,
                                       session->device_count,
                                       session->input_count,
                                       &session->options,
                                       session->outputs,
                                       session->output_count,
                                       __func__);
  if (RYFT__LIKELY(error == NULL)) {
    settle(session);
  } else {
    drop_lost(session);
  }
  return error;
}

ryft_error *ryft_session_await(const ryft_session *session) {
  RYFT__REQUIRE(session);
  ryft_error *error = NULL;
  for (size_t device = 0; device < session->device_count; ++device) {
    for (size_t i = 0; i < session->output_count; ++i) {
      const ryft_buffer *result = *ryft__session_place(session, session->homes[i], device);
      if (result == NULL) continue;
      error = ryft__error_first(error, ryft__buffer_await(result, __func__));
    }
  }
  return error;
}
