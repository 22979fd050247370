#include "engine/reorder.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vedette {
namespace {

using testing::ElementsAre;

// Events of these minutes, arrived in this order; the number of each is its id.
std::vector<ParsedBlockPtr> Arrivals(const std::vector<int64_t>& minutes,
                                     const std::vector<size_t>& cuts = {}) {
  std::vector<ParsedBlockPtr> blocks{std::make_shared<ParsedBlock>()};
  for (size_t i = 0; i < minutes.size(); ++i) {
    if (std::find(cuts.begin(), cuts.end(), i) != cuts.end())
      blocks.push_back(std::make_shared<ParsedBlock>());
    Event* event = blocks.back()->batch.Add();
    event->time = Timestamp{minutes[i] * kNanosPerMinute};
    event->id = {0, i};
    event->position.offset = i;
  }
  for (ParsedBlockPtr& block : blocks) {
    std::vector<Event*>& events = block->batch.events;
    std::sort(events.begin(), events.end(),
              [](const Event* a, const Event* b) { return EventBefore(*a, *b); });
  }
  return blocks;
}

std::string Describe(const ParsedBlock& run) {
  std::string text;
  for (const Event* event : run.batch.events) {
    text += fmt::format("{}{}{} ", event->time.ns / kNanosPerMinute, event->late ? "L" : "",
                        event->train_only ? "T" : "");
  }
  return text;
}

std::string RunThrough(ReorderBuffer& buffer, const std::vector<ParsedBlockPtr>& blocks) {
  std::string text;
  for (const ParsedBlockPtr& block : blocks) {
    buffer.Add(block);
    while (ParsedBlockPtr run = buffer.Release()) text += Describe(*run);
  }
  buffer.End();
  while (ParsedBlockPtr run = buffer.Release()) text += Describe(*run);
  return text;
}

std::string Ordered(const std::vector<int64_t>& minutes, ReorderBuffer::Options options = {}) {
  ReorderBuffer buffer(options);
  return RunThrough(buffer, Arrivals(minutes));
}

TEST(ReorderTest, WithinTheLatenessEventsComeInOrder) {
  EXPECT_EQ(Ordered({5, 3, 9, 4, 12, 2}), "2 3 4 5 9 12 ");
}

TEST(ReorderTest, TheWatermarkItselfIsNotLate) {
  EXPECT_EQ(Ordered({20, 10}), "10 20 ");
  EXPECT_EQ(Ordered({20, 9}), "9L 20 ");
}

TEST(ReorderTest, ALateEventComesAfterWhatWasDueWhenItArrived) {
  EXPECT_EQ(Ordered({5, 8, 30, 6, 31}), "5 8 6L 30 31 ");
}

TEST(ReorderTest, VeryLateEventsOnlyTeach) {
  const int64_t week = 7 * 24 * 60;
  EXPECT_EQ(Ordered({week + 100, 100, 99}), fmt::format("100L 99LT {} ", week + 100));
}

TEST(ReorderTest, NothingIsReleasedBeforeItsTime) {
  ReorderBuffer buffer({});
  buffer.Add(Arrivals({100, 105})[0]);
  EXPECT_EQ(buffer.Release(), nullptr);
  EXPECT_EQ(buffer.watermark(), Timestamp{95 * kNanosPerMinute});
  buffer.Add(Arrivals({111})[0]);
  const ParsedBlockPtr run = buffer.Release();
  ASSERT_NE(run, nullptr);
  EXPECT_EQ(Describe(*run), "100 ");
  EXPECT_EQ(buffer.waiting(), 2u);
}

TEST(ReorderTest, HowArrivalsAreCutIntoBlocksDoesNotMatter) {
  std::mt19937 random(17);
  for (int round = 0; round < 50; ++round) {
    std::vector<int64_t> minutes;
    for (int i = 0; i < 200; ++i) {
      minutes.push_back(i -
                        static_cast<int>(random() % 100 < 5 ? random() % 12'000 : random() % 15));
    }
    const std::string expected = Ordered(minutes);
    std::vector<size_t> cuts;
    for (int i = 0; i < 20; ++i) cuts.push_back(1 + random() % 199);
    std::sort(cuts.begin(), cuts.end());
    ReorderBuffer buffer({});
    EXPECT_EQ(RunThrough(buffer, Arrivals(minutes, cuts)), expected);
  }
}

TEST(ReorderTest, WhenTooManyWaitTheOldestGoes) {
  ReorderBuffer buffer({.max_events = 3});
  EXPECT_EQ(RunThrough(buffer, Arrivals({1, 2, 3, 4, 5}, {4})), "1 2 3 4 5 ");
  EXPECT_GT(buffer.hurried(), 0u);
  ReorderBuffer strict({.max_events = 3});
  EXPECT_EQ(RunThrough(strict, Arrivals({2, 3, 4, 5, 1})), "2 1L 3 4 5 ");
}

TEST(ReorderTest, TheEndsOfTheCalendarAreNoTrap) {
  ReorderBuffer buffer({});
  auto block = std::make_shared<ParsedBlock>();
  for (int64_t ns : {INT64_MIN, INT64_MAX, INT64_MIN + 5, int64_t{0}}) {
    Event* event = block->batch.Add();
    event->time = Timestamp{ns};
    event->position.offset = block->batch.events.size();
  }
  buffer.Add(block);
  buffer.End();
  const ParsedBlockPtr run = buffer.Release();
  ASSERT_NE(run, nullptr);
  EXPECT_EQ(run->batch.events.size(), 4u);
  EXPECT_EQ(std::count_if(run->batch.events.begin(), run->batch.events.end(),
                          [](const Event* event) { return event->train_only; }),
            2);
}

}  // namespace
}  // namespace vedette
