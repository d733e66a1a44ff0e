/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Structs that start with struct_size, as programs compiled against an older or a newer header pass
 * them: every public one, through a public function that takes it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ryft/io/comparison.h"
#include "ryft/ryft.h"
#include "support/assert.h"
#include "support/plugin.h"
#include "support/temp.h"

#define SUM FAKE_PROGRAM("(s32[2,2], s32[2,2]) -> (s32[2,2]) = add")

enum { TAIL = 40 }; /* what a newer header may have added */

static fake_control fake;
static ryft_plugin *plugin;
static ryft_client *client;
static const ryft_device *device;
static ryft_buffer *buffer;
static ryft_loaded_executable *executable;

static const int32_t numbers[4] = {1, 2, 3, 4};
static const int64_t order[] = {1, 0};

/* ---- One call for each struct. */

static ryft_error *use_allocator(void *given) {
  RYFT_TRY(ryft_allocator_set(given));
  return ryft_allocator_set(NULL);
}

static ryft_error *use_plugin_options(void *given) {
  ryft_plugin *loaded = NULL;
  RYFT_TRY(ryft_plugin_load(fake_path("fake"), given, &loaded));
  ryft_plugin_destroy(loaded);
  return NULL;
}

static ryft_error *use_plugin_options_by_name(void *given) {
  ryft_plugin *loaded = NULL;
  RYFT_TRY(ryft_plugin_load_named("cpu", given, &loaded));
  ryft_plugin_destroy(loaded);
  return NULL;
}

static ryft_error *use_plugin_options_attaching(void *given) {
  ryft_plugin *attached = NULL;
  RYFT_TRY(ryft_plugin_attach(ryft_plugin_api(plugin), given, &attached));
  ryft_plugin_destroy(attached);
  return NULL;
}

static ryft_error *use_client_options(void *given) {
  ryft_client *made = NULL;
  RYFT_TRY(ryft_client_create(plugin, given, &made));
  ryft_client_destroy(made);
  return NULL;
}

static ryft_error *use_cpu_options(void *given) {
  const ryft_client_options options = {RYFT_SIZED(ryft_client_options), .cpu = given};
  ryft_client *made = NULL;
  RYFT_TRY(ryft_client_create(plugin, &options, &made));
  ryft_client_destroy(made);
  return NULL;
}

static ryft_error *use_from_host_options(void *given) {
  ryft_buffer *made = NULL;
  RYFT_TRY(ryft_buffer_from_host(
      device, numbers, sizeof numbers, RYFT_SHAPE(RYFT_S32, 2, 2), given, &made, NULL));
  ryft_buffer_destroy(made);
  return NULL;
}

static ryft_error *use_layout(void *given) {
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options), .layout = given};
  ryft_buffer *made = NULL;
  RYFT_TRY(ryft_buffer_from_host(
      device, numbers, sizeof numbers, RYFT_SHAPE(RYFT_S32, 2, 2), &options, &made, NULL));
  ryft_buffer_destroy(made);
  return NULL;
}

static ryft_error *use_layout_reading(void *given) {
  int32_t out[4];
  ryft_event *done = NULL;
  RYFT_TRY(ryft_buffer_copy_to_host(buffer, given, out, sizeof out, &done));
  ryft_error *error = ryft_event_await(done);
  ryft_event_destroy(done);
  return error;
}

static ryft_error *fill_layout(void *given) {
  return ryft_buffer_layout(buffer, given);
}

static ryft_error *use_program(void *given) {
  return ryft_program_check(given);
}

static ryft_error *use_program_compiling(void *given) {
  ryft_loaded_executable *made = NULL;
  RYFT_TRY(ryft_client_compile(client, given, /* options= */ NULL, &made));
  ryft_loaded_executable_destroy(made);
  return NULL;
}

static ryft_error *use_compile_options(void *given) {
  ryft_loaded_executable *made = NULL;
  RYFT_TRY(ryft_client_compile(client, RYFT_PROGRAM_TEXT(SUM), given, &made));
  ryft_loaded_executable_destroy(made);
  return NULL;
}

static ryft_error *use_compile_options_encoding(void *given) {
  void *data = NULL;
  size_t size = 0;
  RYFT_TRY(ryft_compile_options_encode(given, &data, &size));
  ryft_host_free(data);
  return NULL;
}

static ryft_error *use_execute_options(void *given) {
  ryft_buffer *arguments[] = {buffer, buffer}, *sum = NULL;
  RYFT_TRY(ryft_execute(executable, arguments, 2, given, &sum, 1, /* done= */ NULL));
  ryft_buffer_destroy(sum);
  return NULL;
}

static ryft_error *use_session_options(void *given) {
  static const char *const inputs[] = {"left", "right"};
  static const char *const outputs[] = {"sum"};
  ryft_session *session = NULL;
  RYFT_TRY(ryft_session_create(executable, inputs, 2, outputs, 1, given, &session));
  ryft_session_destroy(session);
  return NULL;
}

static ryft_error *compare(const ryft_tolerance *tolerance, ryft_comparison *out) {
  return ryft_values_compare(
      RYFT_SHAPE(RYFT_S32, 2, 2), numbers, sizeof numbers, numbers, sizeof numbers, tolerance, out);
}

static ryft_error *use_tolerance(void *given) {
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  return compare(given, &found);
}

static ryft_error *fill_comparison(void *given) {
  return compare(/* tolerance= */ NULL, given);
}

/* ---- What they are given. */

static void *allocate(void *user, size_t size) {
  (void)user;
  return malloc(size);
}

static void *reallocate(void *user, void *memory, size_t size) {
  (void)user;
  return realloc(memory, size);
}

static void release(void *user, void *memory) {
  (void)user;
  free(memory);
}

static const ryft_allocator an_allocator = {RYFT_SIZED(ryft_allocator),
                                            .allocate = allocate,
                                            .reallocate = reallocate,
                                            .release = release};
static const ryft_plugin_options plugin_options = {RYFT_SIZED(ryft_plugin_options),
                                                   .minimum_minor = 1};
static ryft_plugin_options named_options = {RYFT_SIZED(ryft_plugin_options)};
static const ryft_cpu_options cpu_options = {RYFT_SIZED(ryft_cpu_options), .device_count = 2};
static const ryft_client_options client_options = {RYFT_SIZED(ryft_client_options),
                                                   .cpu = &cpu_options};
static const ryft_from_host_options from_host_options = {RYFT_SIZED(ryft_from_host_options)};
static const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = 2, .minor_to_major = order};
static const ryft_layout no_layout = {RYFT_SIZED(ryft_layout)};
static const ryft_program program = {RYFT_SIZED(ryft_program),
                                     .format = "mlir",
                                     .code = {SUM, sizeof SUM - 1}};
static const ryft_compile_options compile_options = {RYFT_SIZED(ryft_compile_options),
                                                     .replicas = 1};
static const ryft_execute_options execute_options = {RYFT_SIZED(ryft_execute_options),
                                                     .launch_id = 7};
static const ryft_session_options session_options = {RYFT_SIZED(ryft_session_options)};
static const ryft_tolerance tolerance = {RYFT_SIZED(ryft_tolerance), .ulp = 1};
static const ryft_comparison comparison = {RYFT_SIZED(ryft_comparison)};

/* `least`: the part without which the call has nothing to work on; older headers had all of it. */
typedef struct row {
  const char *type;
  size_t size;
  size_t least;
  ryft_error *(*use)(void *given);
  const void *valid;
  bool result;        /* the library writes it */
  bool needs_nothing; /* no client may be alive */
} row;

#define END_OF(type, field) (offsetof(type, field) + sizeof(((const type *)0)->field))
#define ROW(type, least, use, valid) \
  { #type, sizeof(type), (least), (use), &(valid), false, false }
#define RESULT(type, use, valid) \
  { #type, sizeof(type), sizeof(size_t), (use), &(valid), true, false }

static const row rows[] = {
    {"ryft_allocator",
     sizeof(ryft_allocator),
     END_OF(ryft_allocator, release),
     use_allocator,
     &an_allocator,
     false,
     true},
    ROW(ryft_plugin_options, sizeof(size_t), use_plugin_options, plugin_options),
    ROW(ryft_plugin_options, sizeof(size_t), use_plugin_options_attaching, plugin_options),
    ROW(ryft_plugin_options, sizeof(size_t), use_plugin_options_by_name, named_options),
    ROW(ryft_client_options, sizeof(size_t), use_client_options, client_options),
    ROW(ryft_cpu_options, sizeof(size_t), use_cpu_options, cpu_options),
    ROW(ryft_from_host_options, sizeof(size_t), use_from_host_options, from_host_options),
    ROW(ryft_layout, END_OF(ryft_layout, minor_to_major), use_layout, layout),
    ROW(ryft_layout, END_OF(ryft_layout, minor_to_major), use_layout_reading, layout),
    RESULT(ryft_layout, fill_layout, no_layout),
    ROW(ryft_program, sizeof(ryft_program), use_program, program),
    ROW(ryft_program, sizeof(ryft_program), use_program_compiling, program),
    ROW(ryft_compile_options, sizeof(size_t), use_compile_options, compile_options),
    ROW(ryft_compile_options, sizeof(size_t), use_compile_options_encoding, compile_options),
    ROW(ryft_execute_options, sizeof(size_t), use_execute_options, execute_options),
    ROW(ryft_session_options, sizeof(size_t), use_session_options, session_options),
    ROW(ryft_tolerance, sizeof(size_t), use_tolerance, tolerance),
    RESULT(ryft_comparison, fill_comparison, comparison),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* The struct in memory of exactly `size` bytes, so that reading past it is seen by a sanitizer. */
static void *given(const row *r, size_t size) {
  void *memory = malloc(size < sizeof(size_t) ? sizeof(size_t) : size);
  assert_non_null(memory);
  memset(memory, 0, size);
  memcpy(memory, r->valid, size < r->size ? size : r->size);
  memcpy(memory, &size, sizeof size);
  return memory;
}

/* With `at` not 0, that byte is set. */
static ryft_error *use(const row *r, size_t size, size_t at) {
  char *memory = given(r, size);
  if (at != 0) memory[at] = 1;
  ryft_error *error = r->use(memory);
  if (error == NULL && r->result) {
    size_t kept = 0;
    memcpy(&kept, memory, sizeof kept);
    assert_int_equal(kept, size);
    for (size_t i = r->size; i < size; ++i) assert_int_equal(memory[i], 0);
  }
  free(memory);
  return error;
}

/* A struct's size is a multiple of a word. */
static void older_callers_are_served(const row *r) {
  for (size_t size = r->least; size <= r->size; size += sizeof(size_t)) {
    ryft_error *error = use(r, size, 0);
    if (error != NULL) print_error("%s of %zu bytes was refused\n", r->type, size);
    assert_ok(error);
  }
  /* What is cut off is a matter of the caller's, but must be told, and nothing past it read. */
  for (size_t size = sizeof(size_t); size < r->least; size += sizeof(size_t)) {
    assert_code(use(r, size, 0), RYFT_INVALID_ARGUMENT, NULL);
  }
}

static void newer_callers_are_served(const row *r) {
  for (size_t tail = 1; tail <= TAIL; ++tail) assert_ok(use(r, r->size + tail, 0));
}

static void new_settings_are_not_ignored(const row *r) {
  char said[128];
  for (size_t at = r->size; at < r->size + TAIL; ++at) {
    (void)snprintf(said, sizeof said, "byte %zu of %s is set", at, r->type);
    if (r->result) {
      assert_ok(use(r, r->size + TAIL, at));
    } else {
      assert_code(use(r, r->size + TAIL, at), RYFT_INVALID_ARGUMENT, said);
    }
  }
}

static void a_forgotten_size_is_told(const row *r) {
  for (size_t size = 0; size < sizeof(size_t); ++size) {
    char *memory = given(r, r->size);
    memcpy(memory, &size, sizeof size);
    assert_code(r->use(memory), RYFT_INVALID_ARGUMENT, r->type);
    free(memory);
  }
}

static void try_all(bool needs_nothing) {
  for (size_t i = 0; i < ROWS; ++i) {
    if (rows[i].needs_nothing != needs_nothing) continue;
    older_callers_are_served(&rows[i]);
    newer_callers_are_served(&rows[i]);
    new_settings_are_not_ignored(&rows[i]);
    a_forgotten_size_is_told(&rows[i]);
  }
}

static void new_01_option_structs_of_other_ages(void **state) {
  (void)state;
  try_all(/* needs_nothing= */ false);
}

static void new_01_allocators_of_other_ages(void **state) {
  (void)state;
  try_all(/* needs_nothing= */ true);
}

/* ---- That none is missing above. */

static void check_listed(const char *type, size_t size) {
  for (size_t i = 0; i < ROWS; ++i) {
    if (strlen(rows[i].type) == size && memcmp(rows[i].type, type, size) == 0) return;
  }
  fail_msg("no row for %.*s", (int)size, type);
}

static size_t check_header(const char *directory, const char *name) {
  static const char start[] = "typedef struct ", member[] = " {\n  size_t struct_size;";
  char *path = temp_path(directory, name);
  char *text = temp_read(path, NULL);
  size_t found = 0;
  for (const char *at = text; at != NULL; ++at) {
    at = strstr(at, start);
    if (at == NULL) break;
    const char *type = at + sizeof start - 1;
    const size_t size = strcspn(type, " ;");
    if (strncmp(type + size, member, sizeof member - 1) != 0) continue;
    check_listed(type, size);
    ++found;
  }
  free(text);
  free(path);
  return found;
}

static size_t check_headers(const char *directory) {
  DIR *listing = opendir(directory);
  size_t found = 0;
  assert_non_null(listing);
  for (const struct dirent *each = readdir(listing); each != NULL; each = readdir(listing)) {
    const char *dot = strrchr(each->d_name, '.');
    if (dot != NULL && strcmp(dot, ".h") == 0) found += check_header(directory, each->d_name);
  }
  (void)closedir(listing);
  return found;
}

/* The raw ABI in abi/ has sizes of another kind. */
static void new_01_every_sized_struct_is_tried(void **state) {
  (void)state;
  static const char *const directories[] = {"include/ryft", "include/ryft/io"};
  const char *source = getenv("RYFT_SOURCE_DIR");
  size_t found = 0;
  if (source == NULL) skip();
  for (size_t i = 0; i < sizeof directories / sizeof directories[0]; ++i) {
    char *directory = temp_path(source, directories[i]);
    found += check_headers(directory);
    free(directory);
  }
  assert_true(found >= 12);
}

/* ---- */

static int open_all(void **state) {
  (void)state;
  static char path[4096];
  plugin = fake_load("fake", &fake);
  (void)snprintf(path, sizeof path, "%s", fake_path("fake"));
  named_options.path = path;
  (void)setenv("RYFT_PLUGIN_CPU", path, /* overwrite= */ 1); /* where the default leads */
  assert_ok(ryft_client_create(plugin, /* options= */ NULL, &client));
  device = ryft_client_devices(client).items[0];
  assert_ok(ryft_buffer_from_host(
      device, numbers, sizeof numbers, RYFT_SHAPE(RYFT_S32, 2, 2), NULL, &buffer, NULL));
  assert_ok(ryft_client_compile(client, RYFT_PROGRAM_TEXT(SUM), NULL, &executable));
  return 0;
}

static int close_all(void **state) {
  (void)state;
  ryft_loaded_executable_destroy(executable);
  ryft_buffer_destroy(buffer);
  ryft_client_destroy(client);
  assert_nothing_alive(&fake);
  return 0;
}

int main(void) {
  const struct CMUnitTest alone[] = {
      cmocka_unit_test(new_01_allocators_of_other_ages),
      cmocka_unit_test(new_01_every_sized_struct_is_tried),
  };
  const struct CMUnitTest together[] = {cmocka_unit_test(new_01_option_structs_of_other_ages)};
  return cmocka_run_group_tests(alone, NULL, NULL) +
         cmocka_run_group_tests(together, open_all, close_all);
}
