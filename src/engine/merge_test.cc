#include "engine/merge.h"

#include <random>

#include <gtest/gtest.h>

namespace vedette {
namespace {

Timestamp Minute(int64_t minute) { return Timestamp{minute * kNanosPerMinute}; }

ParsedBlockPtr BlockOf(const std::vector<std::pair<int64_t, uint64_t>>& times_and_ids) {
  auto block = std::make_shared<ParsedBlock>();
  for (const auto& [minute, id] : times_and_ids) {
    Event* event = block->batch.Add();
    event->time = Minute(minute);
    event->id = {id, id};
  }
  std::sort(block->batch.events.begin(), block->batch.events.end(),
            [](const Event* a, const Event* b) { return EventBefore(*a, *b); });
  return block;
}

Event EventOf(int64_t minute, uint64_t id) {
  Event event;
  event.time = Minute(minute);
  event.id = {id, id};
  return event;
}

TEST(MergeTest, GivesOutEverythingInOrder) {
  std::mt19937 random(11);
  for (size_t blocks : {1u, 2u, 3u, 10u, 100u}) {
    Merge merge;
    std::vector<std::pair<int64_t, uint64_t>> expected;
    for (size_t b = 0; b < blocks; ++b) {
      std::vector<std::pair<int64_t, uint64_t>> content;
      const size_t count = 1 + random() % 50;
      for (size_t i = 0; i < count; ++i) content.push_back({random() % 200, random() % 5});
      expected.insert(expected.end(), content.begin(), content.end());
      merge.Open(BlockOf(content));
    }
    std::sort(expected.begin(), expected.end());
    std::vector<std::pair<int64_t, uint64_t>> merged;
    for (; !merge.empty(); merge.Pop()) {
      merged.push_back({merge.Head()->time.ns / kNanosPerMinute, merge.Head()->id.high});
    }
    EXPECT_EQ(merged, expected);
  }
}

TEST(MergeTest, ABlockMayBeOpenedInTheMiddle) {
  Merge merge;
  merge.Open(BlockOf({{1, 1}, {5, 1}}));
  merge.Pop();
  merge.Open(BlockOf({{2, 1}, {7, 1}}));
  EXPECT_EQ(merge.Head()->time, Minute(2));
  merge.Pop();
  EXPECT_EQ(merge.Head()->time, Minute(5));
  merge.Pop();
  EXPECT_EQ(merge.Head()->time, Minute(7));
  EXPECT_EQ(merge.open_blocks(), 1u);
}

TEST(SeenIdsTest, TheWindowReachesBackExactlySoFar) {
  for (int64_t gap : {0, 69, 70}) {
    SeenIds seen(std::chrono::minutes(70));
    EXPECT_FALSE(seen.IsDuplicate(EventOf(100, 1)));
    EXPECT_TRUE(seen.IsDuplicate(EventOf(100 + gap, 1))) << gap;
  }
  SeenIds seen(std::chrono::minutes(70));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(100, 1)));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(171, 1)));
  // From then on the later one counts.
  EXPECT_TRUE(seen.IsDuplicate(EventOf(241, 1)));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(242, 1)));
}

TEST(SeenIdsTest, ALateCopyIsADuplicateToo) {
  SeenIds seen(std::chrono::minutes(70));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(100, 1)));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(120, 2)));
  EXPECT_TRUE(seen.IsDuplicate(EventOf(95, 1)));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(95, 3)));
}

TEST(SeenIdsTest, MemoryIsThatOfTheWindow) {
  SeenIds seen(std::chrono::minutes(70));
  for (int64_t minute = 0; minute < 10'000; ++minute)
    seen.IsDuplicate(EventOf(minute, static_cast<uint64_t>(minute)));
  EXPECT_EQ(seen.size(), 71u);
  EXPECT_EQ(seen.forgotten_early(), 0u);
}

TEST(SeenIdsTest, BeyondTheLimitTheOldestIsForgottenAndCounted) {
  SeenIds seen(std::chrono::minutes(70), 10);
  for (uint64_t id = 1; id <= 12; ++id) EXPECT_FALSE(seen.IsDuplicate(EventOf(5, id)));
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(seen.forgotten_early(), 2u);
  EXPECT_TRUE(seen.IsDuplicate(EventOf(5, 12)));
  EXPECT_FALSE(seen.IsDuplicate(EventOf(5, 1)));
}

TEST(EventOrderTest, TimeThenIdThenContentThenPosition) {
  Arena arena;
  Event a = EventOf(1, 5), b = EventOf(2, 1);
  EXPECT_TRUE(EventBefore(a, b));
  b.time = a.time;
  EXPECT_TRUE(EventBefore(b, a));
  b.id = a.id;
  // Equal in content: by position.
  a.position.offset = 7;
  b.position.offset = 8;
  EXPECT_TRUE(EventBefore(a, b));
  EXPECT_FALSE(EventBefore(b, a));
  EXPECT_FALSE(EventBefore(a, a));
  // Different in content: the same way round wherever they lie.
  a.Set(arena, 3, Value::String("ada"));
  b.Set(arena, 3, Value::String("bob"));
  const bool before = EventBefore(a, b);
  std::swap(a.position, b.position);
  EXPECT_EQ(EventBefore(a, b), before);
  EXPECT_EQ(EventBefore(b, a), !before);
}

}  // namespace
}  // namespace vedette
