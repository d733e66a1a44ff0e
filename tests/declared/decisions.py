# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What public functions are given in tests that follow from their declarations: read by tools/apilists.

A function needs a line here only where it takes something new, or where a comment cannot say that it takes NULL.
"""

# By type, without const. `s` is the scene of scene.h.
TYPED = {
    "ryft_plugin *": "s->plugin",
    "ryft_client *": "s->client",
    "ryft_device *": "s->device",
    "ryft_device_description *": "ryft_device_describe(s->device)",
    "ryft_memory *": "s->memory",
    "ryft_buffer *": "s->buffer",
    "ryft_event *": "s->event",
    "ryft_program *": "&s->program",
    "ryft_executable *": "ryft_loaded_executable_executable(s->executable)",
    "ryft_loaded_executable *": "s->executable",
    "ryft_session *": "s->session",
    "ryft_error *": "s->error",
    "ryft_found_plugins *": "s->found",
    "ryft_catalogue_entry *": "ryft_catalogue(NULL)[0]",
    "ryft_npy *": "s->npy",
    "struct PJRT_Api *": "ryft_plugin_api(s->plugin)",
    "ryft_shape": "RYFT_SHAPE(RYFT_S32, 4)",
    "ryft_type": "RYFT_S32",
    "ryft_code": "RYFT_ABORTED",
    "ryft_bytes": "s->program.code",
    "ryft_host_array *": "&s->array",
    "ryft_named_values": "(ryft_named_values){NULL, 0}",
    "ryft_write": "write_nothing",
    "void *": "s->room",
    "char *": "s->text",
    "bool": "true",
    "float": "1",
    "int64_t": "1",
    "uint64_t": "1",
    "int": "0",
    "size_t": "1",
}

# By the parameter's name, before its type is asked.
NAMED = {
    "size": "sizeof s->room",
    "actual_size": "sizeof s->room",
    "expected_size": "sizeof s->room",
    "slot": "s->output_slot",
    "index": "0",
    "arguments": "s->arguments",
    "argument_count": "2",
    "outputs": "s->outputs",
    "callback": "ignore",
}

# By function and parameter, before all that.
GIVEN = {
    "ryft_execute_all.arguments": "s->all_arguments",
    "ryft_execute_all.outputs": "s->all_outputs",
    "ryft_named_int64_list.values": "(const int64_t[]){1}",
    "ryft_npy_parse.bytes": "s->npy_bytes",
    "ryft_plugin_load.path": "ryft_plugin_path(s->plugin)",
    "ryft_plugin_load_named.name": '"cpu"',
    "ryft_session_create.input_count": "2",
    "ryft_session_create.input_names": "s->input_names",
    "ryft_session_create.output_names": "s->output_names",
    "ryft_session_get_at.device": "0",
    "ryft_session_output_at.device": "0",
    "ryft_session_set_at.device": "0",
    "ryft_session_set_at.slot": "0",
    "ryft_session_set_host_at.device": "0",
    "ryft_session_set_host_at.slot": "0",
}

# May be NULL, for a reason.
NULLABLE = {
    "ryft_error_copy.error": "gives NULL, which is no error",
    "ryft_error_create.message": 'an error is never lost; NULL counts as ""',
    "ryft_error_format.format": 'an error is never lost; NULL counts as ""',
}

# What of a struct is 0 when there is nothing.
EMPTY = {
    "ryft_device_list": ".count",
    "ryft_error_payload": ".value.size",
    "ryft_memory_list": ".count",
    "ryft_named_values": ".count",
}

# Structs of which zero is no default: a valid one in sizes.h, and the last field that it cannot be without.
VALID = {
    "ryft_host_array": ("valid_host_array", "size"),
    "ryft_layout": ("valid_layout", "minor_to_major"),
    "ryft_program": ("valid_program", "code"),
}

# Structs that tests/declared/sizes.c tries by hand.
BY_HAND = {
    "ryft_allocator": "is taken only while nothing is alive",
}

# By type, what steps of the sweeps are given: `s` is the scene of tests/sweep/sweep.h. The plugin must still be asked for
# all about `result`.
SWEPT = {
    "ryft_plugin *": "s->plugin",
    "ryft_client *": "s->client",
    "ryft_device *": "s->devices[0]",
    "ryft_memory *": "ryft_device_memories(s->devices[0]).items[0]",
    "ryft_buffer *": "s->result",
    "ryft_event *": "s->ready",
    "ryft_executable *": "ryft_loaded_executable_executable(s->executable)",
    "ryft_loaded_executable *": "s->executable",
    "ryft_session *": "s->session",
    "ryft_shape": "SWEEP_MATRIX",
}
