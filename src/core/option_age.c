/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/option_age.h"

#include <stdio.h>
#include <string.h>

#include "src/base/error.h"
#include "src/proto/gen/compile_options.pb-c.h"

/* Plugins carry the description of the messages that they were built with; builds of these minors
 * were read. What is in the first of them already, or in a message that is not, needs no row, and
 * what is new between two of them came nobody knows when. tools/option_ages.py prints the rows;
 * docs/design/option-ages.md says more. */
static const int READ[] = {81, 85, 90, 96, 100, 104, 106, 108, 112, 114, 115, 116};

typedef struct age {
  const char *name;
  int since; /* the first in READ that has it; 0: all older ones had it */
  int last;  /* the last in READ that has it; 0: so does the latest */
} age;

static const age COMPILE[] = {
    {"matrix_unit_operand_precision", 85, 0},
    {"compiler_variant", 90, 0},
    {"individually_defined_output_indices", 115, 0},
};

static const age BUILD[] = {
    {"exec_time_optimization_effort", 0, 114},
    {"memory_fitting_effort", 0, 114},
    {"slice_size", 0, 114},
    {"gpu_topology", 114, 0},
};

static const age DEBUG[] = {
    {"xla_gpu_experimental_enable_buffer_saver_on_thunks", 85, 0},
    {"xla_detect_unstable_reductions_post_optimizations", 85, 0},
    {"xla_dump_emitter_re", 85, 0},
    {"xla_gpu_gemm_autotuner_override_file", 85, 0},
    {"xla_enable_scoped_logging_timers", 85, 0},
    {"xla_gpu_executable_embed_debug_info", 85, 0},
    {"xla_cpu_collective_timeout_seconds", 85, 0},
    {"xla_allow_h2h_copy_when_automatic_host_compute_offload_disabled", 85, 0},
    {"xla_gpu_enable_pipelined_host_offloading", 85, 0},
    {"xla_gpu_default_to_alg_dot_bf16_bf16_f32", 90, 0},
    {"xla_gpu_experimental_autotune_backends", 90, 0},
    {"xla_gpu_experimental_all_fusions_with_triton", 96, 0},
    {"xla_gpu_dump_autotuned_instructions", 96, 0},
    {"xla_hlo_print_inline_stack_frames", 96, 0},
    {"xla_cpu_scheduler_type", 96, 0},
    {"xla_gpu_rocm_max_trace_events", 96, 0},
    {"xla_gpu_execution_terminate_timeout", 96, 0},
    {"xla_enable_hlo_sharding_v3", 96, 0},
    {"xla_gpu_log_minmax", 96, 0},
    {"xla_gpu_print_compilation_stats", 96, 0},
    {"xla_gpu_experimental_enable_conv_fusion", 96, 0},
    {"xla_gpu_experimental_enable_tiling_propagation", 100, 0},
    {"xla_gpu_execution_progress_tracking", 100, 0},
    {"xla_gpu_experimental_max_unroll_factor", 100, 0},
    {"xla_gpu_enable_pdl", 100, 0},
    {"xla_gpu_collective_combine_threshold_count", 104, 0},
    {"xla_gpu_experimental_ragged_all_to_all_use_barrier_with_nccl", 104, 0},
    {"xla_recognize_reduction_optimization_level", 104, 0},
    {"xla_gpu_experimental_parallel_async_compute_limit", 104, 0},
    {"xla_dump_buffer_assignment_analysis", 104, 0},
    {"xla_cpu_opt_preset", 104, 0},
    {"xla_gpu_collectives_implementation", 104, 0},
    {"xla_gpu_command_buffer_update_mode", 104, 0},
    {"xla_gpu_experimental_enable_collective_multi_streaming", 104, 0},
    {"xla_gpu_collective_permute_connected_components", 104, 0},
    {"xla_gpu_experimental_force_split_k", 104, 0},
    {"xla_gpu_collective_permute_mode", 106, 0},
    {"xla_gpu_experimental_cost_model_gemm_tiling_options", 106, 0},
    {"xla_gpu_experimental_gemm_fusion_v2", 106, 0},
    {"xla_gpu_fusion_autotune_top_k_configs", 106, 0},
    {"xla_gpu_native_emitter_tune_unroll_factor_for_loops", 108, 0},
    {"xla_enable_rgv3_materialization", 108, 0},
    {"xla_gpu_experimental_autotune_post_fusion", 112, 0},
    {"xla_gpu_ragged_all_to_all_mode", 112, 0},
    {"xla_gpu_deviceless_cub_mode", 112, 0},
    {"xla_gpu_experimental_dynamic_slice_fusion_verify_offsets", 112, 0},
    {"xla_gpu_all_gather_mode", 112, 0},
    {"xla_gpu_executable_num_compute_streams", 112, 0},
    {"xla_gpu_executable_num_communication_streams", 112, 0},
    {"xla_gpu_experimental_collective_start_as_early_as_possible", 112, 0},
    {"xla_cpu_experimental_enable_tiling_propagation", 112, 0},
    {"xla_gpu_enable_dus_accumulator_zero_init_elimination", 112, 0},
    {"xla_gpu_ptx_compiler_extra_flags", 112, 0},
    {"xla_gpu_experimental_thunk_buffer_debug_module_outputs", 112, 0},
    {"xla_cpu_ftz", 112, 0},
    {"xla_gpu_enable_allocator_spatial_partitioning", 114, 0},
    {"xla_dump_compact_gte", 114, 0},
    {"xla_run_hlo_passes_starting_from", 114, 0},
    {"xla_gpu_enable_collectives_command_buffer_filter", 114, 0},
    {"xla_dump_hlo_as_riegeli", 114, 0},
    {"xla_gpu_experimental_use_ragged_dot_grouped_gemm", 100, 0},
    {"xla_dump_hlo_to_subfolder", 106, 0},
    {"xla_enable_nccl_symmetric_buffers_for_collectives", 114, 0},
    {"xla_gpu_enable_pdl_launch", 114, 0},
    {"xla_gpu_cudnn_deviceless_compilation_mode", 114, 0},
    {"xla_gpu_enable_nccl_user_buffers_in_default_space", 114, 0},
    {"xla_sdy_export_all_reduce_scatter", 112, 0},
    {"xla_gpu_enable_gxl_ragged_all_to_all", 114, 0},
    {"xla_gpu_gxl_scratch_size_bytes", 114, 0},
    {"xla_gpu_use_new_autotune_cache_format", 114, 0},
    {"xla_gpu_experimental_use_collective_kernels", 114, 0},
    {"xla_gpu_pipeline_all_gather", 114, 0},
    {"xla_gpu_pipeline_all_reduce", 114, 0},
    {"xla_gpu_pipeline_reduce_scatter", 114, 0},
    {"xla_spmd_enable_dynamic_slice_collective_broadcast", 114, 0},
    {"xla_gpu_experimental_ragged_all_to_all_use_device_kernel", 114, 0},
    {"xla_gpu_async_copy_min_bytes", 114, 0},
    {"xla_gpu_blas_max_algorithms", 114, 0},
    {"xla_gpu_experimental_enable_selective_memcpy_overlap", 114, 0},
    {"xla_gpu_experimental_enable_same_shape_multi_output_fusion", 114, 0},
    {"xla_gpu_experimental_scheduler_memory_fencing_threshold_bytes", 114, 0},
    {"xla_gpu_experimental_scheduler_memory_fencing_slack_windows", 114, 0},
    {"xla_while_loop_all_reduce_dus_code_motion_max_size_bytes", 114, 0},
    {"xla_cpu_use_new_xtile_lowering", 114, 0},
    {"xla_gpu_trace_annotation_level", 114, 0},
    {"xla_gpu_experimental_cost_model_gemm_tiling_default", 114, 0},
    {"xla_gpu_allow_ragged_all_to_all_nccl_send_recv_fallback", 114, 0},
    {"xla_gpu_all_reduce_splitter_ignore_profitability_check", 114, 0},
    {"xla_gpu_enable_cupti_multi_subscriber", 114, 0},
    {"xla_enable_hlo_modules_upload", 114, 0},
    {"xla_gpu_collective_domain_assignment", 114, 0},
    {"xla_gpu_hlo_custom_call_allowlist", 115, 0},
    {"xla_gpu_experimental_parallel_scale_up_collective_overlap_limit", 115, 0},
    {"xla_compile_all_supported_configs", 115, 0},
    {"xla_gpu_dump_cost_model_top_k_candidates_to", 115, 0},
    {"xla_gpu_unsupported_use_cross_host_one_shot_kernel", 115, 0},
    {"xla_deduplicate_backend_configs_min_size", 115, 0},
    {"xla_force_config", 115, 0},
    {"xla_candidate_configs_file", 115, 0},
    {"xla_gpu_enable_persistent_symmetric_memory", 115, 0},
    {"xla_gpu_experimental_enable_raft_for_stable_topk", 115, 0},
    {"xla_autotuner_preferred_backend", 116, 0},
    {"xla_cpu_mock_custom_calls", 116, 0},
    {"xla_gpu_experimental_early_exit", 116, 0},
    {"xla_gpu_experimental_emit_collective_reduce", 116, 0},
    {"xla_gpu_experimental_vmm_disabled", 116, 0},
    {"xla_gpu_experimental_enable_dynamic_slice_table_offsets", 116, 0},
    {"xla_gpu_device_execution_terminate_timeout", 116, 0},
    {"xla_gpu_topology_filename", 116, 0},
    {"xla_gpu_experimental_enable_dynamic_slice_extended_offsets", 116, 0},
    {"xla_gpu_experimental_deterministic_ops_triton", 116, 0},
    {"xla_gpu_experimental_enable_tensor_ir", 116, 0},
};

static const age GPU[] = {
    {"oneapi_compute_capability", 90, 0},
    {"scalar_unit_description", 90, 0},
    {"matrix_unit_description", 90, 0},
    {"driver_version", 104, 0},
    {"kernel_mode_driver_version", 104, 0},
    {"runtime_version", 104, 0},
    {"compile_time_toolkit_version", 104, 0},
    {"dnn_version", 104, 0},
    {"cub_version", 104, 0},
    {"device_interconnect_info", 104, 0},
    {"device_vendor", 104, 0},
    {"platform_version", 104, 0},
    {"pci_bus_id", 104, 0},
    {"name", 104, 0},
    {"model_str", 104, 0},
    {"numa_node", 104, 0},
    {"thread_dim_limit_x", 104, 0},
    {"thread_dim_limit_y", 104, 0},
    {"thread_dim_limit_z", 104, 0},
    {"device_address_bits", 104, 0},
    {"pcie_bandwidth", 104, 0},
    {"ecc_enabled", 104, 0},
    {"mem_clock_ghz", 114, 0},
    {"reserved_shared_memory_per_block", 114, 0},
    {"max_blocks_per_multiprocessor", 114, 0},
    {"collective_memory_granularity", 114, 0},
    {"oversized_shared_memory_per_block", 116, 0},
    {"confidential_computing_enabled", 116, 0},
};

static const age GEMM[] = {
    {"autotune_workspace_size", 85, 0},
};

static const age TRITON[] = {
    {"waves_per_eu", 104, 0},
    {"group_size", 115, 0},
};

static const struct {
  const ProtobufCMessageDescriptor *message;
  const age *fields;
  size_t count;
} MESSAGES[] = {
    {&ryft__xla__compile_options_proto__descriptor, COMPILE, RYFT__COUNT(COMPILE)},
    {&ryft__xla__executable_build_options_proto__descriptor, BUILD, RYFT__COUNT(BUILD)},
    {&ryft__xla__debug_options__descriptor, DEBUG, RYFT__COUNT(DEBUG)},
    {&ryft__xla__gpu_device_info_proto__descriptor, GPU, RYFT__COUNT(GPU)},
    {&ryft__xla__autotune_result__gemm_key__descriptor, GEMM, RYFT__COUNT(GEMM)},
    {&ryft__xla__autotune_result__triton_gemm_key__descriptor, TRITON, RYFT__COUNT(TRITON)},
};

static const age *find(const ProtobufCFieldDescriptor *field,
                       const ProtobufCMessageDescriptor *message) {
  for (size_t i = 0; i < RYFT__COUNT(MESSAGES); ++i) {
    if (MESSAGES[i].message != message) continue;
    for (size_t row = 0; row < MESSAGES[i].count; ++row) {
      if (strcmp(MESSAGES[i].fields[row].name, field->name) == 0) return &MESSAGES[i].fields[row];
    }
  }
  return NULL;
}

/* Neighbours in READ, which a row is bound to have: something was different there. */
static int read_before(int minor) {
  size_t i = RYFT__COUNT(READ) - 1;
  while (i > 0 && READ[i] >= minor) --i;
  return READ[i];
}

static int read_after(int minor) {
  size_t i = 0;
  while (i < RYFT__COUNT(READ) - 1 && READ[i] <= minor) ++i;
  return READ[i];
}

/* What is known, and no more. */
static void tell_since(char *out, size_t size, int since) {
  const int lacks = read_before(since), major = PJRT_API_MAJOR;
  if (lacks + 1 == since) {
    (void)snprintf(out, size, "was added in %d.%d", major, since);
  } else {
    (void)snprintf(out,
                   size,
                   "is not in %d.%d; the first known to have it is %d.%d",
                   major,
                   lacks,
                   major,
                   since);
  }
}

static void tell_last(char *out, size_t size, int last) {
  const int lacks = read_after(last), major = PJRT_API_MAJOR;
  if (last + 1 == lacks) {
    (void)snprintf(out, size, "was there for the last time in %d.%d", major, last);
  } else {
    (void)snprintf(out,
                   size,
                   "is no longer in %d.%d; the last known to have it is %d.%d",
                   major,
                   lacks,
                   major,
                   last);
  }
}

static ryft_error *check_field(const ryft__table *table,
                               const ProtobufCMessageDescriptor *message,
                               const ProtobufCFieldDescriptor *field,
                               const char *where) {
  const age *known = find(field, message);
  if (known == NULL) return NULL;
  const bool young = known->since != 0 && table->minor <= read_before(known->since);
  const bool old = known->last != 0 && table->minor >= read_after(known->last);
  if (!young && !old) return NULL;
  char age_text[96];
  if (young) tell_since(age_text, sizeof age_text, known->since);
  if (old) tell_last(age_text, sizeof age_text, known->last);
  return ryft__error(RYFT_UNIMPLEMENTED,
                     where,
                     NULL,
                     "the plugin speaks PJRT %d.%d and would ignore %s.%s, which %s",
                     table->major,
                     table->minor,
                     message->short_name,
                     field->name,
                     age_text);
}

/* Behind a step's name: past `[3]` or `["key"]`, and the dot. */
static const char *skip_pick(const char *at) {
  const char *end = strncmp(at, "[\"", 2) == 0 ? strstr(at, "\"]") : at;
  if (*at == '[' && end != NULL) end = strchr(end, ']');
  if (end == NULL || *end == '\0') return NULL;
  if (*end == ']') ++end;
  return *end == '.' ? end + 1 : NULL;
}

/* The message that a field's own fields are in: of a map's entry it is the value. */
static const ProtobufCMessageDescriptor *inside(const ProtobufCFieldDescriptor *field, bool keyed) {
  if (field->type != PROTOBUF_C_TYPE_MESSAGE) return NULL;
  const ProtobufCMessageDescriptor *message = field->descriptor;
  if (!keyed) return message;
  field = protobuf_c_message_descriptor_get_field_by_name(message, "value");
  return field == NULL ? NULL : inside(field, /* keyed= */ false);
}

ryft_error *ryft__option_age_check(const ryft__table *table, const char *path, const char *where) {
  const ProtobufCMessageDescriptor *message = &ryft__xla__compile_options_proto__descriptor;
  while (path != NULL && message != NULL) {
    char name[128];
    const size_t length = strcspn(path, ".[");
    if (length >= sizeof name) return NULL;
    memcpy(name, path, length);
    name[length] = '\0';
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message, name);
    if (field == NULL) return NULL;
    RYFT_TRY(check_field(table, message, field, where));
    message = inside(field, strncmp(path + length, "[\"", 2) == 0);
    path = skip_pick(path + length);
  }
  return NULL;
}

static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  const char *base = (const char *)message;
  if (field->label == PROTOBUF_C_LABEL_REPEATED) {
    return *(const size_t *)(const void *)(base + field->quantifier_offset) != 0;
  }
  if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE) {
    return *(const void *const *)(const void *)(base + field->offset) != NULL;
  }
  return *(const protobuf_c_boolean *)(const void *)(base + field->quantifier_offset) != 0;
}

ryft_error *ryft__option_age_check_message(const ryft__table *table,
                                           const ProtobufCMessage *message,
                                           const char *where) {
  for (unsigned i = 0; i < message->descriptor->n_fields; ++i) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
    if (!is_set(message, field)) continue;
    RYFT_TRY(check_field(table, message->descriptor, field, where));
  }
  return NULL;
}
