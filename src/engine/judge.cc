#include "engine/judge.h"

#include <algorithm>

#include "core/json_writer.h"
#include "core/text.h"
#include "event/event_json.h"
#include "rule/context_label.h"
#include "rule/verdict.h"

namespace vedette {
namespace {

constexpr size_t kPrefetchAhead = 8;

}  // namespace

Judge::Judge(const Schema& schema, const RuleSet& rules, const Program& program,
             const Lookups& lookups, Options options)
    : schema_(schema),
      rules_(rules),
      program_(program),
      lookups_(lookups),
      options_(std::move(options)),
      tables_(schema, rules, program, lookups, options_.sigma, options_.hash_seed),
      plans_(tables_, options_.crew),
      evaluator_(plans_.evaluator()),
      store_(rules.models()),
      sequencer_(rules.sequences(), schema.event_type_count(), evaluator_, options_.hash_seed),
      breaker_(rules.rules().size()),
      sessions_(rules),
      counts_(rules.rules().size()),
      source_since_(schema.product_count(), Timestamp{INT64_MAX}) {
  if (options_.sigma != nullptr)
    sigma_ = std::make_unique<SigmaStage>(*options_.sigma, rules, schema);
  store_.LimitMemory(options_.memory);
  quarantine_days_.assign(rules.models().size(), 0);
  guarded_types_.assign(schema.event_type_count(), false);
  for (const RuleSpec& rule : rules.rules()) {
    rule_keys_.push_back(HashBytes(rule.id, options_.hash_seed));
    if (rule.model < 0 || rule.quarantine_days == 0) continue;
    uint32_t& days = quarantine_days_[static_cast<size_t>(rule.model)];
    days = std::max(days, rule.quarantine_days);
    guards_anything_ = true;
    for (EventTypeId type : rules.models()[static_cast<size_t>(rule.model)].events)
      guarded_types_[type] = true;
  }
}

void Judge::Process(const std::vector<Event*>& events, std::vector<Detection>& out) {
  ProcessWoven(sequencer_.Weave(events), out);
}

void Judge::ProcessWoven(const std::vector<Event*>& events, std::vector<Detection>& out) {
  CutIntoSteps(events);
  plans_.Start(steps_);
  for (size_t i = 0; i < steps_.size(); ++i) {
    const Timestamp begin = steps_[i].front()->time;
    TellAbsences(begin, out);
    CloseDaysUntil(begin.days());
    TakeStep(plans_.Get(i), out);
  }
}

// A step stays within a UTC day. Whether a guarded model learns from an event is known when its
// rules have decided, so such an event goes alone.
void Judge::CutIntoSteps(const std::vector<Event*>& events) {
  steps_.clear();
  int64_t day = day_;
  for (size_t begin = 0; begin < events.size();) {
    day = std::max(day, events[begin]->time.days());
    size_t end = begin + 1;
    while (end < events.size() && end - begin < kStep && events[end]->time.days() <= day &&
           !IsGuarded(*events[begin]) && !IsGuarded(*events[end])) {
      ++end;
    }
    steps_.emplace_back(events.data() + begin, end - begin);
    begin = end;
  }
}

void Judge::Finish(std::vector<Detection>& out) {
  // Sequences end with the input. That nothing came after it does not mean that nothing happened.
  input_over_ = true;
  ProcessWoven(sequencer_.Finish(), out);
  if (day_ != INT64_MIN) CloseDaysUntil(day_ + 1);
}

std::vector<Session> Judge::FinishSessions() {
  Labeller labeller(rules_.labels(), schema_, evaluator_);
  return sessions_.Finish([&](const Session& session) {
    return labeller.Of(session.entity_kind, session.entity, {session.day * kNanosPerDay});
  });
}

// Closes every UTC day before `day`, each once and in order; after a long silence the empty ones in
// between as well.
void Judge::CloseDaysUntil(int64_t day) {
  if (day_ == INT64_MIN) {
    day_ = day;
    store_.BeginAfter(day - 1);
  }
  while (day_ < day) {
    store_.CloseDay(day_);
    sessions_.CloseDay(day_);
    suppression_.CloseDay({(day_ + 1) * kNanosPerDay});
    const int64_t closed = day_;
    boost::unordered::erase_if(quarantine_, [&](const auto& item) {
      const Nanoseconds memory = rules_.models()[item.second.model].memory;
      const bool over = (closed - item.second.last_day) * kNanosPerDay > memory.count();
      if (over) quarantine_changes_.Add(item.first);
      return over;
    });
    boost::unordered::erase_if(judged_, [&](const auto& item) {
      const bool over = item.second.day < closed - 1;
      if (over) judged_changes_.Add(item.first);
      return over;
    });
    boost::unordered::erase_if(counters_, [&](const auto& item) {
      const bool over = item.second.day < closed - 1;
      if (over) counter_changes_.Add(item.first);
      return over;
    });
    ++day_;
  }
}

// Tells of what did not happen before `now`, each absence in its day.
void Judge::TellAbsences(Timestamp now, std::vector<Detection>& out) {
  if (!sigma_ || input_over_) return;
  for (Timestamp due = sigma_->Deadline(); due < now; due = sigma_->Deadline()) {
    CloseDaysUntil(due.days());
    sigma_->BeginStep();
    absent_plan_.Clear();
    plan_ = &absent_plan_;
    PlanAbsences(std::min(now, Timestamp{(due.days() + 1) * kNanosPerDay}), absent_plan_.events);
    AnswerAndDecide(out);
  }
}

void Judge::TakeStep(StepPlan& plan, std::vector<Detection>& out) {
  plan_ = &plan;
  for (const PlannedEvent& planned : plan.events) {
    const ProductId product = planned.event->product;
    if (product >= source_since_.size()) source_since_.resize(product + 1u, Timestamp{INT64_MAX});
    source_since_[product] = std::min(source_since_[product], planned.event->time);
    for (const Hash128& entity : {planned.person, planned.machine}) {
      if (entity != Hash128{}) sessions_.Activity(entity, day_);
    }
  }
  if (sigma_) FeedCorrelations();
  AnswerAndDecide(out);
}

void Judge::AnswerAndDecide(std::vector<Detection>& out) {
  AnswerAll();
  for (const PlannedEvent& planned : plan_->events) {
    if (planned.happened) source_hours_.Saw(planned.event->product, planned.event->time);
    if (planned.candidate_count > 0) Decide(planned, out);
  }
  if (!deferred_.empty()) TrainDeferred();
}

// Puts the firings of correlations behind the Sigma rules of their events, and absences between the
// events.
void Judge::FeedCorrelations() {
  sigma_->BeginStep();
  woven_.clear();
  for (PlannedEvent& planned : plan_->events) {
    if (!input_over_) PlanAbsences(planned.event->time, woven_);
    if (planned.match_count > 0) AddFirings(planned);
    woven_.push_back(planned);
  }
  plan_->events.swap(woven_);
}

void Judge::AddFirings(PlannedEvent& planned) {
  sigma_hits_.clear();
  sigma_->Feed(*planned.event, evaluator_,
               {plan_->matches.data() + planned.first_match, planned.match_count}, sigma_hits_);
  if (sigma_hits_.empty()) return;
  std::vector<Candidate>& candidates = plan_->candidates;
  const uint32_t begin = planned.first_candidate;
  planned.first_candidate = static_cast<uint32_t>(candidates.size());
  for (uint32_t i = 0; i < planned.sigma_count; ++i) candidates.push_back(candidates[begin + i]);
  for (const SigmaStage::Hit& hit : sigma_hits_) {
    candidates.push_back({hit.rule});
    candidates.back().firing = hit.firing;
  }
  for (uint32_t i = planned.sigma_count; i < planned.candidate_count; ++i)
    candidates.push_back(candidates[begin + i]);
  planned.candidate_count = static_cast<uint32_t>(candidates.size()) - planned.first_candidate;
}

// What did not happen asks no models and trains none.
void Judge::PlanAbsences(Timestamp now, std::vector<PlannedEvent>& out) {
  absences_.clear();
  sigma_->Absences(now, absences_);
  for (const SigmaStage::Absence& absence : absences_) {
    const Zone* zone = lookups_.ZoneOf(*absence.event);
    out.push_back({.event = absence.event,
                   .zone = zone,
                   .local_day = zone->LocalDay(absence.event->time),
                   .first_candidate = static_cast<uint32_t>(plan_->candidates.size()),
                   .candidate_count = 1,
                   .happened = false});
    plan_->candidates.push_back({absence.hit.rule});
    plan_->candidates.back().firing = absence.hit.firing;
  }
}

void Judge::AnswerAll() {
  judged_this_session_.assign(plan_->probes.size(), 0);
  quarantined_.assign(plan_->probes.size(), 0);
  deferred_.clear();
  answers_.resize(plan_->probes.size());
  for (size_t i = 0; i < plan_->probes.size(); ++i) {
    if (i + kPrefetchAhead < plan_->probes.size())
      store_.Prefetch(plan_->probes[i + kPrefetchAhead].probe);
    PlannedProbe& planned = plan_->probes[i];
    const uint32_t model = planned.probe.model;
    if (rules_.models()[model].if_seen_model >= 0) {
      planned.probe.train = planned.probe.train && planned.if_seen >= 0 &&
                            answers_[static_cast<size_t>(planned.if_seen)].seen > 0;
    }
    if (planned.probe.train && quarantine_days_[model] > 0) {
      bool learned = true;
      quarantined_[i] = InQuarantine(planned.probe, &learned);
      if (learned) deferred_.push_back(planned.probe);
      Probe asks = planned.probe;
      asks.train = false;
      answers_[i] = store_.AskAndTrain(asks);
    } else {
      answers_[i] = store_.AskAndTrain(planned.probe);
    }
    if (tables_.asks_peers[model]) AskPeers(planned, answers_[i]);
    if (tables_.once_per_session[model] != EntityKind::kDefault)
      judged_this_session_[i] = JudgedThisSession(planned, answers_[i]);
  }
}

// Whether what is new to a person is known to colleagues. Asked only of what may fire as a first,
// which is rare, and at once, so that the colleagues' state is that of the event.
void Judge::AskPeers(const PlannedProbe& planned, Answer& answer) {
  const ModelSpec& model = rules_.models()[planned.probe.model];
  const Timestamp now = planned.probe.time;
  if (answer.seen > 0 || !answer.scope_known || !planned.peer_group.is_text() ||
      now - answer.model_since < model.min_training)
    return;
  for (const std::string& peer : lookups_.MembersOf(planned.peer_group.text())) {
    if (planned.person.is_text() && peer == planned.person.text()) continue;
    const Hash128 scope =
        Combine(tables_.model_keys[planned.probe.model],
                HashBytes(NormalizeKey(peer, model.case_sensitive, scratch_), options_.hash_seed));
    if (!store_.IsSettled(planned.probe.model, scope, now)) continue;
    ++answer.peers;
    answer.peers_with_value += store_.Knows(planned.probe.model, scope, planned.probe.value, now);
  }
}

// Whether the value made a rule fire and was not learned since; counts this day. On the last of the
// days it has to come on it is learned, and still not told of.
bool Judge::InQuarantine(const Probe& probe, bool* learned) {
  const Hash128 key = Combine(probe.scope, probe.value);
  const auto at = quarantine_.find(key);
  if (at == quarantine_.end()) return false;
  quarantine_changes_.Add(key);
  Quarantined& held = at->second;
  if (probe.local_day > held.last_day) {
    ++held.days;
    held.last_day = probe.local_day;
  }
  *learned = held.days >= quarantine_days_[probe.model];
  if (*learned) quarantine_.erase(at);
  return true;
}

// The one event of this step was decided: its guarded models learn, unless their rules fired.
void Judge::TrainDeferred() {
  for (const Probe& probe : deferred_) {
    const Hash128 key = Combine(probe.scope, probe.value);
    if (!quarantine_.contains(key)) store_.AskAndTrain(probe);
  }
}

// Whether the value was judged or learned in its bearer's session before; remembers that it is now.
// An event that is none of the model's business leaves no trace: it must not silence the one that
// is. Values far above the threshold cannot become abnormal within the day and are not remembered.
bool Judge::JudgedThisSession(const PlannedProbe& planned, const Answer& answer) {
  const Probe& probe = planned.probe;
  if (answer.converged && answer.threshold > 0 && answer.seen >= 2 * answer.threshold) return false;
  if (!probe.train && !planned.judged_by_rule) return false;
  const Hash128 key = Combine(Combine(planned.bearer, probe.scope), probe.value);
  const auto [at, added] = judged_.try_emplace(key, Judged{probe.local_day, planned.bearer});
  if (!added && at->second.day == probe.local_day) return true;
  at->second.day = probe.local_day;
  judged_changes_.Add(key);
  return false;
}

// Under which a `seen_before` rule remembers that it has told of the event's value in the bearer's
// session.
Hash128 Judge::ToldKey(uint32_t rule, const Bearer& bearer, int32_t probe) const {
  const Probe& asked = plan_->probes[static_cast<size_t>(probe)].probe;
  return Combine(Combine(Combine(rule_keys_[rule], Hash128{0, 3}), bearer.Key()),
                 Combine(asked.scope, asked.value));
}

// Null when events of the type do not ask the model; one that is not `asked` when this event had
// nothing to ask.
const Answer* Judge::AnswerOf(const PlannedEvent& planned, int model) const {
  static const Answer kNothing;
  const int32_t probe = tables_.ProbeOf(*plan_, planned, model);
  if (probe == PlannedProbe::kNoModel) return nullptr;
  return probe == PlannedProbe::kNotAsked ? &kNothing : &answers_[static_cast<size_t>(probe)];
}

void Judge::Decide(const PlannedEvent& planned, std::vector<Detection>& out) {
  matched_.clear();
  evaluator_.Reset(*planned.event);
  for (uint32_t i = 0; i < planned.candidate_count; ++i) {
    const Candidate& candidate = plan_->candidates[planned.first_candidate + i];
    const RuleSpec& rule = rules_.rules()[candidate.rule];
    RuleCounts& counts = counts_[candidate.rule];
    ++counts.acted;
    Outcome outcome = DecideCandidate(planned, candidate);
    const Bearer bearer = tables_.BearerOf(*planned.event, rule.entity);
    if (outcome.kind == OutcomeKind::kFired) {
      const uint32_t gates = ReactionGates(planned, candidate, bearer.Key());
      if (gates != 0) outcome = {OutcomeKind::kHeldBack, gates};
    }
    if (outcome.kind == OutcomeKind::kFired && !rule.test_mode) {
      out.push_back(Describe(planned, candidate, bearer));
      if (bearer.kind != EntityKind::kDefault) sessions_.Add(out.back());
    }
    if (outcome.kind == OutcomeKind::kFired && rule.quarantine_days > 0) {
      for (const Probe& probe : deferred_) {
        if (static_cast<int>(probe.model) != rule.model) continue;
        const Hash128 key = Combine(probe.scope, probe.value);
        quarantine_.try_emplace(
            key, Quarantined{probe.scope, probe.value, probe.model, 0, probe.local_day});
        quarantine_changes_.Add(key);
      }
    }
    if (outcome.kind == OutcomeKind::kFired) {
      ++counts.fired;
      if (rule.verdict == Verdict::kSeenBefore) {
        const Hash128 key =
            ToldKey(candidate.rule, bearer, tables_.ProbeOf(*plan_, planned, rule.model));
        judged_[key] = {planned.local_day, bearer.Key()};
        judged_changes_.Add(key);
      }
    }
    for (int bit = 0; bit < kGateCount; ++bit) counts.held_back[bit] += (outcome.gates >> bit) & 1;
    if (options_.observer) options_.observer(*planned.event, candidate.rule, outcome);
  }
}

Outcome Judge::DecideCandidate(const PlannedEvent& planned, const Candidate& candidate) {
  const RuleSpec& rule = rules_.rules()[candidate.rule];
  if (rule.if_seen_model >= 0) {
    const Answer* seen = AnswerOf(planned, rule.if_seen_model);
    if (seen == nullptr || !seen->asked || seen->seen == 0) return {OutcomeKind::kNotActing};
  }
  // A counter counts whether or not the rule may speak.
  if (rule.verdict == Verdict::kCrossed) {
    const Outcome crossed =
        DecideCrossed(planned, rule, candidate.rule, candidate, &crossed_total_);
    if (crossed.kind != OutcomeKind::kFired) return crossed;
  }
  if (!candidate.acting || !ActsOnAnswers(planned, rule)) return {OutcomeKind::kNotActing};
  if (rule.while_learning_model >= 0) {
    const Answer* answer = AnswerOf(planned, rule.while_learning_model);
    const ModelSpec& model = rules_.models()[static_cast<size_t>(rule.while_learning_model)];
    const Outcome open = DecideWhileLearning(rule, model, answer == nullptr ? Answer{} : *answer,
                                             planned.event->time);
    if (open.kind != OutcomeKind::kFired) return open;
  }
  if (rule.verdict == Verdict::kTruthTable) {
    read_answers_.clear();
    for (int model : rule.models_read) read_answers_.push_back(AnswerOf(planned, model));
    return DecideTruthTable(rule, read_answers_, rules_.models(), planned.event->time);
  }
  if (rule.verdict == Verdict::kFact || rule.verdict == Verdict::kCrossed ||
      rule.verdict == Verdict::kSigma)
    return {OutcomeKind::kFired};
  return DecideModelRule(planned, candidate.rule, rule);
}

Outcome Judge::DecideModelRule(const PlannedEvent& planned, uint32_t index, const RuleSpec& rule) {
  const ModelSpec& model = rules_.models()[static_cast<size_t>(rule.model)];
  const Answer* answer = AnswerOf(planned, rule.model);
  const Event& event = *planned.event;
  if (answer == nullptr) return {OutcomeKind::kNoScope};
  if (!answer->asked) {
    const Value group = event.Get(schema_.known().peer_group);
    const bool small =
        model.scope_is_peer_group && group.is_text() && lookups_.IsSmallGroup(group.text());
    return small ? Outcome{OutcomeKind::kHeldBack, static_cast<uint32_t>(Gate::kSmallGroup)}
                 : Outcome{OutcomeKind::kNoScope};
  }
  const int32_t probe = tables_.ProbeOf(*plan_, planned, rule.model);
  bool judged = judged_this_session_[static_cast<size_t>(probe)] != 0;
  if (rule.verdict == Verdict::kSeenBefore) {
    const auto told = judged_.find(ToldKey(index, tables_.BearerOf(event, rule.entity), probe));
    judged = told != judged_.end() && told->second.day == planned.local_day;
  }
  Outcome outcome = vedette::Decide(
      {rule, model, *answer, event.time, source_since_[event.product], event.late, judged});
  const bool held = quarantined_[static_cast<size_t>(probe)] != 0;
  if (held && rule.quarantine_days > 0 && outcome.kind == OutcomeKind::kFired)
    outcome = {OutcomeKind::kHeldBack, static_cast<uint32_t>(Gate::kQuarantine)};
  return outcome;
}

Outcome Judge::DecideCrossed(const PlannedEvent& planned, const RuleSpec& rule, uint32_t index,
                             const Candidate& candidate, int64_t* total) {
  const Bearer bearer = tables_.BearerOf(*planned.event, rule.entity);
  if (bearer.kind == EntityKind::kDefault) return {OutcomeKind::kNoScope};
  const int64_t day = planned.local_day;
  const Hash128 bearer_key = bearer.Key();
  const Hash128 key = Combine(Combine(rule_keys_[index], Hash128{0, 1}), bearer_key);
  Counter& counter = counters_[key];
  counter_changes_.Add(key);
  if (counter.day != day) counter = Counter{day, 0, bearer_key};
  const int64_t before = counter.total;
  if (rule.counter == CounterKind::kDistinct) {
    counter.values.insert(candidate.distinct.low);
    counter.total = static_cast<int64_t>(counter.values.size());
  } else if (__builtin_add_overflow(counter.total, candidate.amount, &counter.total)) {
    counter.total = INT64_MAX;
  }
  *total = counter.total;
  return {before <= rule.limit && counter.total > rule.limit ? OutcomeKind::kFired
                                                             : OutcomeKind::kNotMatched};
}

// Conditions over model variables, such as confidence_factor < 0.8.
bool Judge::ActsOnAnswers(const PlannedEvent& planned, const RuleSpec& rule) {
  if (rule.when == kNoExpr || !program_.DependsOnModel(rule.when)) return true;
  const Answer* answer =
      AnswerOf(planned, rule.model >= 0 ? rule.model : rule.while_learning_model);
  Variables variables;
  if (answer != nullptr && answer->asked) {
    const ModelSpec& model = rules_.models()[static_cast<size_t>(
        rule.model >= 0 ? rule.model : rule.while_learning_model)];
    variables.confidence_factor =
        Value::Double(model.convergence.Confidence(answer->total, answer->distinct));
    variables.num_observations = Value::Int(answer->seen);
    variables.percentile_threshold_count = Value::Int(static_cast<int64_t>(answer->threshold));
    variables.percentile_threshold_value = Value::Double(answer->boundary);
  }
  evaluator_.SetVariables(&variables);
  const bool acts = evaluator_.Test(rule.when);
  evaluator_.SetVariables(nullptr);
  return acts;
}

// Of a correlation the group that fired; else what the rule's expression says. Nothing: no
// suppression.
std::optional<std::string> Judge::SuppressedBy(const RuleSpec& rule, const Candidate& candidate) {
  if (candidate.firing >= 0) return sigma_->GroupOf(candidate.firing);
  if (rule.suppress_by == kNoExpr) return "";
  const Value by = evaluator_.Evaluate(rule.suppress_by);
  if (by.is_null()) return std::nullopt;
  return by.ToText();
}

// What happens between a match and a firing: exclusions, `unless`, `requires`, suppression,
// breaker. A match counts for others' `unless` even when it is held back, but not when it is
// excluded or in test mode.
uint32_t Judge::ReactionGates(const PlannedEvent& planned, const Candidate& candidate,
                              const Hash128& entity) {
  const uint32_t rule = candidate.rule;
  const RuleSpec& spec = rules_.rules()[rule];
  const auto has_matched = [&](uint32_t other) {
    return std::find(matched_.begin(), matched_.end(), other) != matched_.end();
  };
  if (exclusions_.Covers(rule, evaluator_, planned.event->time))
    return static_cast<uint32_t>(Gate::kExcluded);
  const bool blocked = std::any_of(spec.unless.begin(), spec.unless.end(), has_matched);
  const bool met =
      std::all_of(spec.requires_matched.begin(), spec.requires_matched.end(), has_matched);
  if (!spec.test_mode) matched_.push_back(rule);
  if (blocked) return static_cast<uint32_t>(Gate::kUnless);
  if (!met) return static_cast<uint32_t>(Gate::kRequires);
  if (spec.suppress_for.count() > 0) {
    if (const std::optional<std::string> by = SuppressedBy(spec, candidate)) {
      const Hash128 value = HashBytes(NormalizeKey(*by, false, scratch_), options_.hash_seed);
      const Hash128 key = Combine(Combine(rule_keys_[rule], Hash128{0, 2}), value);
      if (!suppression_.Allows(key, planned.event->time, spec.suppress_for))
        return static_cast<uint32_t>(Gate::kSuppressed);
    }
  }
  if (!breaker_.Allows(rule, entity, planned.event->time))
    return static_cast<uint32_t>(Gate::kBreaker);
  return 0;
}

void Judge::FillFacts(const PlannedEvent& planned, const RuleSpec& rule, const Detection& d,
                      TriggerFacts* facts) {
  facts->event = planned.event;
  facts->rule = rule.id;
  facts->scope_value = d.scope;
  facts->feature_value = d.value;
  facts->value = d.value;
  if (rule.verdict == Verdict::kCrossed)
    facts->numeric_value = fmt::format_int(crossed_total_).str();
  if (d.model < 0) return;
  const ModelSpec& model = rules_.models()[static_cast<size_t>(d.model)];
  const Answer& a = d.answer;
  facts->count = fmt::format_int(a.seen).str();
  if (a.threshold > 0) facts->threshold = fmt::format_int(a.threshold).str();
  if (a.boundary > 0) facts->boundary = fmt::format("{:.0f}", a.boundary);
  if (rule.verdict != Verdict::kCrossed && !model.learns_values())
    facts->numeric_value = fmt::format_int(a.number).str();
  facts->window = FormatDuration(model.window);
  if (a.last_seen.ns != 0) {
    facts->last_seen = FormatIso8601(a.last_seen);
    facts->days_since =
        fmt::format_int((planned.event->time - a.last_seen).count() / kNanosPerDay).str();
  }
}

Detection Judge::Describe(const PlannedEvent& planned, const Candidate& candidate,
                          const Bearer& bearer) {
  const Event& event = *planned.event;
  const uint32_t index = candidate.rule;
  const RuleSpec& rule = rules_.rules()[index];
  Detection d;
  d.time = event.time;
  d.rule = index;
  d.entity_kind = bearer.kind;
  d.entity = std::string(bearer.id);
  d.local_day = planned.local_day;
  d.late = event.late;
  d.event_id = event.id;
  d.event_type = event.type;
  d.product = event.product;
  d.position = event.position;

  d.model = rule.model >= 0 ? rule.model : rule.models_read.empty() ? -1 : rule.models_read.front();
  if (d.model >= 0) {
    const ModelSpec& model = rules_.models()[static_cast<size_t>(d.model)];
    if (const Answer* answer = AnswerOf(planned, d.model)) d.answer = *answer;
    d.scope = evaluator_.Evaluate(model.scope).ToText();
    if (model.value != kNoExpr && rule.verdict != Verdict::kTruthTable)
      d.value = evaluator_.Evaluate(model.value).ToText();
    d.quality_ppm = QualityPpm(rule, d.answer);
    const bool window = rule.verdict == Verdict::kMagnitude;
    d.coverage_ppm =
        source_hours_.CoveragePpm(event.product, event.time, window ? model.window : model.memory);
  }
  SigmaStage::Explanation sigma;
  if (rule.verdict == Verdict::kSigma) {
    sigma = sigma_->Explain(event, evaluator_, candidate.rule, candidate.firing);
    d.scope = sigma.group;
    d.matched = std::move(sigma.matched);
  }
  if (rule.value != kNoExpr) d.value = evaluator_.Evaluate(rule.value).ToText();
  // Evidence that has no value of its own is the rule itself: however often it fires in a session,
  // it counts once.
  const bool window = rule.verdict == Verdict::kMagnitude;
  const bool by_rule = d.value.empty() || window || rule.verdict == Verdict::kAbove;
  d.value_key = by_rule ? HashBytes(rule.id + d.scope, options_.hash_seed)
                        : HashBytes(NormalizeKey(d.value, false, scratch_), options_.hash_seed);

  d.id = Hasher(options_.hash_seed).Add(rule.id).Add(event.id).Add(d.scope).Add(d.value).Finish();
  TriggerFacts facts;
  FillFacts(planned, rule, d, &facts);
  d.reason = rule.verdict == Verdict::kSigma ? std::move(sigma.reason) : rule.reason.Render(facts);
  AppendFieldsJson(d.event_fields, event, schema_);
  if (options_.pseudonyms != nullptr) options_.pseudonyms->Hide(event, d);
  return d;
}

}  // namespace vedette
