/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Args that a plugin gives to a function of ours. Its struct may be shorter than ours, or longer.
 */
#ifndef RYFT_SRC_ABI_RECEIVE_H
#define RYFT_SRC_ABI_RECEIVE_H

#include <stddef.h>

/* A copy of ours, `size` bytes, zero where theirs ends earlier. */
void ryft__receive(void *out, size_t size, const void *theirs);

/* Brings back what we wrote, as far as theirs goes. */
void ryft__reply(void *theirs, const void *ours, size_t size);

#endif /* RYFT_SRC_ABI_RECEIVE_H */
