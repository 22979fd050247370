// A Judge turns a stream of events, in order of time, into detections and sessions: it asks the
// models, lets the rules decide, and keeps the points. A batch is cut into steps, and each goes
// through three hands: plan (planner.h: which models to ask, which rules act), answer (in order,
// the state before each event, then training), decide.
//
//   Judge judge(schema, rules, program, lookups, {});
//   judge.Process(batch.events, detections);      // appends, in order of events
//   judge.Finish(detections);                     // ends what is open and closes the last day
//   for (const Session& s : judge.FinishSessions()) …
//
// Events come in order of (time, id) but for late ones, which are marked. Everything referenced
// outlives the judge. Process is for one thread; a crew helps with planning. The outcome depends on
// the sequence of events alone, never on how it was cut into batches. Source: semantics section 3.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "engine/plan_ahead.h"
#include "engine/planner.h"
#include "engine/sigma_stage.h"
#include "engine/source_hours.h"
#include "event/event.h"
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
    // Threads that plan ahead; null: none. Outlives the judge.
    Crew* crew = nullptr;
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
  // How often each list or table was asked, by table.
  std::vector<Evaluator::TableUse> table_use() const { return plans_.table_use(); }
  // Null without Sigma rules.
  SigmaStage* sigma() { return sigma_.get(); }
  const SigmaStage* sigma() const { return sigma_.get(); }
  SigmaLanes::Counters sigma_counters() const { return plans_.sigma_counters(); }

 private:
  static constexpr size_t kStep = 128;  // events that are planned together

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

  void ProcessWoven(const std::vector<Event*>& events, std::vector<Detection>& out);
  void CutIntoSteps(const std::vector<Event*>& events);
  void TakeStep(StepPlan& plan, std::vector<Detection>& out);
  void AnswerAndDecide(std::vector<Detection>& out);
  bool IsGuarded(const Event& event) const {
    return guards_anything_ && guarded_types_[event.type];
  }
  void CloseDaysUntil(int64_t day);
  void TellAbsences(Timestamp now, std::vector<Detection>& out);
  void FeedCorrelations();
  void AddFirings(PlannedEvent& planned);
  void PlanAbsences(Timestamp now, std::vector<PlannedEvent>& out);
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
  const Answer* AnswerOf(const PlannedEvent& planned, int model) const;
  bool ActsOnAnswers(const PlannedEvent& planned, const RuleSpec& rule);

  Detection Describe(const PlannedEvent& planned, const Candidate& candidate, const Bearer& bearer);
  void FillFacts(const PlannedEvent& planned, const RuleSpec& rule, const Detection& detection,
                 TriggerFacts* facts);

  const Schema& schema_;
  const RuleSet& rules_;
  const Program& program_;
  const Lookups& lookups_;
  Options options_;
  const PlanTables tables_;
  PlanAhead plans_;
  std::vector<PlanAhead::Step> steps_;  // of the batch in hand
  Evaluator& evaluator_;                // of this thread
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

  std::vector<Hash128> rule_keys_;  // hash of each rule's id
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
  StepPlan* plan_ = nullptr;
  StepPlan absent_plan_;                   // of absences between two steps
  std::vector<PlannedEvent> woven_;        // events and absences
  std::vector<Answer> answers_;            // by probe
  std::vector<char> judged_this_session_;  // by probe
  std::vector<char> quarantined_;          // by probe
  std::vector<Probe> deferred_;            // of guarded models: learned unless a rule fires
  std::vector<const Answer*> read_answers_;
  std::vector<uint32_t> matched_;  // rules that matched on the current event
  int64_t crossed_total_ = 0;
  std::string scratch_;
};

}  // namespace vedette
