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
    event->late = late_;
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
  bool late_ = false;
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

constexpr const char* kPersonal = R"(
behaviour: personal
about: x
models:
  - {id: M-U, title: u, kind: profile, events: [file-write], scope: user, value: file_ext}
rules:
  - {id: C, title: c, description: d, verdict: first, model: M-U, score: 10, reason: C}
)";

std::string Department(const std::string& name, int first, int count) {
  std::string rows;
  for (int i = 0; i < count; ++i) rows += fmt::format("u{},{}\n", first + i, name);
  return rows;
}

// Semantics 11.3: a first of a person counts half when a fifth of the colleagues know the value.
TEST_F(JudgeTest, APersonsFirstCountsHalfWhenColleaguesKnowTheValue) {
  Load(kPersonal, "",
       "user,department\n" + Department("Finance", 0, 11) + Department("Legal", 20, 5));
  for (int day = 1; day <= 20; ++day) {
    for (int user = 0; user < 25; user += user == 10 ? 10 : 1) {
      const std::string name = fmt::format("u{}", user);
      Send("file-write", fmt::format("2026-01-{:02}T10:00:00Z", day),
           {{"user", name}, {"file_ext", "txt"}});
      // One of ten colleagues knows rar, two know zip; everybody in Legal knows both.
      if (user == 1 || user == 2 || user > 20) {
        Send("file-write", fmt::format("2026-01-{:02}T11:00:00Z", day),
             {{"user", name}, {"file_ext", "zip"}});
      }
      if (user == 1 || user > 20) {
        Send("file-write", fmt::format("2026-01-{:02}T11:00:00Z", day),
             {{"user", name}, {"file_ext", "rar"}});
      }
    }
  }
  const auto quality = [&](const std::string& user, const std::string& ext) {
    const auto found =
        Detect("file-write", "2026-01-22T10:00:00Z", {{"user", user}, {"file_ext", ext}});
    EXPECT_EQ(found.size(), 1u) << user << " " << ext;
    return found.empty() ? 0 : found[0].quality_ppm;
  };
  EXPECT_EQ(quality("u0", "zip"), 500'000);
  EXPECT_EQ(quality("u0", "rar"), 1'000'000);
  EXPECT_EQ(quality("u0", "psd"), 1'000'000);   // new to the group as well
  EXPECT_EQ(quality("u20", "zip"), 1'000'000);  // four colleagues are too few to ask
  const auto evidence =
      Detect("file-write", "2026-01-22T10:01:00Z", {{"user", "u3"}, {"file_ext", "zip"}});
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_EQ(evidence[0].answer.peers, 10u);
  EXPECT_EQ(evidence[0].answer.peers_with_value, 3u);  // u0 knows it by now
}

TEST_F(JudgeTest, ColleaguesWhoWereNotSeenForAMonthAreNotAsked) {
  Load(kPersonal, "", "user,department\n" + Department("Finance", 0, 7));
  for (int day = 1; day <= 20; ++day) {
    for (int user = 0; user < 7; ++user) {
      Send("file-write", fmt::format("2026-01-{:02}T10:00:00Z", day),
           {{"user", fmt::format("u{}", user)}, {"file_ext", user < 3 ? "zip" : "txt"}});
    }
  }
  // Only u6 goes on; the others leave the count, not the memory.
  Send("file-write", "2026-02-15T10:00:00Z", {{"user", "u6"}, {"file_ext", "txt"}});
  const auto found =
      Detect("file-write", "2026-02-25T10:00:00Z", {{"user", "u6"}, {"file_ext", "zip"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].answer.peers, 0u);
  EXPECT_EQ(found[0].quality_ppm, 1'000'000);
}

// Semantics 15.21: what came late tells that the value was known earlier; what fired stays.
TEST_F(JudgeTest, ALateEventDoesNotUnfire) {
  Load(kPersonal);
  for (int day = 1; day <= 20; ++day)
    Send("file-write", fmt::format("2026-01-{:02}T10:00:00Z", day),
         {{"user", "ada"}, {"file_ext", "txt"}});
  const auto fired =
      Detect("file-write", "2026-01-22T10:00:00Z", {{"user", "ada"}, {"file_ext", "exe"}});
  ASSERT_EQ(fired.size(), 1u);
  late_ = true;
  EXPECT_EQ(Send("file-write", "2026-01-21T10:00:00Z", {{"user", "ada"}, {"file_ext", "exe"}}),
            Ids{});
  late_ = false;
  const std::vector<Session> sessions = judge_->FinishSessions();
  ASSERT_EQ(sessions.size(), 1u);
  ASSERT_EQ(sessions[0].detections.size(), 1u);
  EXPECT_EQ(sessions[0].detections[0].id, fired[0].id);
}

TEST_F(JudgeTest, ASequenceIsLearnedAndJudgedLikeAnyEvent) {
  Load(R"(
behaviour: runs
about: x
sequences:
  - {id: R, title: r, yields: failed-logon-sequence, scope: user, steps: {events: [failed-logon]}, ends: [{by: success, events: [local-logon]}]}
models:
  - {id: M, title: m, kind: clustered, events: [failed-logon-sequence], scope: org, value: sequence_count, cutoff: 5, alpha: 0.8}
rules:
  - {id: Long, title: x, description: d, verdict: above, model: M, score: 10, reason: "${trigger.numeric_value} by ${event.ended_by}"}
)");
  for (int day = 1; day <= 20; ++day) {
    for (int i = 0; i < 2; ++i)
      Send("failed-logon", fmt::format("2026-01-{:02}T10:0{}:00Z", day, i), {{"user", "bob"}});
    EXPECT_EQ(Send("local-logon", fmt::format("2026-01-{:02}T10:05:00Z", day), {{"user", "bob"}}),
              Ids{});
  }
  for (int i = 0; i < 30; ++i)
    Send("failed-logon", fmt::format("2026-01-22T10:{:02}:00Z", i), {{"user", "ada"}});
  const auto found = Detect("file-write", "2026-01-22T12:00:00Z", {{"user", "eve"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].reason, "30 by idle");
  EXPECT_EQ(found[0].entity, "ada");
  EXPECT_EQ(FormatIso8601(found[0].time).substr(0, 19), "2026-01-22T10:59:00");

  Send("failed-logon", "2026-01-22T13:00:00Z", {{"user", "ada"}});
  std::vector<Detection> rest;
  judge_->Finish(rest);
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(judge_->sequencer().counts().told, 22u);
}

// Semantics 11.3: labels multiply, the product stays between 0.5 and 1.5, and it is applied once.
TEST_F(JudgeTest, ContextLabelsWeighTheScoreOfASessionOnce) {
  temp_.Write("scoring/labels.yaml", R"(
labels:
  - {id: boss, title: b, of: user, when: "EntityAttribute('type: User', 'executive') = 'true'", factor: 1.2, reason: r}
  - {id: gone, title: g, of: user, when: "EntityAttribute('type: User', 'active') = 'false'", factor: 1.4, reason: r}
  - {id: lab, title: l, of: asset, when: "host = 'lab-1'", factor: 0.7, reason: r}
)");
  Load(R"(
behaviour: facts
about: x
rules:
  - {id: F, title: x, description: d, verdict: fact, events: [file-write], score: 80, reason: r}
)",
       "", "user,executive,active\nada,true,true\nbob,false,true\ncyd,true,false\n");
  for (const char* user : {"ada", "bob", "cyd"})
    Send("file-write", "2026-01-22T10:00:00Z", {{"user", user}});
  Send("file-write", "2026-01-22T10:00:00Z", {{"host", "lab-1"}});
  std::map<std::string, const Session*> by_entity;
  const std::vector<Session> sessions = judge_->FinishSessions();
  for (const Session& session : sessions) by_entity[session.entity] = &session;
  EXPECT_EQ(by_entity.at("ada")->score_micro, 96 * kMicro);
  EXPECT_TRUE(by_entity.at("ada")->notable);
  EXPECT_EQ(by_entity.at("ada")->groups[0].points_micro, 80 * kMicro);
  EXPECT_EQ(by_entity.at("bob")->score_micro, 80 * kMicro);
  EXPECT_TRUE(by_entity.at("bob")->labels.empty());
  EXPECT_EQ(by_entity.at("cyd")->labels, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(by_entity.at("cyd")->factor_ppm, 1'500'000);  // not 1.68
  EXPECT_EQ(by_entity.at("lab-1")->score_micro, 56 * kMicro);
}

TEST_F(JudgeTest, FaultsOfContextLabelsNameTheirPlace) {
  temp_.Write("scoring/labels.yaml",
              "labels:\n"
              "  - {id: a, title: t, of: user, when: 'usr = 1', factor: 1.2, reason: r}\n"
              "  - {id: b, title: t, of: grup, when: 'true', factor: 1.7, reason: r}\n"
              "  - {id: b, title: t, of: user, when: 'true', factor: 1, reason: r}\n");
  temp_.Load(faults_);
  const std::string all = faults_.Render();
  for (const char* part :
       {"scoring/labels.yaml:2:40: error: there is no field 'usr'",
        "scoring/labels.yaml:3:27: error: 'of' cannot be 'grup'",
        "scoring/labels.yaml:3:55: error: 'factor' must lie between 0.5 and 1.5",
        "scoring/labels.yaml:4:5: error: the context label 'b' is already defined at "
        "scoring/labels.yaml:3:5"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
  }
}

}  // namespace
}  // namespace vedette
