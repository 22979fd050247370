// Bytes a second: finding line ends alone, lines from memory, from a file, from archives.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/scratch_dir.h"
#include "ingest/compress.h"
#include "ingest/line_reader.h"

namespace vedette {
namespace {

// Lines of about 440 bytes, as CEF has, that compress as logs do.
const std::string& Text() {
  static const std::string text = [] {
    std::string t;
    for (int i = 0; t.size() < 64 << 20; ++i) {
      t += fmt::format(
          "CEF:0|Vendor|Product|1.0|{}|file written|3|rt=17720{:08} suser=user{} shost=host{} "
          "fname=report-{}.docx ",
          i % 17, i, i * 7919 % 997, i * 104729 % 499, i * 31337 % 10007);
      for (int k = 0; k < 12; ++k)
        t += fmt::format("cs{}Label=Field{} cs{}={:x} ", k, k, k, (i * 2654435761u) >> (k % 13));
      t += '\n';
    }
    return t;
  }();
  return text;
}

void Count(benchmark::State& state) {
  static const auto lines = std::count(Text().begin(), Text().end(), '\n');
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * Text().size()));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * lines);
  state.SetLabel("BM_BareMemchr");
}

void BM_BareMemchr(benchmark::State& state) {
  const std::string& text = Text();
  for (auto _ : state) {
    size_t lines = 0;
    for (const char* at = text.data(); at < text.data() + text.size(); ++lines) {
      const void* end = std::memchr(at, '\n', static_cast<size_t>(text.data() + text.size() - at));
      at = end == nullptr ? text.data() + text.size() : static_cast<const char*>(end) + 1;
    }
    benchmark::DoNotOptimize(lines);
  }
  Count(state);
}
BENCHMARK(BM_BareMemchr)->Unit(benchmark::kMillisecond);

size_t ReadAll(LineReader& reader) {
  size_t lines = 0;
  for (LineBlock block; reader.Next(block);) lines += block.lines.size();
  return lines;
}

void BM_LinesFromMemory(benchmark::State& state) {
  for (auto _ : state) {
    LineReader reader(MakeMemorySource(Text()), {});
    benchmark::DoNotOptimize(ReadAll(reader));
  }
  Count(state);
}
BENCHMARK(BM_LinesFromMemory)->Unit(benchmark::kMillisecond);

void ReadFile(benchmark::State& state, const std::string& bytes) {
  ScratchDir dir;
  const std::string path = dir.Write("log", bytes);
  for (auto _ : state) {
    Result<LineReader> reader = LineReader::OpenAt(path);
    benchmark::DoNotOptimize(ReadAll(*reader));
  }
  Count(state);
}
void BM_LinesFromFile(benchmark::State& state) { ReadFile(state, Text()); }
void BM_LinesFromGzip(benchmark::State& state) { ReadFile(state, CompressGzip(Text())); }
void BM_LinesFromZstd(benchmark::State& state) { ReadFile(state, CompressZstd(Text())); }
BENCHMARK(BM_LinesFromFile)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LinesFromGzip)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LinesFromZstd)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace vedette
