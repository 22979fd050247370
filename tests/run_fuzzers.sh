#!/bin/bash
# Lets each fuzz target of a build folder run for some seconds on its corpus; stops at the first finding.
#   tests/run_fuzzers.sh build/fuzz 60
set -euo pipefail
build=$1
seconds=$2

targets=$(find "$build/fuzz" -maxdepth 1 -type f -name '*_fuzz' -perm -u+x 2>/dev/null | sort)
if [ -z "$targets" ]; then
  echo "no fuzz target was built in $build/fuzz" >&2
  exit 1
fi
for target in $targets; do
  name=$(basename "$target" _fuzz)
  corpus=$build/corpus/$name
  mkdir -p "$corpus"
  echo "== $name, $seconds s"
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 -print_final_stats=1 "$corpus" \
    $(ls -d "fuzz/corpus/$name" 2>/dev/null)
done
