/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/device_description.h"

#include "src/abi/gen/calls.h"
#include "src/base/alloc.h"
#include "src/core/named_value.h"
#include "src/core/optional.h"

static ryft_error *read_numbers(ryft_device_description *out,
                                const ryft__table *t,
                                const char *where) {
  PJRT_DeviceDescription_Id_Args id = {.device_description = out->raw};
  RYFT_TRY(ryft__PJRT_DeviceDescription_Id(t, &id, where));
  PJRT_DeviceDescription_ProcessIndex_Args process = {.device_description = out->raw};
  RYFT_TRY(ryft__optional(ryft__PJRT_DeviceDescription_ProcessIndex(t, &process, where)));
  out->id = id.id;
  out->process_index = process.process_index;
  return NULL;
}

static ryft_error *read_texts(ryft_device_description *out,
                              const ryft__table *t,
                              const char *where) {
  PJRT_DeviceDescription_Kind_Args kind = {.device_description = out->raw};
  ryft_error *error = ryft__PJRT_DeviceDescription_Kind(t, &kind, where);
  RYFT_TRY(ryft__optional_text(error, kind.device_kind, kind.device_kind_size, &out->kind));
  PJRT_DeviceDescription_ToString_Args text = {.device_description = out->raw};
  error = ryft__PJRT_DeviceDescription_ToString(t, &text, where);
  RYFT_TRY(ryft__optional_text(error, text.to_string, text.to_string_size, &out->text));
  PJRT_DeviceDescription_DebugString_Args debug = {.device_description = out->raw};
  error = ryft__PJRT_DeviceDescription_DebugString(t, &debug, where);
  return ryft__optional_text(error, debug.debug_string, debug.debug_string_size, &out->debug_text);
}

ryft_error *ryft__device_description_init(ryft_device_description *out,
                                          const ryft__table *table,
                                          PJRT_DeviceDescription *raw,
                                          const char *where) {
  *out = (ryft_device_description){.raw = raw};
  RYFT_TRY(read_numbers(out, table, where));
  RYFT_TRY(read_texts(out, table, where));
  PJRT_DeviceDescription_Attributes_Args args = {.device_description = raw};
  RYFT_TRY(ryft__optional(ryft__PJRT_DeviceDescription_Attributes(table, &args, where)));
  return ryft__named_values_copy(args.attributes, args.num_attributes, &out->attributes);
}

void ryft__device_description_free(ryft_device_description *description) {
  ryft__free(description->kind);
  ryft__free(description->text);
  ryft__free(description->debug_text);
  ryft__named_values_free(&description->attributes);
  *description = (ryft_device_description){.raw = NULL};
}

/* ---- What a description says. */

int ryft_device_description_id(const ryft_device_description *description) {
  return description == NULL ? 0 : description->id;
}

int ryft_device_description_process_index(const ryft_device_description *description) {
  return description == NULL ? 0 : description->process_index;
}

const char *ryft_device_description_kind(const ryft_device_description *description) {
  return description == NULL ? "" : description->kind;
}

const char *ryft_device_description_text(const ryft_device_description *description) {
  return description == NULL ? "" : description->text;
}

const char *ryft_device_description_debug_text(const ryft_device_description *description) {
  return description == NULL ? "" : description->debug_text;
}

ryft_named_values ryft_device_description_attributes(const ryft_device_description *description) {
  if (description == NULL) return (ryft_named_values){.items = NULL};
  return description->attributes;
}
