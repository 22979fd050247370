#include "engine/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vedette {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class ProgressTest : public testing::Test {
 protected:
  ProgressReporter::Clock::time_point now_{std::chrono::hours(1)};
  Progress progress_{true, 2'000'000'000, 500'000'000, 1'250'000, 1'200'000, 0};
};

TEST_F(ProgressTest, NothingIsSaidWhenNobodyWatches) {
  ProgressReporter reporter(false);
  EXPECT_FALSE(reporter.Update(progress_, now_));
  EXPECT_EQ(reporter.Finish(), "");
}

TEST_F(ProgressTest, ALineSaysHowFarItIs) {
  ProgressReporter reporter(true);
  reporter.Update(progress_, now_);
  progress_.bytes_read = 1'000'000'000;
  progress_.events_total += 500'000;
  const std::optional<std::string> line =
      reporter.Update(progress_, now_ + std::chrono::seconds(2));
  ASSERT_TRUE(line);
  EXPECT_EQ(*line, "\rreading  50%  1 GB of 2 GB  1.25 M lines  250 k events/s\x1b[K");
}

TEST_F(ProgressTest, ItIsRedrawnAtMostFiveTimesASecond) {
  ProgressReporter reporter(true);
  int drawn = 0;
  for (int ms = 0; ms < 2'000; ms += 10) {
    progress_.surveying = ms < 1'000;  // a change of phase is no excuse
    drawn += reporter.Update(progress_, now_ + milliseconds(ms)).has_value();
  }
  EXPECT_EQ(drawn, 10);
}

TEST_F(ProgressTest, JudgingHasItsOwnRate) {
  ProgressReporter reporter(true);
  reporter.Update(progress_, now_);
  progress_ = {false, 2'000'000'000, 2'000'000'000, 5'000'000, 4'000'000, 0};
  reporter.Update(progress_, now_ + std::chrono::seconds(10));
  progress_.events_judged = 3'000'000;
  const std::optional<std::string> line =
      reporter.Update(progress_, now_ + std::chrono::seconds(20));
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr("judging  75%  3 M of 4 M events  300 k events/s"));
}

TEST_F(ProgressTest, TheLineIsClearedAtTheEnd) {
  ProgressReporter reporter(true);
  EXPECT_EQ(reporter.Finish(), "");
  reporter.Update(progress_, now_);
  EXPECT_EQ(reporter.Finish(), "\r\x1b[K");
  EXPECT_EQ(reporter.Finish(), "");
}

}  // namespace
}  // namespace vedette
