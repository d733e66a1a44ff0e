/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_base.h"

typedef struct error_object {
  fake_object object;
  fake_status *status;
} error_object;

static const error_object *read_error(const PJRT_Error *error) {
  fake_check(error, FAKE_ERROR);
  return (const error_object *)(const void *)error;
}

fake_status *fake_status_new(int code, const char *message, size_t size) {
  fake_status *status = fake_alloc(sizeof *status);
  atomic_init(&status->holders, 1);
  status->code = code;
  status->message = fake_copy(message, size);
  return status;
}

static fake_status *format_status(int code, const char *format, va_list arguments)
    __attribute__((__format__(__printf__, 2, 0)));

static fake_status *format_status(int code, const char *format, va_list arguments) {
  char text[512];
  vsnprintf(text, sizeof text, format, arguments);
  return fake_status_new(code, text, strlen(text));
}

fake_status *fake_status_format(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fake_status *status = format_status(code, format, arguments);
  va_end(arguments);
  return status;
}

void fake_status_add_payload(fake_status *status,
                             const char *name,
                             size_t name_size,
                             const void *value,
                             size_t size) {
  status->payloads =
      fake_realloc(status->payloads, (status->payload_count + 1) * sizeof *status->payloads);
  status->payloads[status->payload_count++] =
      (fake_payload){fake_copy(name, name_size), fake_copy(value, size), size};
}

fake_status *fake_status_hold(fake_status *status) {
  if (status != NULL) atomic_fetch_add(&status->holders, 1);
  return status;
}

void fake_status_release(fake_status *status) {
  if (status == NULL || atomic_fetch_sub(&status->holders, 1) != 1) return;
  for (size_t i = 0; i < status->payload_count; ++i) {
    free(status->payloads[i].name);
    free(status->payloads[i].value);
  }
  free(status->payloads);
  free(status->message);
  free(status);
}

/* The functions behind an error's own table, for callers newer than 0.107. */
static void destroy(PJRT_Error *error) {
  fake_check(error, FAKE_ERROR);
  error_object *object = (error_object *)(void *)error;
  fake_status_release(object->status);
  fake_object_end(&object->object);
}

static void message(const PJRT_Error *error, const char **out, size_t *out_size) {
  *out = read_error(error)->status->message;
  *out_size = strlen(*out);
}

static PJRT_Error_Code get_code(const PJRT_Error *error) {
  return (PJRT_Error_Code)read_error(error)->status->code;
}

static void for_each_payload(const PJRT_Error *error,
                             PJRT_Error_PayloadVisitor visitor,
                             void *arg) {
  const fake_status *status = read_error(error)->status;
  for (size_t i = 0; i < status->payload_count; ++i) {
    const fake_payload *payload = &status->payloads[i];
    visitor(payload->name, strlen(payload->name), payload->value, payload->size, arg);
  }
}

static const PJRT_Error_FunctionTable functions = {
    .struct_size = PJRT_Error_FunctionTable_STRUCT_SIZE,
    .instance_size = sizeof(error_object),
    .destroy = destroy,
    .message = message,
    .get_code = get_code,
    .for_each_payload = for_each_payload};

PJRT_Error *fake_error_from(fake_status *status) {
  if (status == NULL) return NULL;
  error_object *error = fake_object_new(FAKE_ERROR, sizeof *error);
  if (fake_knows(107)) error->object.vtable = &functions;
  error->status = status;
  return (PJRT_Error *)(void *)error;
}

PJRT_Error *fake_error(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fake_status *status = format_status(code, format, arguments);
  va_end(arguments);
  return fake_error_from(status);
}

PJRT_Error *fake_PJRT_Error_Destroy(PJRT_Error_Destroy_Args *args) {
  destroy(args->error);
  return NULL;
}

PJRT_Error *fake_PJRT_Error_Message(PJRT_Error_Message_Args *args) {
  message(args->error, &args->message, &args->message_size);
  return NULL;
}

PJRT_Error *fake_PJRT_Error_GetCode(PJRT_Error_GetCode_Args *args) {
  args->code = get_code(args->error);
  return NULL;
}

PJRT_Error *fake_PJRT_Error_ForEachPayload(PJRT_Error_ForEachPayload_Args *args) {
  for_each_payload(args->error, args->visitor, args->user_arg);
  return NULL;
}
