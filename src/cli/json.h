/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* JSON for --json. Plugins' strings may be any bytes and their numbers any float; JSON takes
 * neither. */
#ifndef RYFT_SRC_CLI_JSON_H
#define RYFT_SRC_CLI_JSON_H

#include <jansson.h>

#include "ryft/ryft.h"

/* A string; bytes that are not UTF-8 become U+FFFD. NULL when memory is out. */
json_t *cli_json_text(const char *text);

/* A number; "nan", "inf" and "-inf" as strings. */
json_t *cli_json_real(double number);

/* An object of names and values in their own types. */
json_t *cli_json_values(ryft_named_values values);

#endif /* RYFT_SRC_CLI_JSON_H */
