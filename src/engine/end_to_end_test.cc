// From raw logs to ranked people, with a made-up product that exists only as content.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/runner.h"
#include "engine/temp_content.h"

namespace vedette {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Takes the parts away that tell where a line lay.
std::string WithoutPositions(const std::string& ndjson) {
  std::string out;
  std::istringstream lines(ndjson);
  for (std::string line; std::getline(lines, line);)
    out += line.substr(0, line.find(",\"position\":")) + "\n";
  return out;
}

constexpr const char* kParser = R"(
id: acme-door
vendor: Acme
product: Door Guard
title: Doors
forms:
  - {format: json, match: {product: door-guard}}
time: {from: when, formats: [iso8601]}
id_from: [uid]
fields: {user: person, host: door, file_ext: kind}
events:
  - {drop: "a heartbeat is no activity", when: "raw.kind = 'heartbeat'"}
  - {type: file-write}
)";

constexpr const char* kRules = R"(
behaviour: doors
about: Kinds of things that people carry through doors.
models:
  - {id: DOOR-K, title: kinds per person, kind: categorical, events: [file-write], scope: user, value: file_ext}
rules:
  - {id: DOOR-K-F, title: first kind, description: d, verdict: first, model: DOOR-K, score: 95, reason: "first ${trigger.feature_value} of ${entity.user.source}", tags: [attack.t1052], use_cases: [Data Exfiltration]}
)";

std::string DoorLine(int uid, const std::string& time, const std::string& person,
                     const std::string& kind) {
  return fmt::format(
      "{{\"product\":\"door-guard\",\"uid\":{},\"when\":\"{}\",\"person\":\"{}\",\"door\":\"d1\","
      "\"kind\":\"{}\"}}\n",
      uid, time, person, kind);
}

class MadeUpProduct : public ::testing::Test {
 protected:
  void SetUp() override {
    temp_.Write("parsers/acme/door_guard/doors.yaml", kParser);
    temp_.Write("rules/doors.yaml", kRules);
    content_ = temp_.Load(faults_);
    ASSERT_FALSE(faults_.has_errors()) << faults_.Render();
    int uid = 0;
    for (int day = 1; day <= 28; ++day) {
      for (const char* person : {"ada", "bob"}) {
        for (const char* hour : {"08", "12", "17"})
          lines_.push_back(
              DoorLine(++uid, fmt::format("2026-02-{:02}T{}:00:00Z", day, hour), person, "bag"));
      }
    }
    lines_.push_back(DoorLine(++uid, "2026-03-02T22:00:00Z", "ada", "crate"));
    lines_.push_back(DoorLine(++uid, "2026-03-02T22:30:00Z", "bob", "bag"));
    lines_.push_back(DoorLine(++uid, "2026-03-02T23:00:00Z", "bob", "heartbeat"));
  }

  Result<RunReport> Run(const std::vector<std::string>& inputs, const std::string& out,
                        unsigned threads = 1, uint64_t keep_bytes = 256 << 20) {
    RunOptions options;
    options.inputs = inputs;
    options.out_folder = temp_.folder() + "/" + out;
    options.threads = threads;
    options.keep_bytes = keep_bytes;
    return RunJob(*content_, options, faults_);
  }

  std::string Joined(size_t from = 0, size_t to = SIZE_MAX) const {
    std::string text;
    for (size_t i = from; i < std::min(to, lines_.size()); ++i) text += lines_[i];
    return text;
  }

  TempContent temp_;
  Diagnostics faults_;
  std::unique_ptr<ContentSet> content_;
  std::vector<std::string> lines_;
};

// Whether blocks stay parsed between the survey and the run, or only their times are read first.
TEST_F(MadeUpProduct, SaysTheSameWhenNothingStaysParsed) {
  std::vector<std::string> inputs;
  for (size_t i = 0; i < lines_.size(); i += 20)
    inputs.push_back(
        temp_.WriteFile(fmt::format("logs/{}.ndjson", i),
                        Joined(i, i + 20) + "{\"product\":\"door-guard\"}\n\nwhat?\n"));
  ASSERT_TRUE(Run(inputs, "kept").has_value());
  for (unsigned threads : {1u, 3u}) {
    const auto report = Run(inputs, "again", threads, 0);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->detections, 1u);
    for (const char* file : {"detections.ndjson", "sessions.ndjson", "summary.json"}) {
      EXPECT_EQ(ReadFile(temp_.folder() + "/again/" + file),
                ReadFile(temp_.folder() + "/kept/" + file))
          << file;
    }
  }
}

// A parser, a rule and a list of logs: no line of C++.
TEST_F(MadeUpProduct, IsReadLearnedAndRankedFromContentAlone) {
  const std::string input = temp_.WriteFile("logs/doors.ndjson", Joined());
  const auto report = Run({input}, "out");
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->detections, 1u);
  EXPECT_EQ(report->accounting.Count(Bucket::kDropped), 1u);
  EXPECT_TRUE(report->accounting.Totals().balanced());
  const auto ranked = RankEntities(report->sessions);
  ASSERT_EQ(ranked.size(), 1u);
  EXPECT_EQ(ranked[0].id, "ada");
  EXPECT_EQ(ranked[0].notable_sessions, 1u);
  const std::string detections = ReadFile(temp_.folder() + "/out/detections.ndjson");
  EXPECT_NE(detections.find("\"reason\":\"first crate of ada\""), std::string::npos);
  EXPECT_NE(detections.find("\"techniques\":[\"T1052\"]"), std::string::npos);
  EXPECT_NE(ReadFile(temp_.folder() + "/out/summary.json").find("\"balanced\":true"),
            std::string::npos);
}

// Semantics 15.27, and the same lines in other files.
TEST_F(MadeUpProduct, ThreadsAndFilesDoNotMatter) {
  const std::string whole = temp_.WriteFile("logs/all.ndjson", Joined());
  ASSERT_TRUE(Run({whole}, "one").has_value());
  const std::string detections = ReadFile(temp_.folder() + "/one/detections.ndjson");
  const std::string sessions = ReadFile(temp_.folder() + "/one/sessions.ndjson");
  EXPECT_FALSE(detections.empty());
  for (unsigned threads : {2u, 8u}) {
    const std::string out = fmt::format("threads{}", threads);
    ASSERT_TRUE(Run({whole}, out, threads).has_value());
    EXPECT_EQ(ReadFile(temp_.folder() + "/" + out + "/detections.ndjson"), detections);
    EXPECT_EQ(ReadFile(temp_.folder() + "/" + out + "/sessions.ndjson"), sessions);
  }
  // Halves in the wrong order, one of them joined behind the other.
  const size_t half = lines_.size() / 2;
  const std::string joined = temp_.WriteFile("other/z.log", Joined(half) + Joined(0, half));
  ASSERT_TRUE(Run({joined}, "joined").has_value());
  EXPECT_EQ(ReadFile(temp_.folder() + "/joined/sessions.ndjson"), sessions);
  EXPECT_EQ(WithoutPositions(ReadFile(temp_.folder() + "/joined/detections.ndjson")),
            WithoutPositions(detections));
}

TEST_F(MadeUpProduct, DuplicatesCountOnce) {
  const std::string input =
      temp_.WriteFile("logs/twice.ndjson", Joined() + lines_.back() + lines_[lines_.size() - 3]);
  const auto report = Run({input}, "out");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->detections, 1u);
  EXPECT_EQ(report->accounting.Count(Bucket::kDuplicate), 1u);  // the heartbeat is dropped twice
  EXPECT_TRUE(report->accounting.Totals().balanced());
}

TEST_F(MadeUpProduct, BadInputIsCountedNamedAndTheRestGoesOn) {
  std::string text = Joined(0, 10);
  text += std::string("\x00\x01\x02 binary\n", 11);
  text += "{\"product\":\"door-guard\",\"uid\":1,\"when\":\n";  // cut short
  text +=
      "{\"product\":\"door-guard\",\"uid\":2,\"when\":\"yesterday\",\"person\":\"x\"}\n";  // no
                                                                                           // time
  text += "plain words that nobody knows\n";
  text += "\xff\xfe broken \xc3\n";
  text += "{\"a\":\"" + std::string(10 << 20, 'x') + "\"}\n";
  text += "\n\n" + Joined(10);
  const std::string input = temp_.WriteFile("logs/dirty.ndjson", text);
  const std::string empty = temp_.WriteFile("logs/empty.ndjson", "");
  const auto report = Run({input, empty, temp_.folder() + "/no-such-file"}, "out");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->detections, 1u);
  EXPECT_EQ(report->accounting.Count(Bucket::kMalformed), 4u);
  EXPECT_EQ(report->accounting.Count(Bucket::kUnmatched), 2u);
  EXPECT_TRUE(report->accounting.Totals().balanced());
  EXPECT_TRUE(faults_.has_errors());  // the file that is not there
  EXPECT_NE(faults_.Render().find("no-such-file"), std::string::npos);
}

}  // namespace
}  // namespace vedette
