// Exclusions are an operator's "not this": a condition and the rules that it holds for. An excluded
// match does not fire, does train, and is counted, so that stale exclusions are seen.
//
//   # exclusions.yaml in --context DIR
//   exclusions:
//     - {id: backup-host, when: "asset_entity = 'bak-1'", rules: [WEB-FS], expires: 2026-12-31, about: Nightly upload.}
//
// Without `rules` it holds for every rule. Loading: one thread; Covers: the thread that judges.
// Source: semantics 6.1.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "content/node.h"
#include "expr/evaluator.h"
#include "expr/program.h"
#include "rule/rule_set.h"

namespace vedette {

class Exclusions {
 public:
  struct Exclusion {
    std::string id;
    std::string about;
    ExprId when = kNoExpr;
    std::set<uint32_t> rules;  // empty: all
    bool all_rules = false;
    Timestamp expires{INT64_MAX};
    uint64_t hits = 0;
    Timestamp last_hit;
  };

  void Load(const Node& root, const RuleSet& rules, Compiler& compiler, Diagnostics& faults);

  // Whether one covers this rule on the event that the evaluator stands on; counts the hit.
  bool Covers(uint32_t rule, Evaluator& evaluator, Timestamp now);

  // What an exclusion of that id did in an earlier run; unknown ids are none of our business.
  void Restore(std::string_view id, uint64_t hits, Timestamp last_hit) {
    for (Exclusion& exclusion : exclusions_) {
      if (exclusion.id != id) continue;
      exclusion.hits = hits;
      exclusion.last_hit = last_hit;
    }
  }

  const std::vector<Exclusion>& all() const { return exclusions_; }

 private:
  std::vector<Exclusion> exclusions_;
};

}  // namespace vedette
