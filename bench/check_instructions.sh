#!/bin/bash
# Counts the instructions that each stage spends per event on a small simulated organisation, and
# holds them against the budget of the build: a check of speed that a busy machine cannot spoil.
#   bench/check_instructions.sh build/release/vedette             fails when a stage grew by more than 5 %
#   bench/check_instructions.sh build/release/vedette --update    writes bench/instructions/release.txt anew
# The tests run it on the development build. Takes about half a minute on an idle machine; status 77, which tests know as
# skipped, where there is no valgrind. Counts are those of g++ 12.
set -euo pipefail
command -v valgrind >/dev/null || { printf '%s: Skipped\nthere is no valgrind\n' "$0"; exit 77; }
vedette=$1
update=${2:-}
root=$(cd "$(dirname "$0")/.." && pwd)
budget=$root/bench/instructions/$(basename "$(dirname "$vedette")").txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$vedette" simulate --users 10 --days 8 --seed 7 --out "$work/sim" >/dev/null 2>&1
valgrind --tool=callgrind --callgrind-out-file="$work/profile" \
  "$vedette" run --threads 1 --content "$root/content" --context "$work/sim/context" --out "$work/out" \
  "$work/sim/logs" >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
events=$(sed -E 's/^\{"events":([0-9]+).*/\1/' "$work/out/summary.json")
callgrind_annotate --inclusive=yes --threshold=100 "$work/profile" >"$work/functions"

# Stage, and the function whose whole cost it is.
measure() {
  while read -r stage function; do
    awk -v stage="$stage" -v name="$function" -v events="$events" '
      index($0, name "(") && $1 ~ /^[0-9,]+$/ {
        cost = $1
        gsub(",", "", cost)
        if (cost + 0 > most + 0) most = cost
      }
      END {
        if (most == 0) { print "no function " name > "/dev/stderr"; exit 1 }
        printf "%-14s %8d\n", stage, most / events
      }' "$work/functions"
  done <<'STAGES'
read-json vedette::JsonReader::ReadObject
read-cef vedette::PairReader::ReadCef
fill-fields vedette::LineParser::Build
parse vedette::LineParser::Parse
enrich vedette::Enricher::Enrich
plan-models vedette::Planner::PlanModels
plan-rules vedette::Planner::PlanRules
answer vedette::Judge::AnswerAll
decide vedette::Judge::Decide
judge vedette::Judge::Process
whole vedette::RunJob
STAGES
}
measure >"$work/now"

if [ "$update" = --update ]; then
  {
    echo "# Instructions per event, by stage; written by bench/check_instructions.sh --update."
    cat "$work/now"
  } >"$budget"
  cat "$budget"
  exit 0
fi
awk -v events="$events" '
  FNR == NR { if ($1 != "#") allowed[$1] = $2; next }
  {
    if (!($1 in allowed)) { printf "%s has no budget\n", $1; bad = 1; next }
    change = 100 * ($2 - allowed[$1]) / allowed[$1]
    verdict = ""
    if (change > 5) { verdict = "  too slow"; bad = 1 }
    if (change < -5) verdict = "  faster: write the budget anew"
    printf "%-14s %8d of %8d  %+6.1f %%%s\n", $1, $2, allowed[$1], change, verdict
  }
  END { printf "instructions per event, over %d events\n", events; exit bad }' "$budget" "$work/now"
