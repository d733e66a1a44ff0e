/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "fuzz.h"

#include <time.h>

#include "ryft/allocator.h"
#include "ryft/live_objects.h"

/* Of the library's allocations; everything runs on one thread. */
static struct {
  size_t largest;   /* bytes of one allocation */
  size_t limit;     /* larger ones fail; 0: none */
  size_t blocks;    /* alive */
  size_t before;    /* alive when the run began */
  size_t countdown; /* to the allocation that fails; 0: none will */
  bool failed;
  unsigned seconds; /* of processor time that the run may take */
  clock_t start;
} state = {.largest = SIZE_MAX};

_Noreturn void fuzz_broken(const char *file, int line, const char *condition) {
  (void)fprintf(stderr, "%s:%d: a promise is broken: %s\n", file, line, condition);
  abort();
}

static bool refuse(size_t size) {
  FUZZ_CHECK(size <= state.largest);
  if (state.limit != 0 && size > state.limit) return true;
  if (state.countdown == 0 || --state.countdown != 0) return false;
  state.failed = true;
  return true;
}

static void *allocate(void *user, size_t size) {
  (void)user;
  void *memory = refuse(size) ? NULL : malloc(size);
  if (memory != NULL) ++state.blocks;
  return memory;
}

static void *reallocate(void *user, void *memory, size_t size) {
  if (memory == NULL) return allocate(user, size);
  return refuse(size) ? NULL : realloc(memory, size);
}

static void release(void *user, void *memory) {
  (void)user;
  FUZZ_CHECK(state.blocks != 0);
  --state.blocks;
  free(memory);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc;
  (void)argv;
  const ryft_allocator allocator = {RYFT_SIZED(ryft_allocator),
                                    .allocate = allocate,
                                    .reallocate = reallocate,
                                    .release = release};
  FUZZ_CHECK(ryft_allocator_set(&allocator) == NULL);
  return 0;
}

void fuzz_begin(size_t largest) {
  state.largest = largest;
  state.limit = 0;
  state.before = state.blocks;
  state.countdown = 0;
  state.failed = false;
  state.seconds = 1;
  state.start = clock();
}

void fuzz_end(void) {
  FUZZ_CHECK(ryft_live_objects() == 0);
  FUZZ_CHECK(state.blocks == state.before);
  FUZZ_CHECK(clock() - state.start <= (clock_t)state.seconds * CLOCKS_PER_SEC);
}

void fuzz_fail_allocation(size_t nth) {
  state.countdown = nth;
  state.failed = false;
}

void fuzz_allow_time(unsigned seconds) {
  state.seconds = seconds;
}

void fuzz_limit_allocations(size_t size) {
  state.limit = size;
}

bool fuzz_allocation_failed(void) {
  return state.failed;
}

bool fuzz_failed(ryft_error *error) {
  if (error == NULL) return false;
  FUZZ_CHECK(ryft_error_code(error) != RYFT_OK);
  FUZZ_CHECK(ryft_error_message(error) != NULL && ryft_error_message(error)[0] != '\0');
  FUZZ_CHECK(ryft_error_where(error) != NULL);
  ryft_error_destroy(error);
  return true;
}

bool fuzz_refused(ryft_error *error, ryft_code code, ryft_code other) {
  if (error == NULL) return false;
  const ryft_code found = ryft_error_code(error);
  FUZZ_CHECK(found == code || found == other);
  return fuzz_failed(error);
}

uint8_t fuzz_byte(fuzz_input *input) {
  if (input->left == 0) return 0;
  --input->left;
  return *input->at++;
}

uint64_t fuzz_number(fuzz_input *input, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= (uint64_t)fuzz_byte(input) << i * 8;
  return value;
}

int64_t fuzz_integer(fuzz_input *input) {
  const uint8_t kind = fuzz_byte(input);
  if (kind < 0xf0) return kind;
  switch (kind) {
    case 0xf0:
      return INT64_MAX;
    case 0xf1:
      return INT64_MIN;
    case 0xf2:
      return INT32_MAX;
    case 0xf3:
      return INT64_C(1) << 32;
    case 0xf4:
      return INT64_C(1) << 20;
    case 0xf5:
      return -(int64_t)fuzz_byte(input);
    case 0xf6:
      return INT64_C(1) << fuzz_byte(input) % 63;
    default:
      return (int64_t)fuzz_number(input, 8);
  }
}

ryft_bytes fuzz_piece(fuzz_input *input, size_t most) {
  size_t size = fuzz_byte(input);
  if (size == 0xff) size = (size_t)fuzz_number(input, 2);
  if (size > most) size = most;
  if (size > input->left) size = input->left;
  const ryft_bytes piece = {.data = size == 0 ? NULL : input->at, .size = size};
  input->at += size;
  input->left -= size;
  return piece;
}

char *fuzz_text(fuzz_input *input, char end) {
  const uint8_t *found = input->left == 0 ? NULL : memchr(input->at, end, input->left);
  const size_t size = found == NULL ? input->left : (size_t)(found - input->at);
  const size_t text_size = size == 0 ? 0 : strnlen((const char *)input->at, size);
  char *text = malloc(text_size + 1);
  FUZZ_CHECK(text != NULL);
  if (text_size != 0) memcpy(text, input->at, text_size);
  text[text_size] = '\0';
  const size_t consumed = found == NULL ? size : size + 1;
  input->at += consumed;
  input->left -= consumed;
  return text;
}

void *fuzz_copy(const void *data, size_t size) {
  void *copy = malloc(size == 0 ? 1 : size);
  FUZZ_CHECK(copy != NULL);
  if (size != 0) memcpy(copy, data, size);
  return copy;
}
