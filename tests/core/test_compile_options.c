/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Compile options: the bytes that plugins get, every field by its path, and what is refused. */
#include <stdlib.h>
#include <string.h>

#include "ryft/compile_options.h"
#include "ryft/host_memory.h"
#include "src/base/base.h"
#include "src/base/text.h"
#include "src/proto/gen/compile_options.pb-c.h"
#include "support/allocator.h"
#include "support/assert.h"

typedef Ryft__Xla__CompileOptionsProto options_proto;
typedef Ryft__Xla__ExecutableBuildOptionsProto build_proto;

/* What XLA's defaults are on the wire: device_ordinal -1, one replica and partition, no sharding
 * propagation, one process. */
static const unsigned char DEFAULTS[] = {0x1a, 0x1d, 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0x01, 0x20, 0x01, 0x28, 0x01, 0x62,
                                         0x01, 0x00, 0x92, 0x01, 0x01, 0x00, 0xb8, 0x01, 0x01};

static void expect_bytes(const ryft_compile_options *options,
                         const unsigned char *wanted,
                         size_t size) {
  void *data = NULL;
  size_t found = 0;
  assert_ok(ryft_compile_options_encode(options, &data, &found));
  assert_int_equal(found, size);
  assert_memory_equal(data, wanted, size);
  ryft_host_free(data);
}

/* Encodes, and reads the bytes back with the same codec. */
static options_proto *encode(const ryft_compile_options *options) {
  void *data = NULL;
  size_t size = 0;
  assert_ok(ryft_compile_options_encode(options, &data, &size));
  assert_true(size > 0);
  options_proto *message = ryft__xla__compile_options_proto__unpack(NULL, size, data);
  assert_non_null(message);
  ryft_host_free(data);
  return message;
}

static void release(options_proto *message) {
  ryft__xla__compile_options_proto__free_unpacked(message, NULL);
}

static ryft_error *refused(const ryft_compile_options *options) {
  void *data = &data;
  size_t size = 1;
  ryft_error *error = ryft_compile_options_encode(options, &data, &size);
  assert_non_null(error);
  assert_null(data);
  assert_int_equal(size, 0);
  return error;
}

static void cmp_04_defaults(void **state) {
  (void)state;
  const ryft_compile_options empty = RYFT_DEFAULTS(ryft_compile_options);
  unsigned char wanted[sizeof DEFAULTS];
  memcpy(wanted, DEFAULTS, sizeof wanted);
  wanted[1] = sizeof DEFAULTS - 2;
  expect_bytes(NULL, wanted, sizeof wanted);
  expect_bytes(&empty, wanted, sizeof wanted);
}

static void cmp_04_members(void **state) {
  (void)state;
  static const int ids[] = {5, 4, 3, 2, 1, 0};
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options),
      .replicas = 2,
      .partitions = 3,
      .shardy = RYFT_YES,
      .portable = RYFT_NO,
      .device_ids = ids,
      .device_id_count = 6,
  };
  options_proto *message = encode(&options);
  const build_proto *build = message->executable_build_options;
  assert_int_equal(build->num_replicas, 2);
  assert_int_equal(build->num_partitions, 3);
  assert_true(build->use_spmd_partitioning);
  assert_true(build->use_shardy_partitioner);
  assert_true(message->has_compile_portable_executable);
  assert_false(message->compile_portable_executable);
  const Ryft__Xla__DeviceAssignmentProto *assignment = build->device_assignment;
  assert_int_equal(assignment->replica_count, 2);
  assert_int_equal(assignment->computation_count, 3);
  assert_int_equal(assignment->n_computation_devices, 3);
  for (size_t partition = 0; partition < 3; ++partition) {
    const int64_t *devices = assignment->computation_devices[partition]->replica_device_ids;
    assert_int_equal(assignment->computation_devices[partition]->n_replica_device_ids, 2);
    assert_int_equal(devices[0], ids[partition]);
    assert_int_equal(devices[1], ids[3 + partition]);
  }
  release(message);
}

static void cmp_04_spmd_follows_partitions(void **state) {
  (void)state;
  const ryft_compile_options off = {
      RYFT_SIZED(ryft_compile_options), .partitions = 2, .spmd = RYFT_NO};
  const ryft_compile_options on = {RYFT_SIZED(ryft_compile_options), .spmd = RYFT_YES};
  options_proto *message = encode(&off);
  assert_false(message->executable_build_options->use_spmd_partitioning);
  release(message);
  message = encode(&on);
  assert_true(message->executable_build_options->use_spmd_partitioning);
  release(message);
}

/* Also when they come through `fields`, unless those say otherwise. */
static void cmp_04_spmd_follows_partitions_of_fields(void **state) {
  (void)state;
  static const ryft_field_setting fields[] = {
      {"executable_build_options.num_partitions", "2"},
      {"executable_build_options.use_spmd_partitioning", "false"},
  };
  ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .fields = fields, .field_count = 1};
  options_proto *message = encode(&options);
  assert_int_equal(message->executable_build_options->num_partitions, 2);
  assert_true(message->executable_build_options->use_spmd_partitioning);
  release(message);
  options.field_count = 2;
  message = encode(&options);
  assert_false(message->executable_build_options->use_spmd_partitioning);
  release(message);
}

static void cmp_04_overrides(void **state) {
  (void)state;
  const ryft_named_value overrides[] = {
      ryft_named_string("a_string", "text"),
      ryft_named_int64("an_int", -7),
      ryft_named_bool("a_bool", true),
      ryft_named_float("a_float", 0.5F),
      ryft_named_int64("a_string", 3), /* the last one counts */
  };
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .overrides = overrides,
                                        .override_count = RYFT__COUNT(overrides)};
  options_proto *message = encode(&options);
  assert_int_equal(message->n_env_option_overrides, 4);
  Ryft__Xla__CompileOptionsProto__EnvOptionOverridesEntry **entries = message->env_option_overrides;
  assert_string_equal(entries[0]->key, "a_string");
  assert_int_equal(entries[0]->value->value_case,
                   RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_INT_FIELD);
  assert_int_equal(entries[0]->value->int_field, 3);
  assert_int_equal(entries[1]->value->int_field, -7);
  assert_int_equal(entries[2]->value->value_case,
                   RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_BOOL_FIELD);
  assert_true(entries[2]->value->bool_field);
  assert_true(entries[3]->value->double_field == 0.5);
  release(message);
}

static void cmp_04_overrides_are_checked(void **state) {
  (void)state;
  const int64_t list[] = {1};
  const ryft_named_value wrong[] = {
      ryft_named_int64_list("a_list", list, 1), ryft_named_int64("", 1), ryft_named_int64(NULL, 1)};
  ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .override_count = 1};
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "overrides is NULL");
  options.overrides = &wrong[0];
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "override \"a_list\"");
  options.overrides = &wrong[1];
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "no name");
  options.overrides = &wrong[2];
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "no name");
}

#define DEBUG "executable_build_options.debug_options."

static void cmp_04_fields_by_path(void **state) {
  (void)state;
  static const ryft_field_setting fields[] = {
      {"profile_version", "-1"},
      {"compiler_variant", "fast one"},
      {"serialized_multi_slice_config", "0x00fFa0"},
      {"matrix_unit_operand_precision", "HIGHEST"},
      {"individually_defined_output_indices[0]", "4"},
      {"individually_defined_output_indices[1]", "5"},
      {"individually_defined_output_indices[0]", "6"},
      {"executable_build_options.fdo_profile", "0x"},
      {"executable_build_options.optimization_level", "39"},
      {"executable_build_options.exec_time_optimization_effort", "-0.25"},
      {DEBUG "xla_gpu_autotune_level", "3"},
      {DEBUG "xla_cpu_enable_fast_min_max", "false"},
      {DEBUG "xla_backend_extra_options[\"one.two\"]", "1"},
      {DEBUG "xla_backend_extra_options[\"three\"]", "3"},
      {DEBUG "xla_backend_extra_options[\"one.two\"]", "2"},
      {"argument_layouts[0].element_type", "F32"},
      {"argument_layouts[1].layout.minor_to_major[0]", "1"},
      {"env_option_overrides[\"flag\"].bool_field", "true"},
      {"env_option_overrides[\"flag\"].double_field", "1e3"},
      {"target_config.gpu_device_info.cuda_compute_capability.major", "9"},
      {"target_config.gpu_device_info.rocm_compute_capability.gcn_arch_name", "gfx942"},
      {"target_config.gpu_device_info.scalar_unit_description.rate_infos[\"7\"].units_per_core",
       "2"},
  };
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .fields = fields, .field_count = RYFT__COUNT(fields)};
  options_proto *message = encode(&options);
  const build_proto *build = message->executable_build_options;
  const Ryft__Xla__DebugOptions *debug = build->debug_options;
  assert_int_equal(message->profile_version, -1);
  assert_string_equal(message->compiler_variant, "fast one");
  assert_int_equal(message->serialized_multi_slice_config.len, 3);
  assert_memory_equal(message->serialized_multi_slice_config.data, "\x00\xff\xa0", 3);
  assert_int_equal(message->matrix_unit_operand_precision, 2);
  assert_int_equal(message->n_individually_defined_output_indices, 2);
  assert_int_equal(message->individually_defined_output_indices[0], 6);
  assert_int_equal(message->individually_defined_output_indices[1], 5);
  assert_true(build->has_fdo_profile);
  assert_int_equal(build->optimization_level, 39);
  assert_true(build->exec_time_optimization_effort == -0.25F);
  assert_int_equal(debug->xla_gpu_autotune_level, 3);
  assert_true(debug->has_xla_cpu_enable_fast_min_max && !debug->xla_cpu_enable_fast_min_max);
  assert_int_equal(debug->n_xla_backend_extra_options, 2);
  assert_string_equal(debug->xla_backend_extra_options[0]->key, "one.two");
  assert_string_equal(debug->xla_backend_extra_options[0]->value, "2");
  assert_int_equal(message->n_argument_layouts, 2);
  assert_int_equal(message->argument_layouts[0]->element_type, 11);
  assert_int_equal(message->argument_layouts[1]->layout->minor_to_major[0], 1);
  assert_int_equal(message->env_option_overrides[0]->value->value_case,
                   RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_DOUBLE_FIELD);
  assert_true(message->env_option_overrides[0]->value->double_field == 1000.0);
  const Ryft__Xla__GpuDeviceInfoProto *gpu = message->target_config->gpu_device_info;
  assert_int_equal(gpu->compute_capability_case,
                   RYFT__XLA__GPU_DEVICE_INFO_PROTO__COMPUTE_CAPABILITY_ROCM_COMPUTE_CAPABILITY);
  assert_string_equal(gpu->rocm_compute_capability->gcn_arch_name, "gfx942");
  assert_int_equal(gpu->scalar_unit_description->rate_infos[0]->key, 7);
  release(message);
}

/* As deep as bytes may be, and no deeper: encoding and freeing go down with the messages. */
static void cmp_04_paths_have_an_end(void **state) {
  (void)state;
  for (int depth = 63; depth <= 64; ++depth) {
    ryft__text path = {.data = NULL};
    ryft__text_format(&path, "argument_layouts[0]");
    for (int i = 2; i < depth; ++i) ryft__text_format(&path, ".tuple_shapes[0]");
    const size_t one_less = path.size;
    ryft__text_format(&path, ".element_type");
    ryft_field_setting field = {path.data, "F32"};
    ryft_compile_options options = {
        RYFT_SIZED(ryft_compile_options), .fields = &field, .field_count = 1};
    void *data = NULL;
    size_t size = 0;
    assert_ok(ryft_compile_options_encode(&options, &data, &size));
    const ryft_compile_options again = {RYFT_SIZED(ryft_compile_options), .base = {data, size}};
    void *same = NULL;
    assert_ok(ryft_compile_options_encode(&again, &same, &size));
    ryft_host_free(same);
    ryft_host_free(data);
    if (depth == 64) {
      path.size = one_less;
      ryft__text_format(&path, ".tuple_shapes[0].element_type");
      field.path = path.data;
      assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "more than 64 fields");
    }
    ryft__text_free(&path);
  }
}

static void cmp_04_paths_and_values_are_checked(void **state) {
  (void)state;
  static const struct {
    const char *path, *value, *part;
  } cases[] = {
      {"", "1", "names joined by dots"},
      {".", "1", "names joined by dots"},
      {"profile_version.", "1", "names joined by dots"},
      {"profile version", "1", "names joined by dots"},
      {"no_such_field", "1", "CompileOptionsProto has no field \"no_such_field\""},
      {DEBUG "xla_no_such_flag", "1", "DebugOptions has no field \"xla_no_such_flag\""},
      {"executable_build_options", "1", "it is a message"},
      {"profile_version.more", "1", "not a message"},
      {"profile_version[0]", "1", "[N] is for repeated fields"},
      {"profile_version[\"a\"]", "1", "[\"KEY\"] is for maps"},
      {"argument_layouts[\"a\"].element_type", "1", "[\"KEY\"] is for maps"},
      {"argument_layouts.element_type", "1", "takes [N]"},
      {"argument_layouts[1].element_type", "1", "beyond"},
      {"argument_layouts[99999999999999999999].element_type", "1", "number"},
      {"argument_layouts[", "1", "number"},
      {"argument_layouts[-1].element_type", "1", "number"},
      {"env_option_overrides[\"a", "1", "not closed"},
      {"env_option_overrides[\"\"].int_field", "1", "1 to 255"},
      {"target_config.gpu_device_info.scalar_unit_description.rate_infos[\"x\"].units_per_core",
       "2",
       "another type"},
      {"profile_version", "", "\"\" is not a 64-bit integer"},
      {"profile_version", " 1", "64-bit integer"},
      {"profile_version", "1x", "64-bit integer"},
      {"profile_version", "9223372036854775808", "64-bit integer"},
      {"individually_defined_output_indices[0]", "2147483648", "32-bit integer"},
      {"parameter_is_tupled_arguments", "yes", "true or false"},
      {"matrix_unit_operand_precision", "HIGHER", "enumerator"},
      {"serialized_multi_slice_config", "00ff", "0x"},
      {"serialized_multi_slice_config", "0x0", "0x"},
      {"serialized_multi_slice_config", "0x0g", "0x"},
      {"executable_build_options.exec_time_optimization_effort", "1e39", "number"},
      {"executable_build_options.exec_time_optimization_effort", "1,5", "number"},
      {"env_option_overrides[\"a\"].double_field", "", "number"},
      {"env_option_overrides[\"a\"].double_field", "1e999", "number"},
      {"env_option_overrides[\"a\"].double_field", "-1e999", "number"},
  };
  for (size_t i = 0; i < RYFT__COUNT(cases); ++i) {
    const ryft_field_setting field = {cases[i].path, cases[i].value};
    const ryft_compile_options options = {
        RYFT_SIZED(ryft_compile_options), .fields = &field, .field_count = 1};
    assert_code(refused(&options), RYFT_INVALID_ARGUMENT, cases[i].part);
  }
}

static void cmp_04_missing_settings(void **state) {
  (void)state;
  const ryft_field_setting field = {"profile_version", NULL};
  ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .field_count = 1};
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "fields is NULL, its count is 1");
  options.fields = &field;
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "field setting 0 is NULL");
}

static void cmp_04_a_base_is_kept(void **state) {
  (void)state;
  /* profile_version 7; build options {num_partitions 4, unknown 1000: 1}; unknown 2000: "hi" */
  static const unsigned char base[] = {
      0x28, 7, 0x1a, 5, 0x28, 4, 0xc0, 0x3e, 1, 0x82, 0x7d, 2, 'h', 'i'};
  const ryft_compile_options options = {
      RYFT_SIZED(ryft_compile_options), .base = {base, sizeof base}, .replicas = 2};
  options_proto *message = encode(&options);
  const build_proto *build = message->executable_build_options;
  assert_int_equal(message->profile_version, 7);
  assert_int_equal(build->num_partitions, 4);
  assert_int_equal(build->num_replicas, 2);
  assert_true(build->use_spmd_partitioning);
  assert_false(build->has_device_ordinal); /* the base has its own */
  assert_int_equal(build->base.n_unknown_fields, 1);
  assert_int_equal(build->base.unknown_fields[0].tag, 1000);
  assert_int_equal(message->base.n_unknown_fields, 1);
  assert_int_equal(message->base.unknown_fields[0].tag, 2000);
  assert_memory_equal(message->base.unknown_fields[0].data, "\x02hi", 3);
  release(message);
}

static void cmp_04_a_hostile_base(void **state) {
  (void)state;
  static const unsigned char truncated[] = {0x1a, 5, 0x28};
  static const unsigned char wrong_type[] = {0x2a, 1, 0}; /* profile_version as bytes */
  static const unsigned char wrong_bool[] = {0x22, 1, 1}; /* compile_portable_executable as bytes */
  static const unsigned char group[] = {0x0b, 0x0c};      /* groups */
  static const unsigned char zero_field[] = {0x00, 0x00}; /* field number 0 */
  static const unsigned char long_varint[] = {
      0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
  const ryft_bytes cases[] = {{truncated, sizeof truncated},
                              {wrong_type, sizeof wrong_type},
                              {wrong_bool, sizeof wrong_bool},
                              {group, sizeof group},
                              {zero_field, sizeof zero_field},
                              {long_varint, sizeof long_varint}};
  for (size_t i = 0; i < RYFT__COUNT(cases); ++i) {
    const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .base = cases[i]};
    assert_code(
        refused(&options), RYFT_INVALID_ARGUMENT, "base is not a valid CompileOptionsProto");
  }
}

/* argument_layouts { tuple_shapes { tuple_shapes { … } } }, `levels` messages below the top one. */
static size_t nest(size_t levels, unsigned char *end) {
  size_t size = 0;
  for (size_t level = 0; level < levels; ++level) {
    unsigned char head[8] = {level + 1 == levels ? 0x0a : 0x22};
    size_t length = 1, rest = size;
    do {
      head[length++] = (unsigned char)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      rest >>= 7;
    } while (rest != 0);
    size += length;
    memcpy(end - size, head, length);
  }
  return size;
}

static void cmp_04_a_deep_base(void **state) {
  (void)state;
  enum { ROOM = 1 << 20 };
  unsigned char *bytes = malloc(ROOM);
  assert_non_null(bytes);
  ryft_compile_options options = RYFT_DEFAULTS(ryft_compile_options);
  for (size_t levels = 1; levels <= 65536; levels = levels < 64 ? levels + 1 : levels * 4) {
    options.base.size = nest(levels, bytes + ROOM);
    options.base.data = bytes + ROOM - options.base.size;
    if (levels <= 63) {
      release(encode(&options));
    } else {
      assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "nested more than 64 deep");
    }
  }
  free(bytes);
}

/* Two bytes that would cost kilobytes each. */
static void cmp_04_an_inflating_base(void **state) {
  (void)state;
  enum { PAIRS = 4 << 20 };
  unsigned char *bytes = malloc((size_t)PAIRS * 2);
  assert_non_null(bytes);
  for (size_t i = 0; i < PAIRS; ++i) {
    bytes[2 * i] = 0x0a;
    bytes[2 * i + 1] = 0;
  }
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .base = {bytes, (size_t)PAIRS * 2}};
  assert_code(refused(&options), RYFT_INVALID_ARGUMENT, "256 MiB");
  free(bytes);
}

static void new_03_counts_and_assignments(void **state) {
  (void)state;
  static const int twice[] = {0, 0}, negative[] = {0, -1}, fine[] = {1, 0};
  static const ryft_field_setting zero = {"executable_build_options.num_replicas", "0"};
  static const ryft_field_setting half = {
      "executable_build_options.device_assignment.replica_count", "2"};
#define ASSIGNMENT "executable_build_options.device_assignment."
  static const ryft_field_setting huge[] = {
      {ASSIGNMENT "replica_count", "1"},
      {ASSIGNMENT "computation_count", "1"},
      {ASSIGNMENT "computation_devices[0].replica_device_ids[0]", "2147483648"},
  };
  const struct {
    ryft_compile_options options;
    const char *part;
  } cases[] = {
      {{RYFT_SIZED(ryft_compile_options), .replicas = SIZE_MAX}, "9223372036854775807 replicas"},
      {{RYFT_SIZED(ryft_compile_options), .partitions = SIZE_MAX}, "must be at least 1"},
      {{RYFT_SIZED(ryft_compile_options), .replicas = 1025, .partitions = 1024}, "2^20"},
      {{RYFT_SIZED(ryft_compile_options), .replicas = INT64_MAX, .partitions = 2}, "2^20"},
      {{RYFT_SIZED(ryft_compile_options), .fields = &zero, .field_count = 1}, "0 replicas"},
      {{RYFT_SIZED(ryft_compile_options), .fields = &half, .field_count = 1}, "does not fit"},
      {{RYFT_SIZED(ryft_compile_options), .replicas = 2, .device_ids = twice, .device_id_count = 2},
       "device 0 is assigned twice"},
      {{RYFT_SIZED(ryft_compile_options),
        .replicas = 2,
        .device_ids = negative,
        .device_id_count = 2},
       "-1 is not a valid device id"},
      {{RYFT_SIZED(ryft_compile_options), .fields = huge, .field_count = 3},
       "2147483648 is not a valid device id"},
      {{RYFT_SIZED(ryft_compile_options), .device_ids = fine, .device_id_count = 2},
       "2 device ids for 1 replicas"},
      {{RYFT_SIZED(ryft_compile_options), .replicas = 2, .device_id_count = 2},
       "device_ids is NULL, its count"},
      {{RYFT_SIZED(ryft_compile_options), .spmd = (ryft_choice)3},
       "spmd is 3, which is not a valid ryft_choice"},
  };
  for (size_t i = 0; i < RYFT__COUNT(cases); ++i) {
    assert_code(refused(&cases[i].options), RYFT_INVALID_ARGUMENT, cases[i].part);
  }
  const ryft_compile_options most = {
      RYFT_SIZED(ryft_compile_options), .replicas = 1024, .partitions = 1024};
  release(encode(&most));
}

static void every_failed_allocation_is_survived(void **state) {
  (void)state;
  static const int ids[] = {0, 1};
  static const unsigned char base[] = {0x28, 7, 0x1a, 2, 0x28, 2, 0x82, 0x7d, 2, 'h', 'i'};
  static const ryft_field_setting fields[] = {{"compiler_variant", "x"},
                                              {"argument_layouts[0].dimensions[0]", "4"},
                                              {"serialized_multi_slice_config", "0x01"},
                                              {DEBUG "xla_backend_extra_options[\"a\"]", "1"}};
  const ryft_named_value override = ryft_named_string("a", "b");
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options),
                                        .base = {base, sizeof base},
                                        .device_ids = ids,
                                        .device_id_count = 2,
                                        .overrides = &override,
                                        .override_count = 1,
                                        .fields = fields,
                                        .field_count = RYFT__COUNT(fields)};
  for (size_t nth = 1;; ++nth) {
    void *data = NULL;
    size_t size = 0;
    test_allocator_fail(nth);
    ryft_error *error = ryft_compile_options_encode(&options, &data, &size);
    const bool failed = test_allocator_failed();
    test_allocator_fail(0);
    if (error != NULL) {
      assert_true(failed);
      assert_code(error, RYFT_RESOURCE_EXHAUSTED, "");
      assert_null(data);
    }
    ryft_host_free(data);
    assert_int_equal(test_allocator_live(), 0);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cmp_04_defaults),
      cmocka_unit_test(cmp_04_members),
      cmocka_unit_test(cmp_04_spmd_follows_partitions),
      cmocka_unit_test(cmp_04_spmd_follows_partitions_of_fields),
      cmocka_unit_test(cmp_04_overrides),
      cmocka_unit_test(cmp_04_overrides_are_checked),
      cmocka_unit_test(cmp_04_fields_by_path),
      cmocka_unit_test(cmp_04_paths_and_values_are_checked),
      cmocka_unit_test(cmp_04_paths_have_an_end),
      cmocka_unit_test(cmp_04_missing_settings),
      cmocka_unit_test(cmp_04_a_base_is_kept),
      cmocka_unit_test(cmp_04_a_hostile_base),
      cmocka_unit_test(cmp_04_a_deep_base),
      cmocka_unit_test(cmp_04_an_inflating_base),
      cmocka_unit_test(new_03_counts_and_assignments),
      cmocka_unit_test(every_failed_allocation_is_survived),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
