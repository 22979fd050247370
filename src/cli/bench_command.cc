#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "cli/cli.h"
#include "core/file_system.h"
#include "core/json_writer.h"
#include "engine/measure.h"
#include "engine/offered_load.h"

namespace vedette {
namespace {

struct BenchArguments {
  std::vector<std::string> inputs;
  ContentSet::Options content{.content_folder = DefaultContentFolder()};
  int rounds = 5;
  std::vector<double> offered;
  std::string json;
};

void PrintStages(const std::vector<BenchRow>& rows) {
  fmt::print("{:<36}{:>10}{:>12}{:>10}{:>8}{:>8}  {}\n", "stage", "count", "per second", "ns each",
             "MB/s", "share", "through its floor");
  for (const BenchRow& row : rows) {
    const double rate = static_cast<double>(row.count) / row.seconds;
    const double megabytes = static_cast<double>(row.bytes) / row.seconds / 1e6;
    fmt::print("{:<36}{:>10}{:>12.0f}{:>10.0f}{:>8}{:>8}  {}\n", row.stage, row.count, rate,
               1e9 / rate, row.bytes == 0 ? "" : fmt::format("{:.0f}", megabytes),
               row.share == 0 ? "" : fmt::format("{:.1f} %", 100 * row.share),
               row.ratio > 0 ? fmt::format("{:.3f} of {}", row.ratio, row.floor) : "");
  }
}

std::string StagesJson(const std::vector<BenchRow>& rows) {
  std::string out;
  JsonWriter json(out);
  json.BeginArray();
  for (const BenchRow& row : rows) {
    json.BeginObject().Key("stage").String(row.stage).Key("unit").String(row.unit);
    json.Key("count").UInt(row.count).Key("bytes").UInt(row.bytes);
    json.Key("seconds").Double(row.seconds);
    if (row.share != 0) json.Key("share").Double(row.share);
    if (row.ratio > 0) json.Key("floor").String(row.floor).Key("ratio").Double(row.ratio);
    json.EndObject();
  }
  json.EndArray();
  return out + '\n';
}

struct OfferedRow {
  double share;
  LoadRow load;
};

constexpr std::pair<const char*, uint64_t> kPercentiles[] = {
    {"p50", 500'000}, {"p99", 990'000}, {"p99.9", 999'000}};

std::string Duration(Nanoseconds time) {
  const auto ns = static_cast<double>(time.count());
  return ns < 1e6   ? fmt::format("{:.0f} us", ns / 1e3)
         : ns < 1e9 ? fmt::format("{:.1f} ms", ns / 1e6)
                    : fmt::format("{:.1f} s", ns / 1e9);
}

void PrintOffered(double capacity, const std::vector<OfferedRow>& rows) {
  fmt::print("capacity: {:.0f} lines/s\n{:>8}{:>11}{:>11}  {:<29}  {:<29}{:>12}{:>12}{:>12}\n",
             capacity, "offered", "lines/s", "taken/s", "from due: p50, p99, p99.9",
             "from source: p50, p99, p99.9", "most held", "growth", "learned");
  for (const auto& [share, load] : rows) {
    std::string due, source;
    for (const auto& [name, ppm] : kPercentiles) {
      due += fmt::format("{:<10}", Duration(load.from_due.Percentile(ppm)));
      source += fmt::format("{:<10}", Duration(load.from_source.Percentile(ppm)));
    }
    fmt::print("{:>7.0f}%{:>11.0f}{:>11.0f}  {:<29}  {:<29}{:>9} KB{:>9.1f} MB{:>9.1f} MB\n",
               100 * share, load.offered_per_second, load.taken_per_second, due, source,
               load.most_bytes_between / 1000, static_cast<double>(load.resident_growth) / 1e6,
               static_cast<double>(load.model_bytes) / 1e6);
  }
  fmt::print(
      "Pressed back, never shed: every line was taken and answered. \"Held\" is what lay between "
      "source and\nanswer, \"growth\" what the process grew by in the second half, \"learned\" "
      "what "
      "models hold at the end.\n");
}

std::string OfferedJson(double capacity, const std::vector<OfferedRow>& rows) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Key("capacity").Double(capacity).Key("loads").BeginArray();
  for (const auto& [share, load] : rows) {
    json.BeginObject().Key("share").Double(share);
    json.Key("offered_per_second").Double(load.offered_per_second);
    json.Key("taken_per_second").Double(load.taken_per_second);
    json.Key("lines").UInt(load.lines).Key("events").UInt(load.events);
    json.Key("detections").UInt(load.detections);
    for (const auto& [name, latency] : {std::pair("from_due_ns", &load.from_due),
                                        std::pair("from_source_ns", &load.from_source)}) {
      json.Key(name).BeginObject();
      for (const auto& [percentile, ppm] : kPercentiles)
        json.Key(percentile).Int(latency->Percentile(ppm).count());
      json.Key("most").Int(latency->most().count()).EndObject();
    }
    json.Key("most_bytes_held").UInt(load.most_bytes_between);
    json.Key("resident_growth").Int(load.resident_growth);
    json.Key("model_bytes").UInt(load.model_bytes).EndObject();
  }
  json.EndArray().EndObject();
  return out + '\n';
}

// The results as JSON; the table is printed.
std::string MeasureOffered(const BenchArguments& arguments, const ContentSet& content,
                           Diagnostics& faults) {
  OfferedLoad bench(content, arguments.inputs, faults);
  if (bench.line_count() == 0) {
    faults.Error(Place{"bench"}, "no-input", "no line of the input holds an event");
    return {};
  }
  SteadyClock clock;
  const double capacity = bench.MeasureCapacity(clock);
  std::vector<OfferedRow> rows;
  for (double share : arguments.offered) {
    const auto rate = static_cast<uint64_t>(std::max(share * capacity, 1.0));
    rows.push_back({share, bench.Offer(rate, clock)});
  }
  PrintOffered(capacity, rows);
  return OfferedJson(capacity, rows);
}

std::string MeasureStages(const BenchArguments& arguments, const ContentSet& content,
                          Diagnostics& faults) {
  const std::vector<BenchRow> rows = BenchPath(content, arguments.inputs, arguments.rounds, faults);
  PrintStages(rows);
  return StagesJson(rows);
}

int RunBench(const BenchArguments& arguments) {
  Diagnostics faults;
  const std::unique_ptr<ContentSet> content = ContentSet::Load(arguments.content, faults);
  const std::string json = arguments.offered.empty() ? MeasureStages(arguments, *content, faults)
                                                     : MeasureOffered(arguments, *content, faults);
  if (!arguments.json.empty()) {
    const Result<void> written = ReplaceFile(FileSystem::Real(), arguments.json, json);
    if (!written)
      faults.Error(Place{arguments.json}, written.error().code, written.error().message);
  }
  faults.Sort();
  fmt::print(stderr, "{}", faults.Render());
  return faults.has_errors() ? kExitFaults : kExitDone;
}

}  // namespace

void AddBenchCommand(CLI::App& app, int& status) {
  auto arguments = std::make_shared<BenchArguments>();
  CLI::App* command = app.add_subcommand(
      "bench", "Measure each stage on given raw logs, beside floors of the same run");
  command->add_option("INPUT", arguments->inputs, "Files and folders of raw logs")->required();
  command->add_option("--content", arguments->content.content_folder, "Content folder")
      ->capture_default_str();
  command->add_option("--context", arguments->content.context_folder,
                      "The organisation's own tables");
  command->add_option("--rounds", arguments->rounds, "Passes of each stage; the fastest counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command
      ->add_option("--offered", arguments->offered,
                   "Instead of stages: latencies from line to answer when lines arrive at these "
                   "shares of what one thread can take, such as 0.5,0.9,1.1")
      ->delimiter(',')
      ->check(CLI::Range(0.01, 100.0));
  command->add_option("--json", arguments->json, "File that gets the figures as JSON, too");
  command->footer(
      "Examples:\n"
      "  vedette simulate --users 50 --days 10 --out sim && vedette bench --context sim/context "
      "sim/logs\n"
      "  vedette bench --context sim/context --offered 0.5,0.9,1.1 sim/logs");
  command->callback([arguments, &status] { status = RunBench(*arguments); });
}

}  // namespace vedette
