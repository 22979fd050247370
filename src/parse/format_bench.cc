// The same record in each format, what its envelope costs, what a longer line costs, and a line
// that nobody knows.
#include <algorithm>

#include "core/check.h"
#include "parse/bench_lines.h"
#include "parse/envelope.h"

namespace vedette {
namespace {

// A copied file, as seven products of nobody would write it.
constexpr const char* kParser = R"(id: guard-{0}
vendor: Acme
product: Guard {0}
title: Made up
forms:
  - {{format: {0}, {1}}}
time: {{from: [{2}], formats: [iso8601]}}
fields:
  host: {3}
  user: {4}
  process_name: {5}
  file_name: {6}
  bytes: {7}
  src_ip: {8}
events:
  - {{type: file-write}}
)";

struct Written {
  const char* format;
  const char* options;
  std::array<const char*, 7> names;  // time, host, user, process, file, bytes, address
  std::string line;
};

const std::vector<Written>& Formats() {
  static const std::string filler =
      "policy=removable-storage unit=rotterdam-engineering "
      "session=5f1b2c3d9a8e7f60 note=copied-outside-working-hours";
  static const std::vector<Written> formats = {
      {"json",
       "match: {kind: guard}",
       {"time", "host", "user", "process", "file", "bytes", "ip"},
       R"({"kind":"guard","time":"2026-03-07T14:05:09.123Z","host":"ws-17","user":"ada","process":"explorer.exe",)"
       R"("file":"plan.docx","bytes":91912409,"ip":"192.0.2.17","note":")" +
           filler + "\"}"},
      {"cef",
       "match: {cef.vendor: Acme, cef.signature: '7'}",
       {"rt", "shost", "suser", "sproc", "fname", "fsize", "src"},
       "CEF:0|Acme|Guard|1.0|7|File copied|3|rt=2026-03-07T14:05:09.123Z shost=ws-17 suser=ada "
       "sproc=explorer.exe fname=plan.docx fsize=91912409 src=192.0.2.17 " +
           filler},
      {"leef",
       "match: {leef.vendor: Acme, leef.event: '7'}",
       {"devTime", "shost", "usrName", "process", "file", "bytes", "src"},
       "LEEF:1.0|Acme|Guard|1.0|7|devTime=2026-03-07T14:05:09.123Z\tshost=ws-17\tusrName=ada\t"
       "process=explorer.exe\tfile=plan.docx\tbytes=91912409\tsrc=192.0.2.17\tnote=" +
           filler},
      {"kv",
       "match: {kind: guard}",
       {"time", "host", "user", "process", "file", "bytes", "ip"},
       "kind=guard time=2026-03-07T14:05:09.123Z host=ws-17 user=ada process=\"explorer.exe\" "
       "file=plan.docx bytes=91912409 ip=192.0.2.17 " +
           filler},
      {"csv",
       "match: {col.0: guard}",
       {"col.1", "col.2", "col.3", "col.4", "col.5", "col.6", "col.7"},
       "guard,2026-03-07T14:05:09.123Z,ws-17,ada,\"explorer.exe\",plan.docx,91912409,192.0.2.17," +
           filler},
      {"delimited",
       "separator: '<;>', match: {col.0: guard}",
       {"col.1", "col.2", "col.3", "col.4", "col.5", "col.6", "col.7"},
       "guard<;>2026-03-07T14:05:09.123Z<;>ws-17<;>ada<;>explorer.exe<;>plan.docx<;>91912409<;>"
       "192.0.2.17<;>" +
           filler},
      {"text",
       R"(match: {text: ['guard says']}, patterns: ['guard says at (?<time>\S+): (?<user>\w+) on (?<host>[\w-]+) copied (?<file>\S+) with (?<process>\S+), (?<bytes>\d+) bytes, from (?<ip>[\d.]+)'])",
       {"time", "host", "user", "process", "file", "bytes", "ip"},
       "guard says at 2026-03-07T14:05:09.123Z: ada on ws-17 copied plan.docx with explorer.exe, "
       "91912409 bytes, from 192.0.2.17 " +
           filler},
  };
  return formats;
}

TestContent& Guard() {
  static std::unique_ptr<TestContent> content = [] {
    std::vector<std::string> parsers;
    for (const Written& f : Formats()) {
      parsers.push_back(fmt::format(fmt::runtime(kParser), f.format, f.options, f.names[0],
                                    f.names[1], f.names[2], f.names[3], f.names[4], f.names[5],
                                    f.names[6]));
    }
    return std::make_unique<TestContent>(VEDETTE_SOURCE_DIR "/content", parsers);
  }();
  return *content;
}

const Written& Find(std::string_view format) {
  const auto found = std::find_if(Formats().begin(), Formats().end(),
                                  [&](const Written& f) { return f.format == format; });
  CHECK(found != Formats().end());
  return *found;
}

void SplitFormat(benchmark::State& state, const char* format) {
  SplitLines(state, {Find(format).line});
}
void ParseFormat(benchmark::State& state, const char* format) {
  if (Guard().faults.has_errors()) state.SkipWithError("the parsers have faults");
  ParseLines(state, Guard(), {Find(format).line},
             std::string_view(format) == "json" ? "BareSimdjsonWalk/guard" : "SplitFormat/cef");
}

// What stands in front of the record.
void ReadEnvelopes(benchmark::State& state, const char* header) {
  const Lines lines({header + Find("cef").line});
  for (auto _ : state) {
    size_t bytes = 0;
    for (size_t i = 0; i < lines.begins.size(); ++i)
      bytes += ReadEnvelope(lines.line(i), *Zone::Utc(), TestContent::kIngestTime).payload.size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetLabel("SplitFormat/cef");
  Report(state, lines);
}

// A Defender record that is padded to so many bytes by values that no parser reads.
std::string RecordOf(size_t bytes) {
  std::string own = R"("ActionType":"FileCreated","FileName":"plan.zip","FileSize":73400320)";
  const size_t bare = DefenderRecord("DeviceFileEvents", own).size();
  for (int i = 0; bare + own.size() < bytes; ++i)
    own += fmt::format(R"(,"Extra{}":"{:064x}")", i, i * 2654435761u);
  return DefenderRecord("DeviceFileEvents", own);
}

void BareWalkLength(benchmark::State& state) {
  BareSimdjsonWalk(state, {RecordOf(static_cast<size_t>(state.range(0)))});
}
void ParseLength(benchmark::State& state) {
  static TestContent shipped(VEDETTE_SOURCE_DIR "/content");
  const std::string floor = fmt::format("BareWalkLength/{}", state.range(0));
  ParseLines(state, shipped, {RecordOf(static_cast<size_t>(state.range(0)))}, floor.c_str());
}

// Lines of which so many of a hundred are of a product that nobody has a parser for.
void Unmatched(benchmark::State& state, const char* format, const char* known,
               const char* unknown) {
  const std::string line = Find(format).line;
  std::string strange = line;
  strange.replace(strange.find(known), std::string_view(known).size(), unknown);
  std::vector<std::string> lines;
  for (int64_t i = 0; i < 128; ++i) lines.push_back(i * 37 % 100 < state.range(0) ? strange : line);
  ParseLines(state, Guard(), lines, "", false);
}

BENCHMARK_CAPTURE(BareSimdjsonWalk, guard, std::vector<std::string>{Formats()[0].line});
BENCHMARK_CAPTURE(SplitFormat, cef, "cef");
BENCHMARK_CAPTURE(ReadEnvelopes, none, "");
BENCHMARK_CAPTURE(ReadEnvelopes, rfc3164, "<134>Mar  7 14:05:12 apexc ");
BENCHMARK_CAPTURE(ReadEnvelopes, rfc5424,
                  "<134>1 2026-03-07T14:05:12.003Z apexc guard 411 ID7 [origin ip=\"192.0.2.1\"] ");
BENCHMARK_CAPTURE(ParseFormat, json, "json");
BENCHMARK_CAPTURE(ParseFormat, cef, "cef");
BENCHMARK_CAPTURE(ParseFormat, leef, "leef");
BENCHMARK_CAPTURE(ParseFormat, kv, "kv");
BENCHMARK_CAPTURE(ParseFormat, csv, "csv");
BENCHMARK_CAPTURE(ParseFormat, delimited, "delimited");
BENCHMARK_CAPTURE(ParseFormat, text, "text");
BENCHMARK(BareWalkLength)->RangeMultiplier(2)->Range(1024, 32768);
BENCHMARK(ParseLength)->RangeMultiplier(2)->Range(1024, 32768);
BENCHMARK_CAPTURE(Unmatched, json, "json", "guard", "gourd")->DenseRange(0, 100, 25);
BENCHMARK_CAPTURE(Unmatched, cef, "cef", "Acme", "Acne")->DenseRange(0, 100, 25);
BENCHMARK_CAPTURE(Unmatched, text, "text", "guard says", "gourd says")->DenseRange(0, 100, 25);

}  // namespace
}  // namespace vedette
