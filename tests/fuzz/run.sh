#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs every fuzz target, as many at once as there are cores, for as many seconds each, over a copy of its corpus.
#   tests/fuzz/run.sh SECONDS [BUILD-DIRECTORY [TARGET...]]
# The build needs RYFT_FUZZ=ON. What was found is printed with the file that shows it again, and is status 1.
set -u
if [ $# -lt 1 ]; then
  echo "usage: $0 SECONDS [BUILD-DIRECTORY [TARGET...]]" >&2
  exit 2
fi
seconds=$1
source=$(cd "$(dirname "$0")" && pwd)
build=${2:-$source/../../build/fuzz}
shift
[ $# -gt 0 ] && shift
found=$build/fuzz-findings
mkdir -p "$found" || exit 2
if [ $# -eq 0 ]; then
  for path in "$build"/tests/fuzz/fuzz_*_libfuzzer; do
    [ -x "$path" ] || { echo "$0: no fuzz target in $build; configure it with RYFT_FUZZ=ON" >&2; exit 2; }
    name=${path##*/fuzz_}
    set -- "$@" "${name%_libfuzzer}"
  done
fi
if [ $# -gt 1 ]; then
  printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" "$seconds" "$build" || exit 1
  exit 0
fi
name=$1
corpus=$build/fuzz-corpus/$name
log=$found/$name.log
mkdir -p "$corpus"
set -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=320 -max_len=8192 \
  -print_final_stats=1 -artifact_prefix="$found/$name-"
[ -f "$source/dictionaries/$name.dict" ] && set -- "$@" -dict="$source/dictionaries/$name.dict"
if ! "$build/tests/fuzz/fuzz_${name}_libfuzzer" "$@" "$corpus" "$source/corpus/$name" >"$log" 2>&1; then
  echo "$name: FOUND $(sed -n 's/.*Test unit written to *//p' "$log" | tail -1) (see $log)"
  grep -E -m 3 'SUMMARY|runtime error|promise is broken|ERROR' "$log"
  exit 1
fi
echo "$name: nothing found, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
