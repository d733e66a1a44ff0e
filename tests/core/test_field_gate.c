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
                     strstr(message, ours) != NULL && strstr(message, name) != NULL &&
                     strstr(message, theirs) != NULL;
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

/* ---- Options, all the way. */

static ryft_error *execute_with(const fixture *self, const ryft_execute_options *options) {
  ryft_loaded_executable *executable = compile(self, ADD_TEXT, NULL);
  ryft_buffer *arguments[] = {four(self, 0, 1), four(self, 0, 1)}, *sum = NULL;
  ryft_error *error = ryft_execute(executable, arguments, 2, options, &sum, 1, /* done= */ NULL);
  if (error == NULL) expect_four(sum, 2, 2);
  ryft_buffer_destroy(arguments[0]);
  ryft_buffer_destroy(arguments[1]);
  ryft_loaded_executable_destroy(executable);
  return error;
}

static void new_02_execute_options(void **state) {
  const fixture *self = *state;
  const int64_t keep[] = {0};
  const int tasks[] = {0};
  const struct {
    const char *name;
    int since;
    ryft_execute_options options;
  } rows[] = {
      {"non_donatable_input_indices",
       0,
       {RYFT_SIZED(ryft_execute_options), .keep = keep, .keep_count = 1}},
      {"launch_id", 0, {RYFT_SIZED(ryft_execute_options), .launch_id = 3}},
      {"call_location",
       RYFT__SINCE_PJRT_ExecuteOptions_call_location,
       {RYFT_SIZED(ryft_execute_options), .call_location = "train.c:12"}},
      {"task_ids",
       RYFT__SINCE_PJRT_ExecuteOptions_task_ids,
       {RYFT_SIZED(ryft_execute_options),
        .task_ids = tasks,
        .incarnation_ids = keep,
        .task_count = 1}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    expect_gate(execute_with(self, &rows[i].options), table_of(self), rows[i].name, rows[i].since);
  }
}

/* Not a matter of PJRT but of the plugin's make: see client.h. */
static void new_02_cpu_options(void **state) {
  const fixture *self = *state;
  enum { SINCE = 107 };
  const struct {
    const char *name;
    ryft_cpu_options cpu;
  } rows[] = {
      {"asynchronous", {RYFT_SIZED(ryft_cpu_options), .asynchronous = RYFT_YES}},
      {"process_id", {RYFT_SIZED(ryft_cpu_options), .process_id = 1}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; ++i) {
    const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = &rows[i].cpu};
    ryft_client *client = NULL;
    ryft_error *error = ryft_client_create(self->plugin, &options, &client);
    expect_gate(error, table_of(self), rows[i].name, SINCE);
    ryft_client_destroy(client);
  }
}

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

static void new_02_what_a_plugin_cannot_say_is_unknown(void **state) {
  const fixture *self = *state;
  const ryft__table *table = table_of(self);
  const ryft_memory_list memories = ryft_client_addressable_memories(self->client);
  assert_true(memories.count > 0);
  for (size_t i = 0; i < memories.count; ++i) {
    const int id = ryft_memory_kind_id(memories.items[i]);
    if (ryft__fns[RYFT__FN_Memory_Kind_Id].since > table->minor) assert_int_equal(id, -1);
    const char *kind = ryft_memory_kind(memories.items[i]);
    assert_true((kind[0] != '\0') == RYFT__KNOWN(table, PJRT_Memory_Kind_Args, kind));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(new_02_every_input_by_its_age),
      BUFFER_TEST(new_02_every_function_by_its_age),
      BUFFER_TEST(new_02_public_functions_by_their_age),
      BUFFER_TEST(new_02_execute_options),
      BUFFER_TEST(new_02_cpu_options),
      BUFFER_TEST(new_02_element_types),
      BUFFER_TEST(new_02_host_semantics),
      BUFFER_TEST(new_02_what_a_plugin_cannot_say_is_unknown),
  };
  return cmocka_run_group_tests_name("field_gate", tests, fixture_open, fixture_close);
}
