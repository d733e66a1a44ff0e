/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The input is an HloModuleProto, and also an HloModuleProtoWithConfig. Whatever is read from it
 * must hang together. */
#include "fuzz.h"
#include "src/base/alloc.h"
#include "src/core/signature.h"
#include "src/proto/wire.h"

static void check_order(const ryft_signature_item *item) {
  uint64_t seen = 0;
  if (item->minor_to_major == NULL) return;
  for (size_t i = 0; i < item->shape.rank; ++i) {
    FUZZ_CHECK(item->minor_to_major[i] >= 0 && (size_t)item->minor_to_major[i] < item->shape.rank);
    if (item->shape.rank <= 64) seen |= UINT64_C(1) << item->minor_to_major[i];
  }
  FUZZ_CHECK(item->shape.rank == 0 || item->shape.rank > 64 ||
             seen == UINT64_MAX >> (64 - item->shape.rank));
}

static void check_items(const ryft_signature_item *const *items,
                        size_t count,
                        size_t results,
                        bool parameters) {
  for (size_t i = 0; i < count; ++i) {
    const ryft_signature_item *item = items[i];
    check_order(item);
    char text[128];
    size_t elements = 0;
    FUZZ_CHECK(item->name != NULL && strlen(item->name) < SIZE_MAX);
    FUZZ_CHECK(item->alias >= -1 && (item->alias == -1 || (size_t)item->alias < results));
    FUZZ_CHECK(parameters || (item->alias == -1 && !item->donor && item->name[0] == '\0'));
    FUZZ_CHECK((int)item->shape.type >= 0 && item->shape.type <= RYFT_F6E3M2FN);
    (void)fuzz_failed(ryft_shape_element_count(item->shape, &elements));
    (void)ryft_shape_format(item->shape, text, sizeof text);
  }
}

static void check(const char *format, ryft_bytes code) {
  ryft__signature *signature = (ryft__signature *)(uintptr_t)1;
  if (fuzz_refused(
          ryft__signature_read(format, code, &signature, "fuzz"), RYFT_DATA_LOSS, RYFT_DATA_LOSS)) {
    FUZZ_CHECK(signature == NULL);
    return;
  }
  FUZZ_CHECK(signature != NULL && ryft__wire_valid(code));
  const ryft_signature *found = &signature->visible;
  check_items(
      found->parameters, found->parameter_count, found->output_count, /* parameters= */ true);
  check_items(found->outputs, found->output_count, found->output_count, /* parameters= */ false);
  ryft__free(signature);

  fuzz_fail_allocation(1);
  FUZZ_CHECK(fuzz_refused(ryft__signature_read(format, code, &signature, "fuzz"),
                          RYFT_RESOURCE_EXHAUSTED,
                          RYFT_RESOURCE_EXHAUSTED));
  FUZZ_CHECK(signature == NULL && fuzz_allocation_failed());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const ryft_bytes code = {.data = data, .size = size};
  fuzz_begin(/* largest= */ 64 * size + 4096);
  check("hlo", code);
  check("hlo_with_config", code);
  FUZZ_CHECK(fuzz_failed(ryft__signature_read("mlir", code, &(ryft__signature *){NULL}, "fuzz")));
  fuzz_end();
  return 0;
}
