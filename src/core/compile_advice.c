/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/compile_advice.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/core/diagnostic.h"
#include "src/core/mlir.h"
#include "src/core/program.h"

enum { NAMES_SHOWN = 5, NAME_SHOWN = 64 };

/* What a plugin refused, and in which words. */
typedef struct refusal {
  const char *message;
  ryft_bytes code;
  bool text; /* MLIR text; only there can places be found */
  const char *format;
  const ryft_plugin *plugin;
} refusal;

static bool says(const refusal *r, const char *words) {
  return strstr(r->message, words) != NULL;
}

static bool has(const refusal *r, const char *words) {
  return r->text && memmem(r->code.data, r->code.size, words, strlen(words)) != NULL;
}

/* Names and other pieces of programs are as long as they like. */
static int shown(size_t size) {
  return (int)(size < NAME_SHOWN ? size : NAME_SHOWN);
}

/* "line 3: " for the first such word of the text; `sigil` is what stands before it, 0 for anything.
 * `*out_after`, unless NULL, is the place behind it. False where there is none. */
static bool add_line(const refusal *r,
                     ryft__text *out,
                     const char *name,
                     size_t size,
                     char sigil,
                     ryft__mlir *out_after) {
  if (!r->text) return false;
  ryft__mlir m = ryft__mlir_start(r->code);
  ryft__mlir_word word;
  while (ryft__mlir_next_word(&m, &word)) {
    if (word.size != size || memcmp(word.text, name, size) != 0) continue;
    if (sigil != '\0' && word.sigil != sigil) continue;
    ryft__text_format(out, "line %zu: ", ryft__mlir_line(&m, word.text));
    if (out_after != NULL) *out_after = m;
    return true;
  }
  return false;
}

static bool add_line_of(const refusal *r, ryft__text *out, const char *name) {
  return add_line(r, out, name, strlen(name), /* sigil= */ '\0', /* out_after= */ NULL);
}

/* ---- The causes. Each looks whether it is the one, and if so explains it. */

/* Over the name of a function, whose keyword is behind `m`. */
static bool next_function(ryft__mlir *m, ryft__mlir_word *out) {
  ryft__mlir_word word;
  while (ryft__mlir_next_word(m, &word)) {
    if (!ryft__mlir_word_is(&word, "func.func")) continue;
    for (int i = 0; i < 2 && ryft__mlir_next_word(m, out); ++i) {
      if (out->sigil == '@') return true; /* `private` and its like come before it */
    }
  }
  return false;
}

static bool no_main(const refusal *r, ryft__text *out) {
  if (!says(r, "requires module with `main` function")) return false;
  ryft__text_format(out, "the module has no function @main, with which programs begin");
  if (!r->text) return true;
  ryft__mlir m = ryft__mlir_start(r->code);
  ryft__mlir_word name;
  size_t count = 0;
  for (; next_function(&m, &name); ++count) {
    const char *gap = count == 0 ? "; it has " : ", ";
    if (count < NAMES_SHOWN) ryft__text_format(out, "%s@%.*s", gap, shown(name.size), name.text);
  }
  if (count > NAMES_SHOWN) ryft__text_format(out, " and %zu more", count - NAMES_SHOWN);
  ryft__text_format(out, count == 0 ? "; it has no functions" : ": rename the one that is meant");
  return true;
}

static bool elided(const refusal *r, ryft__text *out) {
  if (!has(r, "<__elided__>")) return false;
  if (!says(r, "Only dense elements attr are supported") && !says(r, "element literal"))
    return false;
  if (!add_line_of(r, out, "__elided__")) return false;
  ryft__text_format(out,
                    "the program was printed with its constants left out (__elided__); print it "
                    "whole: without --mlir-elide-elementsattrs-if-larger and "
                    "--mlir-elide-resource-strings-if-larger, from Python with "
                    "large_elements_limit=None");
  return true;
}

static bool resource(const refusal *r, ryft__text *out) {
  ryft__mlir after;
  ryft__mlir_word name;
  if (!says(r, "Only dense elements attr are supported")) return false;
  const bool found = add_line(r, out, "dense_resource", 14, /* sigil= */ '\0', &after) &&
                     ryft__mlir_next_word(&after, &name);
  ryft__text_format(out,
                    "the plugin does not take constants that lie apart from the program%s%.*s%s; "
                    "write the value as dense<...>, or pass it as an argument",
                    found ? ", as dense_resource<" : "",
                    found ? shown(name.size) : 0,
                    found ? name.text : "",
                    found ? ">" : "");
  return true;
}

static bool shardy(const refusal *r, ryft__text *out) {
  if (!says(r, "xla.sdy.")) return false;
  ryft__text_format(out,
                    "the program uses the Shardy dialect (sdy): compile it with the Shardy "
                    "partitioner (--shardy, ryft_compile_options.shardy) and for as many "
                    "partitions as its mesh has devices (--partitions, "
                    "ryft_compile_options.partitions)");
  return true;
}

static bool bounded(const refusal *r, ryft__text *out) {
  if (!says(r, "PadToStatic") && !says(r, "SliceToDynamic")) return false;
  (void)add_line_of(r, out, "stablehlo.bounds");
  ryft__text_format(out,
                    "the plugin does not take parameters of bounded dynamic size; declare the "
                    "parameter with the bound for its size, and set the present size inside, from "
                    "another parameter, with stablehlo.set_dimension_size");
  return true;
}

static bool no_program_shape(const refusal *r, ryft__text *out) {
  if (!says(r, "has_host_program_shape()")) return false;
  ryft__text_format(out,
                    "the HLO module has no program shape (host_program_shape, field 4 of "
                    "HloModuleProto); serialize a whole module, whose parameters and results are "
                    "declared there");
  return true;
}

static bool wrong_format(const refusal *r, ryft__text *out) {
  if (!says(r, "Unknown program format")) return false;
  const bool with_config = strcmp(r->format, "hlo_with_config") == 0;
  ryft__text_format(
      out,
      "the plugin does not take programs in the format %s; give StableHLO%s",
      r->format,
      with_config ? ", or the HloModuleProto by itself (field 1), whose format is hlo" : "");
  return true;
}

/* The words before and after the name of a custom call, in several plugins and versions. */
static const char *const CALLS[][2] = {
    {"No FFI handler registered for ", " on "},
    {"custom call to ", " for "},
    {"Custom call target ", " is not implemented"},
};

static bool custom_call(const refusal *r, ryft__text *out) {
  for (size_t i = 0; i < RYFT__COUNT(CALLS); ++i) {
    const char *name = strstr(r->message, CALLS[i][0]);
    if (name == NULL) continue;
    name += strlen(CALLS[i][0]);
    const char *end = strstr(name, CALLS[i][1]);
    if (end == NULL) continue;
    const size_t size = (size_t)(end - name);
    (void)add_line(r, out, name, size, /* sigil= */ '@', /* out_after= */ NULL);
    ryft__text_format(
        out,
        "the plugin has no implementation of the custom call %.*s; register a handler "
        "for it before compiling, or export the program without it",
        shown(size),
        name);
    return true;
  }
  return false;
}

/* ---- Diagnostics, and whether the version of StableHLO is behind them. */

static int compare_versions(const ryft_stablehlo_version *left,
                            const ryft_stablehlo_version *right) {
  const int64_t a[] = {left->major, left->minor, left->patch};
  const int64_t b[] = {right->major, right->minor, right->patch};
  for (size_t i = 0; i < RYFT__COUNT(a); ++i) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

/* What wrote the bytecode stands behind the magic number and the version, up to a NUL; "" for
 * anything else. `out` has room for NAME_SHOWN. */
static void producer_of(ryft_bytes code, char *out) {
  enum { MAGIC = 4, VERSION = 1 };
  const char *at = code.data;
  size_t size = 0;
  while (MAGIC + VERSION + size < code.size && size < NAME_SHOWN - 1 &&
         isgraph((unsigned char)at[MAGIC + VERSION + size])) {
    out[size] = at[MAGIC + VERSION + size];
    ++size;
  }
  out[size] = '\0';
}

/* "1.20.0", and nothing but NUL behind it. */
static bool read_version(const char *text, ryft_stablehlo_version *out) {
  int64_t *const parts[] = {&out->major, &out->minor, &out->patch};
  for (size_t i = 0; i < RYFT__COUNT(parts); ++i) {
    char *end = NULL;
    *parts[i] = strtoll(text, &end, 10);
    if (end == text || *end != (i + 1 < RYFT__COUNT(parts) ? '.' : '\0')) return false;
    text = end + 1;
  }
  return true;
}

static void advise_on_bytecode(const refusal *r,
                               const ryft_stablehlo_version *current,
                               ryft__text *out) {
  char producer[NAME_SHOWN];
  ryft_stablehlo_version made = {0};
  producer_of(r->code, producer);
  if (strncmp(producer, "StableHLO_v", 11) != 0) {
    ryft__text_format(out,
                      "; bytecode is for the MLIR that wrote it (%s): make a portable artifact for "
                      "StableHLO %lld.%lld.%lld or older",
                      producer,
                      (long long)current->major,
                      (long long)current->minor,
                      (long long)current->patch);
    return;
  }
  if (!read_version(producer + 11, &made) || compare_versions(&made, current) <= 0) return;
  ryft__text_format(out,
                    "; the artifact is for StableHLO %lld.%lld.%lld, the plugin knows up to "
                    "%lld.%lld.%lld: make it for that one",
                    (long long)made.major,
                    (long long)made.minor,
                    (long long)made.patch,
                    (long long)current->major,
                    (long long)current->minor,
                    (long long)current->patch);
}

/* Text of a newer StableHLO has names that the plugin does not know. */
static bool unknown_name(const refusal *r) {
  static const char *const NAMES[] = {
      "custom op 'stablehlo.", "custom op 'chlo.", "custom op 'vhlo."};
  bool unknown = says(r, "unknown stablehlo type") || says(r, "unknown StableHLO attribute") ||
                 says(r, "unknown vhlo ") || says(r, "error: expected non-function type");
  for (size_t i = 0; i < RYFT__COUNT(NAMES); ++i) {
    unknown |= says(r, NAMES[i]) && says(r, "' is unknown");
  }
  return unknown;
}

static bool current_version(const ryft_plugin *plugin, ryft_stablehlo_version *out) {
  const ryft_named_value *value =
      ryft_named_values_find(ryft_plugin_attributes(plugin), "stablehlo_current_version");
  if (value == NULL || value->type != RYFT_VALUE_INT64_LIST || value->count != 3) return false;
  const int64_t *parts = value->as.integers;
  *out = (ryft_stablehlo_version){parts[0], parts[1], parts[2]};
  return true;
}

static bool diagnostics(const refusal *r, ryft__text *out) {
  ryft_stablehlo_version current = {0};
  if (!ryft__diagnostic_is(r->message)) return false;
  /* Text may bring places of its own, such as those of the file that it was made from. */
  ryft__diagnostic_add(out, r->message, r->text && !has(r, "loc(\"-\""));
  if (!current_version(r->plugin, &current)) return true;
  if (ryft__program_is_bytecode(r->code)) {
    advise_on_bytecode(r, &current, out);
  } else if (unknown_name(r)) {
    ryft__text_format(out,
                      "; the plugin knows StableHLO up to %lld.%lld.%lld",
                      (long long)current.major,
                      (long long)current.minor,
                      (long long)current.patch);
  }
  return true;
}

/* The first that recognises its case explains it. */
static bool (*const CAUSES[])(const refusal *, ryft__text *) = {
    no_main,
    elided,
    resource,
    shardy,
    bounded,
    no_program_shape,
    wrong_format,
    custom_call,
    diagnostics,
};

/* ---- The error anew. */

static ryft_error *reword(const ryft_error *error, const ryft__text *text, const char *where) {
  const size_t count = ryft_error_payload_count(error);
  ryft_error_payload *payloads = ryft__alloc_array(count + 1, sizeof *payloads);
  RYFT__TRY_ALLOC(payloads);
  for (size_t i = 0; i < count; ++i) payloads[i] = ryft_error_payload_at(error, i);
  const char *message = ryft_error_message(error);
  payloads[count] = (ryft_error_payload){RYFT_PLUGIN_MESSAGE, {message, strlen(message)}};
  ryft_error *made = ryft__error_with(ryft_error_code(error),
                                      where,
                                      "PJRT_Client_Compile",
                                      text->data,
                                      text->size,
                                      payloads,
                                      count + 1);
  ryft__free(payloads);
  return made;
}

ryft_error *ryft__compile_advise(ryft_error *error,
                                 const ryft_program *program,
                                 const ryft_plugin *plugin,
                                 const char *where) {
  if (!ryft_error_is_from_plugin(error)) return error;
  const bool mlir = strcmp(program->format, "mlir") == 0;
  const refusal r = {
      .message = ryft_error_message(error),
      .code = program->code,
      .text = mlir && !ryft__program_is_bytecode(program->code),
      .format = program->format,
      .plugin = plugin,
  };
  ryft__text text = {.data = NULL};
  bool known = false;
  for (size_t i = 0; i < RYFT__COUNT(CAUSES) && !known; ++i) known = CAUSES[i](&r, &text);
  if (known && !text.failed && text.size != 0) {
    ryft_error *made = reword(error, &text, where), *const memory = ryft__out_of_memory();
    ryft_error *const unused = made == memory ? made : error;
    if (made != memory) error = made;
    ryft_error_destroy(unused);
  }
  ryft__text_free(&text);
  return error;
}
