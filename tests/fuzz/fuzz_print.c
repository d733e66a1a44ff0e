/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The args of any entry point, with whatever values the input has and every pointer leading to a
 * block of just the size that it should: printed for the trace, and looked at by the field gate. */
#include "args.h"
#include "src/abi/call.h"
#include "src/abi/print.h"

/* Nothing that is printed may break the line or the quotes that it stands in. */
static void check_text(const ryft__sink *sink) {
  const size_t size = ryft__sink_size(sink);
  FUZZ_CHECK(size < sink->capacity && sink->data[size] == '\0');
  for (size_t i = 0; i < size; ++i)
    FUZZ_CHECK((unsigned char)sink->data[i] >= 0x20 && sink->data[i] != 0x7f);
}

static void print(int fn, const void *args, size_t capacity) {
  char *room = malloc(capacity);
  ryft__sink sink;
  FUZZ_CHECK(room != NULL);
  for (int part = RYFT__PART_INPUTS; part <= RYFT__PART_OUTPUTS; ++part) {
    ryft__sink_init(&sink, room, capacity);
    ryft__print_args(&sink, fn, args, (ryft__part)part);
    ryft__sink_mark_cut(&sink);
    check_text(&sink);
    ryft__sink_init(&sink, room, capacity);
    ryft__print_numbers(&sink, fn, args, (ryft__part)part);
    check_text(&sink);
    FUZZ_CHECK(!ryft__sink_is_cut(&sink));
  }
  free(room);
}

static void gate(int fn, const void *args, int minor) {
  const ryft__table table = {.minor = minor, .path_for_messages = "plugin.so"};
  (void)fuzz_refused(
      ryft__field_gate(&table, fn, args, "fuzz"), RYFT_UNIMPLEMENTED, RYFT_UNIMPLEMENTED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  fuzz_begin(/* largest= */ 4096);
  const int fn = fuzz_byte(&input) % RYFT__FN_COUNT;
  const size_t capacity = 8 + (size_t)fuzz_number(&input, 2) % 8192;
  const int minor = RYFT__MINOR_FLOOR + fuzz_byte(&input) % 90;
  fuzz_args *made = fuzz_args_start(&input);
  const void *args = fuzz_args_make(made, ryft__fns[fn].args, 1);
  print(fn, args, capacity);
  gate(fn, args, minor);
  fuzz_args_free(made);
  fuzz_end();
  return 0;
}
