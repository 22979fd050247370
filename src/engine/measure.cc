#include "engine/measure.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>

#include <fmt/format.h>

#include "engine/runner.h"
#include "enrich/enricher.h"
#include "ingest/discover.h"
#include "ingest/line_reader.h"
#include "parse/json_floor.h"
#include "parse/line_parser.h"

namespace vedette {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 30;  // of lines held in memory

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

double Fastest(int rounds, const std::function<void()>& pass) {
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    pass();
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

struct CountingObserver : ParseObserver {
  uint64_t events = 0;
  void Parsed(const Event&) override { ++events; }
  void Dropped(ParserId, std::string_view, uint32_t) override {}
  void Unmatched(std::string_view, uint32_t) override {}
  void Malformed(ParserId, std::string_view, uint32_t) override {}
};

class PathBench {
 public:
  PathBench(const ContentSet& content, Lines lines, int rounds)
      : content_(content), lines_(std::move(lines)), rounds_(rounds) {}

  std::vector<BenchRow> Run(const std::vector<std::string>& inputs, Diagnostics& faults) {
    SplitFloor();
    if (!lines_.json.empty()) {
      JsonFloorRow();
      Parse("parse JSON lines", lines_.json, lines_.json_bytes, "bare simdjson walk");
    }
    if (!lines_.other.empty())
      Parse("parse other lines", lines_.other, lines_.bytes - lines_.json_bytes,
            "memchr line split");
    Parse("parse all lines", lines_.all, lines_.bytes, "memchr line split");
    EnrichAndJudge();
    for (unsigned threads : {1u, 2u}) Whole(inputs, threads, faults);
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
    Add({"memchr line split", "lines", found, lines_.bytes, seconds, "", 0});
  }

  void JsonFloorRow() {
    JsonFloor floor;
    uint64_t values = 0;
    const double seconds = Fastest(rounds_, [&] {
      for (std::string_view line : lines_.json) values += floor.Walk(line);
    });
    if (values == 0) return;
    Add({"bare simdjson walk", "lines", lines_.json.size(), lines_.json_bytes, seconds, "", 0});
  }

  void Parse(const std::string& stage, const std::vector<std::string_view>& lines, uint64_t bytes,
             const std::string& floor) {
    LineParser parser(content_.parsers, content_.library.schema, content_.compiler.program(),
                      content_.tables);
    Batch batch;
    CountingObserver observer;
    const double seconds = Fastest(rounds_, [&] {
      observer.events = 0;
      for (size_t i = 0; i < lines.size(); ++i) {
        if (i % kBatchEvents == 0) batch.Clear();
        parser.Parse(lines[i], Now(), batch, observer);
      }
    });
    Add({stage, "lines", lines.size(), bytes, seconds, floor, 0});
  }

  // Events of all lines, in order of time, then both stages over them; models start empty.
  void EnrichAndJudge() {
    LineParser parser(content_.parsers, content_.library.schema, content_.compiler.program(),
                      content_.tables);
    CountingObserver observer;
    Batch batch;
    for (std::string_view line : lines_.all) parser.Parse(line, Now(), batch, observer);
    std::sort(batch.events.begin(), batch.events.end(), [](const Event* a, const Event* b) {
      return std::tie(a->time, a->id) < std::tie(b->time, b->id);
    });
    Enricher enricher(content_.library.schema, content_.tables, nullptr);
    const uint64_t count = batch.events.size();
    const double enrich = Fastest(1, [&] {
      for (Event* event : batch.events) enricher.Enrich(*event, batch.arena);
    });
    Add({"enrich", "events", count, 0, enrich, "", 0});
    uint64_t detections = 0;
    const double judge_seconds = Fastest(rounds_, [&] {
      Judge judge(content_.library.schema, content_.rules, content_.compiler.program(),
                  content_.tables, {});
      std::vector<Detection> out;
      judge.Process(batch.events, out);
      judge.Finish(out);
      detections = out.size();
    });
    Add({fmt::format("judge ({} detections)", detections), "events", count, 0, judge_seconds, "",
         0});
  }

  void Whole(const std::vector<std::string>& inputs, unsigned threads, Diagnostics& faults) {
    RunOptions options;
    options.inputs = inputs;
    options.threads = threads;
    options.ingest_time = Now();
    uint64_t events = 0;
    const double seconds = Fastest(std::min(rounds_, 3), [&] {
      Diagnostics own;
      const Result<RunReport> report = RunJob(content_, options, own);
      if (report) {
        events = report->events;
      } else {
        faults.Error({"bench"}, report.error().code, report.error().message);
      }
    });
    const std::string one = "whole path, 1 thread";
    Add({threads == 1 ? one : fmt::format("whole path, {} threads", threads), "events", events,
         lines_.bytes, seconds, threads == 1 ? "" : one, 0});
  }

  static Timestamp Now() {
    return {
        std::chrono::duration_cast<Nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count()};
  }

  const ContentSet& content_;
  const Lines lines_;
  int rounds_;
  std::vector<BenchRow> rows_;
};

}  // namespace

std::vector<BenchRow> BenchPath(const ContentSet& content, const std::vector<std::string>& inputs,
                                int rounds, Diagnostics& faults) {
  return PathBench(content, ReadLines(DiscoverSources(inputs, faults), faults), rounds)
      .Run(inputs, faults);
}

}  // namespace vedette
