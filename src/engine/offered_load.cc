#include "engine/offered_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "core/check.h"
#include "core/resident_memory.h"
#include "engine/content_sink.h"
#include "engine/event_stream.h"
#include "engine/judge.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"

namespace vedette {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 30;  // of lines held in memory

// False when nobody reads any more.
bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

// All lines that hold events, in order of their first event's time, with their line ends.
struct OfferedLoad::Lines {
  std::string text;
  std::vector<uint64_t> begins;  // and, at last, where the text ends

  size_t count() const { return begins.size() - 1; }
  std::string_view at(size_t line) const {
    return std::string_view(text).substr(begins[line], begins[line + 1] - begins[line]);
  }
  size_t LineAt(uint64_t offset) const {
    return static_cast<size_t>(std::upper_bound(begins.begin(), begins.end(), offset) -
                               begins.begin()) -
           1;
  }
};

namespace {

// When the first event of the line happened; nothing when it holds none.
std::optional<Timestamp> TimeOf(const RawLine& line, LineSink& sink, Batch& batch) {
  Tally forget(false);
  batch.Clear();
  forget.BeginLine(0, line);
  sink.Parse(line, batch, forget);
  forget.EndLine();
  if (batch.events.empty()) return std::nullopt;
  Timestamp first{INT64_MAX};
  for (const Event* event : batch.events) first = std::min(first, event->time);
  return first;
}

}  // namespace

OfferedLoad::OfferedLoad(const ContentSet& content, const std::vector<std::string>& inputs,
                         Diagnostics& faults)
    : content_(content), faults_(faults) {
  std::vector<LineBlock> blocks;
  std::vector<std::pair<Timestamp, std::string_view>> in_order;
  ContentSink sink(content, Timestamp{INT64_MAX});
  Batch batch;
  uint64_t bytes = 0;
  for (const SourceFile& source : DiscoverSources(inputs, faults)) {
    Result<LineReader> reader = LineReader::OpenAt(source.path);
    if (!reader) {
      faults.Error(reader.error().place, reader.error().code, reader.error().message);
      continue;
    }
    for (LineBlock block; bytes < kMostBytes && reader->Next(block); block.Clear()) {
      for (const RawLine& line : block.lines) {
        bytes += line.text.size();
        if (const auto time = TimeOf(line, sink, batch)) in_order.emplace_back(*time, line.text);
      }
      blocks.push_back(std::move(block));
    }
  }
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  auto lines = std::make_unique<Lines>();
  lines->begins.push_back(0);
  for (const auto& [time, text] : in_order) {
    lines->text.append(text).push_back('\n');
    lines->begins.push_back(lines->text.size());
  }
  lines_ = std::move(lines);
}

OfferedLoad::~OfferedLoad() = default;

size_t OfferedLoad::line_count() const { return lines_->count(); }

double OfferedLoad::MeasureCapacity(PaceClock& clock) {
  double best = 0;
  for (int i = 0; i < 3; ++i) best = std::max(best, Offer(0, clock).taken_per_second);
  return best;
}

LoadRow OfferedLoad::Offer(uint64_t lines_per_second, PaceClock& clock) {
  const Lines& lines = *lines_;
  LoadRow row;
  row.lines = lines.count();
  int ends[2];
  CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  // When the source turned to each line, and how much it has given.
  const std::unique_ptr<std::atomic<int64_t>[]> turned_to(new std::atomic<int64_t>[row.lines]);
  std::atomic<uint64_t> given{0};
  const PacedSource source(lines_per_second, clock);
  std::thread giver([&] {
    source.Run(row.lines, [&](size_t line) {
      turned_to[line].store(clock.Now().count(), std::memory_order_relaxed);
      given.store(lines.begins[line + 1], std::memory_order_relaxed);
      return WriteAll(ends[1], lines.at(line));
    });
    ::close(ends[1]);
  });

  Accounting accounting;
  EventStreamOptions options;
  options.lateness = Nanoseconds(0);
  options.live_pipes = true;
  std::vector<SourceFile> pipe(1);
  pipe[0].path = fmt::format("/dev/fd/{}", ends[0]);
  pipe[0].is_pipe = true;
  EventStream stream(pipe, options, MakeContentSinks(content_, options.ingest_time), accounting,
                     faults_);
  Judge judge(content_.library.schema, content_.rules, content_.compiler.program(), content_.tables,
              Judge::Options());
  std::vector<Detection> detections;
  uint64_t resident_in_the_middle = 0, answered = 0;  // bytes of text
  const Nanoseconds start = clock.Now();
  while (const BatchPtr batch = stream.Next()) {
    detections.clear();
    judge.Process(batch->events, detections);
    row.detections += detections.size();
    const Nanoseconds now = clock.Now();
    // What was given by now lay, until now, behind what was answered before.
    const uint64_t given_by_now = given.load(std::memory_order_relaxed);
    row.most_bytes_between = std::max(row.most_bytes_between, given_by_now - answered);
    for (const Event* event : batch->events) {
      const size_t line = lines.LineAt(event->position.offset);
      answered = std::max(answered, lines.begins[line + 1]);
      row.from_due.Add(now - source.due(line));
      row.from_source.Add(now - Nanoseconds(turned_to[line].load(std::memory_order_relaxed)));
    }
    if (resident_in_the_middle == 0 && answered > lines.text.size() / 2)
      resident_in_the_middle = ResidentBytes();
    row.events += batch->events.size();
  }
  const double seconds = std::chrono::duration<double>(clock.Now() - start).count();
  row.resident_growth =
      static_cast<int64_t>(ResidentBytes()) - static_cast<int64_t>(resident_in_the_middle);
  giver.join();
  ::close(ends[0]);
  judge.Finish(detections);
  row.offered_per_second = static_cast<double>(lines_per_second);
  row.taken_per_second = static_cast<double>(row.lines) / seconds;
  row.model_bytes = judge.models().accounted_bytes();
  if (const auto imbalance = accounting.Imbalance())
    faults_.Error(Place{"bench"}, "accounting", *imbalance);
  return row;
}

}  // namespace vedette
