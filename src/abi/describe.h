/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The shape of the generated tables (src/abi/gen/tables.c): what every function, struct, field and
 * enum is, and is called. */
#ifndef RYFT_SRC_ABI_DESCRIBE_H
#define RYFT_SRC_ABI_DESCRIBE_H

#include <stddef.h>
#include <stdint.h>

enum {
  RYFT__NO_FIELD = 255 /* length, inner, tag: no such field */
};

/* What one element of a field is. For SIGNED and UNSIGNED, `ref` is its width in bytes. */
enum {
  RYFT__KIND_HIDDEN,     /* struct_size */
  RYFT__KIND_EXTENSIONS, /* extension_start */
  RYFT__KIND_BOOL,
  RYFT__KIND_SIGNED,
  RYFT__KIND_UNSIGNED,
  RYFT__KIND_FLOAT,
  RYFT__KIND_ENUM,     /* ref: which */
  RYFT__KIND_STRUCT,   /* ref: which */
  RYFT__KIND_POINTER,  /* a handle, or an address nobody follows */
  RYFT__KIND_FUNCTION, /* pointer to function */
  RYFT__KIND_TEXT,
  RYFT__KIND_BYTES
};

/* How elements hang off the field. */
enum {
  RYFT__SHAPE_VALUE,    /* the element itself */
  RYFT__SHAPE_ONE,      /* pointer to one */
  RYFT__SHAPE_ARRAY,    /* pointer to `length` of them */
  RYFT__SHAPE_POINTERS, /* pointer to `length` pointers to one */
  RYFT__SHAPE_MATRIX,   /* pointer to `length` pointers to `inner` of them */
  RYFT__SHAPE_COUNTED,  /* text or bytes of `length` */
  RYFT__SHAPE_CSTRING,  /* NUL-terminated text */
  RYFT__SHAPE_STRINGS   /* `length` texts, whose lengths are in the array `inner` */
};

enum { RYFT__FIELD_IN = 1, RYFT__FIELD_OUT = 2 };
enum { RYFT__FN_REQUIRED = 1, RYFT__FN_VOID = 2 };

typedef struct ryft__fn {
  uint16_t name; /* into ryft__names, as all names */
  uint8_t since; /* minor */
  uint16_t args; /* struct */
  uint16_t offset;
  uint8_t newest; /* newest minor that an input depends on; 0: none is newer than the function */
  uint8_t owner;  /* 0: the core table; else an extension, into ryft__owners */
  uint8_t flags;
} ryft__fn;

typedef struct ryft__owner {
  uint16_t name;
  int16_t extension; /* PJRT_Extension_Type, -1 for the core table */
} ryft__owner;

typedef struct ryft__struct {
  uint16_t name;
  uint16_t first_field;
  uint16_t first_gate;
  uint16_t size; /* sizeof */
  uint8_t fields;
  uint8_t gates;
  uint8_t newest;
} ryft__struct;

typedef struct ryft__field {
  uint16_t name;
  uint16_t ref;
  uint16_t offset;
  uint8_t size;
  uint8_t kind;
  uint8_t shape;
  uint8_t flags;
  uint8_t since;
  uint8_t length; /* fields of the same struct, or RYFT__NO_FIELD */
  uint8_t inner;
  uint8_t tag;  /* the field that says which arm of a union is alive, */
  uint8_t when; /* and its value when this one is */
} ryft__field;

typedef struct ryft__enum {
  uint16_t name;
  uint16_t first_value;
  uint16_t values;
} ryft__enum;

typedef struct ryft__enumerator {
  uint16_t name;
  uint8_t since;
  int32_t number;
} ryft__enumerator;

typedef struct ryft__refusal {
  int minor;
  const char *reason;
} ryft__refusal;

extern const ryft__fn ryft__fns[];
extern const ryft__owner ryft__owners[];
extern const ryft__struct ryft__structs[];
extern const ryft__field ryft__fields[];
extern const unsigned char ryft__gates[];
extern const ryft__enum ryft__enums[];
extern const ryft__enumerator ryft__enumerators[];
extern const ryft__refusal ryft__refusals[];
extern const char ryft__names[];

/* The name of a function, struct, field or enumerator. */
static inline const char *ryft__name(uint16_t name) {
  return ryft__names + name;
}

static inline const char *ryft__fn_name(int fn) {
  return ryft__name(ryft__fns[fn].name);
}

/* The bytes that one element of a field takes. */
size_t ryft__element_size(const ryft__field *field);

/* NULL for numbers that the enum does not have. */
const char *ryft__enum_name(int enum_id, int number);

#endif /* RYFT_SRC_ABI_DESCRIBE_H */
