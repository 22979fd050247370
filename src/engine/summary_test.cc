// What summary.json says of silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/restart_world.h"

namespace vedette {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SummaryTest, ADayWithoutALogSourceIsListedAsItsGap) {
  RestartWorld world;
  const auto gaps_of = [&](const std::string& log, const std::string& out) {
    EXPECT_TRUE(world.Run(world.Options({log}, out)).has_value());
    const std::string summary = world.Output(out + "/summary.json");
    const size_t at = summary.find("\"log_sources\"");
    EXPECT_NE(at, std::string::npos);
    return summary.substr(at, summary.find("\"lists\"") - at);
  };
  const std::string whole = gaps_of(world.Write("whole.log", world.Lines()), "whole");
  const char* a_working_day = "\"from\":\"2026-02-0.T..:00:00Z\",\"hours\":([89]|1[0-9])";
  EXPECT_THAT(whole, HasSubstr("\"hours_missing\":"));
  EXPECT_THAT(whole, Not(ContainsRegex(a_working_day)));
  // All of the second Monday is lost. Nights are no gaps.
  const std::string silent =
      gaps_of(world.Write("silent.log", world.Lines(0, world.Day(7)) + world.Lines(world.Day(8))),
              "silent");
  EXPECT_THAT(silent, ContainsRegex(a_working_day)) << silent;
}

}  // namespace
}  // namespace vedette
