#include "engine/measure.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>

#include "core/scratch_dir.h"
#include "engine/content_sink.h"
#include "engine/runner.h"
#include "enrich/enricher.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"
#include "parse/json_floor.h"
#include "parse/line_parser.h"

namespace vedette {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 30;  // of lines held in memory
constexpr uint64_t kCheckpointEvents = 100'000;

struct Lines {
  std::vector<LineBlock> blocks;
  std::vector<std::string_view> all, json, other;
  uint64_t bytes = 0, json_bytes = 0;
};

Lines ReadLines(const std::vector<SourceFile>& sources, Diagnostics& faults) {
  Lines lines;
  for (const SourceFile& source : sources) {
    Result<LineReader> reader = LineReader::OpenAt(source.path);
    if (!reader) {
      faults.Error(reader.error().place, reader.error().code, reader.error().message);
      continue;
    }
    for (LineBlock block; lines.bytes < kMostBytes && reader->Next(block);) {
      for (const RawLine& line : block.lines) {
        lines.all.push_back(line.text);
        lines.bytes += line.text.size() + 1;
        const bool is_json = !line.text.empty() && line.text.front() == '{';
        (is_json ? lines.json : lines.other).push_back(line.text);
        if (is_json) lines.json_bytes += line.text.size() + 1;
      }
      lines.blocks.push_back(std::move(block));
      block.Clear();
    }
  }
  return lines;
}

double CpuSeconds() {
  timespec time;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double Fastest(int rounds, const std::function<void()>& pass) {
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const double start = CpuSeconds();
    pass();
    best = std::min(best, CpuSeconds() - start);
  }
  return best;
}

struct NoObserver : ParseObserver {
  void Parsed(const Event&) override {}
  void Dropped(ParserId, std::string_view, uint32_t) override {}
  void Unmatched(std::string_view, uint32_t) override {}
  void Malformed(ParserId, std::string_view, uint32_t) override {}
};

class PathBench {
 public:
  PathBench(const ContentSet& content, const std::vector<std::string>& inputs, int rounds,
            Diagnostics& faults)
      : content_(content),
        inputs_(inputs),
        rounds_(rounds),
        faults_(faults),
        sources_(DiscoverSources(inputs, faults)),
        lines_(ReadLines(sources_, faults)) {}

  std::vector<BenchRow> Run() {
    SplitFloor();
    if (!lines_.json.empty()) {
      JsonFloorRow();
      Parse("parse JSON lines", lines_.json, lines_.json_bytes, "bare simdjson walk");
    }
    if (!lines_.other.empty()) {
      Parse("parse other lines", lines_.other, lines_.bytes - lines_.json_bytes,
            "memchr line split");
    }
    AddParts();
    WholeInTurn();
    return std::move(rows_);
  }

 private:
  void Add(BenchRow row) {
    for (const BenchRow& floor : rows_) {
      if (floor.stage != row.floor || floor.seconds == 0 || row.seconds == 0) continue;
      row.ratio = (static_cast<double>(row.count) / row.seconds) /
                  (static_cast<double>(floor.count) / floor.seconds);
    }
    rows_.push_back(std::move(row));
  }

  void SplitFloor() {
    uint64_t found = 0;
    const double seconds = Fastest(rounds_, [&] {
      found = 0;
      for (std::string_view line : lines_.all)
        found += std::memchr(line.data(), '\n', line.size()) == nullptr;
    });
    Add({"memchr line split", "lines", found, lines_.bytes, seconds});
  }

  void JsonFloorRow() {
    JsonFloor floor;
    uint64_t values = 0;
    const double seconds = Fastest(rounds_, [&] {
      for (std::string_view line : lines_.json) values += floor.Walk(line);
    });
    if (values == 0) return;
    Add({"bare simdjson walk", "lines", lines_.json.size(), lines_.json_bytes, seconds});
  }

  // Each pass does what the one before does and one thing more.
  void AddParts() {
    const double read = Fastest(rounds_, [&] {
      for (const SourceFile& source : sources_) {
        Result<LineReader> reader = LineReader::OpenAt(source.path);
        for (LineBlock block; reader && reader->Next(block);) continue;
      }
    });
    const uint64_t lines = lines_.all.size();
    Add({"read", "lines", lines, lines_.bytes, read, "memchr line split"});
    const double parse = Parse("parse all lines", lines_.all, lines_.bytes, "memchr line split");
    const double enrich = ParseAndEnrich();
    uint64_t events = 0;
    const double stream = Fastest(rounds_, [&] { events = StreamInto(nullptr); });
    const double judge = Fastest(rounds_, [&] {
      Judge judge(content_.library.schema, content_.rules, content_.compiler.program(),
                  content_.tables, {});
      StreamInto(&judge);
    });
    Add({"enrich", "events", events, 0, enrich - parse});
    Add({"order", "events", events, 0, stream - enrich - read});
    Add({"judge", "events", events, 0, judge - stream});
    const double whole = Fastest(rounds_, [&] { events = RunOnce(1, true); });
    Add({"whole path", "events", events, lines_.bytes, whole});
    Add({"write, checkpoints", "events", events, 0, whole - judge});
    for (BenchRow& row : rows_) {
      for (const char* part : {"read", "parse all lines", "enrich", "order", "judge",
                               "write, checkpoints", "whole path"}) {
        if (row.stage == part) row.share = row.seconds / whole;
      }
    }
  }

  LineParser NewParser() const {
    return {content_.parsers, content_.library.schema, content_.compiler.program(),
            content_.tables};
  }

  double Parse(const std::string& stage, const std::vector<std::string_view>& lines, uint64_t bytes,
               const std::string& floor) {
    LineParser parser = NewParser();
    Batch batch;
    NoObserver observer;
    const double seconds = Fastest(rounds_, [&] {
      for (size_t i = 0; i < lines.size(); ++i) {
        if (i % kBatchEvents == 0) batch.Clear();
        parser.Parse(lines[i], kNow, batch, observer);
      }
    });
    Add({stage, "lines", lines.size(), bytes, seconds, floor});
    return seconds;
  }

  double ParseAndEnrich() {
    LineParser parser = NewParser();
    Enricher enricher(content_.library.schema, content_.tables,
                      content_.countries ? &*content_.countries : nullptr);
    Batch batch;
    NoObserver observer;
    return Fastest(rounds_, [&] {
      for (size_t i = 0; i < lines_.all.size(); ++i) {
        if (i % kBatchEvents == 0) batch.Clear();
        const size_t before = batch.events.size();
        parser.Parse(lines_.all[i], kNow, batch, observer);
        for (size_t e = before; e < batch.events.size(); ++e)
          enricher.Enrich(*batch.events[e], batch.arena);
      }
    });
  }

  // Returns how many events came.
  uint64_t StreamInto(Judge* judge) {
    Accounting accounting;
    Diagnostics faults;
    EventStream stream(sources_, {}, MakeContentSinks(content_, kNow), accounting, faults);
    uint64_t events = 0;
    std::vector<Detection> detections;
    while (const BatchPtr batch = stream.Next()) {
      events += batch->events.size();
      detections.clear();
      if (judge != nullptr) judge->Process(batch->events, detections);
    }
    return events;
  }

  // From files to files. Returns how many events came.
  uint64_t RunOnce(unsigned threads, bool checkpoints) {
    const ScratchDir folder;
    RunOptions options;
    options.inputs = inputs_;
    options.threads = threads;
    options.out_folder = folder.path() + "/out";
    if (checkpoints) options.state.folder = folder.path() + "/state";
    options.state.every_events = kCheckpointEvents;
    Diagnostics own;
    const Result<RunReport> report = RunJob(content_, options, own);
    if (report) return report->events;
    faults_.Error({"bench"}, report.error().code, report.error().message);
    return 0;
  }

  // In turn, so that what slows the machine down meets all of them. Wall time has the waits for
  // the disk in it, CPU time the thread that writes.
  void WholeInTurn() {
    struct Best {
      double wall = 1e300, cpu = 1e300;
    } with, without, two_threads;
    uint64_t events = 0;
    const auto run = [&](unsigned threads, bool checkpoints, Best& best) {
      const double wall = WallSeconds(), cpu = CpuSeconds();
      events = RunOnce(threads, checkpoints);
      best.wall = std::min(best.wall, WallSeconds() - wall);
      best.cpu = std::min(best.cpu, CpuSeconds() - cpu);
    };
    for (int i = 0; i < rounds_; ++i) {
      run(1, false, without);
      run(1, true, with);
      run(2, true, two_threads);
    }
    const auto add = [&](const std::string& stage, double seconds, const std::string& floor) {
      Add({stage, "events", events, lines_.bytes, seconds, floor});
    };
    add("no checkpoints, CPU time", without.cpu, "");
    add("checkpoints, CPU time", with.cpu, "no checkpoints, CPU time");
    add("no checkpoints, wall time", without.wall, "");
    add("checkpoints, wall time", with.wall, "no checkpoints, wall time");
    add("two threads, wall time", two_threads.wall, "checkpoints, wall time");
  }

  static constexpr Timestamp kNow{INT64_MAX};  // nothing is dated ahead of it

  const ContentSet& content_;
  const std::vector<std::string>& inputs_;
  int rounds_;
  Diagnostics& faults_;
  const std::vector<SourceFile> sources_;
  const Lines lines_;
  std::vector<BenchRow> rows_;
};

}  // namespace

std::vector<BenchRow> BenchPath(const ContentSet& content, const std::vector<std::string>& inputs,
                                int rounds, Diagnostics& faults) {
  return PathBench(content, inputs, rounds, faults).Run();
}

}  // namespace vedette
