#include "simulate/dirt.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vedette::simulate {
namespace {

namespace fs = std::filesystem;

class DirtTest : public ::testing::Test {
 protected:
  DirtTest()
      : folder_(fs::temp_directory_path() /
                fmt::format("vedette-dirt-{}-{}",
                            ::testing::UnitTest::GetInstance()->current_test_info()->name(),
                            ::getpid())) {}
  ~DirtTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  // Sends 20,000 numbered lines, ten seconds apart, and reads them back.
  std::vector<std::string> Send(bool dirty, int label, DirtCounts* counts = nullptr) {
    LogFiles files(folder_);
    LogStream stream({.dirty = dirty, .seed = 4}, files);
    for (int i = 0; i < kLines; ++i) {
      const Timestamp time{(kDay * 24 * 3600 + i * 10) * kNanosPerSecond};
      stream.Add(time, Product::kDtex, fmt::format("line {:06} of some length", i), label);
      stream.Advance(time);
    }
    EXPECT_TRUE(stream.Finish());
    if (counts != nullptr) *counts = stream.counts();
    std::vector<std::string> lines;
    for (std::string_view week : {"W02", "W03"}) {
      std::ifstream in(folder_ / fmt::format("logs/dtex_intercept/2026-{}.log", week));
      for (std::string line; std::getline(in, line);) lines.push_back(line);
    }
    return lines;
  }

  static constexpr int kLines = 20'000;
  static constexpr int64_t kDay = 20'463;  // a Saturday

  fs::path folder_;
};

TEST_F(DirtTest, LeavesCleanLinesAlone) {
  const std::vector<std::string> lines = Send(false, -1);
  ASSERT_EQ(lines.size(), static_cast<size_t>(kLines));
  for (int i = 0; i < kLines; ++i) {
    EXPECT_EQ(lines[static_cast<size_t>(i)], fmt::format("line {:06} of some length", i));
  }
}

TEST_F(DirtTest, CountsWhatItDoes) {
  DirtCounts counts;
  const std::vector<std::string> lines = Send(true, -1, &counts);
  EXPECT_EQ(lines.size(), static_cast<size_t>(kLines + counts.duplicates));
  int broken = 0, displaced = 0;
  std::string before;
  for (const std::string& line : lines) {
    const bool whole =
        line.size() == 26 && line.starts_with("line ") && line.ends_with(" of some length");
    broken += !whole;
    if (!whole) continue;
    displaced += line < before;
    before = line;
  }
  // A line cut at its end or with one byte changed may still look whole.
  EXPECT_NEAR(broken, counts.broken, 6);
  EXPECT_GT(counts.out_of_order, 400);
  EXPECT_GT(counts.late, 10);
  EXPECT_GT(displaced, 300);
}

TEST_F(DirtTest, NeverBreaksLinesOfStories) {
  DirtCounts counts;
  for (const std::string& line : Send(true, 0, &counts)) {
    EXPECT_TRUE(line.size() == 26 && line.starts_with("line ") && line.ends_with(" of some length"))
        << line;
  }
  EXPECT_EQ(counts.broken, 0);
  EXPECT_GT(counts.duplicates, 0);
}

TEST(ClockSkewTest, IsRareAndSmallAndStaysWithTheMachine) {
  const DirtOptions dirty{.dirty = true, .seed = 2};
  int wrong = 0;
  for (uint32_t machine = 0; machine < 1000; ++machine) {
    const Nanoseconds skew = ClockSkew(dirty, machine);
    wrong += skew.count() != 0;
    EXPECT_LE(std::abs(skew.count()), 420 * kNanosPerSecond);
    EXPECT_EQ(skew, ClockSkew(dirty, machine));
    EXPECT_EQ(ClockSkew({.dirty = false, .seed = 2}, machine).count(), 0);
  }
  EXPECT_GT(wrong, 10);
  EXPECT_LT(wrong, 60);
}

}  // namespace
}  // namespace vedette::simulate
