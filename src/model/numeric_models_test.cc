// Worked numbers of the numeric model kinds (semantics 4.6 to 4.9).
#include <bit>

#include <gtest/gtest.h>

#include "model/clustered.h"
#include "model/time_of_week.h"
#include "model/top.h"
#include "model/windows.h"

namespace vedette {
namespace {

Timestamp At(std::string_view text) { return *ParseIso8601(text); }
Hash128 Key(std::string_view text) { return HashBytes(text, 1); }

Probe NumberProbe(int64_t number, Timestamp time = {kNanosPerDay}) {
  Probe probe;
  probe.scope = Key("s");
  probe.number = number;
  probe.time = time;
  probe.local_day = time.days();
  probe.train = true;
  return probe;
}

ModelSpec Clustered() {
  ModelSpec spec;
  spec.kind = ModelKind::kClustered;
  spec.bin_width = 5;
  return spec;
}

// Semantics 15.6.
TEST(Clustered, WorkedExample) {
  const ModelSpec spec = Clustered();
  ClusteredMemory memory(spec);
  for (int64_t x :
       {12, 15, 9, 20, 18, 14, 11, 16, 22, 13, 17, 10, 19, 15, 14, 12, 21, 16, 13, 18}) {
    memory.Train(NumberProbe(x), Answer{});
  }
  Answer answer = memory.Ask(NumberProbe(25));
  EXPECT_TRUE(answer.converged);
  EXPECT_EQ(answer.total, 20u);
  EXPECT_EQ(answer.distinct, 4u);
  EXPECT_NEAR(answer.boundary, 25.021007, 1e-6);
  EXPECT_EQ(answer.band, Band::kNone);
  EXPECT_EQ(memory.Ask(NumberProbe(26)).band, Band::kSmall);
  EXPECT_EQ(memory.Ask(NumberProbe(60)).band, Band::kMedium);
  EXPECT_EQ(memory.Ask(NumberProbe(120)).band, Band::kLarge);
}

// The moments of the worked values, and the same bits from every compiler.
TEST(Clustered, MomentsAndBits) {
  const GammaFit fit = FitGamma(20, 305, 4905, 5);
  EXPECT_DOUBLE_EQ(fit.mean, 15.25);
  EXPECT_NEAR(fit.variance, 13.355263, 1e-6);
  EXPECT_NEAR(fit.shape, 17.413547, 1e-6);
  EXPECT_NEAR(fit.scale, 0.875755, 1e-6);
  EXPECT_NEAR(fit.boundary, 25.021007, 1e-6);
  EXPECT_EQ(std::bit_cast<uint64_t>(fit.boundary), 0x4039'0560'B9D9'D390ULL);
  EXPECT_NEAR(26 / fit.boundary, 1.039, 5e-4);
  EXPECT_NEAR(60 / fit.boundary, 2.398, 5e-4);
  EXPECT_NEAR(120 / fit.boundary, 4.796, 5e-4);

  // 1, 2, 1, 3, 50, 2, 1, 4, 2, 1, 90, 3
  const GammaFit bursty = FitGamma(12, 160, 10650, 5);
  EXPECT_NEAR(bursty.shape, 0.2296, 5e-5);
  EXPECT_TRUE(bursty.bursty);
  EXPECT_EQ(bursty.boundary, 0);
}

TEST(Clustered, HostileNumbersStopAtTheLargest) {
  for (Aggregate aggregate : {Aggregate::kEvent, Aggregate::kSessionSum}) {
    ModelSpec spec = Clustered();
    spec.aggregate = aggregate;
    ClusteredMemory memory(spec);
    Probe probe = NumberProbe(INT64_MAX);
    for (int i = 0; i < 60; ++i) {
      probe.local_day += i % 3 == 0;
      memory.Train(probe, memory.Ask(probe));
    }
    probe.local_day += 1;
    probe.number = 10;
    const Answer answer = memory.Ask(probe);
    EXPECT_TRUE(answer.converged);
    EXPECT_GT(answer.boundary, 1e18);
    EXPECT_EQ(answer.band, Band::kNone);
  }
}

TEST(Clustered, BurstyNumbersFallBackToMagnitude) {
  ModelSpec spec = Clustered();
  spec.bin_width = 100;
  ClusteredMemory memory(spec);
  for (int64_t x : {1, 2, 1, 3, 50, 2, 1, 4, 2, 1, 90, 3}) memory.Train(NumberProbe(x), Answer{});
  EXPECT_TRUE(memory.Ask(NumberProbe(100)).boundary_by_magnitude);
  EXPECT_EQ(memory.Ask(NumberProbe(127)).band, Band::kNone);  // 64 to 127 was reached by 90
  EXPECT_EQ(memory.Ask(NumberProbe(128)).band, Band::kSmall);
  EXPECT_EQ(memory.Ask(NumberProbe(256)).band, Band::kMedium);
}

TEST(Clustered, AnAbnormalNumberIsLearnedCappedAtTheBoundary) {
  const ModelSpec spec = Clustered();
  ClusteredMemory capped(spec);
  ClusteredMemory naive(spec);
  for (int i = 0; i < 40; ++i) {
    for (ClusteredMemory* m : {&capped, &naive}) m->Train(NumberProbe(10 + i % 7), Answer{});
  }
  const Answer answer = capped.Ask(NumberProbe(5000));
  EXPECT_EQ(answer.band, Band::kLarge);
  capped.Train(NumberProbe(5000), answer);
  naive.Train(NumberProbe(5000), Answer{});
  EXPECT_LT(capped.Ask(NumberProbe(1)).boundary, 25);
  EXPECT_EQ(capped.Ask(NumberProbe(5000)).band, Band::kLarge);
  EXPECT_TRUE(naive.Ask(NumberProbe(1)).boundary_by_magnitude);
}

TEST(Clustered, EqualNumbersGiveOneBinOfRoom) {
  const ModelSpec spec = Clustered();
  ClusteredMemory memory(spec);
  for (int i = 0; i < 20; ++i) memory.Train(NumberProbe(10), Answer{});
  EXPECT_DOUBLE_EQ(memory.Ask(NumberProbe(10)).boundary, 15);
  EXPECT_EQ(memory.Ask(NumberProbe(15)).band, Band::kNone);
  EXPECT_EQ(memory.Ask(NumberProbe(16)).band, Band::kSmall);
}

TEST(Clustered, SessionSumsAreJudgedAsTheyGrowAndLearnedWhenTheDayEnds) {
  ModelSpec spec = Clustered();
  spec.aggregate = Aggregate::kSessionSum;
  ClusteredMemory memory(spec);
  Timestamp day = At("2026-01-01T10:00:00Z");
  for (int i = 0; i < 25; ++i, day = day + std::chrono::hours(24)) {
    for (int part = 0; part < 2; ++part) {
      const Probe probe = NumberProbe(10, day);
      memory.Train(probe, memory.Ask(probe));
    }
  }
  const Answer first = memory.Ask(NumberProbe(20, day));
  EXPECT_EQ(first.total, 25u);  // one number a day
  EXPECT_EQ(first.number, 20);
  EXPECT_EQ(first.band, Band::kNone);
  memory.Train(NumberProbe(20, day), first);
  const Answer second = memory.Ask(NumberProbe(20, day));
  EXPECT_EQ(second.number, 40);
  EXPECT_EQ(second.band, Band::kSmall);
}

// Semantics 15.7: both shares, and the wrap from Sunday to Monday.
TEST(TimeOfWeek, WorkedExample) {
  ModelSpec spec;
  spec.kind = ModelKind::kTimeOfWeek;
  spec.percentile_ppm = 50'000;
  ModelSpec wide = spec;
  wide.percentile_ppm = 100'000;
  TimeOfWeekMemory memory(spec);
  TimeOfWeekMemory wide_memory(wide);
  const auto probe = [](int day, int hour) {
    Probe p;
    p.scope = Key("s");
    p.hour_of_week = day * 24 + hour;
    p.time = {kNanosPerDay};
    return p;
  };
  for (int week = 0; week < 5; ++week) {
    EXPECT_FALSE(memory.Ask(probe(1, 18)).converged);  // after four weeks N = 160: 0.75
    for (int day = 0; day < 5; ++day) {
      for (int hour = 9; hour <= 16; ++hour) {
        memory.Train(probe(day, hour));
        wide_memory.Train(probe(day, hour));
      }
    }
  }
  EXPECT_TRUE(memory.Ask(probe(1, 18)).converged);
  EXPECT_EQ(memory.Ask(probe(1, 18)).threshold, 5u);
  EXPECT_TRUE(memory.Ask(probe(1, 18)).unusual_hour);
  EXPECT_FALSE(memory.Ask(probe(1, 8)).unusual_hour);
  EXPECT_EQ(wide_memory.Ask(probe(1, 8)).threshold, 15u);
  EXPECT_TRUE(wide_memory.Ask(probe(1, 8)).unusual_hour);
  EXPECT_FALSE(wide_memory.Ask(probe(1, 12)).unusual_hour);

  TimeOfWeekMemory wrap(spec);
  for (int i = 0; i < 10; ++i) wrap.Train(probe(6, 23));
  EXPECT_FALSE(wrap.Ask(probe(0, 0)).unusual_hour);
  EXPECT_TRUE(wrap.Ask(probe(0, 1)).unusual_hour);
}

Probe WindowProbe(std::string_view counter, std::string_view value, int64_t number,
                  Timestamp time) {
  Probe probe = NumberProbe(number, time);
  probe.counter = Key(counter);
  probe.value = Key(value);
  return probe;
}

ModelSpec Window(ModelKind kind, int min_magnitude) {
  ModelSpec spec;
  spec.kind = kind;
  spec.memory = std::chrono::hours(24 * 120);
  spec.min_magnitude = min_magnitude;
  return spec;
}

bool Triggers(const Answer& answer, const ModelSpec& spec) {
  return answer.magnitude >= spec.min_magnitude && answer.magnitude > answer.live_magnitude;
}

// Semantics 15.9: the timeline of counts; scope Finance, one counter per user, and a baseline of 8
// from before.
TEST(Windows, CountTimeline) {
  const ModelSpec spec = Window(ModelKind::kWindowCount, 2);
  WindowMemory memory(spec, *MagnitudeScale::Make("2"));
  const auto send = [&](std::string_view user, int times, Timestamp from, Nanoseconds step) {
    std::vector<int64_t> fired;
    for (int i = 0; i < times; ++i) {
      const Probe probe = WindowProbe(user, "", 0, from + step * i);
      const Answer answer = memory.Ask(probe);
      if (Triggers(answer, spec)) fired.push_back(answer.number);
      memory.Train(probe, answer);
    }
    return fired;
  };
  const Nanoseconds minute = std::chrono::minutes(1);
  send("z", 8, At("2026-02-20T10:00:00Z"), minute);  // Lmax = 3
  EXPECT_EQ(send("u", 8, At("2026-03-02T08:30:00Z"), minute), std::vector<int64_t>{});
  EXPECT_EQ(send("u", 8, At("2026-03-02T10:08:00Z"), minute), std::vector<int64_t>{16});
  EXPECT_EQ(send("u", 15, At("2026-03-02T10:16:00Z"), minute), std::vector<int64_t>{});
  EXPECT_EQ(send("u", 1, At("2026-03-02T15:40:00Z"), minute), std::vector<int64_t>{32});
  EXPECT_EQ(send("v", 20, At("2026-03-03T10:41:00Z"), minute),
            std::vector<int64_t>{});  // refreshes 16
  // m = 5 was last seen over 120 days ago, m = 4 not quite.
  EXPECT_EQ(send("w", 32, At("2026-07-01T09:29:00Z"), minute), std::vector<int64_t>{32});
}

// The last row of the timeline instead of the one before it: a day later everything is over 120
// days old, so 4, 8 and 16 are told of, and what nobody reached before is not remembered.
TEST(Windows, CountTimelineADayLater) {
  const ModelSpec spec = Window(ModelKind::kWindowCount, 2);
  WindowMemory memory(spec, *MagnitudeScale::Make("2"));
  const auto send = [&](int times, Timestamp from) {
    std::vector<int64_t> fired;
    for (int i = 0; i < times; ++i) {
      const Probe probe = WindowProbe("w", "", 0, from + std::chrono::minutes(i));
      const Answer answer = memory.Ask(probe);
      if (Triggers(answer, spec)) fired.push_back(answer.number);
      memory.Train(probe, answer);
    }
    return fired;
  };
  send(20, At("2026-03-03T10:41:00Z"));
  EXPECT_EQ(memory.Ask(WindowProbe("x", "", 0, At("2026-07-01T10:59:00Z"))).live_magnitude, 4);
  EXPECT_EQ(send(20, At("2026-07-02T09:00:00Z")), (std::vector<int64_t>{4, 8, 16}));
}

TEST(Windows, EveryMagnitudeOnceWhenNothingIsRemembered) {
  const ModelSpec spec = Window(ModelKind::kWindowCount, 2);
  WindowMemory memory(spec, *MagnitudeScale::Make("2"));
  std::vector<int64_t> fired;
  for (int i = 0; i < 20; ++i) {
    const Probe probe =
        WindowProbe("w", "", 0, At("2026-07-02T09:00:00Z") + std::chrono::minutes(i));
    const Answer answer = memory.Ask(probe);
    if (Triggers(answer, spec)) fired.push_back(answer.number);
    memory.Train(probe, answer);
  }
  EXPECT_EQ(fired, (std::vector<int64_t>{4, 8, 16}));
}

TEST(Windows, DistinctExample) {
  const ModelSpec spec = Window(ModelKind::kWindowDistinct, 2);
  WindowMemory memory(spec, *MagnitudeScale::Make("2"));
  std::vector<std::string> fired;
  Timestamp now = At("2026-03-02T09:00:00Z");
  for (const char* host : {"a", "b", "a", "c", "a", "d", "e", "f", "g", "h"}) {
    const Probe probe = WindowProbe("H", host, 0, now = now + std::chrono::minutes(1));
    const Answer answer = memory.Ask(probe);
    if (Triggers(answer, spec)) fired.push_back(host);
    memory.Train(probe, answer);
  }
  EXPECT_EQ(fired, (std::vector<std::string>{"d", "h"}));  // the 4th and the 8th
}

// Semantics 15.18: min_magnitude 17 is a sum of 131,072.
TEST(Windows, SumExample) {
  const ModelSpec spec = Window(ModelKind::kWindowSum, 17);
  WindowMemory memory(spec, *MagnitudeScale::Make("2"));
  const Timestamp before = At("2026-02-01T09:00:00Z");
  const Probe baseline = WindowProbe("o", "", 1 << 20, before);
  memory.Train(baseline, memory.Ask(baseline));  // Lmax = 20
  const Probe first = WindowProbe("u", "", 2'000'000, At("2026-03-02T09:00:00Z"));
  const Answer a = memory.Ask(first);
  EXPECT_EQ(a.magnitude, 20);
  EXPECT_FALSE(Triggers(a, spec));
  memory.Train(first, a);
  const Answer b = memory.Ask(WindowProbe("u", "", 3'242'880, At("2026-03-02T10:00:00Z")));
  EXPECT_EQ(b.number, 5'242'880);
  EXPECT_EQ(b.magnitude, 22);
  EXPECT_TRUE(Triggers(b, spec));
}

TEST(Windows, OldPanesLeaveTheWindow) {
  const ModelSpec spec = Window(ModelKind::kWindowCount, 0);  // a day in panes of twelve hours
  WindowMemory memory(spec, *MagnitudeScale::Make("2"));
  const auto count = [&](std::string_view at) {
    return memory.Ask(WindowProbe("u", "", 0, At(at))).number;
  };
  EXPECT_EQ(count("2026-03-02T01:00:00Z"), 1);
  EXPECT_EQ(count("2026-03-02T13:00:00Z"), 2);
  EXPECT_EQ(count("2026-03-03T01:00:00Z"), 2);  // the first pane is gone
  EXPECT_EQ(count("2026-03-09T01:00:00Z"), 1);
}

// Semantics 15.10: both modes, and ties at the border.
TEST(Top, WorkedExample) {
  const std::vector<uint32_t> counts = {400, 55, 40, 30, 28, 22, 20, 18, 12, 9, 6, 3};
  EXPECT_EQ(TopMemory::Limit(counts, false),
            56u);  // above rank 2 and at least twice the median of 21
  EXPECT_EQ(TopMemory::Limit(counts, true), 400u);
  std::vector<uint32_t> tie = counts;
  tie[1] = 400;
  EXPECT_EQ(TopMemory::Limit(tie, false), 401u);           // nobody
  EXPECT_EQ(TopMemory::Limit(tie, true), 400u);            // both
  EXPECT_EQ(TopMemory::Limit({400, 3, 2, 1}, false), 0u);  // under ten members
}

TEST(Top, TellsTheArrivalNotTheStay) {
  ModelSpec spec;
  spec.kind = ModelKind::kTop;
  TopMemory memory(spec);
  const auto act = [&](const std::string& member, int times, Timestamp time) {
    bool top = false;
    for (int i = 0; i < times; ++i) {
      Probe probe;
      probe.scope = Key("org");
      probe.value = Key(member);
      probe.time = time;
      probe.train = true;
      top |= memory.Ask(probe).top;
      memory.Train(probe);
    }
    return top;
  };
  const Timestamp day = At("2026-03-02T09:00:00Z");
  for (int m = 0; m < 12; ++m) act("member" + std::to_string(m), 10 + m, day);
  EXPECT_TRUE(act("member3", 100, day + std::chrono::hours(1)));
  EXPECT_FALSE(act("member3", 20, day + std::chrono::hours(25)));  // still on top
  EXPECT_FALSE(act("member4", 3, day + std::chrono::hours(25)));
  EXPECT_FALSE(act("member3", 100, day + std::chrono::hours(24 * 40)));  // alone: under ten members
}

}  // namespace
}  // namespace vedette
