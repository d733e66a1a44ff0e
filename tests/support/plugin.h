/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Loading the plugins that tests run against. */
#ifndef RYFT_TESTS_SUPPORT_PLUGIN_H
#define RYFT_TESTS_SUPPORT_PLUGIN_H

#include "ryft/plugin.h"
#include "tests/fake/fake.h"

/* ---- Tier 2: a real plugin */

/* The plugin that RYFT_TEST_PLUGIN names. Without one the whole program is skipped: exit status 77.
 */
ryft_plugin *test_plugin_load(void);

/* The minor of RYFT_TEST_PLUGIN_MINOR, 106 for "0.106"; -1 when it is not set. */
int test_plugin_minor(void);

/* A whole number from the environment; the test fails when it is none. */
long test_number(const char *text);

/* ---- Tier 1: the fake plugin */

/* What a variant exports besides GetPjrtApi, as pointers named as in fake.h:
 * fake.fake_live(FAKE_BUFFER). */
typedef struct fake_control {
#define RYFT_FAKE(type, name, parameters) type(*name) parameters;
  RYFT_FAKE_FUNCTIONS
#undef RYFT_FAKE
} fake_control;

/* The path of a variant, such as "fake_081", in RYFT_FAKE_DIR. Static, until the next call on the
 * same thread. */
const char *fake_path(const char *variant);

/* Loads a variant; the test fails when that does. `out` may be NULL. */
ryft_plugin *fake_load(const char *variant, fake_control *out);

/* Only the functions, without making a plugin of it. */
void fake_control_open(const char *variant, fake_control *out);

/* Nothing of the library's and, unless `fake` is NULL, nothing of the plugin's is alive. Waits a
 * little for what ends on other threads. */
#define assert_nothing_alive(fake) support_assert_nothing_alive((fake), __FILE__, __LINE__)
void support_assert_nothing_alive(const fake_control *fake, const char *file, int line);

#endif /* RYFT_TESTS_SUPPORT_PLUGIN_H */
