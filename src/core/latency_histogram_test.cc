#include "core/latency_histogram.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace vedette {
namespace {

TEST(LatencyHistogramTest, IsZeroWhenNothingWasAdded) {
  const LatencyHistogram latencies;
  EXPECT_EQ(latencies.Percentile(500'000).count(), 0);
  EXPECT_EQ(latencies.most().count(), 0);
}

TEST(LatencyHistogramTest, AnswersTheHeadersExample) {
  LatencyHistogram latencies;
  for (int ns = 1; ns <= 1000; ++ns) latencies.Add(Nanoseconds(ns));
  EXPECT_EQ(latencies.Percentile(500'000).count(), 503);
  EXPECT_EQ(latencies.Percentile(1'000'000).count(), 1000);
  EXPECT_EQ(latencies.count(), 1000u);
}

TEST(LatencyHistogramTest, KeepsSmallDurationsExactly) {
  LatencyHistogram latencies;
  for (int ns = 0; ns < 128; ++ns) latencies.Add(Nanoseconds(ns));
  for (int64_t ns = 0; ns < 128; ++ns) {
    EXPECT_EQ(latencies.Percentile(static_cast<uint64_t>((ns + 1) * 1'000'000 / 128)).count(), ns);
  }
}

TEST(LatencyHistogramTest, IsAtMostASixtyFourthAboveSortedDurations) {
  std::mt19937_64 dice(7);
  LatencyHistogram latencies;
  std::vector<int64_t> sorted;
  for (int i = 0; i < 20'000; ++i) {
    sorted.push_back(static_cast<int64_t>(dice() >> (2 + dice() % 62)));
    latencies.Add(Nanoseconds(sorted.back()));
  }
  std::sort(sorted.begin(), sorted.end());
  for (uint64_t ppm : {1ul, 100'000ul, 500'000ul, 900'000ul, 990'000ul, 999'000ul, 1'000'000ul}) {
    const size_t rank = (sorted.size() * ppm + 999'999) / 1'000'000;
    const int64_t truth = sorted[rank - 1];
    const int64_t answer = latencies.Percentile(ppm).count();
    EXPECT_GE(answer, truth) << ppm;
    EXPECT_LE(answer, truth + truth / 64) << ppm;
  }
}

TEST(LatencyHistogramTest, CountsWhatLiesBeforeItsStartAsZero) {
  LatencyHistogram latencies;
  latencies.Add(Nanoseconds(-5));
  latencies.Add(Nanoseconds::max());
  EXPECT_EQ(latencies.Percentile(500'000).count(), 0);
  EXPECT_EQ(latencies.most(), Nanoseconds::max());
}

}  // namespace
}  // namespace vedette
