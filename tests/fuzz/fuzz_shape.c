/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Shapes with hostile dimensions, strides and names: sizes never overflow unseen, and a strided
 * copy that was found to lie within its memory does. */
#include "fuzz.h"
#include "src/base/alloc.h"
#include "src/core/extent.h"
#include "src/core/shape_table.h"
#include "src/core/strided.h"

enum { RANK_MAX = 12, COPY_MAX = 1 << 16 };

/* Holds the product of any two factors. */
__extension__ typedef unsigned __int128 wide;

typedef struct picture {
  ryft_shape shape;
  int64_t dims[RANK_MAX];
  int64_t strides[RANK_MAX];
  int64_t order[RANK_MAX];
  size_t host_size;
  bool sound; /* has a host size */
} picture;

static void read_picture(fuzz_input *input, picture *out) {
  *out = (picture){.shape = {.type = (ryft_type)(fuzz_byte(input) % 40)}};
  out->shape.rank = fuzz_byte(input) % (RANK_MAX + 1);
  for (size_t i = 0; i < out->shape.rank; ++i) {
    out->dims[i] = fuzz_integer(input);
    out->order[i] = (int64_t)i;
  }
  for (size_t i = 0; i < out->shape.rank; ++i) out->strides[i] = fuzz_integer(input);
  for (size_t i = 1; i < out->shape.rank; ++i) {
    const size_t other = fuzz_byte(input) % (i + 1);
    const int64_t kept = out->order[i];
    out->order[i] = out->order[other];
    out->order[other] = kept;
  }
}

/* The product, by arithmetic that cannot overflow. */
static bool count_of(const picture *p, size_t *out) {
  wide count = 1;
  bool empty = false, large = false;
  for (size_t i = 0; i < p->shape.rank; ++i) {
    const wide dim = (wide)p->dims[i];
    if (p->dims[i] < 0) return false;
    if (dim == 0) empty = true;
    if (dim != 0 && !large) count = count * dim;
    large = large || count > INT64_MAX;
  }
  *out = empty ? 0 : (size_t)count;
  return empty || !large;
}

static void check_sizes(picture *p) {
  size_t count = 7, expected = 0, size = 7;
  const bool sound = count_of(p, &expected);
  const bool failed = fuzz_failed(ryft_shape_element_count(p->shape, &count));
  FUZZ_CHECK(failed == !sound && count == (sound ? expected : 0));
  p->sound = !fuzz_failed(ryft_shape_host_size(p->shape, &size));
  p->host_size = size;
  FUZZ_CHECK(p->sound ? size == count * ryft_type_host_size(p->shape.type) : size == 0);
  FUZZ_CHECK(p->sound <= sound);
}

static void check_text(const picture *p) {
  const size_t length = ryft_shape_format(p->shape, NULL, 0);
  char *whole = malloc(length + 1);
  FUZZ_CHECK(whole != NULL && ryft_shape_format(p->shape, whole, length + 1) == length);
  FUZZ_CHECK(strlen(whole) == length);
  for (size_t room = 1; room <= length; ++room) {
    char *part = malloc(room);
    FUZZ_CHECK(part != NULL && ryft_shape_format(p->shape, part, room) == length);
    FUZZ_CHECK(strlen(part) == room - 1 && memcmp(part, whole, room - 1) == 0);
    free(part);
  }
  const size_t name = strcspn(whole, "[(");
  const ryft_type type = ryft_type_from_name(whole, name);
  FUZZ_CHECK(type == p->shape.type || strncmp(whole, "unknown", name) == 0 ||
             strncmp(whole, "invalid", name) == 0);
  free(whole);
}

/* Where the strides lead is known to lie in the memory, so the copy must stay there. */
static void check_copy(const picture *p) {
  const size_t room = p->host_size + 64;
  int64_t *dense = NULL;
  if (!p->sound || p->host_size > COPY_MAX || p->shape.rank == 0) return;
  FUZZ_CHECK(!fuzz_failed(ryft__dense_strides(p->shape, p->order, &dense)));
  FUZZ_CHECK(!fuzz_failed(ryft__extent_check(p->shape, dense, 0, p->host_size, "fuzz")));
  if (p->host_size != 0) {
    FUZZ_CHECK(fuzz_failed(ryft__extent_check(p->shape, dense, 0, p->host_size - 1, "fuzz")));
    FUZZ_CHECK(fuzz_failed(ryft__extent_check(p->shape, dense, 1, p->host_size, "fuzz")));
  }
  const size_t offset = p->host_size / 2;
  if (!fuzz_failed(ryft__extent_check(p->shape, p->strides, offset, room, "fuzz"))) {
    uint8_t *from = calloc(1, room), *to = malloc(p->host_size + 1);
    FUZZ_CHECK(from != NULL && to != NULL);
    memset(to, 0xff, p->host_size + 1);
    FUZZ_CHECK(!fuzz_failed(ryft__strided_copy(p->shape, from + offset, p->strides, to, dense)));
    for (size_t i = 0; i < p->host_size; ++i) FUZZ_CHECK(to[i] == 0); /* a dense target is filled */
    free(to);
    free(from);
  }
  ryft__free(dense);
}

static void check_table(const picture *left, const picture *right) {
  ryft__shape_table table;
  const ryft__known_shape *a = NULL, *b = NULL, *again = NULL;
  FUZZ_CHECK(!fuzz_failed(ryft__shape_table_init(&table)));
  FUZZ_CHECK(!fuzz_failed(ryft__shape_table_get(&table, left->shape, &a, "fuzz")));
  FUZZ_CHECK(!fuzz_failed(ryft__shape_table_get(&table, right->shape, &b, "fuzz")));
  FUZZ_CHECK(!fuzz_failed(ryft__shape_table_get(&table, left->shape, &again, "fuzz")));
  FUZZ_CHECK(a == again && ryft_shape_equal(a->shape, left->shape));
  FUZZ_CHECK((a == b) == ryft_shape_equal(left->shape, right->shape));
  FUZZ_CHECK(a->host_size == (left->sound ? left->host_size : SIZE_MAX));
  ryft__shape_table_free(&table);
}

static void check_names(fuzz_input *input) {
  const ryft_bytes name = fuzz_piece(input, 40);
  char *exact = fuzz_copy(name.data, name.size);
  const ryft_type type = ryft_type_from_name(exact, name.size);
  if (type != RYFT_INVALID_TYPE) FUZZ_CHECK(strlen(ryft_type_name(type)) == name.size);
  const ryft_type any = (ryft_type)fuzz_number(input, 4);
  FUZZ_CHECK(ryft_type_name(any) != NULL && ryft_type_host_size(any) * 8 >= ryft_type_bits(any));
  free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  picture left, right;
  fuzz_begin(/* largest= */ 65536);
  check_names(&input);
  read_picture(&input, &left);
  read_picture(&input, &right);
  left.shape.dims = left.dims;
  right.shape.dims = right.dims;
  check_sizes(&left);
  check_sizes(&right);
  check_text(&left);
  check_copy(&left);
  check_table(&left, &right);
  fuzz_end();
  return 0;
}
