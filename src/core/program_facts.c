/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a program says of how it is to be compiled: attributes of an MLIR module's, or an HLO
 * module's configuration. */
#include <string.h>

#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/core/hlo.h"
#include "src/core/mlir.h"
#include "src/core/program.h"

/* ---- MLIR text. */

/* Behind an attribute's name: "= 4 : i32". 0 where no count stands there. */
static size_t read_count(const ryft__mlir *m) {
  ryft__mlir ahead = *m;
  ryft__mlir_word word;
  size_t count = 0;
  if (!ryft__mlir_skip_word(&ahead, "=")) return 0;
  ryft__mlir_skip_blanks(&ahead);
  const char *number = ahead.at;
  if (!ryft__mlir_next_word(&ahead, &word) || word.text != number) return 0;
  for (size_t i = 0; i < word.size; ++i) {
    if (word.text[i] < '0' || word.text[i] > '9') return 0;
    if (__builtin_mul_overflow(count, (size_t)10, &count) ||
        __builtin_add_overflow(count, (size_t)(word.text[i] - '0'), &count)) {
      return SIZE_MAX; /* which is refused later, as absurd */
    }
  }
  return count;
}

static bool begins_with(const ryft__mlir_word *word, const char *prefix) {
  const size_t size = strlen(prefix);
  return word->size >= size && memcmp(word->text, prefix, size) == 0;
}

/* `sdy.mesh`, `#sdy.sharding<…>`, `#sdy<…>`, and what becomes of them on the way through other
 * dialects: `xla.sdy.meshes`, `@xla.sdy.GlobalToLocalShape`. Not a value or block of that name. */
static bool is_shardy(const ryft__mlir_word *word) {
  if (begins_with(word, "xla.sdy.")) return true;
  if (word->sigil == '%' || word->sigil == '^' || word->sigil == '@') return false;
  return begins_with(word, "sdy.") || (word->sigil == '#' && ryft__mlir_word_is(word, "sdy"));
}

/* Large programs mostly have none of these words, and searching is faster than reading. */
static bool mentions(ryft_bytes text, const char *what) {
  return memmem(text.data, text.size, what, strlen(what)) != NULL;
}

static void read_text(ryft_bytes text, ryft_program_facts *out) {
  if (!mentions(text, "mhlo.num_") && !mentions(text, "sdy")) return;
  ryft__mlir m = ryft__mlir_start(text);
  ryft__mlir_word word;
  while (ryft__mlir_next_word(&m, &word)) {
    if (is_shardy(&word)) out->shardy = RYFT_YES;
    /* The first of several modules is the outermost. */
    if (out->partitions == 0 && ryft__mlir_word_is(&word, "mhlo.num_partitions")) {
      out->partitions = read_count(&m);
    }
    if (out->replicas == 0 && ryft__mlir_word_is(&word, "mhlo.num_replicas")) {
      out->replicas = read_count(&m);
    }
  }
}

/* ---- HLO. */

/* The last varint field `number`; 0 when there is none. */
static uint64_t find_number(ryft_bytes message, uint32_t number) {
  ryft__wire wire = ryft__wire_start(message);
  ryft__wire_field field;
  uint64_t value = 0;
  while (ryft__wire_next(&wire, &field)) {
    if (field.number == number && field.type == RYFT__WIRE_VARINT) value = field.value;
  }
  return wire.bad ? 0 : value;
}

static void read_module(ryft_bytes module, ryft_program_facts *out) {
  ryft_bytes assignment = {.data = NULL};
  if (!ryft__hlo_find(module, RYFT__HLO_MODULE_ASSIGNMENT, &assignment)) return;
  out->replicas = (size_t)find_number(assignment, RYFT__HLO_ASSIGNMENT_REPLICAS);
  out->partitions = (size_t)find_number(assignment, RYFT__HLO_ASSIGNMENT_PARTITIONS);
}

static void read_config(ryft_bytes config, ryft_program_facts *out) {
  const uint64_t replicas = find_number(config, RYFT__HLO_CONFIG_REPLICAS);
  const uint64_t partitions = find_number(config, RYFT__HLO_CONFIG_PARTITIONS);
  if (replicas != 0) out->replicas = (size_t)replicas;
  if (partitions != 0) out->partitions = (size_t)partitions;
  if (find_number(config, RYFT__HLO_CONFIG_SPMD) != 0) out->spmd = RYFT_YES;
  if (find_number(config, RYFT__HLO_CONFIG_SHARDY) != 0) out->shardy = RYFT_YES;
}

static void read_hlo(ryft_bytes code, bool with_config, ryft_program_facts *out) {
  ryft_bytes module = code, config = {.data = NULL};
  if (with_config && !ryft__hlo_find(code, RYFT__HLO_WITH_CONFIG_MODULE, &module)) return;
  read_module(module, out);
  if (with_config && ryft__hlo_find(code, RYFT__HLO_WITH_CONFIG_CONFIG, &config)) {
    read_config(config, out);
  }
}

ryft_error *ryft__program_facts(const ryft_program *program,
                                ryft_program_facts *out,
                                const char *where) {
  ryft_program own;
  *out = RYFT_DEFAULTS(ryft_program_facts);
  RYFT_TRY(ryft__program_view(program, &own, where));
  if (strcmp(own.format, "mlir") != 0) {
    read_hlo(own.code, strcmp(own.format, "hlo") != 0, out);
  } else if (!ryft__program_is_bytecode(own.code)) {
    read_text(own.code, out);
  }
  return NULL;
}

ryft_error *ryft_program_describe(const ryft_program *program, ryft_program_facts *out) {
  ryft_program_facts facts;
  RYFT__REQUIRE(out);
  RYFT__REQUIRE(program);
  RYFT_TRY(ryft__program_facts(program, &facts, __func__));
  return RYFT__WRITE_RESULT(ryft_program_facts, out, &facts);
}
