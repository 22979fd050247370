#include "engine/planner.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "session/session_book.h"

namespace vedette {
namespace {

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

Hash128 Bearer::Key() const { return EntityKey(kind, id); }

void StepPlan::Clear() {
  events.clear();
  probe_at.clear();
  probes.clear();
  candidates.clear();
  matches.clear();
}

PlanTables::PlanTables(const Schema& schema, const RuleSet& rules, const Program& program,
                       const Lookups& lookups, const SigmaRules* sigma, uint64_t hash_seed)
    : schema(schema),
      rules(rules),
      program(program),
      lookups(lookups),
      sigma(sigma),
      hash_seed(hash_seed),
      once_per_session(rules.models().size(), EntityKind::kDefault),
      asks_peers(rules.models().size(), 0),
      slots(schema.event_type_count()),
      conditions(schema.event_type_count()) {
  for (const ModelSpec& model : rules.models())
    model_keys.push_back(HashBytes(model.id, hash_seed));
  for (const RuleSpec& rule : rules.rules()) {
    if (rule.model < 0) continue;
    const auto model = static_cast<size_t>(rule.model);
    if (rule.verdict == Verdict::kFirst && rules.models()[model].scope_is_user)
      asks_peers[model] = 1;
    if (rule.verdict != Verdict::kAbnormal) continue;
    const EntityKind kind = rule.entity == EntityKind::kDefault ? EntityKind::kUser : rule.entity;
    once_per_session[model] = kind;
  }
  for (size_t type = 0; type < slots.size(); ++type) {
    slots[type].assign(rules.models().size(), PlannedProbe::kNoModel);
    const RuleSet::ForType& work = rules.ForEventType(static_cast<EventTypeId>(type));
    for (size_t i = 0; i < work.models.size(); ++i)
      slots[type][work.models[i].model] = static_cast<int16_t>(i);
    for (size_t i = 0; i < work.rules.size(); ++i) {
      const RuleSpec& rule = rules.rules()[work.rules[i]];
      conditions[type].Add(program, AskedEarly(rule, program) ? rule.when : kNoExpr,
                           static_cast<uint32_t>(i));
    }
    conditions[type].Finish();
  }
}

Bearer PlanTables::BearerOf(const Event& event, EntityKind kind) const {
  const KnownFields& known = schema.known();
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

int32_t PlanTables::ProbeOf(const StepPlan& plan, const PlannedEvent& planned, int model) const {
  if (model < 0) return PlannedProbe::kNoModel;
  const int16_t slot = slots[planned.event->type][static_cast<size_t>(model)];
  return slot == PlannedProbe::kNoModel
             ? PlannedProbe::kNoModel
             : plan.probe_at[planned.first_slot + static_cast<size_t>(slot)];
}

Planner::Planner(const PlanTables& tables)
    : tables_(tables), evaluator_(tables.program, tables.lookups) {
  if (tables.sigma != nullptr) sigma_.emplace(*tables.sigma, tables.rules);
}

void Planner::Plan(std::span<Event* const> events, StepPlan& plan) {
  plan.Clear();
  plan_ = &plan;
  for (const Event* event : events) PlanOne(*event);
}

void Planner::PlanOne(const Event& event) {
  evaluator_.Reset(event);
  if (++key_stamp_ == 0) {
    for (KeyMemo& memo : keys_) memo.stamp = 0;
    for (KeyMemo& memo : bearers_) memo.stamp = 0;
    key_stamp_ = 1;
  }
  const Zone* zone = tables_.lookups.ZoneOf(event);
  PlannedEvent planned{.event = &event, .zone = zone, .local_day = zone->LocalDay(event.time)};
  const KnownFields& known = tables_.schema.known();
  if (const Value id = event.Get(known.user_entity); id.is_text())
    planned.person = EntityKey(EntityKind::kUser, id.text());
  if (const Value id = event.Get(known.asset_entity); id.is_text())
    planned.machine = EntityKey(EntityKind::kAsset, id.text());
  planned.first_candidate = static_cast<uint32_t>(plan_->candidates.size());
  PlanModels(planned);
  if (!event.train_only) {
    // Before all others, because others may wait for them in `unless`.
    if (sigma_) PlanSigma(planned);
    PlanRules(planned);
  }
  for (uint32_t i = planned.first_candidate; i < plan_->candidates.size(); ++i) {
    const RuleSpec& rule = tables_.rules.rules()[plan_->candidates[i].rule];
    // Behind an `if_seen` it is the training that judges: it has the same condition.
    if (rule.verdict != Verdict::kAbnormal || rule.if_seen_model >= 0 ||
        !plan_->candidates[i].acting)
      continue;
    const int32_t probe = tables_.ProbeOf(*plan_, planned, rule.model);
    if (probe >= 0) plan_->probes[static_cast<size_t>(probe)].judged_by_rule = true;
  }
  planned.candidate_count =
      static_cast<uint32_t>(plan_->candidates.size()) - planned.first_candidate;
  plan_->events.push_back(planned);
}

void Planner::PlanModels(PlannedEvent& planned) {
  const Event& event = *planned.event;
  const std::vector<RuleSet::ModelUse>& uses = tables_.rules.ForEventType(event.type).models;
  planned.first_slot = static_cast<uint32_t>(plan_->probe_at.size());
  plan_->probe_at.resize(plan_->probe_at.size() + uses.size(), PlannedProbe::kNotAsked);
  for (size_t i = 0; i < uses.size(); ++i) {
    const uint32_t model = uses[i].model;
    const ModelSpec& spec = tables_.rules.models()[model];
    PlannedProbe probe;
    if (!MakeProbe(planned, spec, &probe.probe)) continue;
    probe.probe.model = model;
    probe.probe.scope = Combine(tables_.model_keys[model], probe.probe.scope);
    if (IsWindow(spec.kind)) probe.probe.counter = Combine(probe.probe.scope, probe.probe.counter);
    probe.probe.train =
        uses[i].trains && (spec.train_when == kNoExpr || evaluator_.Test(spec.train_when));
    // A model stands behind the one that its `if_seen` names.
    if (spec.if_seen_model >= 0)
      probe.if_seen = tables_.ProbeOf(*plan_, planned, spec.if_seen_model);
    if (const EntityKind kind = tables_.once_per_session[model]; kind != EntityKind::kDefault) {
      probe.bearer = BearerKey(event, kind);
    }
    if (tables_.asks_peers[uses[i].model]) {
      probe.peer_group = event.Get(tables_.schema.known().peer_group);
      probe.person = event.Get(tables_.schema.known().user_entity);
    }
    plan_->probe_at[planned.first_slot + i] = static_cast<int32_t>(plan_->probes.size());
    plan_->probes.push_back(probe);
  }
}

const Hash128& Planner::BearerKey(const Event& event, EntityKind kind) {
  KeyMemo& memo = bearers_[static_cast<size_t>(kind)];
  if (memo.stamp != key_stamp_) {
    memo.stamp = key_stamp_;
    memo.key = tables_.BearerOf(event, kind).Key();
  }
  return memo.key;
}

// Null: the value is absent or empty. A key holds until the next event is planned.
const Hash128* Planner::KeyOf(ExprId expression, bool case_sensitive) {
  const size_t index = 2 * size_t{expression} + case_sensitive;
  if (index >= keys_.size()) keys_.resize(2 * tables_.program.size());
  KeyMemo& memo = keys_[index];
  if (memo.stamp != key_stamp_) {
    memo.stamp = key_stamp_;
    const Value value = evaluator_.Evaluate(expression);
    memo.known = !value.is_null() && !(value.is_text() && value.size() == 0);
    if (memo.known) memo.key = ValueKey(value, case_sensitive, tables_.hash_seed, scratch_);
  }
  return memo.known ? &memo.key : nullptr;
}

bool Planner::MakeProbe(const PlannedEvent& planned, const ModelSpec& spec, Probe* probe) {
  const Hash128* scope = KeyOf(spec.scope, spec.case_sensitive);
  if (scope == nullptr) return false;
  probe->scope = *scope;
  if (spec.scope_is_peer_group) {
    const Value group = evaluator_.Evaluate(spec.scope);
    if (group.is_text() && tables_.lookups.IsSmallGroup(group.text())) return false;
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

void Planner::PlanSigma(PlannedEvent& planned) {
  sigma_->Match(*planned.event, evaluator_, matched_);
  for (const sigma::RuleIndex match : matched_) {
    if (const int32_t rule = sigma_->RuleOf(match); rule >= 0)
      plan_->candidates.push_back({static_cast<uint32_t>(rule)});
  }
  planned.sigma_count = static_cast<uint32_t>(plan_->candidates.size()) - planned.first_candidate;
  planned.first_match = static_cast<uint32_t>(plan_->matches.size());
  planned.match_count = static_cast<uint32_t>(matched_.size());
  plan_->matches.insert(plan_->matches.end(), matched_.begin(), matched_.end());
}

void Planner::PlanRules(PlannedEvent& planned) {
  const EventTypeId type = planned.event->type;
  const std::vector<uint32_t>& rules = tables_.rules.ForEventType(type).rules;
  const auto first = static_cast<std::ptrdiff_t>(plan_->candidates.size());
  tables_.conditions[type].ForEach(evaluator_,
                                   [&](uint32_t place) { PlanRule(place, rules[place]); });
  // Blockers stand before what they block.
  std::sort(plan_->candidates.begin() + first, plan_->candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.place < b.place; });
}

void Planner::PlanRule(uint32_t place, uint32_t index) {
  const RuleSpec& rule = tables_.rules.rules()[index];
  Candidate candidate{index, place};
  if (rule.counter != CounterKind::kNone) {
    // A condition over what a model answers is asked when the answers are there.
    candidate.acting = rule.when == kNoExpr || tables_.program.DependsOnModel(rule.when) ||
                       evaluator_.Test(rule.when);
    PlanCounter(rule, &candidate);
    if (candidate.amount == 0) return;
  }
  plan_->candidates.push_back(candidate);
}

// What this event adds to the counter of a `crossed` rule; zero when it does not count.
void Planner::PlanCounter(const RuleSpec& rule, Candidate* candidate) {
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
      candidate->distinct = HashBytes(value.ToText(), tables_.hash_seed);
      break;
    case CounterKind::kNone:
      break;
  }
}

}  // namespace vedette
