#include "rule/verdict.h"

#include <algorithm>

namespace vedette {
namespace {

constexpr Nanoseconds kDefaultMaturity{14 * kNanosPerDay};
constexpr Nanoseconds kSourceWarmUp{7 * kNanosPerDay};
constexpr uint32_t kLeastPeers = 5;

bool IsWindow(ModelKind kind) {
  return kind == ModelKind::kWindowCount || kind == ModelKind::kWindowDistinct ||
         kind == ModelKind::kWindowSum;
}

// How old the scope has to be: the rule's word, else fourteen days where the model has no
// convergence of its own.
Nanoseconds MaturityOf(const RuleSpec& rule, const ModelSpec& model) {
  if (rule.maturity) return *rule.maturity;
  const bool by_age = (model.kind == ModelKind::kProfile && rule.verdict == Verdict::kFirst) ||
                      IsWindow(model.kind);
  return by_age ? kDefaultMaturity : Nanoseconds(0);
}

bool HasConvergence(ModelKind kind) {
  return kind == ModelKind::kCategorical || kind == ModelKind::kClustered ||
         kind == ModelKind::kTimeOfWeek;
}

bool WarmedUp(const ModelSpec& model, const Answer& answer, Timestamp now) {
  return answer.trained && now - answer.model_since >= model.min_training;
}

// What the verdict asks, gates aside. An answer that has not converged may still match, so that the
// gate is named.
bool Matches(const RuleSpec& rule, const ModelSpec& model, const Answer& a) {
  switch (rule.verdict) {
    case Verdict::kFirst:
      return a.seen == 0;
    case Verdict::kAbnormal:
      return a.converged ? a.seen > 0 && a.seen < a.threshold : a.seen > 0;
    case Verdict::kAbove:
      if (!a.converged) return true;
      if (a.band == Band::kNone) return false;
      return rule.bands.empty() || std::count(rule.bands.begin(), rule.bands.end(), a.band) > 0;
    case Verdict::kMagnitude:
      return a.magnitude >= model.min_magnitude && a.magnitude > a.live_magnitude;
    case Verdict::kTop:
      return a.top;
    case Verdict::kUnusualHour:
      return a.converged ? a.unusual_hour : true;
    case Verdict::kSeenBefore:
      return a.seen > 0;
    default:
      return true;
  }
}

void Close(uint32_t* gates, Gate gate) { *gates |= static_cast<uint32_t>(gate); }

uint32_t ClosedGates(const DecisionInput& in) {
  const Answer& a = in.answer;
  uint32_t gates = 0;
  if (in.rule.verdict == Verdict::kSeenBefore) {
    if (in.judged_this_session) Close(&gates, Gate::kOncePerSession);
    return gates;
  }
  if (!WarmedUp(in.model, a, in.now)) Close(&gates, Gate::kWarmUp);
  if (HasConvergence(in.model.kind) && !a.converged) Close(&gates, Gate::kConvergence);

  const Nanoseconds maturity = MaturityOf(in.rule, in.model);
  if (maturity.count() > 0 && (!a.scope_known || in.now - a.scope_since < maturity))
    Close(&gates, Gate::kScopeMaturity);
  const Nanoseconds source_age =
      maturity.count() > 0 ? std::min(maturity, kSourceWarmUp) : kSourceWarmUp;
  if (!in.rule.fires_on_new_source && in.now - in.source_since < source_age)
    Close(&gates, Gate::kSourceWarmUp);
  if (in.rule.value_maturity && in.rule.value_maturity->count() > 0 &&
      (!a.value_since_known || in.now - a.value_since < *in.rule.value_maturity)) {
    Close(&gates, Gate::kValueMaturity);
  }
  if (a.active_days < in.model.min_active_days) Close(&gates, Gate::kActiveDays);
  if (in.rule.verdict == Verdict::kFirst && a.saturated) Close(&gates, Gate::kSaturated);
  if (in.rule.verdict == Verdict::kAbnormal && in.judged_this_session)
    Close(&gates, Gate::kOncePerSession);
  // A late event may only tell of a value that nobody has ever seen.
  if (in.late && !(in.rule.verdict == Verdict::kFirst && a.seen == 0 && !a.forgotten))
    Close(&gates, Gate::kLate);
  return gates;
}

}  // namespace

Outcome Decide(const DecisionInput& in) {
  if (!in.answer.asked) return {OutcomeKind::kNoScope};
  if (!Matches(in.rule, in.model, in.answer)) return {OutcomeKind::kNotMatched};
  const uint32_t gates = ClosedGates(in);
  return {gates == 0 ? OutcomeKind::kFired : OutcomeKind::kHeldBack, gates};
}

Outcome DecideTruthTable(const RuleSpec& rule, const std::vector<const Answer*>& answers,
                         const std::vector<ModelSpec>& models, Timestamp now) {
  uint32_t gates = 0;
  bool any_value = false;
  for (size_t i = 0; i < answers.size(); ++i) {
    const Answer& a = *answers[i];
    const ModelSpec& model = models[static_cast<size_t>(rule.models_read[i])];
    const char digit = !a.asked || a.seen > 0 ? '1' : '0';
    any_value |= a.asked;
    if (digit != rule.row[i]) return {OutcomeKind::kNotMatched};
    if (a.asked && !WarmedUp(model, a, now)) Close(&gates, Gate::kWarmUp);
    if (digit == '0' && a.saturated) Close(&gates, Gate::kSaturated);
  }
  if (!any_value) return {OutcomeKind::kNoScope};
  return {gates == 0 ? OutcomeKind::kFired : OutcomeKind::kHeldBack, gates};
}

Outcome DecideWhileLearning(const RuleSpec& rule, const ModelSpec& model, const Answer& answer,
                            Timestamp now) {
  uint32_t gates = 0;
  if (!WarmedUp(model, answer, now)) Close(&gates, Gate::kWarmUp);
  const Nanoseconds maturity = rule.maturity.value_or(kDefaultMaturity);
  const bool has_history = HasConvergence(model.kind)
                               ? answer.converged
                               : answer.scope_known && now - answer.scope_since >= maturity;
  if (has_history) Close(&gates, Gate::kHistory);
  return {gates == 0 ? OutcomeKind::kFired : OutcomeKind::kHeldBack, gates};
}

int64_t QualityPpm(const RuleSpec& rule, const Answer& answer) {
  if (rule.verdict == Verdict::kFirst) {
    const bool mature = answer.peers >= kLeastPeers;
    return mature && answer.peers_with_value * 5 >= answer.peers ? 500'000 : 1'000'000;
  }
  if (rule.verdict != Verdict::kAbove) return 1'000'000;
  switch (answer.band) {
    case Band::kSmall:
      return 500'000;
    case Band::kMedium:
      return 750'000;
    default:
      return 1'000'000;
  }
}

}  // namespace vedette
