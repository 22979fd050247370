#!/bin/bash
# Measures everything: the parts, the stages of the whole path, and what happens when more is offered
# than can be taken. Prints tables; writes bench/results.json and the curves of docs/performance/.
#   bench/run_bench.sh            about half an hour on an idle machine
#   bench/run_bench.sh --quick    some minutes: fewer repetitions, nothing of ten million
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rounds=5
memory=
if [ "${1:-}" = --quick ]; then
  rounds=2
else
  for name in $("$build/bench/vedette_bench" --benchmark_list_tests --benchmark_filter=Remember | grep ^Remember); do
    "$build/bench/vedette_bench" --benchmark_filter="^$name\$" --benchmark_repetitions=1 --json "$work/memory.json"
    memory+=${memory:+,}$(cat "$work/memory.json")
  done
fi
"$build/bench/vedette_bench" "$@" --json "$work/parts.json" --svg docs/performance
"$build/vedette" simulate --users 30 --days 30 --seed 7 --out "$work/sim"
measure() { "$build/vedette" bench --content content --context "$work/sim/context" "$@" "$work/sim/logs"; }
measure --rounds "$rounds" --json "$work/stages.json"
measure --offered 0.5,0.9,1.1 --json "$work/offered.json"
printf '{"parts":%s,"memory":[%s],"stages":%s,"offered":%s}\n' "$(cat "$work/parts.json")" "$memory" \
  "$(cat "$work/stages.json")" "$(cat "$work/offered.json")" >bench/results.json
