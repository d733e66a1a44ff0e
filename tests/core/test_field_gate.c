/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What the plugin under test is too old for is refused, with both versions, and everything else is
 * let through. What to expect of which plugin comes from the registry of PJRT's facts, so that a
 * new plugin or a new fact needs no change here. */
#include <stdio.h>

#include "core/program_support.h"
#include "src/abi/call.h"
#include "src/core/plugin.h"

static const ryft__table *table_of(const fixture *self) {
  return &self->plugin->table;
}

/* "the plugin speaks PJRT 0.81 … `name` … was added in 0.112": takes the error. */
static void expect_too_new(ryft_error *error,
                           const ryft__table *table,
                           const char *name,
                           int since) {
  char ours[32], theirs[32];
  (void)snprintf(ours, sizeof ours, "PJRT %d.%d", table->major, table->minor);
  (void)snprintf(theirs, sizeof theirs, "added in %d.%d", table->major, since);
  const char *message = ryft_error_message(error);
  const bool right = ryft_error_code(error) == RYFT_UNIMPLEMENTED &&
                     !ryft_error_is_from_plugin(error) && strstr(message, ours) != NULL &&
                     strstr(message, name) != NULL && strstr(message, theirs) != NULL;
  if (!right) print_error("%s, since 0.%d: %s\n", name, since, message);
  ryft_error_destroy(error);
  assert_true(right);
}

/* Refused when the plugin is older than `since`, else not. Takes the error. */
static void expect_gate(ryft_error *error, const ryft__table *table, const char *name, int since) {
  if (since > table->minor) {
    expect_too_new(error, table, name, since);
    return;
  }
  if (error != NULL) print_error("%s, since 0.%d:\n", name, since);
  assert_ok(error);
}

static int since_of(int struct_id, const char *name) {
  const ryft__struct *kind = &ryft__structs[struct_id];
  const ryft__field *field = &ryft__fields[kind->first_field];
  for (unsigned i = 0; i < kind->fields; ++i, ++field) {
    if (strcmp(ryft__name(field->name), name) == 0) return field->since;
  }
  fail_msg("%s has no %s", ryft__name(kind->name), name);
  return 0;
}

/* ---- Every input of every function, straight at the gate. Nothing is called. */

enum { ROOM = 1024 };

typedef struct probe {
  const ryft__table *table;
  int fn;
  unsigned char args[ROOM];
  unsigned char nested[ROOM];
  size_t refused, passed;
} probe;

static _Alignas(16) unsigned char nothing[ROOM];

static void set_field(unsigned char *base, const ryft__field *field) {
  const unsigned char *somewhere = nothing;
  if (field->size == sizeof somewhere) {
    memcpy(base + field->offset, &somewhere, sizeof somewhere);
  } else {
    base[field->offset] = 1;
  }
}

static void expect_probe(probe *p, const char *name, int since) {
  expect_gate(ryft__field_gate(p->table, p->fn, p->args, __func__), p->table, name, since);
  ++*(since > p->table->minor ? &p->refused : &p->passed);
}

static void probe_enum(probe *p, unsigned char *base, const ryft__field *field) {
  const ryft__enum *kind = &ryft__enums[field->ref];
  for (unsigned i = 0; i < kind->values; ++i) {
    const ryft__enumerator *value = &ryft__enumerators[kind->first_value + i];
    if (value->number == 0) continue; /* the default */
    memcpy(base + field->offset, &value->number, sizeof value->number);
    expect_probe(p, ryft__name(value->name), value->since);
  }
  memset(base + field->offset, 0, sizeof(int32_t));
}

static void probe_fields(probe *p, const ryft__struct *kind, unsigned char *base, bool nest);

/* `base` gets a pointer to a struct whose fields are then set one by one. */
static void probe_nested(probe *p, const ryft__struct *kind, const ryft__field *field) {
  const unsigned char *nested = p->nested;
  assert_true(ryft__structs[field->ref].size <= ROOM && kind->size <= ROOM);
  memcpy(p->args + field->offset, &nested, sizeof nested);
  probe_fields(p, &ryft__structs[field->ref], p->nested, /* nest= */ false);
  memset(p->args + field->offset, 0, sizeof nested);
}

static void probe_fields(probe *p, const ryft__struct *kind, unsigned char *base, bool nest) {
  for (unsigned i = 0; i < kind->fields; ++i) {
    const ryft__field *field = &ryft__fields[kind->first_field + i];
    const bool internal = field->kind == RYFT__KIND_HIDDEN || field->kind == RYFT__KIND_EXTENSIONS;
    if (internal || (field->flags & RYFT__FIELD_IN) == 0 || field->tag != RYFT__NO_FIELD) continue;
    if (field->kind == RYFT__KIND_ENUM && field->shape == RYFT__SHAPE_VALUE) {
      if (field->since <= p->table->minor) probe_enum(p, base, field);
      continue;
    }
    if (nest && field->kind == RYFT__KIND_STRUCT && field->shape == RYFT__SHAPE_ONE &&
        field->since <= p->table->minor) {
      probe_nested(p, kind, field);
    }
    set_field(base, field);
    /* Lists of structs are only looked into when they have a length. */
    expect_probe(p, ryft__name(field->name), field->since);
    memset(base + field->offset, 0, field->size);
  }
}

static void new_02_every_input_by_its_age(void **state) {
  const fixture *self = *state;
  static probe p;
  p = (probe){.table = table_of(self)};
  for (p.fn = 0; p.fn < RYFT__FN_CORE_COUNT; ++p.fn) {
    if (!ryft__table_has(p.table, p.fn)) continue;
    probe_fields(&p, &ryft__structs[ryft__fns[p.fn].args], p.args, /* nest= */ true);
  }
  print_message("%zu inputs and enumerators pass, %zu are refused\n", p.passed, p.refused);
  assert_true(p.passed > 300);
  /* Our own registry ends at 0.114: a plugin of that age or newer has all of it. */
  assert_true((p.refused == 0) == (p.table->minor >= PJRT_API_MINOR));
}

/* ---- Functions. */

static void new_02_every_function_by_its_age(void **state) {
  const fixture *self = *state;
  const ryft__table *table = table_of(self);
  size_t missing = 0;
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    const bool there = ryft__fns[fn].since <= table->minor;
    assert_true(ryft_plugin_has(self->plugin, ryft__fn_name(fn)) == there);
    if (there) continue;
    expect_too_new(
        ryft__slot_missing(table, fn, __func__), table, ryft__fn_name(fn), ryft__fns[fn].since);
    ++missing;
  }
  assert_true((missing == 0) == (table->minor >= PJRT_API_MINOR));
}

/* Refused as too old exactly when it is; what else the plugin has to say is its own business. Takes
 * the error. */
static void expect_only_gate(ryft_error *error, const ryft__table *table, int fn) {
  const int since = ryft__fns[fn].since;
  if (since > table->minor) {
    expect_too_new(error, table, ryft__fn_name(fn), since);
    return;
  }
  assert_int_not_equal(ryft_error_code(error), RYFT_UNIMPLEMENTED);
  ryft_error_destroy(error);
}

/* The public functions that need one entry point and have no way around it. */
static ryft_error *load(const fixture *self, ryft_loaded_executable *executable) {
  ryft_loaded_executable *loaded = NULL;
  ryft_error *error = ryft_client_load(
      self->client, ryft_loaded_executable_executable(executable), /* options= */ NULL, &loaded);
  assert_true((error == NULL) == (loaded != NULL));
  ryft_loaded_executable_destroy(loaded);
  return error;
}

static ryft_error *logical_ids(const fixture *self, ryft_loaded_executable *executable) {
  (void)self;
  const ryft_logical_id *ids = NULL;
  size_t count = 0;
  ryft_error *error = ryft_loaded_executable_logical_ids(executable, &ids, &count);
  assert_true((error == NULL) == (count == 1));
  return error;
}

static ryft_error *event(const fixture *self, ryft_loaded_executable *executable) {
  (void)executable;
  ryft_event *made = NULL;
  ryft_error *error = ryft_event_create(self->plugin, &made);
  assert_true((error == NULL) == (made != NULL));
  ryft_event_destroy(made);
  return error;
}

static void new_02_public_functions_by_their_age(void **state) {
  static const struct {
    int fn;
    ryft_error *(*call)(const fixture *self, ryft_loaded_executable *executable);
  } rows[] = {
      {RYFT__FN_Client_Load, load},
      {RYFT__FN_LoadedExecutable_AddressableDeviceLogicalIds, logical_ids},
      {RYFT__FN_Event_Create, event},
  };
  const fixture *self = *state;
  ryft_loaded_executable *executable = compile(self, ADD_TEXT, NULL);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    const int fn = rows[i].fn;
    expect_only_gate(rows[i].call(self, executable), table_of(self), fn);
  }
  ryft_loaded_executable_destroy(executable);
}

/* ---- Kinds of things, all the way: for options see test_option_verdicts.c and
 * test_compile_verdicts.c. */

static void new_02_element_types(void **state) {
  const fixture *self = *state;
  const ryft__enum *types = &ryft__enums[RYFT__ENUM_Buffer_Type];
  static const unsigned char data[16 * 4];
  for (unsigned i = 0; i < types->values; ++i) {
    const ryft__enumerator *type = &ryft__enumerators[types->first_value + i];
    if (type->number == RYFT_INVALID_TYPE || type->number == RYFT_TOKEN) continue;
    const ryft_shape shape = RYFT_SHAPE((ryft_type)type->number, 4);
    ryft_buffer *buffer = NULL;
    size_t size = 0;
    assert_ok(ryft_shape_host_size(shape, &size));
    ryft_error *error = ryft_buffer_from_host(self->device, data, size, shape, NULL, &buffer, NULL);
    expect_gate(error, table_of(self), ryft__name(type->name), type->since);
    ryft_buffer_destroy(buffer);
  }
}

static void new_02_host_semantics(void **state) {
  const fixture *self = *state;
  const ryft__enum *kinds = &ryft__enums[RYFT__ENUM_HostBufferSemantics];
  void *data = NULL;
  assert_ok(ryft_host_alloc(16, &data));
  memset(data, 0, 16);
  for (unsigned i = 0; i < kinds->values; ++i) {
    const ryft__enumerator *kind = &ryft__enumerators[kinds->first_value + i];
    const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                            .semantics = (ryft_host_semantics)kind->number};
    ryft_buffer *buffer = NULL;
    ryft_error *error = ryft_buffer_from_host(
        self->device, data, 16, RYFT_SHAPE(RYFT_F32, 4), &options, &buffer, NULL);
    expect_gate(error, table_of(self), ryft__name(kind->name), kind->since);
    if (buffer != NULL) assert_ok(ryft_buffer_await(buffer));
    ryft_buffer_destroy(buffer);
  }
  ryft_host_free(data);
}

/* ---- Answers that an old plugin cannot give. */

/* Outputs that are younger than their function, which an older plugin leaves as they were. A new
 * one wants a way to say that it is not known. Of these, only the kind of a memory is asked for so
 * far:
 * "" and -1 are what ryft_memory_kind and ryft_memory_kind_id answer then. */
static void new_02_outputs_younger_than_their_function(void **state) {
  static const char *const known[] = {
      "PJRT_Device_MemoryStats_Args.peak_allocated_bytes",
      "PJRT_Device_MemoryStats_Args.peak_allocated_bytes_is_set",
      "PJRT_Memory_Kind_Args.kind",
      "PJRT_Memory_Kind_Args.kind_size",
      "PJRT_Executable_GetCompiledMemoryStats_Args.host_generated_code_size_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.host_argument_size_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.host_output_size_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.host_alias_size_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.host_temp_size_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.peak_memory_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.total_size_in_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.total_allocation_bytes",
      "PJRT_Executable_GetCompiledMemoryStats_Args.indefinite_allocations",
      "PJRT_Executable_GetCompiledMemoryStats_Args.peak_unpadded_heap_bytes",
  };
  size_t found = 0;
  (void)state;
  for (int fn = 0; fn < RYFT__FN_CORE_COUNT; ++fn) {
    const ryft__struct *args = &ryft__structs[ryft__fns[fn].args];
    for (unsigned i = 0; i < args->fields; ++i) {
      const ryft__field *field = &ryft__fields[args->first_field + i];
      if ((field->flags & RYFT__FIELD_OUT) == 0 || field->since <= ryft__fns[fn].since) continue;
      char name[128];
      (void)snprintf(name, sizeof name, "%s.%s", ryft__name(args->name), ryft__name(field->name));
      if (found == sizeof known / sizeof known[0]) fail_msg("%s is new", name);
      assert_string_equal(name, known[found++]);
    }
  }
  assert_int_equal(found, sizeof known / sizeof known[0]);
}

static void new_02_what_a_plugin_cannot_say_is_unknown(void **state) {
  const fixture *self = *state;
  const int minor = table_of(self)->minor;
  const ryft_memory_list memories = ryft_client_addressable_memories(self->client);
  assert_true(memories.count > 0);
  for (size_t i = 0; i < memories.count; ++i) {
    const int id = ryft_memory_kind_id(memories.items[i]);
    assert_true((id == -1) == (ryft__fns[RYFT__FN_Memory_Kind_Id].since > minor));
    const char *kind = ryft_memory_kind(memories.items[i]);
    const int since = since_of(RYFT__STRUCT_Memory_Kind_Args, "kind");
    assert_true((kind[0] != '\0') == (minor >= since));
  }
}

/* The description's, which every plugin has, stand in for the live device's. */
static void new_02_attributes_of_old_plugins_are_the_descriptions(void **state) {
  const fixture *self = *state;
  const ryft_named_values live = ryft_device_attributes(self->device);
  const ryft_named_values described =
      ryft_device_description_attributes(ryft_device_describe(self->device));
  const bool young = ryft__fns[RYFT__FN_Device_GetAttributes].since > table_of(self)->minor;
  assert_true(!young || live.items == described.items);
  assert_true(!young || live.count == described.count);
  assert_true(young || live.count == 0 || live.items != described.items);
}

/* An error without payloads of the plugin's is a whole error. */
static void err_03_errors_of_old_plugins_have_no_payloads(void **state) {
  const fixture *self = *state;
  ryft_loaded_executable *executable = NULL;
  const ryft_program program = text_program("this is no program");
  ryft_error *error = ryft_client_compile(self->client, &program, NULL, &executable);
  assert_true(ryft_error_is_from_plugin(error));
  if (ryft__fns[RYFT__FN_Error_ForEachPayload].since > table_of(self)->minor) {
    assert_int_equal(ryft_error_payload_count(error), 1);
    assert_string_equal(ryft_error_payload_at(error, 0).name, RYFT_PLUGIN_MESSAGE);
  }
  assert_code(error, RYFT_UNKNOWN, "custom op");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(new_02_every_input_by_its_age),
      BUFFER_TEST(new_02_every_function_by_its_age),
      BUFFER_TEST(new_02_public_functions_by_their_age),
      BUFFER_TEST(new_02_element_types),
      BUFFER_TEST(new_02_host_semantics),
      BUFFER_TEST(new_02_outputs_younger_than_their_function),
      BUFFER_TEST(new_02_what_a_plugin_cannot_say_is_unknown),
      BUFFER_TEST(new_02_attributes_of_old_plugins_are_the_descriptions),
      BUFFER_TEST(err_03_errors_of_old_plugins_have_no_payloads),
  };
  return cmocka_run_group_tests_name("field_gate", tests, fixture_open, fixture_close);
}
