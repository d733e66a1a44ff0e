/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Buffers made from host memory. Plugins believe what they are told about that memory, so sizes,
 * strides and types are checked here, and the caller's `release` is looked after on every path. */
#include <inttypes.h>

#include "src/abi/answer.h"
#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/base/sized.h"
#include "src/core/buffer.h"
#include "src/core/event.h"
#include "src/core/extent.h"
#include "src/core/layout.h"
#include "src/core/layout_habits.h"
#include "src/core/shape.h"
#include "src/core/strided.h"

/* The caller's promise to be told when the host memory is free, kept exactly once. */
typedef struct lease {
  ryft_drop release;
  void *arg;
} lease;

static void end_lease(lease *held) {
  if (held->release != NULL) held->release(held->arg);
  held->release = NULL;
}

static const char ENTRY_POINT[] = "PJRT_Client_BufferFromHostBuffer";

/* One upload on its way. */
typedef struct upload {
  const char *where;
  ryft_client *client;
  const ryft__known_shape *known;  /* as in host memory */
  const ryft__known_shape *placed; /* as on the device; NULL: to be asked when it matters */
  ryft_from_host_options options;
  bool empty; /* no elements: the host memory is not touched */
  PJRT_Buffer_MemoryLayout layout;
  bool ours;    /* the plugin is not told the layout, as it would refuse */
  void *staged; /* the elements in the layout's order, when the library has to arrange them */
  PJRT_Client_BufferFromHostBuffer_Args args;
} upload;

static ryft_error *refuse(const upload *job, const char *message) {
  return ryft__error(RYFT_INVALID_ARGUMENT, job->where, NULL, "%s", message);
}

static ryft_error *check_place(upload *job, const ryft_device *device) {
  const ryft_memory *memory = job->options.memory;
  if (device == NULL && memory == NULL)
    return refuse(job, "neither a device nor a memory is given");
  job->client = device != NULL ? device->client : memory->client;
  if (device != NULL && !device->addressable) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       job->where,
                       NULL,
                       "device %d belongs to process %d and cannot be reached from this one",
                       device->description.id,
                       device->description.process_index);
  }
  if (device == NULL || memory == NULL) return NULL;
  if (memory->client != device->client) {
    return refuse(job, "the device and options.memory belong to different clients");
  }
  for (size_t i = 0; i < memory->device_count; ++i) {
    if (memory->devices[i] == device) return NULL;
  }
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     job->where,
                     NULL,
                     "device %d cannot address memory %d (%s)",
                     device->description.id,
                     memory->id,
                     memory->kind);
}

static const ryft__field_rule RULES[] = {
    RYFT__ENUM_FIELD(ryft_from_host_options,
                     semantics,
                     ryft_host_semantics,
                     RYFT_HOST_ZERO_COPY_MUTABLE),
    RYFT__ZERO_FIELD(ryft_from_host_options, reserved),
};
static const ryft__options_type OPTIONS = RYFT__OPTIONS_TYPE(ryft_from_host_options, RULES);

static ryft_error *check_dense(const upload *job, size_t size) {
  if (job->options.byte_offset != 0) return refuse(job, "byte_offset needs byte_strides");
  if (job->known->host_size == size) return NULL;
  return ryft__shape_size_error(job->known->shape, job->known->host_size, size, job->where);
}

static ryft_error *check_contents(upload *job, const void *data, size_t size) {
  const ryft_shape shape = job->known->shape;
  job->empty = job->known->host_size == 0;
  if (job->options.byte_strides == NULL) {
    RYFT_TRY(check_dense(job, size));
  } else {
    RYFT_TRY(ryft__extent_check(
        shape, job->options.byte_strides, job->options.byte_offset, size, job->where));
  }
  if (data == NULL && !job->empty) return refuse(job, "`data` is NULL");
  return NULL;
}

static ryft_error *check_layout(upload *job) {
  const ryft_shape shape = job->known->shape;
  if (job->options.layout == NULL) {
    job->placed = ryft__usual_order(job->client, job->known) ? job->known : NULL;
    return NULL;
  }
  RYFT_TRY(ryft__layout_to_raw(job->options.layout, shape.rank, &job->layout, job->where));
  if (!ryft__layout_is_plain(&job->layout)) return NULL;
  const ryft__array_form form = {.shape = shape, .order = job->layout.tiled.minor_to_major};
  RYFT_TRY(ryft__shape_table_get_form(&job->client->shapes, &form, &job->placed, job->where));
  /* Plugins may refuse to be told what they would do anyway. */
  if (ryft__usual_order(job->client, job->placed)) job->options.layout = NULL;
  job->ours = job->placed->order != NULL && ryft_type_bits(shape.type) < 8 &&
              (job->client->quirks & RYFT__QUIRK_SUB_BYTE_ROW_MAJOR) != 0;
  return NULL;
}

static ryft_error *check(upload *job,
                         const ryft_device *device,
                         const void *data,
                         size_t size,
                         ryft_shape shape) {
  size_t host_size = 0;
  RYFT_TRY(check_place(job, device));
  RYFT_TRY(ryft__check_options(&job->options, &OPTIONS, job->where));
  /* The client's table keeps what it is given, so only sound shapes get there. */
  RYFT_TRY(ryft__shape_host_size(shape, &host_size, job->where));
  RYFT_TRY(ryft__shape_table_get(&job->client->shapes, shape, &job->known, job->where));
  RYFT_TRY(check_contents(job, data, size));
  return check_layout(job);
}

static void fill(upload *job, const ryft_device *device, const void *data) {
  static const char nothing[64];
  const ryft_shape shape = job->known->shape;
  job->args = (PJRT_Client_BufferFromHostBuffer_Args){
      .client = job->client->raw,
      .data = job->empty ? nothing : (const char *)data + job->options.byte_offset,
      .type = (PJRT_Buffer_Type)shape.type,
      .dims = shape.dims,
      .num_dims = shape.rank,
      .host_buffer_semantics = (PJRT_HostBufferSemantics)job->options.semantics,
      .device = device == NULL ? NULL : device->raw,
      .memory = job->options.memory == NULL ? NULL : job->options.memory->raw,
      .device_layout = job->options.layout == NULL || job->ours ? NULL : &job->layout,
  };
  if (job->empty) {
    /* Some plugins make an unreadable buffer from a mutable nothing. */
    job->args.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall;
  } else if (job->options.byte_strides != NULL) {
    job->args.byte_strides = job->options.byte_strides;
    job->args.num_byte_strides = shape.rank;
  }
}

static ryft_error *stage_into(upload *job, const int64_t *from, const int64_t *to) {
  job->staged = ryft__alloc(job->known->host_size);
  RYFT__TRY_ALLOC(job->staged);
  RYFT_TRY(ryft__strided_copy(job->known->shape, job->args.data, from, job->staged, to));
  job->args.data = job->staged;
  job->args.byte_strides = NULL;
  job->args.num_byte_strides = 0;
  job->args.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall;
  return NULL;
}

/* Whether the elements are to be put in the layout's order here, for a plugin that would not. */
static ryft_error *must_stage(upload *job, bool *out) {
  *out = false;
  if (job->options.layout == NULL || !ryft__layout_is_plain(&job->layout)) return NULL;
  if (ryft__layout_is_row_major(&job->layout) || job->empty) return NULL;
  ryft__layout_habits habits = {.uploads = false};
  if (!job->ours) RYFT_TRY(ryft__layout_habits_of(job->client, &habits, job->where));
  *out = !habits.uploads;
  return NULL;
}

static ryft_error *stage(upload *job) {
  bool needed = false;
  RYFT_TRY(must_stage(job, &needed));
  if (!needed) return NULL;
  const ryft_shape shape = job->known->shape;
  int64_t *dense = NULL, *ordered = NULL;
  RYFT_TRY(ryft__dense_strides(shape, job->layout.tiled.minor_to_major, &ordered));
  ryft_error *error = NULL;
  if (job->options.byte_strides == NULL) error = ryft__dense_strides(shape, NULL, &dense);
  if (error == NULL) {
    error = stage_into(job, dense == NULL ? job->options.byte_strides : dense, ordered);
  }
  ryft__free(dense);
  ryft__free(ordered);
  return error;
}

static void release_later(const ryft_error *error, void *arg) {
  (void)error; /* comes with the buffer, too */
  lease *held = arg;
  end_lease(held);
  ryft__free(held);
}

/* Hands the lease to the event that tells when the host memory is free. */
static ryft_error *entrust(upload *job, lease *held) {
  PJRT_Event *done = job->args.done_with_host_buffer;
  const bool now =
      job->args.host_buffer_semantics == PJRT_HostBufferSemantics_kImmutableOnlyDuringCall;
  if (!now) RYFT_TRY(ryft__check_given(done, "event", ENTRY_POINT, job->where));
  if (held->release == NULL) return NULL;
  if (now) {
    end_lease(held);
    return NULL;
  }
  lease *kept = ryft__alloc(sizeof *kept);
  RYFT__TRY_ALLOC(kept);
  *kept = *held;
  ryft_error *error = ryft__event_on_ready_raw(
      job->client->table, job->client, done, release_later, kept, NULL, job->where);
  if (error != NULL) {
    ryft__free(kept);
    return error;
  }
  held->release = NULL;
  return NULL;
}

/* Undoes a call that the plugin took. The host memory is in use until the event says otherwise. */
static void take_back(upload *job) {
  const ryft__table *table = job->client->table;
  ryft__buffer_destroy_raw(table, job->args.buffer);
  ryft_error_destroy(ryft__event_await_raw(table, job->args.done_with_host_buffer, job->where));
  ryft__event_destroy_raw(table, job->args.done_with_host_buffer);
}

/* Both handles or none: without them nobody could know when the host memory is free again. */
static ryft_error *adopt(upload *job, ryft_buffer **out, ryft_event **done) {
  ryft_event *event = NULL;
  ryft_error *error = done == NULL ? NULL : ryft__event_adopt(job->client, /* raw= */ NULL, &event);
  if (error == NULL) {
    error = ryft__check_given(job->args.buffer, "buffer", ENTRY_POINT, job->where);
  }
  if (error == NULL) {
    error = ryft__buffer_adopt(job->client, job->args.buffer, job->placed, out);
    job->args.buffer = NULL; /* taken in either case */
    if (error == NULL && job->ours) ryft__buffer_order_is_ours(*out);
  }
  if (error != NULL) {
    take_back(job);
    ryft_event_destroy(event);
    return error;
  }
  if (event == NULL) {
    ryft__event_destroy_raw(job->client->table, job->args.done_with_host_buffer);
    return NULL;
  }
  event->raw = job->args.done_with_host_buffer;
  *done = event;
  return NULL;
}

static ryft_error *run(upload *job, lease *held, ryft_buffer **out, ryft_event **done) {
  ryft_error *error = stage(job);
  if (error == NULL) {
    error = ryft__PJRT_Client_BufferFromHostBuffer(job->client->table, &job->args, job->where);
  }
  ryft__free(job->staged);
  if (error != NULL) return error;
  error = entrust(job, held);
  if (error != NULL) {
    take_back(job);
    return error;
  }
  return adopt(job, out, done);
}

/* The lease comes with the options even when something else in them is wrong. */
static ryft_error *read_options(const ryft_from_host_options *options, upload *job, lease *held) {
  ryft_error *error =
      ryft__read_sized(options, &job->options, OPTIONS.size, OPTIONS.name, job->where);
  if (error == NULL) {
    *held = (lease){job->options.release, job->options.release_arg};
  } else if (options->struct_size >= sizeof *options) {
    *held = (lease){options->release, options->release_arg};
  }
  return error;
}

ryft_error *ryft__buffer_from_host(const ryft_device *device,
                                   const void *data,
                                   size_t size,
                                   ryft_shape shape,
                                   const ryft_from_host_options *options,
                                   ryft_buffer **out,
                                   ryft_event **done,
                                   const char *where) {
  if (out != NULL) *out = NULL;
  if (done != NULL) *done = NULL;
  upload job = {.where = where};
  lease held = {.release = NULL};
  ryft_client *client = NULL;
  ryft_error *error = read_options(options, &job, &held);
  if (error == NULL && out == NULL) error = refuse(&job, "`out` is NULL");
  if (error == NULL) error = check(&job, device, data, size, shape);
  if (error == NULL) {
    /* `release` may give up the client, and may be called before the buffer holds it. */
    if (held.release != NULL) client = ryft__client_hold(job.client);
    fill(&job, device, data);
    error = run(&job, &held, out, done);
  }
  end_lease(&held);
  if (client != NULL) ryft__client_release(client);
  return error;
}

ryft_error *ryft_buffer_from_host(const ryft_device *device,
                                  const void *data,
                                  size_t size,
                                  ryft_shape shape,
                                  const ryft_from_host_options *options,
                                  ryft_buffer **out,
                                  ryft_event **done) {
  return ryft__buffer_from_host(device, data, size, shape, options, out, done, __func__);
}
