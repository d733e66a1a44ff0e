/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/**
 * @file auto.h
 * Opt-in: variables that destroy what they hold when they go out of scope (GCC and Clang).
 *
 *     RYFT_AUTO(buffer) left = NULL, right = NULL;   // each a ryft_buffer *
 *
 * Always initialise them. To hand the object on, copy the pointer and set the variable to NULL.
 */
#ifndef RYFT_AUTO_H
#define RYFT_AUTO_H

#if !defined(__GNUC__)
#error \
    "ryft/auto.h needs the cleanup attribute of GCC or Clang; call the _destroy functions instead"
#endif

#define RYFT_AUTO(noun) __attribute__((cleanup(ryft_##noun##_cleanup))) __typeof__(ryft_##noun *)

#endif /* RYFT_AUTO_H */
