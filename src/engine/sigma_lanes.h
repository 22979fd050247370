// SigmaLanes match the Sigma rules of a run on one event after another. A lane is a log source
// and platform; an event is taken by one lane or none.
//
//   SigmaLanes lanes(sigma, rules);
//   lanes.Match(event, evaluator, matched);       // replaces `matched`; the evaluator stands at the event
//   for (sigma::RuleIndex rule : matched) report(lanes.RuleOf(rule));
//
// What matches depends on the event alone. One per thread; they remember texts, so keep them. Cost:
// for an event of a type that no rule asks, one look-up; else what a Matcher costs.
#pragma once

#include <memory>
#include <vector>

#include "engine/sigma_rules.h"
#include "expr/evaluator.h"
#include "rule/rule_set.h"
#include "sigma/matcher.h"
#include "sigma/sources.h"

namespace vedette {

class SigmaLanes {
 public:
  struct Counters {
    uint64_t events = 0;   // that some lane took
    uint64_t matches = 0;  // of rules, reported or not
  };

  SigmaLanes(const SigmaRules& sigma, const RuleSet& rules);

  void Match(const Event& event, Evaluator& evaluator, std::vector<sigma::RuleIndex>& matched);
  // The lane of the event, its view opened; null when no rule asks for it.
  const SigmaRules::Lane* Open(const Event& event, Evaluator& evaluator, sigma::View** view);
  // The rule of the set that reports a rule of the collection; -1: it is not reported.
  int32_t RuleOf(sigma::RuleIndex rule) const { return rule_of_[rule]; }

  const Counters& counters() const { return counters_; }

 private:
  const SigmaRules& sigma_;
  std::vector<int32_t> rule_of_;                           // by rule of the collection
  std::vector<std::unique_ptr<sigma::SourceView>> views_;  // by lane
  std::vector<sigma::MatchScratch> scratches_;             // by lane: they remember its texts
  Counters counters_;
};

}  // namespace vedette
