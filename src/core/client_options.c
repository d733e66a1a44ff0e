/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What may be asked of a client, checked here where plugins are known to crash over it. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "src/abi/quirks.h"
#include "src/base/alloc.h"
#include "src/base/sized.h"
#include "src/core/client.h"
#include "src/core/named_value.h"

enum {
  DEVICE_COUNT_MAX = 4096,
  DEVICES_PER_PROCESS = 2048, /* CPU plugins number the devices of process n from n * 2048 */
  PROCESS_ID_MAX = (INT_MAX - DEVICE_COUNT_MAX) / DEVICES_PER_PROCESS,
  TYPED_MAX = 3
};

/* What CPU plugins call their options. */
static const char DEVICE_COUNT[] = "cpu_device_count";
static const char PROCESS_ID[] = "process_id";
static const char ASYNCHRONOUS[] = "asynchronous";

/* Numbers that CPU plugins take unchecked. Whether a plugin is a CPU one is told by its client
 * only, which these options are for: neither the table nor the attributes say, and a file may have
 * any name. So the names are guarded on every plugin. No other plugin met has options of these
 * names. */
typedef struct limit {
  const char *name;
  int64_t minimum;
  int64_t maximum;
} limit;

static const limit LIMITS[] = {
    {DEVICE_COUNT, 1, DEVICE_COUNT_MAX},
    {PROCESS_ID, 0, PROCESS_ID_MAX},
};

static const ryft__field_rule CPU_RULES[] = {
    RYFT__CHOICE_FIELD(ryft_cpu_options, asynchronous),
    RYFT__ZERO_FIELD(ryft_cpu_options, reserved),
};
static const ryft__options_type CPU_OPTIONS = RYFT__OPTIONS_TYPE(ryft_cpu_options, CPU_RULES);

static const ryft__field_rule RULES[] = {
    RYFT__LIST_FIELD(ryft_client_options, values, value_count),
};
static const ryft__options_type OPTIONS = RYFT__OPTIONS_TYPE(ryft_client_options, RULES);

typedef struct typed {
  ryft_named_value values[TYPED_MAX];
  size_t count;
} typed;

static const limit *find_limit(const char *name) {
  for (size_t i = 0; i < RYFT__COUNT(LIMITS) && name != NULL; ++i) {
    if (strcmp(LIMITS[i].name, name) == 0) return &LIMITS[i];
  }
  return NULL;
}

static ryft_error *wrong_type(const ryft_named_value *value,
                              const limit *known,
                              const char *where) {
  static const char FORMAT[] = "%s must be an int64, written in digits as in %s=%lld, not %s";
  char given[64] = "a list";
  if (value->type == RYFT_VALUE_STRING && value->as.string != NULL) {
    (void)snprintf(given,
                   sizeof given,
                   "the string \"%.*s\"",
                   value->count < 40 ? (int)value->count : 40,
                   value->as.string);
  } else if (value->type == RYFT_VALUE_FLOAT) {
    (void)snprintf(given, sizeof given, "the float %g", (double)value->as.number);
  } else if (value->type == RYFT_VALUE_BOOL) {
    (void)snprintf(given, sizeof given, "the bool %s", value->as.boolean ? "true" : "false");
  }
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     FORMAT,
                     known->name,
                     known->name,
                     (long long)known->minimum,
                     given);
}

static ryft_error *check_limits(const ryft_named_value *value, const char *where) {
  const limit *known = find_limit(value->name);
  if (known == NULL) return NULL;
  if (value->type != RYFT_VALUE_INT64) {
    return wrong_type(value, known, where);
  }
  if (value->as.integer >= known->minimum && value->as.integer <= known->maximum) return NULL;
  return ryft__error(RYFT_INVALID_ARGUMENT,
                     where,
                     NULL,
                     "%s is %lld; it must be between %lld and %lld",
                     known->name,
                     (long long)value->as.integer,
                     (long long)known->minimum,
                     (long long)known->maximum);
}

static ryft_error *check_known(unsigned quirks,
                               const ryft__table *table,
                               const ryft_named_value *values,
                               size_t count,
                               const char *where) {
  if ((quirks & RYFT__QUIRK_OPTIONS_IGNORED) == 0) return NULL;
  for (size_t i = 0; i < count; ++i) {
    const char *name = values[i].name;
    if (strcmp(name, PROCESS_ID) != 0 && strcmp(name, ASYNCHRONOUS) != 0) continue;
    return ryft__error(RYFT_UNIMPLEMENTED,
                       where,
                       NULL,
                       "CPU plugins of PJRT %d.%d ignore the option %s, which was added in %d.%d",
                       table->major,
                       table->minor,
                       name,
                       PJRT_API_MAJOR,
                       ryft__quirk_last(RYFT__QUIRK_OPTIONS_IGNORED) + 1);
  }
  return NULL;
}

ryft_error *ryft__client_options_check_taken(const ryft_client *client,
                                             const ryft_client_options *options,
                                             const char *where) {
  ryft_client_options chosen;
  RYFT_TRY(ryft__read_options(options, &chosen, &OPTIONS, where));
  return check_known(client->quirks, client->table, chosen.values, chosen.value_count, where);
}

static ryft_error *read_cpu(const ryft_cpu_options *given, typed *out, const char *where) {
  ryft_cpu_options cpu;
  *out = (typed){.count = 0};
  RYFT_TRY(ryft__read_options(given, &cpu, &CPU_OPTIONS, where));
  if (cpu.device_count != 0)
    out->values[out->count++] = ryft_named_int64(DEVICE_COUNT, cpu.device_count);
  if (cpu.process_id != 0) out->values[out->count++] = ryft_named_int64(PROCESS_ID, cpu.process_id);
  if (cpu.asynchronous != RYFT_DEFAULT) {
    out->values[out->count++] = ryft_named_bool(ASYNCHRONOUS, cpu.asynchronous == RYFT_YES);
  }
  return NULL;
}

static ryft_error *check_distinct(const ryft_client_options *options, const char *where) {
  for (size_t i = 0; i < options->value_count; ++i) {
    const ryft_named_values before = {options->values, i};
    if (ryft_named_values_find(before, options->values[i].name) == NULL) continue;
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "%s is given twice among the free-form values",
                       options->values[i].name);
  }
  return NULL;
}

static ryft_error *check_twice(const ryft_client_options *options,
                               const typed *cpu,
                               const char *where) {
  const ryft_named_values values = {options->values, options->value_count};
  for (size_t i = 0; i < cpu->count; ++i) {
    if (ryft_named_values_find(values, cpu->values[i].name) == NULL) continue;
    return ryft__error(RYFT_INVALID_ARGUMENT,
                       where,
                       NULL,
                       "%s is given twice, by ryft_cpu_options and among the free-form values",
                       cpu->values[i].name);
  }
  return NULL;
}

static ryft_error *add(const ryft_named_value *value, PJRT_NamedValue *out, const char *where) {
  RYFT_TRY(check_limits(value, where));
  return ryft__named_value_to_raw(value, out, where);
}

static ryft_error *add_all(const ryft_client_options *options,
                           const typed *cpu,
                           PJRT_NamedValue *out,
                           const char *where) {
  for (size_t i = 0; i < cpu->count; ++i) RYFT_TRY(add(&cpu->values[i], out++, where));
  for (size_t i = 0; i < options->value_count; ++i)
    RYFT_TRY(add(&options->values[i], out++, where));
  return NULL;
}

ryft_error *ryft__client_options_to_raw(const ryft__table *table,
                                        const ryft_client_options *options,
                                        PJRT_NamedValue **out,
                                        size_t *out_count,
                                        const char *where) {
  ryft_client_options chosen;
  typed cpu;
  *out = NULL;
  *out_count = 0;
  RYFT_TRY(ryft__read_options(options, &chosen, &OPTIONS, where));
  RYFT_TRY(read_cpu(chosen.cpu, &cpu, where));
  RYFT_TRY(check_distinct(&chosen, where));
  RYFT_TRY(check_twice(&chosen, &cpu, where));
  size_t count = 0;
  PJRT_NamedValue *values = NULL;
  if (!__builtin_add_overflow(chosen.value_count, cpu.count, &count)) {
    values = ryft__alloc_array(count, sizeof *values);
  }
  RYFT__TRY_ALLOC(values);
  ryft_error *error = add_all(&chosen, &cpu, values, where);
  /* There is no client yet; who fills in ryft_cpu_options says which platform it is. */
  const unsigned quirks = ryft__quirks_of("cpu", table->minor);
  if (error == NULL) error = check_known(quirks, table, cpu.values, cpu.count, where);
  if (error != NULL) {
    ryft__free(values);
    return error;
  }
  *out = values;
  *out_count = count;
  return NULL;
}
