#include "session/score.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace vedette {
namespace {

// Semantics 11.3 step 1: h = 50 of 10,000 active entities.
TEST(Rarity, Table) {
  struct Row {
    int64_t entity_days;  // over 30 days
    int64_t ppm;
  };
  for (const Row& row :
       {Row{0, 1'000'000}, Row{6, 996'016}, Row{75, 952'381}, Row{300, 833'333}, Row{1500, 500'000},
        Row{4500, 250'000}, Row{13'500, 100'000}, Row{27'000, 100'000}}) {
    EXPECT_EQ(RarityOf(row.entity_days, 30, 10'000).Ppm(), row.ppm) << row.entity_days;
  }
  EXPECT_EQ(RarityOf(0, 0, 0).Ppm(), 1'000'000);
  EXPECT_EQ(RarityOf(30, 30, 10).Ppm(), 500'000);  // h is at least 1
}

struct Piece {
  uint32_t group;
  const char* value;
  int64_t base;
  int64_t entity_days;
};

// Semantics 15.19: the worked session, to a millionth of a point.
TEST(Score, WorkedSession) {
  std::vector<Evidence> evidence;
  for (const Piece& p :
       {Piece{1, "p", 10, 75}, Piece{1, "p", 6, 300}, Piece{1, "q", 6, 300}, Piece{2, "uhd", 15, 6},
        Piece{3, "mail", 25, 1500}, Piece{4, "a", 20, 4500}, Piece{4, "b", 20, 4500},
        Piece{4, "c", 20, 4500}, Piece{4, "d", 20, 4500}, Piece{4, "e", 20, 4500}}) {
    const int64_t c = Contribution(p.base * kMicro, RarityOf(p.entity_days, 30, 10'000), kMicro);
    evidence.push_back({p.group, HashBytes(p.value, 0), c});
  }
  EXPECT_EQ(evidence[0].points_micro, 9'523'810);
  EXPECT_EQ(evidence[3].points_micro, 14'940'239);
  const Score score = ScoreSession(evidence);
  const auto group = [&](uint32_t wanted) {
    return std::find_if(score.groups.begin(), score.groups.end(),
                        [&](const auto& g) { return g.group == wanted; })
        ->points_micro;
  };
  EXPECT_NEAR(group(1), 11'291'576, 1);
  EXPECT_EQ(group(2), 14'940'239);
  EXPECT_EQ(group(3), 12'500'000);
  EXPECT_NEAR(group(4), 8'802'230, 2);
  EXPECT_NEAR(score.total_micro, 47'534'045, 3);
  EXPECT_EQ(score.counted_micro[1], 0);  // p again: the same evidence
  EXPECT_EQ(DisplayTenths(score.total_micro), 519);
  EXPECT_LT(score.total_micro, kNotableMicro);
  EXPECT_NEAR(score.total_micro + DecayOneDay(60 * kMicro), 101'877'485, 3);
}

TEST(Score, LabelsMultiplyWithinBounds) {
  EXPECT_EQ(FactorOf({}), kMicro);
  EXPECT_EQ(FactorOf({1'200'000, 1'100'000}), 1'320'000);
  EXPECT_EQ(FactorOf({1'300'000, 1'300'000}), 1'500'000);
  EXPECT_EQ(FactorOf({600'000, 600'000}), 500'000);
  EXPECT_EQ(Weighted(47'534'045, 1'200'000), 57'040'854);
  EXPECT_EQ(Weighted(47'534'045, kMicro), 47'534'045);
}

TEST(Score, DisplayMapsTheBands) {
  EXPECT_EQ(DisplayTenths(0), 0);
  EXPECT_EQ(DisplayTenths(45 * kMicro), 500);
  EXPECT_EQ(DisplayTenths(kNotableMicro), 750);
  EXPECT_NEAR(static_cast<double>(DisplayTenths(18'680'000)), 250, 1);
}

TEST(Score, DoesNotDependOnTheOrderOfEvidence) {
  std::mt19937 random(5);
  std::vector<Evidence> evidence;
  for (int i = 0; i < 40; ++i) {
    evidence.push_back({static_cast<uint32_t>(random() % 5),
                        HashBytes(std::to_string(random() % 7), 0),
                        static_cast<int64_t>(random() % 30) * kMicro, random() % 4 == 0});
  }
  const Score first = ScoreSession(evidence);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(evidence.begin(), evidence.end(), random);
    const Score again = ScoreSession(evidence);
    EXPECT_EQ(again.total_micro, first.total_micro);
    ASSERT_EQ(again.groups.size(), first.groups.size());
    for (size_t g = 0; g < again.groups.size(); ++g)
      EXPECT_EQ(again.groups[g].group, first.groups[g].group);
  }
}

TEST(Score, RepeatsSaturateUnder2Point612OfTheLargest) {
  std::vector<Evidence> evidence;
  for (int i = 0; i < 5000; ++i)
    evidence.push_back({1, HashBytes(std::to_string(i), 0), 10 * kMicro});
  EXPECT_LT(ScoreSession(evidence).total_micro, 26'120'000 + 5000);
}

TEST(Score, LadderAddsCountsEveryPiece) {
  const Hash128 value = HashBytes("v", 0);
  EXPECT_EQ(ScoreSession({{1, value, 10 * kMicro}, {1, value, 6 * kMicro}}).total_micro,
            10 * kMicro);
  EXPECT_GT(ScoreSession({{1, value, 10 * kMicro, true}, {1, value, 6 * kMicro, true}}).total_micro,
            10 * kMicro);
}

}  // namespace
}  // namespace vedette
