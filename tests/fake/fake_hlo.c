/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The few fields of XLA's messages that the fake writes and reads, by hand: the library's own
 * codecs are what is under test. Numbers are those of xla/xla_data.proto, xla/service/hlo.proto,
 * xla/pjrt/proto/compile_options.proto. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_program.h"

enum { HLO_TUPLE = 13 };

typedef struct bytes {
  char *data;
  size_t size;
} bytes;

static void put_bytes(bytes *out, const void *data, size_t size) {
  out->data = fake_realloc(out->data, out->size + size + 1);
  if (size != 0) memcpy(out->data + out->size, data, size);
  out->size += size;
}

static void put_varint(bytes *out, uint64_t value) {
  do {
    const uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    put_bytes(out, &byte, 1);
    value >>= 7;
  } while (value != 0);
}

static void put_number(bytes *out, unsigned field, int64_t value) {
  put_varint(out, field << 3);
  put_varint(out, (uint64_t)value);
}

static void put_field(bytes *out, unsigned field, const void *data, size_t size) {
  put_varint(out, field << 3 | 2);
  put_varint(out, size);
  put_bytes(out, data, size);
}

/* Takes `message`. */
static void put_message(bytes *out, unsigned field, bytes message) {
  put_field(out, field, message.data, message.size);
  free(message.data);
}

static bytes packed(const int64_t *values, size_t count) {
  bytes out = {0};
  for (size_t i = 0; i < count; ++i) put_varint(&out, (uint64_t)values[i]);
  return out;
}

static bytes encode_shape(const fake_shape *shape) {
  bytes out = {0}, layout = {0};
  int64_t minor_to_major[FAKE_RANK_MAX];
  for (size_t i = 0; i < shape->rank; ++i) {
    minor_to_major[i] = shape->ordered ? shape->order[i] : (int64_t)(shape->rank - 1 - i);
  }
  put_number(&out, 2, fake_type_in_hlo((int)shape->type));
  if (shape->rank != 0) put_message(&out, 3, packed(shape->dims, shape->rank));
  if (shape->dynamic != 0) {
    int64_t flags[FAKE_RANK_MAX];
    for (size_t i = 0; i < shape->rank; ++i) flags[i] = shape->dynamic >> i & 1;
    put_message(&out, 6, packed(flags, shape->rank));
  }
  put_message(&layout, 1, packed(minor_to_major, shape->rank));
  put_message(&out, 5, layout);
  return out;
}

static bytes encode_tuple(const fake_shapes *shapes) {
  bytes out = {0};
  put_number(&out, 2, HLO_TUPLE);
  for (size_t i = 0; i < shapes->count; ++i) put_message(&out, 4, encode_shape(&shapes->items[i]));
  return out;
}

/* One result stands for itself, several or none are a tuple. */
static bytes encode_result(const fake_shapes *results) {
  return results->count == 1 ? encode_shape(&results->items[0]) : encode_tuple(results);
}

static bytes encode_program_shape(const fake_program *program) {
  bytes out = {0};
  if (program->tupled) put_message(&out, 1, encode_tuple(&program->parameters));
  for (size_t i = 0; i < program->parameters.count && !program->tupled; ++i) {
    put_message(&out, 1, encode_shape(&program->parameters.items[i]));
  }
  put_message(&out, 2, encode_result(&program->results));
  for (size_t i = 0; i < program->parameters.count; ++i) {
    char name[32];
    snprintf(name, sizeof name, "Arg_%zu.1", i);
    put_field(&out, 3, name, strlen(name));
  }
  return out;
}

static bytes encode_aliases(const fake_program *program) {
  bytes out = {0};
  for (size_t i = 0; i < program->parameters.count; ++i) {
    if (program->aliases[i] < 0) continue;
    bytes entry = {0};
    if (program->results.count > 1) put_message(&entry, 1, packed(&program->aliases[i], 1));
    if (i != 0) put_number(&entry, 2, (int64_t)i);
    put_number(&entry, 4, /* MAY_ALIAS */ 1);
    put_message(&out, 1, entry);
  }
  return out;
}

static bytes encode_donors(const fake_program *program) {
  bytes out = {0};
  for (size_t i = 0; i < program->parameters.count; ++i) {
    if (!program->donors[i]) continue;
    bytes entry = {0};
    if (i != 0) put_number(&entry, 1, (int64_t)i);
    put_message(&out, 1, entry);
  }
  return out;
}

char *fake_hlo_encode(const fake_program *program, size_t *out_size) {
  bytes module = {0}, computation = {0}, out = {0};
  put_field(&module, 1, "fake", 4);
  put_field(&module, 2, "main.1", 6);
  put_field(&computation, 1, "main.1", 6);
  put_number(&computation, 5, 1);
  put_message(&module, 3, computation);
  put_message(&module, 4, encode_program_shape(program));
  put_number(&module, 6, 1);
  put_message(&module, 8, encode_aliases(program));
  put_message(&module, 18, encode_donors(program));
  put_message(&out, 1, module);
  *out_size = out.size;
  return out.data;
}

/* ---- Reading compile options */

typedef struct field {
  unsigned number;
  uint64_t value; /* of a varint */
  const uint8_t *data;
  size_t size; /* of bytes, else 0 */
} field;

typedef struct input {
  const uint8_t *at;
  const uint8_t *end;
  bool broken;
} input;

static uint64_t get_varint(input *in) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
    const uint8_t byte = *in->at++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  in->broken = true;
  return 0;
}

static bool next_field(input *in, field *out) {
  if (in->broken || in->at == in->end) return false;
  const uint64_t tag = get_varint(in);
  *out = (field){.number = (unsigned)(tag >> 3)};
  switch (tag & 7) {
    case 0:
      out->value = get_varint(in);
      return !in->broken;
    case 1:
      out->size = 8;
      break;
    case 2:
      out->size = (size_t)get_varint(in);
      break;
    case 5:
      out->size = 4;
      break;
    default:
      in->broken = true;
  }
  if (in->broken || out->size > (size_t)(in->end - in->at)) return in->broken = true, false;
  out->data = in->at;
  in->at += out->size;
  return true;
}

static input inside(const field *message) {
  return (input){message->data, message->data + message->size, false};
}

/* Computation p has one device for each replica r; the result goes replica by replica. */
static bool read_assignment(const field *message, fake_build *out) {
  input in = inside(message);
  field each, id;
  size_t partition = 0;
  const size_t count = (size_t)(out->replicas * out->partitions);
  free(out->device_ids);
  out->device_ids = fake_alloc(count * sizeof *out->device_ids);
  out->device_id_count = 0;
  while (next_field(&in, &each)) {
    if (each.number != 3) continue;
    input ids = inside(&each);
    size_t replica = 0;
    while (next_field(&ids, &id)) {
      if (id.number != 1) continue;
      input list = id.data != NULL ? inside(&id) : (input){0};
      do {
        const uint64_t value = id.data != NULL ? get_varint(&list) : id.value;
        const size_t place = replica++ * (size_t)out->partitions + partition;
        if (place >= count) return false;
        out->device_ids[place] = (int64_t)value;
        ++out->device_id_count;
      } while (list.at < list.end && !list.broken);
    }
    ++partition;
  }
  return !in.broken && out->device_id_count == count;
}

static bool read_build_options(const field *message, fake_build *out) {
  input in = inside(message);
  field each, assignment = {0};
  while (next_field(&in, &each)) {
    if (each.number == 4) out->replicas = (int64_t)each.value;
    if (each.number == 5) out->partitions = (int64_t)each.value;
    if (each.number == 9) assignment = each;
  }
  if (out->replicas < 1 || out->partitions < 1) fake_misuse("no replica or no partition");
  if (in.broken || out->replicas > 1 << 20 || out->partitions > 1 << 20) return false;
  return assignment.data == NULL || read_assignment(&assignment, out);
}

PJRT_Error *fake_build_read(const char *options, size_t size, fake_build *out) {
  const field whole = {.data = (const uint8_t *)options, .size = size};
  input in = inside(&whole);
  field each;
  bool good = true;
  *out = (fake_build){0};
  if (options == NULL || size == 0) fake_misuse("the compile options are empty");
  while (good && next_field(&in, &each)) {
    if (each.number == 3) good = read_build_options(&each, out);
    if (each.number == 4) out->portable = each.value != 0;
  }
  FAKE_REQUIRE(good && !in.broken, "the compile options cannot be read");
  if (out->replicas < 1 || out->partitions < 1) fake_misuse("no replica or no partition");
  return NULL;
}

void fake_build_free(fake_build *build) {
  free(build->device_ids);
  build->device_ids = NULL;
}
