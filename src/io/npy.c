/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/io/npy.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "ryft/host_memory.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/io/element.h"
#include "src/io/file.h"
#include "src/io/npy_header.h"

/* The fields of 0.1, to which this file will stay: the size goes for copies of the struct, too,
 * that a program compiled with an older header makes. */
enum { ARRAY_SIZE = offsetof(ryft_host_array, owner) + sizeof(void *) };

struct ryft_npy {
  atomic_size_t holders; /* the user's handle and whoever holds the array */
  ryft__npy_header header;
  ryft__file file; /* empty when made from the caller's bytes */
  size_t count;    /* elements */
  void *converted; /* row-major, little-endian and aligned, where the file is not */
  ryft_host_array array;
  char *name;
};

/* Elements and bytes, both checked. RYFT_INVALID_TYPE has no host size of its own. */
static ryft_error *array_size(const ryft_npy *npy,
                              size_t *out_count,
                              size_t *out_size,
                              const char *where) {
  const ryft__npy_header *header = &npy->header;
  const ryft_shape shape = {.type = RYFT_U8, .rank = header->rank, .dims = header->dims};
  /* tidy: allow public-calls: its error goes no further */
  ryft_error *error = ryft_shape_element_count(shape, out_count);
  bool too_large = error != NULL;
  ryft_error_destroy(error);
  too_large = too_large || __builtin_mul_overflow(*out_count, header->item_size, out_size);
  if (!too_large && *out_size <= INT64_MAX) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "%s: its shape overflows", npy->name);
}

static void copy_reversed(unsigned char *out, const unsigned char *in, size_t size) {
  for (size_t i = 0; i < size; ++i) out[i] = in[size - 1 - i];
}

/* Each part of a complex number is a number of its own. */
static void copy_element(const ryft__npy_header *header,
                         unsigned char *out,
                         const unsigned char *in) {
  const size_t size = header->item_size;
  if (!header->big_endian) {
    memcpy(out, in, size);
  } else if (ryft__type_is_complex(header->type)) {
    copy_reversed(out, in, size / 2);
    copy_reversed(out + size / 2, in + size / 2, size / 2);
  } else {
    copy_reversed(out, in, size);
  }
}

/* Writes `count` elements in row-major order, going through the file's in whatever order it has. */
static void convert(const ryft__npy_header *header,
                    size_t count,
                    const unsigned char *in,
                    unsigned char *out) {
  int64_t index[RYFT__NPY_MAX_RANK] = {0};
  size_t strides[RYFT__NPY_MAX_RANK] = {0};
  size_t stride = header->item_size;
  for (size_t i = 0; i < header->rank; ++i) {
    const size_t dimension = header->fortran_order ? i : header->rank - 1 - i;
    strides[dimension] = stride;
    stride *= (size_t)header->dims[dimension];
  }
  for (size_t done = 0; done < count; ++done, out += header->item_size) {
    copy_element(header, out, in);
    for (size_t d = header->rank; d-- > 0;) {
      in += strides[d];
      if (++index[d] < header->dims[d]) break;
      in -= strides[d] * (size_t)header->dims[d];
      index[d] = 0;
    }
  }
}

/* Programs rely on a pred being 0 or 1. */
static ryft_error *check_preds(const ryft_npy *npy, const char *where) {
  const unsigned char *bytes = npy->array.data;
  for (size_t i = 0; i < npy->array.size; ++i) {
    if (bytes[i] > 1) {
      return ryft__error(RYFT_INVALID_ARGUMENT,
                         where,
                         NULL,
                         "%s: element %zu is 0x%02x, which is not a valid bool",
                         npy->name,
                         i,
                         bytes[i]);
    }
  }
  return NULL;
}

/* Numbers must lie where a number of theirs may; a header of odd length puts them elsewhere. */
static bool misaligned(const ryft_npy *npy, const void *data) {
  const size_t size = npy->header.item_size;
  const size_t alignment = ryft__type_is_complex(npy->header.type) ? size / 2 : size;
  return (alignment & (alignment - 1)) == 0 && ((uintptr_t)data & (alignment - 1)) != 0;
}

static void hold(void *owner) {
  ryft_npy *npy = owner;
  atomic_fetch_add_explicit(&npy->holders, 1, memory_order_relaxed);
}

static void release(void *owner) {
  ryft_npy_destroy(owner);
}

/* The caller's own bytes are not ours to keep. */
static void make_holdable(ryft_npy *npy) {
  if (npy->file.data == NULL && npy->converted == NULL) return;
  npy->array.hold = hold;
  npy->array.release = release;
  npy->array.owner = npy;
}

static ryft_error *read_header(ryft_npy *npy, ryft_bytes bytes, const char *where) {
  RYFT_TRY(ryft__npy_header_read(npy->name, bytes.data, bytes.size, &npy->header, where));
  return array_size(npy, &npy->count, &npy->array.size, where);
}

static ryft_error *read_array(ryft_npy *npy, ryft_bytes bytes, const char *where) {
  const ryft__npy_header *header = &npy->header;
  const size_t size = npy->array.size, there = bytes.size - header->data_offset;
  if (there != size) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "%s: %s data: its shape takes %zu bytes, there are %s%zu",
                       npy->name,
                       there < size ? "missing" : "trailing",
                       size,
                       npy->file.more ? "at least " : "",
                       there);
  }
  const unsigned char *data = (const unsigned char *)bytes.data + header->data_offset;
  const ryft_shape shape = {.type = header->type, .rank = header->rank, .dims = header->dims};
  npy->array.struct_size = ARRAY_SIZE;
  npy->array.shape = shape;
  npy->array.data = data;
  npy->array.size = size;
  const bool reorder = header->fortran_order && header->rank > 1;
  if (size != 0 && (reorder || header->big_endian || misaligned(npy, data))) {
    RYFT_TRY(ryft__error_stamp(ryft_host_alloc(size, &npy->converted), where));
    convert(header, npy->count, data, npy->converted);
    npy->array.data = npy->converted;
  }
  make_holdable(npy);
  return header->type == RYFT_PRED ? check_preds(npy, where) : NULL;
}

static ryft_error *make(const char *name, ryft_npy **out) {
  ryft_npy *npy = ryft__alloc_zero(sizeof *npy);
  RYFT__TRY_ALLOC(npy);
  atomic_init(&npy->holders, 1);
  npy->name = ryft__copy_text(name, strlen(name));
  if (npy->name == NULL) {
    ryft__free(npy);
    return ryft__out_of_memory();
  }
  ryft__object_born(RYFT__LIVE_NPY);
  *out = npy;
  return NULL;
}

/* Gives `npy` to the caller, or up. */
static ryft_error *finish(ryft_npy *npy, ryft_error *error, ryft_npy **out) {
  if (error == NULL)
    *out = npy;
  else
    ryft_npy_destroy(npy);
  return error;
}

ryft_error *ryft_npy_parse(const char *name, ryft_bytes bytes, ryft_npy **out) {
  ryft_npy *npy = NULL;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(name);
  if (bytes.size != 0) RYFT__REQUIRE(bytes.data);
  RYFT_TRY(make(name, &npy));
  ryft_error *error = read_header(npy, bytes, __func__);
  if (error == NULL) error = read_array(npy, bytes, __func__);
  return finish(npy, error, out);
}

static ryft_bytes bytes_of(const ryft__file *file) {
  return (ryft_bytes){.data = file->data, .size = file->size};
}

/* A pipe need not end: of one no more is read than its header speaks of, and a byte to see whether
 * anything follows. */
static ryft_error *read_file(ryft_npy *npy, const char *path, const char *where) {
  ryft__file *file = &npy->file;
  size_t whole = 0;
  RYFT_TRY(ryft__file_open(path, file, where));
  RYFT_TRY(ryft__file_read(file, RYFT__NPY_PREFIX, path, where));
  RYFT_TRY(ryft__file_read(file, ryft__npy_header_size(file->data, file->size), path, where));
  RYFT_TRY(read_header(npy, bytes_of(file), where));
  if (__builtin_add_overflow(npy->header.data_offset + 1, npy->array.size, &whole)) {
    whole = SIZE_MAX;
  }
  RYFT_TRY(ryft__file_read(file, whole, path, where));
  return read_array(npy, bytes_of(file), where);
}

ryft_error *ryft_npy_map(const char *path, ryft_npy **out) {
  ryft_npy *npy = NULL;
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(path);
  RYFT_TRY(make(path, &npy));
  return finish(npy, read_file(npy, path, __func__), out);
}

const ryft_host_array *ryft_npy_host_array(const ryft_npy *npy) {
  return npy == NULL ? NULL : &npy->array;
}

/* Types that NumPy has by itself, and that a file therefore names. */
static bool is_numpy_type(ryft_type type) {
  switch (type) {
    case RYFT_PRED:
    case RYFT_F16:
    case RYFT_F32:
    case RYFT_F64:
      return true;
    default:
      return (ryft__type_is_integer(type) && ryft_type_bits(type) >= 8) ||
             ryft__type_is_complex(type);
  }
}

/* Whether a byte is an element of `type`, which has fewer bits. Void and unsigned bytes may hold a
 * negative number as its bits alone, as ml_dtypes does, or with its sign in the upper ones. */
static bool byte_fits(ryft_type type, ryft_type held, uint8_t byte) {
  const unsigned bits = (unsigned)ryft_type_bits(type);
  const bool plain = byte >> bits == 0;
  if (!ryft__type_is_signed(type)) return plain;
  const uint8_t extended = (uint8_t)ryft__integer_wrap(type, byte);
  return byte == extended || (plain && held != RYFT_S8);
}

static ryft_error *check_bytes(const ryft_npy *npy, ryft_type type, const char *where) {
  const unsigned char *bytes = npy->array.data;
  for (size_t i = 0; i < npy->array.size; ++i) {
    if (!byte_fits(type, npy->header.type, bytes[i])) {
      return ryft__error(RYFT_INVALID_ARGUMENT,
                         where,
                         NULL,
                         "%s: element %zu is 0x%02x, which does not fit %s",
                         npy->name,
                         i,
                         bytes[i],
                         ryft_type_name(type));
    }
  }
  return NULL;
}

ryft_error *ryft_npy_array_as(const ryft_npy *npy, ryft_type type, ryft_host_array *out) {
  RYFT__REQUIRE(out);
  RYFT__REQUIRE(npy);
  const ryft_host_array nothing = RYFT_DEFAULTS(ryft_host_array);
  RYFT_TRY(RYFT__WRITE_RESULT(ryft_host_array, out, &nothing));
  const ryft_type held = npy->header.type;
  ryft_host_array array = npy->array;
  array.shape.type = type;
  if (type != held) {
    const bool opaque = held == RYFT_INVALID_TYPE || ryft__type_is_integer(held);
    const size_t size = ryft_type_host_size(type);
    if (is_numpy_type(type) || !opaque || size == 0 || size != npy->header.item_size) {
      char text[96];
      (void)ryft_shape_format(npy->array.shape, text, sizeof text);
      return ryft__error(RYFT_INVALID_ARGUMENT,
                         __func__,
                         NULL,
                         "%s holds %s with elements of %zu bytes, which cannot be read as %s",
                         npy->name,
                         held == RYFT_INVALID_TYPE ? "an array without a type" : text,
                         npy->header.item_size,
                         ryft_type_name(type));
    }
    if (ryft_type_bits(type) < 8) RYFT_TRY(check_bytes(npy, type, __func__));
  }
  return RYFT__WRITE_RESULT(ryft_host_array, out, &array);
}

void ryft_npy_destroy(ryft_npy *npy) {
  if (npy == NULL) return;
  if (atomic_fetch_sub_explicit(&npy->holders, 1, memory_order_acq_rel) != 1) return;
  ryft__file_close(&npy->file);
  ryft_host_free(npy->converted);
  ryft__free(npy->name);
  ryft__free(npy);
  ryft__object_gone(RYFT__LIVE_NPY);
}
