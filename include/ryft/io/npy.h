/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file npy.h
 * Arrays in NumPy's .npy files. One that was read never changes, so different threads may use it at
 * the same time; destroying it while another thread passes the same handle to a call is the
 * caller's error.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_IO_NPY_H
#define RYFT_IO_NPY_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/host_array.h"
#include "ryft/shape.h"

RYFT_BEGIN_DECLS

typedef struct ryft_npy ryft_npy;

/** Takes the next `size` bytes of a file that is being written, for a caller with means of its own
 * to store them. Called once for each piece, in order. An error, which is given away, ends the
 * writing; NULL goes on. */
typedef ryft_error *(*ryft_write)(const void *data, size_t size, void *arg);

/**
 * Maps a .npy file. Row-major little-endian arrays are used in place; Fortran order and big-endian
 * data are converted into memory. From a pipe no more is read than the header says that there is.
 *
 * Owns: the caller owns `*out`. Errors: NOT_FOUND, PERMISSION_DENIED or UNAVAILABLE for the file;
 * INVALID_ARGUMENT, naming file and reason, for anything but a .npy array of numbers: objects,
 * strings, structures, shapes that overflow, missing or trailing bytes. Blocks: on the file. Since:
 * 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_npy_map(const char *path, ryft_npy **out);

/** As ryft_npy_map, from bytes in memory, which must outlive `*out`. `name` is used in messages.
 *
 * Owns: the caller owns `*out`; `bytes` is borrowed until it is destroyed. Errors: as ryft_npy_map.
 * Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_npy_parse(const char *name,
                                                  ryft_bytes bytes,
                                                  ryft_npy **out);

/**
 * The array as the file types it. Types that NumPy lacks appear as RYFT_INVALID_TYPE (void descr)
 * or as the integer type they were saved as: see ryft_npy_array_as. Whoever holds the array keeps
 * the file mapped even after `npy` is destroyed; the caller's own bytes cannot be held.
 *
 * A part of it is a copy of the struct with other fields.
 *
 * Owns: borrowed from `npy`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API const ryft_host_array *ryft_npy_host_array(const ryft_npy *npy);

/**
 * The array as one of `type`: its own type, or a type NumPy lacks (bf16, f8…, s4, …) that the file
 * holds as void or integer elements of the same size.
 *
 * @param out start it with RYFT_DEFAULTS(ryft_host_array).
 * Owns: borrowed from `npy`. Errors: INVALID_ARGUMENT when the file's elements cannot be of that
 * type. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_npy_array_as(const ryft_npy *npy,
                                                     ryft_type type,
                                                     ryft_host_array *out);

/**
 * Writes an array as .npy through `write`: types that NumPy has as themselves, others as
 * `ml_dtypes` saves them (void elements of the same size), sub-byte integers as int8 or uint8. An
 * array with byte strides is put in order first, in memory of its size.
 *
 * Owns: nothing. Errors: as ryft_host_array_copy; RESOURCE_EXHAUSTED; whatever `write`
 * returns. Blocks: as `write` does. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_npy_write(const ryft_host_array *array,
                                                  ryft_write write,
                                                  void *arg);

/** Unmaps and frees, as soon as nobody holds the array. NULL is fine.
 *
 * Owns: takes `npy`. Errors: none. Since: 0.1. PJRT: none.
 */
RYFT_API void ryft_npy_destroy(ryft_npy *npy);

RYFT_DEFINE_CLEANUP(npy)

RYFT_END_DECLS

#endif /* RYFT_IO_NPY_H */
