#include "simulate/random.h"

#include <vector>

#include <gtest/gtest.h>

namespace vedette::simulate {
namespace {

TEST(RandomTest, DrawsWhatSplitMix64Draws) {
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(RandomTest, GivesEachCombinationItsOwnStream) {
  EXPECT_NE(Random::Of(1, 2, 3).Next(), Random::Of(1, 3, 2).Next());
  EXPECT_NE(Random::Of(1, 2).Next(), Random::Of(2, 1).Next());
  EXPECT_EQ(Random::Of(1, 2, 3).Next(), Random::Of(1, 2, 3).Next());
}

TEST(RandomTest, StaysInRange) {
  Random random(5);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_LT(random.Below(7), 7u);
    const int64_t between = random.Between(-3, 3);
    EXPECT_TRUE(between >= -3 && between <= 3);
    const int64_t size = random.Size(4, 10);
    EXPECT_TRUE(size >= 16 && size < 1024);
    EXPECT_LT(random.Habitual(5), 5u);
  }
}

TEST(RandomTest, ReturnsToHabitsMostOfTheTime) {
  Random random(9);
  std::vector<int> counts(8);
  for (int i = 0; i < 80'000; ++i) ++counts[random.Habitual(8)];
  // (1/8)^(1/3) = 0.5; the last has 1 - (7/8)^(1/3) = 0.0435.
  EXPECT_NEAR(counts[0], 40'000, 800);
  EXPECT_NEAR(counts[7], 3'480, 250);
}

}  // namespace
}  // namespace vedette::simulate
