/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_base.h"

struct PJRT_ExecuteContext {
  fake_object object;
};

PJRT_Error *fake_PJRT_ExecuteContext_Create(PJRT_ExecuteContext_Create_Args *args) {
  args->context = fake_object_new(FAKE_CONTEXT, sizeof *args->context);
  return NULL;
}

PJRT_Error *fake_PJRT_ExecuteContext_Destroy(PJRT_ExecuteContext_Destroy_Args *args) {
  fake_check(args->context, FAKE_CONTEXT);
  fake_object_end(&args->context->object);
  return NULL;
}
