#!/bin/bash
# Runs the tests of a build folder, then says which were skipped and why, and last how many passed.
#   tests/run_tests.sh build/dev [jobs]
set -uo pipefail
build=$1
jobs=${2:-1}
log=$build/ctest.log
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan_suppressions.txt ${TSAN_OPTIONS:-}"

ctest --test-dir "$build" --output-on-failure --parallel "$jobs" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

# GoogleTest prints "file.cc:12: Skipped" and then the reason.
skipped=$(awk '
  /^[0-9]+\/[0-9]+ Testing: / { name = $3 }
  reason { print "  " name ": " $0; reason = 0 }
  /: Skipped$/ { reason = 1 }' "$build/Testing/Temporary/LastTest.log")
echo
if [ -n "$skipped" ]; then
  echo "Skipped, and why:"
  echo "$skipped"
else
  echo "Nothing was skipped."
fi
grep -E '^[0-9]+% tests passed' "$log"
exit "$status"
