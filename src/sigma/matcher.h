// A Matcher answers which rules an event matches: all rules of one log source at once.
//
//   sigma::Matcher matcher(rules, rules.RulesFor(source), [&](FieldId f) { return has(f); });
//   sigma::MatchScratch scratch;                       // one per thread
//   std::vector<sigma::RuleIndex> matched;
//   matcher.Match(view, scratch, matched);
//   for (sigma::RuleIndex rule : matched) matcher.Explain(rule, view, evidence);
//
// Fields that the source cannot supply are fixed to "no test holds" when the matcher is built; a
// rule that cannot become true any more is inactive and costs nothing.
//
// How: each field's text is folded once and searched once for the literals of all rules; a rule is
// looked at only when a literal that it cannot do without was found; equal parts of rules are
// decided once. Cost: a pass over the texts of the event, then the few candidates. Refers to the
// collection, which must outlive it. Immutable, thread-safe; scratch space is not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sigma/collection.h"
#include "sigma/view.h"

namespace vedette::sigma {

// What one source means for one rule.
struct RuleCoverage {
  RuleIndex rule = 0;
  enum class State : uint8_t {
    kActive,
    kDegraded,  // can match, but some test is blind
    kInactive,  // cannot match: a field that it needs is not supplied
  } state = State::kActive;
  std::vector<FieldId> unsupplied;  // ascending
};

// Why a rule matched: one test that held.
struct Evidence {
  std::string identifier;  // "selection_img"
  std::string field;       // empty for a keyword
  std::string modifiers;   // "contains|all", as the rule writes them
  std::string pattern;     // as the rule writes it
  std::string value;       // the text of the leaf; empty for an absent field
};

class MatchScratch;
struct MatchPlan;

class Matcher {
 public:
  using Supplies = std::function<bool(FieldId)>;

  struct Options {
    bool prune = true;  // off: every rule is evaluated; the answers are the same
  };

  Matcher(const Collection& rules, const std::vector<RuleIndex>& which, const Supplies& supplies,
          Options options);
  Matcher(const Collection& rules, const std::vector<RuleIndex>& which, const Supplies& supplies);
  Matcher(const Collection& rules, const std::vector<RuleIndex>& which);  // all fields supplied
  ~Matcher();
  Matcher(Matcher&&) noexcept;

  // Replaces `matched` by the rules that match, ascending.
  void Match(View& view, MatchScratch& scratch, std::vector<RuleIndex>& matched) const;

  // Replaces `evidence` by what held in the identifiers of a rule that just matched. Slow; for
  // matches only.
  void Explain(RuleIndex rule, View& view, std::vector<Evidence>& evidence) const;

  // One row per rule asked for, in that order.
  const std::vector<RuleCoverage>& coverage() const;

 private:
  std::unique_ptr<const MatchPlan> plan_;
};

class MatchScratch {
 public:
  MatchScratch();
  ~MatchScratch();
  MatchScratch(MatchScratch&&) noexcept;

  // Since the scratch was made.
  uint64_t events() const;
  uint64_t candidates() const;  // rules that were looked at

 private:
  friend class Matcher;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vedette::sigma
