/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which compile options a plugin skips, by its own account: a plugin carries the description of the
 * messages that it was built with, so each field of ours can be looked up there. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/program_support.h"
#include "src/core/option_age.h"
#include "src/core/plugin.h"
#include "src/proto/gen/compile_options.pb-c.h"
#include "src/proto/wire.h"

/* Of descriptor.proto: numbers of fields, in files and in messages. */
enum {
  FILE_NAME = 1,
  FILE_MESSAGES = 4,
  FILE_LAST = 12,
  MESSAGE_NAME = 1,
  MESSAGE_FIELDS = 2,
  MESSAGE_NESTED = 3,
  FIELD_NUMBER = 3
};

static ryft_bytes plugin_file; /* mapped */

static void map_plugin(void) {
  struct stat about;
  const int file = open(getenv("RYFT_TEST_PLUGIN"), O_RDONLY | O_CLOEXEC);
  assert_true(file >= 0);
  assert_int_equal(fstat(file, &about), 0);
  void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  assert_ptr_not_equal(bytes, MAP_FAILED);
  close(file);
  plugin_file = (ryft_bytes){bytes, (size_t)about.st_size};
}

static bool is_named(const ryft__wire_field *field, uint32_t number, const char *name) {
  return field->number == number && field->type == RYFT__WIRE_BYTES &&
         field->bytes.size == strlen(name) &&
         memcmp(field->bytes.data, name, field->bytes.size) == 0;
}

/* The message `name` (of `size` bytes) among the fields `number` of `owner`. */
static bool find_message(ryft_bytes owner,
                         uint32_t number,
                         const char *name,
                         size_t size,
                         ryft_bytes *out) {
  ryft__wire wire = ryft__wire_start(owner);
  ryft__wire_field field, first;
  while (ryft__wire_next(&wire, &field) && field.number <= FILE_LAST) {
    if (field.number != number || field.type != RYFT__WIRE_BYTES) continue;
    ryft__wire inside = ryft__wire_start(field.bytes);
    if (!ryft__wire_next(&inside, &first) || first.number != MESSAGE_NAME) continue;
    if (first.bytes.size != size || memcmp(first.bytes.data, name, size) != 0) continue;
    *out = field.bytes;
    return true;
  }
  return false;
}

/* What the plugin knows of `message`, such as "DebugOptions" or "AutotuneResult.GemmKey", which is
 * in the file `path`. There may be other mentions of the file. */
static bool find_described(const char *path, const char *message, ryft_bytes *out) {
  const char *at = plugin_file.data, *end = at + plugin_file.size;
  char head[128];
  const int size = snprintf(head, sizeof head, "\n%c%s", (char)strlen(path), path);
  const size_t outer = strcspn(message, ".");
  while ((at = memmem(at, (size_t)(end - at), head, (size_t)size)) != NULL) {
    const ryft_bytes file = {at, (size_t)(end - at)};
    at += size;
    if (!find_message(file, FILE_MESSAGES, message, outer, out)) continue;
    if (message[outer] == '\0') return true;
    const char *inner = message + outer + 1;
    return find_message(*out, MESSAGE_NESTED, inner, strlen(inner), out);
  }
  return false;
}

static bool knows(ryft_bytes message, const ProtobufCFieldDescriptor *wanted) {
  ryft__wire wire = ryft__wire_start(message);
  ryft__wire_field field, part;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number != MESSAGE_FIELDS) continue;
    ryft__wire inside = ryft__wire_start(field.bytes);
    bool named = false, numbered = false;
    while (ryft__wire_next(&inside, &part)) {
      named |= is_named(&part, MESSAGE_NAME, wanted->name);
      numbered |= part.number == FIELD_NUMBER && part.value == wanted->id;
    }
    if (named && numbered) return true;
  }
  return false;
}

static const struct {
  const char *file;
  const char *message;
  const ProtobufCMessageDescriptor *ours;
  const char *path; /* that leads there */
} rows[] = {
#define BUILD "executable_build_options."
#define RESULT "target_config.autotune_results.results[0].result."
    {"xla/pjrt/proto/compile_options.proto",
     "CompileOptionsProto",
     &ryft__xla__compile_options_proto__descriptor,
     ""},
    {"xla/pjrt/proto/compile_options.proto",
     "ExecutableBuildOptionsProto",
     &ryft__xla__executable_build_options_proto__descriptor,
     BUILD},
    {"xla/xla.proto",
     "DebugOptions",
     &ryft__xla__debug_options__descriptor,
     BUILD "debug_options."},
    {"xla/xla_data.proto",
     "DeviceAssignmentProto",
     &ryft__xla__device_assignment_proto__descriptor,
     BUILD "device_assignment."},
    {"xla/xla_data.proto",
     "ShapeProto",
     &ryft__xla__shape_proto__descriptor,
     "argument_layouts[0]."},
    {"xla/pjrt/proto/compile_options.proto",
     "OptionOverrideProto",
     &ryft__xla__option_override_proto__descriptor,
     "env_option_overrides[\"a]b.c\"]."},
    {"xla/stream_executor/device_description.proto",
     "GpuDeviceInfoProto",
     &ryft__xla__gpu_device_info_proto__descriptor,
     "target_config.gpu_device_info."},
    {"xla/autotuning.proto",
     "AutotuneResult.TritonGemmKey",
     &ryft__xla__autotune_result__triton_gemm_key__descriptor,
     RESULT "triton."},
    {"xla/autotuning.proto",
     "AutotuneResult.GemmKey",
     &ryft__xla__autotune_result__gemm_key__descriptor,
     RESULT "gemm."},
};

static void new_02_every_compile_option_by_the_plugins_own_account(void **state) {
  const fixture *self = *state;
  const ryft__table *table = &self->plugin->table;
  size_t skipped = 0, taken = 0;
  map_plugin();
  for (size_t i = 0; i < RYFT__COUNT(rows); ++i) {
    ryft_bytes described;
    assert_true(find_described(rows[i].file, rows[i].message, &described));
    for (unsigned k = 0; k < rows[i].ours->n_fields; ++k) {
      const ProtobufCFieldDescriptor *field = &rows[i].ours->fields[k];
      char path[256];
      (void)snprintf(path, sizeof path, "%s%s", rows[i].path, field->name);
      const bool known = knows(described, field);
      ryft_error *error = ryft__option_age_check(table, path, __func__);
      if ((error == NULL) != known) {
        print_error("%s is %s, and it was %s\n",
                    path,
                    known ? "known" : "not known",
                    error == NULL ? "let through" : ryft_error_message(error));
      }
      assert_true((error == NULL) == known);
      ++*(known ? &taken : &skipped);
      ryft_error_destroy(error);
    }
  }
  print_message("%zu fields are known, %zu would be skipped\n", taken, skipped);
  assert_true(taken > 300);
  assert_true(skipped > 0); /* some were added after each of the plugins, or taken away */
  (void)munmap((void *)(uintptr_t)plugin_file.data, plugin_file.size);
}

/* What nobody would get past the setter is none of the gate's business. */
static void new_02_paths_that_lead_nowhere(void **state) {
  const fixture *self = *state;
  static const char *const paths[] = {"",
                                      "no_such_field",
                                      "profile_version.more",
                                      "argument_layouts[0",
                                      "argument_layouts[\"a",
                                      "env_option_overrides[\"a\"]",
                                      "executable_build_options."};
  for (size_t i = 0; i < RYFT__COUNT(paths); ++i) {
    assert_ok(ryft__option_age_check(&self->plugin->table, paths[i], __func__));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(new_02_every_compile_option_by_the_plugins_own_account),
      BUFFER_TEST(new_02_paths_that_lead_nowhere),
  };
  return cmocka_run_group_tests_name("option_age", tests, fixture_open, fixture_close);
}
