// What a state folder can suffer, and what people do with one.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/record.h"
#include "engine/restart_world.h"
#include "engine/state_forget.h"
#include "engine/state_report.h"

namespace vedette {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StateTest : public ::testing::Test {
 protected:
  StateTest() { log_ = world_.Write("a.log", world_.Lines(0, world_.Day(32))); }

  // Learned from four weeks.
  void Learn(const std::string& state = "state") {
    const auto report = world_.Run(world_.Options({log_}, "out", state));
    ASSERT_TRUE(report.has_value()) << report.error().message;
  }
  // The rest, under the state.
  Result<RunReport> GoOn(bool repair = false, const std::string& state = "state",
                         const std::string& out = "out") {
    const std::string rest = world_.Write("rest.log", world_.Lines(world_.Day(32)));
    RunOptions options = world_.Options({rest}, out, state);
    options.state.repair = repair;
    return world_.Run(options);
  }
  StateDb OpenState(const std::string& state = "state",
                    StateDb::Mode mode = StateDb::Mode::kWrite) {
    Result<StateDb> db = StateDb::Open(world_.Path(state), mode);
    EXPECT_TRUE(db.has_value()) << db.error().message;
    return *std::move(db);
  }
  void Put(const std::string& key, const std::string& value) {
    StateChanges changes;
    changes.Put(key, value);
    ASSERT_TRUE(OpenState().Write(changes).has_value());
  }
  std::string Refusal() {
    const auto report = GoOn();
    return report ? "it went on" : report.error().code + ": " + report.error().ToString();
  }
  // Whatever files of the folder hold.
  std::string AllBytes(const std::string& folder) {
    std::string all;
    for (const auto& entry : fs::directory_iterator(world_.Path(folder)))
      all += world_.Output(folder + "/" + entry.path().filename().string());
    return all;
  }

  RestartWorld world_;
  std::string log_;
};

TEST_F(StateTest, ANewerFormatIsRefused) {
  Learn();
  Put("!format", std::to_string(kStateFormat + 1));
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("state-newer"), HasSubstr("newer vedette")));
}

// As states were before the first release: no versions of tables, and scopes by number.
TEST_F(StateTest, AnOlderFormatIsBroughtUpToDate) {
  Learn();
  fs::copy(world_.Path("state"), world_.Path("copy"), fs::copy_options::recursive);
  fs::copy(world_.Path("out"), world_.Path("out-copy"), fs::copy_options::recursive);
  const std::string before = world_.Output("out/detections.ndjson");
  ASSERT_TRUE(GoOn(false, "copy", "out-copy").has_value());
  const std::string rest = world_.Output("out-copy/detections.ndjson");
  ASSERT_FALSE(rest.empty());
  {
    StateDb db = OpenState();
    StateChanges old;
    const auto models = ReadStoredModels(db);
    ASSERT_TRUE(models.has_value());
    for (const auto& [id, model] : *models) {
      if (model.kind != "profile" && model.kind != "categorical") continue;
      const std::string prefix = ModelPrefix(model.number);
      std::map<std::string, uint32_t, std::less<>> numbers;
      std::string number;
      ASSERT_TRUE(db.ForEach(prefix + "s", [&](std::string_view key, std::string_view value) {
                      const auto next = static_cast<uint32_t>(numbers.size());
                      numbers.emplace(key, next);
                      number.clear();
                      AppendKeyNumber(number, next);
                      std::string record;
                      RecordWriter(record).Hash(KeyHash(key));
                      record += value.substr(0, value.size() - 8);
                      old.Put(prefix + "s" + number, record);
                      old.Erase(prefix + "s" + std::string(key));
                    }).has_value());
      ASSERT_TRUE(db.ForEach(prefix + "e", [&](std::string_view key, std::string_view value) {
                      std::string record(value);
                      RecordWriter(record).U32(numbers.find(key.substr(0, 16))->second);
                      old.Put(prefix + "e" + std::string(key.substr(16)), record);
                      old.Erase(prefix + "e" + std::string(key));
                    }).has_value());
      ASSERT_TRUE(db.ForEach(prefix + "m", [&](std::string_view, std::string_view value) {
                      RecordReader in(value);
                      std::string record;
                      RecordWriter out(record);
                      out.Time(in.Time());
                      in.U8();
                      out.U64(in.U64());
                      in.I64();
                      out.U64(numbers.size());
                      record += in.rest();
                      old.Put(prefix + "m", record);
                    }).has_value());
    }
    old.Put("!format", "0");
    old.Erase("!zones");
    old.Erase("!suffixes");
    ASSERT_TRUE(db.Write(old).has_value());
  }
  // Who only looks is told to let a run do it; forgetting must not overlook anything.
  EXPECT_EQ(ForgetEntity(world_.Path("state"), world_.content(), "p7").error().code, "state-older");
  EXPECT_EQ(DescribeScope(OpenState("state", StateDb::Mode::kRead), world_.content(), "C", "p1", {})
                .error()
                .code,
            "state-older");
  const auto report = GoOn();
  ASSERT_TRUE(report.has_value()) << report.error().ToString();
  EXPECT_THAT(world_.faults().Render(), HasSubstr("from format 0 to 2"));
  EXPECT_EQ(OpenState().Get("!format").value(), "2");
  EXPECT_EQ(OpenState().Get("!zones").value(), ZoneDatabaseVersion());
  // And goes on as if it had always been so.
  EXPECT_TRUE(world_.Output("out/detections.ndjson") == before + rest);
}

TEST_F(StateTest, OtherTablesAreNotedAndAnotherSeedRefused) {
  Learn();
  Put("!zones", "1999z");
  ASSERT_TRUE(GoOn().has_value());
  EXPECT_THAT(world_.faults().Render(), HasSubstr("1999z"));
  Put("!seed", "0000000000000001");
  EXPECT_THAT(Refusal(), HasSubstr("state-other-seed"));
}

TEST_F(StateTest, AFolderOfOtherThingsIsRefused) {
  world_.Write("state/holiday.jpg", "not a state");
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("state-not-one"), HasSubstr("state")));
  world_.Write("plain-file", "x");
  const auto report = GoOn(false, "plain-file");
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, "state-not-one");
}

TEST_F(StateTest, ASecondProcessIsTurnedAway) {
  Learn();
  const StateDb held = OpenState();
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("state-locked"), HasSubstr(world_.Path("state"))));
}

TEST_F(StateTest, AMissingRecordIsNoticed) {
  Learn();
  StateChanges loss;
  std::string key;
  {
    const StateDb db = OpenState();
    ASSERT_TRUE(db.ForEach("m", [&](std::string_view k, std::string_view) {
                    if (key.empty() && k.size() == 37 && k[4] == 'e') key = "m" + std::string(k);
                  }).has_value());
  }
  ASSERT_FALSE(key.empty());
  loss.Erase(key);
  ASSERT_TRUE(OpenState().Write(loss).has_value());
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("state-damaged"), HasSubstr("1 records of model"),
                               HasSubstr("--state-repair")));
  ASSERT_TRUE(GoOn(true).has_value());
  EXPECT_THAT(world_.faults().Render(), HasSubstr("lost: 1 records of model"));
  // Once: the repaired state is whole.
  EXPECT_TRUE(GoOn().has_value());
}

TEST_F(StateTest, ADamagedBlockIsNoticedAndNamed) {
  Learn();
  ASSERT_TRUE(OpenState().Compact().has_value());  // into table files
  std::string table;
  for (const auto& entry : fs::directory_iterator(world_.Path("state"))) {
    if (entry.path().extension() == ".sst") table = entry.path().string();
  }
  ASSERT_FALSE(table.empty());
  {
    std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(table) / 2));
    file.write("\xde\xad\xbe\xef\xde\xad\xbe\xef", 8);
  }
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("state-damaged"), HasSubstr(table)));
  const auto report = GoOn(true);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_THAT(world_.faults().Render(), HasSubstr("state-repaired"));
}

TEST_F(StateTest, LostTablesAreNotANewState) {
  Learn();
  ASSERT_TRUE(OpenState().Compact().has_value());
  fs::remove(world_.Path("state/CURRENT"));
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("state-damaged"), HasSubstr("CURRENT")));
}

TEST_F(StateTest, AHalfWrittenLogOfWritesLosesNoCheckpointThatWasFinished) {
  Learn();
  // What a crash leaves behind: bytes after the last whole write.
  for (const auto& entry : fs::directory_iterator(world_.Path("state"))) {
    if (entry.path().extension() == ".log")
      std::ofstream(entry.path(), std::ios::app | std::ios::binary) << "\x01\x02\x03half";
  }
  EXPECT_TRUE(GoOn().has_value());
}

TEST_F(StateTest, OneModelChangesAndTheOthersKeepTheirMemory) {
  const std::string rest = world_.Write("rest.log", world_.Lines(world_.Day(32)));
  Learn();
  fs::copy(world_.Path("state"), world_.Path("copy"), fs::copy_options::recursive);
  ASSERT_TRUE(world_.Run(world_.Options({rest}, "same", "copy")).has_value());

  std::string rules = kRestartRules;
  const std::string before =
      "{id: C, title: c, kind: categorical, events: [file-write], scope: user";
  const size_t at = rules.find(before);
  ASSERT_NE(at, std::string::npos);
  rules.replace(at, before.size(),
                "{id: C, title: other, kind: categorical, events: [file-write], scope: src_host");
  world_.temp().Write("rules/doors.yaml", rules);
  world_.Reload();
  const auto report = world_.Run(world_.Options({rest}, "changed", "state"));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_THAT(world_.faults().Render(), HasSubstr("model C remembers other things"));
  EXPECT_THAT(world_.faults().Render(), Not(HasSubstr("model P ")));
  // All that other models say is the same, evidence and all.
  const auto without_c = [](const std::string& ndjson) {
    std::string kept;
    std::istringstream lines(ndjson);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("\"rule\":\"C-") == std::string::npos) kept += line + "\n";
    }
    return kept;
  };
  const std::string same = world_.Output("same/detections.ndjson");
  EXPECT_NE(without_c(same), same);
  EXPECT_TRUE(without_c(world_.Output("changed/detections.ndjson")) == without_c(same));
}

TEST_F(StateTest, TitlesAndThresholdsAreNoChangeOfMemory) {
  Learn();
  std::string rules = kRestartRules;
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"title: c,", "title: renamed,"},
        {"min_training: 3d, halve_every", "min_training: 5d, halve_every"}}) {
    const size_t at = rules.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    rules.replace(at, from.size(), to);
  }
  world_.temp().Write("rules/doors.yaml", rules);
  world_.Reload();
  ASSERT_TRUE(GoOn().has_value());
  EXPECT_THAT(world_.faults().Render(), Not(HasSubstr("model-changed")));
}

TEST_F(StateTest, OtherContentIsRefused) {
  Learn();
  std::string rules = R"(
behaviour: other
about: Something else.
models:
  - {id: ELSE, title: e, kind: profile, events: [file-write], scope: user, value: src_host}
rules:
  - {id: ELSE-F, title: e, description: d, verdict: first, model: ELSE, score: 10, reason: "e"}
)";
  world_.temp().Write("rules/doors.yaml", rules);
  world_.Reload();
  EXPECT_THAT(Refusal(), HasSubstr("state-other-content"));
}

TEST_F(StateTest, ListsWhatItHolds) {
  Learn();
  const StateDb db = OpenState("state", StateDb::Mode::kRead);
  const Result<StateSummary> summary = SummarizeState(db);
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->run.finished);
  EXPECT_EQ(summary->inputs, 1u);
  EXPECT_GT(summary->sessions, 0u);
  ASSERT_EQ(summary->models.size(), 10u);
  for (const ModelSummary& model : summary->models) {
    EXPECT_GT(model.records.scopes, 0u) << model.id;
    EXPECT_TRUE(model.records.oldest.has_value()) << model.id;
  }
}

TEST_F(StateTest, TwoStatesAreComparedModelByModel) {
  Learn("a");
  fs::remove_all(world_.Path("out"));
  Learn("b");
  {
    const StateDb a = OpenState("a", StateDb::Mode::kRead);
    const StateDb b = OpenState("b", StateDb::Mode::kRead);
    EXPECT_TRUE(CompareStates(a, b, 3)->empty());
  }
  ASSERT_TRUE(GoOn(false, "b").has_value());
  const StateDb a = OpenState("a", StateDb::Mode::kRead);
  const StateDb b = OpenState("b", StateDb::Mode::kRead);
  const auto differences = CompareStates(a, b, 3);
  ASSERT_TRUE(differences.has_value());
  EXPECT_GE(differences->size(), 10u);
  EXPECT_LE(differences->front().examples.size(), 3u);
}

TEST_F(StateTest, ShowsWhatAModelBelieves) {
  Learn();
  const StateDb db = OpenState("state", StateDb::Mode::kRead);
  const auto report = DescribeScope(db, world_.content(), "C", "P1", {"bag", "never"});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->answer.scope_known);
  ASSERT_FALSE(report->values.empty());
  EXPECT_EQ(report->values.front().name, "bag");  // what was asked for comes first
  EXPECT_GT(report->values.front().count, 0u);
  EXPECT_EQ(report->unknown, std::vector<std::string>{"never"});
  uint64_t total = 0;
  for (const KnownValue& value : report->values) total += value.count;
  EXPECT_EQ(total, report->answer.total);
  for (const char* model : {"P", "N", "NS", "WD", "WS", "T"})
    EXPECT_TRUE(DescribeScope(db, world_.content(), model, "p1", {}).has_value()) << model;
  for (const char* model : {"PO", "WC", "R"})
    EXPECT_TRUE(DescribeScope(db, world_.content(), model, "org", {}).has_value()) << model;
  EXPECT_EQ(DescribeScope(db, world_.content(), "C", "nobody", {}).error().code, "unknown-scope");
  EXPECT_EQ(DescribeScope(db, world_.content(), "CC", "p1", {}).error().code, "unknown-model");
}

// A person who did everything, in every kind of model, then asks to be forgotten. What is left is
// what there would be if they had never been, as far as others did not have to do with them.
TEST_F(StateTest, NothingOfAForgottenPersonRemains) {
  Learn();
  ASSERT_THAT(AllBytes("state"), HasSubstr("p7"));
  const auto report = ForgetEntity(world_.Path("state"), world_.content(), "P7");
  ASSERT_TRUE(report.has_value()) << report.error().message;
  std::set<std::string> what;
  for (const auto& [name, count] : report->removed) what.insert(name);
  for (const char* expected :
       {"scopes of model P", "values of its scopes in model P", "scopes of model C",
        "scopes of model N", "scopes of model NS", "scopes of model WD", "scopes of model WS",
        "scopes of model T", "members of model R", "days of activity", "detections in sessions"})
    EXPECT_TRUE(what.contains(expected)) << expected;
  EXPECT_THAT(report->paths, ::testing::IsEmpty());

  // No file of the folder holds the name, or a key made of it. `p7` is also part of other words.
  const std::string bytes = AllBytes("state");
  const auto stands_alone = [&](size_t at) {
    const auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    return !part(bytes[at - 1]) && !part(bytes[at + 2]);
  };
  for (size_t at = bytes.find(" p7"); at != std::string::npos; at = bytes.find(" p7", at + 1))
    EXPECT_FALSE(stands_alone(at + 1));
  const Hash128 hash = HashBytes("p7", StateKeeper::HashSeed());
  std::string scope_key;
  for (const ModelSpec& model : world_.content().rules.models()) {
    scope_key.clear();
    AppendKeyHash(scope_key, Combine(HashBytes(model.id, StateKeeper::HashSeed()), hash));
    EXPECT_EQ(bytes.find(scope_key), std::string::npos) << model.id;
  }
  for (EntityKind kind : {EntityKind::kUser, EntityKind::kAsset}) {
    scope_key.clear();
    AppendKeyHash(scope_key, EntityKey(kind, "p7"));
    EXPECT_EQ(bytes.find(scope_key), std::string::npos);
  }
  {
    const StateDb db = OpenState("state", StateDb::Mode::kRead);
    EXPECT_EQ(DescribeScope(db, world_.content(), "C", "p7", {}).error().code, "unknown-scope");
    EXPECT_TRUE(DescribeScope(db, world_.content(), "C", "p8", {}).has_value());
  }
  // The state is whole, and forgetting again finds nothing.
  const auto again = ForgetEntity(world_.Path("state"), world_.content(), "p7");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->total(), 0u);
  fs::remove_all(world_.Path("out"));
  const auto went_on = GoOn();
  ASSERT_TRUE(went_on.has_value()) << went_on.error().message;
}

// As a value: a machine that others used.
TEST_F(StateTest, AForgottenMachineIsGoneFromOthersModels) {
  Learn();
  {
    const StateDb db = OpenState("state", StateDb::Mode::kRead);
    EXPECT_TRUE(DescribeScope(db, world_.content(), "PO", "org", {"d5"})->unknown.empty());
  }
  ASSERT_TRUE(ForgetEntity(world_.Path("state"), world_.content(), "d5").has_value());
  const StateDb db = OpenState("state", StateDb::Mode::kRead);
  EXPECT_EQ(DescribeScope(db, world_.content(), "PO", "org", {"d5"})->unknown,
            std::vector<std::string>{"d5"});
}

// What memory cannot hold waits in the state: no result differs from those of a run that had room
// for all, killed or not, on however many threads.
TEST_F(StateTest, MemoryThatDoesNotSufficeChangesNothing) {
  ASSERT_TRUE(world_.Run(world_.Options({log_}, "plain")).has_value());
  for (unsigned threads : {1u, 2u}) {
    const std::string out = fmt::format("out{}", threads), state = fmt::format("state{}", threads);
    RunOptions options = world_.Options({log_}, out, state);
    options.memory = 60'000;
    options.batch_events = 64;
    options.threads = threads;
    options.state.stop = [](uint64_t events) { return events >= 900; };
    ASSERT_FALSE(world_.Run(options).has_value());
    options.state.stop = nullptr;
    options.state.write_behind = threads > 1;
    const auto report = world_.Run(options);
    ASSERT_TRUE(report.has_value()) << report.error().ToString();
    EXPECT_TRUE(world_.Output(out + "/detections.ndjson") ==
                world_.Output("plain/detections.ndjson"));
    EXPECT_TRUE(world_.Output(out + "/sessions.ndjson") == world_.Output("plain/sessions.ndjson"));
    const std::string summary = world_.Output(out + "/summary.json");
    EXPECT_THAT(summary, ::testing::ContainsRegex("\"cold_scopes\":[1-9]"));
    EXPECT_THAT(summary, ::testing::ContainsRegex("\"returned\":[1-9]"));
  }
  // A state that was left so is as good as any other: with room again, the rest is the same too.
  Learn();
  ASSERT_TRUE(GoOn(false, "state", "rest").has_value());
  ASSERT_TRUE(GoOn(false, "state1", "rest1").has_value());
  EXPECT_FALSE(world_.Output("rest/detections.ndjson").empty());
  EXPECT_TRUE(world_.Output("rest1/detections.ndjson") == world_.Output("rest/detections.ndjson"));
  const StateDb a = OpenState("state", StateDb::Mode::kRead);
  const StateDb b = OpenState("state1", StateDb::Mode::kRead);
  const auto report_a = DescribeScope(a, world_.content(), "C", "p1", {});
  const auto report_b = DescribeScope(b, world_.content(), "C", "p1", {});
  ASSERT_TRUE(report_a && report_b);
  EXPECT_EQ(report_a->values.size(), report_b->values.size());
  EXPECT_EQ(report_a->answer.total, report_b->answer.total);
}

// A scope that waits in the state is shown and forgotten like any other.
TEST_F(StateTest, ScopesThatWaitInTheStateAreSeenByAllCommands) {
  RunOptions options = world_.Options({log_}, "out", "state");
  options.memory = 30'000;
  options.batch_events = 64;
  ASSERT_TRUE(world_.Run(options).has_value());
  {
    const StateDb db = OpenState("state", StateDb::Mode::kRead);
    for (int person = 0; person < 25; ++person) {
      const std::string name = fmt::format("p{}", person);
      EXPECT_TRUE(DescribeScope(db, world_.content(), "C", name, {}).has_value()) << name;
    }
  }
  ASSERT_TRUE(ForgetEntity(world_.Path("state"), world_.content(), "p7").has_value());
  {
    const StateDb db = OpenState("state", StateDb::Mode::kRead);
    EXPECT_EQ(DescribeScope(db, world_.content(), "C", "p7", {}).error().code, "unknown-scope");
  }
  const std::string rest = world_.Write("rest.log", world_.Lines(world_.Day(32)));
  options.inputs = {rest};
  EXPECT_TRUE(world_.Run(options).has_value());
}

// Input that cannot be read twice has no checkpoint to lean on: then what goes is forgotten.
TEST_F(StateTest, WithoutAStateWhatGoesIsForgottenAndCounted) {
  RunOptions options = world_.Options({log_}, "plain");
  options.memory = 60'000;
  options.batch_events = 64;
  ASSERT_TRUE(world_.Run(options).has_value());
  const std::string summary = world_.Output("plain/summary.json");
  EXPECT_THAT(summary, ::testing::ContainsRegex("\"evictions\":[1-9]"));
  EXPECT_THAT(summary, Not(::testing::ContainsRegex("\"cold_scopes\":[1-9]")));
}

}  // namespace
}  // namespace vedette
