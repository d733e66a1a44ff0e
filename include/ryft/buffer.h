/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file buffer.h
 * Buffers: arrays in the memory of a device.
 *
 * A buffer is made from host memory, or as the result of an execution, and may exist before its
 * contents do: reading waits, and so do programs that take it. Different threads may use one buffer
 * at the same time; destroying it while another thread passes the same handle to a call is the
 * caller's error.
 *
 * In host memory, elements of sub-byte types (s4, u2, f4e2m1fn, …) take one byte each.
 *
 * A result may have dynamic dimensions: its shape (ryft_buffer_shape) then holds their bounds, and
 * its size now, which the program computes, is in ryft_buffer_unpadded_shape. All that reads the
 * contents goes by the size now, which must be asked for and therefore waited for. A size that the
 * bounds do not allow is refused with OUT_OF_RANGE: the program has written where it must not.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_BUFFER_H
#define RYFT_BUFFER_H

#include "ryft/base.h"
#include "ryft/client.h"
#include "ryft/error.h"
#include "ryft/event.h"
#include "ryft/host_array.h"
#include "ryft/layout.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

typedef struct ryft_buffer ryft_buffer;
struct PJRT_Buffer;

/** What may happen to the host memory that a buffer is made from; PJRT's four semantics and
 * numbers. */
typedef enum ryft_host_semantics {
  /** Copied before the call returns. */
  RYFT_HOST_DURING_CALL = 0,
  /** Read until the transfer completes; neither change nor free it before. */
  RYFT_HOST_UNTIL_TRANSFERRED = 1,
  /** May be used in place, never written, until the buffer is gone; neither change nor free it
     before. */
  RYFT_HOST_ZERO_COPY = 2,
  /** May be used in place and, when the buffer is donated, written. */
  RYFT_HOST_ZERO_COPY_MUTABLE = 3,
} ryft_host_semantics;

/** How to make a buffer from host memory. Zero is the default for all. */
typedef struct ryft_from_host_options {
  size_t struct_size;
  ryft_host_semantics semantics;
  uint32_t reserved; /**< zero */
  /** Put the buffer here instead of the device's default memory. */
  const ryft_memory *memory;
  /** Bytes from one element to the next for each dimension, `shape.rank` of them, negative ones
   * too; NULL: dense, last dimension fastest. */
  const int64_t *byte_strides;
  /** Where in the host memory the element with all indices zero lies. For negative strides; 0
   * without strides. */
  size_t byte_offset;
  /** The layout on the device; NULL: the device's default. Where a plugin would take the layout and
   * leave the elements in their old order, the library puts them in the right one. */
  const ryft_layout *layout;
  /** Called exactly once when the runtime no longer needs the host memory: on any thread, perhaps
   * before the call returns, and also when the call fails (unless `struct_size` is too small to
   * hold it). It may destroy handles, including the client's, and set events, and call nothing else
   * of the library's. It must not block. */
  ryft_drop release;
  void *release_arg;
} ryft_from_host_options;

/**
 * Makes a buffer on `device` from `size` bytes at `data`.
 *
 * @param device may be NULL when `options->memory` is given.
 * @param size all bytes that belong to the array: exactly the dense size of `shape`, or with byte
 * strides the extent of a region that holds every element.
 * @param done receives an event for the moment when the runtime no longer needs the host memory; or
 * NULL.
 * Owns: the caller owns `*out` and `*done`; `data` as `options->semantics` says. Errors:
 * INVALID_ARGUMENT for sizes, strides or types that do not fit; UNIMPLEMENTED for semantics or
 * types that the plugin lacks. Blocks: no, apart from copying. Since: 0.1. PJRT:
 * PJRT_Client_BufferFromHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_from_host(const ryft_device *device,
                                                         const void *data,
                                                         size_t size,
                                                         ryft_shape shape,
                                                         const ryft_from_host_options *options,
                                                         ryft_buffer **out,
                                                         ryft_event **done);

/**
 * As ryft_buffer_from_host, from an array that knows its shape and strides.
 *
 * Memory that can be held (ryft_host_array) is held as long as needed and, where the semantics are
 * RYFT_HOST_DURING_CALL, used in place as with RYFT_HOST_ZERO_COPY. Options with a `release` of
 * their own leave it to that.
 *
 * @param device may be NULL when `options->memory` is given.
 * @param options without byte strides, which the array has.
 * @param done as for ryft_buffer_from_host; or NULL.
 * Owns: the caller owns `*out` and `*done`, and keeps `array`. Errors: as ryft_buffer_from_host;
 * INVALID_ARGUMENT for byte strides in the options. Blocks: no, apart from copying. Since: 0.1.
 * PJRT: PJRT_Client_BufferFromHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_from_host_array(
    const ryft_device *device,
    const ryft_host_array *array,
    const ryft_from_host_options *options,
    ryft_buffer **out,
    ryft_event **done);

/** Gives up the buffer. Work that uses it goes on; its memory is freed afterwards. NULL is fine.
 *
 * Owns: takes `buffer`. Errors: none. Blocks: no; but as ryft_client_destroy when it is the last
 * object of its client. Since: 0.1. PJRT: PJRT_Buffer_Destroy.
 */
RYFT_API void ryft_buffer_destroy(ryft_buffer *buffer);

/**
 * Type and dimensions, dynamic ones with their bounds.
 *
 * Owns: `out->dims` lives as long as the buffer. Errors: whatever the plugin answers. Since: 0.1.
 * PJRT: PJRT_Buffer_ElementType, PJRT_Buffer_Dimensions.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_shape(const ryft_buffer *buffer, ryft_shape *out);

/**
 * As ryft_buffer_shape, with dynamic dimensions at their present size instead of their bound.
 *
 * Owns: `out->dims` lives as long as the buffer. Errors: for dynamic dimensions as
 * ryft_buffer_await, and OUT_OF_RANGE for a size beyond its bound or below zero, both shown; else
 * as ryft_buffer_shape. Blocks: where a dynamic size must be computed first. Since: 0.1. PJRT:
 * PJRT_Buffer_UnpaddedDimensions.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_unpadded_shape(const ryft_buffer *buffer,
                                                              ryft_shape *out);

/**
 * Which dimensions are dynamic.
 *
 * Owns: `*out_indices` lives as long as the buffer. Errors: whatever the plugin answers. Since:
 * 0.1. PJRT: PJRT_Buffer_DynamicDimensionIndices.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_dynamic_dimensions(const ryft_buffer *buffer,
                                                                  const size_t **out_indices,
                                                                  size_t *out_count);

/**
 * The layout on the device. Plugins after API 0.81 prefer the Layouts extension.
 *
 * @param out start it with RYFT_DEFAULTS(ryft_layout).
 * Owns: what `*out` points to lives as long as the buffer. Errors: whatever the plugin answers.
 * Since: 0.1. PJRT: PJRT_Buffer_GetMemoryLayout.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_layout(const ryft_buffer *buffer, ryft_layout *out);

/** Bytes that the array takes on the device, padding included.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_Buffer_OnDeviceSizeInBytes.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_device_size(const ryft_buffer *buffer,
                                                           size_t *out_size);

/** Bytes that a dense copy takes in host memory now: what ryft_buffer_read needs.
 *
 * Owns: nothing. Errors: as ryft_shape_host_size and ryft_buffer_unpadded_shape. Blocks: as
 * ryft_buffer_unpadded_shape. Since: 0.1. PJRT: PJRT_Buffer_ElementType, PJRT_Buffer_Dimensions,
 * PJRT_Buffer_UnpaddedDimensions.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_host_size(const ryft_buffer *buffer,
                                                         size_t *out_size);

/** The device that the buffer is on.
 *
 * Owns: lives as long as the client. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_Buffer_Device.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_device(const ryft_buffer *buffer,
                                                      const ryft_device **out);

/** The memory that the buffer is in.
 *
 * Owns: lives as long as the client. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_Buffer_Memory.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_memory(const ryft_buffer *buffer,
                                                      const ryft_memory **out);

/** Whether the array lies in memory that the host can address.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT: PJRT_Buffer_IsOnCpu.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_is_on_cpu(const ryft_buffer *buffer, bool *out);

/**
 * An event for the moment when the contents exist, or an error instead of them.
 *
 * Owns: the caller owns `*out`. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_Buffer_ReadyEvent.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_ready(const ryft_buffer *buffer, ryft_event **out);

/** Waits until the contents exist; the error that took their place, if one did.
 *
 * Owns: the caller owns the result. Errors: of the computation or transfer. Blocks: until ready.
 * Since: 0.1. PJRT: PJRT_Buffer_ReadyEvent, PJRT_Event_Await.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_await(const ryft_buffer *buffer);

/**
 * Copies the contents to `out`, dense, last dimension fastest, and waits for them.
 *
 * @param size exactly ryft_buffer_host_size bytes.
 * Owns: the caller keeps `out`, written only on success of the wait. Errors: INVALID_ARGUMENT for
 * another size, both sides shown; OUT_OF_RANGE as ryft_buffer_unpadded_shape; what the plugin
 * answers when the buffer was deleted or donated (CPU plugins: INVALID_ARGUMENT), with the
 * execution that took it; the error of the computation. Blocks: until copied. Since: 0.1. PJRT:
 * PJRT_Buffer_ToHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_read(const ryft_buffer *buffer,
                                                    void *out,
                                                    size_t size);

/** As ryft_buffer_read, into memory of its own.
 *
 * Owns: the caller owns `*out`, freed with ryft_host_free. Errors: as ryft_buffer_read;
 * RESOURCE_EXHAUSTED. Blocks: until copied. Since: 0.1. PJRT: PJRT_Buffer_ToHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_read_alloc(const ryft_buffer *buffer,
                                                          void **out,
                                                          size_t *out_size);

/**
 * Starts copying the contents to `out` and returns; `*done` completes when they are there.
 *
 * @param layout how to arrange them in host memory; NULL: dense, last dimension fastest. Plugins
 * understand permutations of dimensions at most (TILED without tiles); those known refuse strides.
 * @param size room at `out`, at least ryft_buffer_host_size.
 * Owns: the caller owns `*done`, and keeps `out` alive until it completes. Errors: as
 * ryft_buffer_read, some only through the event; UNIMPLEMENTED for tiles, and where the plugin
 * would ignore the order asked for. Blocks: as ryft_buffer_unpadded_shape. Since: 0.1. PJRT:
 * PJRT_Buffer_ToHostBuffer.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_copy_to_host(const ryft_buffer *buffer,
                                                            const ryft_layout *layout,
                                                            void *out,
                                                            size_t size,
                                                            ryft_event **done);

/** Copies to another device of the same client.
 *
 * Owns: the caller owns `*out`. Errors: whatever the plugin answers (some refuse the buffer's own
 * device). Since: 0.1. PJRT: PJRT_Buffer_CopyToDevice.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_copy_to_device(const ryft_buffer *buffer,
                                                              const ryft_device *device,
                                                              ryft_buffer **out);

/** Copies to another memory of the same client.
 *
 * Owns: the caller owns `*out`. Errors: whatever the plugin answers. Since: 0.1. PJRT:
 * PJRT_Buffer_CopyToMemory.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_copy_to_memory(const ryft_buffer *buffer,
                                                              const ryft_memory *memory,
                                                              ryft_buffer **out);

/** Frees the contents as soon as running work allows; the handle stays and its metadata with it.
 *
 * Owns: nothing. Errors: whatever the plugin answers; deleting twice is fine. Since: 0.1. PJRT:
 * PJRT_Buffer_Delete.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_delete(ryft_buffer *buffer);

/** Whether the contents were deleted or donated.
 *
 * Owns: nothing. Errors: whatever the plugin answers. Since: 0.1. PJRT: PJRT_Buffer_IsDeleted.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_buffer_is_deleted(const ryft_buffer *buffer, bool *out);

/** The client that the buffer belongs to.
 *
 * Owns: borrowed, lives as long as the buffer. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API ryft_client *ryft_buffer_client(const ryft_buffer *buffer);

/** The plugin's own buffer, for calls that the library does not make.
 *
 * Owns: lives as long as the buffer. Errors: none. Since: 0.1. PJRT: PJRT_Buffer.
 */
RYFT_API struct PJRT_Buffer *ryft_buffer_raw(const ryft_buffer *buffer);

RYFT_DEFINE_CLEANUP(buffer)

RYFT_END_DECLS

#endif /* RYFT_BUFFER_H */
