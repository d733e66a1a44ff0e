/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "support/plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ryft/live_objects.h"
#include "support/assert.h"

enum { SKIPPED = 77 };

ryft_plugin *test_plugin_load(void) {
  const char *path = getenv("RYFT_TEST_PLUGIN");
  if (path == NULL || access(path, R_OK) != 0) {
    fprintf(stderr,
            "skipped: RYFT_TEST_PLUGIN names no plugin (%s); run `ryft plugin install cpu`\n",
            path == NULL ? "it is not set" : path);
    exit(SKIPPED);
  }
  ryft_plugin *plugin = NULL;
  assert_ok(ryft_plugin_load(path, /* options= */ NULL, &plugin));
  return plugin;
}

long test_number(const char *text) {
  char *end = NULL;
  const long number = strtol(text, &end, 10);
  if (end == text || *end != '\0') fail_msg("`%s` is no number", text);
  return number;
}

int test_plugin_minor(void) {
  const char *text = getenv("RYFT_TEST_PLUGIN_MINOR");
  const char *dot = text == NULL ? NULL : strchr(text, '.');
  return dot == NULL ? -1 : (int)test_number(dot + 1);
}

const char *fake_path(const char *variant) {
  static _Thread_local char path[4096];
  const char *directory = getenv("RYFT_FAKE_DIR");
  if (directory == NULL) {
    fprintf(stderr, "skipped: RYFT_FAKE_DIR is not set; run this test through ctest\n");
    exit(SKIPPED);
  }
  snprintf(path, sizeof path, "%s/%s.so", directory, variant);
  return path;
}

void fake_control_open(const char *variant, fake_control *out) {
  void *library = dlopen(fake_path(variant), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == NULL) fail_msg("%s", dlerror());
  void *found;
/* Through memcpy: ISO C has no cast between pointers to objects and to functions. */
#define RYFT_FAKE(type, name, parameters)       \
  found = dlsym(library, #name);                \
  if (found == NULL) fail_msg("%s", dlerror()); \
  memcpy(&out->name, &found, sizeof out->name);
  RYFT_FAKE_FUNCTIONS
#undef RYFT_FAKE
  dlclose(library);
}

ryft_plugin *fake_load(const char *variant, fake_control *out) {
  ryft_plugin *plugin = NULL;
  assert_ok(ryft_plugin_load(fake_path(variant), /* options= */ NULL, &plugin));
  if (out != NULL) fake_control_open(variant, out);
  return plugin;
}

static size_t fakes_alive(const fake_control *fake) {
  return fake == NULL ? 0 : fake->fake_live_objects();
}

static void show_alive(const fake_control *fake) {
  static const char *const kinds[FAKE_KIND_COUNT] = {"errors",
                                                     "events",
                                                     "clients",
                                                     "buffers",
                                                     "executables",
                                                     "loaded executables",
                                                     "topologies",
                                                     "contexts",
                                                     "serialized objects",
                                                     "layouts"};
  print_error("%zu objects of the library are alive\n", ryft_live_objects());
  for (int kind = 0; fake != NULL && kind < FAKE_KIND_COUNT; ++kind) {
    const size_t count = fake->fake_live(kind);
    if (count != 0) print_error("%zu %s of the plugin are alive\n", count, kinds[kind]);
  }
}

void support_assert_nothing_alive(const fake_control *fake, const char *file, int line) {
  enum { TRIES = 500, MICROSECONDS = 10000 };
  for (int i = 0; i < TRIES && ryft_live_objects() + fakes_alive(fake) != 0; ++i)
    usleep(MICROSECONDS);
  if (ryft_live_objects() + fakes_alive(fake) == 0) return;
  show_alive(fake);
  _fail(file, line);
}
