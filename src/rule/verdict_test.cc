#include "rule/verdict.h"

#include <gtest/gtest.h>

#include "rule/suppression.h"

namespace vedette {
namespace {

const Timestamp kNow = *ParseIso8601("2026-06-01T00:00:00Z");

Timestamp DaysAgo(int days) { return kNow - std::chrono::hours(24 * days); }

Answer Mature() {
  Answer a;
  a.asked = a.trained = a.scope_known = a.converged = true;
  a.model_since = a.scope_since = a.value_since = DaysAgo(100);
  a.value_since_known = true;
  a.total = 100;
  a.distinct = 5;
  return a;
}

RuleSpec RuleOf(Verdict verdict) {
  RuleSpec rule;
  rule.verdict = verdict;
  rule.model = 0;
  return rule;
}

ModelSpec ModelOf(ModelKind kind) {
  ModelSpec model;
  model.kind = kind;
  return model;
}

Outcome Ask(const RuleSpec& rule, const ModelSpec& model, const Answer& answer,
            Timestamp source_since = DaysAgo(100), bool late = false, bool judged = false) {
  return Decide({rule, model, answer, kNow, source_since, late, judged});
}

// Semantics 15.5: of first, abnormal, common and no information exactly one holds.
TEST(Verdict, CategoricalBranchesExcludeEachOther) {
  const ModelSpec model = ModelOf(ModelKind::kCategorical);
  for (bool converged : {false, true}) {
    for (uint32_t seen = 0; seen < 12; ++seen) {
      Answer a = Mature();
      a.converged = converged;
      a.seen = seen;
      a.threshold = converged && seen > 0 ? 8 : 0;
      const bool first = Ask(RuleOf(Verdict::kFirst), model, a).kind == OutcomeKind::kFired;
      const bool abnormal = Ask(RuleOf(Verdict::kAbnormal), model, a).kind == OutcomeKind::kFired;
      EXPECT_EQ(first, converged && seen == 0);
      EXPECT_EQ(abnormal, converged && seen > 0 && seen < 8);
    }
  }
}

TEST(Verdict, EveryGateHoldsAFirstBack) {
  RuleSpec rule = RuleOf(Verdict::kFirst);
  rule.maturity = std::chrono::hours(24 * 14);
  rule.value_maturity = std::chrono::hours(24 * 14);
  ModelSpec model = ModelOf(ModelKind::kCategorical);
  model.min_active_days = 3;
  Answer open = Mature();
  open.active_days = 3;
  ASSERT_EQ(Ask(rule, model, open).kind, OutcomeKind::kFired);

  struct Case {
    Gate gate;
    void (*close)(Answer&);
  };
  for (const Case& c : {Case{Gate::kWarmUp, [](Answer& a) { a.model_since = DaysAgo(13); }},
                        Case{Gate::kScopeMaturity, [](Answer& a) { a.scope_since = DaysAgo(13); }},
                        Case{Gate::kValueMaturity, [](Answer& a) { a.value_since = DaysAgo(13); }},
                        Case{Gate::kConvergence, [](Answer& a) { a.converged = false; }},
                        Case{Gate::kActiveDays, [](Answer& a) { a.active_days = 2; }},
                        Case{Gate::kSaturated, [](Answer& a) { a.saturated = true; }}}) {
    Answer answer = open;
    c.close(answer);
    const Outcome outcome = Ask(rule, model, answer);
    EXPECT_EQ(outcome.kind, OutcomeKind::kHeldBack);
    EXPECT_EQ(outcome.gates, static_cast<uint32_t>(c.gate));
  }
  EXPECT_TRUE(Ask(rule, model, open, DaysAgo(6)).closed(Gate::kSourceWarmUp));
  rule.fires_on_new_source = true;
  EXPECT_EQ(Ask(rule, model, open, DaysAgo(6)).kind, OutcomeKind::kFired);
}

TEST(Verdict, GatesOpenExactlyAtTheirAge) {
  Answer a = Mature();
  a.model_since = a.scope_since = DaysAgo(14);
  EXPECT_EQ(Ask(RuleOf(Verdict::kFirst), ModelOf(ModelKind::kProfile), a).kind,
            OutcomeKind::kFired);
}

TEST(Verdict, AProfileScopeHasToBeMatureUnlessTheRuleSaysOff) {
  Answer a = Mature();
  a.scope_known = false;
  RuleSpec rule = RuleOf(Verdict::kFirst);
  EXPECT_TRUE(Ask(rule, ModelOf(ModelKind::kProfile), a).closed(Gate::kScopeMaturity));
  rule.maturity = Nanoseconds(0);
  EXPECT_EQ(Ask(rule, ModelOf(ModelKind::kProfile), a).kind, OutcomeKind::kFired);
}

TEST(Verdict, AbnormalSpeaksOnceASession) {
  Answer a = Mature();
  a.seen = 3;
  a.threshold = 8;
  const ModelSpec model = ModelOf(ModelKind::kCategorical);
  EXPECT_EQ(Ask(RuleOf(Verdict::kAbnormal), model, a).kind, OutcomeKind::kFired);
  EXPECT_TRUE(Ask(RuleOf(Verdict::kAbnormal), model, a, DaysAgo(100), false, true)
                  .closed(Gate::kOncePerSession));
}

TEST(Verdict, ALateEventTellsOnlyOfWhatNobodyEverSaw) {
  Answer a = Mature();
  const ModelSpec model = ModelOf(ModelKind::kCategorical);
  EXPECT_EQ(Ask(RuleOf(Verdict::kFirst), model, a, DaysAgo(100), true).kind, OutcomeKind::kFired);
  a.forgotten = true;
  EXPECT_TRUE(Ask(RuleOf(Verdict::kFirst), model, a, DaysAgo(100), true).closed(Gate::kLate));
  a.seen = 3;
  a.threshold = 8;
  EXPECT_TRUE(Ask(RuleOf(Verdict::kAbnormal), model, a, DaysAgo(100), true).closed(Gate::kLate));
}

// Semantics 15.11: all eight rows hold once each, and a missing device reads as 1.
TEST(TruthTable, EveryRowOnceAndNullDevice) {
  const std::vector<ModelSpec> models(3, ModelOf(ModelKind::kProfile));
  const auto fires = [&](const std::string& row, bool u, bool h, std::optional<bool> d) {
    RuleSpec rule = RuleOf(Verdict::kTruthTable);
    rule.row = row;
    rule.models_read = {0, 1, 2};
    Answer answers[3] = {Mature(), Mature(), Mature()};
    answers[0].seen = u;
    answers[1].seen = h;
    if (d) {
      answers[2].seen = *d;
    } else {
      answers[2] = Answer{};
    }
    return DecideTruthTable(rule, {&answers[0], &answers[1], &answers[2]}, models, kNow).kind ==
           OutcomeKind::kFired;
  };
  const std::vector<std::string> rows = {"000", "001", "010", "011", "100", "101", "110", "111"};
  for (int state = 0; state < 8; ++state) {
    int fired = 0;
    for (const std::string& row : rows) fired += fires(row, state & 4, state & 2, (state & 1) != 0);
    EXPECT_EQ(fired, 1);
    EXPECT_TRUE(fires(rows[static_cast<size_t>(state)], state & 4, state & 2, (state & 1) != 0));
  }
  EXPECT_TRUE(fires("011", false, true, std::nullopt));
  EXPECT_FALSE(fires("010", false, true, std::nullopt));
}

// Semantics 15.13.
TEST(Suppression, TheWindowRunsFromTheFirstFiringAndEndsExactly) {
  Suppression suppression;
  const Hash128 key = HashBytes("org", 0);
  const Nanoseconds window = std::chrono::minutes(2);
  const auto at = [](std::string_view time) {
    return *ParseIso8601("2026-03-02T" + std::string(time) + "Z");
  };
  EXPECT_TRUE(suppression.Allows(key, at("10:00:00"), window));
  EXPECT_FALSE(suppression.Allows(key, at("10:01:00"), window));
  EXPECT_FALSE(suppression.Allows(key, at("10:01:59"), window));
  EXPECT_TRUE(suppression.Allows(key, at("10:02:00"), window));
  EXPECT_TRUE(suppression.Allows(HashBytes("other", 0), at("10:02:01"), window));
  EXPECT_EQ(suppression.held_back(), 2u);
}

TEST(CircuitBreaker, OpensOnManyFiringsOnManyEntitiesAndClosesAfterQuiet) {
  CircuitBreaker breaker(1);
  Timestamp now = kNow;
  int allowed = 0;
  for (int i = 0; i < 200; ++i)
    allowed += breaker.Allows(0, HashBytes(std::to_string(i % 40), 0),
                              now = now + std::chrono::seconds(1));
  EXPECT_TRUE(breaker.is_open(0));
  EXPECT_EQ(allowed, 50 + 2);  // the first fifty, then one in a hundred of 150
  EXPECT_EQ(breaker.held_back(0), 148u);
  EXPECT_TRUE(breaker.Allows(0, HashBytes("x", 0), now + std::chrono::minutes(6)));
  EXPECT_FALSE(breaker.is_open(0));
}

TEST(CircuitBreaker, StaysClosedForARealAttackOnOneHost) {
  CircuitBreaker breaker(1);
  for (int i = 0; i < 500; ++i)
    EXPECT_TRUE(breaker.Allows(0, HashBytes("one", 0), kNow + std::chrono::milliseconds(i)));
}

}  // namespace
}  // namespace vedette
