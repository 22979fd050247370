// What benchmarks of parsing share: lines as a file holds them, floors over them, and the work
// itself.
//
//   ParseLines(state, content, {line, another});   // lines a second, bytes a second, bytes a line
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "parse/json_floor.h"
#include "parse/test_content.h"

namespace vedette {

// One streamed record of about 950 bytes per table, as Microsoft's hunting tables arrive.
inline std::string DefenderRecord(std::string_view table, std::string_view own) {
  return fmt::format(
      R"({{"time":"2026-03-07T14:09:41.1204467Z","tenantId":"00000000-0000-0000-0000-000000000001","operationName":"Publish",)"
      R"("category":"AdvancedHunting-{}","properties":{{"Timestamp":"2026-03-07T14:05:09.1234567Z","DeviceId":"a1b2c3d4e5f60718293a4b5c6d7e8f90",)"
      R"("DeviceName":"ws-17.corp.example","ReportId":4711,{},"InitiatingProcessAccountName":"ada","InitiatingProcessAccountDomain":"corp",)"
      R"("InitiatingProcessAccountSid":"S-1-5-21-1-2-3-1104","InitiatingProcessFileName":"explorer.exe","InitiatingProcessFolderPath":"c:\\windows\\explorer.exe",)"
      R"("InitiatingProcessCommandLine":"C:\\Windows\\Explorer.EXE","InitiatingProcessId":5120,"InitiatingProcessIntegrityLevel":"Medium",)"
      R"("InitiatingProcessParentFileName":"userinit.exe","InitiatingProcessParentId":700,"MachineGroup":null}},"Tenant":"DefaultTenant"}})",
      table, own);
}

// Lines as a file holds them, with padding at the end.
struct Lines {
  explicit Lines(const std::vector<std::string>& kinds) {
    for (size_t i = 0; i < 1024; ++i) {
      begins.push_back(text.size());
      text += kinds[i % kinds.size()];
      ends.push_back(text.size());
      text += '\n';
    }
    size = text.size();
    text.append(64, '\0');
  }
  std::string_view line(size_t i) const {
    return std::string_view(text).substr(begins[i], ends[i] - begins[i]);
  }
  std::string text;
  size_t size = 0;
  std::vector<size_t> begins, ends;
};

struct Counter : ParseObserver {
  size_t parsed = 0, other = 0;
  void Parsed(const Event&) override { ++parsed; }
  void Dropped(ParserId, std::string_view, uint32_t) override { ++other; }
  void Unmatched(std::string_view, uint32_t) override { ++other; }
  void Malformed(ParserId, std::string_view, uint32_t) override { ++other; }
};

inline void Report(benchmark::State& state, const Lines& lines) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * lines.begins.size()));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * lines.size));
  state.counters["line_bytes"] =
      static_cast<double>(lines.size) / static_cast<double>(lines.begins.size());
}

// The floor of all reading: finding line ends.
inline void SplitLines(benchmark::State& state, const std::vector<std::string>& kinds) {
  const Lines lines(kinds);
  for (auto _ : state) {
    size_t found = 0;
    for (const char *at = lines.text.data(), *end = at + lines.size; at < end; ++found) {
      at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at))) + 1;
    }
    benchmark::DoNotOptimize(found);
  }
  Report(state, lines);
}

// The floor of reading JSON.
inline void BareSimdjsonWalk(benchmark::State& state, const std::vector<std::string>& kinds) {
  const Lines lines(kinds);
  JsonFloor floor;
  for (auto _ : state) {
    uint64_t sum = 0;
    for (size_t i = 0; i < lines.begins.size(); ++i) sum += floor.Walk(lines.line(i));
    benchmark::DoNotOptimize(sum);
  }
  Report(state, lines);
}

// `floor` is the benchmark whose rate this one is measured against.
inline void ParseLines(benchmark::State& state, TestContent& content,
                       const std::vector<std::string>& kinds, const char* floor = "",
                       bool all_match = true) {
  const Lines lines(kinds);
  Batch batch;
  Counter counter;
  for (auto _ : state) {
    for (size_t i = 0; i < lines.begins.size(); ++i)
      content.line_parser->Parse(lines.line(i), TestContent::kIngestTime, batch, counter);
    benchmark::DoNotOptimize(batch.events.data());
    batch.Clear();
  }
  if (all_match && counter.other > 0) state.SkipWithError("a line was not parsed");
  state.SetLabel(floor);
  Report(state, lines);
}

}  // namespace vedette
