/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The profiler's own errors: the plugin's, under another name. */
#include "tests/fake/fake_base.h"

static PJRT_Error *plain(const PLUGIN_Profiler_Error *error) {
  return (PJRT_Error *)(uintptr_t)error;
}

PJRT_Error *fake_PLUGIN_Profiler_Error_Destroy(PLUGIN_Profiler_Error_Destroy_Args *args) {
  PJRT_Error_Destroy_Args own = {.error = plain(args->error)};
  return fake_PJRT_Error_Destroy(&own);
}

PJRT_Error *fake_PLUGIN_Profiler_Error_Message(PLUGIN_Profiler_Error_Message_Args *args) {
  PJRT_Error_Message_Args own = {.error = plain(args->error)};
  PJRT_Error *error = fake_PJRT_Error_Message(&own);
  args->message = own.message;
  args->message_size = own.message_size;
  return error;
}

PJRT_Error *fake_PLUGIN_Profiler_Error_GetCode(PLUGIN_Profiler_Error_GetCode_Args *args) {
  PJRT_Error_GetCode_Args own = {.error = plain(args->error)};
  PJRT_Error *error = fake_PJRT_Error_GetCode(&own);
  args->code = (int)own.code;
  return error;
}
