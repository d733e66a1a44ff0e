/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/proto/field.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/proto/message.h"
#include "src/proto/value.h"

/* As deep as messages may be that come as bytes: see scan.c. */
enum { MAX_DEPTH = 64 };

typedef struct walk {
  const char *path; /* all of it, for messages */
  const char *at;   /* what is left of it */
  const char *where;
} walk;

/* One step of a path: name, name[3] or name["key"]. */
typedef struct step {
  char name[128];
  enum { PICK_NOTHING, PICK_INDEX, PICK_KEY } pick;
  size_t index;
  char key[256];
} step;

static RYFT__COLD ryft_error *wrong(const walk *w, const char *problem) {
  return ryft__error(
      RYFT_INVALID_ARGUMENT, w->where, NULL, "compile option \"%s\": %s", w->path, problem);
}

static bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Copies up to the end of the run into `out`; false when it is empty or does not fit. */
static bool take(walk *w, size_t length, char *out, size_t room) {
  if (length == 0 || length >= room) return false;
  memcpy(out, w->at, length);
  out[length] = '\0';
  w->at += length;
  return true;
}

static ryft_error *read_key(walk *w, step *out) {
  const char *end = strstr(++w->at, "\"]");
  if (end == NULL) return wrong(w, "[\"KEY\"] is not closed");
  if (!take(w, (size_t)(end - w->at), out->key, sizeof out->key)) {
    return wrong(w, "keys have 1 to 255 bytes");
  }
  w->at += 2;
  out->pick = PICK_KEY;
  return NULL;
}

static ryft_error *read_index(walk *w, step *out) {
  out->index = 0;
  const char *first = w->at;
  for (; *w->at >= '0' && *w->at <= '9' && out->index < 100000000; ++w->at) {
    out->index = out->index * 10 + (size_t)(*w->at - '0');
  }
  if (w->at == first || *w->at != ']') return wrong(w, "[ takes a number or a \"KEY\", then ]");
  ++w->at;
  out->pick = PICK_INDEX;
  return NULL;
}

static ryft_error *read_step(walk *w, step *out) {
  size_t length = 0;
  while (is_name_character(w->at[length])) ++length;
  out->pick = PICK_NOTHING;
  if (!take(w, length, out->name, sizeof out->name)) {
    return wrong(w, "it takes names joined by dots, each perhaps with [N] or [\"KEY\"]");
  }
  if (*w->at == '[') {
    ++w->at;
    RYFT_TRY(*w->at == '"' ? read_key(w, out) : read_index(w, out));
  }
  if (*w->at == '\0') return NULL;
  if (*w->at != '.' || w->at[1] == '\0') {
    return wrong(w, "it takes names joined by dots, each perhaps with [N] or [\"KEY\"]");
  }
  ++w->at;
  return NULL;
}

static void *storage_of(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  return (char *)message + field->offset;
}

static void *quantifier_of(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  return (char *)message + field->quantifier_offset;
}

static void free_value(const ProtobufCFieldDescriptor *field, void *storage) {
  if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
    ryft__proto_free(*(ProtobufCMessage **)storage);
  } else {
    ryft__proto_value_free(field, storage);
  }
}

/* Makes a field that is not repeated the one that is set: of its oneof, or by its has_ flag. */
static void claim(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
    int *chosen = quantifier_of(message, field);
    if (*chosen == (int)field->id) return;
    const ProtobufCFieldDescriptor *former =
        protobuf_c_message_descriptor_get_field(message->descriptor, (unsigned)*chosen);
    if (former != NULL) free_value(former, storage_of(message, former));
    memset(storage_of(message, field), 0, ryft__proto_value_size(field->type));
    *chosen = (int)field->id;
  } else if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE) {
    *(protobuf_c_boolean *)quantifier_of(message, field) = 1;
  }
}

/* Room for one more element, zeroed and not yet counted. */
static void *grow(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  const size_t count = *(size_t *)quantifier_of(message, field);
  const size_t size = ryft__proto_value_size(field->type);
  size_t bytes = 0;
  if (__builtin_mul_overflow(count + 1, size, &bytes)) return NULL;
  char **list = storage_of(message, field);
  char *larger = ryft__realloc(*list, bytes);
  if (larger == NULL) return NULL;
  *list = larger;
  return memset(larger + count * size, 0, size);
}

static void *element_of(ProtobufCMessage *message,
                        const ProtobufCFieldDescriptor *field,
                        size_t index) {
  char **list = storage_of(message, field);
  return *list + index * ryft__proto_value_size(field->type);
}

/* One element more, at the end. */
static ryft_error *append(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
  size_t *count = quantifier_of(message, field);
  RYFT__TRY_ALLOC(grow(message, field));
  /* protobuf-c takes every counted element for a message. */
  if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
    ProtobufCMessage *fresh = ryft__proto_create(field->descriptor);
    RYFT__TRY_ALLOC(fresh);
    *(ProtobufCMessage **)element_of(message, field, *count) = fresh;
  }
  ++*count;
  return NULL;
}

/* Where the step's value lies: in the field itself, in an element, or in a new element. */
static ryft_error *locate(const walk *w,
                          ProtobufCMessage *message,
                          const ProtobufCFieldDescriptor *field,
                          const step *s,
                          void **out) {
  *out = NULL;
  if (field->label != PROTOBUF_C_LABEL_REPEATED) {
    if (s->pick == PICK_INDEX) return wrong(w, "[N] is for repeated fields");
    claim(message, field);
    *out = storage_of(message, field);
    return NULL;
  }
  if (s->pick != PICK_INDEX) return wrong(w, "a repeated field takes [N], or a map [\"KEY\"]");
  const size_t count = *(size_t *)quantifier_of(message, field);
  if (s->index > count) return wrong(w, "[N] lies beyond the element after the last");
  if (s->index == count) RYFT_TRY(append(message, field));
  *out = element_of(message, field, s->index);
  return NULL;
}

static ryft_error *store(const walk *w,
                         const ProtobufCFieldDescriptor *field,
                         const char *text,
                         void *storage) {
  ryft__proto_value value;
  const ryft__parsed parsed = ryft__proto_value_parse(field, text, &value);
  if (parsed == RYFT__PARSED_NO_MEMORY) return ryft__out_of_memory();
  if (parsed != RYFT__PARSED) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       w->where,
                       NULL,
                       "compile option \"%s\": \"%s\" is not %s",
                       w->path,
                       text,
                       ryft__proto_value_kind(field->type));
  }
  ryft__proto_value_free(field, storage);
  memcpy(storage, &value, ryft__proto_value_size(field->type));
  return NULL;
}

static bool same_key(const ProtobufCFieldDescriptor *key,
                     const void *stored,
                     const ryft__proto_value *wanted) {
  if (key->type != PROTOBUF_C_TYPE_STRING) {
    return memcmp(stored, wanted, ryft__proto_value_size(key->type)) == 0;
  }
  const char *text = *(char *const *)stored;
  return text != NULL && strcmp(text, wanted->string) == 0;
}

static ProtobufCMessage *find_entry(ProtobufCMessage *message,
                                    const ProtobufCFieldDescriptor *map,
                                    const ProtobufCFieldDescriptor *key,
                                    const ryft__proto_value *wanted) {
  const size_t count = *(size_t *)quantifier_of(message, map);
  for (size_t i = 0; i < count; ++i) {
    ProtobufCMessage *entry = *(ProtobufCMessage **)element_of(message, map, i);
    if (same_key(key, storage_of(entry, key), wanted)) return entry;
  }
  return NULL;
}

static ryft_error *add_entry(const walk *w,
                             ProtobufCMessage *message,
                             const ProtobufCFieldDescriptor *map,
                             const ProtobufCFieldDescriptor *key,
                             const step *s,
                             ProtobufCMessage **out) {
  const size_t index = *(size_t *)quantifier_of(message, map);
  RYFT_TRY(append(message, map));
  *out = *(ProtobufCMessage **)element_of(message, map, index);
  claim(*out, key);
  return store(w, key, s->key, storage_of(*out, key));
}

/* The entry of a map called s->key, made if it is not there. */
static ryft_error *open_entry(const walk *w,
                              ProtobufCMessage *message,
                              const ProtobufCFieldDescriptor *map,
                              const step *s,
                              ProtobufCMessage **out) {
  *out = NULL;
  const ProtobufCFieldDescriptor *key = NULL;
  const bool repeated = map->label == PROTOBUF_C_LABEL_REPEATED;
  if (repeated && map->type == PROTOBUF_C_TYPE_MESSAGE) {
    key = protobuf_c_message_descriptor_get_field_by_name(map->descriptor, "key");
  }
  if (key == NULL) return wrong(w, "[\"KEY\"] is for maps");
  ryft__proto_value wanted;
  const ryft__parsed parsed = ryft__proto_value_parse(key, s->key, &wanted);
  if (parsed == RYFT__PARSED_NO_MEMORY) return ryft__out_of_memory();
  if (parsed != RYFT__PARSED) return wrong(w, "the map's keys are of another type");
  *out = find_entry(message, map, key, &wanted);
  ryft__proto_value_free(key, &wanted);
  return *out != NULL ? NULL : add_entry(w, message, map, key, s, out);
}

static ryft_error *find_field(const walk *w,
                              const ProtobufCMessage *message,
                              const char *name,
                              const ProtobufCFieldDescriptor **out) {
  *out = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
  if (*out != NULL) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     w->where,
                     NULL,
                     "compile option \"%s\": %s has no field \"%s\"",
                     w->path,
                     message->descriptor->short_name,
                     name);
}

/* Takes one step: on success `*field` and `*storage` are what it leads to. */
static ryft_error *follow(walk *w,
                          ProtobufCMessage *message,
                          const ProtobufCFieldDescriptor **field,
                          void **storage) {
  step s;
  RYFT_TRY(read_step(w, &s));
  RYFT_TRY(find_field(w, message, s.name, field));
  if (s.pick == PICK_KEY) {
    RYFT_TRY(open_entry(w, message, *field, &s, &message));
    RYFT_TRY(find_field(w, message, "value", field));
    s.pick = PICK_NOTHING;
  }
  return locate(w, message, *field, &s, storage);
}

ryft_error *ryft__field_set(ProtobufCMessage *message,
                            const char *path,
                            const char *value,
                            const char *where) {
  walk w = {.path = path, .at = path, .where = where};
  for (int depth = 0; depth < MAX_DEPTH; ++depth) {
    const ProtobufCFieldDescriptor *field = NULL;
    void *storage = NULL;
    RYFT_TRY(follow(&w, message, &field, &storage));
    const bool last = *w.at == '\0';
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
      if (last) return store(&w, field, value, storage);
      return wrong(&w, "the path continues past a field that is not a message");
    }
    if (last) return wrong(&w, "it is a message: name one of its fields");
    ProtobufCMessage **child = storage;
    if (*child == NULL) *child = ryft__proto_create(field->descriptor);
    RYFT__TRY_ALLOC(*child);
    message = *child;
  }
  return wrong(&w, "it names more than 64 fields, one inside the other");
}
