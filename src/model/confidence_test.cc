#include "model/confidence.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/magnitude.h"
#include "model/count_histogram.h"

namespace vedette {
namespace {

// Semantics 15.3: the table of 4.3.
TEST(Convergence, ConfidenceTable) {
  struct Row {
    uint32_t alpha_percent;
    uint64_t n, c;
    double confidence;
    bool open;
  };
  for (const Row& row :
       {Row{200, 9, 1, 0.7901, false}, Row{200, 10, 1, 0.8100, true},
        Row{200, 10, 2, 0.6400, false}, Row{200, 19, 2, 0.8006, true}, Row{80, 4, 1, 0.7944, false},
        Row{80, 5, 1, 0.8365, true}, Row{100, 5, 1, 0.8000, true}, Row{100, 160, 40, 0.7500, false},
        Row{100, 200, 40, 0.8000, true}}) {
    const Convergence gate{row.alpha_percent, 1, 800'000};
    EXPECT_NEAR(gate.Confidence(row.n, row.c), row.confidence, 5e-5);
    EXPECT_EQ(gate.IsOpen(row.n, row.c), row.open)
        << row.alpha_percent << " " << row.n << " " << row.c;
  }
}

TEST(Convergence, NeedsTheLeastNumberOfPoints) {
  EXPECT_FALSE((Convergence{100, 10, 800'000}.IsOpen(9, 1)));
  EXPECT_TRUE((Convergence{100, 10, 800'000}.IsOpen(10, 1)));
  EXPECT_FALSE((Convergence{100, 0, 800'000}.IsOpen(0, 0)));
}

TEST(Convergence, IntegersAgreeWithFloatingPointAwayFromTheEdge) {
  for (uint32_t alpha : {50u, 100u, 200u}) {
    const Convergence gate{alpha, 1, 800'000};
    for (uint64_t n = 1; n < 400; ++n) {
      for (uint64_t c = 1; c <= n; ++c) {
        const double confidence = std::pow(double(n - c) / double(n), alpha / 100.0);
        if (std::fabs(confidence - 0.8) < 1e-9) continue;
        EXPECT_EQ(gate.IsOpen(n, c), confidence >= 0.8) << n << " " << c;
      }
    }
  }
  EXPECT_TRUE((Convergence{200, 1, 800'000}.IsOpen(uint64_t{1} << 60, 5)));
}

// Semantics 15.4: the threshold vectors of 4.5, q = 0.1.
TEST(CountHistogram, ThresholdVectors) {
  const auto threshold = [](std::vector<uint32_t> counts) {
    CountHistogram histogram;
    for (uint32_t count : counts) histogram.Move(0, count);
    return histogram.Threshold(100'000);
  };
  EXPECT_EQ(threshold({60, 25, 8, 4, 3}), 8u);
  EXPECT_EQ(threshold(std::vector<uint32_t>(20, 5)), 5u);
  EXPECT_EQ(threshold({97, 1, 1, 1}), 97u);
  EXPECT_EQ(threshold({90, 10}), 90u);
  EXPECT_EQ(threshold({91, 9}), 91u);
  EXPECT_EQ(threshold({50, 45, 5}), 45u);
  EXPECT_EQ(threshold({}), 0u);
}

TEST(CountHistogram, MovesValuesBetweenCounts) {
  CountHistogram histogram;
  histogram.Move(0, 1);
  histogram.Move(0, 1);
  histogram.Move(1, 2);
  EXPECT_EQ(histogram.Threshold(500'000), 2u);  // counts 1 and 2: 1 does not exceed 1.5
  histogram.Move(2, 0);
  EXPECT_EQ(histogram.Threshold(500'000), 1u);
}

// Semantics 15.8: exact powers for every base that content may name.
TEST(Magnitude, Vectors) {
  const auto of = [](const char* base, int64_t value) {
    return MagnitudeScale::Make(base)->Of(value);
  };
  struct Case {
    const char* base;
    int64_t value;
    int magnitude;
  };
  for (const Case& c :
       {Case{"2", 1, 0}, {"2", 2, 1},         {"2", 3, 1},        {"2", 4, 2},
        {"2", 7, 2},     {"2", 8, 3},         {"2", 10, 3},       {"2", 12, 3},
        {"2", 30, 4},    {"2", 131071, 16},   {"2", 131072, 17},  {"2", 5242880, 22},
        {"6", 7, 1},     {"6", 30, 1},        {"6", 36, 2},       {"6", 131072, 6},
        {"10", 10, 1},   {"10", 30, 1},       {"10", 5000000, 6}, {"2", 0, -1},
        {"2", -5, -1},   {"2", INT64_MAX, 62}}) {
    EXPECT_EQ(of(c.base, c.value), c.magnitude) << c.base << " " << c.value;
  }
}

TEST(Magnitude, ExactPowersOfBases2To10And1Point5) {
  for (int base : {2, 3, 5, 6, 10}) {
    const auto scale = MagnitudeScale::Make(std::to_string(base));
    int64_t power = 1;
    for (int m = 0; power <= INT64_MAX / base; ++m, power *= base) {
      EXPECT_EQ(scale->Of(power), m);
      EXPECT_EQ(scale->Of(power - 1), m - 1);
    }
  }
  const auto scale = MagnitudeScale::Make("1.5");
  // 1.5^2 = 2.25, so 3 is the first whole number; 1.5^3 = 3.375: 4.
  EXPECT_EQ(scale->Of(2), 1);
  EXPECT_EQ(scale->Of(3), 2);
  EXPECT_EQ(scale->Of(4), 3);
  for (const char* base : {"1", "0.5", "x", "", "2..5"})
    EXPECT_FALSE(MagnitudeScale::Make(base).has_value()) << base;
}

}  // namespace
}  // namespace vedette
