/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/compile_options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/assignment.h"
#include "src/core/option_age.h"
#include "src/proto/field.h"
#include "src/proto/gen/compile_options.pb-c.h"
#include "src/proto/message.h"

typedef Ryft__Xla__CompileOptionsProto options_proto;
typedef Ryft__Xla__ExecutableBuildOptionsProto build_proto;
typedef Ryft__Xla__DeviceAssignmentProto assignment_proto;
typedef Ryft__Xla__DeviceAssignmentProto__ComputationDevice computation_proto;
typedef Ryft__Xla__CompileOptionsProto__EnvOptionOverridesEntry override_entry;
typedef Ryft__Xla__OptionOverrideProto override_proto;

/* A list of one false, as XLA's own default has it; the plugins index it without looking. */
static ryft_error *one_false(protobuf_c_boolean **list, size_t *count) {
  *list = ryft__alloc_zero(sizeof **list);
  RYFT__TRY_ALLOC(*list);
  *count = 1;
  return NULL;
}

/* Build options with what XLA takes for their defaults; zeros on the wire would mean something
 * else. */
static ryft_error *fresh_build_options(build_proto **out) {
  *out = (build_proto *)ryft__proto_create(&ryft__xla__executable_build_options_proto__descriptor);
  RYFT__TRY_ALLOC(*out);
  build_proto *build = *out;
  build->has_device_ordinal = 1;
  build->device_ordinal = -1;
  build->has_process_count = 1;
  build->process_count = 1;
  RYFT_TRY(one_false(&build->allow_spmd_sharding_propagation_to_output,
                     &build->n_allow_spmd_sharding_propagation_to_output));
  return one_false(&build->allow_spmd_sharding_propagation_to_parameters,
                   &build->n_allow_spmd_sharding_propagation_to_parameters);
}

static const ryft__field_rule RULES[] = {
    RYFT__CHOICE_FIELD(ryft_compile_options, spmd),
    RYFT__CHOICE_FIELD(ryft_compile_options, shardy),
    RYFT__CHOICE_FIELD(ryft_compile_options, portable),
    RYFT__CHOICE_FIELD(ryft_compile_options, signature),
    RYFT__LIST_FIELD(ryft_compile_options, device_ids, device_id_count),
    RYFT__LIST_FIELD(ryft_compile_options, overrides, override_count),
    RYFT__LIST_FIELD(ryft_compile_options, fields, field_count),
};
static const ryft__options_type OPTIONS = RYFT__OPTIONS_TYPE(ryft_compile_options, RULES);

/* A count from the options, or from `base`, or the program's own, or 1. Absurd ones are refused
 * later. */
static void set_count(size_t given, size_t told, protobuf_c_boolean *has, int64_t *count) {
  if (given == 0 && *count == 0) given = told == 0 ? 1 : told;
  if (given != 0) *count = given > INT64_MAX ? INT64_MAX : (int64_t)given;
  *has = 1;
}

/* What the program says, where neither the options nor `base` have said anything. */
static void set_told(ryft_choice told, protobuf_c_boolean *has, protobuf_c_boolean *value) {
  if (told != RYFT_YES || *has) return;
  *has = *value = 1;
}

static void set_choice(ryft_choice given, protobuf_c_boolean *has, protobuf_c_boolean *value) {
  if (given == RYFT_DEFAULT) return;
  *has = 1;
  *value = given == RYFT_YES;
}

static ryft_error *check_counts(const build_proto *build, const char *where) {
  return ryft__assignment_check_counts(build->num_replicas, build->num_partitions, where);
}

static ryft_error *add_computation(assignment_proto *assignment,
                                   const int *ids,
                                   size_t replicas,
                                   size_t partitions,
                                   size_t partition) {
  computation_proto *computation = (computation_proto *)ryft__proto_create(
      &ryft__xla__device_assignment_proto__computation_device__descriptor);
  RYFT__TRY_ALLOC(computation);
  assignment->computation_devices[assignment->n_computation_devices++] = computation;
  computation->replica_device_ids = ryft__alloc_array(replicas, sizeof(int64_t));
  RYFT__TRY_ALLOC(computation->replica_device_ids);
  computation->n_replica_device_ids = replicas;
  for (size_t replica = 0; replica < replicas; ++replica) {
    computation->replica_device_ids[replica] = ids[replica * partitions + partition];
  }
  return NULL;
}

/* The counts of `build` are checked. */
static ryft_error *assign_devices(build_proto *build,
                                  const ryft_compile_options *options,
                                  const char *where) {
  const size_t replicas = (size_t)build->num_replicas, partitions = (size_t)build->num_partitions;
  if (options->device_ids == NULL) return NULL;
  if (options->device_id_count != replicas * partitions) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "%zu device ids for %zu replicas of %zu partitions, which take %zu",
                       options->device_id_count,
                       replicas,
                       partitions,
                       replicas * partitions);
  }
  if (build->device_assignment != NULL) ryft__proto_free(&build->device_assignment->base);
  assignment_proto *assignment =
      (assignment_proto *)ryft__proto_create(&ryft__xla__device_assignment_proto__descriptor);
  build->device_assignment = assignment;
  RYFT__TRY_ALLOC(assignment);
  assignment->has_replica_count = assignment->has_computation_count = 1;
  assignment->replica_count = (int32_t)replicas;
  assignment->computation_count = (int32_t)partitions;
  assignment->computation_devices = ryft__alloc_array(partitions, sizeof(computation_proto *));
  RYFT__TRY_ALLOC(assignment->computation_devices);
  for (size_t partition = 0; partition < partitions; ++partition) {
    RYFT_TRY(add_computation(assignment, options->device_ids, replicas, partitions, partition));
  }
  return NULL;
}

static ryft_error *apply_members(options_proto *message,
                                 const ryft_compile_options *options,
                                 const ryft_program_facts *program,
                                 const char *where) {
  static const ryft_program_facts nothing = {RYFT_SIZED(ryft_program_facts)};
  if (program == NULL) program = &nothing;
  if (message->executable_build_options == NULL) {
    RYFT_TRY(fresh_build_options(&message->executable_build_options));
  }
  build_proto *build = message->executable_build_options;
  set_count(options->replicas, program->replicas, &build->has_num_replicas, &build->num_replicas);
  set_count(
      options->partitions, program->partitions, &build->has_num_partitions, &build->num_partitions);
  RYFT_TRY(check_counts(build, where));
  set_choice(options->spmd, &build->has_use_spmd_partitioning, &build->use_spmd_partitioning);
  set_choice(options->shardy, &build->has_use_shardy_partitioner, &build->use_shardy_partitioner);
  set_told(program->spmd, &build->has_use_spmd_partitioning, &build->use_spmd_partitioning);
  set_told(program->shardy, &build->has_use_shardy_partitioner, &build->use_shardy_partitioner);
  set_choice(options->portable,
             &message->has_compile_portable_executable,
             &message->compile_portable_executable);
  return assign_devices(build, options, where);
}

/* The value of an override, in the field of its type: XLA refuses "true" where it wants a bool. */
static ryft_error *set_override(override_proto *out,
                                const ryft_named_value *value,
                                const char *where) {
  switch ((int)value->type) {
    case RYFT_VALUE_STRING:
      if (value->as.string == NULL || memchr(value->as.string, '\0', value->count) != NULL) break;
      out->string_field = ryft__copy_text(value->as.string, value->count);
      RYFT__TRY_ALLOC(out->string_field);
      out->value_case = RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_STRING_FIELD;
      return NULL;
    case RYFT_VALUE_INT64:
      out->int_field = value->as.integer;
      out->value_case = RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_INT_FIELD;
      return NULL;
    case RYFT_VALUE_FLOAT:
      out->double_field = (double)value->as.number;
      out->value_case = RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_DOUBLE_FIELD;
      return NULL;
    case RYFT_VALUE_BOOL:
      out->bool_field = value->as.boolean;
      out->value_case = RYFT__XLA__OPTION_OVERRIDE_PROTO__VALUE_BOOL_FIELD;
      return NULL;
    default:
      break;
  }
  return ryft__error(
      RYFT_INVALID_ARGUMENT,
      where,
      NULL,
      "override \"%s\": the value is a string without NUL, an integer, a number or a "
      "bool",
      value->name);
}

/* The entry called `name`: one that `base` brought, or a new one. */
static ryft_error *override_entry_for(options_proto *message,
                                      const char *name,
                                      override_entry **out) {
  for (size_t i = 0; i < message->n_env_option_overrides; ++i) {
    *out = message->env_option_overrides[i];
    if ((*out)->key != NULL && strcmp((*out)->key, name) == 0) return NULL;
  }
  *out = (override_entry *)ryft__proto_create(
      &ryft__xla__compile_options_proto__env_option_overrides_entry__descriptor);
  RYFT__TRY_ALLOC(*out);
  message->env_option_overrides[message->n_env_option_overrides++] = *out;
  (*out)->key = ryft__copy_text(name, strlen(name));
  RYFT__TRY_ALLOC((*out)->key);
  return NULL;
}

static ryft_error *apply_override(options_proto *message,
                                  const ryft_named_value *value,
                                  const char *where) {
  override_entry *entry = NULL;
  if (value->name == NULL || value->name[0] == '\0') {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "an override has no name");
  }
  RYFT_TRY(override_entry_for(message, value->name, &entry));
  if (entry->value != NULL) ryft__proto_free(&entry->value->base);
  entry->value =
      (override_proto *)ryft__proto_create(&ryft__xla__option_override_proto__descriptor);
  RYFT__TRY_ALLOC(entry->value);
  return set_override(entry->value, value, where);
}

static ryft_error *apply_overrides(options_proto *message,
                                   const ryft_compile_options *options,
                                   const char *where) {
  size_t entries = 0, bytes = 0;
  if (options->override_count == 0) return NULL;
  if (__builtin_add_overflow(message->n_env_option_overrides, options->override_count, &entries) ||
      __builtin_mul_overflow(entries, sizeof(override_entry *), &bytes)) {
    return ryft__out_of_memory();
  }
  override_entry **larger = ryft__realloc(message->env_option_overrides, bytes);
  RYFT__TRY_ALLOC(larger);
  message->env_option_overrides = larger;
  for (size_t i = 0; i < options->override_count; ++i) {
    RYFT_TRY(apply_override(message, &options->overrides[i], where));
  }
  return NULL;
}

static ryft_error *apply_fields(options_proto *message,
                                const ryft_compile_options *options,
                                const ryft__table *table,
                                const char *where) {
  for (size_t i = 0; i < options->field_count; ++i) {
    const ryft_field_setting *setting = &options->fields[i];
    if (setting->path == NULL || setting->value == NULL) {
      return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "field setting %zu is NULL", i);
    }
    RYFT_TRY(ryft__field_set(&message->base, setting->path, setting->value, where));
    if (table != NULL) RYFT_TRY(ryft__option_age_check(table, setting->path, where));
  }
  return NULL;
}

static int compare_ids(const void *left, const void *right) {
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static ryft_error *check_ids(int64_t *ids, size_t count, const char *where) {
  qsort(ids, count, sizeof *ids, compare_ids);
  for (size_t i = 0; i < count; ++i) {
    if (ids[i] < 0 || ids[i] > INT32_MAX) {
      return ryft__error(
          RYFT_INVALID_ARGUMENT, where, NULL, "%" PRId64 " is not a valid device id", ids[i]);
    }
    if (i > 0 && ids[i] == ids[i - 1]) {
      return ryft__error(
          RYFT_INVALID_ARGUMENT, where, NULL, "device %" PRId64 " is assigned twice", ids[i]);
    }
  }
  return NULL;
}

/* Wherever it came from. */
static ryft_error *check_assignment(const build_proto *build, const char *where) {
  const assignment_proto *assignment = build->device_assignment;
  if (assignment == NULL) return NULL;
  if (assignment->replica_count != build->num_replicas ||
      assignment->computation_count != build->num_partitions ||
      !ryft__assignment_is_whole(assignment)) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "device_assignment does not fit %" PRId64 " replicas of %" PRId64
                       " partitions",
                       build->num_replicas,
                       build->num_partitions);
  }
  const size_t replicas = (size_t)build->num_replicas;
  const size_t count = replicas * (size_t)build->num_partitions;
  int64_t *ids = ryft__alloc_array(count, sizeof *ids);
  RYFT__TRY_ALLOC(ids);
  for (size_t i = 0; i < assignment->n_computation_devices; ++i) {
    memcpy(ids + i * replicas,
           assignment->computation_devices[i]->replica_device_ids,
           replicas * sizeof *ids);
  }
  ryft_error *error = check_ids(ids, count, where);
  ryft__free(ids);
  return error;
}

/* -1 lets the plugin choose; what is below it ends the process. */
static ryft_error *check_ordinal(const build_proto *build, const char *where) {
  if (build->device_ordinal >= -1) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "device_ordinal is %" PRId64 "; it must be at least -1",
                     (int64_t)build->device_ordinal);
}

/* XLA's flags and the target are left alone: a message from elsewhere has all of them, as the XLA
 * that wrote it has them. */
static ryft_error *check_base(const options_proto *message,
                              const ryft__table *table,
                              const char *where) {
  RYFT_TRY(ryft__option_age_check_message(table, &message->base, where));
  if (message->executable_build_options == NULL) return NULL;
  return ryft__option_age_check_message(table, &message->executable_build_options->base, where);
}

static ryft_error *apply(options_proto *message,
                         const ryft_compile_options *options,
                         const ryft__compile_case *about,
                         const char *where) {
  RYFT_TRY(apply_members(message, options, about->program, where));
  RYFT_TRY(apply_overrides(message, options, where));
  RYFT_TRY(apply_fields(message, options, about->table, where));
  /* `fields` reach the counts and the assignment, too. */
  build_proto *build = message->executable_build_options;
  RYFT_TRY(check_counts(build, where));
  RYFT_TRY(check_ordinal(build, where));
  if (build->num_partitions > 1 && !build->has_use_spmd_partitioning) {
    set_choice(RYFT_YES, &build->has_use_spmd_partitioning, &build->use_spmd_partitioning);
  }
  return check_assignment(build, where);
}

ryft_error *ryft__compile_options_encode(const ryft_compile_options *options,
                                         const ryft__compile_case *about,
                                         void **out_data,
                                         size_t *out_size,
                                         ryft__compile_facts *out_facts,
                                         const char *where) {
  *out_data = NULL;
  *out_size = 0;
  ryft_compile_options own;
  ProtobufCMessage *unpacked = NULL;
  RYFT_TRY(ryft__read_options(options, &own, &OPTIONS, where));
  if (own.base.data == NULL && own.base.size != 0) {
    return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`base.data` is NULL");
  }
  const bool formerly = about->former.data != NULL, checked = !formerly && about->table != NULL;
  RYFT_TRY(ryft__proto_unpack(&ryft__xla__compile_options_proto__descriptor,
                              formerly ? about->former : own.base,
                              formerly ? "the former options" : "base",
                              &unpacked,
                              where));
  options_proto *message = (options_proto *)unpacked;
  ryft_error *error = checked ? check_base(message, about->table, where) : NULL;
  if (error == NULL) error = apply(message, &own, about, where);
  if (error == NULL) error = ryft__proto_pack(unpacked, out_data, out_size, where);
  if (error == NULL && out_facts != NULL) {
    *out_facts = (ryft__compile_facts){
        .replicas = (size_t)message->executable_build_options->num_replicas,
        .partitions = (size_t)message->executable_build_options->num_partitions,
        .portable = message->compile_portable_executable != 0 ? RYFT_YES : RYFT_NO,
        .tupled = message->parameter_is_tupled_arguments != 0,
        .signature_off = own.signature == RYFT_NO,
    };
  }
  ryft__proto_free(unpacked);
  return error;
}

ryft_error *ryft_compile_options_encode(const ryft_compile_options *options,
                                        void **out_data,
                                        size_t *out_size) {
  RYFT__REQUIRE(out_data);
  RYFT__REQUIRE(out_size);
  return ryft__compile_options_encode(options,
                                      &(ryft__compile_case){.table = NULL},
                                      out_data,
                                      out_size,
                                      /* out_facts= */ NULL,
                                      __func__);
}
