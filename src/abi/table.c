/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/table.h"

#include <string.h>

#include "src/base/watch.h"

/* What must be there before anything of the table can be believed. */
enum { VERSION_END = offsetof(PJRT_Api, pjrt_api_version) + PJRT_Api_Version_STRUCT_SIZE };

typedef void (*any_function)(void);

static bool filled(const void *table, const ryft__fn *fn) {
  any_function slot;
  memcpy(&slot, (const char *)table + fn->offset, sizeof slot);
  return slot != NULL;
}

void ryft__table_copy(void *out, size_t size, const void *found) {
  size_t has = 0;
  memset(out, 0, size);
  if (found == NULL) return;
  memcpy(&has, found, sizeof has);
  memcpy(out, found, has < size ? has / sizeof(any_function) * sizeof(any_function) : size);
}

bool ryft__table_has(const ryft__table *t, int fn) {
  return fn >= 0 && fn < RYFT__FN_CORE_COUNT && filled(&t->api, &ryft__fns[fn]);
}

static ryft_error *check_version(int major, int minor, const char *origin, const char *where) {
  if (major != PJRT_API_MAJOR) {
    return ryft__error(
        RYFT_FAILED_PRECONDITION,
        where,
        NULL,
        "%s speaks PJRT %d.%d, and this library %d.%d; the major versions must be the same",
        origin,
        major,
        minor,
        PJRT_API_MAJOR,
        PJRT_API_MINOR);
  }
  /* 0.40 is the oldest header that the registry was compared with; what older tables look like is
   * guesswork. */
  if (minor < RYFT__MINOR_FLOOR) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "%s speaks PJRT %d.%d; this library (%d.%d) needs at least %d.%d",
                       origin,
                       major,
                       minor,
                       PJRT_API_MAJOR,
                       PJRT_API_MINOR,
                       PJRT_API_MAJOR,
                       RYFT__MINOR_FLOOR);
  }
  for (const ryft__refusal *refused = ryft__refusals; refused->reason != NULL; ++refused) {
    if (refused->minor != minor) continue;
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "%s speaks PJRT %d.%d, which is not supported: %s",
                       origin,
                       major,
                       minor,
                       refused->reason);
  }
  return NULL;
}

static ryft_error *check_required(const ryft__table *t, const char *where) {
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    if ((ryft__fns[fn].flags & RYFT__FN_REQUIRED) == 0 || filled(&t->api, &ryft__fns[fn])) continue;
    return ryft__error_refusal(RYFT_FAILED_PRECONDITION,
                               where,
                               ryft__fn_name(fn),
                               "%s (PJRT %d.%d) has no %s, which this library cannot do without",
                               t->path_for_messages,
                               t->major,
                               t->minor,
                               ryft__fn_name(fn));
  }
  return NULL;
}

ryft_error *ryft__table_init(ryft__table *out,
                             const PJRT_Api *api,
                             const char *origin,
                             const char *where) {
  memset(out, 0, sizeof *out);
  if (origin == NULL) origin = "the plugin";
  if (api == NULL) {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "%s has no PJRT table: GetPjrtApi gave NULL",
                       origin);
  }
  if (api->struct_size < VERSION_END) {
    return ryft__error(
        RYFT_FAILED_PRECONDITION,
        where,
        NULL,
        "%s has a PJRT table of %zu bytes, too small to say its version; this library speaks %d.%d",
        origin,
        api->struct_size,
        PJRT_API_MAJOR,
        PJRT_API_MINOR);
  }
  const int major = api->pjrt_api_version.major_version;
  const int minor = api->pjrt_api_version.minor_version;
  ryft_error *error = check_version(major, minor, origin, where);
  if (error != NULL) return error;

  ryft__table_copy(&out->api, sizeof out->api, api);
  out->major = major;
  out->minor = minor;
  out->struct_size = api->struct_size;
  out->original = api;
  out->path_for_messages = origin;
  if (minor > RYFT__MINOR_TRIED) (void)atomic_fetch_or(&ryft__watch, RYFT__WATCH_NEWER);
  return check_required(out, where);
}
