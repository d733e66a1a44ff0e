/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file value_text.h
 * One array element as text, both ways, for every element type. Independent of the process's
 * locale.
 *
 * Unless a declaration says otherwise: Threads: any. Blocks: no.
 */
#ifndef RYFT_IO_VALUE_TEXT_H
#define RYFT_IO_VALUE_TEXT_H

#include "ryft/base.h"
#include "ryft/error.h"
#include "ryft/type.h"

RYFT_BEGIN_DECLS

/** Room that the text of any one element needs, its NUL included. */
#define RYFT_VALUE_TEXT_SIZE 64

/**
 * Reads one element: decimal and hexadecimal integers and floats, nan, inf, true and false for
 * pred, `1+2j` for complex types. Rounds to nearest, ties to even.
 *
 * @param text `length` bytes, without blanks around the value.
 * @param out ryft_type_host_size(type) bytes.
 * Owns: nothing. Errors: INVALID_ARGUMENT for what is not a valid value, OUT_OF_RANGE when it does
 * not fit. Since: 0.1. PJRT: none.
 */
RYFT_API RYFT_MUST_USE ryft_error *ryft_value_parse(ryft_type type,
                                                    const char *text,
                                                    size_t length,
                                                    void *out);

/**
 * Writes one element as the shortest text that ryft_value_parse reads back to the same bits (the
 * payload of NaNs apart).
 *
 * Returns the text's length. Owns: nothing. Errors: none; "?" for types without a host form.
 * Since: 0.1. PJRT: none.
 */
RYFT_API size_t ryft_value_format(ryft_type type,
                                  const void *value,
                                  char out_text[RYFT_VALUE_TEXT_SIZE]);

RYFT_END_DECLS

#endif /* RYFT_IO_VALUE_TEXT_H */
