/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "tests/fake/fake_program.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SHAPES_MAX = 100000 };

typedef struct reader {
  const char *at; /* ends with a NUL */
} reader;

static PJRT_Error *bad(const reader *r, const char *expected) {
  return fake_error(PJRT_Error_Code_INVALID_ARGUMENT, "expected %s at \"%.40s\"", expected, r->at);
}

static void skip_space(reader *r) {
  while (*r->at == ' ' || *r->at == '\t') ++r->at;
}

static bool take(reader *r, const char *token) {
  skip_space(r);
  const size_t size = strlen(token);
  if (strncmp(r->at, token, size) != 0) return false;
  r->at += size;
  return true;
}

static bool take_number(reader *r, int64_t *out) {
  char *end;
  skip_space(r);
  if (!isdigit((unsigned char)*r->at)) return false;
  errno = 0;
  *out = strtoll(r->at, &end, 10);
  r->at = end;
  return errno == 0;
}

/* "{0,1}" behind a shape. */
static PJRT_Error *read_order(reader *r, fake_shape *out) {
  if (!take(r, "{")) return NULL;
  out->ordered = true;
  for (size_t i = 0; i < out->rank; ++i) {
    if (i != 0 && !take(r, ",")) return bad(r, ",");
    if (!take_number(r, &out->order[i]) || out->order[i] >= (int64_t)out->rank) {
      return bad(r, "a number of a dimension");
    }
  }
  return take(r, "}") ? NULL : bad(r, "}");
}

static PJRT_Error *read_shape(reader *r, fake_shape *out) {
  int64_t dims[FAKE_RANK_MAX];
  size_t rank = 0, size = 0;
  skip_space(r);
  const char *name = r->at;
  while (isalnum((unsigned char)name[size])) ++size;
  r->at += size;
  const PJRT_Buffer_Type type = fake_type_named(name, size);
  if (type == PJRT_Buffer_Type_INVALID) return bad(r, "a type before this");
  if (take(r, "[") && !take(r, "]")) {
    do {
      if (rank == FAKE_RANK_MAX || !take_number(r, &dims[rank++])) return bad(r, "a dimension");
    } while (take(r, ","));
    if (!take(r, "]")) return bad(r, "]");
  }
  PJRT_Error *error = fake_shape_set(out, type, dims, rank);
  return error != NULL ? error : read_order(r, out);
}

static PJRT_Error *add_shapes(reader *r, fake_shapes *out) {
  int64_t times = 1;
  fake_shape shape;
  if (take_number(r, &times) && !take(r, "*")) return bad(r, "*");
  PJRT_Error *error = read_shape(r, &shape);
  if (error != NULL) return error;
  FAKE_REQUIRE(times >= 0 && times + (int64_t)out->count <= SHAPES_MAX, "too many shapes");
  out->items = fake_realloc(out->items, (out->count + (size_t)times) * sizeof *out->items);
  for (int64_t i = 0; i < times; ++i) out->items[out->count++] = shape;
  return NULL;
}

static PJRT_Error *read_shapes(reader *r, fake_shapes *out) {
  if (!take(r, "(")) return bad(r, "(");
  if (take(r, ")")) return NULL;
  do {
    PJRT_Error *error = add_shapes(r, out);
    if (error != NULL) return error;
  } while (take(r, ","));
  return take(r, ")") ? NULL : bad(r, ")");
}

/* NAME(number) */
static bool take_setting(reader *r, const char *name, int64_t *out) {
  const reader before = *r;
  if (take(r, name) && take(r, "(") && take_number(r, out) && take(r, ")")) return true;
  *r = before;
  return false;
}

static PJRT_Error *read_donation(reader *r, fake_program *program) {
  int64_t from, to;
  if (!take(r, "(") || !take_number(r, &from) || !take(r, "->") || !take_number(r, &to) ||
      !take(r, ")")) {
    return bad(r, "(parameter->result)");
  }
  FAKE_REQUIRE((size_t)from < program->parameters.count && (size_t)to < program->results.count,
               "there is no parameter %lld or no result %lld",
               (long long)from,
               (long long)to);
  FAKE_REQUIRE(fake_shape_host_size(&program->parameters.items[from]) ==
                   fake_shape_host_size(&program->results.items[to]),
               "parameter %lld and result %lld differ in size",
               (long long)from,
               (long long)to);
  program->aliases[from] = to;
  return NULL;
}

static bool take_size(reader *r, int64_t *out) {
  const bool negative = take(r, "-");
  if (!take_number(r, out)) return false;
  if (negative) *out = -*out;
  return true;
}

static PJRT_Error *read_dynamic(reader *r, fake_program *program) {
  int64_t result, dim, size;
  if (!take(r, "(") || !take_number(r, &result) || !take(r, ".") || !take_number(r, &dim) ||
      !take(r, "=") || !take_size(r, &size) || !take(r, ")")) {
    return bad(r, "(result.dimension=size)");
  }
  FAKE_REQUIRE(
      (size_t)result < program->results.count && (size_t)dim < program->results.items[result].rank,
      "there is no result %lld with a dimension %lld",
      (long long)result,
      (long long)dim);
  program->results.items[result].dynamic |= 1U << dim;
  program->present[result].dims[dim] = size;
  return NULL;
}

static PJRT_Error *read_word(reader *r, fake_program *program) {
  int64_t number;
  if (take_setting(r, "compile_sleep", &number))
    return program->compile_sleep_ms = (unsigned)number, NULL;
  if (take_setting(r, "compile_error", &number)) return program->compile_error = (int)number, NULL;
  if (take_setting(r, "sleep", &number)) return program->sleep_ms = (unsigned)number, NULL;
  if (take_setting(r, "error", &number)) return program->error = (int)number, NULL;
  if (take_setting(r, "later", &number)) return program->later = (int)number, NULL;
  if (take_setting(r, "donor", &number)) {
    FAKE_REQUIRE((size_t)number < program->parameters.count,
                 "there is no parameter %lld",
                 (long long)number);
    program->donors[number] = true;
    return NULL;
  }
  if (take(r, "size")) return read_dynamic(r, program);
  if (take(r, "donate")) return read_donation(r, program);
  if (take(r, "tupled")) return program->tupled = true, NULL;
  if (take(r, "compile_crash")) return program->compile_crash = true, NULL;
  if (take(r, "crash")) return program->crash = true, NULL;
  if (take(r, "abort")) return program->abort = true, NULL;
  if (take(r, "hang")) return program->hang = true, NULL;
  if (take(r, "babble")) return program->babble = true, NULL;
  if (take(r, "add")) return program->op = FAKE_OP_ADD, NULL;
  if (take(r, "identity")) return program->op = FAKE_OP_IDENTITY, NULL;
  if (take(r, "swap")) return program->op = FAKE_OP_SWAP, NULL;
  if (take(r, "iota")) return program->op = FAKE_OP_IOTA, NULL;
  return bad(r, "an operation");
}

static bool same_size(const fake_program *program, size_t parameter, size_t result) {
  return parameter < program->parameters.count &&
         fake_shape_host_size(&program->parameters.items[parameter]) ==
             fake_shape_host_size(&program->results.items[result]);
}

/* Which parameters the result `index` is made from must be there, with as many bytes. */
static PJRT_Error *check_result(const fake_program *program, size_t index) {
  const int type = (int)program->results.items[index].type;
  bool fits = true;
  if (program->op == FAKE_OP_IDENTITY) fits = same_size(program, index, index);
  if (program->op == FAKE_OP_SWAP) fits = index < 2 && same_size(program, 1 - index, index);
  if (program->op == FAKE_OP_ADD) {
    fits = same_size(program, 0, index) && same_size(program, 1, index);
    FAKE_REQUIRE(
        type >= PJRT_Buffer_Type_S8 && type <= PJRT_Buffer_Type_F64 && type != PJRT_Buffer_Type_F16,
        "add does not take that type");
  }
  FAKE_REQUIRE(fits, "result %zu does not fit the parameters", index);
  return NULL;
}

static PJRT_Error *read_program(reader *r, fake_program *program) {
  PJRT_Error *error = read_shapes(r, &program->parameters);
  if (error == NULL && !take(r, "->")) error = bad(r, "->");
  if (error == NULL) error = read_shapes(r, &program->results);
  if (error != NULL) return error;
  program->aliases = fake_alloc(program->parameters.count * sizeof *program->aliases);
  program->donors = fake_alloc(program->parameters.count * sizeof *program->donors);
  for (size_t i = 0; i < program->parameters.count; ++i) program->aliases[i] = -1;
  program->present = fake_alloc(program->results.count * sizeof *program->present);
  for (size_t i = 0; i < program->results.count; ++i) {
    program->present[i] = program->results.items[i];
  }
  if (take(r, "=")) {
    for (skip_space(r); error == NULL && *r->at != '\0'; skip_space(r))
      error = read_word(r, program);
  }
  for (size_t i = 0; error == NULL && i < program->results.count; ++i)
    error = check_result(program, i);
  return error;
}

static const char *find_mark(const char *code, size_t size) {
  static const char mark[] = "fake:";
  return code == NULL ? NULL : memmem(code, size, mark, sizeof mark - 1);
}

PJRT_Error *fake_program_parse(const char *code, size_t size, fake_program **out) {
  *out = NULL;
  const char *mark = find_mark(code, size);
  FAKE_REQUIRE(mark != NULL, "the program has no line with \"fake:\"");
  const size_t rest = size - (size_t)(mark - code);
  const char *end = memchr(mark, '\n', rest);
  fake_program *program = fake_alloc(sizeof *program);
  atomic_init(&program->holders, 1);
  program->text = fake_copy(mark, end == NULL ? rest : (size_t)(end - mark));
  reader r = {program->text + strlen("fake:")};
  PJRT_Error *error = read_program(&r, program);
  if (error == NULL && program->compile_error != 0) {
    error = fake_error(program->compile_error, "the program asked for this while compiling");
  }
  if (error == NULL) {
    *out = program;
  } else {
    fake_program_release(program);
  }
  return error;
}

fake_program *fake_program_hold(fake_program *program) {
  atomic_fetch_add(&program->holders, 1);
  return program;
}

void fake_program_release(fake_program *program) {
  if (atomic_fetch_sub(&program->holders, 1) != 1) return;
  free(program->text);
  free(program->parameters.items);
  free(program->results.items);
  free(program->present);
  free(program->aliases);
  free(program->donors);
  free(program);
}
