/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/io/npy.h"

#include <string.h>

#include "ryft/host_memory.h"
#include "src/base/alloc.h"
#include "src/base/require.h"
#include "src/base/sized.h"
#include "src/base/text.h"
#include "src/io/element.h"

/* The data begins at a multiple of this, as NumPy has it, so that a mapped file is ready for use in
 * place. */
enum { ALIGNMENT = 64, PREFIX_V1 = 10, PREFIX_V2 = 12, PIECE = 4096 };

static const struct {
  ryft_type type;
  char descr[5];
} DESCRS[] = {
    {RYFT_PRED, "|b1"},
    {RYFT_S8, "|i1"},
    {RYFT_S16, "<i2"},
    {RYFT_S32, "<i4"},
    {RYFT_S64, "<i8"},
    {RYFT_U8, "|u1"},
    {RYFT_U16, "<u2"},
    {RYFT_U32, "<u4"},
    {RYFT_U64, "<u8"},
    {RYFT_F16, "<f2"},
    {RYFT_F32, "<f4"},
    {RYFT_F64, "<f8"},
    {RYFT_C64, "<c8"},
    {RYFT_C128, "<c16"},
};

static bool is_small_integer(ryft_type type) {
  return ryft__type_is_integer(type) && ryft_type_bits(type) < 8;
}

static const char *descr_of(ryft_type type) {
  for (size_t i = 0; i < RYFT__COUNT(DESCRS); ++i) {
    if (DESCRS[i].type == type) return DESCRS[i].descr;
  }
  if (is_small_integer(type)) return ryft__type_is_signed(type) ? "|i1" : "|u1";
  return ryft_type_host_size(type) == 2 ? "|V2" : "|V1";
}

static void put_dictionary(ryft__text *text, ryft_shape shape) {
  ryft__text_format(
      text, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr_of(shape.type));
  for (size_t i = 0; i < shape.rank; ++i) {
    ryft__text_format(text, i == 0 ? "%lld" : ", %lld", (long long)shape.dims[i]);
  }
  ryft__text_format(text, shape.rank == 1 ? ",), }" : "), }");
}

/* Version 1.0 where its two bytes suffice for the length, which is for all but absurdly many
 * dimensions. */
static ryft_error *write_header(ryft_shape shape, ryft_write write, void *arg) {
  ryft__text dictionary = {.data = NULL};
  put_dictionary(&dictionary, shape);
  const size_t prefix = PREFIX_V2 + dictionary.size + ALIGNMENT > 65535 ? PREFIX_V2 : PREFIX_V1;
  const size_t total = (prefix + dictionary.size + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  const size_t length = total - prefix;
  unsigned char *header = dictionary.failed ? NULL : ryft__alloc(total);
  if (header == NULL) {
    ryft__text_free(&dictionary);
    return ryft__out_of_memory();
  }
  memset(header, ' ', total);
  memcpy(header, "\x93NUMPY", 6);
  header[6] = prefix == PREFIX_V1 ? 1 : 2;
  header[7] = 0;
  for (size_t i = 8; i < prefix; ++i) header[i] = (unsigned char)(length >> (i - 8) * 8);
  memcpy(header + prefix, dictionary.data, dictionary.size);
  header[total - 1] = '\n';
  ryft_error *error = write(header, total, arg);
  ryft__free(header);
  ryft__text_free(&dictionary);
  return error;
}

/* Plugins leave the upper bits of sub-byte elements as they like; an int8 has none to spare. */
static ryft_error *write_small_integers(const ryft_host_array *array, ryft_write write, void *arg) {
  unsigned char piece[PIECE];
  const unsigned char *bytes = array->data;
  for (size_t done = 0; done < array->size;) {
    const size_t count = array->size - done < PIECE ? array->size - done : PIECE;
    for (size_t i = 0; i < count; ++i) {
      ryft__integer_store(
          array->shape.type, ryft__integer_load(array->shape.type, bytes + done + i), piece + i);
    }
    RYFT_TRY(write(piece, count, arg));
    done += count;
  }
  return NULL;
}

/* Dense, and as large as its shape says. */
static ryft_error *write_dense(const ryft_host_array *array, ryft_write write, void *arg) {
  RYFT_TRY(write_header(array->shape, write, arg));
  if (array->size == 0) return NULL;
  return is_small_integer(array->shape.type) ? write_small_integers(array, write, arg)
                                             : write(array->data, array->size, arg);
}

static ryft_error *write_strided(const ryft_host_array *array,
                                 size_t size,
                                 ryft_write write,
                                 void *arg,
                                 const char *where) {
  ryft_host_array dense = {RYFT_SIZED(ryft_host_array), .shape = array->shape, .size = size};
  void *memory = NULL;
  RYFT_TRY(ryft__error_stamp(ryft_host_alloc(size, &memory), where));
  dense.data = memory;
  ryft_error *error = ryft__error_stamp(ryft_host_array_copy(array, memory, size), where);
  if (error == NULL) error = write_dense(&dense, write, arg);
  ryft_host_free(memory);
  return error;
}

ryft_error *ryft_npy_write(const ryft_host_array *array, ryft_write write, void *arg) {
  ryft_host_array own;
  size_t size = 0;
  RYFT__REQUIRE(array);
  RYFT__REQUIRE(write);
  RYFT_TRY(RYFT__READ_OPTIONS(ryft_host_array, array, &own));
  if (own.size != 0 && own.data == NULL) {
    return ryft__error(RYFT_INVALID_ARGUMENT, __func__, NULL, "`array->data` is NULL");
  }
  RYFT_TRY(ryft__error_stamp(ryft_shape_host_size(own.shape, &size), __func__));
  if (own.byte_strides != NULL || own.byte_offset != 0) {
    return write_strided(&own, size, write, arg, __func__);
  }
  if (size != own.size) {
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       __func__,
                       NULL,
                       "the array's shape takes %zu bytes, it has %zu",
                       size,
                       own.size);
  }
  return write_dense(&own, write, arg);
}
