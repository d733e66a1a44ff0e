/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Counting calls, and failing the ones that a test chose. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fake/fake_base.h"

enum { FAULT_MAX = 16, PAYLOAD_MAX = 8 };

typedef struct fault {
  char slot[96]; /* "" for any */
  size_t remaining;
  int code;
  char message[160];
} fault;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static fault faults[FAULT_MAX];
static size_t fault_count;
static size_t fired;
static char fired_slot[96];
static fake_payload payloads[PAYLOAD_MAX];
static size_t payload_count;
static atomic_size_t counts[FAKE_SLOT_COUNT];
static atomic_size_t lie_in[FAKE_SLOT_COUNT]; /* calls until the lie; 0: none is wanted */
static atomic_int lies[FAKE_SLOT_COUNT];
static atomic_uint latency;
static atomic_bool armed;

/* The one call that is made to wait. */
enum { STALL_NONE = -1, STALL_UNDER_WAY = -2 };
static atomic_int stall = STALL_NONE;

static const char *const slot_names[FAKE_SLOT_COUNT] = {
#define RYFT_SLOT(index, name, since) [FAKE_SLOT_##name] = #name,
#include "tests/fake/gen/slots.inc"
#undef RYFT_SLOT
#define RYFT_EXT_SLOT(owner, table, field, name, since, sized, error) [FAKE_SLOT_##name] = #name,
#define RYFT_EXT_VOID(owner, table, field, name, since, sized) [FAKE_SLOT_##name] = #name,
#include "tests/fake/gen/extensions.inc"
};

/* A caller can do nothing about a failure to give something back, and real plugins never report
 * one. */
static bool can_fail(const char *name) {
  return strstr(name, "_Destroy") == NULL && strncmp(name, "PJRT_Error_", 11) != 0 &&
         strncmp(name, "PLUGIN_Profiler_Error_", 22) != 0 &&
         strcmp(name, "PJRT_Buffer_DecreaseExternalReferenceCount") != 0;
}

static fake_status *make_status(const fault *wanted, const char *name) {
  char text[320];
  snprintf(text,
           sizeof text,
           "%s (injected in %s)",
           wanted->message[0] != '\0' ? wanted->message : "this call was told to fail",
           name);
  fake_status *status = fake_status_new(wanted->code, text, strlen(text));
  for (size_t i = 0; i < payload_count; ++i) {
    const fake_payload *payload = &payloads[i];
    fake_status_add_payload(
        status, payload->name, strlen(payload->name), payload->value, payload->size);
  }
  return status;
}

static void wait_if_told(int slot) {
  int wanted = slot;
  if (!atomic_compare_exchange_strong(&stall, &wanted, STALL_UNDER_WAY)) return;
  while (atomic_load(&stall) == STALL_UNDER_WAY) usleep(1000);
}

PJRT_Error *fake_fault(int slot, const char *name) {
  atomic_fetch_add_explicit(&counts[slot], 1, memory_order_relaxed);
  if (atomic_load_explicit(&stall, memory_order_relaxed) != STALL_NONE) wait_if_told(slot);
  if (!atomic_load_explicit(&armed, memory_order_relaxed) || !can_fail(name)) return NULL;
  fake_status *status = NULL;
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < fault_count; ++i) {
    fault *each = &faults[i];
    if (each->remaining == 0 || (each->slot[0] != '\0' && strcmp(each->slot, name) != 0)) continue;
    if (--each->remaining != 0 || status != NULL) continue;
    status = make_status(each, name);
    ++fired;
    snprintf(fired_slot, sizeof fired_slot, "%s", name);
  }
  pthread_mutex_unlock(&lock);
  return fake_error_from(status);
}

static void add_fault(const char *slot, size_t nth, int code, const char *message) {
  pthread_mutex_lock(&lock);
  if (fault_count == FAULT_MAX) fake_misuse("more than %d faults at once", FAULT_MAX);
  fault *added = &faults[fault_count++];
  *added = (fault){.remaining = nth, .code = code};
  snprintf(added->slot, sizeof added->slot, "%s", slot);
  snprintf(added->message, sizeof added->message, "%s", message == NULL ? "" : message);
  atomic_store(&armed, true);
  pthread_mutex_unlock(&lock);
}

static int find_slot(const char *name) {
  for (int i = 0; i < FAKE_SLOT_COUNT; ++i) {
    if (strcmp(slot_names[i], name) == 0) return i;
  }
  fake_misuse("there is no entry point called %s", name);
}

void fake_fail_next(const char *slot, size_t nth, int code, const char *message) {
  if (!can_fail(slot_names[find_slot(slot)])) fake_misuse("%s cannot fail", slot);
  add_fault(slot, nth, code, message);
}

void fake_fail_nth_call(size_t nth, int code) {
  add_fault("", nth, code, NULL);
}

void fake_lie_next(const char *slot, size_t nth, fake_lie lie) {
  const int number = find_slot(slot);
  atomic_store(&lies[number], (int)lie);
  atomic_store(&lie_in[number], nth);
}

int fake_lie_now(int slot) {
  size_t left = atomic_load_explicit(&lie_in[slot], memory_order_relaxed);
  while (left != 0 && !atomic_compare_exchange_weak(&lie_in[slot], &left, left - 1)) continue;
  return left == 1 ? atomic_load(&lies[slot]) : 0;
}

void fake_stall_next(const char *slot) {
  atomic_store(&stall, find_slot(slot));
}

bool fake_is_stalled(void) {
  return atomic_load(&stall) == STALL_UNDER_WAY;
}

void fake_go_on(void) {
  atomic_store(&stall, STALL_NONE);
}

size_t fake_faults_fired(void) {
  pthread_mutex_lock(&lock);
  const size_t count = fired;
  pthread_mutex_unlock(&lock);
  return count;
}

const char *fake_fault_slot(void) {
  return fired_slot;
}

void fake_add_payload(const char *name, const void *value, size_t size) {
  pthread_mutex_lock(&lock);
  if (payload_count == PAYLOAD_MAX) fake_misuse("more than %d payloads", PAYLOAD_MAX);
  payloads[payload_count++] =
      (fake_payload){fake_copy(name, strlen(name)), fake_copy(value, size), size};
  pthread_mutex_unlock(&lock);
}

size_t fake_call_count(const char *slot) {
  return atomic_load(&counts[find_slot(slot)]);
}

size_t fake_calls_total(void) {
  size_t sum = 0;
  for (int i = 0; i < FAKE_SLOT_COUNT; ++i) {
    if (can_fail(slot_names[i])) sum += atomic_load(&counts[i]);
  }
  return sum;
}

void fake_set_latency(unsigned microseconds) {
  atomic_store(&latency, microseconds);
}

unsigned fake_latency(void) {
  const unsigned chosen = atomic_load(&latency);
  return chosen != 0 || !fake_the_variant.asynchronous ? chosen : 200;
}

void fake_reset(void) {
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < payload_count; ++i) {
    free(payloads[i].name);
    free(payloads[i].value);
  }
  payload_count = fault_count = fired = 0;
  fired_slot[0] = '\0';
  atomic_store(&armed, false);
  for (int i = 0; i < FAKE_SLOT_COUNT; ++i) {
    atomic_store(&counts[i], 0);
    atomic_store(&lie_in[i], 0);
  }
  atomic_store(&latency, 0);
  atomic_store(&stall, STALL_NONE);
  pthread_mutex_unlock(&lock);
}
