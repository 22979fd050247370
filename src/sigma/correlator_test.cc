// Correlations by type, as streams of events that carry the minute at which they happened.
#include "sigma/correlator.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/time.h"
#include "sigma/json_view.h"
#include "sigma/matcher.h"

namespace vedette::sigma {
namespace {

constexpr std::string_view kRules =
    "title: a\nname: a\nid: id-a\nlogsource: {category: x}\ndetection: {s: {R: a}, condition: s}\n"
    "---\ntitle: b\nname: b\nlogsource: {category: x}\ndetection: {s: {R: b}, condition: s}\n"
    "---\ntitle: c\nname: c\nlogsource: {category: x}\ndetection: {s: {R: c}, condition: s}\n"
    "---\ntitle: ab\nname: ab\nlogsource: {category: x}\n"
    "detection: {s: {R: [a, b]}, condition: s}\n";

std::string Correlation(std::string_view name, std::string_view body) {
  return fmt::format("---\ntitle: {}\nname: {}\ncorrelation: {}\n", name, name, body);
}

// Rules and one correlator over them.
class Bench {
 public:
  explicit Bench(const std::string& correlations, CorrelatorOptions options = {})
      : rules_(Collection::Load({{"rules", std::string(kRules) + correlations}}, {}, faults_)),
        correlator_(rules_, options) {
    std::vector<RuleIndex> all;
    for (RuleIndex i = 0; i < rules_.rules().size(); ++i) all.push_back(i);
    matcher_ = std::make_unique<Matcher>(rules_, all);
  }

  // "a=3 b" …: what fired, as name and value.
  std::string At(int64_t second, std::string_view event, std::string_view subject = {}) {
    const auto json = JsonValue::Read(event);
    EXPECT_TRUE(json) << event;
    JsonView view(rules_.fields(), *json);
    std::vector<RuleIndex> matched;
    matcher_->Match(view, scratch_, matched);
    std::vector<CorrelationFiring> firings;
    correlator_.OnMatches(matched, {second * kNanosPerSecond}, view, firings, subject);
    return Tell(firings);
  }
  std::string Advance(int64_t second) {
    std::vector<CorrelationFiring> firings;
    correlator_.AdvanceTo({second * kNanosPerSecond}, firings);
    return Tell(firings);
  }

  const Collection& rules() const { return rules_; }
  Correlator& correlator() { return correlator_; }
  std::string faults() const { return faults_.Render(); }

 private:
  std::string Tell(const std::vector<CorrelationFiring>& firings) {
    std::string text;
    for (const CorrelationFiring& firing : firings) {
      if (!text.empty()) text += ' ';
      text += fmt::format("{}[{}]={}", rules_.correlations()[firing.correlation].meta.title,
                          fmt::join(firing.group, "|"), firing.value);
    }
    return text;
  }

  Diagnostics faults_;
  Collection rules_;
  Correlator correlator_;
  std::unique_ptr<Matcher> matcher_;
  MatchScratch scratch_;
};

TEST(SigmaCorrelator, CountsEventsInASlidingWindowWithBothEndsIncluded) {
  Bench bench(Correlation(
      "n",
      "{type: event_count, rules: [a, b], group-by: [U], timespan: 10s, condition: {gte: 3}}"));
  EXPECT_EQ(bench.faults(), "");
  EXPECT_EQ(bench.At(0, R"({"R": "a", "U": "x"})"), "");
  EXPECT_EQ(bench.At(5, R"({"R": "b", "U": "x"})"), "");
  EXPECT_EQ(bench.At(6, R"({"R": "a", "U": "X"})"), "");  // groups are exact
  EXPECT_EQ(bench.At(7, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.At(10, R"({"R": "a", "U": "x"})"), "n[x]=3");
  EXPECT_EQ(bench.At(10, R"({"R": "a", "U": "x"})"), "n[x]=4");  // fires again
  EXPECT_EQ(bench.At(30, R"({"R": "a", "U": "x"})"), "");
  EXPECT_EQ(bench.correlator().counters().without_group, 1u);
}

TEST(SigmaCorrelator, AnEventThatMatchesTwoRulesFiresOnce) {
  Bench bench(
      Correlation("n", "{type: event_count, rules: [a, ab], timespan: 10s, condition: {gte: 2}}"));
  EXPECT_EQ(bench.At(0, R"({"R": "a"})"), "n[]=2");
}

TEST(SigmaCorrelator, CountsDistinctValues) {
  Bench bench(Correlation("v",
                          "{type: value_count, rules: [a], group-by: [S], timespan: 2m, "
                          "condition: {field: U, gte: 3}}"));
  EXPECT_EQ(bench.At(0, R"({"R": "a", "S": 1, "U": "a"})"), "");
  EXPECT_EQ(bench.At(20, R"({"R": "a", "S": 1, "U": "b"})"), "");
  EXPECT_EQ(bench.At(30, R"({"R": "a", "S": 1, "U": "b"})"), "");
  EXPECT_EQ(bench.At(40, R"({"R": "a", "S": 1})"), "");
  EXPECT_EQ(bench.At(110, R"({"R": "a", "S": 1, "U": "c"})"), "v[1]=3");
  EXPECT_EQ(bench.At(150, R"({"R": "a", "S": 1, "U": "c"})"), "");
  EXPECT_EQ(bench.correlator().counters().without_value, 1u);
}

TEST(SigmaCorrelator, CountsDistinctTuples) {
  Bench bench(Correlation(
      "v", "{type: value_count, rules: [a], timespan: 1m, condition: {field: [U, V], eq: 3}}"));
  EXPECT_EQ(bench.At(0, R"({"R": "a", "U": "ab", "V": "c"})"), "");
  EXPECT_EQ(bench.At(1, R"({"R": "a", "U": "a", "V": "bc"})"), "");
  EXPECT_EQ(bench.At(2, R"({"R": "a", "U": "a", "V": "bc"})"), "");
  EXPECT_EQ(bench.At(3, R"({"R": "a", "U": "a"})"), "");
  EXPECT_EQ(bench.At(4, R"({"R": "a", "U": "x", "V": "y"})"), "v[]=3");
}

TEST(SigmaCorrelator, TemporalWantsAllInAnyOrder) {
  Bench bench(Correlation("t", "{type: temporal, rules: [a, b], group-by: [U], timespan: 10s}"));
  EXPECT_EQ(bench.At(0, R"({"R": "b", "U": 1})"), "");
  EXPECT_EQ(bench.At(5, R"({"R": "b", "U": 1})"), "");
  EXPECT_EQ(bench.At(6, R"({"R": "a", "U": 2})"), "");
  EXPECT_EQ(bench.At(15, R"({"R": "a", "U": 1})"), "t[1]=2");
  EXPECT_EQ(bench.At(26, R"({"R": "b", "U": 1})"), "");
}

TEST(SigmaCorrelator, TemporalWithACountOrAText) {
  Bench count(
      Correlation("t", "{type: temporal, rules: [a, b, c], timespan: 10s, condition: {gte: 2}}"));
  EXPECT_EQ(count.At(0, R"({"R": "a"})"), "");
  EXPECT_EQ(count.At(1, R"({"R": "a"})"), "");
  EXPECT_EQ(count.At(2, R"({"R": "c"})"), "t[]=2");
  Bench text(Correlation(
      "t", "{type: temporal, rules: [a, b, c], timespan: 10s, condition: a and b and not c}"));
  EXPECT_EQ(text.At(0, R"({"R": "c"})"), "");
  EXPECT_EQ(text.At(1, R"({"R": "a"})"), "");
  EXPECT_EQ(text.At(2, R"({"R": "b"})"), "");
  EXPECT_EQ(text.At(11, R"({"R": "b"})"), "t[]=2");
}

TEST(SigmaCorrelator, TemporalOrderedLetsOthersStandBetween) {
  Bench bench(Correlation("o", "{type: temporal_ordered, rules: [a, b, c], timespan: 100s}"));
  EXPECT_EQ(bench.At(0, R"({"R": "b"})"), "");
  EXPECT_EQ(bench.At(1, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.At(2, R"({"R": "c"})"), "");
  EXPECT_EQ(bench.At(3, R"({"R": "b"})"), "");
  EXPECT_EQ(bench.At(4, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.At(5, R"({"R": "c"})"), "o[]=3");
  Bench together(Correlation("o", "{type: temporal_ordered, rules: [b, a], timespan: 9s}"));
  EXPECT_EQ(together.At(1, R"({"R": "a"})"), "");
  EXPECT_EQ(together.At(1, R"({"R": "b"})"), "o[]=2");  // t1 <= t2
}

TEST(SigmaCorrelator, SumsAndAveragesAreExact) {
  Bench bench(
      Correlation("sum",
                  "{type: value_sum, rules: [a], timespan: 1m, condition: {field: N, eq: 0.3}}") +
      Correlation("avg",
                  "{type: value_avg, rules: [a], timespan: 1m, condition: {field: N, eq: 0.15}}"));
  EXPECT_EQ(bench.At(0, R"({"R": "a", "N": 0.1})"), "");
  EXPECT_EQ(bench.At(1, R"({"R": "a", "N": "x"})"), "");
  EXPECT_EQ(bench.At(2, R"({"R": "a", "N": "0.2"})"), "sum[]=0.3 avg[]=0.15");
  EXPECT_EQ(bench.At(61, R"({"R": "a", "N": 0.1})"), "sum[]=0.3 avg[]=0.15");
}

TEST(SigmaCorrelator, MediansAndPercentilesAreInterpolated) {
  Bench bench(Correlation("m",
                          "{type: value_median, rules: [a], timespan: 1m, "
                          "condition: {field: N, gte: 2.5, lte: 2.5}}") +
              Correlation("p",
                          "{type: value_percentile, rules: [a], timespan: 1m, "
                          "condition: {field: N, percentile: 90, eq: 3.7}}"));
  for (int n = 1; n < 4; ++n)
    EXPECT_EQ(bench.At(n, fmt::format(R"({{"R": "a", "N": {}}})", n)), "");
  EXPECT_EQ(bench.At(4, R"({"R": "a", "N": 4})"), "m[]=2.5 p[]=3.7");
}

TEST(SigmaCorrelator, AliasesNameAFieldPerRule) {
  Bench bench(Correlation("t",
                          "{type: temporal, rules: [id-a, b], timespan: 10s, group-by: [who], "
                          "aliases: {who: {a: U, b: V}}}"));
  EXPECT_EQ(bench.faults(), "");
  EXPECT_EQ(bench.At(0, R"({"R": "a", "U": "x", "V": "y"})"), "");
  EXPECT_EQ(bench.At(1, R"({"R": "b", "U": "x", "V": "z"})"), "");
  EXPECT_EQ(bench.At(2, R"({"R": "b", "V": "x"})"), "t[x]=2");
}

TEST(SigmaCorrelator, CorrelationsOfCorrelations) {
  // In the file the outer one stands first.
  Bench bench(Correlation("outer",
                          "{type: temporal, rules: [inner, c], timespan: 1m, "
                          "group-by: [U]}") +
              Correlation("inner",
                          "{type: event_count, rules: [a], timespan: 10s, group-by: [U], "
                          "condition: {gte: 2}}"));
  EXPECT_EQ(bench.faults(), "");
  EXPECT_EQ(bench.At(0, R"({"R": "c", "U": 1})"), "");
  EXPECT_EQ(bench.At(1, R"({"R": "a", "U": 1})"), "");
  EXPECT_EQ(bench.At(2, R"({"R": "a", "U": 1})"), "inner[1]=2 outer[1]=2");
  EXPECT_FALSE(bench.rules().correlations()[0].reported);
  EXPECT_TRUE(bench.rules().correlations()[1].reported);
}

TEST(SigmaCorrelator, GenerateTellsTheMatchesToo) {
  Bench quiet(
      Correlation("n", "{type: event_count, rules: [a], timespan: 1m, condition: {gte: 1}}"));
  EXPECT_FALSE(quiet.rules().rules()[0].reported);
  EXPECT_TRUE(quiet.rules().rules()[1].reported);
  for (const char* generate :
       {"---\ntitle: n\ngenerate: true\ncorrelation: {type: event_count, rules: [a], timespan: 1m, "
        "condition: {gte: 1}}\n",
        "---\ntitle: n\ncorrelation: {type: event_count, rules: [a], timespan: 1m, "
        "condition: {gte: 1}, generate: true}\n"}) {
    Bench bench{std::string(generate)};
    EXPECT_TRUE(bench.rules().rules()[0].reported);
  }
}

TEST(SigmaCorrelator, GroupsAndMatchesAreBounded) {
  Bench bench(Correlation("n",
                          "{type: event_count, rules: [a], timespan: 1h, group-by: [U], "
                          "condition: {gte: 3}}"),
              {.max_groups = 2, .max_matches = 2});
  for (int i = 0; i < 5; ++i) bench.At(i, R"({"R": "a", "U": "x"})");
  EXPECT_EQ(bench.correlator().counters().evicted_matches, 3u);
  for (const char* user : {"y", "z"}) bench.At(9, fmt::format(R"({{"R": "a", "U": "{}"}})", user));
  EXPECT_EQ(bench.correlator().groups(), 2u);
  EXPECT_EQ(bench.correlator().counters().evicted_groups, 1u);
}

TEST(SigmaCorrelator, LateMatchesCountAtTheLatestTime) {
  Bench bench(
      Correlation("n", "{type: event_count, rules: [a], timespan: 10s, condition: {gte: 2}}"));
  EXPECT_EQ(bench.At(100, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.At(50, R"({"R": "a"})"), "n[]=2");
  EXPECT_EQ(bench.correlator().counters().out_of_order, 1u);
}

TEST(SigmaCorrelator, AbsentSpeaksOncePerGap) {
  Bench bench(Correlation("off",
                          "{type: absent, rules: [a], timespan: 10s, group-by: [H], "
                          "condition: {lt: 1}}"));
  EXPECT_EQ(bench.faults(), "");
  EXPECT_EQ(bench.At(0, R"({"R": "a", "H": 1})"), "");
  EXPECT_EQ(bench.At(8, R"({"R": "a", "H": 1})"), "");
  EXPECT_EQ(bench.Advance(18), "");
  EXPECT_EQ(bench.Advance(19), "off[1]=0");
  EXPECT_EQ(bench.Advance(60), "");
  EXPECT_EQ(bench.At(70, R"({"R": "a", "H": 1})"), "");
  EXPECT_EQ(bench.At(90, R"({"R": "a", "H": 1})"), "off[1]=0");
}

TEST(SigmaCorrelator, NewRareAndLargerThanEver) {
  Bench fresh(Correlation("new",
                          "{type: new_value, rules: [a], timespan: 30d, group-by: [U], "
                          "learn: 1m, condition: {field: V}}"));
  EXPECT_EQ(fresh.faults(), "");
  EXPECT_EQ(fresh.At(0, R"({"R": "a", "U": 1, "V": "p"})"), "");
  EXPECT_EQ(fresh.At(30, R"({"R": "a", "U": 1, "V": "q"})"), "");  // learns
  EXPECT_EQ(fresh.At(60, R"({"R": "a", "U": 1, "V": "q"})"), "");
  EXPECT_EQ(fresh.At(61, R"({"R": "a", "U": 1, "V": "r"})"), "new[1]=1");
  EXPECT_EQ(fresh.At(62, R"({"R": "a", "U": 1, "V": "r"})"), "");

  Bench rare(Correlation("rare",
                         "{type: rare_value, rules: [a], timespan: 30d, learn: 1m, "
                         "condition: {field: V, lte: 2}}"));
  for (int i = 0; i < 60; ++i) EXPECT_EQ(rare.At(i, R"({"R": "a", "V": "p"})"), "");
  EXPECT_EQ(rare.At(60, R"({"R": "a", "V": "p"})"), "");
  EXPECT_EQ(rare.At(61, R"({"R": "a", "V": "q"})"), "rare[]=1");
  EXPECT_EQ(rare.At(62, R"({"R": "a", "V": "q"})"), "rare[]=2");
  EXPECT_EQ(rare.At(63, R"({"R": "a", "V": "q"})"), "");

  Bench large(Correlation("large",
                          "{type: new_magnitude, rules: [a], timespan: 30d, "
                          "condition: {field: N}}"));
  EXPECT_EQ(large.At(0, R"({"R": "a", "N": 8})"), "");
  EXPECT_EQ(large.At(1, R"({"R": "a", "N": 15})"), "");
  EXPECT_EQ(large.At(2, R"({"R": "a", "N": 16})"), "large[]=4");
}

TEST(SigmaCorrelator, ARestartInTheMiddleOfAWindowChangesNothing) {
  const std::string correlations =
      Correlation("n",
                  "{type: event_count, rules: [a], timespan: 20s, group-by: [U], "
                  "condition: {gte: 3}}") +
      Correlation("v",
                  "{type: value_count, rules: [a, b], timespan: 20s, condition: {field: V, "
                  "gte: 3}}") +
      Correlation("o", "{type: temporal_ordered, rules: [b, a], timespan: 20s}") +
      Correlation("off", "{type: absent, rules: [a], timespan: 5s, condition: {lt: 1}}") +
      Correlation("twice", "{type: event_count, rules: [n], timespan: 1m, condition: {gte: 2}}");
  Bench straight(correlations);
  Bench stopped(correlations);
  EXPECT_EQ(straight.faults(), "");
  std::string all;
  for (int i = 0; i < 60; ++i) {
    const std::string event =
        fmt::format(R"({{"R": "{}", "U": {}, "V": {}}})", i % 3 == 0 ? "b" : "a", i % 2, i % 5);
    const int second = i + i / 10 * 7;
    const std::string told = straight.At(second, event);
    EXPECT_EQ(stopped.At(second, event), told) << i;
    all += told;
    const std::string state = stopped.correlator().Save();
    ASSERT_TRUE(stopped.correlator().Restore(state));
    EXPECT_EQ(stopped.correlator().Save(), state);
  }
  for (const char* name : {"n[", "v[", "o[", "off[", "twice["})
    EXPECT_NE(all.find(name), std::string::npos) << name;
}

// One stream for all types. The third event is late: it counts at the time of the second.
TEST(SigmaCorrelator, EveryTypeTakesLateEventsAndSurvivesARestart) {
  struct Case {
    const char* body;  // with a window of ten seconds, both ends included
    const char* told;
  };
  for (const Case& c : std::vector<Case>{
           {"type: event_count, rules: [a, b], condition: {gte: 4}", "10:x[]=4 11:x[]=4 "},
           {"type: value_count, rules: [a, b], condition: {field: V, gte: 4}", "11:x[]=4 "},
           {"type: temporal, rules: [a, b]", "4:x[]=2 2:x[]=2 10:x[]=2 11:x[]=2 "},
           {"type: temporal_ordered, rules: [b, a]", "2:x[]=2 10:x[]=2 11:x[]=2 "},
           {"type: value_sum, rules: [a, b], condition: {field: N, gte: 10}",
            "10:x[]=10 11:x[]=19 "},
           {"type: value_avg, rules: [a, b], condition: {field: N, gte: 4}", "11:x[]=4.75 "},
           {"type: value_median, rules: [a, b], condition: {field: N, gte: 3.5}", "11:x[]=3.5 "},
           {"type: value_percentile, rules: [a, b], condition: {field: N, percentile: 100, gte: 9}",
            "11:x[]=10 "},
           {"type: new_value, rules: [a, b], condition: {field: V}",
            "0:x[]=1 4:x[]=1 2:x[]=1 11:x[]=1 30:x[]=1 "},
           {"type: rare_value, rules: [a, b], learn: 10s, condition: {field: V, lte: 2}",
            "10:x[]=2 11:x[]=1 30:x[]=1 "},
           {"type: new_magnitude, rules: [a, b], condition: {field: N}",
            "4:x[]=1 10:x[]=2 11:x[]=3 "},
           {"type: absent, rules: [a, b], condition: {lt: 1}", "30:x[]=0 "},
           {"type: absent, rules: [a, b], condition: {lte: 2}", "30:x[]=2 "}}) {
    const std::string correlation = Correlation("x", fmt::format("{{{}, timespan: 10s}}", c.body));
    Bench straight(correlation);
    Bench stopped(correlation);
    EXPECT_EQ(straight.faults(), "") << c.body;
    std::string told;
    std::string told_after_restarts;
    for (const auto& [second, event] :
         std::vector<std::pair<int, const char*>>{{0, R"({"R": "a", "N": 1, "V": "p"})"},
                                                  {4, R"({"R": "b", "N": 2, "V": "q"})"},
                                                  {2, R"({"R": "a", "N": 3, "V": "r"})"},
                                                  {10, R"({"R": "a", "N": 4, "V": "p"})"},
                                                  {11, R"({"R": "b", "N": 10, "V": "s"})"},
                                                  {30, R"({"R": "a", "N": 1, "V": "p"})"}}) {
      const auto tell = [second = second, event = event](Bench& bench) {
        const std::string text = bench.At(second, event);
        return text.empty() ? "" : fmt::format("{}:{} ", second, text);
      };
      told += tell(straight);
      told_after_restarts += tell(stopped);
      const std::string state = stopped.correlator().Save();
      ASSERT_TRUE(stopped.correlator().Restore(state)) << c.body;
      EXPECT_EQ(stopped.correlator().Save(), state) << c.body;
    }
    EXPECT_EQ(told, c.told) << c.body;
    EXPECT_EQ(told_after_restarts, c.told) << c.body;
    EXPECT_EQ(straight.correlator().counters().out_of_order, 1u) << c.body;
  }
}

TEST(SigmaCorrelator, AnAbsenceIsToldWhenTheWindowRunsOutAndComesWithItsSubject) {
  Bench bench(
      Correlation("off",
                  "{type: absent, rules: [a], timespan: 10s, group-by: [H], "
                  "condition: {lt: 1}}") +
      Correlation("twice", "{type: event_count, rules: [off], timespan: 1m, condition: {gte: 2}}"));
  EXPECT_TRUE(bench.correlator().WantsSubject(0));
  EXPECT_FALSE(bench.correlator().WantsSubject(1));
  EXPECT_EQ(bench.correlator().Deadline().ns, INT64_MAX);
  bench.At(0, R"({"R": "a", "H": 1})", "one");
  bench.At(3, R"({"R": "a", "H": 2})", "two");
  EXPECT_EQ(bench.correlator().Deadline().ns, 10 * kNanosPerSecond);
  const std::string state = bench.correlator().Save();
  ASSERT_TRUE(bench.correlator().Restore(state));
  std::vector<CorrelationFiring> firings;
  bench.correlator().AdvanceTo({60 * kNanosPerSecond}, firings);
  ASSERT_EQ(firings.size(), 3u);
  EXPECT_EQ(firings[0].time.ns, 10 * kNanosPerSecond);
  EXPECT_EQ(firings[0].first.ns, 0);
  EXPECT_EQ(firings[0].subject, "one");
  EXPECT_EQ(firings[1].time.ns, 13 * kNanosPerSecond);
  EXPECT_EQ(firings[1].subject, "two");
  EXPECT_EQ(firings[2].correlation, 1u);  // of both absences, at the time of the second
  EXPECT_EQ(firings[2].time.ns, 13 * kNanosPerSecond);
  EXPECT_EQ(firings[2].subject, "two");
  EXPECT_EQ(bench.correlator().groups(), 1u);
}

// What was never more than the condition says did not fall silent.
TEST(SigmaCorrelator, AGapBeginsWhereThereWasNone) {
  Bench bench(Correlation("few", "{type: absent, rules: [a], timespan: 10s, condition: {lt: 2}}"));
  EXPECT_EQ(bench.At(0, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.Advance(20), "");
  EXPECT_EQ(bench.At(30, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.At(31, R"({"R": "a"})"), "");
  EXPECT_EQ(bench.Advance(60), "few[]=1");
}

TEST(SigmaCorrelator, RefusesDamagedStateAndForgetsWhatChanged) {
  const std::string body = "{type: event_count, rules: [a], timespan: 20s, condition: {gte: 2}}";
  Bench bench(Correlation("n", body));
  bench.At(0, R"({"R": "a"})");
  const std::string state = bench.correlator().Save();
  for (size_t size = 0; size < state.size(); ++size)
    EXPECT_FALSE(bench.correlator().Restore(std::string_view(state).substr(0, size))) << size;
  EXPECT_EQ(bench.correlator().groups(), 0u);
  Bench changed(
      Correlation("n", "{type: event_count, rules: [a], timespan: 30s, condition: {gte: 2}}"));
  EXPECT_TRUE(changed.correlator().Restore(state));
  EXPECT_EQ(changed.correlator().groups(), 0u);
}

TEST(SigmaCorrelator, RefusesWhatItCannotRead) {
  struct Case {
    const char* body;
    const char* code;
  };
  for (const Case& c : std::vector<Case>{
           {"{type: event_count, rules: [zz], timespan: 1m, condition: {gte: 1}}",
            "sigma-correlation-reference"},
           {"{type: event_counts, rules: [a], timespan: 1m, condition: {gte: 1}}",
            "sigma-correlation-type"},
           {"{type: event_count, rules: [a], condition: {gte: 1}}", "sigma-timespan"},
           {"{type: event_count, rules: [a], timespan: 1x, condition: {gte: 1}}", "sigma-timespan"},
           {"{type: event_count, rules: [a], timespan: 10, condition: {gte: 1}}", "sigma-timespan"},
           {"{type: event_count, rules: [a], timespan: 1m}", "sigma-correlation-condition"},
           {"{type: event_count, rules: [a], timespan: 1m, condition: {ge: 1}}",
            "sigma-correlation-condition"},
           {"{type: event_count, rules: [a], timespan: 1m, condition: {gte: '1'}}",
            "sigma-correlation-condition"},
           {"{type: value_count, rules: [a], timespan: 1m, condition: {gte: 1}}",
            "sigma-correlation-condition"},
           {"{type: value_percentile, rules: [a], timespan: 1m, condition: {field: x, gte: 1}}",
            "sigma-correlation-condition"},
           {"{type: temporal, rules: [a, b], timespan: 1m, condition: a and z}",
            "sigma-condition-syntax"},
           {"{type: temporal, rules: [a, a], timespan: 1m}", "sigma-correlation-rules"},
           {"{type: temporal, rules: [], timespan: 1m}", "sigma-correlation-rules"},
           {"{type: temporal, rules: [a, id-a], timespan: 1m}", "sigma-correlation-rules"},
           {"{type: temporal, rules: [a], timespan: 1m, aliases: {u: {b: x}}}",
            "sigma-correlation-alias"},
           {"{type: temporal, rules: [a, n], timespan: 1m}", "sigma-correlation-cycle"},
       }) {
    Bench bench(Correlation("n", c.body));
    ASSERT_EQ(bench.rules().refusals().size(), 1u) << c.body;
    EXPECT_EQ(bench.rules().refusals()[0].code, c.code) << c.body;
  }
  Bench circle(Correlation("p", "{type: temporal, rules: [q], timespan: 1m}") +
               Correlation("q", "{type: temporal, rules: [r], timespan: 1m}") +
               Correlation("r", "{type: temporal, rules: [p], timespan: 1m}") +
               Correlation("s", "{type: temporal, rules: [a], timespan: 1m}"));
  EXPECT_EQ(circle.rules().refusals().size(), 3u);
  EXPECT_EQ(circle.rules().correlations().size(), 1u);
}

}  // namespace
}  // namespace vedette::sigma
