// Events a second through the stream, with a parser that only reads a time: what ordering costs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "core/scratch_dir.h"
#include "engine/event_stream.h"
#include "engine/toy_sink.h"

namespace vedette {
namespace {

constexpr int kEvents = 400'000;

// The same events over so many files, all of them open at the same time.
void WriteFiles(const ScratchDir& dir, int files, int disorder_minutes) {
  std::vector<std::string> texts(static_cast<size_t>(files));
  const std::string filler(300, 'x');
  for (int i = 0; i < kEvents; ++i) {
    const int64_t second = i * 6 - (disorder_minutes == 0 ? 0 : i * 7919 % (disorder_minutes * 60));
    texts[static_cast<size_t>(i * 31 % files)] += fmt::format(
        "{} e{} {}\n", FormatIso8601(Timestamp{(1'772'000'000 + second) * kNanosPerSecond}), i,
        filler);
  }
  for (int f = 0; f < files; ++f)
    dir.Write(fmt::format("{}.log", f), texts[static_cast<size_t>(f)]);
}

void Run(benchmark::State& state, int disorder_minutes, uint64_t keep_bytes) {
  ScratchDir dir;
  WriteFiles(dir, static_cast<int>(state.range(0)), disorder_minutes);
  size_t open_blocks = 0;
  for (auto _ : state) {
    Accounting accounting;
    Diagnostics faults;
    EventStreamOptions options;
    options.keep_bytes = keep_bytes;
    EventStream stream(DiscoverSources({dir.path()}, faults), options, MakeToySinks(), accounting,
                       faults);
    size_t events = 0;
    while (BatchPtr batch = stream.Next()) events += batch->events.size();
    CHECK(events == kEvents && !accounting.Imbalance());
    open_blocks = stream.most_open_blocks();
  }
  state.SetItemsProcessed(state.iterations() * kEvents);
  state.counters["open_blocks"] = static_cast<double>(open_blocks);
}

// What it is measured against: reading and parsing once, file by file, in no order.
void BM_ParseOnce(benchmark::State& state) {
  ScratchDir dir;
  WriteFiles(dir, static_cast<int>(state.range(0)), 0);
  for (auto _ : state) {
    Diagnostics faults;
    ToySink sink;
    Tally tally;
    size_t events = 0;
    for (const SourceFile& source : DiscoverSources({dir.path()}, faults)) {
      Result<LineReader> reader = LineReader::OpenAt(source.path);
      ParsedBlock block;
      while (reader->Next(block.lines)) {
        ParseBlock(block, 0, sink, {}, tally);
        events += block.batch.events.size();
        block.Clear();
      }
    }
    CHECK(events == kEvents);
  }
  state.SetItemsProcessed(state.iterations() * kEvents);
}
BENCHMARK(BM_ParseOnce)->Arg(2)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_Merge(benchmark::State& state) { Run(state, 0, 0); }
BENCHMARK(BM_Merge)->Arg(2)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_MergeKeptInMemory(benchmark::State& state) { Run(state, 0, uint64_t{1} << 40); }
BENCHMARK(BM_MergeKeptInMemory)->Arg(2)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void BM_MergeOutOfOrder(benchmark::State& state) { Run(state, 9, 0); }
BENCHMARK(BM_MergeOutOfOrder)->Arg(2)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace vedette
