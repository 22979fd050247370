#include "engine/judge.h"

#include <map>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/temp_content.h"
#include "enrich/enricher.h"
#include "event/batch.h"

namespace vedette {
namespace {

// A learned value with rules at three widths, and facts to react on.
constexpr const char* kLadder = R"(
behaviour: ladder
about: A value that is new to the organisation, to the group, to the person.
models:
  - {id: M-O, title: o, kind: categorical, events: [file-write], scope: org, value: file_ext, cutoff: 5}
  - {id: M-G, title: g, kind: categorical, events: [file-write], scope: department, value: file_ext, cutoff: 5}
  - {id: M-U, title: u, kind: categorical, events: [file-write], scope: user, value: file_ext, cutoff: 5}
rules:
  - {id: A, title: a, description: d, verdict: first, model: M-O, score: 10, reason: "A ${trigger.feature_value}"}
  - {id: A2, title: a, description: d, verdict: first, model: M-O, score: 10, reason: "A2"}
  - {id: B, title: b, description: d, verdict: first, model: M-G, score: 10, reason: "B", unless: [A]}
  - {id: C, title: c, description: d, verdict: first, model: M-U, score: 10, reason: "C", unless: [B]}
)";

class JudgeTest : public ::testing::Test {
 protected:
  void Load(const std::string& rules, const std::string& exclusions = "",
            const std::string& users = "") {
    temp_.Write("rules/test.yaml", rules);
    if (!exclusions.empty()) temp_.WriteFile("context/exclusions.yaml", exclusions);
    if (!users.empty()) temp_.WriteFile("context/users.csv", users);
    content_ = temp_.Load(faults_, exclusions.empty() && users.empty() ? "" : "context");
    ASSERT_FALSE(faults_.has_errors()) << faults_.Render();
    enricher_.emplace(content_->library.schema, content_->tables, nullptr);
    judge_ =
        std::make_unique<Judge>(content_->library.schema, content_->rules,
                                content_->compiler.program(), content_->tables, Judge::Options{});
    if (content_->exclusions) judge_->exclusions() = *content_->exclusions;
  }

  using Fields = std::map<std::string, std::string>;

  // Judges one event; the ids of the rules that fired, in order.
  std::vector<std::string> Send(const std::string& type, const std::string& time,
                                const Fields& fields) {
    std::vector<std::string> ids;
    for (const Detection& d : Detect(type, time, fields))
      ids.push_back(content_->rules.rules()[d.rule].id);
    return ids;
  }

  std::vector<Detection> Detect(const std::string& type, const std::string& time,
                                const Fields& fields) {
    Batch batch;
    Event* event = batch.Add();
    const Schema& schema = content_->library.schema;
    event->time = *ParseIso8601(time);
    event->type = schema.FindEventType(type)->id;
    event->product = content_->library.schema.InternProduct("Test", "Test");
    event->id = Hasher(1).Add(++events_).Finish();
    for (const auto& [name, text] : fields) {
      const Schema::Field* field = schema.FindField(name);
      event->Set(batch.arena, field->id,
                 field->type == FieldType::kInteger ? Value::Int(std::stoll(text))
                                                    : Value::String(batch.arena.Copy(text)));
    }
    enricher_->Enrich(*event, batch.arena);
    std::vector<Detection> detections;
    judge_->Process(batch.events, detections);
    return detections;
  }

  // Twenty days of zip and txt by everybody.
  void Train() {
    for (int day = 1; day <= 20; ++day) {
      for (const char* user : {"ada", "bob"}) {
        for (const char* ext : {"zip", "txt"}) {
          Send("file-write", fmt::format("2026-01-{:02}T10:00:00Z", day),
               {{"user", user}, {"department", "Finance"}, {"file_ext", ext}});
        }
      }
      Send("file-write", fmt::format("2026-01-{:02}T11:00:00Z", day),
           {{"user", "eve"}, {"department", "Design"}, {"file_ext", "psd"}});
      Send("file-write", fmt::format("2026-01-{:02}T11:00:00Z", day),
           {{"user", "dan"}, {"department", "Design"}, {"file_ext", "svg"}});
    }
  }

  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::optional<Enricher> enricher_;
  std::unique_ptr<Judge> judge_;
  uint64_t events_ = 0;
};

using Ids = std::vector<std::string>;

// Semantics 15.1: both rules of one model see the state before the event.
TEST_F(JudgeTest, EvaluateBeforeTrainWithTwoRulesOnOneModel) {
  Load(kLadder);
  Train();
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z",
                 {{"user", "ada"}, {"department", "Finance"}, {"file_ext", "exe"}}),
            (Ids{"A", "A2"}));
  EXPECT_EQ(Send("file-write", "2026-01-22T10:01:00Z",
                 {{"user", "ada"}, {"department", "Finance"}, {"file_ext", "exe"}}),
            Ids{});
}

// Semantics 15.12: one alert each, at the widest level; a blocked rule still blocks.
TEST_F(JudgeTest, ScoreUnlessChain) {
  Load(kLadder);
  Train();
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z",
                 {{"user", "ada"}, {"department", "Finance"}, {"file_ext", "exe"}}),
            (Ids{"A", "A2"}));
  EXPECT_EQ(Send("file-write", "2026-01-22T11:00:00Z",
                 {{"user", "ada"}, {"department", "Finance"}, {"file_ext", "psd"}}),
            (Ids{"B"}));
  EXPECT_EQ(Send("file-write", "2026-01-22T12:00:00Z",
                 {{"user", "bob"}, {"department", "Finance"}, {"file_ext", "psd"}}),
            (Ids{"C"}));
}

TEST_F(JudgeTest, AnExcludedBlockerDoesNotBlockAndStillTrains) {
  Load(kLadder, "exclusions:\n  - {id: no-A, when: \"file_ext = 'exe'\", rules: [A, A2]}\n");
  Train();
  const Fields exe = {{"user", "ada"}, {"department", "Finance"}, {"file_ext", "exe"}};
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z", exe), (Ids{"B"}));
  EXPECT_EQ(judge_->exclusions().all()[0].hits, 2u);
  EXPECT_EQ(Send("file-write", "2026-01-22T11:00:00Z",
                 {{"user", "eve"}, {"department", "Design"}, {"file_ext", "exe"}}),
            (Ids{"B"}));
}

TEST_F(JudgeTest, ABlockerInTestModeDoesNotBlock) {
  std::string rules = kLadder;
  for (const char* id : {"{id: A,", "{id: A2,"})
    rules.replace(rules.find(id), std::string(id).size(), std::string(id) + " mode: test,");
  Load(rules);
  Train();
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z",
                 {{"user", "ada"}, {"department", "Finance"}, {"file_ext", "exe"}}),
            (Ids{"B"}));
}

TEST_F(JudgeTest, CyclesAndUnknownNamesAreFaultsWithTheNearestName) {
  temp_.Write("rules/bad.yaml", R"(
behaviour: bad
about: x
rules:
  - {id: X, title: x, description: d, verdict: fact, events: [file-write], when: "usr = 'a'", score: 1, reason: r}
  - {id: P, title: x, description: d, verdict: fact, events: [file-writ], score: 1, reason: r, unless: [Q]}
  - {id: Q, title: x, description: d, verdict: fact, events: [file-write], score: 1, reason: r, unless: [R]}
  - {id: R, title: x, description: d, verdict: fact, events: [file-write], score: 1, reason: "${event.file_nam}", unless: [S]}
  - {id: S, title: x, description: d, verdict: fact, events: [file-write], score: 1, reason: r, unless: [Q]}
  - {id: T, title: x, description: d, verdict: first, model: Nope, score: 1, reason: r}
)");
  temp_.Load(faults_);
  const std::string all = faults_.Render();
  for (const char* part : {"did you mean 'user'?", "did you mean 'file-write'?",
                           "rules wait for each other: Q -> R -> S -> Q",
                           "did you mean 'event.file_name'?", "there is no model 'Nope'"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
  }
}

// Prefixes that published documents add and leave out.
TEST_F(JudgeTest, UnlessResolvesPrefixes) {
  Load(R"(
behaviour: prefixes
about: x
rules:
  - {id: DM-Wide, title: x, description: d, verdict: fact, events: [file-write], score: 1, reason: r}
  - {id: Narrow, title: x, description: d, verdict: fact, events: [file-write], score: 1, reason: r, unless: [Wide]}
)");
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z", {{"user", "ada"}}), (Ids{"DM-Wide"}));
}

// Semantics 15.25: a value that is first in the organisation has age zero.
TEST_F(JudgeTest, LinterRefusesOrgScopeWithValueMaturity) {
  std::string rules = kLadder;
  rules.replace(rules.find("model: M-O,"), 11, "model: M-O, value_maturity: 14d,");
  temp_.Write("rules/test.yaml", rules);
  temp_.Load(faults_);
  EXPECT_NE(faults_.Render().find("rule-never-fires"), std::string::npos);
}

// Semantics 15.29: fewer than five active members are no group.
TEST_F(JudgeTest, APeerGroupUnderFiveMembersIsSilent) {
  std::string users = "user,department\n";
  for (const char* name : {"ada", "bob", "cyd", "dan", "eve"})
    users += std::string(name) + ",Finance\n";
  users += "gus,Legal\nhal,Legal\n";
  Load(R"(
behaviour: groups
about: x
models:
  - {id: M-G, title: g, kind: categorical, events: [file-write], scope: peer_group, value: file_ext, cutoff: 5}
rules:
  - {id: G, title: g, description: d, verdict: first, model: M-G, score: 10, reason: r}
)",
       "", users);
  for (int day = 1; day <= 20; ++day) {
    for (const char* user : {"ada", "gus"})
      Send("file-write", fmt::format("2026-01-{:02}T10:00:00Z", day),
           {{"user", user}, {"file_ext", "zip"}});
  }
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z", {{"user", "bob"}, {"file_ext", "exe"}}),
            (Ids{"G"}));
  EXPECT_EQ(Send("file-write", "2026-01-22T10:00:00Z", {{"user", "hal"}, {"file_ext", "exe"}}),
            Ids{});
}

// Semantics 15.28: filled-in text is not expanded again, control characters go, the sentence is
// cut.
TEST_F(JudgeTest, ReasonsEscapeAndTruncate) {
  Load(R"(
behaviour: reasons
about: x
rules:
  - {id: R, title: x, description: d, verdict: fact, events: [file-write], score: 1, reason: "wrote ${event.file_name} by ${event.user}"}
)");
  const auto reason = [&](const std::string& name) {
    return Detect("file-write", "2026-01-22T10:00:00Z", {{"file_name", name}, {"host", "h"}})[0]
        .reason;
  };
  EXPECT_EQ(reason("a\nb"),
            "wrote a\xEF\xBF\xBD"
            "b by unknown");
  EXPECT_EQ(reason("${event.host}"), "wrote ${event.host} by unknown");
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(reason(umlauts), "wrote " + umlauts.substr(0, 500));
}

TEST_F(JudgeTest, SuppressionAndCountersKeepTheirOwnKeys) {
  Load(R"(
behaviour: counters
about: x
rules:
  - {id: S, title: x, description: d, verdict: fact, events: [file-read], score: 1, reason: r, suppress: {for: 2m, by: user}}
  - {id: N, title: x, description: d, verdict: crossed, events: [file-write], counter: {sum: bytes}, limit: 100, score: 1, reason: "${trigger.numeric_value} bytes"}
)");
  EXPECT_EQ(Send("file-read", "2026-01-22T10:00:00Z", {{"user", "ada"}}), (Ids{"S"}));
  EXPECT_EQ(Send("file-read", "2026-01-22T10:01:59Z", {{"user", "ada"}}), Ids{});
  EXPECT_EQ(Send("file-read", "2026-01-22T10:01:59Z", {{"user", "bob"}}), (Ids{"S"}));
  EXPECT_EQ(Send("file-read", "2026-01-22T10:02:00Z", {{"user", "ada"}}), (Ids{"S"}));

  EXPECT_EQ(Send("file-write", "2026-01-22T11:00:00Z", {{"user", "ada"}, {"bytes", "100"}}), Ids{});
  EXPECT_EQ(Send("file-write", "2026-01-22T11:01:00Z", {{"user", "bob"}, {"bytes", "60"}}), Ids{});
  const auto crossed =
      Detect("file-write", "2026-01-22T11:02:00Z", {{"user", "ada"}, {"bytes", "1"}});
  ASSERT_EQ(crossed.size(), 1u);
  EXPECT_EQ(crossed[0].reason, "101 bytes");
  EXPECT_EQ(Send("file-write", "2026-01-22T11:03:00Z", {{"user", "ada"}, {"bytes", "900"}}),
            Ids{});  // once a day
  EXPECT_EQ(Send("file-write", "2026-01-23T11:03:00Z", {{"user", "ada"}, {"bytes", "900"}}),
            (Ids{"N"}));
}

}  // namespace
}  // namespace vedette
