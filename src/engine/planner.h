// A Planner finds out, event by event, which models are asked what and which rules act: all of
// judging that needs no memory. Several planners work on different events at one time; answers and
// decisions follow in order.
//
//   PlanTables tables(schema, rules, program, lookups, sigma, hash_seed);   // once
//   Planner planner(tables);                                                // one per thread
//   planner.Plan({events.data(), 128}, plan);                               // replaces `plan`
//
// A plan depends on its events alone. It refers to them: they outlive it. What the tables refer to
// outlives everything. Cost: most of what judging an event costs. Source: semantics section 3.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/zone.h"
#include "engine/sigma_lanes.h"
#include "engine/sigma_rules.h"
#include "event/event.h"
#include "expr/condition_tree.h"
#include "expr/evaluator.h"
#include "expr/lookups.h"
#include "model/probe.h"
#include "rule/rule_set.h"

namespace vedette {

// Who bears what a rule finds.
struct Bearer {
  EntityKind kind = EntityKind::kDefault;  // default: nobody
  std::string_view id;

  Hash128 Key() const;
};

struct PlannedProbe {
  static constexpr int32_t kNoModel = -1;   // events of the type do not ask the model
  static constexpr int32_t kNotAsked = -2;  // the event has no scope or value for it

  Probe probe;
  int32_t if_seen = kNoModel;   // probe of the model behind which it trains
  Hash128 bearer;               // of models that judge a value once a session
  bool judged_by_rule = false;  // an `abnormal` rule of the model acts on the event
  Value peer_group;             // of models that compare a person with colleagues
  Value person;
};

// A rule that may have something to say.
struct Candidate {
  uint32_t rule;
  uint32_t place = 0;  // among the rules of the event's type
  bool acting = true;
  int64_t amount = 0;   // crossed
  int32_t firing = -1;  // of a Sigma correlation
  Hash128 distinct;
};

struct PlannedEvent {
  const Event* event;
  const Zone* zone;
  int64_t local_day;
  uint32_t first_slot = 0;  // into probe_at: one per model of the event's type
  uint32_t first_candidate = 0;
  uint32_t candidate_count = 0;
  uint32_t sigma_count = 0;  // candidates that are Sigma rules; they come first
  uint32_t first_match = 0;  // of Sigma rules that correlations count
  uint32_t match_count = 0;
  bool happened = true;     // false: it tells of what did not
  Hash128 person, machine;  // whose sessions saw something; zero: nobody's
};

// What some events ask. Indices hold within the plan.
struct StepPlan {
  std::vector<PlannedEvent> events;
  std::vector<int32_t> probe_at;  // by event and its type's models: the probe, or kNotAsked
  std::vector<PlannedProbe> probes;
  std::vector<Candidate> candidates;
  std::vector<sigma::RuleIndex> matches;

  void Clear();
};

// What content says of each event type, prepared for planning. Immutable once built.
struct PlanTables {
  // `sigma`: rules beside those of the set; null: none.
  PlanTables(const Schema& schema, const RuleSet& rules, const Program& program,
             const Lookups& lookups, const SigmaRules* sigma, uint64_t hash_seed);

  Bearer BearerOf(const Event& event, EntityKind kind) const;
  // The place of a probe in its plan, kNoModel or kNotAsked.
  int32_t ProbeOf(const StepPlan& plan, const PlannedEvent& planned, int model) const;

  const Schema& schema;
  const RuleSet& rules;
  const Program& program;
  const Lookups& lookups;
  const SigmaRules* sigma;
  uint64_t hash_seed;

  std::vector<Hash128> model_keys;  // hash of each model's id, part of its scope keys
  // By model: whose session; kDefault when no `abnormal` rule asks.
  std::vector<EntityKind> once_per_session;
  std::vector<char> asks_peers;  // by model: some `first` rule asks what is new to a person
  // By event type.
  std::vector<std::vector<int16_t>> slots;  // by model: its place among the type's models
  std::vector<ConditionTree> conditions;    // of rules, by place
};

class Planner {
 public:
  explicit Planner(const PlanTables& tables);

  void Plan(std::span<Event* const> events, StepPlan& plan);

  // For others of the same thread between two plans.
  Evaluator& evaluator() { return evaluator_; }
  const Evaluator& evaluator() const { return evaluator_; }
  const SigmaLanes::Counters* sigma_counters() const {
    return sigma_ ? &sigma_->counters() : nullptr;
  }

 private:
  // What an expression's value is as part of a model's key.
  struct KeyMemo {
    uint32_t stamp = 0;
    bool known = false;
    Hash128 key;
  };

  void PlanOne(const Event& event);
  // Of the event in hand.
  const Hash128& BearerKey(const Event& event, EntityKind kind);
  void PlanModels(PlannedEvent& planned);
  bool MakeProbe(const PlannedEvent& planned, const ModelSpec& spec, Probe* probe);
  const Hash128* KeyOf(ExprId expression, bool case_sensitive);
  void PlanSigma(PlannedEvent& planned);
  void PlanRules(PlannedEvent& planned);
  void PlanRule(uint32_t place, uint32_t index);
  void PlanCounter(const RuleSpec& rule, Candidate* candidate);

  const PlanTables& tables_;
  Evaluator evaluator_;
  std::optional<SigmaLanes> sigma_;
  StepPlan* plan_ = nullptr;  // that is being made

  // Of the event in hand: keys are made once, however many models share an expression.
  std::vector<KeyMemo> keys_;  // by expression, any case and case-sensitive
  KeyMemo bearers_[kEntityKinds];
  uint32_t key_stamp_ = 0;
  std::vector<sigma::RuleIndex> matched_;
  std::string scratch_;
};

}  // namespace vedette
