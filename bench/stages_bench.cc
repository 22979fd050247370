// Each stage of the whole path over the logs of a simulated organisation: twenty people, two weeks,
// five products, all shipped content.
#include <cstring>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "core/scratch_dir.h"
#include "engine/judge.h"
#include "engine/runner.h"
#include "enrich/enricher.h"
#include "ingest/line_reader.h"
#include "parse/json_floor.h"
#include "parse/line_parser.h"
#include "session/session_book.h"
#include "simulated_world.h"
#include "store/answers_json.h"
#include "store/state_db.h"

namespace vedette::bench {
namespace {

constexpr int kPeople = 20, kDays = 14;

const SimulatedWorld& TheWorld() { return SimulatedWorld::Get(kPeople, kDays); }

void Count(benchmark::State& state, size_t items) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * items));
}

void CountLines(benchmark::State& state) {
  Count(state, TheWorld().lines().size());
  state.counters["line_bytes"] =
      static_cast<double>(TheWorld().bytes()) / static_cast<double>(TheWorld().lines().size());
}

void BM_LoadContent(benchmark::State& state) {
  for (auto _ : state) {
    Diagnostics faults;
    benchmark::DoNotOptimize(
        ContentSet::Load({.content_folder = VEDETTE_SOURCE_DIR "/content"}, faults));
  }
}
BENCHMARK(BM_LoadContent)->Name("LoadContent");

// Floors.

void BM_Memchr(benchmark::State& state) {
  for (auto _ : state) {
    size_t ends = 0;
    for (std::string_view line : TheWorld().lines())
      ends += std::memchr(line.data(), '\n', line.size() + 1) != nullptr;
    benchmark::DoNotOptimize(ends);
  }
  CountLines(state);
}
BENCHMARK(BM_Memchr)->Name("SimulatedLineEnds");

void BM_Walk(benchmark::State& state) {
  JsonFloor floor;
  for (auto _ : state) {
    uint64_t values = 0;
    for (std::string_view line : TheWorld().json()) values += floor.Walk(line);
    benchmark::DoNotOptimize(values);
  }
  Count(state, TheWorld().json().size());
}
BENCHMARK(BM_Walk)->Name("SimulatedJsonWalk");

// Stages.

void BM_Read(benchmark::State& state) {
  for (auto _ : state) {
    size_t lines = 0;
    for (const std::string& file : TheWorld().files()) {
      Result<LineReader> reader = LineReader::OpenAt(file);
      for (LineBlock block; reader->Next(block);) lines += block.lines.size();
    }
    benchmark::DoNotOptimize(lines);
  }
  state.SetLabel("SimulatedLineEnds");
  CountLines(state);
}
BENCHMARK(BM_Read)->Name("ReadLines");

struct NoObserver : ParseObserver {
  void Parsed(const Event&) override {}
  void Dropped(ParserId, std::string_view, uint32_t) override {}
  void Unmatched(std::string_view, uint32_t) override {}
  void Malformed(ParserId, std::string_view, uint32_t) override {}
};

LineParser NewParser(const ContentSet& content) {
  return {content.parsers, content.library.schema, content.compiler.program(), content.tables};
}

void ParseAll(benchmark::State& state, const std::vector<std::string_view>& lines) {
  LineParser parser = NewParser(TheWorld().content());
  NoObserver observer;
  Batch batch;
  for (auto _ : state) {
    for (size_t i = 0; i < lines.size(); ++i) {
      if (i % kBatchEvents == 0) batch.Clear();
      parser.Parse(lines[i], kNoIngestTime, batch, observer);
    }
  }
  Count(state, lines.size());
}

void BM_Parse(benchmark::State& state) {
  ParseAll(state, TheWorld().lines());
  state.SetLabel("SimulatedLineEnds");
  CountLines(state);
}
BENCHMARK(BM_Parse)->Name("ParseSimulated");

void BM_ParseJson(benchmark::State& state) {
  ParseAll(state, TheWorld().json());
  state.SetLabel("SimulatedJsonWalk");
}
BENCHMARK(BM_ParseJson)->Name("ParseSimulatedJson");

void BM_Enrich(benchmark::State& state) {
  const SimulatedWorld& world = TheWorld();
  LineParser parser = NewParser(world.content());
  Enricher enricher(world.content().library.schema, world.content().tables, nullptr);
  NoObserver observer;
  Batch batch;
  size_t events = 0, at = 0;
  for (auto _ : state) {
    state.PauseTiming();
    batch.Clear();
    for (size_t i = 0; i < kBatchEvents; ++i, ++at)
      parser.Parse(world.lines()[at % world.lines().size()], kNoIngestTime, batch, observer);
    state.ResumeTiming();
    for (Event* event : batch.events) enricher.Enrich(*event, batch.arena);
    events += batch.events.size();
  }
  state.SetItemsProcessed(static_cast<int64_t>(events));
}
BENCHMARK(BM_Enrich)->Name("EnrichSimulated");

std::unique_ptr<Judge> NewJudge() {
  const ContentSet& content = TheWorld().content();
  return std::make_unique<Judge>(content.library.schema, content.rules, content.compiler.program(),
                                 content.tables, Judge::Options());
}

void BM_Judge(benchmark::State& state) {
  std::vector<Detection> detections;
  uint64_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::unique_ptr<Judge> judge = NewJudge();
    detections.clear();
    state.ResumeTiming();
    judge->Process(TheWorld().events(), detections);
    judge->Finish(detections);
    state.PauseTiming();
    bytes = judge->models().accounted_bytes();
    judge.reset();
    state.ResumeTiming();
  }
  Count(state, TheWorld().events().size());
  state.counters["detections"] = static_cast<double>(detections.size());
  state.counters["model_bytes_per_person"] = static_cast<double>(bytes) / kPeople;
}
BENCHMARK(BM_Judge)->Name("JudgeSimulated");

const std::vector<Detection>& Detections() {
  static const std::vector<Detection> detections = [] {
    std::vector<Detection> out;
    const std::unique_ptr<Judge> judge = NewJudge();
    judge->Process(TheWorld().events(), out);
    judge->Finish(out);
    return out;
  }();
  return detections;
}

void BM_Session(benchmark::State& state) {
  const std::vector<Detection>& detections = Detections();
  size_t sessions = 0;
  for (auto _ : state) {
    SessionBook book(TheWorld().content().rules);
    int64_t day = detections.front().time.days();
    for (const Detection& detection : detections) {
      while (day < detection.time.days()) book.CloseDay(day++);
      book.Add(detection);
    }
    sessions = book.Finish().size();
  }
  Count(state, detections.size());
  state.counters["sessions"] = static_cast<double>(sessions);
}
BENCHMARK(BM_Session)->Name("SessionsSimulated");

void BM_Output(benchmark::State& state) {
  const std::vector<Detection>& detections = Detections();
  const ContentSet& content = TheWorld().content();
  std::string text;
  for (auto _ : state) {
    text.clear();
    for (const Detection& detection : detections)
      AppendDetectionLine(text, detection, content.rules, content.library.schema, {"logs"});
  }
  Count(state, detections.size());
  state.counters["bytes_each"] =
      static_cast<double>(text.size()) / static_cast<double>(detections.size());
}
BENCHMARK(BM_Output)->Name("WriteDetections");

// A checkpoint of everything that two weeks taught: what the thread that judges does, and what is
// done behind its back.
StateChanges CollectAll(Judge& judge) {
  StateChanges changes;
  judge.SaveChanges(StatePart(changes, "j/"),
                    [&](uint32_t model) { return StatePart(changes, fmt::format("m{}/", model)); });
  return changes;
}

void BM_CollectCheckpoint(benchmark::State& state) {
  StateChanges changes;
  for (auto _ : state) {
    state.PauseTiming();
    std::unique_ptr<Judge> judge = NewJudge();
    judge->TrackChanges();
    std::vector<Detection> detections;
    judge->Process(TheWorld().events(), detections);
    state.ResumeTiming();
    changes = CollectAll(*judge);
    state.PauseTiming();
    judge.reset();
    state.ResumeTiming();
  }
  Count(state, changes.count());
  state.counters["records"] = static_cast<double>(changes.count());
  state.counters["bytes_each"] =
      static_cast<double>(changes.bytes()) / static_cast<double>(changes.count());
}
BENCHMARK(BM_CollectCheckpoint)->Name("CollectCheckpoint")->Iterations(1);

void BM_WriteCheckpoint(benchmark::State& state) {
  std::unique_ptr<Judge> judge = NewJudge();
  judge->TrackChanges();
  std::vector<Detection> detections;
  judge->Process(TheWorld().events(), detections);
  const StateChanges changes = CollectAll(*judge);
  for (auto _ : state) {
    state.PauseTiming();
    ScratchDir folder;
    {
      Result<StateDb> db = StateDb::Open(folder.path(), StateDb::Mode::kWrite);
      state.ResumeTiming();
      if (!db->Write(changes)) state.SkipWithError("cannot write");
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  Count(state, changes.count());
}
BENCHMARK(BM_WriteCheckpoint)->Name("WriteCheckpoint")->Iterations(1)->UseRealTime();

// From files to files, with checkpoints.
void BM_WholePath(benchmark::State& state) {
  uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const ScratchDir folder;
    RunOptions options;
    options.inputs = {TheWorld().folder()};
    options.out_folder = folder.path() + "/out";
    options.state.folder = folder.path() + "/state";
    options.state.every_events = 10'000;
    options.threads = static_cast<unsigned>(state.range(0));
    Diagnostics faults;
    state.ResumeTiming();
    const Result<RunReport> report = RunJob(TheWorld().content(), options, faults);
    if (!report) {
      state.SkipWithError(report.error().message.c_str());
      return;
    }
    events += report->events;
  }
  state.SetItemsProcessed(static_cast<int64_t>(events));
}
BENCHMARK(BM_WholePath)->Name("WholePath")->Arg(1)->Arg(2)->UseRealTime();
void BM_WholePathCpu(benchmark::State& state) { BM_WholePath(state); }
BENCHMARK(BM_WholePathCpu)->Name("WholePathCpu")->Arg(1)->Arg(2)->MeasureProcessCPUTime();

}  // namespace
}  // namespace vedette::bench
