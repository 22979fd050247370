// A run that is killed and run again gives what an undisturbed run gives, byte for byte.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/restart_world.h"

namespace vedette {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RestartTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(world_.faults().has_errors()) << world_.faults().Render(); }

  // Runs until `stop` events were judged, as if killed then.
  void Kill(RunOptions options, uint64_t stop) {
    options.state.stop = [&](uint64_t events) { return events >= stop; };
    const auto report = world_.Run(options);
    ASSERT_FALSE(report.has_value());
    ASSERT_EQ(report.error().code, "stopped") << report.error().message;
  }

  RestartWorld world_;
};

TEST_F(RestartTest, TheWorldMakesEveryRuleSpeak) {
  const auto report = world_.Run(world_.Options({world_.Write("a.log", world_.Lines())}, "out"));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  for (size_t i = 0; i < report->rules.size(); ++i)
    EXPECT_GT(report->rules[i].fired, 0u) << world_.content().rules.rules()[i].id;
}

TEST_F(RestartTest, AStateChangesNothingInAnUndisturbedRun) {
  const std::string log = world_.Write("a.log", world_.Lines());
  ASSERT_TRUE(world_.Run(world_.Options({log}, "plain")).has_value());
  const auto report = world_.Run(world_.Options({log}, "kept", "state"));
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_GT(report->checkpoints, 0u);
  EXPECT_EQ(world_.Output("kept/detections.ndjson"), world_.Output("plain/detections.ndjson"));
  EXPECT_EQ(world_.Output("kept/sessions.ndjson"), world_.Output("plain/sessions.ndjson"));
}

// Semantics 15.26, for models of every kind, counters, suppression, sessions and outputs.
TEST_F(RestartTest, KilledAnywhereAndRunAgainGivesTheSameBytes) {
  const size_t half = world_.size() / 2;
  const std::string one = world_.Write("logs/1.log", world_.Lines(0, half));
  const std::string two = world_.Write("logs/2.log", world_.Lines(half));
  ASSERT_TRUE(world_.Run(world_.Options({one, two}, "plain")).has_value());
  const std::string detections = world_.Output("plain/detections.ndjson");
  const std::string sessions = world_.Output("plain/sessions.ndjson");
  ASSERT_FALSE(detections.empty());
  for (uint64_t stop : {1u, 101u, 500u, 777u, 1234u, 1600u}) {
    const std::string out = fmt::format("out{}", stop), state = fmt::format("state{}", stop);
    RunOptions options = world_.Options({one, two}, out, state);
    options.batch_events = 64;
    Kill(options, stop);
    options.threads = 2;
    const auto report = world_.Run(options);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->events, world_.size());
    EXPECT_TRUE(world_.Output(out + "/detections.ndjson") == detections) << stop;
    EXPECT_TRUE(world_.Output(out + "/sessions.ndjson") == sessions) << stop;
    EXPECT_TRUE(report->accounting.Totals().balanced());
  }
}

TEST_F(RestartTest, KilledAgainAndAgainItComesToTheEnd) {
  const std::string log = world_.Write("a.log", world_.Lines());
  ASSERT_TRUE(world_.Run(world_.Options({log}, "plain")).has_value());
  RunOptions options = world_.Options({log}, "out", "state");
  options.batch_events = 50;
  for (uint64_t stop = 130; stop < world_.size(); stop += 130) Kill(options, stop);
  ASSERT_TRUE(world_.Run(options).has_value());
  EXPECT_TRUE(world_.Output("out/detections.ndjson") == world_.Output("plain/detections.ndjson"));
  EXPECT_TRUE(world_.Output("out/sessions.ndjson") == world_.Output("plain/sessions.ndjson"));
}

TEST_F(RestartTest, CheckpointsBehindThePipelineGiveTheSame) {
  const std::string log = world_.Write("a.log", world_.Lines());
  ASSERT_TRUE(world_.Run(world_.Options({log}, "plain")).has_value());
  RunOptions options = world_.Options({log}, "out", "state");
  options.batch_events = 50;
  options.state.write_behind = true;
  Kill(options, 900);
  ASSERT_TRUE(world_.Run(options).has_value());
  EXPECT_TRUE(world_.Output("out/detections.ndjson") == world_.Output("plain/detections.ndjson"));
  EXPECT_TRUE(world_.Output("out/sessions.ndjson") == world_.Output("plain/sessions.ndjson"));
}

// The daily job: each day's files in a run of their own are as good as all at once.
TEST_F(RestartTest, DayByDayGivesWhatOneRunGives) {
  std::vector<std::string> logs;
  for (int day = 0; day < 40; day += 8) {
    logs.push_back(world_.Write(fmt::format("logs/{:02}.log", day),
                                world_.Lines(world_.Day(day), world_.Day(day + 8))));
  }
  ASSERT_TRUE(world_.Run(world_.Options(logs, "plain")).has_value());
  std::vector<std::string> so_far;
  for (const std::string& log : logs) {
    so_far.push_back(log);
    const auto report = world_.Run(world_.Options(so_far, "out", "state"));
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->sources.size(), 1u);  // what was read before is left out
  }
  EXPECT_TRUE(world_.Output("out/detections.ndjson") == world_.Output("plain/detections.ndjson"));
  EXPECT_TRUE(world_.Output("out/sessions.ndjson") == world_.Output("plain/sessions.ndjson"));

  // Once more with nothing new: nothing changes, and that is said.
  const auto again = world_.Run(world_.Options(so_far, "out", "state"));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->events, 0u);
  EXPECT_THAT(world_.faults().Render(), HasSubstr("nothing-new"));
  EXPECT_TRUE(world_.Output("out/sessions.ndjson") == world_.Output("plain/sessions.ndjson"));
}

TEST_F(RestartTest, AFileThatGrewIsReadOnFromWhereItEnded) {
  const std::string whole = world_.Write("whole.log", world_.Lines());
  ASSERT_TRUE(world_.Run(world_.Options({whole}, "plain")).has_value());
  const size_t half = world_.Day(20);
  const std::string log = world_.Write("a.log", world_.Lines(0, half));
  ASSERT_TRUE(world_.Run(world_.Options({log}, "out", "state")).has_value());
  world_.Write("a.log", world_.Lines());
  const auto report = world_.Run(world_.Options({log}, "out", "state"));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->events, world_.size() - half);
  EXPECT_EQ(report->accounting.Totals().lines, world_.size() - half);
  EXPECT_TRUE(world_.Output("out/sessions.ndjson") == world_.Output("plain/sessions.ndjson"));
}

TEST_F(RestartTest, ARotatedFileIsKnownByItsBeginning) {
  const std::string log = world_.Write("logs/app.log", world_.Lines(0, 700));
  ASSERT_TRUE(world_.Run(world_.Options({log}, "out", "state")).has_value());
  std::filesystem::rename(log, world_.Path("logs/app.log.1"));
  world_.Write("logs/app.log", world_.Lines(700));
  const auto report = world_.Run(world_.Options({world_.Path("logs")}, "out", "state"));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->events, world_.size() - 700);
  EXPECT_EQ(report->accounting.Count(Bucket::kLate), 0u);
}

// Semantics 12.2 across runs: lines that are older than what was judged come late.
TEST_F(RestartTest, OlderLinesOfALaterRunComeLate) {
  const std::string later = world_.Write("later.log", world_.Lines(world_.Day(20)));
  ASSERT_TRUE(world_.Run(world_.Options({later}, "out", "state")).has_value());
  const std::string before = world_.Output("out/detections.ndjson");
  // Two days before the end, and two weeks.
  const std::string near =
      world_.Write("near.log",
                   "{\"product\":\"door-guard\",\"uid\":90001,\"when\":\"2026-03-11T10:00:00Z\","
                   "\"person\":\"p1\",\"door\":\"never\",\"kind\":\"bag\",\"size\":60}\n");
  const std::string far =
      world_.Write("far.log",
                   "{\"product\":\"door-guard\",\"uid\":90002,\"when\":\"2026-02-25T10:00:00Z\","
                   "\"person\":\"p1\",\"door\":\"never2\",\"kind\":\"bag\",\"size\":60}\n");
  const auto report = world_.Run(world_.Options({near, far}, "out", "state"));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->accounting.Count(Bucket::kLate), 1u);
  EXPECT_EQ(report->accounting.Count(Bucket::kLateTrainOnly), 1u);
  const std::string after = world_.Output("out/detections.ndjson");
  ASSERT_TRUE(after.starts_with(before));  // nothing is taken back
  EXPECT_THAT(after.substr(before.size()), HasSubstr("\"late\":true"));
  EXPECT_THAT(after.substr(before.size()), Not(HasSubstr("never2")));
}

TEST_F(RestartTest, DuplicatesAreKnownAcrossRuns) {
  const std::string log = world_.Write("a.log", world_.Lines());
  ASSERT_TRUE(world_.Run(world_.Options({log}, "out", "state")).has_value());
  const std::string last = world_.Lines(world_.size() - 1);
  const auto report = world_.Run(world_.Options({world_.Write("b.log", last)}, "out", "state"));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->accounting.Count(Bucket::kDuplicate), 1u);
}

TEST_F(RestartTest, AnInterruptedRunInsistsOnItsInputsAndOutput) {
  const std::string log = world_.Write("a.log", world_.Lines());
  RunOptions options = world_.Options({log}, "out", "state");
  options.batch_events = 50;
  Kill(options, 700);

  RunOptions elsewhere = options;
  elsewhere.out_folder = world_.Path("other");
  auto report = world_.Run(elsewhere);
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message, HasSubstr(world_.Path("out")));

  const std::string detections = world_.Output("out/detections.ndjson");
  world_.Write("out/detections.ndjson", "");
  report = world_.Run(options);
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, "output-shorter");
  world_.Write("out/detections.ndjson", detections);

  world_.Write("a.log", world_.Lines(10));
  report = world_.Run(options);
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(world_.faults().Render(), HasSubstr("a.log"));
  EXPECT_THAT(world_.faults().Render(), HasSubstr("--state-repair"));

  // Put back, it goes on; a file that only grew is read as far as it was, then the rest.
  world_.Write("a.log", world_.Lines() + world_.Lines(0, 1));
  report = world_.Run(options);
  ASSERT_TRUE(report.has_value()) << report.error().message;
}

TEST_F(RestartTest, AnotherFolderTakesOnlyWhatIsNew) {
  const std::string one = world_.Write("1.log", world_.Lines(0, 1000));
  const std::string two = world_.Write("2.log", world_.Lines(1000));
  ASSERT_TRUE(world_.Run(world_.Options({one, two}, "plain")).has_value());
  ASSERT_TRUE(world_.Run(world_.Options({one}, "first", "state")).has_value());
  ASSERT_TRUE(world_.Run(world_.Options({two}, "second", "state")).has_value());
  EXPECT_TRUE(world_.Output("first/detections.ndjson") +
                  world_.Output("second/detections.ndjson") ==
              world_.Output("plain/detections.ndjson"));
}

}  // namespace
}  // namespace vedette
