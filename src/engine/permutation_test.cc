// In which order events arrive does not matter as long as none is later than the lateness; and one
// that is takes nothing back.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/content_sink.h"
#include "engine/event_stream.h"
#include "engine/restart_world.h"
#include "store/answers_json.h"

namespace vedette {
namespace {

constexpr int kSeeds = 200;
constexpr int kDays = 14;

struct Line {
  Timestamp time;
  std::string text;
};

struct Outcome {
  std::vector<std::pair<Timestamp, std::string>> detections;  // without where their lines lay
  std::string all;                                            // detections and sessions
  uint64_t late = 0;
  uint64_t late_train_only = 0;
};

class PermutationTest : public ::testing::Test {
 protected:
  PermutationTest() {
    std::istringstream text(world_.Lines(0, world_.Day(kDays)));
    for (std::string line; std::getline(text, line);) {
      const size_t when = line.find("\"when\":\"") + 8;
      lines_.push_back({{*ParseIso8601(line.substr(when, line.find('"', when) - when))}, line});
    }
  }

  // What comes of lines that arrive over a pipe that somebody goes on writing to.
  Outcome Judged(const std::vector<Line>& lines, Nanoseconds lateness) {
    std::string text;
    for (const Line& line : lines) text += line.text + "\n";
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_GE(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 18), static_cast<int>(text.size()));
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    Outcome outcome =
        JudgedFrom({{fmt::format("/dev/fd/{}", ends[0]), true, 0}}, lateness, /*live=*/true);
    ::close(ends[0]);
    return outcome;
  }

  Outcome JudgedFrom(std::vector<SourceFile> sources, Nanoseconds lateness, bool live) {
    const ContentSet& content = world_.content();
    Accounting accounting;
    Diagnostics faults;
    EventStreamOptions options;
    options.lateness = lateness;
    options.live_pipes = live;
    Judge judge(content.library.schema, content.rules, content.compiler.program(), content.tables,
                {});
    EventStream stream(std::move(sources), options, MakeContentSinks(content, Timestamp{INT64_MAX}),
                       accounting, faults);
    Outcome outcome;
    std::vector<Detection> detections;
    const auto write = [&] {
      for (Detection& detection : detections) {
        detection.position = {};
        std::string line;
        AppendDetectionLine(line, detection, content.rules, content.library.schema, {});
        outcome.all += line;
        outcome.detections.emplace_back(detection.time, std::move(line));
      }
      detections.clear();
    };
    while (const BatchPtr batch = stream.Next()) {
      judge.Process(batch->events, detections);
      write();
    }
    judge.Finish(detections);
    write();
    for (const Session& session : judge.FinishSessions())
      AppendSessionLine(outcome.all, session, content.rules);
    EXPECT_FALSE(faults.has_errors()) << faults.Render();
    EXPECT_FALSE(accounting.Imbalance());
    outcome.late = accounting.Count(Bucket::kLate);
    outcome.late_train_only = accounting.Count(Bucket::kLateTrainOnly);
    return outcome;
  }

  RestartWorld world_;
  std::vector<Line> lines_;
};

Nanoseconds PickLateness(std::mt19937& random) {
  constexpr std::chrono::minutes kChoices[] = {std::chrono::minutes(10), std::chrono::hours(1),
                                               std::chrono::hours(6), std::chrono::hours(36)};
  return kChoices[random() % 4];
}

// Semantics 15.20.
TEST_F(PermutationTest, WithinTheLatenessNothingChanges) {
  std::string text;
  for (const Line& line : lines_) text += line.text + "\n";
  const std::string file = world_.Write("sorted.log", text);
  const Outcome sorted =
      JudgedFrom({{file, false, text.size()}}, std::chrono::minutes(10), /*live=*/false);
  ASSERT_GT(sorted.detections.size(), 100u);
  size_t moved = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const Nanoseconds lateness = PickLateness(random);
    // An event that is delayed by at most the lateness is never behind the watermark.
    std::vector<std::pair<int64_t, size_t>> arrivals;
    for (size_t i = 0; i < lines_.size(); ++i) {
      const auto delay = static_cast<int64_t>(random() % 3 == 0 ? 0 : random());
      arrivals.emplace_back(
          lines_[i].time.ns + delay % (lateness.count() / kNanosPerSecond + 1) * kNanosPerSecond,
          i);
    }
    std::shuffle(arrivals.begin(), arrivals.end(), random);  // what arrives at once, in any order
    std::stable_sort(arrivals.begin(), arrivals.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Line> permuted;
    for (size_t i = 0; i < arrivals.size(); ++i) {
      moved += arrivals[i].second != i;
      permuted.push_back(lines_[arrivals[i].second]);
    }
    const Outcome outcome = Judged(permuted, lateness);
    ASSERT_EQ(outcome.late + outcome.late_train_only, 0u) << "seed " << seed;
    ASSERT_TRUE(outcome.all == sorted.all) << "seed " << seed;
  }
  EXPECT_GT(moved, lines_.size() * kSeeds / 4);
}

// Semantics 15.21: what was told stays told, byte for byte; the late event is counted, and speaks
// for itself only.
TEST_F(PermutationTest, ALateEventTakesNothingBackAndIsCounted) {
  size_t told_before = 0, told_late = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const Nanoseconds lateness = PickLateness(random);
    const size_t arrives = lines_.size() / 2 + random() % (lines_.size() / 2);
    const Timestamp watermark{lines_[arrives - 1].time.ns - lateness.count()};
    // Somebody known at a door that nobody knows, up to ten days before.
    const bool train_only = random() % 4 == 0;
    const int64_t behind =
        train_only ? 7 * kNanosPerDay + lateness.count() + (1 + random() % 3'600) * kNanosPerSecond
                   : lateness.count() + (1 + random() % (3 * 86'400)) * kNanosPerSecond;
    const Timestamp then{lines_[arrives - 1].time.ns - behind};
    const Line late{then, fmt::format("{{\"product\":\"door-guard\",\"uid\":{},\"when\":\"{}\","
                                      "\"person\":\"p{}\",\"door\":\"secret\",\"kind\":\"odd\","
                                      "\"size\":70}}",
                                      100'000 + seed, FormatIso8601(then), random() % 25)};
    std::vector<Line> lines = lines_;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(arrives), late);
    const Outcome with = Judged(lines, lateness);
    EXPECT_EQ(with.late, train_only ? 0u : 1u) << "seed " << seed;
    EXPECT_EQ(with.late_train_only, train_only ? 1u : 0u) << "seed " << seed;

    const Outcome before =
        Judged({lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(arrives)}, lateness);
    size_t told = 0;
    while (told < before.detections.size() && before.detections[told].first < watermark) ++told;
    told_before += told;
    ASSERT_GE(with.detections.size(), told);
    for (size_t i = 0; i < told; ++i)
      ASSERT_EQ(with.detections[i].second, before.detections[i].second) << "seed " << seed;
    for (const auto& [time, line] : with.detections) {
      const bool is_late = line.find("\"late\":true") != std::string::npos;
      EXPECT_FALSE(is_late && train_only) << line;
      EXPECT_TRUE(!is_late || time == then) << line;
      told_late += is_late;
    }
  }
  EXPECT_GT(told_before, 1'000u);
  EXPECT_GT(told_late, 20u);
}

}  // namespace
}  // namespace vedette
