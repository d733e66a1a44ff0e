/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/error.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ryft/auto.h"
#include "support/allocator.h"
#include "support/assert.h"

static void null_is_success(void **state) {
  (void)state;
  ryft_bytes value = {"", 1};
  assert_int_equal(ryft_error_code(NULL), RYFT_OK);
  assert_string_equal(ryft_error_message(NULL), "");
  assert_string_equal(ryft_error_where(NULL), "");
  assert_int_equal(ryft_error_payload_count(NULL), 0);
  assert_null(ryft_error_payload_at(NULL, 0).name);
  assert_false(ryft_error_payload_find(NULL, "x", &value));
  assert_null(value.data);
  assert_null(ryft_error_copy(NULL));
  assert_int_equal(ryft_exit_status(NULL), 0);
  ryft_error_destroy(NULL);
}

static void err_08_codes_have_names(void **state) {
  (void)state;
  assert_string_equal(ryft_code_name(RYFT_OK), "OK");
  assert_string_equal(ryft_code_name(RYFT_INVALID_ARGUMENT), "INVALID_ARGUMENT");
  assert_string_equal(ryft_code_name(RYFT_UNAUTHENTICATED), "UNAUTHENTICATED");
  assert_string_equal(ryft_code_name((ryft_code)17), "UNKNOWN");
  assert_string_equal(ryft_code_name((ryft_code)-1), "UNKNOWN");
}

static void err_09_where_names_both_sides(void **state) {
  (void)state;
  ryft_error *both = ryft__error(RYFT_INTERNAL, "ryft_x", "PJRT_X", "n is %d", 7);
  assert_string_equal(ryft_error_where(both), "ryft_x (PJRT_X)");
  assert_string_equal(ryft_error_message(both), "n is 7");
  ryft_error_destroy(both);
  ryft_error *ours = ryft__error(RYFT_INTERNAL, "ryft_x", NULL, "m");
  assert_string_equal(ryft_error_where(ours), "ryft_x");
  ryft_error_destroy(ours);
  ryft_error *theirs = ryft__error(RYFT_INTERNAL, NULL, "PJRT_X", "m");
  assert_string_equal(ryft_error_where(theirs), "PJRT_X");
  ryft_error_destroy(theirs);
}

static void err_09_a_stamp_changes_our_function_alone(void **state) {
  (void)state;
  assert_null(ryft__error_stamp(NULL, "ryft_y"));
  assert_ptr_equal(ryft__error_stamp(ryft__out_of_memory(), "ryft_y"), ryft__out_of_memory());
  ryft_error *error = ryft__error_refusal(RYFT_INTERNAL, "ryft_x", "PJRT_X", "m (n)");
  error = ryft__error_stamp(error, "ryft_y");
  assert_string_equal(ryft_error_where(error), "ryft_y (PJRT_X)");
  assert_string_equal(ryft_error_message(error), "m (n)");
  assert_int_equal(ryft_error_code(error), RYFT_INTERNAL);
  assert_false(ryft_error_is_from_plugin(error));
  ryft_error_destroy(error);
  error = ryft__error_stamp(ryft__error(RYFT_INTERNAL, NULL, "PJRT_X", "m"), "ryft_y");
  assert_string_equal(ryft_error_where(error), "ryft_y (PJRT_X)");
  assert_true(ryft_error_is_from_plugin(error));
  ryft_error_destroy(error);
  const ryft_error_payload payload = {.name = "p", .value = {.data = "v", .size = 1}};
  error = ryft__error_with(RYFT_ABORTED, "ryft_x", NULL, "m", 1, &payload, 1);
  error = ryft__error_stamp(error, "ryft_y");
  assert_string_equal(ryft_error_where(error), "ryft_y");
  assert_int_equal(ryft_error_payload_count(error), 1);
  ryft_error_destroy(error);
}

static void err_09_errors_know_whether_they_are_the_plugins(void **state) {
  (void)state;
  assert_false(ryft_error_is_from_plugin(NULL));
  assert_false(ryft_error_is_from_plugin(ryft__out_of_memory()));
  ryft_error *called = ryft__error(RYFT_INTERNAL, "ryft_x", "PJRT_X", "m");
  assert_true(ryft_error_is_from_plugin(called));
  called = ryft__error_explain(called, "%s", "why");
  assert_string_equal(ryft_error_message(called), "why: m");
  assert_true(ryft_error_is_from_plugin(called));
  ryft_error_destroy(called);
  ryft_error *refused = ryft__error_refusal(RYFT_UNIMPLEMENTED, "ryft_x", "PJRT_X", "n is %d", 7);
  assert_string_equal(ryft_error_where(refused), "ryft_x (PJRT_X)");
  assert_string_equal(ryft_error_message(refused), "n is 7");
  assert_false(ryft_error_is_from_plugin(refused));
  ryft_error_destroy(refused);
  ryft_error *ours = ryft_error_create(RYFT_INTERNAL, "m");
  assert_false(ryft_error_is_from_plugin(ours));
  ryft_error_destroy(ours);
}

static void err_04_long_messages_are_whole(void **state) {
  (void)state;
  char text[2000];
  memset(text, 'a', sizeof text);
  for (size_t size = 505; size < sizeof text; size += 7) {
    text[size] = '\0';
    ryft_error *error = ryft_error_format(RYFT_ABORTED, "%s", text);
    assert_int_equal(strlen(ryft_error_message(error)), size);
    ryft_error_destroy(error);
    text[size] = 'a';
  }
}

static void err_04_every_code(void **state) {
  (void)state;
  for (int code = RYFT_CANCELLED; code <= RYFT_UNAUTHENTICATED; ++code) {
    char message[] = "made here";
    ryft_error *error = ryft_error_create((ryft_code)code, message);
    ryft_error *formatted = ryft_error_format((ryft_code)code, "%s %d", message, code);
    message[0] = '\0'; /* it was copied */
    assert_int_equal(ryft_error_code(error), code);
    assert_string_equal(ryft_error_message(error), "made here");
    assert_string_equal(ryft_error_where(error), "");
    assert_int_equal(ryft_error_payload_count(error), 0);
    assert_int_equal(ryft_error_code(formatted), code);
    assert_true(strncmp(ryft_error_message(formatted), "made here ", 10) == 0);
    ryft_error_destroy(error);
    ryft_error_destroy(formatted);
  }
}

static void err_04_ok_is_no_error_code(void **state) {
  (void)state;
  ryft_error *made = ryft_error_create(RYFT_OK, "a callback's slip");
  assert_int_equal(ryft_error_code(made), RYFT_UNKNOWN);
  ryft_error_destroy(made);
  ryft_error *formatted = ryft_error_format(RYFT_OK, "%s", "again");
  assert_int_equal(ryft_error_code(formatted), RYFT_UNKNOWN);
  ryft_error_destroy(formatted);
  ryft_error *silent = ryft_error_create(RYFT_INTERNAL, NULL);
  assert_string_equal(ryft_error_message(silent), "");
  ryft_error_destroy(silent);
}

static void err_02_payloads_are_copied_and_sorted(void **state) {
  (void)state;
  char value[] = {'v', '\0', 'w'};
  const ryft_error_payload payloads[] = {
      {"url/b", {value, sizeof value}},
      {"url/a", {NULL, 0}},
  };
  ryft_error *error = ryft__error_with(RYFT_INTERNAL, "f", NULL, "message", 4, payloads, 2);
  value[0] = 'x';
  assert_string_equal(ryft_error_message(error), "mess");
  assert_int_equal(ryft_error_payload_count(error), 2);
  assert_string_equal(ryft_error_payload_at(error, 0).name, "url/a");
  assert_int_equal(ryft_error_payload_at(error, 0).value.size, 0);
  assert_null(ryft_error_payload_at(error, 2).name);
  ryft_bytes found;
  assert_true(ryft_error_payload_find(error, "url/b", &found));
  assert_int_equal(found.size, 3);
  assert_memory_equal(found.data, "v\0w", 3);
  assert_false(ryft_error_payload_find(error, "url/c", &found));
  ryft_error_destroy(error);
}

static void copies_share_one_error(void **state) {
  (void)state;
  ryft_error *first = ryft_error_create(RYFT_DATA_LOSS, "gone");
  ryft_error *second = ryft_error_copy(first);
  assert_ptr_equal(first, second);
  ryft_error_destroy(first);
  assert_string_equal(ryft_error_message(second), "gone");
  ryft_error_destroy(second);
}

static void *copy_and_destroy(void *arg) {
  for (int i = 0; i < 10000; ++i) ryft_error_destroy(ryft_error_copy(arg));
  return NULL;
}

static void threads_may_share_an_error(void **state) {
  (void)state;
  ryft_error *error = ryft_error_create(RYFT_ABORTED, "shared");
  pthread_t threads[3];
  for (size_t i = 0; i < 3; ++i) {
    assert_int_equal(pthread_create(&threads[i], NULL, copy_and_destroy, error), 0);
  }
  for (size_t i = 0; i < 3; ++i) assert_int_equal(pthread_join(threads[i], NULL), 0);
  assert_string_equal(ryft_error_message(error), "shared");
  ryft_error_destroy(error);
}

static void the_first_error_wins(void **state) {
  (void)state;
  ryft_error *first = ryft_error_create(RYFT_ABORTED, "1");
  assert_ptr_equal(ryft__error_first(first, ryft_error_create(RYFT_ABORTED, "2")), first);
  assert_ptr_equal(ryft__error_first(NULL, first), first);
  assert_ptr_equal(ryft__error_first(first, NULL), first);
  ryft_error_destroy(first);
}

/* However little memory there is, making an error gives one, and its end is harmless. */
static void out_of_memory_still_gives_an_error(void **state) {
  (void)state;
  char text[600];
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  const size_t live = test_allocator_live();
  for (size_t nth = 1; nth <= 2; ++nth) {
    test_allocator_fail(nth);
    ryft_error *error = ryft_error_format(RYFT_ABORTED, "%s", text);
    assert_true(test_allocator_failed());
    assert_int_equal(ryft_error_code(error), RYFT_RESOURCE_EXHAUSTED);
    assert_ptr_equal(ryft_error_copy(error), error);
    ryft_error_destroy(error);
    ryft_error_destroy(error);
    assert_int_equal(test_allocator_live(), live);
  }
  test_allocator_fail(0);
}

/* What `ryft_exit_status` prints comes on one line of stderr. */
static void exit_status_prints_a_line(void **state) {
  (void)state;
  FILE *file = tmpfile();
  assert_non_null(file);
  fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
  const int status = ryft_exit_status(ryft__error(RYFT_NOT_FOUND, "ryft_y", NULL, "no file"));
  fflush(stderr);
  assert_true(dup2(saved, STDERR_FILENO) >= 0);
  close(saved);
  rewind(file);
  char line[200] = "";
  assert_non_null(fgets(line, sizeof line, file));
  fclose(file);
  assert_int_equal(status, 1);
  assert_string_equal(line, "error: NOT_FOUND: no file [ryft_y]\n");
}

static void errors_end_with_their_scope(void **state) {
  (void)state;
  const size_t before = test_allocator_live();
  {
    RYFT_AUTO(error) error = ryft_error_create(RYFT_ABORTED, "short");
    assert_int_equal(ryft_error_code(error), RYFT_ABORTED);
  }
  assert_int_equal(test_allocator_live(), before);
}

static void messages_do_not_depend_on_the_locale(void **state) {
  static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "fr_FR.utf8"};
  (void)state;
  locale_t other = (locale_t)0;
  for (size_t i = 0; i < RYFT__COUNT(names) && other == (locale_t)0; ++i) {
    other = newlocale(LC_ALL_MASK, names[i], (locale_t)0);
  }
  if (other == (locale_t)0) skip(); /* none with a comma is installed */
  const locale_t before = uselocale(other);
  ryft_error *error = ryft_error_format(RYFT_ABORTED, "%.1f", 1.5);
  assert_ptr_equal(uselocale(before), other);
  freelocale(other);
  assert_string_equal(ryft_error_message(error), "1.5");
  ryft_error_destroy(error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(null_is_success),
      cmocka_unit_test(err_08_codes_have_names),
      cmocka_unit_test(err_09_where_names_both_sides),
      cmocka_unit_test(err_09_a_stamp_changes_our_function_alone),
      cmocka_unit_test(err_09_errors_know_whether_they_are_the_plugins),
      cmocka_unit_test(err_04_long_messages_are_whole),
      cmocka_unit_test(err_04_every_code),
      cmocka_unit_test(err_04_ok_is_no_error_code),
      cmocka_unit_test(err_02_payloads_are_copied_and_sorted),
      cmocka_unit_test(copies_share_one_error),
      cmocka_unit_test(threads_may_share_an_error),
      cmocka_unit_test(the_first_error_wins),
      cmocka_unit_test(out_of_memory_still_gives_an_error),
      cmocka_unit_test(exit_status_prints_a_line),
      cmocka_unit_test(errors_end_with_their_scope),
      cmocka_unit_test(messages_do_not_depend_on_the_locale),
  };
  test_allocator_install();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
