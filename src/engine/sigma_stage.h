// A SigmaStage is what Sigma rules need of a judge behind matching: correlations over one event
// after another, and words for what matched.
//
//   SigmaStage stage(sigma, rules, schema);
//   stage.BeginStep();                              // forgets the correlations' firings of before
//   stage.Absences(event.time, absences);           // appends what did not happen before the event
//   stage.Feed(event, evaluator, matched, hits);    // appends what fired; `matched` of SigmaLanes
//   SigmaStage::Explanation why = stage.Explain(event, evaluator, hit.rule, hit.firing);
//
// Events come in order of time. Hits come in the order of the correlations' files. The state of
// correlations is saved and restored as bytes. One thread. Cost: nothing for matches that no
// correlation counts.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/arena.h"
#include "engine/sigma_lanes.h"
#include "engine/sigma_rules.h"
#include "expr/evaluator.h"
#include "rule/rule_set.h"
#include "sigma/correlator.h"

namespace vedette {

class SigmaStage {
 public:
  struct Hit {
    uint32_t rule = 0;    // of the rule set
    int32_t firing = -1;  // of a correlation; for Explain
  };
  // That something did not happen, as an event: the last match before the gap, at the time at which
  // the gap was certain. Good until the next step.
  struct Absence {
    Hit hit;
    const Event* event = nullptr;
  };
  struct Explanation {
    std::string reason;   // a sentence
    std::string matched;  // a JSON array: what held, with excerpts of the values
    std::string group;    // of a correlation: "User=ada, Image=…"
  };
  SigmaStage(const SigmaRules& sigma, const RuleSet& rules, const Schema& schema);

  void BeginStep();
  // When the next absence is certain, unless a match comes before; the end of time for none.
  Timestamp Deadline() const { return correlator_.Deadline(); }
  // Appends the absences that are certain before `now`, in order of time.
  void Absences(Timestamp now, std::vector<Absence>& absences);
  void Feed(const Event& event, Evaluator& evaluator, std::span<const sigma::RuleIndex> matched,
            std::vector<Hit>& hits);
  // The evaluator stands at the event.
  Explanation Explain(const Event& event, Evaluator& evaluator, uint32_t rule, int32_t firing);
  std::string GroupOf(int32_t firing) const;

  const sigma::CorrelatorCounters& correlations() const { return correlator_.counters(); }

  // Another run begins: its sources are numbered anew.
  void BeginRun();
  // Whether the correlations' state changed since the last time that this was asked.
  bool TakeChanged() {
    return std::exchange(saved_revision_, correlator_.revision()) != correlator_.revision();
  }
  std::string Save() const { return correlator_.Save(); }
  bool Restore(std::string_view bytes) { return correlator_.Restore(bytes); }

 private:
  Explanation ExplainMatch(const SigmaRules::Lane& lane, sigma::View& view, const RuleSpec& rule);
  Explanation ExplainFiring(const sigma::CorrelationFiring& firing, const RuleSpec& rule) const;
  // The hit of a firing, which it keeps; false when nobody is told of that correlation.
  bool Keep(sigma::CorrelationFiring& firing, Hit* hit);
  const Event* EventOf(const sigma::CorrelationFiring& firing);

  const Schema& schema_;
  const SigmaRules& sigma_;
  const RuleSet& rules_;
  SigmaLanes lanes_;                     // to look into events again
  std::vector<int32_t> correlation_of_;  // by correlation
  sigma::Correlator correlator_;
  std::vector<sigma::RuleIndex> counted_;          // of the event in hand
  std::vector<sigma::CorrelationFiring> fired_;    // by one match
  std::vector<sigma::CorrelationFiring> firings_;  // of the step
  Arena arena_{16 * 1024};                         // of the events of absences
  std::string subject_;
  std::vector<sigma::Evidence> evidence_;
  uint64_t saved_revision_ = 0;
};

// An excerpt of a value for people, at most `most` characters, around the first place of `part` (in
// any case of ASCII letters) when it has one.
std::string Excerpt(std::string_view value, std::string_view part, size_t most);

}  // namespace vedette
