/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Named values as text for people. */
#ifndef RYFT_SRC_CLI_VALUES_H
#define RYFT_SRC_CLI_VALUES_H

#include <stdio.h>

#include "ryft/named_value.h"

/* One line for each value, "INDENTname: value"; long ones are cut. */
void cli_print_values(FILE *out, ryft_named_values values, const char *indent);

#endif /* RYFT_SRC_CLI_VALUES_H */
