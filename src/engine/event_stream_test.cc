#include "engine/event_stream.h"

#include <unistd.h>

#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"
#include "engine/toy_sink.h"
#include "ingest/compress.h"

namespace vedette {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  std::vector<std::string> events;  // time and text, in order
  BucketCounts totals;
  std::string json;     // the accounting without what tells files
  std::string summary;  // all of it
  std::string rendered;
  std::optional<std::string> imbalance;
  Diagnostics faults;
  size_t most_open_blocks = 0;
  size_t inputs_sorted = 0;
};

Outcome RunStream(const std::vector<std::string>& arguments, EventStreamOptions options = {}) {
  Outcome run;
  Accounting accounting;
  std::vector<BatchPtr> batches;  // kept to the end: events live as long as their batch
  {
    EventStream stream(DiscoverSources(arguments, run.faults), options, MakeToySinks(), accounting,
                       run.faults);
    while (BatchPtr batch = stream.Next()) batches.push_back(std::move(batch));
    EXPECT_EQ(stream.Next(), nullptr);
    run.most_open_blocks = stream.most_open_blocks();
    run.inputs_sorted = stream.inputs_sorted();
  }
  for (const BatchPtr& batch : batches) {
    EXPECT_LE(batch->events.size(), options.batch_events);
    for (const Event* event : batch->events) {
      run.events.push_back(fmt::format("{}{} {}", FormatIso8601(event->time),
                                       event->future_clamped ? "!" : "", ToySink::TextOf(*event)));
    }
  }
  run.totals = accounting.Totals();
  run.imbalance = accounting.Imbalance();
  accounting.AppendJson(run.summary, {});
  run.rendered = accounting.Render({});
  run.json = run.summary.substr(0, run.summary.find("\"reasons\""));
  for (Bucket bucket :
       {Bucket::kMalformed, Bucket::kUnmatched, Bucket::kDropped, Bucket::kDuplicate}) {
    for (const char* reason :
         {"time-unreadable", "no-parser", "of-no-interest", "duplicate", "line-too-long"}) {
      run.json += fmt::format(" {}", accounting.OfReason(bucket, reason));
    }
  }
  return run;
}

// Texts only, without the times in front.
std::vector<std::string> Texts(const Outcome& run) {
  std::vector<std::string> texts;
  for (const std::string& event : run.events) texts.push_back(event.substr(event.rfind(' ') + 1));
  return texts;
}

std::string At(int64_t minute, std::string_view text) {
  return fmt::format(
      "{} {}\n",
      FormatIso8601(Timestamp{1'772'000'000 * kNanosPerSecond + minute * kNanosPerMinute}), text);
}

TEST(EventStreamTest, SourcesAreMergedByTime) {
  ScratchDir dir;
  dir.Write("a.log", At(0, "a0") + At(10, "a1") + At(20, "a2"));
  dir.Write("b.log", At(5, "b0") + At(15, "b1"));
  dir.Write("c.log.gz", CompressGzip(At(12, "c0") + At(30, "c1")));
  const Outcome run = RunStream({dir.path()});
  EXPECT_THAT(Texts(run), ElementsAre("a0", "b0", "a1", "c0", "b1", "a2", "c1"));
  EXPECT_FALSE(run.imbalance);
  EXPECT_TRUE(run.faults.all().empty());
}

TEST(EventStreamTest, EventsOfOneTimeAreOrderedByIdWhereverTheyLie) {
  ScratchDir dir;
  const std::string a = dir.Write("a.log", At(0, "x") + At(0, "y")),
                    b = dir.Write("b.log", At(0, "z") + At(0, "w"));
  const std::string c = dir.Write("c.log", At(0, "w") + At(0, "y") + At(0, "x") + At(0, "z"));
  EXPECT_EQ(RunStream({a, b}).events, RunStream({c}).events);
  EXPECT_EQ(RunStream({a, b}).events, RunStream({b, a}).events);
}

TEST(EventStreamTest, AFileThatJumpsBackInTimeIsStillLearnedInOrder) {
  ScratchDir dir;
  std::string week1, week2, expected;
  for (int i = 0; i < 3'000; ++i) {
    week1 += At(i, "one");
    week2 += At(10'080 + i, "two");
  }
  const std::string joined = dir.Write("joined.log", week2 + week1);
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 2'000;
  const Outcome run = RunStream({joined}, options);
  const Outcome plain = RunStream({dir.Write("1.log", week1), dir.Write("2.log", week2)}, options);
  EXPECT_EQ(run.events, plain.events);
  EXPECT_EQ(run.events.size(), 6'000u);
  EXPECT_TRUE(std::is_sorted(run.events.begin(), run.events.end()));
  EXPECT_LE(run.most_open_blocks, 3u);  // bounded: not the whole file
}

// A file whose lines are far out of order, in each encoding.
class DisorderTest : public testing::TestWithParam<const char*> {
 protected:
  std::string Write(const ScratchDir& dir, const std::string& text) const {
    const std::string_view encoding = GetParam();
    return dir.Write("a.log", encoding == "gzip"   ? CompressGzip(text)
                              : encoding == "zstd" ? CompressZstd(text)
                                                   : text);
  }
};
INSTANTIATE_TEST_SUITE_P(Encodings, DisorderTest, testing::Values("plain", "gzip", "zstd"),
                         [](const auto& test) { return std::string(test.param); });

TEST_P(DisorderTest, ShuffledLinesAreSortedOnDiskWhenMemoryIsShort) {
  ScratchDir dir;
  std::vector<std::string> lines;
  for (int i = 0; i < 8'000; ++i) lines.push_back(At(i, "x" + std::to_string(i)));
  std::string in_order;
  for (const std::string& line : lines) in_order += line;
  std::mt19937 random(3);
  std::shuffle(lines.begin(), lines.end(), random);
  std::string text;
  for (const std::string& line : lines) text += line;

  const Outcome expected = RunStream({dir.Write("ordered.log", in_order)});
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.threads = 3;
  const std::string path = Write(dir, text);
  const Outcome in_memory = RunStream({path}, options);
  options.limits.open_bytes = options.limits.open_bytes_each = 20'000;
  options.limits.run_bytes = 50'000;
  const Outcome on_disk = RunStream({path}, options);
  EXPECT_EQ(in_memory.inputs_sorted, 0u);
  EXPECT_GT(in_memory.most_open_blocks, 100u);
  EXPECT_EQ(on_disk.inputs_sorted, 1u);
  EXPECT_LT(on_disk.most_open_blocks, 10u);
  for (const Outcome* run : {&in_memory, &on_disk}) {
    EXPECT_TRUE(run->events == expected.events);
    EXPECT_FALSE(run->imbalance);
    EXPECT_FALSE(run->faults.has_errors());
  }
}

TEST_P(DisorderTest, LinesAFewMinutesOffNeedNoDisk) {
  ScratchDir dir;
  std::mt19937 random(3);
  std::string text;
  for (int i = 0; i < 8'000; ++i)
    text += At(i / 50 - static_cast<int>(random() % 10), "x" + std::to_string(i));
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.limits.open_bytes = options.limits.open_bytes_each = options.limits.passed_bytes = 40'000;
  const Outcome run = RunStream({Write(dir, text)}, options);
  EXPECT_EQ(run.inputs_sorted, 0u);
  EXPECT_EQ(run.events.size(), 8'000u);
  EXPECT_LT(run.most_open_blocks, 40u);
  EXPECT_FALSE(run.imbalance);
}

TEST_P(DisorderTest, WithoutRoomOnDiskMemoryIsUsed) {
  ScratchDir dir;
  std::string text;
  for (int i = 0; i < 4'000; ++i) text += At(i * 7919 % 4'000, "x");
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.limits.open_bytes = options.limits.open_bytes_each = 5'000;
  options.temp_directory = "/nowhere/at/all";
  const Outcome run = RunStream({Write(dir, text)}, options);
  EXPECT_EQ(run.inputs_sorted, 0u);
  EXPECT_EQ(run.events.size(), 4'000u);
  EXPECT_THAT(run.faults.Render(), HasSubstr("warning: cannot make a temporary file"));
  EXPECT_FALSE(run.faults.has_errors());
}

TEST(EventStreamTest, ACompressedFileThatJumpsFarBackIsSortedOnDisk) {
  ScratchDir dir;
  std::string week1, week2;
  for (int i = 0; i < 3'000; ++i) {
    week1 += At(i, "one");
    week2 += At(10'080 + i, "two");
  }
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.limits.passed_bytes = 10'000;
  const Outcome expected = RunStream({dir.Write("plain.log", week2 + week1)}, options);
  const Outcome run = RunStream({dir.Write("a.gz", CompressGzip(week2 + week1))}, options);
  EXPECT_EQ(expected.inputs_sorted, 0u);
  EXPECT_EQ(run.inputs_sorted, 1u);
  EXPECT_TRUE(run.events == expected.events);
}

TEST(EventStreamTest, OnlySoManyDecompressorsAreOpen) {
  ScratchDir dir;
  for (int file = 0; file < 30; ++file) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += At(i, fmt::format("x{}.{}", file, i));
    dir.Write(fmt::format("{}.gz", file), CompressGzip(text));
  }
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.limits.open_compressed = 10;
  options.threads = 2;
  const Outcome run = RunStream({dir.path()}, options);
  EXPECT_EQ(run.inputs_sorted, 20u);
  EXPECT_EQ(run.events.size(), 9'000u);
  EXPECT_TRUE(std::is_sorted(run.events.begin(), run.events.end(),
                             [](const std::string& a, const std::string& b) {
                               return a.substr(0, 20) < b.substr(0, 20);
                             }));
}

TEST(EventStreamTest, DuplicatesWithinTheWindowAreDropped) {
  ScratchDir dir;
  const std::string a =
      dir.Write("a.log", At(0, "x") + At(0, "x") + At(1, "#id first") + At(60, "#id again") +
                             At(72, "#id anew") + At(80, "y"));
  const std::string b = dir.Write("b.log", At(0, "x"));
  const Outcome run = RunStream({a, b});
  EXPECT_THAT(Texts(run), ElementsAre("x", "first", "anew", "y"));
  EXPECT_EQ(run.totals[Bucket::kDuplicate], 3u);
  EXPECT_FALSE(run.imbalance);
  EXPECT_THAT(run.summary, HasSubstr("\"bucket\":\"duplicate\""));
}

TEST(EventStreamTest, OfTwoRecordsWithOneIdAndTimeTheSameOneStaysWhicheverFileComesFirst) {
  ScratchDir dir;
  const std::string a = dir.Write("a.log", At(0, "#id from-here")),
                    b = dir.Write("b.log", At(0, "#id from-there"));
  EXPECT_EQ(RunStream({a, b}).events, RunStream({b, a}).events);
  EXPECT_EQ(RunStream({a, b}).events.size(), 1u);
}

TEST(EventStreamTest, TimesAheadOfTheIngestTimeAreSetBack) {
  ScratchDir dir;
  EventStreamOptions options;
  options.ingest_time = Timestamp{1'772'000'000 * kNanosPerSecond};
  const std::string a =
      dir.Write("a.log", At(-1, "past") + At(10, "near") + At(11, "ahead") + At(100'000, "far"));
  const Outcome run = RunStream({a}, options);
  ASSERT_EQ(run.events.size(), 4u);
  EXPECT_THAT(run.events[0], HasSubstr("past"));
  EXPECT_THAT(run.events[3], HasSubstr("near"));
  for (int i : {1, 2})
    EXPECT_TRUE(
        run.events[static_cast<size_t>(i)].starts_with(FormatIso8601(options.ingest_time) + "!"));
  EXPECT_THAT(run.summary, HasSubstr("\"future_clamped\":2"));
}

TEST(EventStreamTest, EveryLineIsCounted) {
  ScratchDir dir;
  const std::string a = dir.Write(
      "a.log", At(0, "a") + "\n  \n" + "drop this\n" + "strange\n" + "2026-99-99 x\n" +
                   "2026-03-02T08:00:00Z b | strange | drop it\n" + std::string(500, '7') + "\n");
  EventStreamOptions options;
  options.lines.max_line_bytes = 200;
  const Outcome run = RunStream({a}, options);
  EXPECT_EQ(run.totals.lines, 8u);
  EXPECT_EQ(run.totals.extra_records, 2u);
  EXPECT_EQ(run.totals[Bucket::kParsed], 2u);
  EXPECT_EQ(run.totals[Bucket::kBlank], 2u);
  EXPECT_EQ(run.totals[Bucket::kDropped], 2u);
  EXPECT_EQ(run.totals[Bucket::kUnmatched], 2u);
  EXPECT_EQ(run.totals[Bucket::kMalformed], 2u);
  EXPECT_FALSE(run.imbalance);
  EXPECT_THAT(run.summary, HasSubstr("\"reason\":\"line-too-long\""));
  EXPECT_THAT(run.summary, HasSubstr("\"balanced\":true"));
}

TEST(EventStreamTest, BadInputsAreFaultsAndTheRestGoesOn) {
  ScratchDir dir;
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += At(i, fmt::format("e{}", i * 7919 % 2000));
  const std::string gzip = CompressGzip(text);
  const std::string good = dir.Write("good.log", At(0, "good")), empty = dir.Write("empty.log", ""),
                    cut = dir.Write("cut.gz", std::string_view(gzip).substr(0, gzip.size() / 2)),
                    zip = dir.Write("logs.zip", "PK\x03\x04 and so on"),
                    misnamed = dir.Write("plain.gz", At(1, "plain")),
                    blob = dir.Write("blob.bin", std::string("\0\1\2\3\n\xff\xfe\0\n", 9));
  for (unsigned threads : {1u, 3u}) {
    EventStreamOptions options;
    options.threads = threads;
    options.keep_bytes = threads == 1 ? 0 : 1 << 20;
    const Outcome run = RunStream({good, empty, cut, zip, misnamed, blob}, options);
    EXPECT_EQ(run.faults.errors(), 2u) << run.faults.Render();
    EXPECT_THAT(run.faults.Render(), HasSubstr("[gzip-truncated]"));
    EXPECT_THAT(run.faults.Render(), HasSubstr("a zip archive"));
    EXPECT_THAT(run.faults.Render(), HasSubstr("[input-empty]"));
    EXPECT_THAT(run.faults.Render(), HasSubstr("plain.gz: warning"));
    EXPECT_GT(run.totals[Bucket::kParsed], 500u);
    EXPECT_LT(run.totals[Bucket::kParsed], 2'000u);
    EXPECT_GE(run.totals[Bucket::kUnmatched], 2u);
    EXPECT_FALSE(run.imbalance) << *run.imbalance;
  }
}

TEST(EventStreamTest, AFileThatChangesBetweenTheReadingsIsAFaultAndItsEventsCountAsLost) {
  ScratchDir dir;
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += At(i, "x" + std::to_string(i));
  const std::string path = dir.Write("a.log", text);
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.batch_events = 10;
  Accounting accounting;
  Diagnostics faults;
  EventStream stream(DiscoverSources({path}, faults), options, MakeToySinks(), accounting, faults);
  ASSERT_NE(stream.Next(), nullptr);
  dir.Write("a.log", text.substr(0, 500));
  while (stream.Next() != nullptr) {
  }
  EXPECT_EQ(faults.errors(), 1u);
  EXPECT_THAT(faults.Render(), HasSubstr("[input-changed]"));
  EXPECT_GT(accounting.Count(Bucket::kLost), 0u);
  EXPECT_FALSE(accounting.Imbalance());
}

TEST(EventStreamTest, AStreamThatIsLeftInTheMiddleEndsCleanly) {
  ScratchDir dir;
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += At(i, "x" + std::to_string(i));
  for (int file = 0; file < 4; ++file) dir.Write(fmt::format("{}.log", file), text);
  EventStreamOptions options;
  options.threads = 4;
  options.keep_bytes = 0;
  options.lines.block_bytes = 500;
  Accounting accounting;
  Diagnostics faults;
  BatchPtr kept;
  {
    EventStream stream(DiscoverSources({dir.path()}, faults), options, MakeToySinks(), accounting,
                       faults);
    kept = stream.Next();
  }
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(ToySink::TextOf(*kept->events.front()), At(0, "x0").substr(0, At(0, "x0").size() - 1));
}

TEST(EventStreamTest, APipeIsReadToItsEnd) {
  std::FILE* pipe =
      ::popen("printf '2026-03-02T08:00:01Z b\\n2026-03-02T08:00:00Z a\\n' | cat", "r");
  ASSERT_NE(pipe, nullptr);
  SourceFile source{fmt::format("/dev/fd/{}", ::fileno(pipe)), true, 0};
  Accounting accounting;
  Diagnostics faults;
  EventStream stream({source}, {}, MakeToySinks(), accounting, faults);
  const BatchPtr batch = stream.Next();
  ::pclose(pipe);
  ASSERT_NE(batch, nullptr) << faults.Render();
  EXPECT_EQ(batch->events.size(), 2u);
  EXPECT_LT(batch->events[0]->time, batch->events[1]->time);
}

// Runs a stream over what a command prints, as a pipe that is taken as it comes, beside files.
Outcome RunLive(const std::string& printed, const std::vector<std::string>& files,
                EventStreamOptions options = {}) {
  ScratchDir dir;
  std::FILE* pipe = ::popen(fmt::format("cat {}", dir.Write("printed", printed)).c_str(), "r");
  CHECK(pipe != nullptr);
  options.live_pipes = true;
  const Outcome run = RunStream(
      [&] {
        std::vector<std::string> arguments = files;
        arguments.push_back(fmt::format("/dev/fd/{}", ::fileno(pipe)));
        return arguments;
      }(),
      options);
  ::pclose(pipe);
  return run;
}

TEST(LivePipeTest, IsMergedWithFilesAndMarksWhatIsLate) {
  ScratchDir dir;
  const std::string file = dir.Write("a.log", At(1, "f1") + At(15, "f15") + At(40, "f40"));
  const Outcome run = RunLive(At(0, "p0") + At(8, "p8") + At(3, "p3") + At(30, "p30") +
                                  At(2, "late") + At(20'000, "p-end") + At(4, "very-late"),
                              {file});
  EXPECT_THAT(Texts(run), ElementsAre("p0", "f1", "p3", "p8", "f15", "late", "p30", "f40",
                                      "very-late", "p-end"));
  EXPECT_EQ(run.totals[Bucket::kLate], 1u);
  EXPECT_EQ(run.totals[Bucket::kLateTrainOnly], 1u);
  EXPECT_EQ(run.totals[Bucket::kParsed], 8u);
  EXPECT_FALSE(run.imbalance);
  EXPECT_THAT(run.summary, HasSubstr("very-late"));  // as a sample
}

TEST(LivePipeTest, InOrderItGivesWhatAFileGives) {
  std::mt19937 random(9);
  std::string text;
  for (int i = 0; i < 5'000; ++i)
    text += At(i / 10 - static_cast<int>(random() % 8), fmt::format("x{}", random() % 900));
  ScratchDir dir;
  const std::string other = dir.Write("b.log", At(100, "b") + At(200, "b"));
  const Outcome expected = RunStream({dir.Write("a.log", text), other});
  for (size_t block : {100u, 3'000u, 65'536u}) {
    EventStreamOptions options;
    options.lines.block_bytes = block;
    options.threads = 2;
    const Outcome run = RunLive(text, {other}, options);
    EXPECT_TRUE(run.events == expected.events);
    EXPECT_FALSE(run.imbalance);
  }
}

TEST(LivePipeTest, WhatIsDueIsHandedOutBeforeMoreIsWaitedFor) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const std::string first = At(0, "a") + At(1, "b") + At(30, "c");
  ASSERT_EQ(::write(ends[1], first.data(), first.size()), static_cast<ssize_t>(first.size()));
  Accounting accounting;
  Diagnostics faults;
  EventStreamOptions options;
  options.live_pipes = true;
  EventStream stream({{fmt::format("/dev/fd/{}", ends[0]), true, 0}}, options, MakeToySinks(),
                     accounting, faults);
  BatchPtr batch = stream.Next();  // would wait for ever if it wanted a full batch
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->events.size(), 2u);
  ::close(ends[1]);
  batch = stream.Next();
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->events.size(), 1u);
  EXPECT_EQ(stream.Next(), nullptr);
  ::close(ends[0]);
}

TEST(EventStreamTest, NothingInGivesNothingOut) {
  const Outcome run = RunStream({});
  EXPECT_THAT(run.events, IsEmpty());
  EXPECT_FALSE(run.imbalance);
}

TEST(EventStreamTest, ProgressReachesItsTotals) {
  ScratchDir dir;
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += At(i, "x" + std::to_string(i));
  dir.Write("a.log", text);
  EventStreamOptions options;
  Progress last;
  bool surveyed = false;
  options.on_progress = [&](const Progress& progress) {
    EXPECT_GE(progress.bytes_read, last.bytes_read);
    EXPECT_GE(progress.events_judged, last.events_judged);
    surveyed |= progress.surveying && progress.bytes_read > 0;
    last = progress;
  };
  RunStream({dir.path()}, options);
  EXPECT_TRUE(surveyed);
  EXPECT_EQ(last.bytes_read, text.size());
  EXPECT_EQ(last.bytes_total, text.size());
  EXPECT_EQ(last.lines, 3'000u);
  EXPECT_EQ(last.events_judged, 3'000u);
}

// An organisation's month in lines, with everything that makes order hard.
std::vector<std::string> DirtyLines(std::mt19937& random, size_t count) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < count; ++i) {
    int64_t minute = static_cast<int64_t>(i) / 4;
    const uint32_t kind = random() % 100;
    if (kind < 10) minute -= random() % 10;             // a little out of order
    if (kind == 10) minute -= 60 + random() % 20'000;   // far behind
    if (kind == 11) minute += 200 + random() % 50'000;  // a clock ahead
    const std::string text =
        fmt::format("{}{}", static_cast<char>('a' + random() % 5), random() % 1'000);
    if (kind < 90) {
      lines.push_back(At(minute, text));
    } else if (kind < 92) {
      lines.push_back(At(minute, fmt::format("#{} {}", random() % 50, text)));
    } else if (kind < 94 && !lines.empty()) {
      lines.push_back(lines[random() % lines.size()]);  // a duplicate
    } else if (kind < 95) {
      std::string container = At(minute, text);
      container.pop_back();
      lines.push_back(container + " | " + At(minute + 300, "c" + text));
    } else if (kind < 96) {
      lines.push_back("7 broken\n");
    } else if (kind < 97) {
      lines.push_back("strange " + text + "\n");
    } else if (kind < 98) {
      lines.push_back("\n");
    } else {
      lines.push_back(At(minute, std::string(random() % 300, 'x')));
    }
  }
  return lines;
}

// Deals the lines out to files: cut anywhere, joined in any order, renamed, compressed.
void WriteSomehow(const std::vector<std::string>& lines, std::mt19937& random,
                  const ScratchDir& dir) {
  std::vector<std::string> files(1 + random() % 12);
  if (random() % 2 == 0) {
    for (const std::string& line : lines)
      files[random() % files.size()] += line;  // by product, say
  } else {
    std::vector<std::vector<std::string>> runs(1 + random() % 20);
    for (size_t i = 0; i < lines.size(); ++i)
      runs[i * runs.size() / lines.size()].push_back(lines[i]);
    std::shuffle(runs.begin(), runs.end(), random);
    for (const auto& run : runs) {
      std::string& file = files[random() % files.size()];
      for (const std::string& line : run) file += line;
    }
  }
  for (const std::string& text : files) {
    std::string bytes = text;
    switch (random() % 4) {
      case 0:
        bytes = CompressGzip(text);
        break;
      case 1:
        bytes = CompressGzip(text.substr(0, text.size() / 3)) +
                CompressGzip(text.substr(text.size() / 3));
        break;
      case 2:
        bytes = CompressZstd(text);
        break;
      default:
        break;
    }
    if (text.empty()) bytes.clear();
    dir.Write(fmt::format("{}/{}.log", random() % 3, random()), bytes);
  }
}

TEST(EventStreamPropertyTest, HowLinesLieInFilesDoesNotMatter) {
  std::mt19937 random(20'261'124);
  size_t inputs_sorted = 0;
  for (int round = 0; round < 6; ++round) {
    const std::vector<std::string> lines = DirtyLines(random, 3'000);
    ScratchDir whole;
    std::string text;
    for (const std::string& line : lines) text += line;
    whole.Write("all.log", text);
    EventStreamOptions options;
    options.ingest_time = Timestamp{1'772'000'000 * kNanosPerSecond + 20'000 * kNanosPerMinute};
    options.lines.max_line_bytes = 250;
    const Outcome expected = RunStream({whole.path()}, options);
    ASSERT_FALSE(expected.imbalance) << *expected.imbalance;
    ASSERT_GT(expected.events.size(), 2'000u);
    ASSERT_GT(expected.totals[Bucket::kDuplicate], 0u);
    EXPECT_TRUE(std::is_sorted(expected.events.begin(), expected.events.end(),
                               [](const std::string& a, const std::string& b) {
                                 return a.substr(0, 20) < b.substr(0, 20);
                               }));
    for (unsigned threads : {1u, 2u, 8u}) {
      ScratchDir dir;
      WriteSomehow(lines, random, dir);
      options.threads = threads;
      options.lines.block_bytes = 1 + random() % 5'000;
      options.piece_bytes = 1 + random() % 40'000;
      options.keep_bytes = random() % 2 == 0 ? 0 : 50'000;
      options.batch_events = 1 + random() % 500;
      options.limits.open_bytes_each = 1 + random() % 100'000;
      options.limits.open_bytes = options.limits.open_bytes_each;
      options.limits.passed_bytes = random() % 100'000;
      options.limits.open_compressed = random() % 4;
      options.limits.run_bytes = 1 + random() % 200'000;
      const Outcome run = RunStream({dir.path()}, options);
      EXPECT_TRUE(run.events == expected.events) << "round " << round << " threads " << threads;
      EXPECT_EQ(run.json, expected.json);
      EXPECT_FALSE(run.imbalance);
      EXPECT_FALSE(run.faults.has_errors()) << run.faults.Render();
      inputs_sorted += run.inputs_sorted;
    }
  }
  EXPECT_GT(inputs_sorted, 0u);  // so that the way over the disk was tried
}

TEST(EventStreamPropertyTest, ThreadsChangeNothingAtAll) {
  std::mt19937 random(5);
  const std::vector<std::string> lines = DirtyLines(random, 3'000);
  ScratchDir dir;
  WriteSomehow(lines, random, dir);
  EventStreamOptions options;
  options.keep_bytes = 0;
  options.lines.block_bytes = 1'000;
  options.piece_bytes = 10'000;
  const Outcome expected = RunStream({dir.path()}, options);
  for (unsigned threads : {2u, 3u, 8u}) {
    options.threads = threads;
    const Outcome run = RunStream({dir.path()}, options);
    EXPECT_TRUE(run.events == expected.events);
    EXPECT_EQ(run.summary, expected.summary);  // samples and positions too
    EXPECT_EQ(run.rendered, expected.rendered);
  }
}

}  // namespace
}  // namespace vedette
