/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Uses the plugin's slots directly: these calls are neither gated nor traced. */
#include "src/abi/status.h"

#include <string.h>

#include "src/abi/grow.h"
#include "src/base/alloc.h"
#include "src/base/unconst.h"

typedef struct payloads {
  ryft_error_payload *list;
  size_t count;
  bool failed;
} payloads;

static void destroy(const ryft__table *t, PJRT_Error *error) {
  PJRT_Error_Destroy_Args args = {.struct_size = PJRT_Error_Destroy_Args_STRUCT_SIZE,
                                  .error = error};
  ryft__grown grown;
  void *given = ryft__grow(&grown, t, RYFT__FN_Error_Destroy, &args);
  if (t->api.PJRT_Error_Destroy != NULL) t->api.PJRT_Error_Destroy(given);
}

/* An error that claims to be none, or a code nobody knows, is still an error. */
static ryft_code known_code(int code) {
  return code > RYFT_OK && code <= RYFT_UNAUTHENTICATED ? (ryft_code)code : RYFT_UNKNOWN;
}

static ryft_code read_code(const ryft__table *t, const PJRT_Error *error) {
  PJRT_Error_GetCode_Args args = {.struct_size = PJRT_Error_GetCode_Args_STRUCT_SIZE,
                                  .error = error};
  if (t->api.PJRT_Error_GetCode == NULL) return RYFT_UNKNOWN;
  ryft__grown grown;
  void *given = ryft__grow(&grown, t, RYFT__FN_Error_GetCode, &args);
  PJRT_Error *failed = t->api.PJRT_Error_GetCode(given);
  ryft__grow_back(&grown);
  if (failed != NULL) {
    destroy(t, failed);
    return RYFT_UNKNOWN;
  }
  return known_code((int)args.code);
}

/* The views live only as long as the visit. */
static void collect(const char *key,
                    size_t key_size,
                    const char *value,
                    size_t value_size,
                    void *arg) {
  payloads *all = arg;
  if (all->failed) return;
  ryft_error_payload *grown = ryft__realloc(all->list, (all->count + 1) * sizeof *grown);
  if (grown != NULL) all->list = grown;
  char *name = ryft__copy_text(key == NULL ? "" : key, key == NULL ? 0 : key_size);
  void *data = ryft__alloc(value == NULL ? 0 : value_size);
  if (grown == NULL || name == NULL || data == NULL) {
    ryft__free(name);
    ryft__free(data);
    all->failed = true;
    return;
  }
  if (value != NULL && value_size != 0) memcpy(data, value, value_size);
  all->list[all->count++] = (ryft_error_payload){name, {data, value == NULL ? 0 : value_size}};
}

static void free_payloads(payloads *all) {
  for (size_t i = 0; i < all->count; ++i) {
    /* Both were made by collect and are const only in the struct that borrows them. */
    ryft__free(ryft__unconst(all->list[i].name));
    ryft__free(ryft__unconst(all->list[i].value.data));
  }
  ryft__free(all->list);
}

static void read_payloads(const ryft__table *t, const PJRT_Error *error, payloads *out) {
  PJRT_Error_ForEachPayload_Args args = {.struct_size = PJRT_Error_ForEachPayload_Args_STRUCT_SIZE,
                                         .error = error,
                                         .visitor = collect,
                                         .user_arg = out};
  if (t->api.PJRT_Error_ForEachPayload == NULL) return;
  ryft__grown grown;
  void *given = ryft__grow(&grown, t, RYFT__FN_Error_ForEachPayload, &args);
  PJRT_Error *failed = t->api.PJRT_Error_ForEachPayload(given);
  if (failed != NULL) destroy(t, failed);
}

static ryft_error *make_error(ryft_code code,
                              const char *message,
                              size_t size,
                              const payloads *all,
                              int fn,
                              const char *where) {
  if (message == NULL || size == 0) {
    message = "the plugin gave no message";
    size = strlen(message);
  }
  return ryft__error_with(code, where, ryft__fn_name(fn), message, size, all->list, all->count);
}

ryft_error *ryft__plugin_error(const ryft__table *t, PJRT_Error *error, int fn, const char *where) {
  PJRT_Error_Message_Args text = {.struct_size = PJRT_Error_Message_Args_STRUCT_SIZE,
                                  .error = error};
  ryft__grown grown;
  void *given = ryft__grow(&grown, t, RYFT__FN_Error_Message, &text);
  if (t->api.PJRT_Error_Message != NULL) t->api.PJRT_Error_Message(given);
  ryft__grow_back(&grown);
  payloads all = {0};
  read_payloads(t, error, &all);
  ryft_error *ours =
      make_error(read_code(t, error), text.message, text.message_size, &all, fn, where);
  free_payloads(&all);
  destroy(t, error);
  return ours;
}

ryft_error *ryft__other_error(int code,
                              const char *message,
                              size_t size,
                              int fn,
                              const char *where) {
  const payloads none = {0};
  return make_error(known_code(code), message, size, &none, fn, where);
}
