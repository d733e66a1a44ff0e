/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Compile options. The first line of the input is a list of settings, one behind the other with a
 * ';' between them, PATH=VALUE for a field and !NAME=VALUE for an override; then come the members
 * as bytes; the rest is the base. What was encoded must be accepted as a base again, and come
 * to rest. */
#include "fuzz.h"
#include "ryft/compile_options.h"
#include "ryft/host_memory.h"
#include "src/proto/gen/compile_options.pb-c.h"
#include "src/proto/message.h"
#include "src/proto/scan.h"
#include "src/proto/wire.h"

enum { SETTINGS_MAX = 8, IDS_MAX = 16, ALLOCATIONS = 24 };

/* What protobuf-c may take for a message is bounded by the scan; the rest is in proportion to the
 * input. */
#define LARGEST (RYFT__SCAN_BUDGET + 65536)

typedef struct request {
  ryft_compile_options options;
  char *line;
  ryft_field_setting fields[SETTINGS_MAX];
  ryft_named_value overrides[SETTINGS_MAX];
  int ids[IDS_MAX];
} request;

static ryft_named_value override_of(const char *name, const char *value) {
  if (value[0] == '#') return ryft_named_int64(name, strtoll(value + 1, NULL, 10));
  if (value[0] == '?') return ryft_named_bool(name, value[1] == '1');
  if (value[0] == '~') return ryft_named_float(name, strtof(value + 1, NULL));
  return ryft_named_string(name, value);
}

static void read_settings(request *out) {
  char *rest = NULL;
  for (char *one = strtok_r(out->line, ";", &rest); one != NULL; one = strtok_r(NULL, ";", &rest)) {
    char *equals = strrchr(one, '=');
    const char *value = equals == NULL ? "" : equals + 1;
    if (equals != NULL) *equals = '\0';
    if (one[0] == '!' && out->options.override_count < SETTINGS_MAX) {
      out->overrides[out->options.override_count++] = override_of(one + 1, value);
    } else if (one[0] != '!' && out->options.field_count < SETTINGS_MAX) {
      out->fields[out->options.field_count++] = (ryft_field_setting){.path = one, .value = value};
    }
  }
}

static void read_request(fuzz_input *input, request *out) {
  *out = (request){.options = RYFT_DEFAULTS(ryft_compile_options), .line = fuzz_text(input, '\n')};
  read_settings(out);
  ryft_compile_options *options = &out->options;
  options->fields = out->fields;
  options->overrides = out->overrides;
  const uint8_t flags = fuzz_byte(input);
  if ((flags & 1) != 0) options->replicas = (size_t)fuzz_integer(input);
  if ((flags & 2) != 0) options->partitions = (size_t)fuzz_integer(input);
  if ((flags & 4) != 0) options->spmd = (ryft_choice)(fuzz_byte(input) % 4);
  if ((flags & 8) != 0) options->shardy = (ryft_choice)(fuzz_byte(input) % 4);
  if ((flags & 16) != 0) options->portable = (ryft_choice)(fuzz_byte(input) % 4);
  if ((flags & 32) != 0) {
    options->device_id_count = fuzz_byte(input) % (IDS_MAX + 1);
    for (size_t i = 0; i < options->device_id_count; ++i) out->ids[i] = (int)fuzz_integer(input);
    options->device_ids = out->ids;
  }
  options->base = (ryft_bytes){.data = fuzz_copy(input->at, input->left), .size = input->left};
}

static void free_request(request *r) {
  free((void *)(uintptr_t)r->options.base.data);
  free(r->line);
}

static void encode_again(const void *data, size_t size, void **out_data, size_t *out_size) {
  ryft_compile_options options = RYFT_DEFAULTS(ryft_compile_options);
  options.base = (ryft_bytes){.data = data, .size = size};
  FUZZ_CHECK(ryft__wire_valid(options.base));
  FUZZ_CHECK(!fuzz_failed(ryft_compile_options_encode(&options, out_data, out_size)));
}

/* What was encoded leaves nothing to add. */
static void check_fixed_point(const void *data, size_t size) {
  void *second = NULL;
  size_t second_size = 0;
  encode_again(data, size, &second, &second_size);
  FUZZ_CHECK(second_size == size && memcmp(second, data, size) == 0);
  ryft_host_free(second);
}

static bool encode(const request *r, bool *out_ran_out) {
  void *data = (void *)(uintptr_t)1;
  size_t size = 7;
  ryft_error *error = ryft_compile_options_encode(&r->options, &data, &size);
  *out_ran_out = fuzz_allocation_failed();
  fuzz_fail_allocation(0);
  if (fuzz_refused(error,
                   RYFT_INVALID_ARGUMENT,
                   *out_ran_out ? RYFT_RESOURCE_EXHAUSTED : RYFT_INVALID_ARGUMENT)) {
    FUZZ_CHECK(data == NULL && size == 0);
    return false;
  }
  FUZZ_CHECK(data != NULL && size != 0);
  check_fixed_point(data, size);
  ryft_host_free(data);
  return true;
}

/* The message by itself, without what the options add. */
static void check_unpack(ryft_bytes base) {
  ProtobufCMessage *message = NULL;
  const char *problem = ryft__scan(&ryft__xla__compile_options_proto__descriptor, base);
  const bool failed = fuzz_failed(ryft__proto_unpack(
      &ryft__xla__compile_options_proto__descriptor, base, "base", &message, "fuzz"));
  FUZZ_CHECK(failed == (message == NULL));
  if (problem != NULL) FUZZ_CHECK(failed);
  if (!ryft__wire_valid(base)) FUZZ_CHECK(failed);
  if (failed) return;
  void *data = NULL;
  size_t size = 0;
  FUZZ_CHECK(!fuzz_failed(ryft__proto_pack(message, &data, &size, "fuzz")));
  ryft_host_free(data);
  ryft__proto_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  request r;
  bool ran_out = false;
  read_request(&input, &r);
  fuzz_begin(LARGEST);
  check_unpack(r.options.base);
  (void)encode(&r, &ran_out);
  FUZZ_CHECK(!ran_out);
  ran_out = size < 512; /* small inputs only: each is run once per allocation */
  for (size_t nth = 1; ran_out && nth <= ALLOCATIONS; ++nth) {
    fuzz_fail_allocation(nth);
    (void)encode(&r, &ran_out);
  }
  fuzz_end();
  free_request(&r);
  return 0;
}
