#include "engine/judge.h"

#include <algorithm>
#include <cmath>

#include "core/json_writer.h"
#include "core/text.h"
#include "event/event_json.h"
#include "rule/context_label.h"
#include "rule/verdict.h"

namespace vedette {
namespace {

constexpr size_t kPrefetchAhead = 8;

// A number in units of 10^-scale, or nothing.
std::optional<int64_t> ScaledNumber(const Value& value, int scale) {
  double number = 0;
  if (value.kind() == ValueKind::kInt) {
    if (scale == 0) return value.integer();
    number = static_cast<double>(value.integer());
  } else if (value.kind() == ValueKind::kDouble) {
    number = value.decimal();
  } else if (value.is_text()) {
    if (const auto whole = ParseInt(value.text()); whole && scale == 0) return whole;
    const auto decimal = ParseDouble(value.text());
    if (!decimal) return std::nullopt;
    number = *decimal;
  } else {
    return std::nullopt;
  }
  for (int i = 0; i < scale; ++i) number *= 10;
  if (!(std::fabs(number) < 9e18)) return std::nullopt;
  return std::llround(number);
}

Hash128 ValueKey(const Value& value, bool case_sensitive, uint64_t seed, std::string& scratch) {
  if (value.is_text()) return HashBytes(NormalizeKey(value.text(), case_sensitive, scratch), seed);
  if (value.kind() == ValueKind::kInt) {
    const fmt::format_int digits(value.integer());
    return HashBytes({digits.data(), digits.size()}, seed);
  }
  return HashBytes(value.ToText(), seed);
}

bool IsWindow(ModelKind kind) {
  return kind == ModelKind::kWindowCount || kind == ModelKind::kWindowDistinct ||
         kind == ModelKind::kWindowSum;
}

// Whether the rule has nothing to do with an event on which its condition does not hold, and the
// condition can be asked before the models are. A counter may count all the same.
bool AskedEarly(const RuleSpec& rule, const Program& program) {
  return rule.when != kNoExpr && rule.counter == CounterKind::kNone &&
         !program.DependsOnModel(rule.when);
}

bool UsesNumber(ModelKind kind) {
  return kind == ModelKind::kClustered || kind == ModelKind::kWindowSum;
}

}  // namespace

Judge::Judge(const Schema& schema, const RuleSet& rules, const Program& program,
             const Lookups& lookups, Options options)
    : schema_(schema),
      rules_(rules),
      program_(program),
      lookups_(lookups),
      options_(std::move(options)),
      evaluator_(program, lookups),
      store_(rules.models()),
      sequencer_(rules.sequences(), schema.event_type_count(), evaluator_, options_.hash_seed),
      breaker_(rules.rules().size()),
      sessions_(rules),
      counts_(rules.rules().size()),
      once_per_session_(rules.models().size(), EntityKind::kDefault),
      asks_peers_(rules.models().size(), 0),
      slots_(schema.event_type_count()),
      conditions_(schema.event_type_count()),
      source_since_(schema.product_count(), Timestamp{INT64_MAX}) {
  if (options_.sigma != nullptr)
    sigma_ = std::make_unique<SigmaStage>(*options_.sigma, rules, schema);
  store_.LimitMemory(options_.memory);
  quarantine_days_.assign(rules.models().size(), 0);
  guarded_types_.assign(schema.event_type_count(), false);
  for (const RuleSpec& rule : rules.rules()) {
    if (rule.model < 0 || rule.quarantine_days == 0) continue;
    uint32_t& days = quarantine_days_[static_cast<size_t>(rule.model)];
    days = std::max(days, rule.quarantine_days);
    guards_anything_ = true;
    for (EventTypeId type : rules.models()[static_cast<size_t>(rule.model)].events)
      guarded_types_[type] = true;
  }
  for (const RuleSpec& rule : rules.rules())
    rule_keys_.push_back(HashBytes(rule.id, options_.hash_seed));
  for (const ModelSpec& model : rules.models())
    model_keys_.push_back(HashBytes(model.id, options_.hash_seed));
  for (const RuleSpec& rule : rules.rules()) {
    if (rule.model < 0) continue;
    const auto model = static_cast<size_t>(rule.model);
    if (rule.verdict == Verdict::kFirst && rules.models()[model].scope_is_user)
      asks_peers_[model] = 1;
    if (rule.verdict != Verdict::kAbnormal) continue;
    const EntityKind kind = rule.entity == EntityKind::kDefault ? EntityKind::kUser : rule.entity;
    once_per_session_[model] = kind;
  }
  for (size_t type = 0; type < slots_.size(); ++type) {
    slots_[type].assign(rules.models().size(), kNoModel);
    const RuleSet::ForType& work = rules.ForEventType(static_cast<EventTypeId>(type));
    for (size_t i = 0; i < work.models.size(); ++i)
      slots_[type][work.models[i].model] = static_cast<int16_t>(i);
    for (size_t i = 0; i < work.rules.size(); ++i) {
      const RuleSpec& rule = rules.rules()[work.rules[i]];
      conditions_[type].Add(program, AskedEarly(rule, program) ? rule.when : kNoExpr,
                            static_cast<uint32_t>(i));
    }
    conditions_[type].Finish();
  }
}

void Judge::Process(const std::vector<Event*>& events, std::vector<Detection>& out) {
  ProcessWoven(sequencer_.Weave(events), out);
}

void Judge::ProcessWoven(const std::vector<Event*>& events, std::vector<Detection>& out) {
  size_t begin = 0;
  while (begin < events.size()) {
    TellAbsences(events[begin]->time, out);
    CloseDaysUntil(events[begin]->time.days());
    size_t end = begin + 1;
    // Whether a guarded model learns from an event is known when its rules have decided.
    while (end < events.size() && end - begin < kStep && events[end]->time.days() <= day_ &&
           !IsGuarded(*events[begin]) && !IsGuarded(*events[end])) {
      ++end;
    }
    Step(events.data() + begin, end - begin, out);
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
    BeginStep();
    PlanAbsences(std::min(now, Timestamp{(due.days() + 1) * kNanosPerDay}));
    FinishStep(out);
  }
}

void Judge::Step(Event* const* events, size_t count, std::vector<Detection>& out) {
  BeginStep();
  for (size_t i = 0; i < count; ++i) {
    if (sigma_ && !input_over_) PlanAbsences(events[i]->time);
    Plan(*events[i]);
  }
  FinishStep(out);
}

void Judge::BeginStep() {
  planned_.clear();
  probe_at_.clear();
  probes_.clear();
  candidates_.clear();
  if (sigma_) sigma_->BeginStep();
}

void Judge::FinishStep(std::vector<Detection>& out) {
  AnswerAll();
  for (const PlannedEvent& planned : planned_) {
    if (planned.happened) source_hours_.Saw(planned.event->product, planned.event->time);
    if (planned.candidate_count > 0) Decide(planned, out);
  }
  if (!deferred_.empty()) TrainDeferred();
}

void Judge::Plan(const Event& event) {
  evaluator_.Reset(event);
  if (++key_stamp_ == 0) {
    for (KeyMemo& memo : keys_) memo.stamp = 0;
    key_stamp_ = 1;
  }
  if (event.product >= source_since_.size())
    source_since_.resize(event.product + 1u, Timestamp{INT64_MAX});
  source_since_[event.product] = std::min(source_since_[event.product], event.time);
  const KnownFields& known = schema_.known();
  for (const auto& [kind, field] : {std::pair{EntityKind::kUser, known.user_entity},
                                    std::pair{EntityKind::kAsset, known.asset_entity}}) {
    const Value id = event.Get(field);
    if (id.is_text()) sessions_.Activity(EntityKey(kind, id.text()), day_);
  }
  const Zone* zone = lookups_.ZoneOf(event);
  PlannedEvent planned{&event, 0,    static_cast<uint32_t>(candidates_.size()),
                       0,      zone, zone->LocalDay(event.time)};
  PlanModels(event, planned);
  if (!event.train_only) PlanRules(event);
  for (uint32_t i = planned.first_candidate; i < candidates_.size(); ++i) {
    const RuleSpec& rule = rules_.rules()[candidates_[i].rule];
    // Behind an `if_seen` it is the training that judges: it has the same condition.
    if (rule.verdict != Verdict::kAbnormal || rule.if_seen_model >= 0 || !candidates_[i].acting)
      continue;
    const int32_t probe = ProbeOf(planned, rule.model);
    if (probe >= 0) probes_[static_cast<size_t>(probe)].judged_by_rule = true;
  }
  planned.candidate_count = static_cast<uint32_t>(candidates_.size()) - planned.first_candidate;
  planned_.push_back(planned);
}

// What did not happen asks no models and trains none.
void Judge::PlanAbsences(Timestamp now) {
  absences_.clear();
  sigma_->Absences(now, absences_);
  for (const SigmaStage::Absence& absence : absences_) {
    const Zone* zone = lookups_.ZoneOf(*absence.event);
    planned_.push_back({absence.event, 0, static_cast<uint32_t>(candidates_.size()), 1, zone,
                        zone->LocalDay(absence.event->time), false});
    Candidate candidate{absence.hit.rule};
    candidate.firing = absence.hit.firing;
    candidates_.push_back(candidate);
  }
}

void Judge::PlanModels(const Event& event, PlannedEvent& planned) {
  const std::vector<RuleSet::ModelUse>& uses = rules_.ForEventType(event.type).models;
  planned.first_slot = static_cast<uint32_t>(probe_at_.size());
  probe_at_.resize(probe_at_.size() + uses.size(), kNotAsked);
  for (size_t i = 0; i < uses.size(); ++i) {
    const uint32_t model = uses[i].model;
    const ModelSpec& spec = rules_.models()[model];
    PlannedProbe probe;
    if (!MakeProbe(planned, spec, &probe.probe)) continue;
    probe.probe.model = model;
    probe.probe.scope = Combine(model_keys_[model], probe.probe.scope);
    if (IsWindow(spec.kind)) probe.probe.counter = Combine(probe.probe.scope, probe.probe.counter);
    probe.probe.train =
        uses[i].trains && (spec.train_when == kNoExpr || evaluator_.Test(spec.train_when));
    // A model stands behind the one that its `if_seen` names.
    if (spec.if_seen_model >= 0) probe.if_seen = ProbeOf(planned, spec.if_seen_model);
    if (const EntityKind kind = once_per_session_[model]; kind != EntityKind::kDefault) {
      const Bearer bearer = BearerOf(event, kind);
      probe.bearer = EntityKey(bearer.kind, bearer.id);
    }
    if (asks_peers_[uses[i].model]) {
      probe.peer_group = event.Get(schema_.known().peer_group);
      probe.person = event.Get(schema_.known().user_entity);
    }
    probe_at_[planned.first_slot + i] = static_cast<int32_t>(probes_.size());
    probes_.push_back(probe);
  }
}

// Null: the value is absent or empty. A key holds until the next event is planned.
const Hash128* Judge::KeyOf(ExprId expression, bool case_sensitive) {
  const size_t index = 2 * size_t{expression} + case_sensitive;
  if (index >= keys_.size()) keys_.resize(2 * program_.size());
  KeyMemo& memo = keys_[index];
  if (memo.stamp != key_stamp_) {
    memo.stamp = key_stamp_;
    const Value value = evaluator_.Evaluate(expression);
    memo.known = !value.is_null() && !(value.is_text() && value.size() == 0);
    if (memo.known) memo.key = ValueKey(value, case_sensitive, options_.hash_seed, scratch_);
  }
  return memo.known ? &memo.key : nullptr;
}

bool Judge::MakeProbe(const PlannedEvent& planned, const ModelSpec& spec, Probe* probe) {
  const Hash128* scope = KeyOf(spec.scope, spec.case_sensitive);
  if (scope == nullptr) return false;
  probe->scope = *scope;
  if (spec.scope_is_peer_group) {
    const Value group = evaluator_.Evaluate(spec.scope);
    if (group.is_text() && lookups_.IsSmallGroup(group.text())) return false;
  }
  if (spec.value != kNoExpr) {
    if (UsesNumber(spec.kind)) {
      const auto number = ScaledNumber(evaluator_.Evaluate(spec.value), spec.scale);
      if (!number) return false;
      probe->number = *number;
    } else {
      const Hash128* value = KeyOf(spec.value, spec.case_sensitive);
      if (value == nullptr) return false;
      probe->value = *value;
    }
  }
  if (spec.count_per != kNoExpr) {
    const Hash128* per = KeyOf(spec.count_per, spec.case_sensitive);
    if (per == nullptr) return false;
    probe->counter = *per;
  }
  probe->time = planned.event->time;
  probe->late = planned.event->late;
  probe->local_day = planned.local_day;
  if (spec.kind == ModelKind::kTimeOfWeek)
    probe->hour_of_week = planned.zone->HourOfWeek(planned.event->time);
  return true;
}

void Judge::PlanRules(const Event& event) {
  // Before all others, because others may wait for them in `unless`.
  if (sigma_) {
    sigma_hits_.clear();
    sigma_->Match(event, evaluator_, sigma_hits_);
    for (const SigmaStage::Hit& hit : sigma_hits_) {
      Candidate candidate{hit.rule};
      candidate.firing = hit.firing;
      candidates_.push_back(candidate);
    }
  }
  const std::vector<uint32_t>& rules = rules_.ForEventType(event.type).rules;
  const auto first = static_cast<std::ptrdiff_t>(candidates_.size());
  conditions_[event.type].ForEach(evaluator_,
                                  [&](uint32_t place) { PlanRule(place, rules[place]); });
  // Blockers stand before what they block.
  std::sort(candidates_.begin() + first, candidates_.end(),
            [](const Candidate& a, const Candidate& b) { return a.place < b.place; });
}

void Judge::PlanRule(uint32_t place, uint32_t index) {
  const RuleSpec& rule = rules_.rules()[index];
  Candidate candidate{index, place};
  if (rule.counter != CounterKind::kNone) {
    // A condition over what a model answers is asked when the answers are there.
    candidate.acting =
        rule.when == kNoExpr || program_.DependsOnModel(rule.when) || evaluator_.Test(rule.when);
    PlanCounter(rule, &candidate);
    if (candidate.amount == 0) return;
  }
  candidates_.push_back(candidate);
}

// What this event adds to the counter of a `crossed` rule; zero when it does not count.
void Judge::PlanCounter(const RuleSpec& rule, Candidate* candidate) {
  if (rule.counter_when != kNoExpr ? !evaluator_.Test(rule.counter_when) : !candidate->acting)
    return;
  const Value value = evaluator_.Evaluate(rule.counter_value);
  if (value.is_null()) return;
  switch (rule.counter) {
    case CounterKind::kSum:
      candidate->amount = std::max<int64_t>(ScaledNumber(value, 0).value_or(0), 0);
      break;
    case CounterKind::kCount:
      candidate->amount = 1;
      break;
    case CounterKind::kDistinct:
      candidate->amount = 1;
      candidate->distinct = HashBytes(value.ToText(), options_.hash_seed);
      break;
    case CounterKind::kNone:
      break;
  }
}

void Judge::AnswerAll() {
  judged_this_session_.assign(probes_.size(), 0);
  quarantined_.assign(probes_.size(), 0);
  deferred_.clear();
  answers_.resize(probes_.size());
  for (size_t i = 0; i < probes_.size(); ++i) {
    if (i + kPrefetchAhead < probes_.size()) store_.Prefetch(probes_[i + kPrefetchAhead].probe);
    PlannedProbe& planned = probes_[i];
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
    if (asks_peers_[model]) AskPeers(planned, answers_[i]);
    if (once_per_session_[model] != EntityKind::kDefault)
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
        Combine(model_keys_[planned.probe.model],
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
  const Probe& asked = probes_[static_cast<size_t>(probe)].probe;
  return Combine(
      Combine(Combine(rule_keys_[rule], Hash128{0, 3}), EntityKey(bearer.kind, bearer.id)),
      Combine(asked.scope, asked.value));
}

int32_t Judge::ProbeOf(const PlannedEvent& planned, int model) const {
  if (model < 0) return kNoModel;
  const int16_t slot = slots_[planned.event->type][static_cast<size_t>(model)];
  return slot == kNoModel ? kNoModel : probe_at_[planned.first_slot + static_cast<size_t>(slot)];
}

// Null when events of the type do not ask the model; one that is not `asked` when this event had
// nothing to ask.
const Answer* Judge::AnswerOf(const PlannedEvent& planned, int model) const {
  static const Answer kNothing;
  const int32_t probe = ProbeOf(planned, model);
  if (probe == kNoModel) return nullptr;
  return probe == kNotAsked ? &kNothing : &answers_[static_cast<size_t>(probe)];
}

Judge::Bearer Judge::BearerOf(const Event& event, EntityKind kind) const {
  const KnownFields& known = schema_.known();
  const auto field_of = [&](EntityKind k) {
    switch (k) {
      case EntityKind::kAsset:
        return known.asset_entity;
      case EntityKind::kSrcDevice:
        return known.src_device_entity;
      case EntityKind::kDestDevice:
        return known.dest_device_entity;
      case EntityKind::kDestUser:
        return known.dest_user_entity;
      default:
        return known.user_entity;
    }
  };
  // Whatever role a machine or person played, its points go to one session.
  const auto bearer_kind = [](EntityKind k) {
    return k == EntityKind::kUser || k == EntityKind::kDestUser ? EntityKind::kUser
                                                                : EntityKind::kAsset;
  };
  const EntityKind first = kind == EntityKind::kDefault ? EntityKind::kUser : kind;
  if (const Value id = event.Get(field_of(first)); id.is_text())
    return {bearer_kind(first), id.text()};
  if (kind == EntityKind::kDefault) {
    if (const Value id = event.Get(known.asset_entity); id.is_text())
      return {EntityKind::kAsset, id.text()};
  }
  return {};
}

void Judge::Decide(const PlannedEvent& planned, std::vector<Detection>& out) {
  matched_.clear();
  evaluator_.Reset(*planned.event);
  for (uint32_t i = 0; i < planned.candidate_count; ++i) {
    const Candidate& candidate = candidates_[planned.first_candidate + i];
    const RuleSpec& rule = rules_.rules()[candidate.rule];
    RuleCounts& counts = counts_[candidate.rule];
    ++counts.acted;
    Outcome outcome = DecideCandidate(planned, candidate);
    const Bearer bearer = BearerOf(*planned.event, rule.entity);
    if (outcome.kind == OutcomeKind::kFired) {
      const uint32_t gates = ReactionGates(planned, candidate, EntityKey(bearer.kind, bearer.id));
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
        const Hash128 key = ToldKey(candidate.rule, bearer, ProbeOf(planned, rule.model));
        judged_[key] = {planned.local_day, EntityKey(bearer.kind, bearer.id)};
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
  const int32_t probe = ProbeOf(planned, rule.model);
  bool judged = judged_this_session_[static_cast<size_t>(probe)] != 0;
  if (rule.verdict == Verdict::kSeenBefore) {
    const auto told = judged_.find(ToldKey(index, BearerOf(event, rule.entity), probe));
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
  const Bearer bearer = BearerOf(*planned.event, rule.entity);
  if (bearer.kind == EntityKind::kDefault) return {OutcomeKind::kNoScope};
  const int64_t day = planned.local_day;
  const Hash128 bearer_key = EntityKey(bearer.kind, bearer.id);
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
