// A Judge turns a stream of events, in order of time, into detections and sessions: it asks the
// models, lets the rules decide, and keeps the points. One pass per batch in three steps: plan
// (which models to ask, which rules act), answer (in order, the state before each event, then
// training), decide.
//
//   Judge judge(schema, rules, program, lookups, {});
//   judge.Process(batch.events, detections);      // appends, in order of events
//   judge.Finish(detections);                     // ends what is open and closes the last day
//   for (const Session& s : judge.FinishSessions()) …
//
// Events come in order of (time, id) but for late ones, which are marked. Everything referenced
// outlives the judge. One thread. The outcome depends on the sequence of events alone, never on how
// it was cut into batches. Source: semantics section 3.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "engine/sigma_stage.h"
#include "engine/source_hours.h"
#include "event/event.h"
#include "expr/condition_tree.h"
#include "expr/evaluator.h"
#include "expr/lookups.h"
#include "model/model_store.h"
#include "rule/detection.h"
#include "rule/exclusions.h"
#include "rule/outcome.h"
#include "rule/rule_set.h"
#include "rule/sequencer.h"
#include "rule/suppression.h"
#include "session/session_book.h"
#include "store/pseudonyms.h"

namespace vedette {

// What a rule did over a run.
struct RuleCounts {
  uint64_t acted = 0;
  uint64_t fired = 0;
  uint64_t held_back[kGateCount] = {};

  friend bool operator==(const RuleCounts&, const RuleCounts&) = default;
};

class Judge {
 public:
  using Observer = std::function<void(const Event&, uint32_t rule, const Outcome&)>;

  struct Options {
    uint64_t hash_seed = 0x7665646574746531;
    uint64_t memory = 0;  // what models may take up, in bytes; 0: no limit
    // What stands for people in detections; null: their names. Outlives the judge.
    Pseudonyms* pseudonyms = nullptr;
    // Called for every rule that acted on an event; tests look through it. Empty: nobody does.
    Observer observer;
    // Sigma rules beside the rules of the set; null: none.
    const SigmaRules* sigma = nullptr;
  };

  Judge(const Schema& schema, const RuleSet& rules, const Program& program, const Lookups& lookups,
        Options options);

  void Process(const std::vector<Event*>& events, std::vector<Detection>& out);
  void Finish(std::vector<Detection>& out);

  // Scores the sessions, with the context labels of who bears them; call it once, at the end.
  std::vector<Session> FinishSessions();

  // Checkpoints. `Load` belongs to a new judge; from TrackChanges on, SaveChanges gives what
  // changed since the last time. Models are saved one by one under what `part_of` says, all else
  // under `part`. Ask between two calls of Process.
  void TrackChanges();
  void SaveChanges(StatePart part, const std::function<StatePart(uint32_t model)>& part_of);
  Result<void> Load(const StateView& view, const std::string& prefix, StateDamage& damage);
  Result<void> LoadModel(uint32_t model, const StateView& view, const std::string& prefix,
                         StateDamage& damage) {
    return store_.Load(model, view, prefix, damage);
  }
  // Memory that does not suffice: see ModelStore. `KeepCold` belongs to a new judge, `Cool` comes
  // when all that changed is in the view.
  void KeepCold(uint32_t model, const StateView& view, const std::string& prefix) {
    store_.KeepCold(model, view, prefix);
  }
  void Cool() { store_.Cool(); }
  // When log sources were silent.
  const SourceHours& source_hours() const { return source_hours_; }
  // Another run begins: it counts for itself what rules, sequences and sources did.
  void BeginRun();

  Exclusions& exclusions() { return exclusions_; }
  const Exclusions& exclusions() const { return exclusions_; }
  SessionBook& sessions() { return sessions_; }
  const ModelStore& models() const { return store_; }
  const Sequencer& sequencer() const { return sequencer_; }
  const std::vector<RuleCounts>& rule_counts() const { return counts_; }
  uint64_t suppressed() const { return suppression_.held_back(); }
  const Evaluator& evaluator() const { return evaluator_; }
  // Null without Sigma rules.
  SigmaStage* sigma() { return sigma_.get(); }
  const SigmaStage* sigma() const { return sigma_.get(); }

 private:
  static constexpr size_t kStep = 256;  // events that go through the three steps together

  static constexpr int32_t kNoModel = -1;   // events of the type do not ask the model
  static constexpr int32_t kNotAsked = -2;  // the event has no scope or value for it

  struct PlannedEvent {
    const Event* event;
    uint32_t first_slot;  // into probe_at_: one per model of the event's type
    uint32_t first_candidate;
    uint32_t candidate_count;
    const Zone* zone;
    int64_t local_day;
    bool happened = true;  // false: it tells of what did not
  };
  struct PlannedProbe {
    Probe probe;
    int32_t if_seen = kNoModel;   // probe of the model behind which it trains
    Hash128 bearer;               // of models that judge a value once a session
    bool judged_by_rule = false;  // an `abnormal` rule of the model acts on the event
    Value peer_group;             // of models that compare a person with colleagues
    Value person;
  };
  // What an expression's value is as part of a model's key.
  struct KeyMemo {
    uint32_t stamp = 0;
    bool known = false;
    Hash128 key;
  };
  struct Candidate {
    uint32_t rule;
    uint32_t place = 0;  // among the rules of the event's type
    bool acting = true;
    int64_t amount = 0;   // crossed
    int32_t firing = -1;  // of a Sigma correlation, in the step
    Hash128 distinct;
  };
  // A value that made a rule with `train_unless_triggered` fire: not learned until it was seen
  // again on as many days.
  struct Quarantined {
    Hash128 scope;
    Hash128 value;
    uint32_t model = 0;
    uint32_t days = 0;  // after the first
    int64_t last_day = INT64_MIN;
  };
  // What was judged or told of, and in whose session.
  struct Judged {
    int64_t day = INT64_MIN;
    Hash128 bearer;
  };
  // A counter of a `crossed` rule over one entity's day.
  struct Counter {
    int64_t day = INT64_MIN;
    int64_t total = 0;
    Hash128 bearer;
    boost::unordered_flat_set<uint64_t> values;
  };

  struct Bearer {
    EntityKind kind = EntityKind::kDefault;
    std::string_view id;
  };

  void ProcessWoven(const std::vector<Event*>& events, std::vector<Detection>& out);
  void Step(Event* const* events, size_t count, std::vector<Detection>& out);
  bool IsGuarded(const Event& event) const {
    return guards_anything_ && guarded_types_[event.type];
  }
  void CloseDaysUntil(int64_t day);
  void TellAbsences(Timestamp now, std::vector<Detection>& out);
  void BeginStep();
  void FinishStep(std::vector<Detection>& out);

  void Plan(const Event& event);
  void PlanAbsences(Timestamp now);
  void PlanModels(const Event& event, PlannedEvent& planned);
  bool MakeProbe(const PlannedEvent& planned, const ModelSpec& spec, Probe* probe);
  const Hash128* KeyOf(ExprId expression, bool case_sensitive);
  void PlanRules(const Event& event);
  void PlanRule(uint32_t place, uint32_t index);
  void PlanCounter(const RuleSpec& rule, Candidate* candidate);
  void AnswerAll();
  void AskPeers(const PlannedProbe& planned, Answer& answer);
  bool InQuarantine(const Probe& probe, bool* learned);
  void TrainDeferred();
  bool JudgedThisSession(const PlannedProbe& planned, const Answer& answer);
  Hash128 ToldKey(uint32_t rule, const Bearer& bearer, int32_t probe) const;

  void Decide(const PlannedEvent& planned, std::vector<Detection>& out);
  Outcome DecideCandidate(const PlannedEvent& planned, const Candidate& candidate);
  Outcome DecideModelRule(const PlannedEvent& planned, uint32_t index, const RuleSpec& rule);
  Outcome DecideCrossed(const PlannedEvent& planned, const RuleSpec& rule, uint32_t index,
                        const Candidate& candidate, int64_t* total);
  uint32_t ReactionGates(const PlannedEvent& planned, const Candidate& candidate,
                         const Hash128& entity);
  std::optional<std::string> SuppressedBy(const RuleSpec& rule, const Candidate& candidate);
  int32_t ProbeOf(const PlannedEvent& planned, int model) const;
  const Answer* AnswerOf(const PlannedEvent& planned, int model) const;
  bool ActsOnAnswers(const PlannedEvent& planned, const RuleSpec& rule);

  Bearer BearerOf(const Event& event, EntityKind kind) const;
  Detection Describe(const PlannedEvent& planned, const Candidate& candidate, const Bearer& bearer);
  void FillFacts(const PlannedEvent& planned, const RuleSpec& rule, const Detection& detection,
                 TriggerFacts* facts);

  const Schema& schema_;
  const RuleSet& rules_;
  const Program& program_;
  const Lookups& lookups_;
  Options options_;
  Evaluator evaluator_;
  ModelStore store_;
  Sequencer sequencer_;
  Exclusions exclusions_;
  Suppression suppression_;
  CircuitBreaker breaker_;
  SessionBook sessions_;
  std::vector<RuleCounts> counts_;
  std::unique_ptr<SigmaStage> sigma_;
  std::vector<SigmaStage::Hit> sigma_hits_;  // of the current event
  std::vector<SigmaStage::Absence> absences_;
  bool input_over_ = false;

  std::vector<Hash128> rule_keys_;   // hash of each rule's id
  std::vector<Hash128> model_keys_;  // hash of each model's id, part of its scope keys
  std::vector<EntityKind>
      once_per_session_;          // by model: whose session; kDefault when no `abnormal` rule asks
  std::vector<char> asks_peers_;  // by model: some `first` rule asks what is new to a person
  // By event type.
  std::vector<std::vector<int16_t>> slots_;  // by model: its place among the type's models
  std::vector<ConditionTree> conditions_;    // of rules, by place
  SourceHours source_hours_;
  std::vector<Timestamp> source_since_;  // by product
  int64_t day_ = INT64_MIN;              // the UTC day that is open

  // To the local day: (bearer, model, scope, value) of `abnormal`, (rule, bearer, scope, value) of
  // `seen_before`.
  boost::unordered_flat_map<Hash128, Judged, HashOfHash> judged_;
  boost::unordered_flat_map<Hash128, Counter, HashOfHash> counters_;  // (rule, bearer)
  // Of models some rule guards: how many days, by model; and which event types touch one.
  bool guards_anything_ = false;
  std::vector<uint32_t> quarantine_days_;
  std::vector<bool> guarded_types_;
  boost::unordered_flat_map<Hash128, Quarantined, HashOfHash> quarantine_;  // by scope and value
  ChangedKeys quarantine_changes_;
  ChangedKeys judged_changes_;
  ChangedKeys counter_changes_;
  std::vector<RuleCounts> saved_counts_;

  // Of the current step.
  std::vector<PlannedEvent> planned_;
  std::vector<int32_t> probe_at_;  // by event and its type's models: the probe, or kNotAsked
  std::vector<PlannedProbe> probes_;
  std::vector<Candidate> candidates_;
  std::vector<Answer> answers_;            // by probe
  std::vector<char> judged_this_session_;  // by probe
  std::vector<char> quarantined_;          // by probe
  std::vector<Probe> deferred_;            // of guarded models: learned unless a rule fires
  std::vector<const Answer*> read_answers_;
  std::vector<uint32_t> matched_;  // rules that matched on the current event
  int64_t crossed_total_ = 0;
  std::string scratch_;

  // Of the event in hand: keys are made once, however many models share an expression.
  std::vector<KeyMemo> keys_;  // by expression, any case and case-sensitive
  uint32_t key_stamp_ = 0;
};

}  // namespace vedette
