/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The signals that ask the tool to end. While work is supervised they are read one by one; before
 * that they end the tool at once, with the same line and the same status. */
#ifndef RYFT_SRC_CLI_INTERRUPT_H
#define RYFT_SRC_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* The exit status for an end by this signal. */
int cli_interrupt_status(int number);

/* The first thing the tool does. A signal that is ignored, as under nohup, stays so. */
void cli_interrupts_catch(bool json);

/* Adds to `set` those that are not ignored. */
void cli_interrupts_add(sigset_t *set);

/* They end the process again as if nobody had caught them: for the child, whose end its supervisor
 * reports. */
void cli_interrupts_release(void);

#endif /* RYFT_SRC_CLI_INTERRUPT_H */
