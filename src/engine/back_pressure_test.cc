// That more than can be taken is pressed back, never piled up and never shed: with a consumer that
// asks for nothing, what lies between source and consumer has a bound. Nothing here waits for time.
#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/scratch_dir.h"
#include "engine/event_stream.h"
#include "engine/paced_source.h"
#include "engine/survey.h"
#include "engine/toy_sink.h"

namespace vedette {
namespace {

constexpr uint64_t kBlockBytes = 64 * 1024;

std::string LineOf(size_t n) {
  return fmt::format(
      "{} e{} {:0200}\n",
      FormatIso8601(Timestamp{(1'772'000'000 + static_cast<int64_t>(n)) * kNanosPerSecond}), n, n);
}

// Writes lines to a pipe until it takes no more.
class EagerSource {
 public:
  explicit EagerSource(int fd) : fd_(fd) { EXPECT_EQ(::fcntl(fd, F_SETFL, O_NONBLOCK), 0); }
  // False when the pipe is full.
  bool Offer(size_t lines) {
    while (given_ < lines) {
      if (rest_.empty()) rest_ = LineOf(given_);
      const ssize_t written = ::write(fd_, rest_.data(), rest_.size());
      if (written < 0) return false;
      bytes_ += static_cast<uint64_t>(written);
      rest_.erase(0, static_cast<size_t>(written));
      if (rest_.empty()) ++given_;
    }
    return true;
  }
  uint64_t bytes() const { return bytes_; }

 private:
  int fd_;
  size_t given_ = 0;
  uint64_t bytes_ = 0;
  std::string rest_;
};

TEST(BackPressureTest, APipeTakesNoMoreThanItsBufferAndTheBlockInHand) {
  constexpr size_t kLines = 20'000;  // 4.5 MB
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto pipe_bytes = static_cast<uint64_t>(::fcntl(ends[1], F_GETPIPE_SZ));
  EagerSource source(ends[1]);
  ASSERT_FALSE(source.Offer(kLines)) << "the pipe must be smaller than the input";
  ASSERT_LE(source.bytes(), pipe_bytes) << "before anybody reads";

  Accounting accounting;
  Diagnostics faults;
  EventStreamOptions options;
  options.lateness = Nanoseconds(0);
  options.live_pipes = true;
  options.batch_events = 16;
  std::vector<SourceFile> inputs(1);
  inputs[0].path = fmt::format("/dev/fd/{}", ends[0]);
  inputs[0].is_pipe = true;
  EventStream stream(inputs, options, MakeToySinks(), accounting, faults);
  size_t events = 0;
  bool open = true;
  // The source offers all it has before each step of the consumer.
  while (const BatchPtr batch = stream.Next()) {
    events += batch->events.size();
    const uint64_t answered = batch->events.back()->position.offset;
    if (open && source.Offer(kLines)) {
      ::close(ends[1]);
      open = false;
    }
    ASSERT_LE(source.bytes() - answered, pipe_bytes + 2 * kBlockBytes) << "after " << events;
  }
  ::close(ends[0]);
  EXPECT_FALSE(open);
  EXPECT_EQ(events, kLines) << "nothing is shed";
  EXPECT_EQ(accounting.Imbalance(), std::nullopt);
  EXPECT_FALSE(faults.has_errors());
}

// Counts what workers have parsed, and lets a test wait for a count.
struct Parsed {
  std::mutex mutex;
  std::condition_variable changed;
  uint64_t lines = 0;

  void WaitFor(uint64_t wanted) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return lines >= wanted; });
  }
};

class CountingSink : public ToySink {
 public:
  explicit CountingSink(Parsed& parsed) : parsed_(parsed) {}
  void Parse(const RawLine& line, Batch& out, Tally& tally) override {
    ToySink::Parse(line, out, tally);
    const std::lock_guard lock(parsed_.mutex);
    ++parsed_.lines;
    parsed_.changed.notify_one();
  }

 private:
  Parsed& parsed_;
};

TEST(BackPressureTest, ACrewParsesNoFurtherAheadThanItsSlots) {
  constexpr size_t kLines = 4'000;
  const ScratchDir folder;
  std::string text;
  for (size_t n = 0; n < kLines; ++n) text += LineOf(n);
  Diagnostics faults;
  LineOptions lines;
  lines.block_bytes = 4 * 1024;
  std::vector<std::unique_ptr<Input>> inputs;
  for (const SourceFile& source : DiscoverSources({folder.Write("log", text)}, faults)) {
    inputs.push_back(std::make_unique<Input>(source, lines));
    ASSERT_TRUE(inputs.back()->Open("", faults));
  }
  Accounting accounting;
  ProgressCounters progress;
  SurveyOptions survey;
  survey.keep_bytes = 0;
  std::vector<BlockRef> blocks =
      TakeSurvey(inputs, survey, MakeToySinks(), accounting, faults, progress, {});
  Arrangement arrangement =
      Arrange(std::move(blocks), inputs, {}, MakeToySinks(), accounting, faults, {});
  const size_t count = arrangement.schedule.size();
  std::vector<uint64_t> lines_until(1, 0);  // by block: lines of those before it
  for (const BlockRef& block : arrangement.schedule)
    lines_until.push_back(lines_until.back() + block.lines);
  ASSERT_EQ(lines_until.back(), kLines);

  BlockFeed::Options options;
  Crew crew(2);
  options.crew = &crew;
  options.ahead = 4;
  const size_t slots = crew.threads() * options.ahead;
  ASSERT_GT(count, 4 * slots);
  Parsed parsed;
  BlockFeed feed(
      arrangement, inputs, options, [&] { return std::make_unique<CountingSink>(parsed); },
      accounting);
  size_t events = 0;
  for (size_t taken = 0; taken < count; ++taken) {
    const uint64_t window = lines_until[std::min(taken + slots, count)];
    // The crew is woken when half of what one of its threads may hold was taken.
    if (taken % (options.ahead / 2) == 0) parsed.WaitFor(window);
    {
      const std::lock_guard lock(parsed.mutex);
      ASSERT_LE(parsed.lines, window) << "with " << taken << " blocks taken";
    }
    std::optional<Error> error;
    events += feed.Take(taken, &error)->batch.events.size();
    ASSERT_FALSE(error);
  }
  feed.Finish();
  EXPECT_EQ(events, kLines) << "nothing is shed";
}

// A clock that moves only when it is told to.
class ManualClock : public PaceClock {
 public:
  Nanoseconds Now() override { return now; }
  void WaitUntil(Nanoseconds time) override { now = time; }
  Nanoseconds now{1'000};
};

TEST(PacedSourceTest, OffersEachLineWhenItIsDue) {
  ManualClock clock;
  PacedSource source(4, clock);
  std::vector<int64_t> times;
  EXPECT_EQ(source.Run(3,
                       [&](size_t) {
                         times.push_back(clock.now.count());
                         return true;
                       }),
            3u);
  EXPECT_EQ(times, (std::vector<int64_t>{1'000, 250'001'000, 500'001'000}));
}

TEST(PacedSourceTest, KeepsDueTimesWhenItIsPressedBack) {
  ManualClock clock;
  PacedSource source(4, clock);
  std::vector<int64_t> behind;  // milliseconds
  source.Run(6, [&](size_t line) {
    behind.push_back((clock.now - source.due(line)).count() / 1'000'000);
    if (line == 1) clock.now += std::chrono::milliseconds(600);  // the receiver takes so long
    return true;
  });
  EXPECT_EQ(behind, (std::vector<int64_t>{0, 0, 350, 100, 0, 0}));
}

TEST(PacedSourceTest, EndsWhenNobodyTakesAnyMore) {
  ManualClock clock;
  PacedSource source(0, clock);
  EXPECT_EQ(source.Run(5, [](size_t line) { return line < 2; }), 2u);
  EXPECT_EQ(clock.now.count(), 1'000) << "no rate: no waiting";
}

}  // namespace
}  // namespace vedette
